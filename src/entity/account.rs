//! Accounts of the journal. Only `bookkeeping::journal` writes them.

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    money::Currency,
};

/// An account.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Account>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// What it counts.
    pub kind: AccountKind,
    /// In which currency.
    pub currency: Currency,
    /// Whose account it is: the wallet, the customer, the category, or for the accounts that a book has one of in each currency, the book.
    pub holder_id: Id<kind::Holder>,
    /// Whether money may move on it.
    pub status: AccountStatus,
    /// Whether its balance may go below zero.
    pub may_overdraw: bool,
    /// All that was ever debited, in minor units.
    pub debits: i64,
    /// All that was ever credited, in minor units.
    pub credits: i64,
    /// How many postings it has; the `seq` of the latest.
    pub postings: i64,
    /// When it was opened.
    pub created_at: DateTimeUtc,
    /// When its latest posting was written.
    pub posted_at: Option<DateTimeUtc>,
}

/// What an account counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountKind {
    /// What a wallet holds: owed to its holder.
    Wallet,
    /// The world outside of a book: where deposits come from and withdrawals go.
    Outside,
    /// What a customer owes.
    Receivable,
    /// Money in the till.
    Cash,
    /// What came in, in a category.
    Income,
    /// What was spent, in a category.
    Expense,
    /// What was sold.
    Sales,
    /// Central goods and services tax on what was sold: owed to the state.
    Cgst,
    /// State goods and services tax on what was sold within a state.
    Sgst,
    /// Integrated goods and services tax on what was sold across states.
    Igst,
    /// What was charged beside the goods: freight, packing.
    Charges,
}

/// Whether a wallet can receive and pay money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "WalletStatus")]
pub enum AccountStatus {
    /// The wallet can receive and pay money.
    Active,
    /// The wallet can neither receive nor pay money until it is unfrozen.
    Frozen,
    /// The wallet is empty and closed for good. It cannot be reopened.
    Closed,
}

impl ActiveModelBehavior for ActiveModel {}
