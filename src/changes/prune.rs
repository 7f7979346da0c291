//! Deletes old changes.

use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::{
    ConnectionTrait, DbBackend,
    sea_query::{Expr, ExprTrait, Order, Query},
};

use super::{
    by_book::{OF_BOOK, behind},
    filing::file_all,
    place::Place,
    read::place,
};
use crate::{
    clock::Clock,
    db::{Db, InOrder},
    entity::change::{self, Column},
    error::Result,
    moment::Moment,
};

/// How many rows one transaction looks at.
const AT_ONCE: u64 = 1000;
/// How long others can write between two such transactions.
const PAUSE: Duration = Duration::from_millis(20);

/// Whether any row was written by another cluster of PostgreSQL, from which the data was copied: its transaction has a number that
/// this one has not given yet.
const OF_ANOTHER: &str = "SELECT 1 FROM change WHERE xact > txid_snapshot_xmax(txid_current_snapshot()) LIMIT 1";

/// A change of each book, to begin from.
const FIRST: &str = "INSERT INTO change (book_id, noun, thing_id, kind, created_at) \
                     SELECT id, 1, id, 2, (EXTRACT(EPOCH FROM created_at) * 1000000)::bigint FROM book ORDER BY created_at, id";

/// Deletes the changes that have been followed by others for longer than `kept`. Returns how many. The latest one of each book before
/// that stays: a position is used for as long as nothing follows it, and SQLite does not give its number again.
///
/// # Errors
/// When the database fails.
pub async fn prune(db: &Db, clock: &Clock, kept: TimeDelta) -> Result<u64> {
    let mut deleted = if db.backend() == DbBackend::Postgres {
        begin_anew_in_another(db).await?
    } else {
        file_all(db).await?;
        0
    };
    let before = Moment::from(clock.now() - kept);
    let mut from = Place::default();
    while let Some(to) = next(db, from, before).await? {
        deleted += delete(db, from, to, before).await?;
        from = to;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(deleted)
}

/// The position of the last of the next rows that are old enough.
async fn next(db: &Db, from: Place, before: Moment) -> Result<Option<Place>> {
    let backend = db.backend();
    let mut rows = Query::select();
    if backend == DbBackend::Postgres {
        rows.column("xact").order_by("xact", Order::Asc);
    } else {
        rows.expr(Expr::cust("0"));
    }
    rows.column("seq").column(Column::CreatedAt).from(change::Entity).and_where(behind(backend, from));
    rows.order_by("seq", Order::Asc).limit(AT_ONCE);
    let mut last = None;
    for row in db.for_lookups().read().query_all(&rows).await? {
        let mut row = InOrder::new(&row);
        let place = place(&mut row)?;
        if row.read::<Moment>()? >= before {
            break;
        }
        last = Some(place);
    }
    Ok(last)
}

/// Deletes what is behind `from` and not behind `to`, when another change of its book followed before that time.
async fn delete(db: &Db, from: Place, to: Place, before: Moment) -> Result<u64> {
    let backend = db.backend();
    let mut later = Query::select();
    later.expr(Expr::cust("1")).from_as(change::Entity, "later");
    if backend == DbBackend::Postgres {
        later.and_where(Expr::cust(
            "later.book_id = change.book_id AND (later.xact, later.seq) > (change.xact, change.seq)",
        ));
    } else {
        later.inner_join(OF_BOOK, Expr::col((OF_BOOK, "seq")).equals(("later", "seq")));
        later.and_where(Expr::cust("change_of_book.book_id = change.book_id AND change_of_book.seq > change.seq"));
    }
    later.and_where(Expr::col(("later", Column::CreatedAt)).lt(before));
    let mut delete = Query::delete();
    delete.from_table(change::Entity).and_where(behind(backend, from)).and_where(behind(backend, to).not());
    delete.and_where(Expr::exists(later));
    let delete = &delete;
    db.write(|tx| async move { Ok(tx.execute(delete).await?.rows_affected()) }).await
}

/// Deletes all changes when some of them were written by another cluster, since nobody could read what is written now and has lower
/// numbers. Their cursors are too old from then on.
async fn begin_anew_in_another(db: &Db) -> Result<u64> {
    let of_another = sea_orm::Statement::from_string(DbBackend::Postgres, OF_ANOTHER);
    if db.for_lookups().read().query_one_raw(of_another).await?.is_none() {
        return Ok(0);
    }
    db.write(|tx| async move {
        let deleted = tx.execute(Query::delete().from_table(change::Entity)).await?.rows_affected();
        tx.execute_unprepared(FIRST).await?;
        Ok(deleted)
    })
    .await
}
