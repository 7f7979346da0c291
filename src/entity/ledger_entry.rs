//! Ledger entries: the lines of a customer's ledger, each raising or lowering what the customer owes. A row is the
//! document; its money is on its journal entry.

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    money::Currency,
};

/// A ledger entry.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub struct Model {
    /// Primary key: a UUID v7. An invoice, receipt or note has the same id as its ledger entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::LedgerEntry>,
    /// Orders rows with the same date, name or amount: a UUID v7 made by the server, since a client may choose the id.
    pub position: Uuid,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// The customer whose ledger it is in.
    pub customer_id: Id<kind::Customer>,
    /// Whether the customer owes more or less by it.
    pub kind: EntryType,
    /// Whether it was written by hand, by an invoice, by a receipt or by something else.
    pub source: EntrySource,
    /// The amount in minor units; more than zero.
    pub amount: i64,
    /// The currency of the amount.
    pub currency: Currency,
    /// The date that it counts for.
    pub date: Date,
    /// A note written by the user.
    pub note: Option<String>,
    /// The note in the form in which texts are searched, see `folding::search_text`.
    pub search_text: Option<String>,
    /// The journal entry of the current version; for a deleted entry, of the last version.
    pub journal_entry_id: Id<kind::Entry>,
    /// The number of the current version, from 1. Each change adds one.
    pub version: i32,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// When it was changed last.
    pub updated_at: DateTimeUtc,
    /// When it was deleted or its invoice, receipt or note was voided; `None` otherwise.
    pub deleted_at: Option<DateTimeUtc>,
    /// How much of it is set off: the sum of its allocations, in minor units.
    pub settled: i64,
    /// How much of it is held on account and set off against nothing, in minor units.
    pub held: i64,
    /// The import that made it; `None` when it was written by hand, and when it is older than the records of imports.
    pub import_id: Option<Id<kind::Import>>,
}

/// The direction of a ledger entry, in the words of a shop: `CREDIT` for goods given on credit, `DEBIT` for a payment
/// received. In bookkeeping the two words are used the other way round.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum, serde::Serialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryType {
    /// The customer took goods on credit and owes more.
    Credit,
    /// The customer paid and owes less.
    Debit,
}

/// What created a ledger entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntrySource {
    /// The mutation `addEntry`, or an import of entries.
    Manual,
    /// An invoice. To remove the entry, void the invoice.
    Invoice,
    /// A receipt. To remove the entry, void the receipt.
    Receipt,
    /// A credit note. To remove the entry, void the credit note.
    CreditNote,
    /// A debit note. To remove the entry, void the debit note.
    DebitNote,
    /// The mutation `refundCustomer`: the customer got money back.
    Refund,
    /// The mutation `writeOff`: the customer was let off a debt.
    WriteOff,
    /// The mutation `setOpeningBalance`: what the customer owed, or had paid in advance, when the book was begun.
    Opening,
}

impl ActiveModelBehavior for ActiveModel {}
