//! What is measured, and how long.

use std::path::PathBuf;

use clap::Parser;

/// Measures Daybook over HTTP against hand-written SQL.
#[derive(Parser)]
pub(crate) struct Options {
    /// How many times each thing is measured
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// How long each measurement takes, in seconds
    #[arg(long, default_value_t = 3)]
    pub seconds: u64,
    /// Only this database: sqlite or postgres
    #[arg(long)]
    pub database: Option<String>,
    /// A program that is built already
    #[arg(long)]
    pub program: Option<PathBuf>,
    /// An earlier program, whose transfers are measured in turns with those of this one, each on a database of its own
    #[arg(long)]
    pub earlier: Option<PathBuf>,
    /// A setting of the PostgreSQL server, such as `shared_buffers=1GB`. May be given more than once
    #[arg(long)]
    pub postgres: Vec<String>,
    /// Only what has this in its name
    #[arg(long, default_value = "")]
    pub only: String,
    /// Sizes of the histories that are read
    #[arg(long, value_delimiter = ',', default_value = "1000,100000,1000000")]
    pub rows: Vec<u32>,
    /// A short form that checks the answers and the books, and judges no speed
    #[arg(long)]
    pub quick: bool,
    /// Where to write the results: this file, and a chart beside it
    #[arg(long)]
    pub write: Option<PathBuf>,
}

impl Options {
    /// The options of the command line.
    pub(crate) fn read() -> Self {
        let mut options = Self::parse();
        if options.quick {
            options.rounds = 1;
            options.seconds = 1;
            options.rows = vec![1000];
        }
        options
    }

    /// How many users there are.
    pub(crate) fn users(&self) -> usize {
        if self.quick { 16 } else { 128 }
    }

    /// Whether something of this name is measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        name.contains(&self.only)
    }

    /// Whether this database is measured.
    pub(crate) fn wants_database(&self, name: &str) -> bool {
        self.database.as_deref().is_none_or(|only| only == name)
    }
}
