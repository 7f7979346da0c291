//! `daybook backup`: copies a SQLite database, while servers may use it, into one verified file.
//!
//! | step | function |
//! |---|---|
//! | refuse a target that cannot be used, before anything is written | `usable_file` |
//! | copy one snapshot into an unfinished file beside the target | `db::copy::copy` |
//! | check the copy | `db::copy::check` |
//! | rename the copy to the target | `Unfinished::put_in_place` |
//!
//! The secret that signs access tokens is not part of a backup.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;

use super::{
    Failure, postgres,
    unfinished::{LOG_INDEX, LOGS, Unfinished, log_of, resolve, with_suffix},
};
use crate::{config::DatabaseUrl, db};

/// The suffix of the file beside a database that stores the secret for access tokens.
const SECRET: &str = ".jwt-secret";

/// The arguments of `daybook backup`.
#[derive(Args, Clone, Debug)]
pub struct Backup {
    /// The file to create, readable by its owner only. It appears once it is complete and verified
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Replace FILE if it exists. The old file stays until the new one is complete
    #[arg(long)]
    force: bool,
}

impl Backup {
    /// Copies the database, checks the copy and puts it in place. Returns the line to print. On failure, and when the returned
    /// future is dropped early, no partial file is left behind.
    ///
    /// # Errors
    /// When the database is not SQLite, when FILE cannot be used, or when copying or the check of the copy fails.
    pub async fn run(self, database: &DatabaseUrl) -> Result<String, Failure> {
        let Some(source) = database.file() else { return Err(postgres::use_pg_dump(database, &self.file)) };
        let cannot_read = |error| Failure::Failed(format!("the database {}: {error}", source.display()));
        let source = fs::canonicalize(source).map_err(cannot_read)?;
        let file = self.usable_file(&source)?;
        let cannot_write = |error| Failure::Failed(format!("{}: {error}", self.file.display()));

        let (copy, _) = Unfinished::beside(&file).map_err(cannot_write)?;
        let failed = |error| Failure::Failed(format!("no backup was made: the database or its copy {error}"));
        db::copy::copy(&source, copy.path()).await.map_err(failed)?;
        let contents = db::copy::check(copy.path()).await.map_err(failed)?;
        let bytes = fs::metadata(copy.path()).map_err(cannot_write)?.len();
        copy.put_in_place(&file, self.force).map_err(cannot_write)?;
        let (entries, postings) = (contents.entries, contents.postings);
        Ok(format!("{}: {bytes} bytes, {entries} journal entries, {postings} postings\n", self.file.display()))
    }

    /// The absolute path of FILE, if a backup may be written there.
    fn usable_file(&self, source: &Path) -> Result<PathBuf, Failure> {
        let unusable = |why: &str| Failure::Unusable(format!("{}: {why}", self.file.display()));
        let file = resolve(&self.file).map_err(|error| unusable(&error.to_string()))?;
        let is_of_source = |suffix: &&str| with_suffix(source, suffix) == file;
        if ["", LOG_INDEX, SECRET].iter().chain(&LOGS).any(is_of_source) {
            return Err(unusable("it belongs to the database itself"));
        }
        if let Ok(existing) = fs::metadata(&file) {
            if !existing.is_file() {
                return Err(unusable("it is not a regular file"));
            }
            if !self.force {
                return Err(unusable("it exists already; --force replaces it"));
            }
        }
        if let Some(log) = log_of(&file) {
            let log = log.display();
            return Err(unusable(&format!("{log} is beside it, and SQLite would treat it as part of the backup")));
        }
        Ok(file)
    }
}
