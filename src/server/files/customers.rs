//! `GET /customers.csv`: one row for each customer, archived ones included, by name.

use super::{
    parameters::Parameters,
    table::{PORTION, Rows, Source, Table, time},
};
use crate::{
    bookkeeping::{
        book,
        customers::customer_list::{self, CustomerFilter, CustomerFilterInput, CustomerOrder, Key, Row},
    },
    error::{Refusals, Result},
    list::removed::Removed,
    money::{Currency, Decimal},
    page::Page,
    text,
};

/// The filter, and how far the export has got.
#[derive(Debug)]
pub(in crate::server) struct Customers {
    filter: CustomerFilter,
    currency: Currency,
    after: Option<Key>,
}

impl Table for Customers {
    /// With the same meaning as in the filter of the field `customers`, but that both are listed when `archived` is absent.
    const PARAMETERS: &'static [&'static str] = &["archived", "city"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "phone",
        "email",
        "firmName",
        "address",
        "city",
        "state",
        "gstNumber",
        "balance",
        "currency",
        "note",
        "archivedAt",
        "lastActivityAt",
        "createdAt",
    ];

    async fn open(
        Source { viewer, snapshot, .. }: Source<'_>,
        _: Option<&str>,
        mut parameters: Parameters,
    ) -> Result<Self> {
        let mut refusals = Refusals::default();
        let archived: Option<bool> = parameters.word("archived", "true or false", &mut refusals);
        refusals.none()?;
        let filter = CustomerFilterInput {
            archived: Removed::from(archived),
            city: parameters.text("city"),
            ..CustomerFilterInput::default()
        };
        let currency = book::find(snapshot, viewer).await?.currency;
        Ok(Self { filter: filter.check()?, currency, after: None })
    }

    fn name(&self) -> String {
        "customers".to_owned()
    }

    async fn write(&mut self, Source { viewer, snapshot, .. }: Source<'_>, rows: &mut Rows) -> Result<bool> {
        let page = Page { limit: PORTION, from_end: false, after: self.after.take(), before: None };
        let page = customer_list::page(snapshot, viewer, &self.filter, CustomerOrder::default(), &page).await?;
        for row in &page.rows {
            self.row(row, rows)?;
        }
        // The sort key is the name, since the order is by name.
        self.after = page.rows.last().map(|last| (last.customer.name_key.clone().into(), last.customer.position));
        Ok(page.has_next)
    }
}

impl Customers {
    fn row(&self, Row { customer, balance }: &Row, rows: &mut Rows) -> Result<()> {
        let field = |text: Option<&String>| text.map(|text| text::to_field(text)).unwrap_or_default();
        rows.write([
            &customer.id.to_string(),
            &text::to_field(&customer.name),
            &field(customer.phone.as_ref()),
            &field(customer.email.as_ref()),
            &field(customer.firm_name.as_ref()),
            &field(customer.address.as_ref()),
            &field(customer.city.as_ref()),
            &field(customer.state.as_ref()),
            &field(customer.gst_number.as_ref()),
            &Decimal::from_minor(*balance, self.currency).to_string(),
            self.currency.code(),
            &field(customer.note.as_ref()),
            &time(customer.archived_at),
            &time(Some(customer.last_activity_at)),
            &time(Some(customer.created_at)),
        ])
    }
}
