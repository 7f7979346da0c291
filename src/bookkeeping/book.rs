//! Books: finding and changing them.

use async_graphql::{InputObject, MaybeUndefined};
use phonenumber::country;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QuerySelect, sea_query::LockType,
};

use super::{
    contact,
    number_pattern::{LONGEST, Pattern},
};
use crate::{
    activity::{ActivityEvent, AuditFields, Field, field},
    app::{App, Defaults},
    calendar::{date::Date, time_zone::TimeZone},
    clock::Clock,
    db::Transaction,
    entity::{activity::Action, book},
    error::{Code, Error, Refusal, Refusals, Result},
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

/// The fields of the book to change. Omitted fields stay as they are.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "UpdateBookInput")]
pub struct BookChange {
    /// The name of the book, 1 to 100 characters. Cannot be null.
    pub name: MaybeUndefined<String>,
    /// How `createInvoice` numbers an invoice when the input gives no number: text with one counter in braces, such as
    /// `INV-{0000}`. The counter has at least as many digits as there are zeros (1 to 9), has no gaps, and restarts at
    /// 1 when the rest of the number changes. The text may contain `{YYYY}`, `{YY}` and `{MM}` for the year and month
    /// of the invoice date, and `{FY}` for India's financial year (`2627` is April 2026 to March 2027). At most 40
    /// characters. Cannot be null.
    pub invoice_number_pattern: MaybeUndefined<String>,
    /// How `createReceipt` numbers a receipt when the input gives no number. The format is that of
    /// `invoiceNumberPattern`. Cannot be null.
    pub receipt_number_pattern: MaybeUndefined<String>,
    /// How `createCreditNote` numbers a credit note when the input gives no number. The format is that of
    /// `invoiceNumberPattern`. Cannot be null.
    pub credit_note_number_pattern: MaybeUndefined<String>,
    /// How `createDebitNote` numbers a debit note when the input gives no number. The format is that of
    /// `invoiceNumberPattern`. Cannot be null.
    pub debit_note_number_pattern: MaybeUndefined<String>,
    /// Whether `createInvoice` rounds the total of an invoice to the whole unit of its currency, such as the rupee: 0.50
    /// and more up, less down. Invoices that exist do not change. False in a new book. Cannot be null.
    pub round_invoice_totals: MaybeUndefined<bool>,
    /// The time zone that decides which date is "today" in the book. Null sets `UTC`. Dates that are already stored do
    /// not change.
    pub time_zone: MaybeUndefined<TimeZone>,
    /// The name of the shop as printed on statements, 1 to 100 characters. Null clears it.
    pub shop_name: MaybeUndefined<String>,
    /// The name of the shop's proprietor, 1 to 100 characters. Null clears it.
    pub proprietor_name: MaybeUndefined<String>,
    /// The shop's registration number for goods and services tax (GST). Letters, digits and hyphens, at most 20. Null
    /// clears it.
    pub gst_number: MaybeUndefined<String>,
    /// The region whose phone numbers are written without a country code in this book, those of customers and of the shop: a
    /// country code of ISO 3166 in two letters, such as `YE`. Null sets the server's default region, if it has one. Phone
    /// numbers that are already stored do not change.
    pub phone_region: MaybeUndefined<String>,
    /// The shop's phone number, preferably starting with `+` and the country code. Null clears it.
    pub phone: MaybeUndefined<String>,
    /// The shop's street address, at most 300 characters. Null clears it.
    pub address: MaybeUndefined<String>,
    /// The city of the shop's address, 1 to 100 characters. Null clears it.
    pub city: MaybeUndefined<String>,
    /// The state of the shop's address, 1 to 100 characters. Null clears it.
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
            ActivityEvent::by(viewer, Action::UpdateBook)
                .on(after.id)
                .changed(&before, &after)
                .record(&tx, &app.clock)
                .await?;
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
            // The same text that the pattern was parsed from.
            let checked = Pattern::parse(pattern).and_then(|_| text::line(pattern, LONGEST, ""));
            checked.map_err(|refusal| Refusal { path: path.to_owned(), ..refusal })
        }
    };
    for (field, wanted, path) in [
        (&mut book.invoice_number_pattern, &wanted.invoice_number_pattern, "invoiceNumberPattern"),
        (&mut book.receipt_number_pattern, &wanted.receipt_number_pattern, "receiptNumberPattern"),
        (&mut book.credit_note_number_pattern, &wanted.credit_note_number_pattern, "creditNoteNumberPattern"),
        (&mut book.debit_note_number_pattern, &wanted.debit_note_number_pattern, "debitNoteNumberPattern"),
    ] {
        if let Some(pattern) = refusals.change(wanted, path, pattern(path)) {
            *field = pattern;
        }
    }
    let rounds = refusals.change(&wanted.round_invoice_totals, "roundInvoiceTotals", |rounds| Ok(*rounds));
    if let Some(rounds) = rounds {
        book.round_invoice_totals = rounds;
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
    refusals.set(&mut book.phone_region, &wanted.phone_region, |region| region_code(region).map(Some));
    let region = phone_region(book, defaults);
    refusals.set(&mut book.phone, &wanted.phone, |value| contact::phone(value, region).map(Some));
    refusals.set(&mut book.address, &wanted.address, |value| text::note(value, 300, "address"));
    refusals.set(&mut book.city, &wanted.city, line("city"));
    refusals.set(&mut book.state, &wanted.state, line("state"));
    refusals
}

/// The region of phone numbers without a country code: the book's own, or the server's default.
#[must_use]
pub fn phone_region(book: &book::Model, defaults: Defaults) -> Option<country::Id> {
    book.phone_region.as_deref().and_then(|region| region.parse().ok()).or(defaults.phone_region)
}

/// Checks the code of a region.
fn region_code(region: &str) -> Result<String, Refusal> {
    let region: Result<country::Id, _> = region.trim().to_ascii_uppercase().parse();
    region.map(|region| region.as_ref().to_owned()).map_err(|_| {
        let message = "A region is a country code of ISO 3166 in two letters, such as YE.";
        Refusal::new(Code::Invalid, "phoneRegion", message)
    })
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
            field("creditNoteNumberPattern", Some(&self.credit_note_number_pattern)),
            field("debitNoteNumberPattern", Some(&self.debit_note_number_pattern)),
            field("roundInvoiceTotals", Some(self.round_invoice_totals)),
            field("timeZone", Some(self.time_zone)),
            field("shopName", self.shop_name.as_ref()),
            field("proprietorName", self.proprietor_name.as_ref()),
            field("gstNumber", self.gst_number.as_ref()),
            field("phoneRegion", self.phone_region.as_ref()),
            field("phone", self.phone.as_ref()),
            field("address", self.address.as_ref()),
            field("city", self.city.as_ref()),
            field("state", self.state.as_ref()),
        ]
    }
}
