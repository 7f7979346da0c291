//! What to use instead of `backup` and `restore` on PostgreSQL: its own tools, with the arguments for this database.

use std::path::Path;

use super::Failure;
use crate::config::DatabaseUrl;

pub(super) fn use_pg_dump(database: &DatabaseUrl, file: &Path) -> Failure {
    let (url, file) = arguments(database, file);
    Failure::Unusable(format!(
        "back up {database} with PostgreSQL's own tools: pg_dump --format=custom --file={file} {url}"
    ))
}

pub(super) fn use_pg_restore(database: &DatabaseUrl, file: &Path) -> Failure {
    let (url, file) = arguments(database, file);
    Failure::Unusable(format!(
        "restore {database} with PostgreSQL's own tools, into a new and empty database: \
         pg_restore --exit-on-error --single-transaction --no-owner --dbname={url} {file}"
    ))
}

fn arguments(database: &DatabaseUrl, file: &Path) -> (String, String) {
    (quote(database.url_without_password()), quote(&file.to_string_lossy()))
}

/// Quotes a word for the shell, if needed.
fn quote(word: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./:@%=".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
