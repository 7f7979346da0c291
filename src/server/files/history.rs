//! `GET /wallets/{id}/history.csv`: a wallet's transactions, the oldest first, in the form of a bank statement: money in is
//! positive, money out is negative. Failed attempts are left out, since they moved nothing. A reversed transaction appears
//! twice, once with each sign, so that the sum is right.

use sea_orm::ActiveEnum;

use super::{
    parameters::Parameters,
    table::{PORTION, Rows, Source, Table},
};
use crate::{
    bookkeeping::{
        book,
        journal::{self, HistoryFilter, Side, Steps},
        wallets::history,
    },
    calendar::{date::Date, time_zone::TimeZone},
    entity::journal_entry::EntryStatus,
    error::{Refusals, Result},
    money::Decimal,
    page::Page,
    text,
};

/// The filter, and how far the export has got.
#[derive(Debug)]
pub(in crate::server) struct History {
    name: String,
    steps: Steps,
    time_zone: TimeZone,
    before: Option<i64>,
}

impl Table for History {
    /// The first and the last day.
    const PARAMETERS: &'static [&'static str] = &["from", "to"];
    const COLUMNS: &'static [&'static str] =
        &["id", "date", "time", "type", "amount", "currency", "balance", "description", "reference"];

    async fn open(
        Source { viewer, snapshot, .. }: Source<'_>,
        id: Option<&str>,
        mut parameters: Parameters,
    ) -> Result<Self> {
        let mut refusals = Refusals::default();
        let from = parameters.date("from", &mut refusals);
        let to = parameters.date("to", &mut refusals);
        refusals.check(Date::check_range(from, to, "to"));
        refusals.none()?;
        let time_zone = book::find(snapshot, viewer).await?.time_zone;
        let filter = HistoryFilter {
            status: Some(EntryStatus::Succeeded),
            from: from.map(|day| time_zone.begin(day)),
            to: to.and_then(|day| Some(time_zone.begin(Date(day.0.succ_opt()?)))),
            ..HistoryFilter::default()
        };
        let wallet = id.unwrap_or_default();
        let steps = history::history(snapshot, viewer, wallet.parse().ok(), filter).await?;
        Ok(Self { name: format!("history-{wallet}"), steps, time_zone, before: None })
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn write(&mut self, Source { snapshot, .. }: Source<'_>, rows: &mut Rows) -> Result<bool> {
        // The list is newest first but the file is oldest first, so the list is read from its end.
        let page = Page { limit: PORTION, from_end: true, after: None, before: self.before.take() };
        let page = history::page(snapshot, &self.steps, &page).await?;
        for step in page.rows.iter().rev() {
            let (entry, at) = (&step.entry, step.entry.created_at);
            // The amount of a reversal is negative, so the same rule gives it the opposite sign.
            let moved = match step.side {
                Side::Debit => -step.posting.amount,
                Side::Credit => step.posting.amount,
            };
            rows.write([
                &entry.id.to_string(),
                &self.time_zone.day(at).0.to_string(),
                &at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
                &entry.kind.to_value(),
                &Decimal::from_minor(moved, entry.currency).to_string(),
                entry.currency.code(),
                &Decimal::from_minor(step.balance, entry.currency).to_string(),
                &text::to_field(entry.memo.as_deref().unwrap_or_default()),
                &text::to_field(&journal::reference(entry)),
            ])?;
        }
        self.before = page.rows.first().map(|step| step.seq);
        Ok(page.has_previous)
    }
}
