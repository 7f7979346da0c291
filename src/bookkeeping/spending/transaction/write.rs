//! Writes transactions and builds their journal drafts, many at once. `input` checks the input before.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::draft::{Part, Side, TransactionDraft};
use crate::{
    app::App,
    bookkeeping::{
        journal::{Accounts, Attempt, Draft, Idempotency, Line, Posted},
        new_id::NewId,
    },
    db::Transaction,
    entity::{category::CategoryKind, journal_entry::EntryKind, transaction, transaction_line, version_note},
    error::Result,
    id::{Id, kind},
    text,
    viewer::Viewer,
};

/// A checked transaction to be written.
#[derive(Clone, Debug)]
pub(in crate::bookkeeping) struct Item {
    pub(in crate::bookkeeping) id: NewId<kind::Transaction>,
    pub(in crate::bookkeeping) wanted: TransactionDraft,
    pub(in crate::bookkeeping) idempotency: Option<Idempotency>,
}

/// Builds the drafts of the transactions' journal entries, in input order. Opens accounts that do not exist yet.
pub(in crate::bookkeeping) async fn drafts(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    items: &[Item],
) -> Result<Vec<Draft>> {
    let held = items.iter().flat_map(|Item { wanted, .. }| {
        let sides = wanted.postings(viewer).into_iter().flat_map(|(debit, credit, _)| [debit, credit]);
        sides.filter_map(|side| match side {
            Side::Held(account_kind, holder) => Some((wanted.currency, account_kind, holder)),
            Side::Wallet(_) => None,
        })
    });
    let accounts = Accounts::ensure(tx, viewer.book, held, app.clock.now()).await?;
    items.iter().map(|item| draft(viewer, item, &accounts)).collect()
}

fn draft(viewer: &Viewer, Item { id, wanted, idempotency }: &Item, accounts: &Accounts) -> Result<Draft> {
    let account = |side| match side {
        Side::Wallet(id) => Ok(id),
        Side::Held(account_kind, holder) => accounts.get(wanted.currency, account_kind, holder),
    };
    let mut lines = Vec::new();
    for (debit, credit, amount) in wanted.postings(viewer) {
        lines.push(Line { debit: account(debit)?, credit: account(credit)?, amount });
    }
    let of_wallet = lines.first().filter(|_| wanted.wallet.is_some());
    let attempt = of_wallet.map(|line| {
        let meant_for = (wanted.amount < 0).then_some(line.credit);
        Attempt { debit: line.debit, credit: line.credit, meant_for }
    });
    Ok(Draft {
        id: Id::generate(),
        book_id: viewer.book,
        actor_id: viewer.user,
        kind: match wanted.kind {
            CategoryKind::Income => EntryKind::Income,
            CategoryKind::Expense => EntryKind::Expense,
        },
        amount: wanted.amount,
        currency: wanted.currency,
        lines,
        effective_on: Some(wanted.date),
        memo: wanted.description.clone(),
        reference: None,
        idempotency: idempotency.clone(),
        document_id: Some(id.id.cast()),
        reverses_id: None,
        attempt,
    })
}

/// Inserts new transactions with their lines, whose journal entries were posted. `import_id` names the import that makes them.
pub(in crate::bookkeeping) async fn insert(
    tx: &Transaction,
    viewer: &Viewer,
    import_id: Option<Id<kind::Import>>,
    posted: impl IntoIterator<Item = (Item, Posted)>,
) -> Result<Vec<transaction::Model>> {
    let (mut transactions, mut lines, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for (Item { id, wanted, .. }, Posted { entry, .. }) in posted {
        lines.extend(rows(id, wanted.date, &wanted.lines));
        notes.extend(notes_of(entry.id, &wanted.lines));
        transactions.push(transaction::Model {
            id: id.id,
            position: id.position,
            book_id: viewer.book,
            kind: wanted.kind,
            amount: wanted.amount,
            currency: wanted.currency,
            date: wanted.date,
            search_text: search_text(wanted.description.as_deref(), &wanted.lines),
            description: wanted.description,
            wallet_id: wanted.wallet.map(|wallet| wallet.wallet.id),
            journal_entry_id: entry.id,
            version: 1,
            created_at: entry.created_at,
            updated_at: entry.created_at,
            deleted_at: None,
            counterpart_id: None,
            import_id,
            same_as_id: None,
        });
    }
    if transactions.is_empty() {
        return Ok(transactions);
    }
    let rows = transactions.iter().cloned().map(IntoActiveModel::into_active_model);
    transaction::Entity::insert_many(rows).exec_without_returning(tx).await?;
    let rows = lines.into_iter().map(IntoActiveModel::into_active_model);
    transaction_line::Entity::insert_many(rows).exec_without_returning(tx).await?;
    keep_notes(tx, notes).await?;
    Ok(transactions)
}

/// Replaces the lines of a transaction that was changed. `entry` is the journal entry of its new version.
pub(in crate::bookkeeping) async fn replace_lines(
    tx: &Transaction,
    Item { id, wanted, .. }: &Item,
    entry: Id<kind::Entry>,
) -> Result<()> {
    let old = transaction_line::Entity::delete_many().filter(transaction_line::Column::TransactionId.eq(id.id));
    old.exec(tx).await?;
    let rows = rows(*id, wanted.date, &wanted.lines).map(IntoActiveModel::into_active_model);
    transaction_line::Entity::insert_many(rows).exec_without_returning(tx).await?;
    keep_notes(tx, notes_of(entry, &wanted.lines).collect()).await
}

/// The notes of a version's lines.
fn notes_of(entry: Id<kind::Entry>, parts: &[Part]) -> impl Iterator<Item = version_note::Model> {
    let row =
        move |(part, line): (&Part, i32)| Some(version_note::Model { entry_id: entry, line, note: part.note.clone()? });
    parts.iter().zip(1..).filter_map(row)
}

async fn keep_notes(tx: &Transaction, notes: Vec<version_note::Model>) -> Result<()> {
    if !notes.is_empty() {
        let rows = notes.into_iter().map(IntoActiveModel::into_active_model);
        version_note::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The text that searches look in: the description and the notes, see [`folding::search_text`].
pub(in crate::bookkeeping) fn search_text(description: Option<&str>, parts: &[Part]) -> Option<String> {
    let notes = parts.iter().filter_map(|part| part.note.as_deref());
    let text = text::search_text(description.into_iter().chain(notes));
    Some(text).filter(|text| !text.is_empty())
}

fn rows(
    id: NewId<kind::Transaction>,
    date: NaiveDate,
    parts: &[Part],
) -> impl Iterator<Item = transaction_line::Model> {
    let row = move |(part, line): (&Part, i32)| transaction_line::Model {
        transaction_id: id.id,
        line,
        category_id: part.category_id,
        date,
        position: id.position,
        amount: part.amount,
        note: part.note.clone(),
    };
    parts.iter().zip(1..).map(row)
}
