//! Files that appear complete or not at all: they are written under a temporary name in the same directory, and then renamed.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// The suffixes of the logs that SQLite keeps beside a database in use. SQLite would apply a leftover log to another database
/// that gets the same name.
pub(super) const LOGS: [&str; 2] = ["-wal", "-journal"];

/// The suffix of the index of the write-ahead log. It is useless without the log.
pub(super) const LOG_INDEX: &str = "-shm";

/// A file that is not finished yet. Dropping it deletes the file.
#[derive(Debug)]
pub(super) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Creates an empty file, readable by its owner only, beside `file`, whose place it will take.
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

    /// Syncs the file to disk and renames it to `file`. With `replace`, an existing file is replaced in one step; without it,
    /// an existing file is an error.
    pub(super) fn put_in_place(self, file: &Path, replace: bool) -> io::Result<()> {
        OpenOptions::new().write(true).open(&self.path)?.sync_all()?;
        if replace {
            fs::rename(&self.path, file)?;
        } else {
            match fs::hard_link(&self.path, file) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                // Some file systems, such as those of USB sticks, have no hard links.
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
        // After `put_in_place`, the file does not exist under this name any more.
        let _ = fs::remove_file(&self.path);
    }
}

/// Syncs the directory of a file. Without it, a power cut could undo the rename.
fn sync_directory(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(directory) if cfg!(unix) => File::open(directory)?.sync_all(),
        _ => Ok(()),
    }
}

/// The path of the file beside `file` whose name has `suffix` added.
pub(super) fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    file.with_file_name(name)
}

/// The absolute path of a file, with all links resolved. The file need not exist, but its directory must.
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

/// Removes the logs beside a database that no process has open, after the caller has checked that they hold nothing of use.
pub(super) fn remove_logs(database: &Path) {
    for suffix in LOGS.into_iter().chain([LOG_INDEX]) {
        // Most of these files do not exist.
        let _ = fs::remove_file(with_suffix(database, suffix));
    }
}

/// The first log beside a database that is not empty.
pub(super) fn log_of(database: &Path) -> Option<PathBuf> {
    let mut logs = LOGS.into_iter().map(|suffix| with_suffix(database, suffix));
    logs.find(|log| fs::metadata(log).is_ok_and(|log| log.len() > 0))
}
