//! The fold step of posting: applies drafts one after the other to accounts in memory. Pure: reads and writes only its
//! arguments, never the database or the clock.
//!
//! In [`fold`] each draft succeeds or is refused on its own; in [`fold_together`] all of them succeed or none does. A
//! refused draft with an `attempt` is recorded: an entry with status `FAILED` and a posting of amount zero.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use super::{
    Attempt, Draft, Idempotency, JointDraft, Line, MOST_TAKEN_IN, Posted, Refused, account::balance, replay, totals,
};
use crate::{
    entity::{
        account::{self, AccountKind, AccountStatus},
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
    /// What earlier requests used of the keys and references of the drafts.
    pub(super) repeats: replay::Repeats,
    now: DateTime<Utc>,
    /// The entries to be written.
    pub(super) entries: Vec<journal_entry::Model>,
    /// The postings to be written.
    pub(super) postings: Vec<posting::Model>,
}

/// The accounts of an entry, by id.
type Accounts = HashMap<Id<kind::Account>, account::Model>;

/// What an entry is checked for.
#[derive(Clone, Copy)]
enum Checks<'a> {
    /// Nothing: the zero posting of a failed entry.
    Nothing,
    /// Everything.
    Alone,
    /// Everything but the limit on what wallets take in, which holds for all drafts together. The accounts of this set
    /// skip the checks of status and balance too.
    Together(&'a HashSet<Id<kind::Account>>),
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
        repeats: replay::Repeats,
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
    drafts.iter().map(|draft| post_alone(state, draft)).collect()
}

/// Applies one draft.
///
/// # Errors
/// As for [`fold`].
pub(super) fn post_alone(state: &mut State, draft: &Draft) -> Result<Result<Posted, Refused>> {
    post(state, draft, Checks::Alone)
}

/// Records a draft that the caller refused.
///
/// # Errors
/// As for [`fold`].
pub(super) fn fold_refused(state: &mut State, draft: &Draft, failure: Failure) -> Result<Result<Posted, Refused>> {
    if let Some(answer) = repeated(state, draft) {
        return Ok(answer);
    }
    refuse(state, draft, failure)
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
    for (JointDraft { draft, trace }, left) in drafts.iter().zip((0..drafts.len()).rev()) {
        let refused = match post(state, draft, Checks::Together(&net_zero))? {
            Ok(Posted { entry: journal_entry::Model { failure: Some(failure), .. }, .. }) => Refused::Failed(failure),
            Ok(_) if left == 0 && takes_in_too_much(&before.accounts, &state.accounts) => {
                Refused::Failed(Failure::LimitReached)
            }
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

fn post(state: &mut State, draft: &Draft, checks: Checks<'_>) -> Result<Result<Posted, Refused>> {
    if let Some(answer) = repeated(state, draft) {
        return Ok(answer);
    }
    let failure = match apply(state, draft, &draft.lines, checks) {
        Ok(postings) => return Ok(Ok(record(state, draft, None, postings))),
        Err(stop) => stop.into_failure()?,
    };
    refuse(state, draft, failure)
}

/// Records a refused draft as a failed entry if it has an `attempt`; otherwise returns the refusal.
fn refuse(state: &mut State, draft: &Draft, failure: Failure) -> Result<Result<Posted, Refused>> {
    let Some(attempt) = draft.attempt else { return Ok(Err(Refused::Failed(failure))) };
    let trace = Line { debit: attempt.debit, credit: attempt.credit, amount: 0 };
    let postings = match apply(state, draft, &[trace], Checks::Nothing) {
        Ok(postings) => postings,
        Err(stop) => return Ok(Err(Refused::Failed(stop.into_failure()?))),
    };
    Ok(Ok(record(state, draft, Some((failure, attempt)), postings)))
}

/// The result for a draft whose idempotency key or reference is already used by an entry in the database or by an
/// earlier draft of this call; `None` when neither is used.
fn repeated(state: &State, draft: &Draft) -> Option<Result<Posted, Refused>> {
    if let Some(idempotency) = &draft.idempotency
        && let Some(answer) = repeated_key(state, draft.book_id, idempotency)
    {
        return Some(answer);
    }
    let reference = draft.reference.as_deref()?;
    known(state, draft.book_id)
        .find(|entry| entry.status == EntryStatus::Succeeded && entry.reference == reference)
        .map(|entry| Err(Refused::ReferenceTaken(entry.into())))
}

/// The result for an idempotency key that is already used by an entry in the database, by an earlier draft of this call, or
/// by a request that posted nothing.
pub(super) fn repeated_key(
    state: &State,
    book: Id<kind::Book>,
    idempotency: &Idempotency,
) -> Option<Result<Posted, Refused>> {
    let has_key = |entry: &&journal_entry::Model| entry.idempotency_key.as_deref() == Some(idempotency.key.as_str());
    state.repeats.answer(known(state, book).find(has_key), book, idempotency)
}

/// The entries of a book that were read, and those to be written.
fn known(state: &State, book: Id<kind::Book>) -> impl Iterator<Item = &journal_entry::Model> {
    state.repeats.entries.iter().chain(&state.entries).filter(move |entry| entry.book_id == book)
}

/// Applies all lines to the accounts, or none.
fn apply(state: &mut State, draft: &Draft, lines: &[Line], checks: Checks<'_>) -> Result<Vec<posting::Model>, Stop> {
    let mut accounts = Accounts::new();
    for id in lines.iter().flat_map(|line| [line.debit, line.credit]) {
        let account = state.accounts.get(&id).ok_or(Stop::NoAccount(id))?;
        accounts.insert(id, account.clone());
    }
    match checks {
        Checks::Nothing => {}
        Checks::Alone => check(&accounts, draft, lines, &HashSet::new())?,
        Checks::Together(net_zero) => check(&accounts, draft, lines, net_zero)?,
    }
    let at = moment(state.now, accounts.values());
    let effective_on = draft.effective_on.unwrap_or(at.date_naive());
    let mut postings = Vec::with_capacity(lines.len());
    for (line, number) in lines.iter().zip(1..) {
        let (debit_seq, debit_balance) = step(&mut accounts, line.debit, (line.amount, 0), at)?;
        let (credit_seq, credit_balance) = step(&mut accounts, line.credit, (0, line.amount), at)?;
        take_in(&mut accounts, line)?;
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
    if matches!(checks, Checks::Alone) && takes_in_too_much(&state.accounts, &accounts) {
        return Err(Stop::Failure(Failure::LimitReached));
    }
    state.changed.extend(accounts.keys());
    state.accounts.extend(accounts);
    Ok(postings)
}

/// Checks whether the accounts allow the lines. The order decides which failure is reported: first status and balance of
/// the account that pays, then what concerns the account that is paid too. So a payer who cannot pay learns nothing
/// about the payee.
fn check(
    accounts: &Accounts,
    draft: &Draft,
    lines: &[Line],
    net_zero: &HashSet<Id<kind::Account>>,
) -> Result<(), Stop> {
    let account = |id| accounts.get(&id).ok_or(Stop::NoAccount(id));
    let mut left: HashMap<Id<kind::Account>, i128> = HashMap::new();
    for line in lines {
        if line.amount == 0 {
            return Err(Stop::NothingMoves);
        }
        for (id, amount) in [(line.debit, -i128::from(line.amount)), (line.credit, i128::from(line.amount))] {
            let account = account(id)?;
            *left.entry(id).or_insert(i128::from(account.credits) - i128::from(account.debits)) += amount;
        }
    }
    let active = |id, failure| {
        let is_active = account(id)?.status == AccountStatus::Active || net_zero.contains(&id);
        if is_active { Ok(()) } else { Err(Stop::Failure(failure)) }
    };
    let debit_active = |line: &Line| active(line.debit, Failure::DebitNotActive);
    let credit_active = |line: &Line| active(line.credit, Failure::CreditNotActive);
    for line in lines {
        // A reversal takes the money back from the account that was credited.
        if line.amount > 0 { debit_active(line)? } else { credit_active(line)? }
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
    for line in lines {
        if line.debit == line.credit {
            return Err(Stop::Failure(Failure::SameAccount));
        }
        if account(line.debit)?.currency != draft.currency || account(line.credit)?.currency != draft.currency {
            return Err(Stop::Failure(Failure::CurrencyMismatch));
        }
        debit_active(line)?;
        credit_active(line)?;
        // The same failure as for a frozen wallet, so that the payer learns nothing about the payee.
        if account(line.credit)?.closing && account(line.credit)?.book_id != draft.book_id {
            return Err(Stop::Failure(Failure::CreditNotActive));
        }
    }
    Ok(())
}

/// Adds one posting to an account's counters. Returns the posting's number (`seq`) on the account and the balance after
/// it.
fn step(
    accounts: &mut Accounts,
    id: Id<kind::Account>,
    (debit, credit): (i64, i64),
    at: DateTime<Utc>,
) -> Result<(i64, i64), Stop> {
    let account = accounts.get_mut(&id).ok_or(Stop::NoAccount(id))?;
    totals::add(account, debit, credit).ok_or(Stop::Failure(Failure::LimitReached))?;
    account.postings += 1;
    account.posted_at = Some(at);
    Ok((account.postings, balance(account)))
}

/// Counts money that a line moves between the outside and a wallet.
fn take_in(accounts: &mut Accounts, line: &Line) -> Result<(), Stop> {
    let kind = |id| accounts.get(&id).map(|account| account.kind);
    let (outside, amount) = match (kind(line.debit), kind(line.credit)) {
        (Some(AccountKind::Outside), Some(AccountKind::Wallet)) => (line.debit, Some(line.amount)),
        (Some(AccountKind::Wallet), Some(AccountKind::Outside)) => (line.credit, line.amount.checked_neg()),
        _ => return Ok(()),
    };
    let account = accounts.get_mut(&outside).ok_or(Stop::NoAccount(outside))?;
    let inflow = amount.and_then(|amount| account.wallet_inflow.checked_add(amount));
    account.wallet_inflow = inflow.ok_or(Stop::Failure(Failure::LimitReached))?;
    Ok(())
}

/// Whether the wallets of a book take in more than they may. What pays money to the outside is always allowed.
fn takes_in_too_much(before: &Accounts, after: &Accounts) -> bool {
    after.iter().any(|(id, account)| {
        let before = before.get(id).map_or(0, |account| account.wallet_inflow);
        account.wallet_inflow > MOST_TAKEN_IN.max(before)
    })
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
        reference: draft.reference.clone().unwrap_or_default(),
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
