//! What `daybook restore` refuses: each with a line that says why, and with nothing changed.

use std::path::{Path, PathBuf};

use sea_orm::ConnectionTrait;
use tempfile::TempDir;

use super::{
    backup::command,
    backup_refusals::{files, on_a_full_disk, refused},
};
use crate::harness::{PASSWORD, Server, User, login, program};

/// A directory with a migrated database `empty.db` and its backup `backup.db`.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { dir: tempfile::tempdir().unwrap() };
        let migrate = program().args(["migrate", "--database-url", &place.url("empty.db")]).output().unwrap();
        assert!(migrate.status.success(), "{migrate:?}");
        let backup = command("backup", &place.path("backup.db"), &place.url("empty.db")).output().unwrap();
        assert!(backup.status.success(), "{backup:?}");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn url(&self, name: &str) -> String {
        format!("sqlite:{}", self.path(name).display())
    }

    async fn execute(&self, name: &str, sql: &str) {
        let connection = sea_orm::Database::connect(self.url(name)).await.unwrap();
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Asserts that the restore is refused, and that all files are as they were.
    fn refuses(&self, file: &str, target: &str, code: i32, why: &str) {
        let before = files(self.dir.path());
        let error = refused(&command("restore", &self.path(file), &self.url(target)).output().unwrap(), code);
        assert!(error.contains(why), "{why} is not in {error}");
        let after = files(self.dir.path());
        assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{why}");
        // The index of a log changes with each who looks at it, and the log while a server is there, which writes a heartbeat.
        let has_server = why.contains("in use");
        let may_change = |name: &str| name.ends_with("-shm") || has_server && name.ends_with("-wal");
        let changed = before.iter().filter(|(name, held)| !may_change(name) && after[*name] != **held);
        assert_eq!(changed.count(), 0, "{why}");
    }
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

#[apply(test)]
async fn a_file_that_is_no_sound_backup_is_refused() {
    let place = Place::new();
    for name in ["newer.db", "truncated.db", "damaged.db", "dangling.db", "live.db"] {
        std::fs::copy(place.path("backup.db"), place.path(name)).unwrap();
    }
    std::fs::write(place.path("text.db"), "not a database").unwrap();
    std::fs::write(place.path("nothing.db"), "").unwrap();
    std::fs::write(place.path("live.db-wal"), "a log").unwrap();
    std::fs::create_dir(place.path("directory")).unwrap();
    place.execute("newer.db", "INSERT INTO seaql_migrations VALUES ('m2999_later', 0)").await;
    let dangling =
        "PRAGMA foreign_keys = OFF; INSERT INTO member VALUES (x'01', x'02', 'OWNER', '2026-11-21T10:00:00Z')";
    place.execute("dangling.db", dangling).await;
    change(&place.path("truncated.db"), |bytes| bytes.truncate(bytes.len() / 4096 / 2 * 4096));
    change(&place.path("damaged.db"), |bytes| {
        let middle = bytes.len() / 4096 / 2 * 4096;
        bytes[middle..middle + 4096].fill(0x5A);
    });
    for target in ["empty.db", "new.db"] {
        place.refuses(
            "newer.db",
            target,
            1,
            "was made by a newer Daybook: this one does not know its migration \"m2999",
        );
        place.refuses("truncated.db", target, 1, "truncated.db is damaged");
        place.refuses("damaged.db", target, 1, "damaged.db is damaged");
        place.refuses("dangling.db", target, 1, "a row of the table member refers to one that is not there");
        place.refuses("text.db", target, 1, "text.db is not a Daybook database");
        place.refuses("nothing.db", target, 1, "nothing.db is not a Daybook database");
        place.refuses("live.db", target, 1, "live.db is only a part of a database");
        place.refuses("absent.db", target, 2, "absent.db: No such file or directory");
        place.refuses("directory", target, 2, "it is not a regular file");
    }
    place.refuses("backup.db", "nowhere/new.db", 1, "No such file or directory");
    place.refuses("empty.db", "empty.db", 2, "it is the database itself");
}

#[apply(test)]
async fn a_target_that_is_in_use_or_has_data_is_refused() {
    let place = Place::new();
    let server = Server::start(&place.url("empty.db"));
    // The server has done nothing yet, and its connections wait in their pools.
    place.refuses("backup.db", "empty.db", 1, "is in use: a server or another program has it open");
    User::register(&server.client(), "amina").await;
    place.refuses("backup.db", "empty.db", 1, "is in use");
    drop(server);
    // It was killed, so the user is in the log only.
    assert!(std::fs::metadata(place.path("empty.db-wal")).unwrap().len() > 0);
    let error = refused(&command("restore", &place.path("backup.db"), &place.url("empty.db")).output().unwrap(), 1);
    assert!(error.contains("has data: 1 user is registered in it; nothing was changed. To restore"), "{error}");
    let again = Server::start(&place.url("empty.db"));
    let payload = login(&again.client(), "amina", PASSWORD).await;
    assert!(payload["accessToken"].is_string(), "{payload}");
}

#[apply(test)]
async fn a_target_that_is_not_daybooks_or_whose_log_was_left_is_refused() {
    let place = Place::new();
    std::fs::write(place.path("text.db"), "my letter").unwrap();
    std::fs::copy(place.path("backup.db"), place.path("other.db")).unwrap();
    place.execute("other.db", "DROP TABLE seaql_migrations").await;
    std::fs::write(place.path("moved.db-wal"), "a log").unwrap();
    place.refuses("backup.db", "text.db", 1, "text.db is not a Daybook database; nothing was changed");
    place.refuses("backup.db", "other.db", 1, "other.db is not a Daybook database; nothing was changed");
    place.refuses("backup.db", "moved.db", 1, "moved.db-wal holds the last writes of a database");
}

#[cfg(unix)]
#[apply(test)]
fn on_a_full_disk_nothing_is_left() {
    let place = Place::new();
    for target in ["empty.db", "new.db"] {
        let before = files(place.dir.path());
        let restore = command("restore", &place.path("backup.db"), &place.url(target));
        let output = on_a_full_disk(200, &restore).output().unwrap();
        let error = refused(&output, 1);
        assert!(error.contains("File too large") && error.contains(target), "{error}");
        assert_eq!(files(place.dir.path()), before);
    }
}
