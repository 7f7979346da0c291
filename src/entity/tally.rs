//! Counters for rate limits and login throttling, shared by all servers. Rows may be deleted once they have expired.

use sea_orm::entity::prelude::*;

/// One counter.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tally")]
pub struct Model {
    /// A keyed hash of what is counted, which only the servers can compute.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The count.
    pub count: i64,
    /// For failed logins, the time of the latest failure; for limits per time window, the start of the window.
    pub since: DateTimeUtc,
    /// When the counter goes back to zero.
    pub expires_at: DateTimeUtc,
    /// For failed logins, whether an attempt that came too early has been logged since the latest failure. Only the
    /// first one is logged.
    pub knocked: bool,
}

impl ActiveModelBehavior for ActiveModel {}
