//! Ledger entries: each line of what a customer owes. The document; the money is on its journal entry.

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
    /// Id; also that of the invoice or receipt that it is made by.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::LedgerEntry>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// Whose ledger it stands in.
    pub customer_id: Id<kind::Customer>,
    /// Which way it goes.
    pub kind: EntryType,
    /// What it is made by.
    pub source: EntrySource,
    /// How much, in minor units; more than zero.
    pub amount: i64,
    /// Of what.
    pub currency: Currency,
    /// The day that it counts for.
    pub date: Date,
    /// A note of the user's.
    pub note: Option<String>,
    /// The note in lower case, to be searched.
    pub search_text: Option<String>,
    /// The journal entry that it stands by; the last one, when it is deleted.
    pub journal_entry_id: Id<kind::Entry>,
    /// How often it was written, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was changed last.
    pub updated_at: DateTimeUtc,
    /// When it was deleted, or its invoice or receipt voided.
    pub deleted_at: Option<DateTimeUtc>,
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
}

impl ActiveModelBehavior for ActiveModel {}
