//! The server that clients talk to, and its database.

use std::{
    fs::{self, File, OpenOptions},
    path::PathBuf,
    process::Stdio,
    sync::{Arc, RwLock},
    time::Instant,
};

use daybook::db;
use tempfile::TempDir;
use tokio::task::block_in_place;

use super::load::FOR_EVER;
use crate::harness::{Client, Database, OwnPostgres, SECRET, Server, SmallDisk, Storage, TestApp, program};

/// Where the server is now.
#[derive(Clone, Default)]
pub struct Address(Arc<RwLock<String>>);

pub enum Store {
    File(TempDir),
    SmallDisk(SmallDisk),
    Postgres(OwnPostgres),
}

pub struct Target {
    pub store: Store,
    pub address: Address,
    url: String,
    server: Option<Server>,
    /// What the servers write to standard error.
    pub log: PathBuf,
}

impl Address {
    pub fn get(&self) -> String {
        self.0.read().unwrap().clone()
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
        let mut target = Self { store, address: Address::default(), url, server: None, log };
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
        let (Store::SmallDisk(disk), Some(server)) = (&self.store, &self.server) else { panic!("no small disk") };
        if is_full { disk.fill(server) } else { disk.make_room(server) }
    }

    /// Kills the server with SIGKILL and starts another one.
    pub fn restart_server(&mut self) {
        // Dropping it kills it.
        self.server = None;
        self.start_server();
    }

    fn start_server(&mut self) {
        let mut command = match &self.store {
            Store::SmallDisk(_) => SmallDisk::program(),
            _ => program(),
        };
        command.args(["--database-url", &self.url, "--jwt-secret", SECRET, "--listen", "127.0.0.1:0"]);
        command.args(["--request-cost-per-minute", "0"]);
        let log = OpenOptions::new().append(true).open(&self.log).unwrap();
        let child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let server = block_in_place(|| Server::running(child));
        self.address.0.write().unwrap().clone_from(&server.url);
        self.server = Some(server);
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
