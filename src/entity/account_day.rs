//! What moved on an account on a day. Only `bookkeeping::journal` writes it, for the accounts that reports read.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// The turnovers of a day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_day")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Id<kind::Account>,
    /// The day that the postings count for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// What was debited, in minor units.
    pub debits: i64,
    /// What was credited, in minor units.
    pub credits: i64,
    /// How many entries there were; one that was reversed is not among them.
    pub entries: i64,
}

impl ActiveModelBehavior for ActiveModel {}
