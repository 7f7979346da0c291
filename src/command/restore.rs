//! `daybook restore`: makes a backup the SQLite database that `DATABASE_URL` names.
//!
//! Everything is checked before anything is replaced, and on the copy that will be the database. There is no way to replace
//! a database that has users: moving its files away is the operator's act.

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

/// What is restored.
#[derive(Args, Clone, Debug)]
pub struct Restore {
    /// The backup, which stays as it is
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Restore {
    /// Copies FILE beside the database, checks the copy and puts it in place; returns the line to print.
    ///
    /// # Errors
    /// When the database is not SQLite, is in use or has users; when FILE is not a sound backup that this program
    /// understands; when the copy cannot be written. Nothing is changed then.
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

    /// Copies FILE beside the database that it is to be, checks it there and puts it in place; in the place of `replaced` when
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
        // Whoever wrote to FILE in the meantime has left a log.
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

    /// FILE, opened, when it may be a backup.
    fn source(&self, target: &Path) -> Result<File, Failure> {
        let unusable = |error: io::Error| Failure::Unusable(format!("{}: {error}", self.file.display()));
        let path = fs::canonicalize(&self.file).map_err(unusable)?;
        if path == target {
            return Err(Failure::Unusable(format!("{}: it is that database already", self.file.display())));
        }
        if !fs::metadata(&path).map_err(unusable)?.is_file() {
            return Err(unusable(io::Error::other("it is no file")));
        }
        self.require_no_log()?;
        File::open(&path).map_err(unusable)
    }

    /// Refuses the file of a database that is in use, or was not closed: the file alone is not all of it.
    fn require_no_log(&self) -> Result<(), Failure> {
        let path = fs::canonicalize(&self.file).unwrap_or_else(|_| self.file.clone());
        let Some(log) = log_of(&path) else { return Ok(()) };
        let (file, log) = (self.file.display(), log.display());
        let why = format!("{file} is only a part of a database, since {log} is beside it: `daybook backup` copies all");
        Err(Failure::Failed(why))
    }
}

/// Copies with pauses in which the program can be stopped.
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

/// Removes what is beside the place of a database that is not there. What still holds data is not removed: it belongs to
/// the database that was moved away, whose last writes are in it.
fn remove_leftovers(database: &Path) -> Result<(), Failure> {
    if let Some(log) = log_of(database) {
        let log = log.display();
        let why = format!("{log} is there without its database and holds the last writes of it: move it where that is");
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
                "; nothing was changed. To restore all the same, move it away first, with {shown}-wal if there is one"
            )
        }
        CopyError::InUse => "; nothing was changed. Stop it first".to_owned(),
        _ => "; nothing was changed".to_owned(),
    };
    Failure::Failed(format!("the database {shown} {error}{advice}"))
}
