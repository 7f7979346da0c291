//! The log: structured events, written to standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Installs the log for the whole process. `filter` uses the directive syntax of `tracing_subscriber`.
pub fn start(filter: EnvFilter, format: LogFormat) {
    // PostgreSQL sends notices about the migrations' own statements; they would only distract.
    let filter = match "sqlx::postgres::notice=warn".parse() {
        Ok(quiet) => filter.add_directive(quiet),
        Err(_) => filter,
    };
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
