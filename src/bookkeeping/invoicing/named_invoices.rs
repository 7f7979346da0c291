//! The invoices that a receipt names for payment.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use crate::{
    bookkeeping::customers::open_items::{Wanted, Words},
    money::Decimal,
};

/// An invoice that a receipt pays, in full or in part.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "ReceiptInvoiceInput")]
pub struct NamedInvoice {
    /// The id of the invoice, or of another `CREDIT` entry. It must be of the same customer, in the receipt's currency, neither
    /// void nor deleted, and not fully paid by payments that name it. What others pay of it does not count: it is freed for
    /// this receipt.
    pub invoice_id: ID,
    /// How much of the receipt pays this invoice. Positive, and at most the smaller of two amounts: what payments that
    /// name the invoice leave of it, and what earlier items leave of this receipt. Default: that smaller amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
}

/// What refusals of named invoices say.
pub(super) const WORDS: Words = Words { list: "invoices", id: "invoiceId", payment: "receipt", charge: "invoice" };

impl NamedInvoice {
    /// The charge that is named.
    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted { charge: &self.invoice_id, amount: self.amount.as_ref() }
    }
}
