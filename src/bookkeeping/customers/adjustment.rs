//! What changes a customer's ledger besides goods and payments: money given back, debts written off, and opening balances. Each is
//! a ledger entry with a source of its own, and is removed like one.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use super::allocate::NamedCharge;
use crate::{
    calendar::date::Date,
    entity::ledger_entry::EntryType,
    money::{Currency, Decimal},
};

/// The money to give back to a customer.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "RefundCustomerInput")]
pub struct NewRefund {
    /// The id of the customer who gets the money. The customer must not be archived.
    pub customer_id: ID,
    /// How much. At most what the customer gave and that is set off against nothing (`CustomerStatement.aging.inAdvance`).
    /// Nothing while a part of a write-off is set off against nothing: it is no money, so delete the write-off first.
    /// Positive, with at most as many decimals as the currency has, and at most 10^15 minor units of it (such as
    /// 10,000,000,000,000.00 USD).
    pub amount: Decimal,
    /// The currency of `amount`. Default: the book's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The date of the entry. In the years 1900 to 2199. Default: today in the book's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The id of the book's wallet that pays, in the refund's currency. Default: none; the money is cash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_id: Option<ID>,
    /// A note, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire. A failure because
    /// of a wallet (such as `INSUFFICIENT_FUNDS`) also counts as a result and is returned again.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// The debt to let a customer off.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "WriteOffInput")]
pub struct NewWriteOff {
    /// The id of the customer. The customer must not be archived.
    pub customer_id: ID,
    /// How much. At most what the customer owes and that is set off against nothing.
    /// Positive, with at most as many decimals as the currency has, and at most 10^15 minor units of it (such as
    /// 10,000,000,000,000.00 USD).
    pub amount: Decimal,
    /// The currency of `amount`. Default: the book's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The date of the entry. In the years 1900 to 2199. Default: today in the book's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Why, 1 to 500 characters. It is the note of the entry.
    pub reason: String,
    /// The charges that are written off, in this order, at most 100. What is left pays what the customer has owed longest.
    /// Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charges: Option<Vec<NamedCharge>>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What a customer owed, or had paid in advance, when the book was begun.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "SetOpeningBalanceInput")]
pub struct NewOpening {
    /// The id of the customer. The customer must not be archived, and have no opening balance in this currency yet: to correct
    /// one, delete its entry first.
    pub customer_id: ID,
    /// `CREDIT` when the customer owed the amount, `DEBIT` when the customer had paid it in advance.
    #[graphql(name = "type")]
    pub kind: EntryType,
    /// How much.
    /// Positive, with at most as many decimals as the currency has, and at most 10^15 minor units of it (such as
    /// 10,000,000,000,000.00 USD).
    pub amount: Decimal,
    /// The currency of `amount`. Default: the book's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The date from which the balance counts, and by which its age is measured. In the years 1900 to 2199. Default: today in
    /// the book's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// A note, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What the three have in common.
pub(super) struct Common<'a> {
    pub(super) customer_id: &'a ID,
    pub(super) amount: &'a Decimal,
    pub(super) currency: Option<Currency>,
    pub(super) date: Option<Date>,
}

impl NewRefund {
    pub(super) fn common(&self) -> Common<'_> {
        let Self { customer_id, amount, currency, date, .. } = self;
        Common { customer_id, amount, currency: *currency, date: *date }
    }
}

impl NewWriteOff {
    pub(super) fn common(&self) -> Common<'_> {
        let Self { customer_id, amount, currency, date, .. } = self;
        Common { customer_id, amount, currency: *currency, date: *date }
    }
}

impl NewOpening {
    pub(super) fn common(&self) -> Common<'_> {
        let Self { customer_id, amount, currency, date, .. } = self;
        Common { customer_id, amount, currency: *currency, date: *date }
    }
}
