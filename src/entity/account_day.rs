//! The turnover of an account per day, for the accounts that reports read. Only `bookkeeping::journal` writes this
//! table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// The turnover of one account on one day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_day")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Id<kind::Account>,
    /// The effective date of the postings.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// The sum of debits in minor units.
    pub debits: i64,
    /// The sum of credits in minor units.
    pub credits: i64,
    /// The number of entries, not counting reversals and the entries that they reverse.
    pub entries: i64,
}

impl ActiveModelBehavior for ActiveModel {}
