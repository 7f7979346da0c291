//! The changes of books, as they are written: by `changes`, the journal and the activity log. The database gives each row its
//! position, by which `changes` reads it.

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    moment::Moment,
};

/// An object that was created, changed or deleted.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    /// The object. The primary key of the table is the position, which the program never writes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub thing_id: Uuid,
    /// The book that the object is in.
    pub book_id: Id<kind::Book>,
    /// What the object is.
    pub noun: Noun,
    /// What was done with it.
    pub kind: ChangeKind,
    /// The wallet or the customer that the object is, or belongs to.
    pub of_id: Option<Uuid>,
    /// The second wallet of a transfer within a book.
    pub also_of_id: Option<Uuid>,
    /// When it was written.
    pub created_at: Moment,
}

/// What an object is. The numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum Noun {
    /// A book.
    #[sea_orm(num_value = 1)]
    Book,
    /// A wallet.
    #[sea_orm(num_value = 2)]
    Wallet,
    /// A wallet transaction: a journal entry.
    #[sea_orm(num_value = 3)]
    Entry,
    /// A customer.
    #[sea_orm(num_value = 4)]
    Customer,
    /// An entry in the ledger of a customer.
    #[sea_orm(num_value = 5)]
    LedgerEntry,
    /// An invoice.
    #[sea_orm(num_value = 6)]
    Invoice,
    /// A receipt.
    #[sea_orm(num_value = 7)]
    Receipt,
    /// A credit note.
    #[sea_orm(num_value = 8)]
    CreditNote,
    /// A debit note.
    #[sea_orm(num_value = 9)]
    DebitNote,
    /// A category.
    #[sea_orm(num_value = 10)]
    Category,
    /// An income or an expense.
    #[sea_orm(num_value = 11)]
    Transaction,
    /// A budget.
    #[sea_orm(num_value = 12)]
    Budget,
    /// A user.
    #[sea_orm(num_value = 13)]
    User,
    /// The record of an import.
    #[sea_orm(num_value = 14)]
    Import,
    /// The profile of a bank's files.
    #[sea_orm(num_value = 15)]
    ImportProfile,
}

/// What was done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum ChangeKind {
    /// The object was created.
    #[sea_orm(num_value = 1)]
    Created,
    /// The object was changed. An archived customer or category and a voided document are changed too: they are still there.
    #[sea_orm(num_value = 2)]
    Updated,
    /// The object was deleted. A deleted entry or transaction can still be read by its id, but is in no list any more.
    #[sea_orm(num_value = 3)]
    Deleted,
}

impl ActiveModelBehavior for ActiveModel {}
