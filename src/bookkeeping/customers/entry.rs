//! Ledger entries written by hand: adding, changing and deleting them.
//!
//! A change reverses the journal entry and posts a new one in one transaction. The ledger entry keeps its id and its
//! place in the ledger.

use async_graphql::{ID, InputObject, MaybeUndefined};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
};
use serde::Serialize;

pub use super::posting::type_of;
use super::{
    open_items,
    posting::{self, Document, Side},
};
use crate::{
    activity::{self, ActivityEvent, AuditFields, Field, field},
    app::App,
    bookkeeping::{
        book,
        creation::{self, Begun},
        document::{self, Replayable},
        idempotency, journal,
        new_id::{ClientId, NewId},
    },
    calendar::date::Date,
    db::Transaction,
    entity::{
        account::AccountKind,
        activity::Action,
        journal_entry::EntryKind,
        ledger_entry::{self, EntrySource, EntryType},
    },
    error::{Code, Detail, Refusal, Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal},
    text,
    viewer::Viewer,
};

/// The ledger entry to add.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "AddEntryInput")]
pub struct NewEntry {
    /// An id that you choose: `entry_` and a new UUID of version 7, in the TypeID form. It makes it safe to send the same
    /// request again: when the id was already used in this book, the same input changes nothing and returns the entry as
    /// it is now; another input fails with `IDEMPOTENCY_CONFLICT`. Default: an id made by the server.
    #[serde(skip)]
    pub id: Option<ID>,
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
    /// The id of the entry to change. An entry that belongs to an invoice, a receipt or a note cannot be changed: void that
    /// instead.
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
    /// The id of the entry to delete. An entry that belongs to an invoice, a receipt or a note cannot be deleted: void that
    /// instead.
    pub id: ID,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// The ledger entries of the viewer's book with these ids, deleted ones included; ids of other books are ignored.
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

/// Adds an entry to a customer's ledger.
///
/// # Errors
/// `NOT_FOUND` and `NOT_ALLOWED` for the customer; `INVALID` and `LIMIT_REACHED`; `IDEMPOTENCY_CONFLICT`.
pub async fn add(app: &App, viewer: &Viewer, new: &NewEntry) -> Result<Replayable<ledger_entry::Model>> {
    let idempotency = &idempotency::of(new.idempotency_key.as_deref(), &("addEntry", new))?;
    let client_id = &ClientId::of(new.id.as_ref(), &("addEntry", new))?;
    creation::write(app, viewer, new.id.as_ref(), idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        let act = ActivityEvent::by(viewer, Action::AddEntry);
        let key = idempotency.as_ref();
        let free = match creation::begin(&tx, app, viewer, act.clone(), client_id.as_ref(), key).await? {
            Begun::New(free) => free,
            Begun::Earlier(id) => {
                return Ok(Replayable { document: expect(&tx, viewer, id?).await?, replayed: true });
            }
        };
        let customer = refusals.take(posting::open_customer(&tx, viewer, new.customer_id.parse().ok()).await)?;
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
            id: free.take(),
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
        open_items::place(&tx, &document).await?;
        act.on(document.id).of_customer(customer.id).record(&tx, &app.clock).await?;
        Ok(Replayable { document, replayed: false })
    })
    .await
}

/// Changes an entry that was written by hand.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it is deleted or belongs to an invoice, receipt or note; `CONFLICT` when it is not at the
/// expected version; `REQUIRED`, `INVALID` and `LIMIT_REACHED`.
pub async fn update(app: &App, viewer: &Viewer, change: &EntryChange) -> Result<Replayable<ledger_entry::Model>> {
    let idempotency = &idempotency::of(change.idempotency_key.as_deref(), &("updateEntry", change))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        // Locks the customer before looking for the key: the same request may be running at this moment.
        let entry = lock_manual(&tx, viewer, &change.id).await;
        let act = ActivityEvent::by(viewer, Action::UpdateEntry);
        if let Some(id) = document::repeated(&tx, app, viewer, act.clone(), idempotency.as_ref()).await? {
            return Ok(Replayable { document: expect(&tx, viewer, id).await?, replayed: true });
        }
        let entry = entry?;
        posting::refuse_erased(&tx, viewer, &entry, "id").await?;
        if entry.source != EntrySource::Manual {
            let message = "This entry cannot be changed. Delete it and record another one.";
            return Err(Refusal::new(Code::NotAllowed, "id", message).into());
        }
        if change.expected_version.is_some_and(|expected| expected != entry.version) {
            let message = format!("The entry was changed: its version is {} now.", entry.version);
            let current = Detail::Current(entry.id.to_string());
            return Err(Refusal::new(Code::Conflict, "expectedVersion", message).with(current).into());
        }
        let changed = changed(&entry, change)?;
        // With an idempotency key a journal entry is posted even if nothing changes, since the key is stored with it.
        if changed == entry && idempotency.is_none() {
            act.on(entry.id).of_customer(entry.customer_id).record(&tx, &app.clock).await?;
            return Ok(Replayable { document: entry, replayed: false });
        }
        let named = refuse_less(&tx, &entry, &changed).await?;
        open_items::lift(&tx, &entry).await?;
        let document = Document {
            id: NewId { id: entry.id, position: entry.position },
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
            search_text: posting::search_text(changed.note.as_deref()),
            settled: named,
            ..changed
        };
        let changed = changed.into_active_model().reset_all().update(&tx).await?;
        open_items::place(&tx, &changed).await?;
        posting::touch(&tx, &changed).await?;
        let act = act.on(entry.id).of_customer(entry.customer_id).changed(&entry, &changed);
        act.record(&tx, &app.clock).await?;
        Ok(Replayable { document: changed, replayed: false })
    })
    .await
}

/// Deletes an entry: it leaves the ledger, but can still be read by its id, with its versions.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it is already deleted or belongs to an invoice, receipt or note.
pub async fn delete(app: &App, viewer: &Viewer, deletion: &EntryDeletion) -> Result<Replayable<ledger_entry::Model>> {
    let idempotency = &idempotency::of(deletion.idempotency_key.as_deref(), &("deleteEntry", deletion))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        // Locks the customer before looking for the key: the same request may be running at this moment.
        let entry = lock_manual(&tx, viewer, &deletion.id).await;
        let act = ActivityEvent::by(viewer, Action::DeleteEntry);
        if let Some(id) = document::repeated(&tx, app, viewer, act.clone(), idempotency.as_ref()).await? {
            return Ok(Replayable { document: expect(&tx, viewer, id).await?, replayed: true });
        }
        let entry = entry?;
        let document = posting::void(&tx, app, viewer, entry.clone(), None, idempotency, false).await??;
        let act = act.on(entry.id).of_customer(entry.customer_id).changed(&entry, &document);
        act.record(&tx, &app.clock).await?;
        Ok(Replayable { document, replayed: false })
    })
    .await
}

/// The ledger entry of the viewer's book with this id.
///
/// # Errors
/// When there is none, which is a bug.
pub(super) async fn expect(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    id: Id<kind::LedgerEntry>,
) -> Result<ledger_entry::Model> {
    let found = find_many(conn, viewer, [id]).await?.pop();
    Ok(found.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?)
}

/// Refuses a change by which what is named or held of an entry would no longer be so. Returns what is named.
async fn refuse_less(tx: &Transaction, entry: &ledger_entry::Model, changed: &ledger_entry::Model) -> Result<i64> {
    if entry.settled == 0 && entry.held == 0 {
        return Ok(0);
    }
    let named = open_items::named_of_entry(tx, entry).await?;
    let bound = named + entry.held;
    let refused = |path, message: &str| {
        let (bound, currency) = (Decimal::from_minor(bound, entry.currency), entry.currency);
        let message = format!("{bound} {currency} of this entry is allocated by name or held. {message}");
        Err(Refusal::new(Code::NotAllowed, path, message).into())
    };
    match () {
        () if bound == 0 => Ok(named),
        () if changed.kind != entry.kind => refused("type", "Release it first."),
        () if changed.currency != entry.currency => refused("currency", "Release it first."),
        () if changed.amount < bound => refused("amount", "Release it first, or give at least this amount."),
        () => Ok(named),
    }
}

/// Finds an entry that belongs to no other document and is not deleted. Locks its customer.
async fn lock_manual(tx: &Transaction, viewer: &Viewer, id: &ID) -> Result<ledger_entry::Model> {
    let entry = posting::lock_entry(tx, viewer, id.parse().ok()).await?;
    let entry = entry.ok_or_else(|| Refusal::new(Code::NotFound, "id", "You have no such entry."))?;
    let message = match entry.source {
        EntrySource::Invoice => "This entry belongs to an invoice. Void the invoice instead.",
        EntrySource::Receipt => "This entry belongs to a receipt. Void the receipt instead.",
        EntrySource::CreditNote | EntrySource::DebitNote => "This entry belongs to a note. Void the note instead.",
        _ if entry.deleted_at.is_some() => "This entry is deleted.",
        _ => return Ok(entry),
    };
    Err(Refusal::new(Code::NotAllowed, "id", message).into())
}

/// The entry with the changes applied.
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

/// The kind of the journal entry for a ledger entry of this type.
pub(in crate::bookkeeping) fn entry_kind(kind: EntryType) -> EntryKind {
    match kind {
        EntryType::Credit => EntryKind::Credit,
        EntryType::Debit => EntryKind::Debit,
    }
}

/// The debit side, credit side and amount of each posting of a ledger entry.
pub(in crate::bookkeeping) fn lines(kind: EntryType, amount: i64) -> Vec<(Side, Side, i64)> {
    match kind {
        EntryType::Credit => vec![(Side::Customer, Side::Book(AccountKind::Sales), amount)],
        EntryType::Debit => vec![(Side::Book(AccountKind::Cash), Side::Customer, amount)],
    }
}

impl AuditFields for ledger_entry::Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![
            field("type", Some(self.kind.to_value())),
            field("amount", Some(Decimal::from_minor(self.amount, self.currency))),
            field("currency", Some(self.currency)),
            field("date", Some(self.date)),
            field("note", self.note.as_ref()),
            field("deletedAt", activity::time(self.deleted_at)),
        ]
    }
}
