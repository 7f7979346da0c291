//! A PostgreSQL server of a test's own, from the installed package.
//!
//! It lives in a temporary directory and ends with this process, however that ends: a shell waits for the end of a pipe that
//! only we hold open, then stops the server and removes the directory. Everything that is not set is PostgreSQL's default,
//! so what it has committed survives a crash.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A server that can be crashed and started again.
pub struct OwnPostgres {
    dir: PathBuf,
    programs: PathBuf,
    /// What runs a command as somebody else, where we are root: PostgreSQL refuses to run as root.
    runs_as: &'static str,
    /// The options that it is started with.
    options: String,
    watchdog: Child,
}

impl OwnPostgres {
    /// Makes the files of a server that is not started yet.
    pub fn set_up() -> Self {
        Self::set_up_in(&env::temp_dir())
    }

    fn set_up_in(place: &Path) -> Self {
        let programs = programs().expect("there is no PostgreSQL on this machine");
        let dir = tempfile::Builder::new().prefix("daybook-pg-").tempdir_in(place).unwrap().keep();
        let is_root = String::from_utf8_lossy(&Command::new("id").arg("-u").output().unwrap().stdout).trim() == "0";
        let runs_as = if is_root { "runuser -u postgres --" } else { "" };
        if is_root {
            run(&format!("chown postgres {}", dir.display()));
        }
        let (place, pg) = (dir.display(), programs.display());
        // A signal to the whole process group, as Ctrl-C and `timeout` send it, must not end the shell before it has cleaned up.
        let clean_up = format!(
            "trap '' INT HUP TERM; cat; cd {place} && \
             {runs_as} {pg}/pg_ctl -D {place}/data -m immediate stop; rm -rf {place}"
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &clean_up]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self { watchdog: shell.spawn().unwrap(), options: String::new(), dir, programs, runs_as };
        server.call("initdb", "-U postgres -A trust -E UTF8 --locale=C --no-sync");
        server
    }

    /// A running server with further settings, such as `fsync=off`.
    pub fn start(settings: &[&str]) -> Self {
        Self::start_in(&env::temp_dir(), settings)
    }

    /// The same, in a directory of somebody else's choice.
    pub fn start_in(place: &Path, settings: &[&str]) -> Self {
        let mut server = Self::set_up_in(place);
        server.start_with(settings);
        server
    }

    /// Starts it for the first time.
    pub fn start_with(&mut self, settings: &[&str]) {
        let dir = self.dir.display();
        let place = format!("unix_socket_directories={dir}");
        let always = ["listen_addresses=", &place, "max_connections=300"];
        self.options =
            always.iter().chain(settings).map(|setting| format!("-c {setting}")).collect::<Vec<_>>().join(" ");
        self.start_again();
    }

    /// Starts it after it was killed; it has accepted connections when this returns.
    pub fn start_again(&self) {
        let log = self.dir.join("log");
        let log = log.display();
        self.call(
            "pg_ctl",
            &format!("-w -t 600 -l {log} -o '{}' start || {{ tail -n 20 {log}; false; }}", self.options),
        );
    }

    /// Ends it without warning its clients or writing its data, as `pg_ctl` can do, and starts it again.
    pub fn restart_immediately(&self) {
        self.call("pg_ctl", "-w -t 600 -m immediate stop");
        self.start_again();
    }

    /// Kills all its processes at once.
    pub fn kill(&self) {
        let file = self.dir.join("data/postmaster.pid");
        let postmaster = fs::read_to_string(file).unwrap().lines().next().unwrap().to_owned();
        // A process that is stopped starts no others.
        run(&format!("kill -STOP {postmaster}"));
        let processes = [children(&postmaster), vec![postmaster]].concat();
        run(&format!("kill -KILL {} 2>/dev/null || true", processes.join(" ")));
        let began = Instant::now();
        while processes.iter().any(|process| is_there(process)) {
            assert!(began.elapsed() < Duration::from_mins(1), "PostgreSQL cannot be killed");
            std::thread::yield_now();
        }
        // They name a process that may still be listed, so that the next server would not start.
        run(&format!("rm -f {0}/data/postmaster.pid {0}/.s.PGSQL.*", self.dir.display()));
    }

    /// The URL of a database over the socket.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.dir.display())
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap()
    }

    /// Writes a file that only the server can read; its path.
    pub fn write(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.dir.join(name);
        fs::write(&path, contents).unwrap();
        run(&format!("chmod 600 {}", path.display()));
        if !self.runs_as.is_empty() {
            run(&format!("chown postgres {}", path.display()));
        }
        path
    }

    fn call(&self, program: &str, arguments: &str) {
        let (dir, programs, runs_as) = (self.dir.display(), self.programs.display(), self.runs_as);
        run(&format!("cd {dir} && {runs_as} {programs}/{program} -D {dir}/data {arguments}"));
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        // The end of the pipe is what the shell waits for.
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// Whether the programs of a PostgreSQL server are on this machine.
pub fn is_installed() -> bool {
    programs().is_some()
}

/// The folder with `initdb` and `pg_ctl`.
fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
    debian.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    let places = debian.into_iter().rev().chain(env::split_paths(&path));
    places.into_iter().find(|place| place.join("initdb").exists() && place.join("pg_ctl").exists())
}

/// The processes that a process has started.
fn children(parent: &str) -> Vec<String> {
    let children = Command::new("ps").args(["-o", "pid=", "--ppid", parent]).output().unwrap();
    String::from_utf8(children.stdout).unwrap().split_whitespace().map(str::to_owned).collect()
}

/// Whether a process runs; one that has ended and is still listed does not.
fn is_there(process: &str) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(process).join("stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

fn run(command: &str) {
    let done = Command::new("sh").args(["-c", command]).stdin(Stdio::null()).output().unwrap();
    let [out, error] = [done.stdout, done.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(done.status.success(), "{command}\n{out}{error}");
}
