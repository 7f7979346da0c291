//! Books: finding and changing them.

use async_graphql::{InputObject, MaybeUndefined};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QuerySelect, sea_query::LockType,
};

use super::{contact, number_pattern::Pattern};
use crate::{
    activity::{Act, AuditFields, Field, field},
    app::{App, Defaults},
    calendar::{date::Date, time_zone::TimeZone},
    clock::Clock,
    db::Transaction,
    entity::{activity::Action, book},
    error::{Error, Refusal, Refusals, Result},
    text,
    viewer::Viewer,
};

/// The viewer's book.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<book::Model> {
    let book = book::Entity::find_by_id(viewer.book).one(conn).await?;
    Ok(book.ok_or_else(|| DbErr::RecordNotFound(viewer.book.to_string()))?)
}

/// What to change about a book. What is absent stays as it is, and null clears it where it can be cleared.
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
    /// What the shop is called on statements, at most 100 characters.
    pub shop_name: MaybeUndefined<String>,
    /// Whose shop it is, at most 100 characters.
    pub proprietor_name: MaybeUndefined<String>,
    /// The shop's number for goods and services tax: letters, digits and hyphens, at most 20.
    pub gst_number: MaybeUndefined<String>,
    /// The shop's phone number. Best begun with `+` and the country code.
    pub phone: MaybeUndefined<String>,
    /// Where the shop is, at most 300 characters.
    pub address: MaybeUndefined<String>,
    /// In which city, at most 100 characters.
    pub city: MaybeUndefined<String>,
    /// In which state, at most 100 characters.
    pub state: MaybeUndefined<String>,
}

/// Changes the settings and the shop's details of the viewer's book.
///
/// # Errors
/// `REQUIRED` for a null in a field that cannot be cleared, `INVALID` for a bad value. All fields are checked before
/// refusing.
pub async fn update(app: &App, viewer: &Viewer, wanted: &BookChange) -> Result<book::Model> {
    app.db
        .write(|tx| async move {
            let before = lock(&tx, viewer).await?;
            let mut book = before.clone();
            change(&mut book, wanted, app.defaults).none()?;
            let after = book.into_active_model().reset_all().update(&tx).await?;
            Act::by(viewer, Action::UpdateBook).on(after.id).changed(&before, &after).record(&tx, &app.clock).await?;
            Ok(after)
        })
        .await
}

/// Writes the new values into the book. Returns the refusals for values that are not valid.
fn change(book: &mut book::Model, wanted: &BookChange, defaults: Defaults) -> Refusals {
    let mut refusals = Refusals::default();
    if let Some(name) = refusals.change(&wanted.name, "name", |name| text::line(name, 100, "name")) {
        book.name = name;
    }
    let pattern = |path: &'static str| {
        move |pattern: &String| {
            let checked = Pattern::parse(pattern).map(|_| pattern.trim().to_owned());
            checked.map_err(|refusal| Refusal { path: path.to_owned(), ..refusal })
        }
    };
    for (field, wanted, path) in [
        (&mut book.invoice_number_pattern, &wanted.invoice_number_pattern, "invoiceNumberPattern"),
        (&mut book.receipt_number_pattern, &wanted.receipt_number_pattern, "receiptNumberPattern"),
    ] {
        if let Some(pattern) = refusals.change(wanted, path, pattern(path)) {
            *field = pattern;
        }
    }
    match wanted.time_zone {
        MaybeUndefined::Undefined => {}
        // Null means the default, UTC.
        MaybeUndefined::Null => book.time_zone = TimeZone::UTC,
        MaybeUndefined::Value(time_zone) => book.time_zone = time_zone,
    }
    let line = |path| move |value: &String| text::line(value, 100, path).map(Some);
    refusals.set(&mut book.shop_name, &wanted.shop_name, line("shopName"));
    refusals.set(&mut book.proprietor_name, &wanted.proprietor_name, line("proprietorName"));
    refusals.set(&mut book.gst_number, &wanted.gst_number, |value| contact::gst_number(value).map(Some));
    refusals.set(&mut book.phone, &wanted.phone, |value| contact::phone(value, defaults).map(Some));
    refusals.set(&mut book.address, &wanted.address, |value| text::note(value, 300, "address"));
    refusals.set(&mut book.city, &wanted.city, line("city"));
    refusals.set(&mut book.state, &wanted.state, line("state"));
    refusals
}

/// Today's date in the time zone of the book.
#[must_use]
pub fn today(clock: &Clock, book: &book::Model) -> Date {
    book.time_zone.day(clock.now())
}

/// Locks the viewer's book until the end of the transaction. Every operation that adds a row of which a book may have
/// only so many (wallets, categories, budgets) takes this lock first, so that two at once cannot exceed the limit.
///
/// # Errors
/// [`Error::Gone`] when the book was closed in the meantime.
pub(super) async fn lock(tx: &Transaction, viewer: &Viewer) -> Result<book::Model> {
    let book = book::Entity::find_by_id(viewer.book).lock(LockType::NoKeyUpdate).one(tx).await?;
    let book = book.ok_or_else(|| DbErr::RecordNotFound(viewer.book.to_string()))?;
    if book.closed_at.is_some() { Err(Error::Gone) } else { Ok(book) }
}

impl AuditFields for book::Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![
            field("name", Some(&self.name)),
            field("invoiceNumberPattern", Some(&self.invoice_number_pattern)),
            field("receiptNumberPattern", Some(&self.receipt_number_pattern)),
            field("timeZone", Some(self.time_zone)),
            field("shopName", self.shop_name.as_ref()),
            field("proprietorName", self.proprietor_name.as_ref()),
            field("gstNumber", self.gst_number.as_ref()),
            field("phone", self.phone.as_ref()),
            field("address", self.address.as_ref()),
            field("city", self.city.as_ref()),
            field("state", self.state.as_ref()),
        ]
    }
}
