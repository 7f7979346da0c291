//! PostgreSQL for the tests: the server that `TEST_POSTGRES_URL` names, or one of our own from the installed package.
//!
//! Our own lives in a temporary directory, listens on a socket there, and ends with this process, however that ends: a
//! shell waits for the end of a pipe that only we hold open, then stops the server and removes the directory.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tokio::sync::OnceCell;

/// A database that is dropped at the end of its test.
pub struct TestDatabase {
    pub url: String,
    name: String,
}

/// A server, and the database to connect to for making others.
struct Server {
    admin_url: String,
}

impl Server {
    fn url(&self, database: &str) -> String {
        let (server, options) = self.admin_url.split_once('?').unwrap_or((&self.admin_url, ""));
        let (server, _) = server.rsplit_once('/').expect("a URL with a database");
        format!("{server}/{database}?{options}")
    }

    async fn admin(&self) -> DatabaseConnection {
        Database::connect(&self.admin_url).await.expect("PostgreSQL answers")
    }
}

static SERVER: OnceCell<Option<Server>> = OnceCell::const_new();

impl TestDatabase {
    /// A fresh, migrated database; none when there is no server.
    pub async fn create() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = SERVER.get_or_init(start).await.as_ref()?;
        let name = format!("{}_{}", template_name(), COUNT.fetch_add(1, Ordering::Relaxed));
        let create = format!("CREATE DATABASE {name} TEMPLATE {}", template_name());
        let admin = server.admin().await;
        admin.execute_unprepared(&create).await.expect("a database can be made");
        admin.close().await.unwrap();
        Some(Self { url: server.url(&name), name })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        // A thread, since the runtime of the test cannot wait here.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let Some(Some(server)) = SERVER.get() else { return };
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                server.admin().await.execute_unprepared(&drop).await.unwrap();
            });
        });
        let _ = dropping.join();
    }
}

fn template_name() -> String {
    format!("daybook_test_{}", std::process::id())
}

async fn start() -> Option<Server> {
    let server = match env::var("TEST_POSTGRES_URL") {
        Ok(admin_url) => Some(Server { admin_url }),
        Err(_) => programs().map(|programs| own_server(&programs)),
    };
    let Some(server) = server else {
        assert!(env::var("TEST_POSTGRES").as_deref() != Ok("required"), "there is no PostgreSQL on this machine");
        eprintln!("There is no PostgreSQL on this machine: the tests on it do nothing.");
        return None;
    };
    let template = template_name();
    let admin = server.admin().await;
    drop_leftovers(&admin).await;
    admin.execute_unprepared(&format!("CREATE DATABASE {template}")).await.expect("a database can be made");
    admin.close().await.unwrap();
    daybook::db::migrate(&server.url(&template)).await.unwrap();
    Some(server)
}

/// Drops the databases of earlier processes; what a process that still runs uses cannot be dropped.
async fn drop_leftovers(admin: &DatabaseConnection) {
    let names = "SELECT datname FROM pg_database WHERE datname LIKE 'daybook_test_%'";
    let names = Statement::from_string(DbBackend::Postgres, names);
    for row in admin.query_all_raw(names).await.unwrap() {
        let name: String = row.try_get_by_index(0).unwrap();
        let process = name.split('_').nth(2).unwrap_or_default();
        if !Path::new("/proc").join(process).exists() || process == std::process::id().to_string() {
            admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await.unwrap();
        }
    }
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

fn own_server(programs: &Path) -> Server {
    let dir = tempfile::Builder::new().prefix("daybook-pg-").tempdir().unwrap().keep();
    let (data, programs) = (dir.join("data"), programs.display());
    let dir = dir.display();
    // PostgreSQL refuses to run as root.
    let is_root = String::from_utf8_lossy(&Command::new("id").arg("-u").output().unwrap().stdout).trim() == "0";
    let user = if is_root {
        run(&format!("chown postgres {dir}"));
        "runuser -u postgres --"
    } else {
        ""
    };
    let data = data.display();
    run(&format!("cd {dir} && {user} {programs}/initdb -D {data} -U postgres -A trust -E UTF8 --locale=C --no-sync"));
    let options = format!(
        "-c listen_addresses= -c unix_socket_directories={dir} -c max_connections=300 -c fsync=off \
         -c synchronous_commit=off -c full_page_writes=off"
    );
    run(&format!("cd {dir} && {user} {programs}/pg_ctl -D {data} -w -l {dir}/log -o '{options}' start"));
    let stop = format!("cat; cd {dir} && {user} {programs}/pg_ctl -D {data} -m immediate stop; rm -rf {dir}");
    let watchdog = Command::new("sh")
        .args(["-c", &stop])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The pipe stays open for as long as this process lives.
    std::mem::forget(watchdog);
    Server { admin_url: format!("postgres://postgres@localhost/postgres?host={dir}") }
}

fn run(command: &str) {
    let done = Command::new("sh").args(["-c", command]).stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{command}\n{}", String::from_utf8_lossy(&done.stderr));
}
