//! `DATABASE_URL`.

use std::{fmt, path::PathBuf, str::FromStr};

use sea_orm::sqlx::{postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

use super::BadSetting;

/// Which database, and how to get to it. Its text may hold a password: `Display` leaves it out.
#[derive(Clone)]
pub struct DatabaseUrl {
    url: String,
    shown: String,
    file: Option<PathBuf>,
}

impl DatabaseUrl {
    /// The URL, with its password.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Whether it is SQLite.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.file.is_some()
    }

    /// The file that a SQLite database is in.
    #[must_use]
    pub fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }
}

impl FromStr for DatabaseUrl {
    type Err = BadSetting;

    fn from_str(url: &str) -> Result<Self, BadSetting> {
        let bad = |holds: &str| {
            let should_hold = "sqlite:PATH for a file, or postgres://USER:PASSWORD@HOST/NAME";
            BadSetting::new("DATABASE_URL", "--database-url", holds, should_hold)
        };
        if url.starts_with("sqlite:") {
            // A database in memory would be another one for each connection.
            let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
            if path.is_empty() || path.starts_with('?') || url.contains(":memory:") || url.contains("mode=memory") {
                return Err(bad(url));
            }
            let options: SqliteConnectOptions = url.parse().map_err(|_| bad(url))?;
            let file = options.get_filename().to_owned();
            return Ok(Self { url: url.to_owned(), shown: format!("SQLite, {}", file.display()), file: Some(file) });
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // It may hold a password, even when it cannot be read.
            let options: PgConnectOptions = url.parse().map_err(|_| bad("a PostgreSQL URL that cannot be read"))?;
            let name = options.get_database().unwrap_or(options.get_username());
            let shown = format!("PostgreSQL, {name} on {}:{}", options.get_host(), options.get_port());
            return Ok(Self { url: url.to_owned(), shown, file: None });
        }
        // It may hold a password: only the scheme is shown.
        Err(bad(url.split_once(':').map_or(url, |(scheme, _)| scheme)))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
