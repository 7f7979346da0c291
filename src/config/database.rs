//! The setting `DATABASE_URL`.

use std::{
    fmt::{self, Write},
    path::PathBuf,
    str::FromStr,
};

use sea_orm::sqlx::{
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::SqliteConnectOptions,
};

use super::setting::BadSetting;

/// The URL of the database. It may hold a password; `Display` and `Debug` leave the password out.
#[derive(Clone)]
pub struct DatabaseUrl {
    url: String,
    url_without_password: String,
    shown: String,
    file: Option<PathBuf>,
}

impl DatabaseUrl {
    /// The URL, including its password.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// The URL without its password, in a form that other programs accept.
    #[must_use]
    pub fn url_without_password(&self) -> &str {
        &self.url_without_password
    }

    /// Whether this is a SQLite database; otherwise it is PostgreSQL.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.file.is_some()
    }

    /// The file of a SQLite database. `None` for PostgreSQL.
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
            // With a database in memory, each connection would get a database of its own.
            let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
            if path.is_empty() || path.starts_with('?') || url.contains(":memory:") || url.contains("mode=memory") {
                return Err(bad(url));
            }
            let options: SqliteConnectOptions = url.parse().map_err(|_| bad(url))?;
            let file = options.get_filename().to_owned();
            let shown = format!("SQLite, {}", file.display());
            let url = url.to_owned();
            return Ok(Self { url_without_password: url.clone(), url, shown, file: Some(file) });
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The URL may hold a password, even when it cannot be parsed, so it is not shown.
            let options: PgConnectOptions = url.parse().map_err(|_| bad("a PostgreSQL URL that cannot be read"))?;
            let name = options.get_database().unwrap_or(options.get_username());
            let shown = format!("PostgreSQL, {name} on {}:{}", options.get_host(), options.get_port());
            return Ok(Self {
                url: url.to_owned(),
                url_without_password: without_password(&options),
                shown,
                file: None,
            });
        }
        // The text may hold a password, so only the part before the colon is shown.
        Err(bad(url.split_once(':').map_or(url, |(scheme, _)| scheme)))
    }
}

/// Builds the URL from the parsed parts. Cutting the password out of the text could miss one written in an unusual way.
fn without_password(options: &PgConnectOptions) -> String {
    let user = encode(options.get_username());
    let host = match options.get_socket() {
        Some(directory) => encode(&directory.to_string_lossy()),
        None => options.get_host().to_owned(),
    };
    let port = options.get_port();
    let name = encode(options.get_database().unwrap_or(options.get_username()));
    let tls = match options.get_ssl_mode() {
        PgSslMode::Disable => "?sslmode=disable",
        PgSslMode::Allow => "?sslmode=allow",
        PgSslMode::Prefer => "",
        PgSslMode::Require => "?sslmode=require",
        PgSslMode::VerifyCa => "?sslmode=verify-ca",
        PgSslMode::VerifyFull => "?sslmode=verify-full",
    };
    format!("postgres://{user}@{host}:{port}/{name}{tls}")
}

/// Percent-encodes all characters that may have a meaning in a URL.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
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
