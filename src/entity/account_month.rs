//! What moved on an account in a month. Only `bookkeeping::journal` writes it, for the accounts that reports read.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// The turnovers of a month.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_month")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Id<kind::Account>,
    /// The first day of the month that the postings count for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: Date,
    /// What was debited, in minor units.
    pub debits: i64,
    /// What was credited, in minor units.
    pub credits: i64,
    /// How many entries there were; one that was reversed is not among them.
    pub entries: i64,
    /// The account.
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
