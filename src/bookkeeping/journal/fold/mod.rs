//! The fold step of posting: applies drafts one after the other to accounts in memory. Pure: reads and writes only its
//! arguments, never the database or the clock.
//!
//! In [`fold`] each draft succeeds or is refused on its own; in [`fold_together`] all of them succeed or none does. A
//! refused draft with an `attempt` is recorded: an entry with status `FAILED` and a posting of amount zero.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use super::{Attempt, Draft, JointDraft, Line, Posted, Refused, account::balance, draft, replay};
use crate::{
    entity::{
        account::{self, AccountStatus},
        journal_entry::{self, EntryStatus, Failure},
        posting,
    },
    error::Result,
    id::{Id, kind},
};

/// The rows that were read, and the rows to be written.
#[derive(Clone, Debug)]
pub(super) struct State {
    accounts: HashMap<Id<kind::Account>, account::Model>,
    changed: BTreeSet<Id<kind::Account>>,
    repeats: Vec<journal_entry::Model>,
    now: DateTime<Utc>,
    /// The entries to be written.
    pub(super) entries: Vec<journal_entry::Model>,
    /// The postings to be written.
    pub(super) postings: Vec<posting::Model>,
}

/// Why a draft cannot be applied to the accounts.
enum Stop {
    Failure(Failure),
    /// A bug in the caller: a draft names an account that does not exist.
    NoAccount(Id<kind::Account>),
    /// A bug in the caller: a line has the amount zero. Only failed entries may have such a posting.
    NothingMoves,
}

impl State {
    pub(super) fn new(
        accounts: HashMap<Id<kind::Account>, account::Model>,
        repeats: Vec<journal_entry::Model>,
        now: DateTime<Utc>,
    ) -> Self {
        Self { accounts, changed: BTreeSet::new(), repeats, now, entries: Vec::new(), postings: Vec::new() }
    }

    /// Returns an account that one of the drafts names.
    pub(super) fn account(&self, id: Id<kind::Account>) -> Option<&account::Model> {
        self.accounts.get(&id)
    }

    /// The accounts whose counters must be written.
    pub(super) fn changed(&self) -> impl Iterator<Item = &account::Model> {
        self.changed.iter().filter_map(|id| self.accounts.get(id))
    }
}

/// Applies the drafts in order. Returns one result for each draft, in the same order.
///
/// # Errors
/// When a draft names an account that does not exist or has a line of amount zero.
pub(super) fn fold(state: &mut State, drafts: &[Draft]) -> Result<Vec<Result<Posted, Refused>>> {
    drafts.iter().map(|draft| post(state, draft, &HashSet::new())).collect()
}

/// Applies the drafts in order, or none of them. When one is refused, its `trace` is recorded as failed with the same
/// failure, if the trace has an `attempt`. Accounts whose net change over all drafts is zero skip the status and
/// overdraft checks.
///
/// # Errors
/// As for [`fold`].
pub(super) fn fold_together(state: &mut State, drafts: &[JointDraft]) -> Result<Result<Vec<Posted>, Refused>> {
    let before = state.clone();
    let net_zero = net_zero(drafts);
    let mut all = Vec::with_capacity(drafts.len());
    for JointDraft { draft, trace } in drafts {
        let refused = match post(state, draft, &net_zero)? {
            Ok(Posted { entry: journal_entry::Model { failure: Some(failure), .. }, .. }) => Refused::Failed(failure),
            Ok(posted) => {
                all.push(posted);
                continue;
            }
            Err(refused) => refused,
        };
        *state = before;
        if let Refused::Failed(failure) = refused {
            // The caller gets the refusal below; the result of recording the failed entry says the same.
            let _recorded = refuse(state, trace, failure)?;
        }
        return Ok(Err(refused));
    }
    Ok(Ok(all))
}

/// The accounts whose net change over all drafts is zero.
fn net_zero(drafts: &[JointDraft]) -> HashSet<Id<kind::Account>> {
    let mut moved: HashMap<_, i128> = HashMap::new();
    for line in drafts.iter().flat_map(|joint| &joint.draft.lines) {
        *moved.entry(line.debit).or_default() += i128::from(line.amount);
        *moved.entry(line.credit).or_default() -= i128::from(line.amount);
    }
    moved.into_iter().filter(|(_, moved)| *moved == 0).map(|(account, _)| account).collect()
}

fn post(state: &mut State, draft: &Draft, net_zero: &HashSet<Id<kind::Account>>) -> Result<Result<Posted, Refused>> {
    if let Some(answer) = repeated(state, draft) {
        return Ok(answer);
    }
    let failure = match apply(state, draft, &draft.lines, Some(net_zero)) {
        Ok(postings) => return Ok(Ok(record(state, draft, None, postings))),
        Err(stop) => stop.into_failure()?,
    };
    refuse(state, draft, failure)
}

/// Records a refused draft as a failed entry if it has an `attempt`; otherwise returns the refusal.
fn refuse(state: &mut State, draft: &Draft, failure: Failure) -> Result<Result<Posted, Refused>> {
    let Some(attempt) = draft.attempt else { return Ok(Err(Refused::Failed(failure))) };
    let trace = Line { debit: attempt.debit, credit: attempt.credit, amount: 0 };
    let postings = match apply(state, draft, &[trace], None) {
        Ok(postings) => postings,
        Err(stop) => return Ok(Err(Refused::Failed(stop.into_failure()?))),
    };
    Ok(Ok(record(state, draft, Some((failure, attempt)), postings)))
}

/// The result for a draft whose idempotency key or reference is already used by an entry in the database or by an
/// earlier draft of this call; `None` when neither is used.
fn repeated(state: &State, draft: &Draft) -> Option<Result<Posted, Refused>> {
    let mut known = state.repeats.iter().chain(&state.entries).filter(|entry| entry.book_id == draft.book_id);
    if let Some(idempotency) = &draft.idempotency
        && let Some(earlier) =
            known.clone().find(|entry| entry.idempotency_key.as_deref() == Some(idempotency.key.as_str()))
    {
        return Some(replay::answer(earlier, idempotency));
    }
    let reference = draft.reference.as_deref()?;
    known
        .any(|entry| entry.status == EntryStatus::Succeeded && entry.reference == reference)
        .then_some(Err(Refused::ReferenceTaken))
}

/// Applies all lines to the accounts, or none. With `guarded_but`, first checks the status and the balance of every
/// account that is not in that set. With `None` nothing is checked, which is for the zero posting of a failed entry.
fn apply(
    state: &mut State,
    draft: &Draft,
    lines: &[Line],
    guarded_but: Option<&HashSet<Id<kind::Account>>>,
) -> Result<Vec<posting::Model>, Stop> {
    let mut accounts: HashMap<Id<kind::Account>, account::Model> = HashMap::new();
    for id in lines.iter().flat_map(|line| [line.debit, line.credit]) {
        let account = state.accounts.get(&id).ok_or(Stop::NoAccount(id))?;
        accounts.insert(id, account.clone());
    }
    if let Some(net_zero) = guarded_but {
        check(&accounts, draft, lines, net_zero)?;
    }
    let at = moment(state.now, accounts.values());
    let effective_on = draft.effective_on.unwrap_or(at.date_naive());
    let mut postings = Vec::with_capacity(lines.len());
    for (line, number) in lines.iter().zip(1..) {
        let (debit_seq, debit_balance) = step(&mut accounts, line.debit, (line.amount, 0), at)?;
        let (credit_seq, credit_balance) = step(&mut accounts, line.credit, (0, line.amount), at)?;
        postings.push(posting::Model {
            entry_id: draft.id,
            line: number,
            amount: line.amount,
            effective_on,
            debit_account_id: line.debit,
            debit_seq,
            debit_balance,
            credit_account_id: line.credit,
            credit_seq,
            credit_balance,
        });
    }
    state.changed.extend(accounts.keys());
    state.accounts.extend(accounts);
    Ok(postings)
}

/// Checks whether the accounts allow the lines. The order matters for which failure is reported: same account and
/// currency first, since these never change, then status, then balance.
fn check(
    accounts: &HashMap<Id<kind::Account>, account::Model>,
    draft: &Draft,
    lines: &[Line],
    net_zero: &HashSet<Id<kind::Account>>,
) -> Result<(), Stop> {
    let is_shut = |account: &account::Model| account.status != AccountStatus::Active && !net_zero.contains(&account.id);
    let mut left: HashMap<Id<kind::Account>, i128> = HashMap::new();
    for line in lines {
        let debit = accounts.get(&line.debit).ok_or(Stop::NoAccount(line.debit))?;
        let credit = accounts.get(&line.credit).ok_or(Stop::NoAccount(line.credit))?;
        if line.amount == 0 {
            return Err(Stop::NothingMoves);
        }
        let failure = match () {
            () if line.debit == line.credit => Some(Failure::SameAccount),
            () if debit.currency != draft.currency || credit.currency != draft.currency => {
                Some(Failure::CurrencyMismatch)
            }
            () if is_shut(debit) => Some(Failure::DebitNotActive),
            () if is_shut(credit) => Some(Failure::CreditNotActive),
            // The same failure as for a frozen wallet, so that the payer learns nothing about the payee.
            () if credit.closing && credit.book_id != draft.book_id => Some(Failure::CreditNotActive),
            () => None,
        };
        if let Some(failure) = failure {
            return Err(Stop::Failure(failure));
        }
        for (account, amount) in [(debit, -i128::from(line.amount)), (credit, i128::from(line.amount))] {
            *left.entry(account.id).or_insert(i128::from(account.credits) - i128::from(account.debits)) += amount;
        }
    }
    // Only the balance after the whole entry is checked, not the balances between its lines. All guarded accounts are
    // wallets, whose normal side is credit.
    let is_overdrawn = |account: &account::Model| {
        let may = account.may_overdraw || net_zero.contains(&account.id);
        !may && left.get(&account.id).is_some_and(|left| *left < 0)
    };
    if accounts.values().any(is_overdrawn) {
        return Err(Stop::Failure(Failure::InsufficientFunds));
    }
    Ok(())
}

/// Adds one posting to an account's counters. Returns the posting's number (`seq`) on the account and the balance after
/// it.
fn step(
    accounts: &mut HashMap<Id<kind::Account>, account::Model>,
    id: Id<kind::Account>,
    (debit, credit): (i64, i64),
    at: DateTime<Utc>,
) -> Result<(i64, i64), Stop> {
    let account = accounts.get_mut(&id).ok_or(Stop::NoAccount(id))?;
    let too_much = Stop::Failure(Failure::LimitReached);
    let (Some(debits), Some(credits)) = (account.debits.checked_add(debit), account.credits.checked_add(credit)) else {
        return Err(too_much);
    };
    account.debits = debits;
    account.credits = credits;
    account.postings += 1;
    account.posted_at = Some(at);
    Ok((account.postings, balance(account)))
}

/// The time of an entry: the current time, but never before the latest posting on its accounts, even if the clocks of
/// two servers differ. So the postings of an account are ordered by time, and a binary search can find a moment. The
/// clocks of servers on one database must be synchronised: a server whose clock is ahead also moves the times of later
/// entries on the same accounts ahead.
fn moment<'a>(now: DateTime<Utc>, accounts: impl Iterator<Item = &'a account::Model>) -> DateTime<Utc> {
    accounts.filter_map(|account| account.posted_at).fold(now, DateTime::max)
}

fn record(
    state: &mut State,
    draft: &Draft,
    failed: Option<(Failure, Attempt)>,
    postings: Vec<posting::Model>,
) -> Posted {
    let touched = postings.iter().flat_map(|line| [line.debit_account_id, line.credit_account_id]);
    let created_at = moment(state.now, touched.filter_map(|id| state.accounts.get(&id)));
    let effective_on = draft.effective_on.unwrap_or(created_at.date_naive());
    let idempotency = draft.idempotency.as_ref();
    let entry = journal_entry::Model {
        id: draft.id,
        book_id: draft.book_id,
        kind: draft.kind,
        status: if failed.is_some() { EntryStatus::Failed } else { EntryStatus::Succeeded },
        failure: failed.map(|(failure, _)| failure),
        // A failed reversal has reversed nothing: it is recorded as an attempt to move the positive amount.
        amount: if failed.is_some() { draft.amount.saturating_abs() } else { draft.amount },
        currency: draft.currency,
        effective_on,
        memo: draft.memo.clone(),
        reference: draft
            .reference
            .clone()
            .unwrap_or_else(|| draft::reference(draft.id, draft.kind, created_at.date_naive())),
        idempotency_key: idempotency.map(|idempotency| idempotency.key.clone()),
        request_hash: idempotency.map(|idempotency| idempotency.request_hash.clone()),
        reverses_id: draft.reverses_id.filter(|_| failed.is_none()),
        document_id: draft.document_id,
        meant_for_id: failed.and_then(|(_, attempt)| attempt.meant_for),
        actor_id: draft.actor_id,
        created_at,
    };
    state.entries.push(entry.clone());
    state.postings.extend(postings.iter().cloned());
    Posted { entry, postings, replayed: false }
}

impl Stop {
    /// Returns the failure, or an error when the draft itself was wrong.
    fn into_failure(self) -> Result<Failure> {
        match self {
            Self::Failure(failure) => Ok(failure),
            Self::NoAccount(id) => {
                Err(DbErr::RecordNotFound(format!("a draft names {id}, which does not exist")).into())
            }
            Self::NothingMoves => Err(DbErr::Custom("a line of a draft moves nothing".to_owned()).into()),
        }
    }
}

#[cfg(test)]
mod tests;
