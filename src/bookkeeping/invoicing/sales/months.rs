//! Sales by month.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::Figures;
use crate::{
    bookkeeping::{
        book,
        journal::{self, Credited},
    },
    calendar::month::YearMonth,
    entity::{account::AccountKind, invoice},
    error::Result,
    money::Currency,
    viewer::Viewer,
};

/// The accounts that entries of customers post to, except those that hold money.
const KINDS: [AccountKind; 9] = [
    AccountKind::Receivable,
    AccountKind::Sales,
    AccountKind::Cgst,
    AccountKind::Sgst,
    AccountKind::Igst,
    AccountKind::Charges,
    AccountKind::RoundOff,
    AccountKind::WriteOff,
    AccountKind::Opening,
];

/// What was sold and received in each month of a period, in each currency. Invoices are not counted.
#[derive(Clone, Debug, Default)]
pub struct Months(BTreeMap<YearMonth, BTreeMap<&'static str, (Currency, Figures)>>);

impl Months {
    /// The figures of a month in one currency.
    #[must_use]
    pub fn of(&self, month: YearMonth, currency: Currency) -> Figures {
        let found = self.0.get(&month).and_then(|currencies| currencies.get(currency.code()));
        found.map(|(_, figures)| *figures).unwrap_or_default()
    }

    /// The currencies in which anything was sold or received in a month, ordered by code.
    pub fn currencies(&self, month: YearMonth) -> impl Iterator<Item = Currency> {
        let currencies = self.0.get(&month).into_iter().flat_map(BTreeMap::values);
        currencies.filter(|(_, figures)| *figures != Figures::default()).map(|(currency, _)| *currency)
    }
}

/// What the viewer's book sold and received in each month from `from` to `to`.
///
/// # Errors
/// When the database fails.
pub async fn turned_over(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    period: (YearMonth, YearMonth),
) -> Result<Months> {
    let mut months = Months::default();
    for Credited { month, currency, kind, amount } in journal::credited(conn, viewer.book, KINDS, period).await? {
        let currencies = months.0.entry(month).or_default();
        let (_, figures) = currencies.entry(currency.code()).or_insert((currency, Figures::default()));
        figures.count(kind, amount);
    }
    Ok(months)
}

/// The report of a period in one currency.
#[derive(Clone, Debug)]
pub struct Report {
    /// The first month.
    pub from: YearMonth,
    /// The last month.
    pub to: YearMonth,
    /// The currency.
    pub currency: Currency,
    /// The other currencies in which anything was sold or received in the period, ordered by code.
    pub others: Vec<Currency>,
    /// Each month with its figures, the earliest first.
    pub months: Vec<(YearMonth, Figures)>,
}

impl Report {
    /// The figures of the whole period.
    #[must_use]
    pub fn total(&self) -> Figures {
        let mut total = Figures::default();
        for (_, figures) in &self.months {
            total += *figures;
        }
        total
    }
}

/// The report of the months from `from` to `to` in one currency, or in the book's when `currency` is `None`.
///
/// # Errors
/// `INVALID` at `to` when it is before `from` or too many months after it.
pub async fn report(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    (from, to): (YearMonth, YearMonth),
    currency: Option<Currency>,
) -> Result<Report> {
    YearMonth::check_range(from, to)?;
    let currency = match currency {
        Some(currency) => currency,
        None => book::find(conn, viewer).await?.currency,
    };
    let sold = turned_over(conn, viewer, (from, to)).await?;
    let invoices = invoices(conn, viewer, (from, to), currency).await?;
    let others: BTreeMap<_, _> = from
        .until(to)
        .flat_map(|month| sold.currencies(month))
        .filter(|other| *other != currency)
        .map(|other| (other.code(), other))
        .collect();
    let figures = |month| {
        let invoices = invoices.get(&month).copied().unwrap_or_default();
        (month, Figures { invoices, ..sold.of(month, currency) })
    };
    Ok(Report {
        from,
        to,
        currency,
        others: others.into_values().collect(),
        months: from.until(to).map(figures).collect(),
    })
}

/// The number of invoices of each month that are not void. Months without one are left out.
async fn invoices(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    (from, to): (YearMonth, YearMonth),
    currency: Currency,
) -> Result<HashMap<YearMonth, i64>> {
    use invoice::Column;
    // Counted by day, since the databases find the month of a day in different ways.
    let days: Vec<(NaiveDate, i64)> = invoice::Entity::find()
        .select_only()
        .column(Column::Date)
        .expr(Column::Id.count())
        .filter(Column::BookId.eq(viewer.book))
        .filter(Column::Currency.eq(currency))
        .filter(Column::VoidedAt.is_null())
        .filter(Column::Date.gte(from.first_day()))
        .filter(Column::Date.lt(to.later(1).first_day()))
        .group_by(Column::Date)
        .into_tuple()
        .all(conn)
        .await?;
    let mut months = HashMap::new();
    for (day, count) in days {
        *months.entry(YearMonth::of(day)).or_default() += count;
    }
    Ok(months)
}
