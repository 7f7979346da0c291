//! Posting: locks and reads, folds in memory, writes.

use super::{
    account,
    draft::{Draft, JointDraft, Posted, Refused},
    fold, replay, write,
};
use crate::{clock::Clock, db::Transaction, error::Result};

/// Posts the drafts in the caller's transaction: all of them or none. When one is refused, its `trace` is recorded as
/// failed if the trace has an `attempt`. An account whose net change over all drafts is zero skips the status and
/// overdraft checks, so even a closed wallet does not refuse a change that leaves its balance as it is.
///
/// # Errors
/// As for [`post`]. The inner result holds a refusal by the journal.
pub async fn post_together(
    tx: &Transaction,
    clock: &Clock,
    drafts: &[JointDraft],
) -> Result<Result<Vec<Posted>, Refused>> {
    let own: Vec<_> = drafts.iter().map(|joint| &joint.draft).collect();
    let mut state = read(tx, clock, &own).await?;
    let posted = fold::fold_together(&mut state, drafts)?;
    write::write(tx, &state).await?;
    Ok(posted)
}

/// Posts the drafts in the caller's transaction, so that a document and its entry are written together. Returns one
/// result for each draft, in the same order.
///
/// # Errors
/// When the database fails; the caller must then roll the transaction back.
pub async fn post(tx: &Transaction, clock: &Clock, drafts: &[Draft]) -> Result<Vec<Result<Posted, Refused>>> {
    let mut state = read(tx, clock, &drafts.iter().collect::<Vec<_>>()).await?;
    let mut results = fold::fold(&mut state, drafts)?;
    write::write(tx, &state).await?;
    replay::load_postings(tx, results.iter_mut().flatten()).await?;
    Ok(results)
}

/// Locks the accounts of the drafts and reads all that the fold needs.
async fn read(tx: &Transaction, clock: &Clock, drafts: &[&Draft]) -> Result<fold::State> {
    let accounts = account::lock(tx, drafts).await?;
    let repeats = replay::find(tx, drafts).await?;
    // Read the clock only after the accounts are locked, so that the entries of an account are in the order of their
    // times.
    Ok(fold::State::new(accounts, repeats, clock.now()))
}
