//! Transactions of income and spending. The document; the money is on its journal entry.

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
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Transaction>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// Which way it goes: as the categories of its lines.
    pub kind: CategoryKind,
    /// How much, in minor units; the sum of its lines.
    pub amount: i64,
    /// Of what.
    pub currency: Currency,
    /// The day that it counts for.
    pub date: Date,
    /// What it was for, in the user's words.
    pub description: Option<String>,
    /// The description and the notes of the lines in lower case, to be searched.
    pub search_text: Option<String>,
    /// The wallet that it was paid from or into; cash when there is none.
    pub wallet_id: Option<Id<kind::Wallet>>,
    /// The journal entry that it stands by; the last one, when it is deleted.
    pub journal_entry_id: Id<kind::Entry>,
    /// How often it was written, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was changed last.
    pub updated_at: DateTimeUtc,
    /// When it was deleted.
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
