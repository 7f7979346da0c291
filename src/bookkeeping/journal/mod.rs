//! The double-entry journal: the only writer of accounts, journal entries, postings and turnovers. Every number comes from
//! here.
//!
//! An *entry* is something that happened to money. Its *postings* each move one amount from a credit account to a debit
//! account, so an entry that does not balance cannot be written down. An account counts its debits, its credits and its
//! postings, and each posting carries the number (`seq`) and the balance that it left behind on both accounts; so a
//! balance, a page of history or the balance at a moment in the past costs the same however long the history is. Of the
//! accounts that reports read, the turnovers of each day and month are kept too, so that sums over dates do as well.
//!
//! Posting takes a slice of drafts and goes through these steps:
//!
//! | step | where | pure | what it does |
//! |---|---|---|---|
//! | prepare | the caller, [`Draft`] | yes | says what is to be moved |
//! | lock | `account` | | locks the accounts of all drafts, in the order of their ids |
//! | read | `repeats` | | finds entries with the same idempotency key or reference |
//! | fold | `fold` | yes | applies one draft after the other in memory; each succeeds or is refused on its own |
//! | write | `write`, `rollup` | | writes each table once |
//!
//! What bounds it: one transaction locks the accounts that its drafts name, three for a transfer, and always in the same
//! order, so that two of them cannot wait for each other. What may not happen: an entry or a posting is never updated or
//! deleted (a correction is a reversal, [`reverse()`]), and nothing outside this module writes its tables.

mod account;
mod draft;
mod fold;
mod history;
mod replay;
mod reverse;
mod turnover;
mod versions;
mod write;

pub(super) use self::turnover::is_kept;

pub use self::{
    account::{Accounts, balance, lock_of_holder, of_holder, of_holders, open, set_status},
    draft::{Attempt, Draft, Idempotency, JointDraft, Line, Posted, Refused},
    history::{HistoryFilter, Side, Standing, Step, Steps, at, steps},
    replay::{find_keys, find_repeat},
    reverse::{reversal, reverse},
    turnover::{Turnover, last_days, months, months_in_others, turnovers},
    versions::{Version, shares, versions},
};
use crate::{clock::Clock, db::Transaction, error::Result};

/// Posts drafts in the caller's transaction, all of them or none. When one is refused, its trace is put on record if it asks for
/// that. What all of them together leave in an account counts: where that is what was there, not even a closed wallet refuses.
///
/// # Errors
/// As for [`post`]; what the journal refuses is in the inner result.
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

/// Posts drafts in the caller's transaction, so that a document and its entry are written together. The results are in
/// the order of the drafts.
///
/// # Errors
/// When the database fails; the transaction must then be given up.
pub async fn post(tx: &Transaction, clock: &Clock, drafts: &[Draft]) -> Result<Vec<Result<Posted, Refused>>> {
    let mut state = read(tx, clock, &drafts.iter().collect::<Vec<_>>()).await?;
    let mut results = fold::fold(&mut state, drafts)?;
    write::write(tx, &state).await?;
    replay::load_postings(tx, &mut results).await?;
    Ok(results)
}

/// Locks the accounts of drafts and reads what the fold must know.
async fn read(tx: &Transaction, clock: &Clock, drafts: &[&Draft]) -> Result<fold::State> {
    let accounts = account::lock(tx, drafts).await?;
    let repeats = replay::find(tx, drafts).await?;
    // The clock is read only now, when the accounts are ours: their entries are in the order of their times.
    Ok(fold::State::new(accounts, repeats, clock.now()))
}
