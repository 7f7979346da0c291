//! Books.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QuerySelect, Set, sea_query::LockType,
};

use super::{category, number::Pattern};
use crate::{
    activity::Act,
    app::App,
    clock::Clock,
    date::Date,
    entity::{activity::Action, book},
    error::{Code, Refusal, Refusals, Result},
    id::Id,
    identity::Viewer,
    money::Currency,
    text,
    time_zone::TimeZone,
};

/// The viewer's book.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<book::Model> {
    let book = book::Entity::find_by_id(viewer.book).one(conn).await?;
    Ok(book.ok_or_else(|| DbErr::RecordNotFound(viewer.book.to_string()))?)
}

/// What to change about a book. What is absent stays as it is.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "UpdateBookInput")]
pub struct BookChange {
    /// What to call it, at most 100 characters.
    pub name: MaybeUndefined<String>,
    /// How the numbers of invoices are made that are given none: text with a count in braces, such as `INV-{0000}`, and
    /// perhaps `{YYYY}`, `{YY}` and `{MM}` for the year and the month of the invoice, or `{FY}` for India's financial year
    /// (`2627`). The count has at least as many digits as there are zeros, has no gaps, and starts again from 1 when the rest
    /// changes. At most 40 characters.
    pub invoice_number_pattern: MaybeUndefined<String>,
    /// As `invoiceNumberPattern`, for receipts.
    pub receipt_number_pattern: MaybeUndefined<String>,
    /// The time zone that says which day "today" is; UTC when null. Dates that are written down stay as they are.
    pub time_zone: MaybeUndefined<TimeZone>,
}

/// Changes the viewer's book.
///
/// # Errors
/// `REQUIRED` for what is null, `INVALID` for the name and the patterns.
pub async fn update(app: &App, viewer: &Viewer, change: &BookChange) -> Result<book::Model> {
    let mut refusals = Refusals::default();
    let mut check = |value: &MaybeUndefined<String>, path: &'static str, check: fn(&str) -> Result<String, Refusal>| {
        let checked = match value {
            MaybeUndefined::Undefined => return ActiveValue::NotSet,
            MaybeUndefined::Null => Err(Refusal::new(Code::Required, path, "It cannot be cleared.")),
            MaybeUndefined::Value(value) => {
                check(value).map_err(|refusal| Refusal { path: path.to_owned(), ..refusal })
            }
        };
        refusals.check(checked).map_or(ActiveValue::NotSet, Set)
    };
    let pattern = |pattern: &str| Pattern::parse(pattern).map(|_| pattern.trim().to_owned());
    let book = &book::ActiveModel {
        id: Set(viewer.book),
        name: check(&change.name, "name", |name| text::line(name, 100, "")),
        invoice_number_pattern: check(&change.invoice_number_pattern, "invoiceNumberPattern", pattern),
        receipt_number_pattern: check(&change.receipt_number_pattern, "receiptNumberPattern", pattern),
        time_zone: match change.time_zone {
            MaybeUndefined::Undefined => ActiveValue::NotSet,
            // Without one, days are those of UTC.
            MaybeUndefined::Null => Set(TimeZone::UTC),
            MaybeUndefined::Value(time_zone) => Set(time_zone),
        },
        ..Default::default()
    };
    refusals.none()?;
    app.db
        .write(|tx| async move {
            lock(&tx, viewer).await?;
            let before = find(&*tx, viewer).await?;
            let after = book.clone().update(&*tx).await?;
            Act::by(viewer, Action::UpdateBook).on(after.id).changed(&before, &after).record(&tx, &app.clock).await?;
            Ok(after)
        })
        .await
}

/// The day that it is in a book.
#[must_use]
pub fn today(clock: &Clock, book: &book::Model) -> Date {
    book.time_zone.day(clock.now())
}

/// Locks the viewer's book: what there is a limited number of in it changes only under this lock.
///
/// # Errors
/// When the database fails.
pub(super) async fn lock(tx: &DatabaseTransaction, viewer: &Viewer) -> Result<()> {
    book::Entity::find_by_id(viewer.book).lock(LockType::NoKeyUpdate).one(tx).await?;
    Ok(())
}

/// Opens a book with the categories that every book begins with. Its first member is the caller's to add.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &DatabaseTransaction, name: &str, currency: Currency, now: DateTime<Utc>) -> Result<book::Model> {
    let book = book::Model {
        id: Id::generate(),
        name: name.to_owned(),
        currency,
        invoice_number_pattern: "INV-{0000}".to_owned(),
        receipt_number_pattern: "RCT-{0000}".to_owned(),
        time_zone: TimeZone::UTC,
        created_at: now,
    };
    book::Entity::insert(book.clone().into_active_model()).exec_without_returning(tx).await?;
    category::open(tx, book.id, now).await?;
    Ok(book)
}
