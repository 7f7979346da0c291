//! What the measurements were made on.

use std::{fs, process::Command};

/// The machine and the versions, one per line.
pub(crate) fn describe() -> Vec<String> {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory =
        memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse().ok());
    let memory: u64 = memory.unwrap_or_default();
    vec![
        format!("{cores} cores ({}), {} GiB", model.unwrap_or("unknown"), memory / 1024 / 1024),
        format!("Linux {}", output("uname", &["-r"])),
        output("rustc", &["--version"]),
        output("psql", &["--version"]).replace("psql (PostgreSQL)", "PostgreSQL"),
        format!("SQLite {}", rusqlite::version()),
    ]
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
