//! The log: structured, to standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Starts the log. `filter` is a level, or directives as `tracing_subscriber` has them.
pub fn start(filter: EnvFilter, format: LogFormat) {
    // PostgreSQL's notices are remarks on the migrations' own statements.
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
