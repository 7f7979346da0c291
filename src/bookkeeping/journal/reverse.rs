//! Reversal, the only way to correct an entry: a new entry with the same sides, negated amounts and the same effective
//! date. So turnovers, not only balances, are as if the entry had never been posted.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

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
    let original = journal_entry::Entity::find_by_id(entry_id)
        .filter(journal_entry::Column::BookId.eq(viewer.book))
        .one(tx)
        .await?
        .ok_or_else(|| Refusal::new(Code::NotFound, "id", "There is no such entry."))?;
    if original.status == EntryStatus::Failed || original.reverses_id.is_some() {
        return Err(Refusal::new(Code::NotAllowed, "id", "Only an entry that moved money can be reversed.").into());
    }
    let reversed = journal_entry::Entity::find().filter(journal_entry::Column::ReversesId.eq(entry_id)).one(tx).await?;
    if reversed.is_some() {
        return Err(Refusal::new(Code::NotAllowed, "id", "This entry was already reversed.").into());
    }
    let postings = posting::Entity::find()
        .filter(posting::Column::EntryId.eq(entry_id))
        .order_by_asc(posting::Column::Line)
        .all(tx)
        .await?;
    let touched = postings.iter().flat_map(|posting| [posting.debit_account_id, posting.credit_account_id]);
    let others = account::Entity::find()
        .filter(account::Column::Id.is_in(touched))
        .filter(account::Column::BookId.ne(viewer.book))
        .count(tx)
        .await?;
    if others > 0 {
        let message = "This entry paid somebody else's wallet. Only its owner can give the money back.";
        return Err(Refusal::new(Code::NotAllowed, "id", message).into());
    }
    Ok(Draft {
        id: Id::generate(),
        book_id: original.book_id,
        actor_id: viewer.user,
        kind: original.kind,
        amount: -original.amount,
        currency: original.currency,
        lines: postings
            .iter()
            .map(|posting| Line {
                debit: posting.debit_account_id,
                credit: posting.credit_account_id,
                amount: -posting.amount,
            })
            .collect(),
        effective_on: Some(original.effective_on),
        memo,
        reference: None,
        idempotency: None,
        document_id: original.document_id,
        reverses_id: Some(entry_id),
        attempt: None,
    })
}
