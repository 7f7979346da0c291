//! The real program, in a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use super::{Client, app::SECRET};

/// A running `daybook serve`, killed at the end of the test.
pub struct Server {
    pub child: Child,
    pub url: String,
    /// What it prints when it starts.
    pub banner: String,
}

/// The program, without settings of the machine that it runs on.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DAYBOOK_") || name == "DATABASE_URL") {
        command.env_remove(name);
    }
    // The machine that the tests run on may be busy.
    command.env("DAYBOOK_REQUEST_TIMEOUT", "300").stdin(Stdio::null());
    command
}

impl Server {
    /// Starts a server on a database and waits until it listens.
    pub fn start(database_url: &str) -> Self {
        Self::start_with(program().args(["--database-url", database_url, "--jwt-secret", SECRET]))
    }

    pub fn start_with(command: &mut Command) -> Self {
        let command = command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        Self::running(command.spawn().unwrap())
    }

    /// A server that was just started, once it listens.
    pub fn running(mut child: Child) -> Self {
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut banner = String::new();
        while !banner.contains("database") {
            banner += &lines.next().expect("the server ended").unwrap();
            banner.push('\n');
        }
        let url = banner.split_whitespace().find(|word| word.ends_with("/graphql")).unwrap();
        let url = url.trim_end_matches("/graphql").to_owned();
        Self { child, url, banner }
    }

    pub fn client(&self) -> Client {
        Client::to_server(&self.url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
