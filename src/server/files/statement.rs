//! `GET /customers/{id}/statement.csv`: a customer's statement as a CSV file.

use sea_orm::ActiveEnum;

use super::{
    parameters::Parameters,
    table::{PORTION, Rows, Source, Table},
};
use crate::{
    bookkeeping::{
        book,
        customers::{
            aging::Aging,
            document_list::{Filter, Key},
            entry_list::EntryFilter,
            statement,
            summary::{self, Range, Summary},
        },
    },
    entity::{
        self,
        ledger_entry::{self, EntryType},
    },
    error::{Refusals, Result},
    money::Decimal,
    page::Page,
    text,
};

/// A statement, and how much of it is already written.
#[derive(Debug)]
pub(super) struct Statement {
    book: entity::book::Model,
    summary: Summary,
    aging: Aging,
    /// The running balance after the lines written so far, in minor units.
    balance: i64,
    after: Option<Key>,
}

impl Table for Statement {
    /// With the same meaning as the arguments of `customerStatement`.
    const PARAMETERS: &'static [&'static str] = &["from", "to", "currency"];
    /// A column that does not apply to a row is empty.
    const COLUMNS: &'static [&'static str] =
        &["date", "type", "source", "number", "note", "credit", "debit", "balance", "currency"];

    async fn open(
        Source { app, viewer, snapshot }: Source<'_>,
        id: Option<&str>,
        parameters: Parameters,
    ) -> Result<Self> {
        let range = range(parameters)?;
        let summary = summary::find(snapshot, viewer, id.and_then(|id| id.parse().ok()), range).await?;
        let book = book::find(snapshot, viewer).await?;
        let today = book::today(&app.clock, &book).0;
        let aging = statement::aging(snapshot, &summary, today).await?;
        let balance = summary.opening();
        Ok(Self { book, summary, aging, balance, after: None })
    }

    fn name(&self) -> String {
        format!("statement-{}", self.summary.customer.id)
    }

    async fn write(&mut self, source: Source<'_>, rows: &mut Rows) -> Result<bool> {
        if self.after.is_none() {
            self.head(rows)?;
            self.opening(rows)?;
        }
        self.lines(source, rows, self.after).await
    }
}

fn range(mut parameters: Parameters) -> Result<Range> {
    let mut refusals = Refusals::default();
    let from = parameters.date("from", &mut refusals);
    let to = parameters.date("to", &mut refusals);
    let currency = parameters.word("currency", "a code such as USD", &mut refusals);
    refusals.none()?;
    Ok(Range { from, to, currency })
}

impl Statement {
    /// Writes the shop's details at the top of the file.
    fn head(&self, rows: &mut Rows) -> Result<()> {
        let book = &self.book;
        for (name, value) in [
            ("SHOP_NAME", &book.shop_name),
            ("PROPRIETOR_NAME", &book.proprietor_name),
            ("GST_NUMBER", &book.gst_number),
            ("PHONE", &book.phone),
            ("ADDRESS", &book.address),
            ("CITY", &book.city),
            ("STATE", &book.state),
        ] {
            if let Some(value) = value {
                rows.write(["", name, "", "", &text::to_field(value), "", "", "", ""])?;
            }
        }
        Ok(())
    }

    fn opening(&self, rows: &mut Rows) -> Result<()> {
        let from = self.summary.range.from.map(|from| from.0.to_string()).unwrap_or_default();
        self.sum(rows, &from, "OPENING", self.balance)
    }

    async fn lines(
        &mut self,
        Source { viewer, snapshot, .. }: Source<'_>,
        rows: &mut Rows,
        after: Option<Key>,
    ) -> Result<bool> {
        let page = Page { limit: PORTION, from_end: false, after, before: None };
        let lines = statement::lines(snapshot, viewer, &self.summary, &page).await?;
        let numbers = statement::numbers(snapshot, &lines.rows).await?;
        for entry in &lines.rows {
            let number = numbers.get(&entry.id).map(String::as_str).unwrap_or_default();
            self.line(rows, entry, number)?;
        }
        match lines.rows.last() {
            Some(last) if lines.has_next => self.after = Some(EntryFilter::key(last)),
            _ => self.end(rows)?,
        }
        Ok(lines.has_next)
    }

    fn line(&mut self, rows: &mut Rows, entry: &ledger_entry::Model, number: &str) -> Result<()> {
        let amount = Decimal::from_minor(entry.amount, entry.currency).to_string();
        let (kind, credit, debit) = match entry.kind {
            EntryType::Credit => ("CREDIT", amount, String::new()),
            EntryType::Debit => ("DEBIT", String::new(), amount),
        };
        self.balance += if entry.kind == EntryType::Credit { entry.amount } else { -entry.amount };
        let balance = Decimal::from_minor(self.balance, entry.currency).to_string();
        let (date, source) = (entry.date.to_string(), entry.source.to_value());
        let (number, note) = (text::to_field(number), text::to_field(entry.note.as_deref().unwrap_or_default()));
        let fields = [&date, kind, &source, &number, &note, &credit, &debit, &balance, entry.currency.code()];
        rows.write(fields)
    }

    fn end(&self, rows: &mut Rows) -> Result<()> {
        let to = self.summary.range.to.map(|to| to.0.to_string()).unwrap_or_default();
        self.sum(rows, &to, "CLOSING", self.balance)?;
        let aging = &self.aging;
        for (name, minor) in [
            ("AGING_CURRENT", aging.current),
            ("AGING_1_TO_30_DAYS", aging.days_1_to_30),
            ("AGING_31_TO_60_DAYS", aging.days_31_to_60),
            ("AGING_61_TO_90_DAYS", aging.days_61_to_90),
            ("AGING_OVER_90_DAYS", aging.over_90_days),
            ("IN_ADVANCE", aging.in_advance),
        ] {
            self.sum(rows, &to, name, minor)?;
        }
        Ok(())
    }

    fn sum(&self, rows: &mut Rows, date: &str, name: &str, minor: i64) -> Result<()> {
        let amount = Decimal::from_minor(minor, self.summary.currency).to_string();
        rows.write([date, name, "", "", "", "", "", &amount, self.summary.currency.code()])
    }
}
