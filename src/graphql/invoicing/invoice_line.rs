//! The lines of an invoice: the object and its loader.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Object, dataloader::Loader};

use crate::{
    bookkeeping::invoicing::{
        invoice,
        totals::{QUANTITY_DIGITS, RATE_DIGITS},
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

/// A line of an invoice: goods or a service.
#[Object]
impl InvoiceLine {
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

    /// The price of one unit before taxes.
    async fn unit_price(&self) -> Money {
        Money::from_minor(self.line.unit_price, self.currency)
    }

    /// The rate of goods and services tax (GST) of this line in per cent. Null when the invoice's rate applies.
    async fn rate(&self) -> Option<Decimal> {
        self.line.rate.map(|rate| Decimal::from_scaled(rate.into(), RATE_DIGITS))
    }

    /// `quantity` times `unitPrice`, rounded half up to the minor unit of the currency.
    async fn amount(&self) -> Money {
        Money::from_minor(self.line.amount, self.currency)
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
