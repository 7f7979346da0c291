//! Accounts of the journal. Only `bookkeeping::journal` writes this table.

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
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Account>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// What the account records; also decides its normal side.
    pub kind: AccountKind,
    /// The currency of the account.
    pub currency: Currency,
    /// The wallet, customer or category that holds the account; the book itself for accounts of which a book has one
    /// per currency.
    pub holder_id: Id<kind::Holder>,
    /// Whether money may be posted to it.
    pub status: AccountStatus,
    /// Whether only its own book may pay into it, because the owner wants to delete their account; true for wallets only.
    pub closing: bool,
    /// Whether its balance may go below zero; false for wallets only.
    pub may_overdraw: bool,
    /// The sum of all debits ever posted, in minor units; for a wallet and for the outside, less what is carried (see
    /// `bookkeeping::journal`).
    pub debits: i64,
    /// The sum of all credits ever posted, in minor units, less the same amount.
    pub credits: i64,
    /// For the outside: what the book's wallets took in from it less what they paid to it, in minor units. Zero for all
    /// other accounts.
    pub wallet_inflow: i64,
    /// The number of postings; also the `seq` of the latest one.
    pub postings: i64,
    /// When it was opened.
    pub created_at: DateTimeUtc,
    /// The time of the latest posting; `None` when there is none.
    pub posted_at: Option<DateTimeUtc>,
}

/// What an account records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountKind {
    /// The money in a wallet: the book owes it to the wallet's owner.
    Wallet,
    /// The world outside the book: deposits come from here and withdrawals go here.
    Outside,
    /// What a customer owes the shop.
    Receivable,
    /// Cash in the shop or household.
    Cash,
    /// Income in one category.
    Income,
    /// Expenses in one category.
    Expense,
    /// Sales.
    Sales,
    /// Central goods and services tax on sales within a state; owed to the government.
    Cgst,
    /// State goods and services tax on sales within a state; owed to the government.
    Sgst,
    /// Integrated goods and services tax on sales between states; owed to the government.
    Igst,
    /// Charges on invoices besides the goods: freight, packing.
    Charges,
    /// What the totals of invoices were rounded up by, less what they were rounded down by.
    RoundOff,
    /// What customers were let off.
    WriteOff,
    /// The other side of the balances that customers had when the book was begun.
    Opening,
    /// Money on its way from one wallet of the book to another. Zero when all of it has arrived.
    InTransit,
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
