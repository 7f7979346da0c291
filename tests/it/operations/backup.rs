//! `daybook backup` and `daybook restore`, and PostgreSQL's own tools in their place: nothing acknowledged is lacking.

use std::{
    collections::HashSet,
    path::Path,
    process::{Command, Output},
};

use daybook::{bookkeeping::journal, entity::journal_entry};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde_json::json;
use tempfile::TempDir;

use crate::harness::{
    Database::{Postgres, Sqlite},
    Load, PASSWORD, Server, Storage, TestApp, User, fresh, login, program,
};

/// Runs a command without stopping the tasks of the test; what it prints, when it succeeds.
async fn run(mut command: Command) -> String {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    succeeded(&output)
}

fn succeeded(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The command line of `daybook backup` or `daybook restore`.
pub fn command(name: &str, file: &Path, url: &str) -> Command {
    let mut command = program();
    command.arg(name).arg(file).args(["--database-url", url]);
    command
}

/// An app over what a backup holds, restored into a directory of its own.
async fn restored(backup: &Path) -> TestApp {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("daybook.db").display());
    run(command("restore", backup, &url)).await;
    let app = TestApp::over(url, Storage::Sqlite { dir }, |_| {}).await;
    let check = Statement::from_string(app.app.db.backend(), "PRAGMA integrity_check");
    let checked = app.app.db.read().query_all_raw(check).await.unwrap();
    assert_eq!(checked[0].try_get::<String>("", "integrity_check").unwrap(), "ok");
    app
}

/// Checks that a database is whole and lacks nothing of what was acknowledged; how many journal entries it has.
async fn assert_holds(app: &TestApp, acknowledged: &[String]) -> usize {
    app.assert_journal_is_whole().await;
    let entries = journal_entry::Entity::find().all(app.app.db.read()).await.unwrap();
    let there: HashSet<_> = entries.iter().map(|entry| journal::reference(entry).into_owned()).collect();
    let lacking: Vec<_> = acknowledged.iter().filter(|reference| !there.contains(*reference)).collect();
    assert!(lacking.is_empty(), "{} of {} are lacking", lacking.len(), acknowledged.len());
    entries.len()
}

#[apply(test)]
#[threads(4)]
async fn each_backup_under_load_holds_all_that_was_acknowledged_before_it() {
    let (url, _storage) = fresh(Sqlite).await;
    let server = Server::start(&url);
    let load = Load::start(&server.client(), 4).await;
    let dir = tempfile::tempdir().unwrap();
    // More of them by hand: DAYBOOK_TEST_BACKUPS=20.
    let rounds: usize = std::env::var("DAYBOOK_TEST_BACKUPS").map_or(4, |rounds| rounds.parse().unwrap());
    let (mut apps, mut during) = (Vec::new(), 0);
    for round in 0..rounds {
        let file = dir.path().join(format!("backup-{round}.db"));
        load.grow_by(10).await;
        let before = load.acknowledged();
        let told = run(command("backup", &file, &url)).await;
        during += load.acknowledged().len() - before.len();
        let app = restored(&file).await;
        let entries = assert_holds(&app, &before).await;
        let bytes = std::fs::metadata(&file).unwrap().len();
        assert!(told.contains(&format!("{bytes} bytes, {entries} journal entries, ")), "{told}");
        #[cfg(unix)]
        for file in [&file, Path::new(app.url.trim_start_matches("sqlite:"))] {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        apps.push(app);
    }
    assert!(during > 0, "nothing was written during the backups");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), rounds, "nothing but the backups is left");
    let user = load.users[0].clone();
    load.stop().await;
    // A server starts on the last one, and the first server goes on.
    let copy = Server::start(&apps.last().unwrap().url);
    for server in [&copy, &server] {
        user.at(&server.client()).fund("1").await;
    }
}

#[apply(test)]
async fn a_plain_copy_of_the_file_lacks_what_a_backup_holds() {
    let (url, storage) = fresh(Sqlite).await;
    let Storage::Sqlite { dir } = &storage else { panic!("not SQLite") };
    let server = Server::start(&url);
    User::register(&server.client(), "amina").await;
    let (plain, backup) = (dir.path().join("plain.db"), dir.path().join("backup.db"));
    std::fs::copy(dir.path().join("daybook.db"), &plain).unwrap();
    run(command("backup", &backup, &url)).await;
    let logs_in = async |file: &Path| {
        let app = restored(file).await;
        let payload = login(&app.anonymous(), "amina", PASSWORD).await;
        payload["accessToken"].is_string()
    };
    assert!(logs_in(&backup).await);
    assert!(!logs_in(&plain).await);
}

#[apply(test)]
async fn a_backup_of_an_older_schema_is_restored_and_migrated_at_the_next_start() {
    let (url, storage) = fresh(Sqlite).await;
    let Storage::Sqlite { dir } = &storage else { panic!("not SQLite") };
    let connection = sea_orm::Database::connect(&url).await.unwrap();
    <migration::Migrator as migration::MigratorTrait>::down(&connection, Some(1)).await.unwrap();
    connection.close().await.unwrap();
    let backup = dir.path().join("backup.db");
    run(command("backup", &backup, &url)).await;
    let url = format!("sqlite:{}", dir.path().join("restored.db").display());
    let told = run(command("restore", &backup, &url)).await;
    assert!(told.contains("migrations to be applied at the next start: 1"), "{told}");
    let server = Server::start(&url);
    User::register(&server.client(), "amina").await;
}

#[apply(test)]
fn an_empty_migrated_database_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite:{}", dir.path().join(name).display());
    let backup = dir.path().join("backup.db");
    for name in ["a.db", "b.db"] {
        succeeded(&program().args(["migrate", "--database-url", &url(name)]).output().unwrap());
    }
    succeeded(&command("backup", &backup, &url("a.db")).output().unwrap());
    // Also one that has just been restored, and is not in the mode in which servers keep it.
    for _ in 0..2 {
        succeeded(&command("restore", &backup, &url("b.db")).output().unwrap());
        assert_eq!(std::fs::read(dir.path().join("b.db")).unwrap(), std::fs::read(&backup).unwrap());
    }
    let left = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut left: Vec<_> = left.collect();
    left.sort();
    assert_eq!(left, ["a.db", "b.db", "backup.db"]);
}

/// The command that `daybook backup` or `daybook restore` names on PostgreSQL.
fn named_command(name: &str, file: &Path, url: &str) -> String {
    let output = command(name, file, url).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), error.lines().count()), (Some(2), 1), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
    let tool = if name == "backup" { "pg_dump --format=custom --file=" } else { "pg_restore " };
    let (_, arguments) = error.split_once(tool).unwrap_or_else(|| panic!("{tool} is not in {error}"));
    format!("{tool}{}", arguments.trim_end())
}

#[apply(test)]
fn on_postgresql_its_own_tools_are_named_without_the_password() {
    let url = "postgres://some%20one:hunter2@db.example:5433/books?sslmode=require&password=hunter2";
    let file = Path::new("it's here.dump");
    let shown = "'postgres://some%20one@db.example:5433/books?sslmode=require'";
    let dump = named_command("backup", file, url);
    assert_eq!(dump, format!(r"pg_dump --format=custom --file='it'\''s here.dump' {shown}"));
    let restore = named_command("restore", file, url);
    let flags = "--exit-on-error --single-transaction --no-owner";
    assert_eq!(restore, format!(r"pg_restore {flags} --dbname={shown} 'it'\''s here.dump'"));
}

#[apply(test)]
#[needs(Postgres, PgDump)]
#[threads(4)]
async fn what_these_tools_dump_under_load_holds_all_that_was_acknowledged_before_it() {
    let (url, _storage) = fresh(Postgres).await;
    let server = Server::start(&url);
    let load = Load::start(&server.client(), 4).await;
    let dir: TempDir = tempfile::tempdir().unwrap();
    let file = dir.path().join("daybook.dump");
    let shell = |line: String| {
        let mut command = Command::new("sh");
        command.args(["-c", &line]);
        command
    };
    load.grow_by(20).await;
    let before = load.acknowledged();
    run(shell(named_command("backup", &file, &url))).await;
    let user = load.users[0].clone();
    load.stop().await;

    let (url, storage) = fresh(Postgres).await;
    let connection = sea_orm::Database::connect(&url).await.unwrap();
    connection.execute_unprepared("DROP SCHEMA public CASCADE").await.unwrap();
    connection.execute_unprepared("CREATE SCHEMA public").await.unwrap();
    connection.close().await.unwrap();
    run(shell(named_command("restore", &file, &url))).await;
    let app = TestApp::over(url, storage, |_| {}).await;
    assert_holds(&app, &before).await;
    let server = Server::start(&app.url);
    user.at(&server.client()).gql("{ me { username } }", json!({})).await;
}
