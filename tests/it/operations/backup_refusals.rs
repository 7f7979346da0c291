//! What `daybook backup` refuses, and what is left when it fails: what was there before, and nothing else.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use sea_orm::sqlx::{
    ConnectOptions, Connection, query,
    sqlite::{SqliteConnectOptions, SqliteLockingMode},
};

use super::backup::command;
use crate::harness::{Database::Sqlite, Server, Storage, User, fresh, program};

/// The one line on standard error of a command that ends with a code.
pub fn refused(output: &Output, code: i32) -> String {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), error.lines().count()), (Some(code), 1), "{error}");
    error
}

/// All files in a directory, with their lengths and hashes of what they hold.
pub fn files(dir: &Path) -> BTreeMap<String, (usize, u64)> {
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let file = |path: PathBuf| {
        let bytes = std::fs::read(&path).unwrap();
        let mut hash = DefaultHasher::new();
        bytes.hash(&mut hash);
        (path.file_name().unwrap().to_str().unwrap().to_owned(), (bytes.len(), hash.finish()))
    };
    files.filter(|path| path.is_file()).map(file).collect()
}

/// A command for which no file may become longer than some blocks of at least 512 bytes, as if the disk were full.
#[cfg(unix)]
pub fn on_a_full_disk(blocks: u32, command: &Command) -> Command {
    let mut limited = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    limited.args(["-c", &script, "sh"]).arg(command.get_program()).args(command.get_args());
    for (name, _) in command.get_envs() {
        limited.env_remove(name);
    }
    limited
}

#[apply(test)]
async fn a_file_that_is_there_is_replaced_only_by_force() {
    let (url, storage) = fresh(Sqlite).await;
    let Storage::Sqlite { dir } = &storage else { panic!("not SQLite") };
    let file = dir.path().join("backup.db");
    std::fs::write(&file, "precious").unwrap();
    let before = files(dir.path());
    let error = refused(&command("backup", &file, &url).output().unwrap(), 2);
    assert!(error.contains("backup.db: it exists already; --force replaces it"), "{error}");
    assert_eq!(files(dir.path()), before);
    let forced = command("backup", &file, &url).arg("--force").output().unwrap();
    assert!(forced.status.success(), "{forced:?}");
    assert!(std::fs::read(&file).unwrap().starts_with(b"SQLite format 3\0"));
}

#[apply(test)]
async fn what_belongs_to_the_database_and_what_cannot_be_written_is_refused() {
    let (url, storage) = fresh(Sqlite).await;
    let Storage::Sqlite { dir } = &storage else { panic!("not SQLite") };
    let path = |name: &str| dir.path().join(name);
    std::fs::create_dir(path("directory")).unwrap();
    std::fs::write(path("old.db-wal"), "a log").unwrap();
    std::fs::write(path("daybook.db.jwt-secret"), "a secret").unwrap();
    let before = files(dir.path());
    let own = "it belongs to the database itself";
    for (name, why) in [
        ("daybook.db", own),
        ("directory/../daybook.db", own),
        ("daybook.db-wal", own),
        ("daybook.db-shm", own),
        ("daybook.db.jwt-secret", own),
        ("nowhere/backup.db", "No such file or directory"),
        ("directory", "it is not a regular file"),
        ("old.db", "old.db-wal is beside it"),
    ] {
        let error = refused(&command("backup", &path(name), &url).arg("--force").output().unwrap(), 2);
        assert!(error.contains(why), "{name}: {error}");
    }
    let nowhere = format!("sqlite:{}", path("nowhere.db").display());
    let error = refused(&command("backup", &path("backup.db"), &nowhere).output().unwrap(), 1);
    assert!(error.contains("nowhere.db: No such file or directory"), "{error}");
    assert_eq!(files(dir.path()), before);
}

#[apply(test)]
async fn a_database_that_is_damaged_or_of_something_else_gives_no_backup() {
    let dir = tempfile::tempdir().unwrap();
    let (text, other) = (dir.path().join("text.db"), dir.path().join("other.db"));
    std::fs::write(&text, "not a database at all, but long enough to be taken for one".repeat(100)).unwrap();
    let mut connection = SqliteConnectOptions::new().filename(&other).create_if_missing(true).connect().await.unwrap();
    query("CREATE TABLE thing (id INTEGER)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let before = files(dir.path());
    for database in [text, other] {
        let url = format!("sqlite:{}", database.display());
        let error = refused(&command("backup", &dir.path().join("backup.db"), &url).output().unwrap(), 1);
        assert!(error.contains("is not a Daybook database"), "{error}");
    }
    assert_eq!(files(dir.path()), before);
}

#[cfg(unix)]
#[apply(test)]
async fn on_a_full_disk_nothing_is_left_and_the_server_goes_on() {
    let (url, _storage) = fresh(Sqlite).await;
    let server = Server::start(&url);
    let amina = User::register(&server.client(), "amina").await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("backup.db");
    std::fs::write(&file, "the last one").unwrap();
    let before = files(dir.path());
    let mut backup = command("backup", &file, &url);
    let output = on_a_full_disk(200, backup.arg("--force")).output().unwrap();
    let error = refused(&output, 1);
    assert!(error.contains("no backup was made") && error.contains("cannot be read or written"), "{error}");
    assert_eq!(files(dir.path()), before);
    amina.fund("1").await;
    assert!(backup.output().unwrap().status.success());
}

#[cfg(unix)]
#[apply(test)]
async fn a_backup_that_is_told_to_stop_leaves_nothing() {
    let (url, storage) = fresh(Sqlite).await;
    let Storage::Sqlite { dir } = &storage else { panic!("not SQLite") };
    // It waits for this connection, and so is under way when it is told to stop.
    let path = dir.path().join("daybook.db");
    let locking = SqliteConnectOptions::new().filename(&path).locking_mode(SqliteLockingMode::Exclusive);
    let mut connection = locking.connect().await.unwrap();
    query("SELECT * FROM seaql_migrations").execute(&mut connection).await.unwrap();
    let backups = tempfile::tempdir().unwrap();
    let mut backup = program();
    backup.arg("backup").arg(backups.path().join("backup.db")).args(["--database-url", &url]);
    let backup = backup.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while files(backups.path()).keys().all(|name| !name.ends_with(".unfinished")) {
        assert!(began.elapsed() < Duration::from_secs(30), "the backup does not begin");
        std::thread::yield_now();
    }
    let killed = Command::new("kill").args(["-s", "TERM", &backup.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = backup.wait_with_output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.ends_with("daybook: stopped; nothing was changed\n"), "{error}");
    assert_eq!(output.status.code(), Some(1));
    assert!(files(backups.path()).is_empty());
}
