//! PostgreSQL for the tests: the server that `TEST_POSTGRES_URL` names, or one of our own for all of them.

mod certificates;
mod own_server;

use std::{
    env,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tokio::sync::OnceCell;

use super::scratch::{is_in_memory, scratch};

pub use self::{
    certificates::Authority,
    own_server::{OwnPostgres, is_installed},
};

/// It need not survive a crash, so it does not wait for the disk.
const QUICK: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// A database that is dropped at the end of its test.
pub struct TestDatabase {
    pub url: String,
    name: String,
}

/// A server, and the database to connect to for making others.
struct Server {
    admin_url: String,
    /// How it is told to copy the template.
    copy: &'static str,
    /// Runs for as long as this is kept.
    _own: Option<OwnPostgres>,
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

static SERVER: OnceCell<Server> = OnceCell::const_new();

impl TestDatabase {
    /// A fresh, migrated database.
    pub async fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = SERVER.get_or_init(start).await;
        let name = format!("{}_{}", template_name(), COUNT.fetch_add(1, Ordering::Relaxed));
        let create = format!("CREATE DATABASE {name} TEMPLATE {}{}", template_name(), server.copy);
        let admin = server.admin().await;
        admin.execute_unprepared(&create).await.expect("a database can be made");
        admin.close().await.unwrap();
        Self { url: server.url(&name), name }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        // A thread, since the runtime of the test cannot wait here.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let Some(server) = SERVER.get() else { return };
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                server.admin().await.execute_unprepared(&drop).await.unwrap();
            });
        });
        let _ = dropping.join();
    }
}

/// Whether there is a server to make databases on.
pub fn is_there() -> bool {
    env::var_os("TEST_POSTGRES_URL").is_some() || is_installed()
}

/// Whether tests that need PostgreSQL may not be left out.
pub fn is_required() -> bool {
    env::var("TEST_POSTGRES").as_deref() == Ok("required")
}

fn template_name() -> String {
    format!("daybook_test_{}", std::process::id())
}

async fn start() -> Server {
    let server = if let Ok(admin_url) = env::var("TEST_POSTGRES_URL") {
        Server { admin_url, copy: "", _own: None }
    } else {
        let own = OwnPostgres::start_in(scratch(), &QUICK);
        // In memory, copying its files costs less than writing it to the log; on a disk it costs more.
        let copy = if is_in_memory() { " STRATEGY FILE_COPY" } else { "" };
        Server { admin_url: own.url("postgres"), copy, _own: Some(own) }
    };
    let template = template_name();
    let admin = server.admin().await;
    drop_leftovers(&admin).await;
    admin.execute_unprepared(&format!("CREATE DATABASE {template}")).await.expect("a database can be made");
    admin.close().await.unwrap();
    daybook::db::migrate(&server.url(&template)).await.unwrap();
    server
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
