//! Posting documents to a customer's ledger: what ledger entries, invoices, receipts and notes share. Each has one row in
//! `ledger_entry` and one current journal entry.
//!
//! Every change locks in this order: the customer, the accounts, the number series, new parties of documents. A different order
//! could deadlock.

use std::{collections::HashMap, slice};

use async_graphql::ID;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Set};

use super::{
    customer,
    open_items::{self, Change, Scope},
};
use crate::{
    app::App,
    bookkeeping::{
        document,
        journal::{self, Accounts, Attempt, Draft, Idempotency, Line, Posted},
        new_id::NewId,
        wallets::wallet::{self, Wallet},
    },
    db::Transaction,
    entity::{
        account::AccountKind,
        customer as customer_entity,
        journal_entry::{self, EntryKind},
        ledger_entry::{self, EntrySource, EntryType},
    },
    error::{Code, Detail, Refusal, Result},
    id::{Id, kind},
    money::Currency,
    text,
    viewer::Viewer,
};

/// The text that searches look in, for the note of an entry. `None` for a note that no search can find.
pub(super) fn search_text(note: Option<&str>) -> Option<String> {
    Some(text::search_text(note)).filter(|text| !text.is_empty())
}

/// One side of a posting.
#[derive(Clone, Copy, Debug)]
pub(in crate::bookkeeping) enum Side {
    /// The customer's receivable account.
    Customer,
    /// An account of which the book has one per currency.
    Book(AccountKind),
    /// The account of a wallet.
    Wallet(Id<kind::Account>),
}

/// A document to be posted to a customer's ledger. Amounts are in minor units.
#[derive(Clone, Debug)]
pub(in crate::bookkeeping) struct Document<'a> {
    pub(in crate::bookkeeping) id: NewId<kind::LedgerEntry>,
    pub(in crate::bookkeeping) customer_id: Id<kind::Customer>,
    pub(in crate::bookkeeping) kind: EntryKind,
    pub(in crate::bookkeeping) amount: i64,
    pub(in crate::bookkeeping) currency: Currency,
    pub(in crate::bookkeeping) date: NaiveDate,
    pub(in crate::bookkeeping) note: Option<&'a str>,
    /// Debit side, credit side and amount of each posting. Postings of amount zero are left out.
    pub(in crate::bookkeeping) lines: Vec<(Side, Side, i64)>,
    pub(in crate::bookkeeping) idempotency: Option<Idempotency>,
}

impl Document<'_> {
    /// Builds the draft of the document's journal entry. Opens accounts that do not exist yet.
    pub(in crate::bookkeeping) async fn draft(self, tx: &Transaction, app: &App, viewer: &Viewer) -> Result<Draft> {
        let draft = drafts(tx, app, viewer, slice::from_ref(&self)).await?.pop();
        Ok(draft.ok_or_else(|| DbErr::Custom("a document has no draft".to_owned()))?)
    }

    /// The kinds and holders of the accounts that the document posts to, except wallets.
    fn held(&self, viewer: &Viewer) -> impl Iterator<Item = (AccountKind, Id<kind::Holder>)> {
        let lines = self.lines.iter().filter(|(.., amount)| *amount != 0);
        lines.flat_map(|(debit, credit, _)| [debit, credit]).filter_map(|side| self.held_by(*side, viewer))
    }

    fn held_by(&self, side: Side, viewer: &Viewer) -> Option<(AccountKind, Id<kind::Holder>)> {
        match side {
            Side::Customer => Some((AccountKind::Receivable, self.customer_id.cast())),
            Side::Book(account_kind) => Some((account_kind, viewer.book.cast())),
            Side::Wallet(_) => None,
        }
    }

    fn build_draft(&self, viewer: &Viewer, accounts: &Accounts) -> Result<Draft> {
        let account = |side| match (side, self.held_by(side, viewer)) {
            (Side::Wallet(id), _) => Ok(id),
            (_, Some((account_kind, holder))) => accounts.get(self.currency, account_kind, holder),
            (_, None) => Err(DbErr::Custom("a side of a line has no account".to_owned()).into()),
        };
        let mut lines = Vec::with_capacity(self.lines.len());
        for (debit, credit, amount) in self.lines.iter().copied().filter(|(.., amount)| *amount != 0) {
            lines.push(Line { debit: account(debit)?, credit: account(credit)?, amount });
        }
        Ok(Draft {
            id: Id::generate(),
            book_id: viewer.book,
            actor_id: viewer.user,
            kind: self.kind,
            amount: self.amount,
            currency: self.currency,
            lines,
            effective_on: Some(self.date),
            memo: self.note.map(str::to_owned),
            reference: None,
            idempotency: self.idempotency.clone(),
            document_id: Some(self.id.id.cast()),
            reverses_id: None,
            attempt: None,
        })
    }

    /// Inserts the ledger entry of a new document whose journal entry was posted.
    pub(in crate::bookkeeping) async fn enter(
        &self,
        tx: &Transaction,
        viewer: &Viewer,
        source: EntrySource,
        posted: &Posted,
    ) -> Result<ledger_entry::Model> {
        let entry = self.entered(viewer, source, None, posted);
        ledger_entry::Entity::insert(entry.clone().into_active_model()).exec_without_returning(tx).await?;
        touch(tx, &entry).await?;
        Ok(entry)
    }

    fn entered(
        &self,
        viewer: &Viewer,
        source: EntrySource,
        import_id: Option<Id<kind::Import>>,
        posted: &Posted,
    ) -> ledger_entry::Model {
        ledger_entry::Model {
            id: self.id.id,
            position: self.id.position,
            book_id: viewer.book,
            customer_id: self.customer_id,
            kind: type_of(self.kind),
            source,
            amount: self.amount,
            currency: self.currency,
            date: self.date,
            note: self.note.map(str::to_owned),
            search_text: search_text(self.note),
            journal_entry_id: posted.entry.id,
            version: 1,
            created_at: posted.entry.created_at,
            updated_at: posted.entry.created_at,
            deleted_at: None,
            settled: 0,
            held: 0,
            import_id,
        }
    }
}

/// Builds the drafts of the documents' journal entries, in input order. Opens accounts that do not exist yet.
pub(in crate::bookkeeping) async fn drafts(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    documents: &[Document<'_>],
) -> Result<Vec<Draft>> {
    let held = documents.iter().flat_map(|document| {
        document.held(viewer).map(|(account_kind, holder)| (document.currency, account_kind, holder))
    });
    let accounts = Accounts::ensure(tx, viewer.book, held, app.clock.now()).await?;
    documents.iter().map(|document| document.build_draft(viewer, &accounts)).collect()
}

/// Inserts the ledger entries of new documents whose journal entries were posted. An import makes them.
pub(in crate::bookkeeping) async fn enter_all(
    tx: &Transaction,
    viewer: &Viewer,
    import_id: Id<kind::Import>,
    posted: &[(Document<'_>, Posted)],
) -> Result<()> {
    let entered = |(document, posted): &(Document<'_>, Posted)| {
        document.entered(viewer, EntrySource::Manual, Some(import_id), posted)
    };
    let entries: Vec<_> = posted.iter().map(entered).collect();
    let Some(last) = entries.iter().map(|entry| entry.updated_at).max() else { return Ok(()) };
    touch_all(tx, entries.iter().map(|entry| entry.customer_id), last).await?;
    let rows = entries.iter().cloned().map(IntoActiveModel::into_active_model);
    ledger_entry::Entity::insert_many(rows).exec_without_returning(tx).await?;
    let mut changes = HashMap::new();
    for entry in &entries {
        let scope = Scope::of(entry);
        let change = changes.entry(scope).or_insert_with(|| Change::of(scope));
        change.from(entry.kind, open_items::key(entry));
    }
    for change in changes.into_values() {
        open_items::settle(tx, change).await?;
    }
    Ok(())
}

/// Locks the customer of a new document.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when the customer is archived or erased.
pub(in crate::bookkeeping) async fn open_customer(
    tx: &Transaction,
    viewer: &Viewer,
    id: Option<Id<kind::Customer>>,
) -> Result<customer_entity::Model> {
    let customer = customer::lock(tx, viewer, id, "customerId").await?;
    customer::refuse_erased(&customer, "customerId")?;
    if customer.archived_at.is_some() {
        let message = "This customer is archived. Restore them first.";
        return Err(Refusal::new(Code::NotAllowed, "customerId", message).into());
    }
    Ok(customer)
}

/// The wallet that a document names at `walletId`, if it names one. `document` says what it is in messages.
///
/// # Errors
/// `NOT_FOUND`; `CURRENCY_MISMATCH` when the wallet is not in the document's currency.
pub(in crate::bookkeeping) async fn own_wallet(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    id: Option<&ID>,
    currency: Currency,
    document: &str,
) -> Result<Option<Wallet>> {
    let Some(id) = id else { return Ok(None) };
    let wallet = wallet::require(conn, viewer, id.parse().ok(), "walletId").await?;
    let own = wallet.wallet.currency;
    if own != currency {
        let message = format!("The wallet is in {own}, but the {document} is in {currency}.");
        let currencies = Detail::Currencies { expected: Some(own), actual: currency };
        return Err(Refusal::new(Code::CurrencyMismatch, "walletId", message).with(currencies).into());
    }
    Ok(Some(wallet))
}

/// Finds a ledger entry of the viewer's book and locks its customer. `None` when the book has no such entry.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn lock_entry(
    tx: &Transaction,
    viewer: &Viewer,
    id: Option<Id<kind::LedgerEntry>>,
) -> Result<Option<ledger_entry::Model>> {
    let Some(id) = id else { return Ok(None) };
    let Some(found) = find(tx, viewer, id).await? else { return Ok(None) };
    customer::lock(tx, viewer, Some(found.customer_id), "id").await?;
    // Read again under the lock: another transaction may have changed it in between.
    find(tx, viewer, id).await
}

/// Refuses a change of an entry whose customer was erased. The customer must be locked.
///
/// # Errors
/// `NOT_ALLOWED` at `path`.
pub(in crate::bookkeeping) async fn refuse_erased(
    tx: &Transaction,
    viewer: &Viewer,
    entry: &ledger_entry::Model,
    path: &str,
) -> Result<()> {
    let customer = customer::require(tx, viewer, Some(entry.customer_id), path).await?;
    Ok(customer::refuse_erased(&customer, path)?)
}

async fn find(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    id: Id<kind::LedgerEntry>,
) -> Result<Option<ledger_entry::Model>> {
    let entries = ledger_entry::Entity::find_by_id(id).filter(ledger_entry::Column::BookId.eq(viewer.book));
    Ok(entries.one(conn).await?)
}

/// Deletes a ledger entry or voids its document: reverses its journal entry, and takes back what it was set off against. With `into_wallet` the money goes back out
/// of the wallet that it was paid into. If the wallet does not allow that, the attempt is recorded as a failed entry
/// and the inner result is the refusal; the transaction must then be committed, not rolled back.
///
/// # Errors
/// `NOT_ALLOWED` at `id` when the customer was erased.
pub(in crate::bookkeeping) async fn void(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    entry: ledger_entry::Model,
    reason: Option<&str>,
    idempotency: Option<Idempotency>,
    into_wallet: bool,
) -> Result<Result<ledger_entry::Model, Refusal>> {
    refuse_erased(tx, viewer, &entry, "id").await?;
    let mut draft = journal::reversal(tx, viewer, entry.journal_entry_id, reason.map(str::to_owned)).await?;
    draft.idempotency = idempotency;
    if into_wallet {
        // The first line is the posting on the wallet. The failed entry shows money leaving the wallet.
        let trace = |line: &Line| Attempt { debit: line.credit, credit: line.debit, meant_for: Some(line.debit) };
        draft.attempt = draft.lines.first().map(trace);
    }
    let reversal = match journal::post(tx, &app.clock, &[draft]).await?.remove(0) {
        Err(refused) => return Err(document::wallet_refusal(refused).into()),
        Ok(Posted { entry: journal_entry::Model { id, failure: Some(failure), .. }, .. }) => {
            return Ok(Err(document::recorded_refusal(tx, viewer, [id], failure).await?));
        }
        Ok(reversal) => reversal,
    };
    let mut entry = entry.into_active_model();
    entry.deleted_at = Set(Some(reversal.entry.created_at));
    entry.updated_at = Set(reversal.entry.created_at);
    let entry = entry.update(tx).await?;
    open_items::remove(tx, &entry).await?;
    touch(tx, &entry).await?;
    Ok(Ok(entry))
}

/// Sets the time of the last change of the customer's ledger.
pub(in crate::bookkeeping) async fn touch(tx: &Transaction, entry: &ledger_entry::Model) -> Result<()> {
    touch_all(tx, [entry.customer_id], entry.updated_at).await
}

/// Sets the time of the last change of the ledgers of customers.
pub(in crate::bookkeeping) async fn touch_all(
    tx: &Transaction,
    customers: impl IntoIterator<Item = Id<kind::Customer>>,
    time: DateTime<Utc>,
) -> Result<()> {
    customer_entity::Entity::update_many()
        .set(customer_entity::ActiveModel { last_activity_at: Set(time), ..Default::default() })
        .filter(customer_entity::Column::Id.is_in(customers))
        .exec(tx)
        .await?;
    Ok(())
}

/// The type of the ledger entry that a journal entry of this kind belongs to.
#[must_use]
pub fn type_of(kind: EntryKind) -> EntryType {
    match kind {
        EntryKind::Debit | EntryKind::Receipt | EntryKind::CreditNote | EntryKind::WriteOff => EntryType::Debit,
        _ => EntryType::Credit,
    }
}
