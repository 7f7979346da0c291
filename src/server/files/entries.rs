//! `GET /entries.csv`: the ledger entries of all customers, or of one, the oldest first.

use std::collections::HashMap;

use sea_orm::ActiveEnum;

use super::{
    parameters::Parameters,
    table::{PORTION, Rows, Source, Table},
};
use crate::{
    bookkeeping::{
        book,
        customers::{
            customer,
            document_list::{self, Filter, Key},
            entry_list::{EntryFilter, EntryFilterInput},
            statement,
        },
    },
    error::{Refusals, Result},
    id::{Id, kind},
    money::Decimal,
    page::Page,
    text,
};

/// The filter, and how far the export has got.
#[derive(Debug)]
pub(in crate::server) struct Entries {
    filter: EntryFilter,
    before: Option<Key>,
}

impl Table for Entries {
    /// The filter, with the same meaning as in the field `entries`.
    const PARAMETERS: &'static [&'static str] = &["from", "to", "currency", "customerId"];
    const COLUMNS: &'static [&'static str] =
        &["id", "date", "type", "amount", "currency", "customer", "customerId", "note", "source", "number"];

    async fn open(
        Source { viewer, snapshot, .. }: Source<'_>,
        _: Option<&str>,
        mut parameters: Parameters,
    ) -> Result<Self> {
        let mut refusals = Refusals::default();
        let filter = EntryFilterInput {
            from: parameters.date("from", &mut refusals),
            to: parameters.date("to", &mut refusals),
            currency: parameters.word("currency", "a code such as USD", &mut refusals),
            customer_id: parameters.text("customerId").map(Into::into),
            ..EntryFilterInput::default()
        };
        refusals.none()?;
        let filter = filter.check(book::find(snapshot, viewer).await?.currency)?;
        if let Some(id) = filter.customer() {
            customer::require(snapshot, viewer, Some(id), "customerId").await?;
        }
        Ok(Self { filter, before: None })
    }

    fn name(&self) -> String {
        "entries".to_owned()
    }

    async fn write(&mut self, Source { viewer, snapshot, .. }: Source<'_>, rows: &mut Rows) -> Result<bool> {
        // The list starts with the newest entry, so it is read from its end.
        let page = Page { limit: PORTION, from_end: true, after: None, before: self.before.take() };
        let page = document_list::page(snapshot, viewer, &self.filter, &page).await?;
        let numbers = statement::numbers(snapshot, &page.rows).await?;
        let customers = customer::find_many(snapshot, viewer, page.rows.iter().map(|entry| entry.customer_id)).await?;
        let names: HashMap<Id<kind::Customer>, String> =
            customers.into_iter().map(|customer| (customer.id, text::to_field(&customer.name))).collect();
        for entry in page.rows.iter().rev() {
            rows.write([
                &entry.id.to_string(),
                &entry.date.to_string(),
                &entry.kind.to_value(),
                &Decimal::from_minor(entry.amount, entry.currency).to_string(),
                entry.currency.code(),
                names.get(&entry.customer_id).map(String::as_str).unwrap_or_default(),
                &entry.customer_id.to_string(),
                &text::to_field(entry.note.as_deref().unwrap_or_default()),
                &entry.source.to_value(),
                &text::to_field(numbers.get(&entry.id).map(String::as_str).unwrap_or_default()),
            ])?;
        }
        self.before = page.rows.first().map(EntryFilter::key);
        Ok(page.has_previous)
    }
}
