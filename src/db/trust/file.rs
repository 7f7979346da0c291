//! Whether the files at a SQLite database's paths are still the ones that were opened.
//!
//! On Unix a file that is deleted or replaced stays open: writes to it succeed, but are lost when the program ends. So the
//! identities of the files are compared before each commit and by the health probe.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// The paths of a database's files and their identities when they were opened.
#[derive(Debug)]
pub(in crate::db) struct Files {
    database: PathBuf,
    database_id: FileId,
    /// The write-ahead log and its index, with their identities once a writing connection has opened them. The index is checked
    /// too: with different index files, two programs would overwrite each other's writes.
    logs: Mutex<[(PathBuf, Option<FileId>); 2]>,
}

/// The identity of a file: device and inode number. A file that is put in its place has another identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    fn of(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let file = fs::metadata(path)?;
        Ok(Self(file.dev(), file.ino()))
    }

    /// On other systems a file that is open cannot be deleted or replaced, so no identity is needed.
    #[cfg(not(unix))]
    fn of(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(|_| Self(0, 0))
    }
}

impl Files {
    /// Records the identity of a database file that was just opened.
    ///
    /// # Errors
    /// When the file does not exist.
    pub(in crate::db) fn of(database: &Path) -> io::Result<Self> {
        let beside = |suffix: &str| {
            let mut name = database.as_os_str().to_owned();
            name.push(suffix);
            (name.into(), None)
        };
        let logs = Mutex::new([beside("-wal"), beside("-shm")]);
        Ok(Self { database: database.to_owned(), database_id: FileId::of(database)?, logs })
    }

    /// Records the identities of the write-ahead log and its index, after a writing connection has opened them.
    pub(in crate::db) fn note_log(&self) {
        for (path, id) in self.logs.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            *id = FileId::of(path).ok();
        }
    }

    /// The size of the write-ahead log in bytes; zero when there is none.
    pub(in crate::db) fn log_size(&self) -> u64 {
        let [(log, _), _] = &*self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        fs::metadata(log).map(|log| log.len()).unwrap_or_default()
    }

    /// Checks that all recorded files still have their identities.
    ///
    /// # Errors
    /// A sentence that names the file that was deleted or replaced.
    pub(in crate::db) fn check(&self) -> Result<(), String> {
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
