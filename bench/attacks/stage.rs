//! A server of its own for each scenario, with the user who is the canary.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::json;
use tempfile::TempDir;
use tokio::task::block_in_place;

use super::{canary::Probe, options::Options, wire::Wire};
use crate::harness::{Client, Database, OwnPostgres, SECRET, Server, User, program};

/// How often the canary reads, and how often it writes.
const EVERY: Duration = Duration::from_millis(50);
/// How many descriptors a process may have on most machines.
const DESCRIPTORS: &str = "ulimit -n 1024; exec \"$0\" \"$@\"";

pub const DEPOSIT: &str = "mutation($input: DepositInput!) { deposit(input: $input) {
    transaction { id } userErrors { code } } }";
const HISTORY: &str = "query($id: ID!) { walletHistory(walletId: $id, first: 20) {
    edges { direction balanceAfter { amount } node { id type createdAt amount { amount } } } } }";

/// A running server. The order of the fields is that in which they are dropped.
pub struct Stage {
    server: Server,
    postgres: Option<OwnPostgres>,
    /// Where the files are.
    pub dir: TempDir,
    pub database_url: String,
    pub program: PathBuf,
    pub canary: User,
    /// How long an attack lasts that would go on for ever.
    pub length: Duration,
    /// How many rows an attacker has whose attack needs many.
    pub rows: usize,
}

impl Stage {
    pub async fn set_up(name: &str, database: Database, options: &Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let postgres = (database == Database::Postgres).then(|| block_in_place(|| OwnPostgres::start(&[])));
        let database_url = match &postgres {
            Some(postgres) => postgres.url("postgres"),
            None => format!("sqlite:{}", dir.path().join("daybook.db").display()),
        };
        let logs = Path::new(env!("CARGO_TARGET_TMPDIR")).join("attacks");
        fs::create_dir_all(&logs).unwrap();
        let log = File::create(logs.join(format!("{name}-{database:?}.log").to_lowercase())).unwrap();
        let mut command = as_anywhere(Command::new("sh"));
        command.args(["-c", DESCRIPTORS]).arg(&options.program);
        command.args(["--database-url", &database_url, "--jwt-secret", SECRET]);
        command.args(["--migrate", "always", "--listen", "127.0.0.1:0"]);
        let child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let server = block_in_place(|| Server::running(child));
        let canary = User::register(&server.client(), "canary").await;
        canary.fund("1000").await;
        Self {
            server,
            postgres,
            dir,
            database_url,
            program: options.program.clone(),
            canary,
            length: options.length,
            rows: options.rows,
        }
    }

    pub fn pid(&self) -> u32 {
        self.server.child.id()
    }

    /// Where the server listens.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// The write-ahead log of SQLite; none on PostgreSQL.
    pub fn wal(&self) -> Option<PathBuf> {
        self.postgres.is_none().then(|| self.dir.path().join("daybook.db-wal"))
    }

    /// To set things up with: it panics when something fails.
    pub fn client(&self) -> Client {
        self.server.client()
    }

    pub async fn user(&self, name: &str) -> User {
        User::register(&self.client(), name).await
    }

    /// Another command of the same program, on the same database.
    pub fn command(&self, name: &str) -> Command {
        let mut command = as_anywhere(Command::new(&self.program));
        command.arg(name).args(["--database-url", &self.database_url, "--jwt-secret", SECRET]);
        command
    }

    /// The canary's requests beside every attack.
    pub fn read_and_write(&self, with_new_connections: bool) -> Vec<Probe> {
        let wallet = self.canary.wallet.clone();
        let [reader, writer] = [(); 2].map(|()| {
            Wire::of_canary(self.url(), !with_new_connections).with_token(self.canary.client.token.as_deref())
        });
        let id = wallet.clone();
        let read = move || {
            let (wire, id) = (reader.clone(), id.clone());
            async move { wire.ask(HISTORY, json!({ "id": id })).await.map(drop) }
        };
        let write = move || {
            let (wire, input) = (writer.clone(), json!({ "wallet": { "id": wallet }, "amount": "1" }));
            async move { wire.ask(DEPOSIT, json!({ "input": input })).await.map(drop) }
        };
        vec![Probe::new("read", EVERY, read), Probe::new("write", EVERY, write)]
    }
}

/// Without settings of the machine that it runs on.
fn as_anywhere(mut command: Command) -> Command {
    for (name, _) in program().get_envs() {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}
