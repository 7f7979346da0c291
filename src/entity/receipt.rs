//! Receipts for payments by customers. Only the allocated amount and the fields about voiding ever change.

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    money::Currency,
};

/// A receipt.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt")]
pub struct Model {
    /// Primary key: the id of the receipt's ledger entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Receipt>,
    /// Orders rows with the same date, name or amount: a UUID v7 made by the server, since a client may choose the id.
    pub position: Uuid,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// The customer who paid.
    pub customer_id: Id<kind::Customer>,
    /// The customer as the receipt names them.
    pub buyer_id: Uuid,
    /// The shop as the receipt names it.
    pub seller_id: Uuid,
    /// The receipt number, as it is printed.
    pub number: String,
    /// The number in lower case, for comparing. Unique in the book, void receipts included.
    pub number_key: String,
    /// The date of the receipt.
    pub date: Date,
    /// The currency of its amount.
    pub currency: Currency,
    /// A note written by the user.
    pub note: Option<String>,
    /// When it was voided; `None` while it is valid.
    pub voided_at: Option<DateTimeUtc>,
    /// Why it was voided, as the user wrote it.
    pub void_reason: Option<String>,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// How the customer paid.
    pub payment_type: PaymentType,
    /// The amount received, in minor units.
    pub amount: i64,
    /// The wallet that the money went into; `None` when it went into cash.
    pub wallet_id: Option<Id<kind::Wallet>>,
    /// How much of it is set off, as its ledger entry says.
    pub allocated: i64,
}

/// How a customer paid.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum, serde::Serialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentType {
    /// Banknotes and coins.
    Cash,
    /// A debit card or a credit card.
    Card,
    /// India's Unified Payments Interface.
    Upi,
    /// A transfer from the customer's bank account.
    BankTransfer,
    /// A cheque drawn on the customer's bank.
    Cheque,
    /// A mobile money account, such as a wallet app on a phone.
    MobileMoney,
    /// Any other way of paying.
    Other,
}

impl ActiveModelBehavior for ActiveModel {}
