//! What is counted against limits. Rows are only needed until they expire.

use sea_orm::entity::prelude::*;

/// A count.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tally")]
pub struct Model {
    /// Of what: a hash that only the servers can make.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// How many.
    pub count: i64,
    /// When the last was counted, or the first that counts.
    pub since: DateTimeUtc,
    /// When none of them counts any more.
    pub expires_at: DateTimeUtc,
    /// Whether somebody came since then who had to wait, and is on record.
    pub knocked: bool,
}

impl ActiveModelBehavior for ActiveModel {}
