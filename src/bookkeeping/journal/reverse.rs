//! Reversal: the only way to correct an entry. The same sides with negated amounts and the same effective date, so that
//! turnovers, not only balances, come out as if the entry had never been.

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
    identity::Viewer,
};

/// Takes an entry of the viewer's book back.
///
/// # Errors
/// `NOT_FOUND` when the book has no such entry, `NOT_ALLOWED` when it failed, is a reversal itself, was reversed
/// before or moved money of another book; what the journal refuses, for example `INSUFFICIENT_FUNDS` when the money is spent.
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

/// The draft that takes an entry of the viewer's book back, to be posted alone or with the entry that replaces it.
///
/// # Errors
/// As for [`reverse()`], but for what the journal refuses.
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
