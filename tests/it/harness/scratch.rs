//! A place for the databases of tests.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

const MEMORY: &str = "/dev/shm";
/// Some databases at a time, with their logs. A container may have no more than 64 MB.
const ENOUGH_KIB: u64 = 1 << 21;

/// The directory that the databases of tests are made in. It is in memory where that has room for them: hundreds of
/// databases of hundreds of files each take more time on a disk than most of the tests on them.
pub fn scratch() -> &'static Path {
    static DIR: LazyLock<PathBuf> =
        LazyLock::new(|| if free_kib(MEMORY) >= ENOUGH_KIB { MEMORY.into() } else { env::temp_dir() });
    &DIR
}

/// Whether `scratch` is in memory.
pub fn is_in_memory() -> bool {
    scratch() == Path::new(MEMORY)
}

/// The free space of a file system; 0 where it cannot be told.
fn free_kib(place: &str) -> u64 {
    let output = Command::new("df").args(["-Pk", place]).output().map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&output);
    let free = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    free.unwrap_or_default()
}
