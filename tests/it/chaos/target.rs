//! The server that clients talk to, and its database.

use std::{
    fs::{self, File, OpenOptions},
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use daybook::db;
use tempfile::TempDir;
use tokio::task::block_in_place;

use super::load::FOR_EVER;
use crate::harness::{Client, Database, OwnPostgres, SECRET, Server, SmallDisk, Storage, TestApp, program};

/// Where the servers are now.
#[derive(Clone, Default)]
pub struct Address {
    urls: Arc<RwLock<Vec<String>>>,
    asked: Arc<AtomicUsize>,
}

pub enum Store {
    File(TempDir),
    SmallDisk(SmallDisk),
    Postgres(OwnPostgres),
}

pub struct Target {
    pub store: Store,
    pub address: Address,
    url: String,
    servers: Vec<Server>,
    /// What the servers write to standard error.
    pub log: PathBuf,
}

impl Address {
    /// One of them in turn.
    pub fn get(&self) -> String {
        let urls = self.urls.read().unwrap();
        urls[self.asked.fetch_add(1, Ordering::Relaxed) % urls.len()].clone()
    }
}

impl Target {
    /// A server on a fresh database.
    pub async fn on(database: Database, name: &str) -> Self {
        let store = match database {
            Database::Sqlite => Store::File(tempfile::tempdir().unwrap()),
            Database::Postgres => Store::Postgres(block_in_place(|| OwnPostgres::start(&[]))),
        };
        Self::over(store, name).await
    }

    pub async fn over(store: Store, name: &str) -> Self {
        let url = match &store {
            Store::File(dir) => format!("sqlite:{}", dir.path().join("daybook.db").display()),
            Store::SmallDisk(disk) => disk.url(),
            Store::Postgres(postgres) => postgres.url("postgres"),
        };
        db::migrate(&url).await.unwrap();
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("chaos");
        fs::create_dir_all(&dir).unwrap();
        let log = dir.join(format!("{name}.log"));
        File::create(&log).unwrap();
        let mut target = Self { store, address: Address::default(), url, servers: Vec::new(), log };
        target.start_server();
        target
    }

    pub fn postgres(&self) -> &OwnPostgres {
        let Store::Postgres(postgres) = &self.store else { panic!("this is for PostgreSQL") };
        postgres
    }

    pub fn database_url(&self) -> &str {
        &self.url
    }

    pub fn client(&self) -> Client {
        Client::to_server(&self.address.get())
    }

    /// Fills the disk, or makes room on it.
    pub fn fill_disk(&self, is_full: bool) {
        let (Store::SmallDisk(disk), [server]) = (&self.store, self.servers.as_slice()) else {
            panic!("no small disk")
        };
        if is_full { disk.fill(server) } else { disk.make_room(server) }
    }

    /// Kills a server with SIGKILL and starts another one. With several, it is the turn of the one that has been there longest.
    pub fn restart_server(&mut self) {
        // Dropping it kills it.
        drop(self.servers.remove(0));
        self.start_server();
    }

    /// Starts one more server.
    pub fn start_server(&mut self) {
        let mut command = match &self.store {
            Store::SmallDisk(_) => SmallDisk::program(),
            _ => program(),
        };
        command.args(["--database-url", &self.url, "--jwt-secret", SECRET, "--listen", "127.0.0.1:0"]);
        command.args(["--request-cost-per-minute", "0"]);
        let log = OpenOptions::new().append(true).open(&self.log).unwrap();
        let child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        self.servers.push(block_in_place(|| Server::running(child)));
        *self.address.urls.write().unwrap() = self.servers.iter().map(|server| server.url.clone()).collect();
    }

    /// Runs `daybook verify` beside the servers.
    pub fn verify(&self) -> Result<(), String> {
        let verified = block_in_place(|| program().args(["--database-url", &self.url, "verify"]).output().unwrap());
        if verified.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&verified.stdout).into_owned()) }
    }

    /// Waits until the server says that it is ready, or that it is not.
    pub async fn until_ready(&self, is_ready: bool) -> Result<(), String> {
        let (client, began) = (self.client(), Instant::now());
        loop {
            let answer = client.get("/health/ready").await;
            if (answer.status == 200) == is_ready {
                return Ok(());
            }
            if began.elapsed() > FOR_EVER {
                return Err(format!("/health/ready still says {answer:?}"));
            }
            tokio::task::yield_now().await;
        }
    }

    /// An app that reads what the server has written.
    pub async fn app(&self) -> TestApp {
        TestApp::over(self.url.clone(), Storage::Elsewhere, |_| {}).await
    }
}
