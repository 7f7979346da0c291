//! Journal entries: whatever happens to money. Only `bookkeeping::journal` writes them, and nothing changes them.

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
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Entry>,
    /// The book whose event it is; for a transfer, the payer's.
    pub book_id: Id<kind::Book>,
    /// What happened.
    pub kind: EntryKind,
    /// Whether it happened.
    pub status: EntryStatus,
    /// Why it did not happen.
    pub failure: Option<Failure>,
    /// How much, in minor units; negative in a reversal.
    pub amount: i64,
    /// Of what.
    pub currency: Currency,
    /// The day that it counts for.
    pub effective_on: Date,
    /// A note of the user's.
    pub memo: Option<String>,
    /// The number that people name it by, unique among the entries of its book that succeeded.
    pub reference: String,
    /// The key under which the request may be repeated.
    pub idempotency_key: Option<String>,
    /// SHA-256 of the input that the key was used with.
    pub request_hash: Option<Vec<u8>>,
    /// The entry that this one takes back.
    pub reverses_id: Option<Id<kind::Entry>>,
    /// When it failed, the account that the money was meant for.
    pub meant_for_id: Option<Id<kind::Account>>,
    /// The document that it belongs to: the entries of one document are its versions.
    pub document_id: Option<Id<kind::Document>>,
    /// Who did it.
    pub actor_id: Id<kind::User>,
    /// When it was written; never before an earlier entry on the same account.
    pub created_at: DateTimeUtc,
}

/// What happened to money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryKind {
    /// Money came into a wallet from outside.
    Deposit,
    /// Money went out of a wallet.
    Withdrawal,
    /// Money went from one wallet to another.
    Transfer,
    /// A customer took goods on credit.
    Credit,
    /// A customer paid.
    Debit,
    /// A customer was sent an invoice.
    Invoice,
    /// A customer paid and has a receipt.
    Receipt,
    /// Money came in, in some categories.
    Income,
    /// Money was spent, in some categories.
    Expense,
}

/// Whether a wallet transaction moved money: `SUCCEEDED`, or `FAILED` with the reason in `failure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
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
    /// An account that may not be overdrawn would be.
    InsufficientFunds,
    /// The account to be debited is frozen or closed.
    DebitNotActive,
    /// The account to be credited is frozen or closed.
    CreditNotActive,
    /// An account is in another currency than the entry.
    CurrencyMismatch,
    /// Both sides are the same account.
    SameAccount,
    /// A total would be beyond 64 bits.
    LimitReached,
}

impl ActiveModelBehavior for ActiveModel {}
