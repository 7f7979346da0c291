//! The turnover of an account per month, for the accounts that reports read. Only `bookkeeping::journal` writes this
//! table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// The turnover of one account in one month.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_month")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Id<kind::Account>,
    /// The first day of the month of the postings' effective dates.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: Date,
    /// The sum of debits in minor units.
    pub debits: i64,
    /// The sum of credits in minor units.
    pub credits: i64,
    /// The number of entries, not counting reversals and the entries that they reverse.
    pub entries: i64,
    /// The account.
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
