//! `GET /entries.csv`: the ledger entries of all customers, or of one, the oldest first.

use sea_orm::ActiveEnum;

use super::{
    documents::OldestFirst,
    parameters::Parameters,
    table::{PORTION, Rows, Source, Table},
};
use crate::{
    bookkeeping::{
        book,
        customers::{
            entry_list::{EntryFilter, EntryFilterInput},
            statement,
        },
    },
    error::{Refusals, Result},
    money::Decimal,
    text,
};

/// How far the export has got.
#[derive(Debug)]
pub(in crate::server) struct Entries(OldestFirst<EntryFilter>);

impl Table for Entries {
    /// The filter, with the same meaning as in the field `entries`.
    const PARAMETERS: &'static [&'static str] = &["from", "to", "currency", "customerId"];
    const COLUMNS: &'static [&'static str] =
        &["id", "date", "type", "amount", "currency", "customer", "customerId", "note", "source", "number"];

    async fn open(source: Source<'_>, _: Option<&str>, mut parameters: Parameters) -> Result<Self> {
        let mut refusals = Refusals::default();
        let filter = EntryFilterInput {
            from: parameters.date("from", &mut refusals),
            to: parameters.date("to", &mut refusals),
            currency: parameters.word("currency", "a code such as USD", &mut refusals),
            customer_id: parameters.text("customerId").map(Into::into),
            ..EntryFilterInput::default()
        };
        refusals.none()?;
        let filter = filter.check(book::find(source.snapshot, source.viewer).await?.currency)?;
        Ok(Self(OldestFirst::new(source, filter).await?))
    }

    fn name(&self) -> String {
        "entries".to_owned()
    }

    async fn write(&mut self, source: Source<'_>, rows: &mut Rows) -> Result<bool> {
        let portion = self.0.read(source, PORTION).await?;
        let numbers = statement::numbers(source.snapshot, &portion.documents).await?;
        for entry in &portion.documents {
            rows.write([
                &entry.id.to_string(),
                &entry.date.to_string(),
                &entry.kind.to_value(),
                &Decimal::from_minor(entry.amount, entry.currency).to_string(),
                entry.currency.code(),
                portion.name(entry.customer_id),
                &entry.customer_id.to_string(),
                &text::to_field(entry.note.as_deref().unwrap_or_default()),
                &entry.source.to_value(),
                &text::to_field(numbers.get(&entry.id).map(String::as_str).unwrap_or_default()),
            ])?;
        }
        Ok(portion.has_more)
    }
}
