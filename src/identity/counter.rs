//! Counters in the database that all servers share and that expire by themselves.
//!
//! The keys contain no personal data: they are hashes that only a holder of the servers' secret can compute.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr, ExprTrait, LockBehavior, LockType, OnConflict},
};

use crate::{db::Transaction, entity::tally, error::Result};

/// How many expired rows are deleted each time that a row is written.
const REMOVED_AT_ONCE: u64 = 4;

/// A counter that restarts with each time window, such as each day or each minute.
#[derive(Clone, Debug)]
pub struct Window {
    /// The key of the counter.
    pub key: String,
    /// The start of the window.
    pub start: DateTime<Utc>,
    /// The end of the window.
    pub end: DateTime<Utc>,
}

impl Window {
    /// The window of this length in seconds that contains `now`. Windows are aligned, so all servers use the same ones.
    #[must_use]
    pub fn around(now: DateTime<Utc>, seconds: i64, key: String) -> Self {
        let since = TimeDelta::seconds(now.timestamp().rem_euclid(seconds))
            + TimeDelta::nanoseconds(now.timestamp_subsec_nanos().into());
        let start = now - since;
        Self { key, start, end: start + TimeDelta::seconds(seconds) }
    }

    /// The count so far in this window.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self, conn: &impl ConnectionTrait) -> Result<i64> {
        let row = tally::Entity::find_by_id(self.key.as_str()).one(conn).await?;
        Ok(row.filter(|row| row.expires_at >= self.end).map_or(0, |row| row.count))
    }

    /// Adds `some` to the count of this window and returns the sum. A count left from an older window is discarded.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add(&self, tx: &Transaction, some: i64) -> Result<i64> {
        let row = tally::Model {
            key: self.key.clone(),
            count: some,
            since: self.start,
            expires_at: self.end,
            knocked: false,
        }
        .into_active_model();
        let column = |column: tally::Column| Expr::col((tally::Entity, column));
        let new = |column: tally::Column| Expr::col(("excluded", column));
        // Servers' clocks differ a little, so a server may add to a window that another one has already left. The newer window
        // wins.
        let pick = |older: Expr, same: Expr| {
            let is_older = column(tally::Column::ExpiresAt).lt(new(tally::Column::ExpiresAt));
            CaseStatement::new().case(is_older, older).finally(same)
        };
        let again = OnConflict::column(tally::Column::Key)
            .value(
                tally::Column::Count,
                pick(new(tally::Column::Count), column(tally::Column::Count).add(new(tally::Column::Count))),
            )
            .value(tally::Column::Since, pick(new(tally::Column::Since), column(tally::Column::Since)))
            .value(tally::Column::ExpiresAt, pick(new(tally::Column::ExpiresAt), column(tally::Column::ExpiresAt)))
            .to_owned();
        let row = tally::Entity::insert(row).on_conflict(again).exec_with_returning(tx).await?;
        forget_expired(tx, self.start).await?;
        Ok(row.count)
    }
}

/// Locks and returns the rows of some keys until the transaction ends.
pub(super) async fn locked(tx: &Transaction, keys: impl IntoIterator<Item = &str>) -> Result<Vec<tally::Model>> {
    let rows = tally::Entity::find()
        .filter(tally::Column::Key.is_in(keys))
        // The order is always the same, so that two transactions never wait for each other.
        .order_by_asc(tally::Column::Key)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    Ok(rows)
}

/// Deletes a few expired rows, so that the table does not grow without limit.
pub(super) async fn forget_expired(tx: &Transaction, now: DateTime<Utc>) -> Result<()> {
    let expired: Vec<String> = tally::Entity::find()
        .select_only()
        .column(tally::Column::Key)
        .filter(tally::Column::ExpiresAt.lt(now))
        .order_by_asc(tally::Column::ExpiresAt)
        .limit(REMOVED_AT_ONCE)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(tx)
        .await?;
    if !expired.is_empty() {
        tally::Entity::delete_many().filter(tally::Column::Key.is_in(expired)).exec(tx).await?;
    }
    Ok(())
}
