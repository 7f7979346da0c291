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
    /// The write-ahead log and its index, with their identities once a connection that writes has opened them. Without the
    /// index, two programs would write past each other.
    logs: Mutex<[(PathBuf, Option<FileId>); 2]>,
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
        let beside = |suffix: &str| {
            let mut name = database.as_os_str().to_owned();
            name.push(suffix);
            (name.into(), None)
        };
        let logs = Mutex::new([beside("-wal"), beside("-shm")]);
        Ok(Self { database: database.to_owned(), database_id: FileId::of(database)?, logs })
    }

    /// Remembers the write-ahead log and its index, which a connection that writes has just opened.
    pub(super) fn note_log(&self) {
        for (path, id) in self.logs.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            *id = FileId::of(path).ok();
        }
    }

    /// # Errors
    /// Which file is not the one that was opened, in a sentence.
    pub(super) fn check(&self) -> Result<(), String> {
        let is_other = |path: &Path, id: FileId| FileId::of(path).ok() != Some(id);
        let logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = logs.iter().filter_map(|(path, id)| Some((path, (*id)?)));
        match opened.chain([(&self.database, self.database_id)]).find(|(path, id)| is_other(path, *id)) {
            Some((path, _)) => Err(format!("the file {} was deleted or replaced while it was in use", path.display())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Files, fs};

    #[test]
    fn a_file_that_is_deleted_replaced_or_loses_its_log_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let [database, log, index, other] = ["d", "d-wal", "d-shm", "other"].map(|name| dir.path().join(name));
        fs::write(&database, "").unwrap();
        fs::write(&log, "").unwrap();
        fs::write(&index, "").unwrap();
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
        fs::remove_file(&index).unwrap();
        assert!(files.check().unwrap_err().contains("d-shm was deleted or replaced"));
        files.note_log();
        fs::remove_file(&database).unwrap();
        assert!(files.check().unwrap_err().contains("d was deleted or replaced"));
    }
}
