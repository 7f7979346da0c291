//! Reversal, the only way to correct an entry: a new entry with the same sides, negated amounts and the same effective
//! date. So turnovers, not only balances, are as if the entry had never been posted.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::{Draft, Line, Posted, post};
use crate::{
    clock::Clock,
    db::Transaction,
    entity::{
        account,
        journal_entry::{self, EntryStatus},
        posting,
    },
    error::{Code, Refusal, Result},
    id::{Id, kind},
    list::any_of::any_of,
    viewer::Viewer,
};

/// Reverses an entry of the viewer's book.
///
/// # Errors
/// `NOT_FOUND` when the book has no such entry; `NOT_ALLOWED` when the entry failed, is itself a reversal, is already
/// reversed or moved money of another book; a refusal by the journal, for example `INSUFFICIENT_FUNDS` when the money
/// is already spent.
pub async fn reverse(
    tx: &Transaction,
    clock: &Clock,
    viewer: &Viewer,
    entry_id: Id<kind::Entry>,
    memo: Option<String>,
) -> Result<Posted> {
    let draft = reversal(tx, viewer, entry_id, memo).await?;
    let posted = post(tx, clock, &[draft]).await?.remove(0);
    Ok(posted.map_err(Refusal::from)?)
}

/// Builds the draft that reverses an entry of the viewer's book. The caller posts it alone or together with the entry
/// that replaces the original.
///
/// # Errors
/// As for [`reverse()`], except refusals by the journal.
pub async fn reversal(
    tx: &Transaction,
    viewer: &Viewer,
    entry_id: Id<kind::Entry>,
    memo: Option<String>,
) -> Result<Draft> {
    let draft = reversals(tx, viewer, vec![(entry_id, memo)]).await?.pop();
    Ok(draft.ok_or_else(|| DbErr::Custom("an entry has no reversal".to_owned()))?)
}

/// Builds the drafts that reverse several entries of the viewer's book, each with its note, in input order.
///
/// # Errors
/// As for [`reversal`].
pub async fn reversals(
    tx: &Transaction,
    viewer: &Viewer,
    entries: Vec<(Id<kind::Entry>, Option<String>)>,
) -> Result<Vec<Draft>> {
    let backend = tx.get_database_backend();
    let ids = || entries.iter().map(|(id, _)| *id);
    let originals = journal_entry::Entity::find()
        .filter(any_of(backend, journal_entry::Column::Id, ids()))
        .filter(journal_entry::Column::BookId.eq(viewer.book))
        .all(tx)
        .await?;
    let originals: HashMap<_, _> = originals.into_iter().map(|original| (original.id, original)).collect();
    let refused = |code, message| Err(Refusal::new(code, "id", message).into());
    for id in ids() {
        let Some(original) = originals.get(&id) else { return refused(Code::NotFound, "There is no such entry.") };
        if original.status == EntryStatus::Failed || original.reverses_id.is_some() {
            return refused(Code::NotAllowed, "Only an entry that moved money can be reversed.");
        }
    }
    let reversed = any_of(backend, journal_entry::Column::ReversesId, ids());
    if journal_entry::Entity::find().filter(reversed).count(tx).await? > 0 {
        return refused(Code::NotAllowed, "This entry was already reversed.");
    }
    let postings = posting::Entity::find()
        .filter(any_of(backend, posting::Column::EntryId, ids()))
        .order_by_asc(posting::Column::EntryId)
        .order_by_asc(posting::Column::Line)
        .all(tx)
        .await?;
    let touched = postings.iter().flat_map(|posting| [posting.debit_account_id, posting.credit_account_id]);
    let others = account::Entity::find()
        .filter(any_of(backend, account::Column::Id, touched.collect::<BTreeSet<_>>()))
        .filter(account::Column::BookId.ne(viewer.book))
        .count(tx)
        .await?;
    if others > 0 {
        let message = "This entry paid somebody else's wallet. Only its owner can give the money back.";
        return refused(Code::NotAllowed, message);
    }
    let mut lines: HashMap<_, Vec<_>> = HashMap::new();
    for posting in &postings {
        lines.entry(posting.entry_id).or_default().push(Line {
            debit: posting.debit_account_id,
            credit: posting.credit_account_id,
            amount: -posting.amount,
        });
    }
    let draft = |(id, memo): (Id<kind::Entry>, Option<String>)| {
        let original = originals.get(&id)?;
        Some(reversing(original, viewer, lines.remove(&id).unwrap_or_default(), memo))
    };
    Ok(entries.into_iter().filter_map(draft).collect())
}

fn reversing(original: &journal_entry::Model, viewer: &Viewer, lines: Vec<Line>, memo: Option<String>) -> Draft {
    Draft {
        id: Id::generate(),
        book_id: original.book_id,
        actor_id: viewer.user,
        kind: original.kind,
        amount: -original.amount,
        currency: original.currency,
        lines,
        effective_on: Some(original.effective_on),
        memo,
        reference: None,
        idempotency: None,
        document_id: original.document_id,
        reverses_id: Some(original.id),
        attempt: None,
    }
}
