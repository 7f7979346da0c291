//! Postings: each moves one amount from its credit account to its debit account. Only `bookkeeping::journal` writes them,
//! and nothing changes them.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A posting.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "posting")]
pub struct Model {
    /// The entry that it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: Id<kind::Entry>,
    /// Which of the entry's postings it is, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// How much, in minor units; zero when the entry failed, negative in a reversal.
    pub amount: i64,
    /// The day that it counts for.
    pub effective_on: Date,
    /// The account that is debited.
    pub debit_account_id: Id<kind::Account>,
    /// Which of that account's postings it is, from 1 without a gap.
    pub debit_seq: i64,
    /// That account's balance after it, in minor units.
    pub debit_balance: i64,
    /// The account that is credited.
    pub credit_account_id: Id<kind::Account>,
    /// Which of that account's postings it is, from 1 without a gap.
    pub credit_seq: i64,
    /// That account's balance after it, in minor units.
    pub credit_balance: i64,
    /// The entry.
    #[sea_orm(belongs_to, from = "entry_id", to = "id")]
    pub entry: BelongsTo<super::journal_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
