//! The inputs of the mutations on invoices and receipts.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use crate::{
    calendar::date::Date,
    money::{Currency, Decimal},
};

/// The invoice to be made. The sums that are given are compared with what the server works out.
// Its JSON is what idempotency keys are compared by, for ever: a new field must be left out of it when it is absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "CreateInvoiceInput")]
pub struct NewInvoice {
    /// Whom it is for.
    pub customer_id: ID,
    /// Its number, at most 40 characters, unique in the book; the next of the book's pattern when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Its date, in the years 1900 to 2199; today (where the book is) when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// When it is to be paid, not before its date; its date when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Date>,
    /// The currency of its amounts; the book's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The goods before taxes, more than zero. With `lines` it may be left out, and must be their sum when it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_amount: Option<Decimal>,
    /// What was sold, at most 100 lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NewInvoiceLine>>,
    /// The rate of goods and services tax in per cent, with at most 3 decimals: half of it is CGST and half SGST, or all of it
    /// IGST when `interState` is true. Each tax is rounded to the minor unit of the currency, half a unit up. Lines that have a
    /// rate of their own are taxed by that, line by line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gst_rate: Option<Decimal>,
    /// Whether the goods go to another state, so that the tax is IGST.
    #[graphql(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inter_state: bool,
    /// Central goods and services tax. Without a rate it is taken as it is, together with `sgst`, which must be equal, and
    /// without `igst`; with a rate it must be what the rate gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cgst: Option<Decimal>,
    /// State goods and services tax; as `cgst`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sgst: Option<Decimal>,
    /// Integrated goods and services tax. Without a rate it is taken as it is, without `cgst` and `sgst`; with a rate it must
    /// be what the rate gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub igst: Option<Decimal>,
    /// Freight, packing and the like. They are not taxed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_charges: Option<Decimal>,
    /// What you think the total is. If it is another, no invoice is made, and the user error says what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_amount: Option<Decimal>,
    /// A note, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// As for `addEntry`.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// A line of an invoice: what was sold.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "InvoiceLineInput")]
pub struct NewInvoiceLine {
    /// What was sold, at most 200 characters.
    pub description: String,
    /// Its code in the Harmonized System of Nomenclature (or the services accounting code): 2 to 8 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hsn_code: Option<String>,
    /// How many, more than zero, with at most 4 decimals.
    pub quantity: Decimal,
    /// What one costs before taxes. Quantity times price is rounded to the minor unit of the currency, half a unit up.
    pub unit_price: Decimal,
    /// The rate of goods and services tax of this line, in per cent; that of the invoice when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
}

/// Which document to void, and why.
// Its JSON is what idempotency keys are compared by, for ever: a new field must be left out of it when it is absent.
#[derive(Clone, Debug, Serialize, InputObject)]
pub struct Voiding {
    /// Which one.
    pub id: ID,
    /// Why, at most 500 characters.
    pub reason: String,
    /// As for `addEntry`.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}
