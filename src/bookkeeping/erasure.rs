//! Erases the personal details of customers: of one on request, and of all when the book is closed.
//!
//! | what | becomes |
//! |---|---|
//! | the customer | "Erased customer" without any details, archived for ever |
//! | notes of ledger entries, invoices and receipts; reasons of notes and of voiding; the same in the journal | "Erased" |
//! | the recorded changes of these in the activity log | are left out |
//! | the hashes of the requests that created and changed them | 32 zero bytes |
//! | the buyer of invoices, receipts and notes | loses the phone number, and keeps what tax law wants kept |
//!
//! Nothing else changes: amounts, dates, numbers, accounts, allocations, and what the lines of invoices say of the goods. A customer
//! who owes or is owed something is not erased, since the claim is a reason to keep who they are.
//!
//! Locks as other changes of a customer's ledger do: the customer first. See `docs/bookkeeping.md` for what stays, and which law says so.

use async_graphql::ID;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::NotSet,
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait, Func, LockType},
};
use uuid::Uuid;

use super::{
    customers::{customer as customers, summary},
    idempotency,
    invoicing::party,
    journal::{self, ERASED},
    new_id,
};
use crate::{
    activity::{self, ActivityEvent, AuditFields, Field, field, time},
    app::App,
    changes::{self, Thing},
    db::Transaction,
    entity::{
        activity::Action,
        change::{ChangeKind, Noun},
        customer, invoice,
        ledger_entry::{self, EntrySource},
        note, receipt,
    },
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    money::Decimal,
    viewer::Viewer,
};

/// The name of a customer who was erased.
const NAME: &str = "Erased customer";

/// The fields of customers and their documents that the activity log records and that tell of a person.
const PERSONAL: [&str; 10] =
    ["name", "phone", "email", "firmName", "address", "city", "state", "gstNumber", "note", "voidReason"];

/// The number of rows changed by one statement, so that no statement runs too long.
const AT_ONCE: u64 = 2000;

/// Since when a customer is archived and erased, as the activity log records it.
struct Gone<'a>(&'a customer::Model);

impl AuditFields for Gone<'_> {
    fn audit_fields(&self) -> Vec<Field> {
        vec![field("archivedAt", time(self.0.archived_at)), field("erasedAt", time(self.0.erased_at))]
    }
}

/// Erases the personal details of a customer, who may be archived. One who was erased before stays as they are.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` while the customer owes or is owed something, or entries are not set off.
pub async fn erase_customer(app: &App, viewer: &Viewer, id: &ID) -> Result<customer::Model> {
    app.db
        .write(|tx| async move {
            let before = customers::lock(&tx, viewer, id.parse().ok(), "id").await?;
            let act = ActivityEvent::by(viewer, Action::EraseCustomer).on(before.id);
            if before.erased_at.is_some() {
                act.record(&tx, &app.clock).await?;
                return Ok(before);
            }
            refuse_open(&tx, viewer, &before).await?;
            let [this, entries] = [
                Condition::all().add(customer::Column::Id.eq(before.id)),
                Condition::all().add(ledger_entry::Column::CustomerId.eq(before.id)),
            ];
            party::forget_phones(&tx, viewer, Some(before.id)).await?;
            erase_documents(&tx, viewer, &entries, Some((before.id, app.clock.now()))).await?;
            erase_details(&tx, viewer, &this, app.clock.now()).await?;
            let after = customers::require(&tx, viewer, Some(before.id), "id").await?;
            act.changed(&Gone(&before), &Gone(&after)).record(&tx, &app.clock).await?;
            Ok(after)
        })
        .await
}

/// Locks all customers of the viewer's book, which is to be closed. To be called before their accounts are locked.
///
/// # Errors
/// When the database fails.
pub(super) async fn lock_all(tx: &Transaction, viewer: &Viewer) -> Result<()> {
    let ids = customer::Entity::find().select_only().column(customer::Column::Id);
    let ids = ids.filter(customer::Column::BookId.eq(viewer.book)).order_by_asc(customer::Column::Id);
    let _: Vec<Id<kind::Customer>> = ids.lock(LockType::NoKeyUpdate).into_tuple().all(tx).await?;
    Ok(())
}

/// Erases the personal details of all customers of a book that was closed, whatever they owe, since nobody can read it any more.
///
/// The transaction must have marked the owner as deleted before: then every operation of theirs has ended, or will be rolled back.
///
/// # Errors
/// When the database fails.
pub async fn erase_all(tx: &Transaction, viewer: &Viewer, now: DateTime<Utc>) -> Result<()> {
    party::forget_phones(tx, viewer, None).await?;
    let all = Condition::all().add(ledger_entry::Column::BookId.eq(viewer.book));
    erase_documents(tx, viewer, &all, None).await?;
    erase_details(tx, viewer, &Condition::all().add(customer::Column::BookId.eq(viewer.book)), now).await
}

/// Refuses a customer whose balance is not zero, or of whom not all is set off.
async fn refuse_open(tx: &Transaction, viewer: &Viewer, customer: &customer::Model) -> Result<()> {
    let accounts = summary::accounts(tx, viewer, vec![customer.id]).await?.remove(&customer.id).unwrap_or_default();
    let mut refusals = Refusals::default();
    let mut refuse = |message| refusals.push(Refusal::new(Code::NotAllowed, "id", message));
    for account in accounts {
        let (balance, currency) = (journal::balance(&account), account.currency);
        let amount = Decimal::from_minor(balance.saturating_abs(), currency);
        match balance {
            0 => {}
            1.. => refuse(format!("This customer owes {amount} {currency}. Settle it first, or write it off.")),
            _ => refuse(format!("This customer has {amount} {currency} on account. Give it back first.")),
        }
    }
    refusals.none()?;
    let open = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::CustomerId.eq(customer.id))
        .filter(ledger_entry::Column::DeletedAt.is_null())
        .filter(Expr::col(ledger_entry::Column::Settled).lt(Expr::col(ledger_entry::Column::Amount)))
        .count(tx)
        .await?;
    if open > 0 {
        let message =
            "Payments of this customer are held, and charges are open. Set them off against each other first.";
        return Err(Refusal::new(Code::NotAllowed, "id", message).into());
    }
    Ok(())
}

/// Erases what users wrote into ledger entries, invoices, receipts and notes. `told` is whose they are and when it is done, for the
/// changes of the book; nobody is told of those of a book that was closed.
async fn erase_documents(
    tx: &Transaction,
    viewer: &Viewer,
    which: &Condition,
    told: Option<(Id<kind::Customer>, DateTime<Utc>)>,
) -> Result<()> {
    let mut last: Option<Id<kind::LedgerEntry>> = None;
    loop {
        let rest = last.map(|last| ledger_entry::Column::Id.gt(last));
        let batch = ledger_entry::Entity::find().filter(which.clone().add_option(rest)).select_only();
        let batch = batch.columns([ledger_entry::Column::Id, ledger_entry::Column::Source]);
        let batch = batch.order_by_asc(ledger_entry::Column::Id).limit(AT_ONCE).into_tuple();
        let batch: Vec<(Id<kind::LedgerEntry>, EntrySource)> = batch.all(tx).await?;
        let Some((id, _)) = batch.last() else { break };
        last = Some(*id);
        let ids: Vec<_> = batch.iter().map(|(id, _)| id.uuid()).collect();
        let searched = ledger_entry::ActiveModel { search_text: Set(None), ..Default::default() };
        let entries = ledger_entry::Column::Id.is_in(ids.iter().copied());
        ledger_entry::Entity::update_many().set(searched).filter(entries).exec(tx).await?;
        erase::<ledger_entry::Entity>(tx, ledger_entry::Column::Id, ledger_entry::Column::Note, &ids).await?;
        for text in [invoice::Column::Note, invoice::Column::VoidReason] {
            erase::<invoice::Entity>(tx, invoice::Column::Id, text, &ids).await?;
        }
        for text in [receipt::Column::Note, receipt::Column::VoidReason] {
            erase::<receipt::Entity>(tx, receipt::Column::Id, text, &ids).await?;
        }
        for text in [note::Column::Reason, note::Column::VoidReason] {
            erase::<note::Entity>(tx, note::Column::Id, text, &ids).await?;
        }
        let things: Vec<_> = batch.iter().flat_map(|(id, source)| things(*id, *source)).collect();
        if let Some((customer, now)) = told {
            let of_id = |(noun, id)| Thing { noun, id, customer: Some(customer) };
            let changed = things.iter().filter_map(|id| Noun::of_id(id)).map(of_id);
            changes::write_all(tx, viewer.book, (ChangeKind::Updated, now), changed).await?;
            journal::tell_of_texts(tx, batch.iter().map(|(id, _)| id.cast()), now).await?;
        }
        journal::erase_texts(tx, batch.iter().map(|(id, _)| id.cast())).await?;
        new_id::forget_inputs(tx, ids).await?;
        activity::forget_fields(tx, viewer.book, things, &PERSONAL).await?;
    }
    if let Some((_, now)) = told {
        journal::tell_of_refused(tx, viewer.book, now).await?;
    }
    journal::erase_refused(tx, viewer.book).await
}

/// Overwrites a text of these documents, where there is one.
async fn erase<E: EntityTrait>(tx: &Transaction, id: E::Column, text: E::Column, ids: &[Uuid]) -> Result<()> {
    let rows = E::update_many().col_expr(text, Expr::value(ERASED)).filter(id.is_in(ids.iter().copied()));
    rows.filter(text.is_not_null()).exec(tx).await?;
    Ok(())
}

/// The ids under which the activity log knows a ledger entry and its document.
fn things(id: Id<kind::LedgerEntry>, source: EntrySource) -> impl Iterator<Item = String> {
    let document = match source {
        EntrySource::Invoice => Some(id.cast::<kind::Invoice>().to_string()),
        EntrySource::Receipt => Some(id.cast::<kind::Receipt>().to_string()),
        EntrySource::CreditNote => Some(id.cast::<kind::CreditNote>().to_string()),
        EntrySource::DebitNote => Some(id.cast::<kind::DebitNote>().to_string()),
        EntrySource::Manual | EntrySource::Refund | EntrySource::WriteOff | EntrySource::Opening => None,
    };
    [Some(id.to_string()), document].into_iter().flatten()
}

/// Erases the details of customers, except of those who were erased before.
async fn erase_details(tx: &Transaction, viewer: &Viewer, which: &Condition, now: DateTime<Utc>) -> Result<()> {
    loop {
        let batch = customer::Entity::find().filter(which.clone().add(customer::Column::ErasedAt.is_null()));
        let batch = batch.select_only().column(customer::Column::Id).limit(AT_ONCE).into_tuple();
        let batch: Vec<Id<kind::Customer>> = batch.all(tx).await?;
        if batch.is_empty() {
            return Ok(());
        }
        let archived_at = Func::coalesce([Expr::col(customer::Column::ArchivedAt), Expr::value(now)]);
        customer::Entity::update_many()
            .set(blank(now))
            .col_expr(customer::Column::ArchivedAt, archived_at.into())
            .filter(customer::Column::Id.is_in(batch.iter().copied()))
            .exec(tx)
            .await?;
        new_id::forget_inputs(tx, batch.iter().map(|id| id.uuid())).await?;
        idempotency::forget_inputs(tx, viewer, batch.iter().map(|id| id.uuid())).await?;
        activity::forget_fields(tx, viewer.book, batch.iter().map(ToString::to_string), &PERSONAL).await?;
    }
}

/// What an erased customer has. Each column is named, so that a new one is not forgotten here.
fn blank(now: DateTime<Utc>) -> customer::ActiveModel {
    customer::ActiveModel {
        id: NotSet,
        position: NotSet,
        book_id: NotSet,
        name: Set(NAME.to_owned()),
        name_key: Set(NAME.to_lowercase()),
        phone: Set(None),
        email: Set(None),
        firm_name: Set(None),
        address: Set(None),
        city: Set(None),
        city_key: Set(None),
        state: Set(None),
        gst_number: Set(None),
        note: Set(None),
        search_text: Set(String::new()),
        archived_at: NotSet,
        erased_at: Set(Some(now)),
        last_activity_at: NotSet,
        created_at: NotSet,
        import_id: NotSet,
    }
}
