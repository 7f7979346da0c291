//! A disk that is full when it is told to be.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::harness::{Server, program};

/// A folder with little room: a file system of its own where that may be mounted, else one in which a server may write no
/// longer files than now.
pub struct SmallDisk {
    dir: TempDir,
    is_mounted: bool,
}

impl SmallDisk {
    /// One of so many megabytes, where that can be had.
    pub fn new(megabytes: u32) -> Self {
        let size = format!("size={megabytes}m");
        let dir = tempfile::tempdir().unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir.path()).output();
        Self { dir, is_mounted: mount.is_ok_and(|mount| mount.status.success()) }
    }

    /// The database on it.
    pub fn url(&self) -> String {
        format!("sqlite:{}", self.dir.path().join("daybook.db").display())
    }

    fn filler(&self) -> PathBuf {
        self.dir.path().join("filler")
    }

    /// The program, which on such a disk is to fail to write instead of being ended.
    pub fn program() -> Command {
        let daybook = program();
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(daybook.get_program()).stdin(Stdio::null());
        for (name, value) in daybook.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell
    }

    /// From now on nothing more goes in.
    pub fn fill(&self, server: &Server) {
        if self.is_mounted {
            fill(&self.filler());
        } else {
            limit(server, "0");
        }
    }

    /// There is room again.
    pub fn make_room(&self, server: &Server) {
        if self.is_mounted {
            fs::remove_file(self.filler()).unwrap();
        } else {
            limit(server, "unlimited");
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if self.is_mounted {
            let _ = Command::new("umount").arg("-l").arg(self.dir.path()).status();
        }
    }
}

/// Writes until nothing more goes in.
fn fill(file: &Path) {
    use std::io::Write;
    let mut file = fs::File::create(file).unwrap();
    for size in [65536, 512] {
        while file.write_all(&vec![1; size]).is_ok() {}
    }
}

/// How long a file the server may write.
fn limit(server: &Server, size: &str) {
    let process = server.child.id().to_string();
    let done = Command::new("prlimit").args(["--pid", &process, &format!("--fsize={size}:")]).status().unwrap();
    assert!(done.success());
}
