//! Transactions (income and expenses by category): adding, changing and deleting them.
//!
//! An amount below zero moves money the other way: the refund of an expense into the wallet or the cash, and income that is
//! given back out of it. It lowers the total of its category.
//!
//! A change reverses the journal entry and posts a new one in one database transaction. The transaction keeps its id.
//! When the wallet of a transaction does not allow an operation, the attempt is recorded as a failed journal entry.

pub mod change;
pub(in crate::bookkeeping) mod draft;
pub mod input;
pub mod list;
pub mod totals;
pub mod version;
pub(in crate::bookkeeping) mod write;

use std::collections::HashMap;

use async_graphql::{ID, InputObject};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::LockType,
};
use serde::Serialize;

pub use self::input::NewTransaction;
use self::{
    change::TransactionChange,
    draft::{Part, TransactionDraft},
    input::{Division, description},
    write::Item,
};
use super::category_reference::Named;
use crate::{
    activity::ActivityEvent,
    app::App,
    bookkeeping::{
        book,
        creation::{self, Begun},
        document::{self, Replayable},
        idempotency,
        journal::{self, Attempt, Idempotency, JointDraft, Posted, Refused},
        new_id::{ClientId, NewId},
        wallets::wallet,
    },
    db::Transaction,
    entity::{activity::Action, category::CategoryKind, transaction, transaction_line},
    error::{Code, Detail, Refusal, Refusals, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// The income or expense to delete.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "DeleteTransactionInput")]
pub struct TransactionDeletion {
    /// The id of the transaction to delete. One that is deleted already is refused, one that is half of a transfer, and one
    /// whose wallet cannot give the money back.
    pub id: ID,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire. A failure because
    /// of a wallet (such as `INSUFFICIENT_FUNDS`) also counts as a result and is returned again.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// A transaction, or the refusal of a wallet operation. Such a refusal is recorded as a failed journal entry, so the
/// database transaction is committed and the refusal is returned as a value.
pub type Attempted = Result<transaction::Model, Refusal>;

/// The transactions of the viewer's book with these ids, deleted ones included; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Transaction>>,
) -> Result<Vec<transaction::Model>> {
    let own = transaction::Entity::find().filter(transaction::Column::BookId.eq(viewer.book));
    Ok(own.filter(transaction::Column::Id.is_in(ids)).all(conn).await?)
}

/// The lines of these transactions, in order, by transaction.
///
/// # Errors
/// When the database fails.
pub async fn lines(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Id<kind::Transaction>>,
) -> Result<HashMap<Id<kind::Transaction>, Vec<transaction_line::Model>>> {
    let lines = transaction_line::Entity::find().filter(transaction_line::Column::TransactionId.is_in(ids));
    let mut of: HashMap<_, Vec<_>> = HashMap::new();
    for line in lines.order_by_asc(transaction_line::Column::Line).all(conn).await? {
        of.entry(line.transaction_id).or_default().push(line);
    }
    Ok(of)
}

/// Adds a transaction.
///
/// # Errors
/// `NOT_FOUND` for categories and the wallet; `NOT_ALLOWED` for an archived category; `CURRENCY_MISMATCH` for the
/// wallet; `REQUIRED`, `INVALID` and `LIMIT_REACHED`; `IDEMPOTENCY_CONFLICT`. A refusal by the wallet is in the inner
/// result.
pub async fn add(app: &App, viewer: &Viewer, new: &NewTransaction) -> Result<Replayable<Attempted>> {
    let idempotency = &idempotency::of(new.idempotency_key.as_deref(), &("addTransaction", new))?;
    let client_id = &ClientId::of(new.id.as_ref(), &("addTransaction", new))?;
    creation::write(app, viewer, new.id.as_ref(), idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        let act = ActivityEvent::by(viewer, Action::AddTransaction);
        let key = idempotency.as_ref();
        let free = match creation::begin(&tx, app, viewer, act.clone(), client_id.as_ref(), key).await? {
            Begun::New(free) => free,
            Begun::Earlier(earlier) => return replay(&tx, viewer, earlier).await,
        };
        let wanted = refusals.take(wanted(&tx, app, viewer, new).await)?;
        let Some(wanted) = wanted else { return Err(refusals.into()) };
        refusals.none()?;
        let item = Item { id: free.take(), wanted, idempotency };
        let drafts = write::drafts(&tx, app, viewer, std::slice::from_ref(&item)).await?;
        let posted = journal::post(&tx, &app.clock, &drafts).await?.remove(0);
        let posted = posted.map_err(document::wallet_refusal)?;
        if let Some(failure) = posted.entry.failure {
            free.release(&tx).await?;
            let refusal = document::recorded_refusal(&tx, viewer, [posted.entry.id], failure).await?;
            return refused(&tx, app, act.on(posted.entry.id), refusal).await;
        }
        let written = write::insert(&tx, viewer, None, [(item, posted)]).await?.pop();
        let written = written.ok_or_else(unwritten)?;
        act.on(written.id).record(&tx, &app.clock).await?;
        Ok(Replayable { document: Ok(written), replayed: false })
    })
    .await
}

/// Checks the input of a new transaction.
pub(super) async fn wanted(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    new: &NewTransaction,
) -> Result<TransactionDraft> {
    let mut refusals = Refusals::default();
    let book = book::find(tx, viewer).await?;
    let wallet = match &new.wallet_id {
        Some(id) => refusals.take(wallet::require(tx, viewer, id.parse().ok(), "walletId").await)?,
        None => None,
    };
    let of_wallet = wallet.as_ref().map(|wallet| wallet.wallet.currency);
    let currency = new.currency.or(of_wallet).unwrap_or(book.currency);
    refusals.check(input::refuse_other_currency(wallet.as_ref(), currency));
    let amount = refusals.check(document::signed_amount(&new.amount, currency, "amount"));
    let date = new.date.unwrap_or_else(|| book::today(&app.clock, &book));
    let date = refusals.check(date.of_document("date"));
    let description = new.description.as_deref().map(description).transpose();
    let description = refusals.check(description).flatten().flatten();
    let parts = match refusals.check(Division::of(new.category.as_ref(), new.lines.as_deref())) {
        Some(Some(division)) => {
            let named = Named::lock(tx, viewer, division.categories().into_iter()).await?;
            division.check(&named, &[], amount, currency, &mut refusals)
        }
        Some(None) => {
            refusals.push(Refusal::new(Code::Required, "category", "Give `category` or `lines`."));
            None
        }
        None => None,
    };
    let (Some(amount), Some(date), Some((kind, lines))) = (amount, date, parts) else { return Err(refusals.into()) };
    refusals.none()?;
    Ok(TransactionDraft { kind, amount, currency, date, description, wallet, lines })
}

/// Changes a transaction.
///
/// # Errors
/// As for [`add`]; `NOT_ALLOWED` when it is deleted or half of a transfer; `CONFLICT` when it is not at the expected version.
pub async fn update(app: &App, viewer: &Viewer, change: &TransactionChange) -> Result<Replayable<Attempted>> {
    let idempotency = &idempotency::of(change.idempotency_key.as_deref(), &("updateTransaction", change))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        // Locks the transaction before looking for the key: the same request may be running at this moment.
        let before = lock_standing(&tx, viewer, &change.id).await;
        let act = ActivityEvent::by(viewer, Action::UpdateTransaction).on_named(&change.id);
        if let Some(repeated) = repeated(&tx, app, viewer, act.clone(), idempotency.as_ref()).await? {
            return Ok(repeated);
        }
        let before = before?;
        if change.expected_version.is_some_and(|expected| expected != before.version) {
            let message = format!("The transaction was changed: its version is {} now.", before.version);
            let current = Detail::Current(before.id.to_string());
            return Err(Refusal::new(Code::Conflict, "expectedVersion", message).with(current).into());
        }
        let parts = lines(&tx, [before.id]).await?.remove(&before.id).unwrap_or_default();
        let parts: Vec<_> = parts.into_iter().map(Part::from).collect();
        let wanted = change.of(&tx, viewer, &before, &parts).await?;
        // With an idempotency key a journal entry is posted even if nothing changes, since the key is stored with it.
        if change::is_same(&before, &parts, &wanted) && idempotency.is_none() {
            act.record(&tx, &app.clock).await?;
            return Ok(Replayable { document: Ok(before), replayed: false });
        }
        let item = Item { id: NewId { id: before.id, position: before.position }, wanted, idempotency };
        let posted = match replace(&tx, app, viewer, &before, &item).await? {
            Ok(posted) => posted,
            Err(refusal) => return refused(&tx, app, act, refusal).await,
        };
        write::replace_lines(&tx, &item, posted.entry.id).await?;
        let TransactionDraft { kind, amount, currency, date, description, wallet, lines } = item.wanted;
        let after = transaction::Model {
            kind,
            amount,
            currency,
            date,
            search_text: write::search_text(description.as_deref(), &lines),
            description,
            wallet_id: wallet.map(|wallet| wallet.wallet.id),
            journal_entry_id: posted.entry.id,
            version: before.version + 1,
            updated_at: posted.entry.created_at,
            ..before.clone()
        };
        let after = after.into_active_model().reset_all().update(&tx).await?;
        act.changed(&(&before, &*parts), &(&after, &*lines)).record(&tx, &app.clock).await?;
        Ok(Replayable { document: Ok(after), replayed: false })
    })
    .await
}

/// Deletes a transaction: reverses its journal entry. It can still be read by its id, with its versions.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it is already deleted or half of a transfer. A refusal by the wallet is in the inner result.
pub async fn delete(app: &App, viewer: &Viewer, deletion: &TransactionDeletion) -> Result<Replayable<Attempted>> {
    let idempotency = &idempotency::of(deletion.idempotency_key.as_deref(), &("deleteTransaction", deletion))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        let before = lock_standing(&tx, viewer, &deletion.id).await;
        let (act, key) =
            (ActivityEvent::by(viewer, Action::DeleteTransaction).on_named(&deletion.id), idempotency.as_ref());
        if let Some(Replayable { document, replayed }) = repeated(&tx, app, viewer, act.clone(), key).await? {
            return Ok(Replayable { document: document.map_err(of_deletion), replayed });
        }
        let before = before?;
        let after = match remove(&tx, app, viewer, &before, idempotency, None).await?.map_err(of_deletion) {
            Ok(after) => after,
            Err(refusal) => return refused(&tx, app, act, refusal).await,
        };
        act.changed(&(&before, &[][..]), &(&after, &[][..])).record(&tx, &app.clock).await?;
        Ok(Replayable { document: Ok(after), replayed: false })
    })
    .await
}

/// Deletes a transaction, which is locked. `same_as` is the one that stands for it from now on.
///
/// # Errors
/// When the database fails. The inner result is a refusal by the wallet, which was recorded: the transaction must be committed.
pub(super) async fn remove(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    before: &transaction::Model,
    idempotency: Option<Idempotency>,
    same_as: Option<Id<kind::Transaction>>,
) -> Result<Attempted> {
    let reversal = reversal(tx, viewer, before, idempotency).await?;
    let posted = journal::post(tx, &app.clock, &[reversal]).await?.remove(0);
    let posted = posted.map_err(|refused| of_deletion(document::wallet_refusal(refused)))?;
    if let Some(failure) = posted.entry.failure {
        return Ok(Err(document::recorded_refusal(tx, viewer, [posted.entry.id], failure).await?));
    }
    let mut after = before.clone().into_active_model();
    after.deleted_at = Set(Some(posted.entry.created_at));
    after.updated_at = Set(posted.entry.created_at);
    after.same_as_id = Set(same_as);
    Ok(Ok(after.update(tx).await?))
}

/// The result for an operation that the wallet refused: records the refusal in the activity log and returns it as a
/// value, so that the failed journal entry is committed.
async fn refused(tx: &Transaction, app: &App, act: ActivityEvent, refusal: Refusal) -> Result<Replayable<Attempted>> {
    act.refused([refusal.code]).record(tx, &app.clock).await?;
    Ok(Replayable { document: Err(refusal), replayed: false })
}

/// Moves the path of a refusal to `id`, since the input of a deletion names neither a wallet nor an amount.
fn of_deletion(refusal: Refusal) -> Refusal {
    match refusal.path.as_str() {
        "walletId" | "amount" => Refusal { path: "id".to_owned(), ..refusal },
        _ => refusal,
    }
}

fn unwritten() -> DbErr {
    DbErr::Custom("a draft has no result".to_owned())
}

/// The result of an earlier request with the same idempotency key; `None` when the key is new.
async fn repeated(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    act: ActivityEvent,
    idempotency: Option<&Idempotency>,
) -> Result<Option<Replayable<Attempted>>> {
    match document::repeated_attempt(tx, app, viewer, act, idempotency).await? {
        None => Ok(None),
        Some(earlier) => Ok(Some(replay(tx, viewer, earlier).await?)),
    }
}

/// The result of an earlier request.
async fn replay(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    earlier: Result<Id<kind::Transaction>, Refusal>,
) -> Result<Replayable<Attempted>> {
    let document = match earlier {
        Err(refusal) => Err(refusal),
        Ok(id) => {
            let found = find_many(conn, viewer, [id]).await?.pop();
            Ok(found.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?)
        }
    };
    Ok(Replayable { document, replayed: true })
}

/// Finds a transaction of the viewer's book that is neither deleted nor half of a transfer, and locks it.
async fn lock_standing(tx: &Transaction, viewer: &Viewer, id: &ID) -> Result<transaction::Model> {
    let missing = || Refusal::new(Code::NotFound, "id", "You have no such transaction.");
    let id: Id<kind::Transaction> = id.parse().map_err(|_| missing())?;
    let own = transaction::Entity::find_by_id(id).filter(transaction::Column::BookId.eq(viewer.book));
    let found = own.lock(LockType::NoKeyUpdate).one(tx).await?.ok_or_else(missing)?;
    if found.deleted_at.is_some() {
        return Err(Refusal::new(Code::NotAllowed, "id", "This transaction is deleted.").into());
    }
    if found.counterpart_id.is_some() {
        let message = "This transaction is half of a transfer. Undo the transfer first, with `undoTransfer`.";
        return Err(Refusal::new(Code::NotAllowed, "id", message).into());
    }
    Ok(found)
}

/// The draft that reverses a transaction. If the transaction's wallet refuses, the draft is recorded as a failed
/// attempt to move the money back.
async fn reversal(
    tx: &Transaction,
    viewer: &Viewer,
    transaction: &transaction::Model,
    idempotency: Option<Idempotency>,
) -> Result<journal::Draft> {
    // Both entries show the description in the wallet's history.
    let memo = transaction.description.clone();
    let mut draft = journal::reversal(tx, viewer, transaction.journal_entry_id, memo).await?;
    draft.idempotency = idempotency;
    let of_wallet = draft.lines.first().filter(|_| transaction.wallet_id.is_some());
    draft.attempt = of_wallet.map(|line| {
        let meant_for = (transaction.amount > 0).then_some(line.debit);
        Attempt { debit: line.credit, credit: line.debit, meant_for }
    });
    Ok(draft)
}

/// Posts the new version of a transaction and the reversal of the old one, both or neither.
async fn replace(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    before: &transaction::Model,
    item: &Item,
) -> Result<Result<Posted, Refusal>> {
    let reversal = reversal(tx, viewer, before, None).await?;
    let draft = write::drafts(tx, app, viewer, std::slice::from_ref(item)).await?.pop();
    let draft = draft.ok_or_else(unwritten)?;
    let id = draft.id;
    // A refusal of either draft is recorded as a failed entry of the new version. But if the transaction moves away
    // from a wallet and the reversal is refused, the failed entry is of the reversal, so that it appears in the history
    // of the wallet that refused.
    let stays = item.wanted.wallet.as_ref().map(|wallet| wallet.wallet.id) == before.wallet_id;
    let leaving = journal::Draft { idempotency: item.idempotency.clone(), ..reversal.clone() };
    let trace = if stays { draft.clone() } else { leaving };
    let mut drafts = [JointDraft { trace: draft.clone(), draft }, JointDraft { trace, draft: reversal }];
    // The balance is checked after each draft. So the draft that adds money to the wallet is posted first.
    if (before.kind == CategoryKind::Expense) == (before.amount > 0) {
        drafts.reverse();
    }
    let posted = match journal::post_together(tx, &app.clock, &drafts).await? {
        Ok(posted) => posted.into_iter().find(|posted| posted.entry.id == id),
        Err(Refused::Failed(failure)) => {
            let traces = drafts.iter().map(|joint| joint.trace.id);
            return Ok(Err(document::recorded_refusal(tx, viewer, traces, failure).await?));
        }
        Err(refused) => return Ok(Err(document::wallet_refusal(refused))),
    };
    Ok(Ok(posted.ok_or_else(unwritten)?))
}
