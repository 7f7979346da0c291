//! Postings: each moves one amount from its credit account to its debit account. Only `bookkeeping::journal` writes
//! this table; rows are never updated or deleted.

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
    /// The number of the posting within the entry, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// The amount in minor units; zero when the entry failed, negative in a reversal.
    pub amount: i64,
    /// The date that it counts for in reports; the same as the entry's.
    pub effective_on: Date,
    /// The account on the debit side.
    pub debit_account_id: Id<kind::Account>,
    /// The number of the posting on the debit account, from 1 without gaps.
    pub debit_seq: i64,
    /// The balance of the debit account after the posting, in minor units.
    pub debit_balance: i64,
    /// The account on the credit side.
    pub credit_account_id: Id<kind::Account>,
    /// The number of the posting on the credit account, from 1 without gaps.
    pub credit_seq: i64,
    /// The balance of the credit account after the posting, in minor units.
    pub credit_balance: i64,
    /// The entry.
    #[sea_orm(belongs_to, from = "entry_id", to = "id")]
    pub entry: BelongsTo<super::journal_entry::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
