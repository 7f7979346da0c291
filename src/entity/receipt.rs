//! Receipts. A receipt is never changed, but for what it is set off against and for its being voided.

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
    /// Id; that of its ledger entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Receipt>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// Who paid.
    pub customer_id: Id<kind::Customer>,
    /// Its number.
    pub number: String,
    /// The number as it is compared: in lower case. Unique in the book, whether the receipt is void or not.
    pub number_key: String,
    /// Its date.
    pub date: Date,
    /// The currency of its amount.
    pub currency: Currency,
    /// A note of the user's.
    pub note: Option<String>,
    /// When it was voided.
    pub voided_at: Option<DateTimeUtc>,
    /// Why it was voided.
    pub void_reason: Option<String>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// How the customer paid.
    pub payment_type: PaymentType,
    /// How much, in minor units.
    pub amount: i64,
    /// The wallet that the money went into.
    pub wallet_id: Option<Id<kind::Wallet>>,
    /// Whether it is set off against the invoices that it named, and no others.
    pub names_invoices: bool,
    /// How much of it is set off against invoices, in minor units.
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
    /// A cheque.
    Cheque,
    /// A mobile money account, such as a wallet app on a phone.
    MobileMoney,
    /// Any other way of paying.
    Other,
}

impl ActiveModelBehavior for ActiveModel {}
