//! Allocations: which amount of what a customer gave, or was let off, is set off against what they owe. Only
//! `bookkeeping::customers::open_items` writes this table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// What is set off between one payment and one charge.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "allocation")]
pub struct Model {
    /// The `DEBIT` entry that pays: a receipt, an entry written by hand, a credit note, a write-off.
    #[sea_orm(primary_key, auto_increment = false)]
    pub payment_id: Id<kind::LedgerEntry>,
    /// The `CREDIT` entry that is paid: an invoice, an entry written by hand, a debit note, a refund.
    #[sea_orm(primary_key, auto_increment = false)]
    pub charge_id: Id<kind::LedgerEntry>,
    /// The amount in minor units; more than zero.
    pub amount: i64,
    /// The part of the amount that a user named; the rest follows from the order of the entries.
    pub named: i64,
}

impl ActiveModelBehavior for ActiveModel {}
