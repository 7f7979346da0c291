//! Files the changes of SQLite under their books, many at once. See `by_book`.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::by_book::{FILED, OF_BOOK};
use crate::{
    db::{Db, InOrder, Transaction},
    error::{Error, Result},
};

/// How many changes are filed together while others follow. Whoever reads the changes of any book looks at all that are not filed.
const ENOUGH: i64 = 1024;
/// How many changes one transaction files at most.
const AT_ONCE: i64 = 2048;
/// How often to look for changes that are not filed.
const LOOK: Duration = Duration::from_secs(1);
/// How long others can write between two transactions that file.
const PAUSE: Duration = Duration::from_millis(20);
/// How often to look after a failure.
const LOOK_AFTER_FAILURE: Duration = Duration::from_mins(1);

/// Files changes for as long as it is polled: when there are enough, or when none has followed since it looked last.
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
            // Refused, since others write.
            Ok(()) | Err(Error::Refused(_)) => LOOK,
            Err(error) => {
                tracing::warn!(?error, "cannot file changes under their books");
                LOOK_AFTER_FAILURE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Files the changes of SQLite that are not filed at this moment.
///
/// # Errors
/// `TRY_AGAIN` when others write for too long.
pub async fn file_all(db: &Db) -> Result<()> {
    let (last, mut waiting) = not_filed(db).await?;
    while waiting > 0 {
        let filed = db.write(|tx| async move { file_some(&tx).await }).await?;
        waiting = last - filed;
        tokio::time::sleep(PAUSE).await;
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

/// Files the next changes. Returns the number of the last one that is filed.
async fn file_some(tx: &Transaction) -> Result<i64> {
    let end = format!("SELECT MIN({FILED} + {AT_ONCE}, COALESCE(MAX(seq), 0)) FROM change");
    let end = tx.query_one_raw(Statement::from_string(DbBackend::Sqlite, end)).await?;
    let end: i64 = end.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    let file = format!(
        "INSERT INTO {OF_BOOK} (book_id, seq) \
         SELECT book_id, seq FROM change WHERE seq > {FILED} AND seq <= {end} ORDER BY book_id, seq"
    );
    tx.execute_unprepared(&file).await?;
    tx.execute_unprepared(&format!("UPDATE change_filed SET seq = {end}")).await?;
    Ok(end)
}
