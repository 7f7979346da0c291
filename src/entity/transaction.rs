//! Transactions: income and expenses by category. A row is the document; its money is on its journal entry.

use sea_orm::entity::prelude::*;

use super::category::CategoryKind;
use crate::{
    id::{Id, kind},
    money::Currency,
};

/// A transaction.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "transaction")]
pub struct Model {
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Transaction>,
    /// Orders rows with the same date, name or amount: a UUID v7 made by the server, since a client may choose the id.
    pub position: Uuid,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// Income or expense; the same as the kind of its lines' categories.
    pub kind: CategoryKind,
    /// The sum of its lines, in minor units. Negative for the refund of an expense, and for income that is given back.
    pub amount: i64,
    /// The currency of the amount.
    pub currency: Currency,
    /// The date that it counts for.
    pub date: Date,
    /// What it was for, as the user wrote it.
    pub description: Option<String>,
    /// The description and the notes of the lines in the form in which texts are searched, see `folding::search_text`.
    pub search_text: Option<String>,
    /// The wallet that it was paid from or into; `None` for cash.
    pub wallet_id: Option<Id<kind::Wallet>>,
    /// The journal entry of the current version; for a deleted transaction, of the last version.
    pub journal_entry_id: Id<kind::Entry>,
    /// The number of the current version, from 1. Each change adds one.
    pub version: i32,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// When it was changed last.
    pub updated_at: DateTimeUtc,
    /// When it was deleted; `None` otherwise.
    pub deleted_at: Option<DateTimeUtc>,
    /// The other half of the transfer that it is half of; `None` otherwise. Its kind then says which way the money went.
    pub counterpart_id: Option<Id<kind::Transaction>>,
    /// The import that made it; `None` when it was written by hand, and when it is older than the records of imports.
    pub import_id: Option<Id<kind::Import>>,
    /// The transaction written by hand that a user said is the same. Then this one, which was imported, is deleted.
    pub same_as_id: Option<Id<kind::Transaction>>,
}

impl ActiveModelBehavior for ActiveModel {}
