//! Files that appear whole or not at all: written under another name in the same directory, then put in place at once.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// What SQLite keeps beside a database while it is in use. A log that is left from one database would be applied to another
/// one of the same name.
pub(super) const LOGS: [&str; 2] = ["-wal", "-journal"];

/// The index of the write-ahead log; worth nothing without it.
pub(super) const LOG_INDEX: &str = "-shm";

/// A file that is not finished yet. It is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// An empty file for its owner alone, beside the one that it is to become.
    pub(super) fn beside(file: &Path) -> io::Result<(Self, File)> {
        let path = with_suffix(file, &format!(".{:08x}.unfinished", getrandom::u32()?));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok((Self { path }, file))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it the file of that name, also across a power cut. An existing one is replaced in one step, or else never.
    pub(super) fn put_in_place(self, file: &Path, replace: bool) -> io::Result<()> {
        OpenOptions::new().write(true).open(&self.path)?.sync_all()?;
        if replace {
            fs::rename(&self.path, file)?;
        } else {
            match fs::hard_link(&self.path, file) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                // Some file systems have no hard links, such as those of USB sticks.
                Err(_) if fs::symlink_metadata(file).is_ok() => return Err(io::ErrorKind::AlreadyExists.into()),
                Err(_) => fs::rename(&self.path, file)?,
            }
        }
        drop(self);
        sync_directory(file)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        remove_logs(&self.path);
        // It is not there when it was put in place.
        let _ = fs::remove_file(&self.path);
    }
}

/// What is in a directory is kept only when the directory is written too.
fn sync_directory(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(directory) if cfg!(unix) => File::open(directory)?.sync_all(),
        _ => Ok(()),
    }
}

/// The file beside this one whose name has something more at its end.
pub(super) fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    file.with_file_name(name)
}

/// The path of a file that need not be there, without links in it. Its directory must be there.
pub(super) fn resolve(file: &Path) -> io::Result<PathBuf> {
    if let Ok(path) = fs::canonicalize(file) {
        return Ok(path);
    }
    let names_directory = file.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
    if names_directory {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let file = std::path::absolute(file)?;
    let (Some(directory), Some(name)) = (file.parent(), file.file_name()) else {
        return Err(io::ErrorKind::IsADirectory.into());
    };
    Ok(fs::canonicalize(directory)?.join(name))
}

/// Removes what is beside a database that nobody has open, when nothing in it is of use.
pub(super) fn remove_logs(database: &Path) {
    for suffix in LOGS.into_iter().chain([LOG_INDEX]) {
        // Most of them are not there.
        let _ = fs::remove_file(with_suffix(database, suffix));
    }
}

/// A log beside a database that still holds something.
pub(super) fn log_of(database: &Path) -> Option<PathBuf> {
    let mut logs = LOGS.into_iter().map(|suffix| with_suffix(database, suffix));
    logs.find(|log| fs::metadata(log).is_ok_and(|log| log.len() > 0))
}
