//! Journal entries: the events that move money. Only `bookkeeping::journal` writes this table; rows are never deleted, and updated
//! only where texts about a customer are erased (`bookkeeping::journal::erase`).

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    money::Currency,
};

/// A journal entry.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal_entry")]
pub struct Model {
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Entry>,
    /// The book that the entry belongs to; for a transfer, the sender's.
    pub book_id: Id<kind::Book>,
    /// The kind of event.
    pub kind: EntryKind,
    /// Whether the money moved.
    pub status: EntryStatus,
    /// Why the entry failed; `None` when it succeeded.
    pub failure: Option<Failure>,
    /// The amount in minor units; negative in a reversal. An income or expense has the sign of its document, which is
    /// negative for a refund, and its reversal the other one.
    pub amount: i64,
    /// The currency of the amount.
    pub currency: Currency,
    /// The date that the entry counts for in reports.
    pub effective_on: Date,
    /// A note written by the user.
    pub memo: Option<String>,
    /// The reference that a user gave to the entry; unique among the entries of the book that succeeded. Empty where none was given.
    pub reference: String,
    /// The client's idempotency key; unique in the book.
    pub idempotency_key: Option<String>,
    /// SHA-256 of the input that the idempotency key was used with.
    pub request_hash: Option<Vec<u8>>,
    /// The entry that this one reverses.
    pub reverses_id: Option<Id<kind::Entry>>,
    /// For a failed entry, the account that should have received the money, when none of its postings names that
    /// account, or when the money was to move against the direction of its kind.
    pub meant_for_id: Option<Id<kind::Account>>,
    /// The document that the entry is a version of. A document that was changed has several entries.
    pub document_id: Option<Id<kind::Document>>,
    /// The user who caused the entry.
    pub actor_id: Id<kind::User>,
    /// The time of posting; never before an earlier entry on the same accounts.
    pub created_at: DateTimeUtc,
}

/// The kind of event that an entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryKind {
    /// Money came into a wallet from outside the book.
    Deposit,
    /// Money left a wallet for outside the book.
    Withdrawal,
    /// Money went from one wallet to another.
    Transfer,
    /// A customer took goods on credit and owes more.
    Credit,
    /// A customer paid and owes less.
    Debit,
    /// A customer was sent an invoice and owes more.
    Invoice,
    /// A customer paid against a receipt and owes less.
    Receipt,
    /// An invoice was lowered, and the customer owes less.
    CreditNote,
    /// An invoice was raised, and the customer owes more.
    DebitNote,
    /// A customer got money back, and owes more.
    Refund,
    /// A customer was let off a debt, and owes less.
    WriteOff,
    /// Income in one or more categories.
    Income,
    /// An expense in one or more categories.
    Expense,
    /// Money left a wallet for another one of the book: an expense of which a user said so.
    TransferOut,
    /// Money came into a wallet from another one of the book: an income of which a user said so.
    TransferIn,
}

/// Whether a wallet transaction moved money: `SUCCEEDED`, or `FAILED` with the reason in `failure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "WalletTransactionStatus")]
pub enum EntryStatus {
    /// The money was moved.
    Succeeded,
    /// The transaction was refused and no money was moved. The attempt is kept in the wallet's history.
    Failed,
}

/// Why an entry could not be posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Failure {
    /// An account that may not be overdrawn would go below zero.
    InsufficientFunds,
    /// The account on the debit side is frozen or closed.
    DebitNotActive,
    /// The account on the credit side is frozen or closed.
    CreditNotActive,
    /// An account has another currency than the entry.
    CurrencyMismatch,
    /// The debit and the credit side are the same account.
    SameAccount,
    /// A total would not fit into 64 bits.
    LimitReached,
}

impl ActiveModelBehavior for ActiveModel {}
