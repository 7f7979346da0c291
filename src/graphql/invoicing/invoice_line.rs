//! The lines of an invoice: the object and its loader.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Object, dataloader::Loader};

use crate::{
    bookkeeping::invoicing::{
        invoice,
        totals::{QUANTITY_DIGITS, RATE_DIGITS, unit_price::UnitPrice},
    },
    entity::invoice_line,
    error::Error,
    graphql::RequestLoader,
    id::{Id, kind},
    money::{Currency, Decimal, Money},
};

pub(in crate::graphql) struct InvoiceLine {
    pub(super) line: invoice_line::Model,
    pub(super) currency: Currency,
}

impl InvoiceLine {
    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency)
    }
}

/// A line of an invoice: goods or a service.
#[Object]
impl InvoiceLine {
    /// The number of the line on the invoice, from 1. Notes name the line by it.
    async fn line(&self) -> i32 {
        self.line.line
    }

    /// The name of what was sold.
    async fn description(&self) -> &str {
        &self.line.description
    }

    /// The code of the goods in the Harmonized System of Nomenclature (HSN), or of the service (SAC). Null when not
    /// given.
    async fn hsn_code(&self) -> Option<&str> {
        self.line.hsn_code.as_deref()
    }

    /// The quantity sold, with at most 4 decimals.
    async fn quantity(&self) -> Decimal {
        Decimal::from_scaled(self.line.quantity, QUANTITY_DIGITS)
    }

    /// The price of one unit before taxes, in the currency of the invoice. It has at least as many decimals as the
    /// currency, and at most 6: `"10.00"`, `"0.125"`.
    async fn unit_price(&self) -> Decimal {
        let price = UnitPrice { minor: self.line.unit_price, fraction: self.line.unit_price_fraction };
        price.decimal(self.currency)
    }

    /// The rate of goods and services tax (GST) of this line in per cent. Null when the invoice's `gstRate` applies.
    async fn rate(&self) -> Option<Decimal> {
        self.line.rate.map(|rate| Decimal::from_scaled(rate, RATE_DIGITS))
    }

    /// The discount on this line. Zero when it has none.
    async fn discount_amount(&self) -> Money {
        self.money(self.line.discount)
    }

    /// The discount on this line in per cent of quantity times price. Null when it was given as an amount or not at all.
    async fn discount_percent(&self) -> Option<Decimal> {
        self.line.discount_percent.map(|percent| Decimal::from_scaled(percent, RATE_DIGITS))
    }

    /// `quantity` times `unitPrice`, rounded half up to the minor unit of the currency, less `discountAmount`.
    async fn amount(&self) -> Money {
        self.money(self.line.amount)
    }

    /// The value that this line is taxed on: `amount` less its share of the invoice's discount, with its share of the
    /// invoice's other charges. The taxable amounts of all lines add up to that of the invoice. Null for an invoice that an
    /// earlier version of Daybook created: charges and taxes were not shared among the lines then.
    async fn taxable_amount(&self) -> Option<Money> {
        self.line.taxable.map(|taxable| self.money(taxable))
    }

    /// The share of this line in the invoice's CGST. The shares of all lines add up to it. Null for an invoice that an
    /// earlier version of Daybook created.
    async fn cgst(&self) -> Option<Money> {
        self.line.cgst.map(|cgst| self.money(cgst))
    }

    /// The share of this line in the invoice's SGST. It is always equal to `cgst`. Null for an invoice that an
    /// earlier version of Daybook created.
    async fn sgst(&self) -> Option<Money> {
        self.line.sgst.map(|sgst| self.money(sgst))
    }

    /// The share of this line in the invoice's IGST. The shares of all lines add up to it. Null for an invoice that an
    /// earlier version of Daybook created.
    async fn igst(&self) -> Option<Money> {
        self.line.igst.map(|igst| self.money(igst))
    }
}

/// The loader key for the lines of an invoice. Must only be used for invoices that the viewer may see: the loader does
/// not check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct LinesOf(pub(super) Id<kind::Invoice>);

impl Loader<LinesOf> for RequestLoader {
    type Value = Vec<invoice_line::Model>;
    type Error = Arc<Error>;

    async fn load(&self, invoices: &[LinesOf]) -> Result<HashMap<LinesOf, Vec<invoice_line::Model>>, Arc<Error>> {
        let mut loaded: HashMap<_, Vec<_>> = HashMap::new();
        for line in invoice::lines(self.reader.conn(), invoices.iter().map(|invoice| invoice.0)).await? {
            loaded.entry(LinesOf(line.invoice_id)).or_default().push(line);
        }
        Ok(loaded)
    }
}
