//! The disk that SQLite writes to is full, and has room again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;
use tempfile::TempDir;

use crate::harness::{Client, PASSWORD, SECRET, Server, User, errors, login, program};

/// A folder with little room: a file system of its own where that may be mounted, else one in which a server may write no
/// longer files than now.
struct SmallDisk {
    dir: TempDir,
    is_mounted: bool,
}

impl SmallDisk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(dir.path()).output();
        Self { dir, is_mounted: mount.is_ok_and(|mount| mount.status.success()) }
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.dir.path().join("daybook.db").display())
    }

    fn filler(&self) -> PathBuf {
        self.dir.path().join("filler")
    }

    fn fill(&self, server: &Server) {
        if self.is_mounted {
            fill(&self.filler());
        } else {
            limit(server, "0");
        }
    }

    fn make_room(&self, server: &Server) {
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

fn start(disk: &SmallDisk) -> Server {
    let daybook = program();
    // Beyond the limit a write fails, instead of ending the process.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(daybook.get_program());
    for (name, value) in daybook.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    Server::start_with(shell.args(["--database-url", &disk.database(), "--jwt-secret", SECRET]))
}

async fn is_ready(client: &Client) -> bool {
    client.get("/health/ready").await.status == 200
}

#[tokio::test]
async fn after_a_full_disk_what_is_acknowledged_is_kept() {
    let disk = SmallDisk::new();
    let server = start(&disk);
    let amina = User::register(&server.client(), "amina").await;
    amina.fund("1").await;
    let deposit = async |amount: u32| {
        let input = json!({ "input": { "wallet": { "id": amina.wallet }, "amount": amount } });
        let query =
            "mutation($input: DepositInput!) { deposit(input: $input) { transaction { id } userErrors { code } } }";
        amina.client.request(query, input).await.json()
    };
    let mut acknowledged = 1;
    for round in 1..=3 {
        disk.fill(&server);
        // What still fits is kept as well.
        let refused = loop {
            let answer = deposit(1).await;
            match answer["data"]["deposit"]["transaction"]["id"].as_str() {
                Some(_) => acknowledged += 1,
                None => break answer,
            }
        };
        assert_eq!(refused["errors"][0]["extensions"]["code"], "INTERNAL_SERVER_ERROR", "{refused}");
        while is_ready(&server.client()).await {
            tokio::task::yield_now().await;
        }
        disk.make_room(&server);

        let taken = json!({ "name": "Food", "kind": "EXPENSE" });
        let taken = amina.mutate("createCategory", "CreateCategoryInput", "userErrors { code path }", taken).await;
        assert_eq!(errors(&taken), ["TAKEN name"]);
        for _ in 0..20 {
            let answer = deposit(1).await;
            assert!(answer["data"]["deposit"]["transaction"]["id"].is_string(), "round {round}: {answer}");
            acknowledged += 1;
        }
        assert_eq!(amina.balance(&amina.wallet).await, format!("{acknowledged}.00"));
        while !is_ready(&server.client()).await {
            tokio::task::yield_now().await;
        }
    }
    drop(server);

    let server = start(&disk);
    let again = login(&server.client(), "amina", PASSWORD).await;
    let amina = User { client: server.client().with_token(again["accessToken"].as_str().unwrap()), ..amina };
    assert_eq!(amina.balance(&amina.wallet).await, format!("{acknowledged}.00"));
}
