//! Files the changes of SQLite under their books, many at once. See `by_book`.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::by_book::{FILED, OF_BOOK};
use crate::{
    db::{Db, InOrder, Transaction},
    error::Result,
};

/// How many changes are filed together while others follow. Those that are not filed are read one by one.
const ENOUGH: i64 = 4096;
/// How many changes one transaction files at most.
const AT_ONCE: i64 = 2048;
/// How often to look for changes that are not filed.
const LOOK: Duration = Duration::from_secs(1);
/// The same after a failure.
const LOOK_AFTER_FAILURE: Duration = Duration::from_secs(60);

/// Files changes for as long as it is polled: when there are enough, or when none has followed for a while.
pub async fn file(db: &Db) {
    if db.backend() == DbBackend::Postgres {
        return std::future::pending().await;
    }
    let mut before = None;
    loop {
        let filed = async {
            let (last, waiting) = not_filed(db).await?;
            let is_quiet = before.replace(last) == Some(last);
            if waiting >= ENOUGH || (waiting > 0 && is_quiet) { file_all(db).await } else { Ok(()) }
        };
        let wait = match filed.await {
            Ok(()) => LOOK,
            Err(error) => {
                tracing::warn!(?error, "cannot file changes under their books");
                LOOK_AFTER_FAILURE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Files all changes of SQLite that are not filed yet.
///
/// # Errors
/// When the database fails.
pub async fn file_all(db: &Db) -> Result<()> {
    while not_filed(db).await?.1 > 0 {
        db.write(|tx| async move { file_some(&tx).await }).await?;
    }
    Ok(())
}

/// The number of the last change, and about how many are not filed.
async fn not_filed(db: &Db) -> Result<(i64, i64)> {
    let ends = format!("SELECT COALESCE(MAX(seq), 0), COALESCE(MAX(seq), 0) - {FILED} FROM change");
    let ends = Statement::from_string(DbBackend::Sqlite, ends);
    let Some(row) = db.for_lookups().read().query_one_raw(ends).await? else { return Ok((0, 0)) };
    let mut row = InOrder::new(&row);
    Ok((row.read()?, row.read()?))
}

async fn file_some(tx: &Transaction) -> Result<()> {
    let to = format!("{FILED} + {AT_ONCE}");
    let file = format!(
        "INSERT INTO {OF_BOOK} (book_id, seq) \
         SELECT book_id, seq FROM change WHERE seq > {FILED} AND seq <= {to} ORDER BY book_id, seq"
    );
    tx.execute_unprepared(&file).await?;
    let filed = format!("UPDATE change_filed SET seq = MIN({to}, (SELECT MAX(seq) FROM change))");
    tx.execute_unprepared(&filed).await?;
    Ok(())
}
