//! The server that is measured, started as a user starts it.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A running server. It ends when this is dropped.
pub(crate) struct Program {
    pub address: SocketAddr,
    path: PathBuf,
    database: String,
    child: Child,
}

/// So that users are made quickly, and nothing is refused because one machine asks for so much.
const SETTINGS: [&str; 10] = [
    "--password-hash",
    "m=8,t=1,p=1",
    "--request-cost-per-minute",
    "0",
    "--registrations-per-address",
    "0",
    "--log",
    "warn",
    "--connections-per-address",
    "4096",
];

/// The path of the program, which is built first.
pub(crate) fn build() -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--quiet", "--package", "daybook", "--bin", "daybook", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the server cannot be built");
    let own = std::env::current_exe().expect("the path of this program");
    own.with_file_name("daybook")
}

impl Program {
    /// Starts it on a database, with further settings.
    pub(crate) fn start(path: &PathBuf, database: &str, settings: &[&str]) -> Self {
        let mut child = Command::new(path)
            .args(["--database-url", database, "--listen", "127.0.0.1:0", "--migrate", "always"])
            .args(["--jwt-secret", "a secret that is used for nothing but this benchmark"])
            .args(SETTINGS)
            .args(settings)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let address = lines.find_map(|line| {
            let line = line.ok()?;
            line.split_once("http://")?.1.strip_suffix("/graphql")?.parse().ok()
        });
        // Keeps reading, so that the server never waits for its output.
        std::thread::spawn(move || lines.for_each(drop));
        let (path, database) = (path.clone(), database.to_owned());
        Self { address: address.expect("the server tells its address"), path, database, child }
    }

    /// Runs another command of the program on the same database, and returns what it prints.
    pub(crate) fn run(&self, arguments: &[&str], file: Option<&Path>) -> String {
        let mut command = Command::new(&self.path);
        command.args(["--database-url", &self.database, "--log", "warn"]).args(arguments).args(file);
        let done = command.output().expect("the program runs");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// The seconds of processor time that it has used.
    pub(crate) fn cpu(&self) -> f64 {
        cpu_of(self.child.id())
    }

    /// Its resident memory in megabytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
    }
}

/// The seconds of processor time that a process has used.
fn cpu_of(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let ticks = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().skip(11).take(2));
    let ticks: u32 = ticks.into_iter().flatten().filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    // The unit of these figures is always a hundredth of a second on Linux.
    f64::from(ticks) / 100.0
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}
