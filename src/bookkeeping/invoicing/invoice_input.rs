//! The inputs of the mutations on invoices, and that of voiding any document.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use crate::{
    calendar::date::Date,
    money::{Currency, Decimal},
};

/// The invoice to create. The server computes sums and taxes; amounts that you give are checked against them.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "CreateInvoiceInput")]
pub struct NewInvoice {
    /// An id that you choose: `invoice_` and a new UUID of version 7, in the TypeID form. It makes it safe to send the same
    /// request again: when the id was already used in this book, the same input changes nothing and returns the invoice as
    /// it is now; another input fails with `IDEMPOTENCY_CONFLICT`. Default: an id made by the server.
    #[serde(skip)]
    pub id: Option<ID>,
    /// The id of the customer who is billed. The customer must not be archived.
    pub customer_id: ID,
    /// The invoice number. 1 to 40 characters, unique among the book's invoices, ignoring case. Default: the next
    /// number of the book's `invoiceNumberPattern`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The invoice date. In the years 1900 to 2199. Default: today in the book's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The date when payment is due, not before the invoice date. Default: the invoice date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Date>,
    /// The currency of all amounts of the invoice. Default: the book's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The price of the goods before taxes and before the discount on the whole invoice. Positive, with at most as many
    /// decimals as the currency has, and at most 10^15 minor units of it (such as 10,000,000,000,000.00 USD). Required
    /// without `lines`. With `lines` it is optional and must be equal to the sum of their amounts, after their discounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_amount: Option<Decimal>,
    /// The goods and services sold, at most 100 lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NewInvoiceLine>>,
    /// A discount on the whole invoice, as an amount: zero or more, and at most the gross amount. It is taken off before
    /// taxes, and shared among the lines in proportion to their amounts. Not with `discountPercent`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<Decimal>,
    /// A discount on the whole invoice, in per cent of the gross amount: 0 to 100 with at most 3 decimals. It is rounded half
    /// up to the minor unit of the currency. Not with `discountAmount`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Decimal>,
    /// The rate of goods and services tax (GST) in per cent, 0 to 100 with at most 3 decimals. Half of it is CGST and
    /// half is SGST or, if `interState` is true, all of it is IGST. Each tax is computed for each rate over the whole
    /// invoice, on the goods less all discounts and on `otherCharges`, and rounded half up to the minor unit of the
    /// currency. Lines with a `rate` of their own do not have this rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gst_rate: Option<Decimal>,
    /// True if the goods go to another state, so that IGST applies instead of CGST and SGST.
    #[graphql(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inter_state: bool,
    /// The amount of Central Goods and Services Tax (CGST), zero or more. With a tax rate it is optional and must be
    /// equal to the computed tax. Without a rate it is taken as given, must be equal to `sgst`, and cannot be combined
    /// with `igst`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cgst: Option<Decimal>,
    /// The amount of State Goods and Services Tax (SGST), zero or more. With a tax rate it is optional and must be
    /// equal to the computed tax. Without a rate it is taken as given, must be equal to `cgst`, and cannot be combined
    /// with `igst`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sgst: Option<Decimal>,
    /// The amount of Integrated Goods and Services Tax (IGST), zero or more. With a tax rate it is optional and must be
    /// equal to the computed tax. Without a rate it is taken as given and cannot be combined with `cgst` and `sgst`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub igst: Option<Decimal>,
    /// Charges besides the goods, such as freight and packing. Zero or more. They are taxed like the goods: with several
    /// rates, they are shared among these in proportion to the taxable amounts of the goods. Default: zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_charges: Option<Decimal>,
    /// The total that you expect. If the server computes another total, no invoice is created and the user error
    /// contains the right one. Default: no check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_amount: Option<Decimal>,
    /// A note, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// A line of an invoice: goods or a service.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "InvoiceLineInput")]
pub struct NewInvoiceLine {
    /// The name of what is sold, 1 to 200 characters.
    pub description: String,
    /// The code of the goods in the Harmonized System of Nomenclature (HSN), or of the service (SAC): 2 to 8 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hsn_code: Option<String>,
    /// The quantity sold. Positive, with at most 4 decimals.
    pub quantity: Decimal,
    /// The price of one unit before taxes, zero or more. It has at most 6 decimals, also in a currency that has fewer.
    /// Quantity times price is rounded half up to the minor unit of the currency.
    pub unit_price: Decimal,
    /// A discount on this line, as an amount: zero or more, and at most quantity times price. It is taken off before taxes.
    /// Not with `discountPercent`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<Decimal>,
    /// A discount on this line, in per cent of quantity times price: 0 to 100 with at most 3 decimals. It is rounded half up
    /// to the minor unit of the currency. Not with `discountAmount`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Decimal>,
    /// The rate of goods and services tax (GST) of this line in per cent, 0 to 100 with at most 3 decimals. Default:
    /// the invoice's `gstRate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
}

/// Which document to void, and why.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
pub struct Voiding {
    /// The id of the document to void. One that is void already is refused.
    pub id: ID,
    /// The reason for voiding it, 1 to 500 characters.
    pub reason: String,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}
