//! `daybook restore`: makes a backup the SQLite database that `DATABASE_URL` names.
//!
//! | step | why |
//! |---|---|
//! | lock the existing database and refuse one with users | nobody loses data; moving its files away is left to the operator, on purpose |
//! | copy FILE beside the database and check the copy | the bytes that are checked are the bytes that will be used |
//! | remove the write-ahead log of the old database | SQLite would apply it to the restored one |
//! | rename the copy to the database | the database is the old one or the new one, never a mixture |

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use clap::Args;

use super::{
    Failure, postgres,
    unfinished::{Unfinished, log_of, remove_logs, resolve},
};
use crate::{
    config::DatabaseUrl,
    db::{
        self,
        copy::{Contents, CopyError, Locked},
    },
};

/// The arguments of `daybook restore`.
#[derive(Args, Clone, Debug)]
pub struct Restore {
    /// The backup to restore; it is not changed
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Restore {
    /// Copies FILE beside the database, checks the copy and puts it in place. Returns the line to print.
    ///
    /// # Errors
    /// When the database is not SQLite, is in use or has users; when FILE is not a sound backup that this program understands;
    /// or when the copy cannot be written. In each of these cases nothing is changed.
    pub async fn run(self, database: &DatabaseUrl) -> Result<String, Failure> {
        let Some(target) = database.file() else { return Err(postgres::use_pg_restore(database, &self.file)) };
        let cannot_write = |error: io::Error| Failure::Failed(format!("the database {}: {error}", target.display()));
        let path = resolve(target).map_err(cannot_write)?;
        let source = self.source(&path)?;
        let contents = if fs::exists(&path).map_err(cannot_write)? {
            let mut locked = Locked::lock(&path).await.map_err(|error| refused(target, &error))?;
            let restored = self.put_in_place(source, &path, Some(&mut locked)).await;
            locked.unlock().await.map_err(|error| refused(target, &error))?;
            restored?
        } else {
            remove_leftovers(&path)?;
            self.put_in_place(source, &path, None).await?
        };
        let bytes = fs::metadata(&path).map_err(cannot_write)?.len();
        let (entries, postings) = (contents.entries, contents.postings);
        let older = match contents.pending_migrations {
            0 => String::new(),
            pending => format!("; migrations to be applied at the next start: {pending}"),
        };
        Ok(format!("{database}: restored {bytes} bytes, {entries} journal entries, {postings} postings{older}\n"))
    }

    /// Copies FILE beside the database at `path`, checks the copy and puts it in place. `replaced` is the existing database, if
    /// there is one.
    async fn put_in_place(
        &self,
        source: File,
        path: &Path,
        replaced: Option<&mut Locked>,
    ) -> Result<Contents, Failure> {
        let cannot_write = |error: io::Error| {
            Failure::Failed(format!("the database {}: {error}; nothing was changed", path.display()))
        };
        let (copy, writer) = Unfinished::beside(path).map_err(cannot_write)?;
        copy_bytes(source, writer).await.map_err(cannot_write)?;
        // If another program wrote to FILE during the copy, it has left a log beside FILE.
        self.require_no_log()?;
        let checked = db::copy::check(copy.path()).await;
        let contents = checked.map_err(|error| Failure::Failed(format!("{} {error}", self.file.display())))?;
        let replace = replaced.is_some();
        if let Some(locked) = replaced {
            locked.remove_log().await.map_err(|error| refused(path, &error))?;
            remove_logs(path);
        }
        copy.put_in_place(path, replace).map_err(cannot_write)?;
        Ok(contents)
    }

    /// Opens FILE, if it may be a backup.
    fn source(&self, target: &Path) -> Result<File, Failure> {
        let unusable = |error: io::Error| Failure::Unusable(format!("{}: {error}", self.file.display()));
        let path = fs::canonicalize(&self.file).map_err(unusable)?;
        if path == target {
            return Err(Failure::Unusable(format!("{}: it is the database itself", self.file.display())));
        }
        if !fs::metadata(&path).map_err(unusable)?.is_file() {
            return Err(unusable(io::Error::other("it is not a regular file")));
        }
        self.require_no_log()?;
        File::open(&path).map_err(unusable)
    }

    /// Refuses the file of a database that is in use or was not closed: its last writes are in the log beside it, not in FILE.
    fn require_no_log(&self) -> Result<(), Failure> {
        let path = fs::canonicalize(&self.file).unwrap_or_else(|_| self.file.clone());
        let Some(log) = log_of(&path) else { return Ok(()) };
        let (file, log) = (self.file.display(), log.display());
        let why = format!(
            "{file} is only a part of a database: its last writes are in {log}; use `daybook backup` to copy both"
        );
        Err(Failure::Failed(why))
    }
}

/// Copies a file in blocks and yields after each one, so that a request to stop is noticed in between.
async fn copy_bytes(mut from: File, mut to: File) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 20];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            length => to.write_all(&buffer[..length])?,
        }
        tokio::task::yield_now().await;
    }
}

/// Removes leftover log files at a place where no database file exists. A log that still holds data is not removed: the
/// database that was moved away needs it, since its last writes are in it.
fn remove_leftovers(database: &Path) -> Result<(), Failure> {
    if let Some(log) = log_of(database) {
        let log = log.display();
        let why = format!(
            "{log} holds the last writes of a database that is no longer beside it: move it to where that database is now"
        );
        return Err(Failure::Failed(why));
    }
    remove_logs(database);
    Ok(())
}

fn refused(target: &Path, error: &CopyError) -> Failure {
    let shown = target.display();
    let advice = match error {
        CopyError::HasUsers(_) => {
            format!(
                "; nothing was changed. To restore anyway, first move it away, together with {shown}-wal if that exists"
            )
        }
        CopyError::InUse => "; nothing was changed. Stop that program first".to_owned(),
        _ => "; nothing was changed".to_owned(),
    };
    Failure::Failed(format!("the database {shown} {error}{advice}"))
}
