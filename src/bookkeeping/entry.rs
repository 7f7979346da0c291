//! Ledger entries that a shop writes by hand: adding, changing and deleting them.
//!
//! A change reverses the journal entry and posts another in one transaction; the ledger entry keeps its id and its place.

use async_graphql::{ID, InputObject, MaybeUndefined};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};
use serde::Serialize;

use super::{
    book,
    document::{self, Done},
    idempotency, journal,
    ledger::{self, Document, Side},
};
use crate::{
    activity::Act,
    app::App,
    date::Date,
    db::Transaction,
    entity::{
        account::AccountKind,
        activity::Action,
        journal_entry::EntryKind,
        ledger_entry::{self, EntrySource, EntryType},
    },
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    identity::Viewer,
    money::{Currency, Decimal},
    text,
};

/// The ledger entry to add.
// Its JSON is what idempotency keys are compared by, for ever: a new field must be left out of it when it is absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "AddEntryInput")]
pub struct NewEntry {
    /// The id of the customer whose ledger the entry is added to. The customer must not be archived.
    pub customer_id: ID,
    /// `CREDIT` when the customer took goods on credit and owes more; `DEBIT` when the customer paid and owes less.
    #[graphql(name = "type")]
    pub kind: EntryType,
    /// The amount. Positive, with at most as many decimals as the currency has, and at most 10^15 minor units of it
    /// (such as 10,000,000,000,000.00 USD).
    pub amount: Decimal,
    /// The currency of `amount`. Default: the book's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The date of the entry. In the years 1900 to 2199. Default: today in the book's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// A note, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// The fields of the ledger entry to change. Omitted fields stay as they are.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "UpdateEntryInput")]
pub struct EntryChange {
    /// The id of the entry to change. An entry that belongs to an invoice or a receipt cannot be changed: void the
    /// invoice or receipt instead.
    pub id: ID,
    /// `CREDIT` when the customer owes more, `DEBIT` when the customer owes less. Cannot be null.
    #[graphql(name = "type")]
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub kind: MaybeUndefined<EntryType>,
    /// The amount. Positive, with at most as many decimals as the currency has, and at most 10^15 minor units of it
    /// (such as 10,000,000,000,000.00 USD). Cannot be null.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub amount: MaybeUndefined<Decimal>,
    /// The currency of `amount`. When it changes, `amount` must be given too. Cannot be null.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub currency: MaybeUndefined<Currency>,
    /// The date of the entry, in the years 1900 to 2199. Cannot be null.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub date: MaybeUndefined<Date>,
    /// A note, at most 500 characters. Null clears it.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub note: MaybeUndefined<String>,
    /// The `version` that you last read. If there is a newer version by now, nothing is changed and the mutation fails
    /// with `CONFLICT`. Default: no check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<i32>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// The ledger entry to delete.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "DeleteEntryInput")]
pub struct EntryDeletion {
    /// The id of the entry to delete. An entry that belongs to an invoice or a receipt cannot be deleted: void the
    /// invoice or receipt instead.
    pub id: ID,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Some entries of the viewer's book, those that were deleted too; ids of others are passed over.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::LedgerEntry>>,
) -> Result<Vec<ledger_entry::Model>> {
    let entries = ledger_entry::Entity::find().filter(ledger_entry::Column::BookId.eq(viewer.book));
    Ok(entries.filter(ledger_entry::Column::Id.is_in(ids)).all(conn).await?)
}

/// Writes an entry into a customer's ledger.
///
/// # Errors
/// `NOT_FOUND` and `NOT_ALLOWED` for the customer; `INVALID` and `LIMIT_REACHED`; `IDEMPOTENCY_CONFLICT`.
pub async fn add(app: &App, viewer: &Viewer, new: &NewEntry) -> Result<Done<ledger_entry::Model>> {
    let idempotency = &idempotency::of(new.idempotency_key.as_deref(), &("addEntry", new))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        let act = Act::by(viewer, Action::AddEntry);
        if let Some(id) = document::repeated(&tx, app, viewer, act.clone(), idempotency.as_ref()).await? {
            return Ok(Done { document: expect(&tx, viewer, id).await?, replayed: true });
        }
        let customer = refusals.take(ledger::open_customer(&tx, viewer, new.customer_id.parse().ok()).await)?;
        let book = book::find(&tx, viewer).await?;
        let currency = new.currency.unwrap_or(book.currency);
        let amount = refusals.check(document::amount(&new.amount, currency, "amount"));
        let date = new.date.unwrap_or_else(|| book::today(&app.clock, &book));
        let date = refusals.check(date.of_document("date"));
        let note = new.note.as_deref().and_then(|note| refusals.check(text::note(note, 500, "note"))).flatten();
        let (Some(customer), Some(amount), Some(date)) = (customer, amount, date) else {
            return Err(refusals.into());
        };
        refusals.none()?;
        let document = Document {
            id: Id::generate(),
            customer_id: customer.id,
            kind: entry_kind(new.kind),
            amount,
            currency,
            date,
            note: note.as_deref(),
            lines: lines(new.kind, amount),
            idempotency,
        };
        let draft = document.clone().draft(&tx, app, viewer).await?;
        let posted = journal::post(&tx, &app.clock, &[draft]).await?.remove(0).map_err(document::wallet_refusal)?;
        let document = document.enter(&tx, viewer, EntrySource::Manual, &posted).await?;
        act.on(document.id).record(&tx, &app.clock).await?;
        Ok(Done { document, replayed: false })
    })
    .await
}

/// Changes an entry.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it was deleted or is an invoice's or a receipt's; `CONFLICT` when it is not the
/// expected version; `REQUIRED`, `INVALID` and `LIMIT_REACHED`.
pub async fn update(app: &App, viewer: &Viewer, change: &EntryChange) -> Result<Done<ledger_entry::Model>> {
    let idempotency = &idempotency::of(change.idempotency_key.as_deref(), &("updateEntry", change))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        // Locked first: the same request may be under way.
        let entry = lock_manual(&tx, viewer, &change.id).await;
        let act = Act::by(viewer, Action::UpdateEntry);
        if let Some(id) = document::repeated(&tx, app, viewer, act.clone(), idempotency.as_ref()).await? {
            return Ok(Done { document: expect(&tx, viewer, id).await?, replayed: true });
        }
        let entry = entry?;
        if change.expected_version.is_some_and(|expected| expected != entry.version) {
            let message = format!("The entry was changed: its version is {} now.", entry.version);
            return Err(Refusal::new(Code::Conflict, "expectedVersion", message).into());
        }
        let changed = changed(&entry, change)?;
        // A key must be kept, and it is kept with an entry of the journal: so there is one, even if it changes nothing.
        if changed == entry && idempotency.is_none() {
            act.on(entry.id).record(&tx, &app.clock).await?;
            return Ok(Done { document: entry, replayed: false });
        }
        let document = Document {
            id: entry.id,
            customer_id: entry.customer_id,
            kind: entry_kind(changed.kind),
            amount: changed.amount,
            currency: changed.currency,
            date: changed.date,
            note: changed.note.as_deref(),
            lines: lines(changed.kind, changed.amount),
            idempotency,
        };
        let reversal = journal::reversal(&tx, viewer, entry.journal_entry_id, None).await?;
        let draft = document.draft(&tx, app, viewer).await?;
        let mut posted = None;
        for result in journal::post(&tx, &app.clock, &[reversal, draft]).await? {
            posted = Some(result.map_err(document::wallet_refusal)?);
        }
        let posted = posted.ok_or_else(|| DbErr::Custom("a draft has no result".to_owned()))?.entry;
        let changed = ledger_entry::Model {
            journal_entry_id: posted.id,
            version: entry.version + 1,
            updated_at: posted.created_at,
            search_text: changed.note.as_deref().map(str::to_lowercase),
            ..changed
        };
        let changed = changed.into_active_model().reset_all().update(&tx).await?;
        ledger::touch(&tx, &changed).await?;
        act.on(entry.id).changed(&entry, &changed).record(&tx, &app.clock).await?;
        Ok(Done { document: changed, replayed: false })
    })
    .await
}

/// Takes an entry out of the ledger. It stays readable by its id, with its versions.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it was deleted before or is an invoice's or a receipt's.
pub async fn delete(app: &App, viewer: &Viewer, deletion: &EntryDeletion) -> Result<Done<ledger_entry::Model>> {
    let idempotency = &idempotency::of(deletion.idempotency_key.as_deref(), &("deleteEntry", deletion))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        // Locked first: the same request may be under way.
        let entry = lock_manual(&tx, viewer, &deletion.id).await;
        let act = Act::by(viewer, Action::DeleteEntry);
        if let Some(id) = document::repeated(&tx, app, viewer, act.clone(), idempotency.as_ref()).await? {
            return Ok(Done { document: expect(&tx, viewer, id).await?, replayed: true });
        }
        let entry = entry?;
        let document = ledger::strike(&tx, app, viewer, entry.clone(), None, idempotency, false).await??;
        act.on(entry.id).changed(&entry, &document).record(&tx, &app.clock).await?;
        Ok(Done { document, replayed: false })
    })
    .await
}

async fn expect(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    id: Id<kind::LedgerEntry>,
) -> Result<ledger_entry::Model> {
    let found = find_many(conn, viewer, [id]).await?.pop();
    Ok(found.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?)
}

/// An entry that may be changed, with its customer locked.
async fn lock_manual(tx: &Transaction, viewer: &Viewer, id: &ID) -> Result<ledger_entry::Model> {
    let entry = ledger::lock_entry(tx, viewer, id.parse().ok()).await?;
    let entry = entry.ok_or_else(|| Refusal::new(Code::NotFound, "id", "You have no such entry."))?;
    let message = match entry.source {
        EntrySource::Invoice => "This entry belongs to an invoice. Void the invoice instead.",
        EntrySource::Receipt => "This entry belongs to a receipt. Void the receipt instead.",
        EntrySource::Manual if entry.deleted_at.is_some() => "This entry is deleted.",
        EntrySource::Manual => return Ok(entry),
    };
    Err(Refusal::new(Code::NotAllowed, "id", message).into())
}

/// The entry as it is to be.
fn changed(entry: &ledger_entry::Model, change: &EntryChange) -> Result<ledger_entry::Model> {
    let mut refusals = Refusals::default();
    let mut changed = entry.clone();
    let required = |path| Refusal::new(Code::Required, path, "This field cannot be null.");
    match change.kind {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => refusals.push(required("type")),
        MaybeUndefined::Value(kind) => changed.kind = kind,
    }
    match change.currency {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => refusals.push(required("currency")),
        MaybeUndefined::Value(currency) => changed.currency = currency,
    }
    match &change.amount {
        MaybeUndefined::Undefined if changed.currency != entry.currency => {
            let message = "When the currency changes, give the amount too.";
            refusals.push(Refusal::new(Code::Required, "amount", message));
        }
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => refusals.push(required("amount")),
        MaybeUndefined::Value(amount) => {
            let amount = refusals.check(document::amount(amount, changed.currency, "amount"));
            changed.amount = amount.unwrap_or(changed.amount);
        }
    }
    match change.date {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => refusals.push(required("date")),
        MaybeUndefined::Value(date) => {
            changed.date = refusals.check(date.of_document("date")).unwrap_or(changed.date);
        }
    }
    match &change.note {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => changed.note = None,
        MaybeUndefined::Value(note) => changed.note = refusals.check(text::note(note, 500, "note")).flatten(),
    }
    refusals.none()?;
    Ok(changed)
}

/// Which way an entry goes that a journal entry of a kind makes.
#[must_use]
pub fn type_of(kind: EntryKind) -> EntryType {
    match kind {
        EntryKind::Debit | EntryKind::Receipt => EntryType::Debit,
        _ => EntryType::Credit,
    }
}

/// What the journal calls it.
pub(super) fn entry_kind(kind: EntryType) -> EntryKind {
    match kind {
        EntryType::Credit => EntryKind::Credit,
        EntryType::Debit => EntryKind::Debit,
    }
}

/// What moves when an entry is written.
pub(super) fn lines(kind: EntryType, amount: i64) -> Vec<(Side, Side, i64)> {
    match kind {
        EntryType::Credit => vec![(Side::Customer, Side::Book(AccountKind::Sales), amount)],
        EntryType::Debit => vec![(Side::Book(AccountKind::Cash), Side::Customer, amount)],
    }
}
