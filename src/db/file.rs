//! Whether the files of a SQLite database are still the ones that were opened.
//!
//! A file that is deleted or replaced stays open under its old identity: writes succeed, and are lost when the program ends.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// The files of a database, as they were when they were opened.
#[derive(Debug)]
pub(super) struct Files {
    database: PathBuf,
    database_id: FileId,
    log: PathBuf,
    /// The write-ahead log's, once a connection that writes has opened it.
    log_id: Mutex<Option<FileId>>,
}

/// What tells a file from another that is put in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    fn of(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let file = fs::metadata(path)?;
        Ok(Self(file.dev(), file.ino()))
    }

    /// Elsewhere a file that is open cannot be deleted or replaced.
    #[cfg(not(unix))]
    fn of(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(|_| Self(0, 0))
    }
}

impl Files {
    /// Remembers a database file that was just opened.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        let database_id = FileId::of(database)?;
        Ok(Self { database: database.to_owned(), database_id, log: log.into(), log_id: Mutex::new(None) })
    }

    /// Remembers the write-ahead log, which a connection that writes has just opened.
    pub(super) fn note_log(&self) {
        *self.log_id.lock().unwrap_or_else(PoisonError::into_inner) = FileId::of(&self.log).ok();
    }

    /// # Errors
    /// Which file is not the one that was opened, in a sentence.
    pub(super) fn check(&self) -> Result<(), String> {
        let log_id = *self.log_id.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = [(&self.database, Some(self.database_id)), (&self.log, log_id)];
        for (path, id) in opened {
            if id.is_some() && FileId::of(path).ok() != id {
                let path = path.display();
                return Err(format!("the file {path} was deleted or replaced while it was in use"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Files, fs};

    #[test]
    fn a_file_that_is_deleted_replaced_or_loses_its_log_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let [database, log, other] = ["d", "d-wal", "other"].map(|name| dir.path().join(name));
        fs::write(&database, "").unwrap();
        fs::write(&log, "").unwrap();
        let files = Files::of(&database).unwrap();
        files.note_log();
        assert_eq!(files.check(), Ok(()));
        fs::write(&database, "longer").unwrap();
        assert_eq!(files.check(), Ok(()));

        fs::write(&other, "").unwrap();
        fs::rename(&other, &database).unwrap();
        assert!(files.check().unwrap_err().contains("d was deleted or replaced"));

        let files = Files::of(&database).unwrap();
        files.note_log();
        fs::remove_file(&log).unwrap();
        assert!(files.check().unwrap_err().contains("d-wal was deleted or replaced"));
        fs::write(&log, "").unwrap();
        files.note_log();
        fs::remove_file(&database).unwrap();
        assert!(files.check().unwrap_err().contains("d was deleted or replaced"));
    }
}
