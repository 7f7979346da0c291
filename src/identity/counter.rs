//! Counts that all servers on one database share, and forget by themselves.
//!
//! Rows have no names of people in them, but hashes that only who has the servers' secret can make.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr, ExprTrait, LockBehavior, LockType, OnConflict},
};

use crate::{db::Transaction, entity::tally, error::Result};

/// How many expired rows are removed for one that is written.
const REMOVED_AT_ONCE: u64 = 4;

/// A count that begins again with each window of time: each day, each minute.
#[derive(Clone, Debug)]
pub struct Window {
    /// What is counted.
    pub key: String,
    /// When the window began.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
}

impl Window {
    /// The window of some length that a moment is in.
    #[must_use]
    pub fn around(now: DateTime<Utc>, seconds: i64, key: String) -> Self {
        let since = TimeDelta::seconds(now.timestamp().rem_euclid(seconds))
            + TimeDelta::nanoseconds(now.timestamp_subsec_nanos().into());
        let start = now - since;
        Self { key, start, end: start + TimeDelta::seconds(seconds) }
    }

    /// What was counted in it so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self, conn: &impl ConnectionTrait) -> Result<i64> {
        let row = tally::Entity::find_by_id(self.key.as_str()).one(conn).await?;
        Ok(row.filter(|row| row.expires_at >= self.end).map_or(0, |row| row.count))
    }

    /// Counts some more; tells what was counted in it with that. The count of an older window begins again.
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
        // Of two servers, one may think that the window is over, and the other not yet.
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

/// The rows of some keys, which nobody else changes until the transaction ends.
pub(super) async fn locked(tx: &Transaction, keys: impl IntoIterator<Item = &str>) -> Result<Vec<tally::Model>> {
    let rows = tally::Entity::find()
        .filter(tally::Column::Key.is_in(keys))
        // Always in one order, so that no two wait for each other.
        .order_by_asc(tally::Column::Key)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    Ok(rows)
}

/// Removes a few rows that count no more, so that the table does not grow with all who ever came by.
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
