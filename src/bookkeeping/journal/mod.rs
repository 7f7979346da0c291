//! The double-entry journal: the only writer of accounts, journal entries, postings and turnovers. Every amount that
//! Daybook shows comes from here.
//!
//! An *entry* records an event that moves money. Each of its *postings* moves one amount from a credit account to a
//! debit account, so an unbalanced entry cannot be stored. An account counts its debits, its credits and its postings.
//! Each posting stores, for both of its accounts, its number on the account (`seq`) and the account's balance after it.
//! So reading a balance, a page of history or the balance at a past moment costs the same however long the history is.
//! For the accounts that reports read, the turnovers of each day and each month are stored as well, so sums over dates
//! cost the same too.
//!
//! Posting takes a slice of drafts and runs these steps:
//!
//! | step | where | pure | what it does |
//! |---|---|---|---|
//! | prepare | the caller, [`Draft`] | yes | builds the drafts |
//! | lock | `account` | | locks the accounts of all drafts, in the order of their ids |
//! | read | `replay` | | finds earlier entries with the same idempotency key or reference |
//! | fold | `fold` | yes | applies the drafts one after the other in memory; each succeeds or is refused on its own |
//! | write | `write`, `turnover` | | writes each table once |
//!
//! Locks: one transaction locks only the accounts that its drafts name (three for a transfer), always in the order of
//! their ids, so two transactions cannot deadlock.
//!
//! Never update or delete an entry or a posting; correct an entry by a reversal ([`reverse()`]). Only what users wrote into entries
//! about a customer is overwritten when the customer is erased ([`erase_texts`]). Never write these tables from outside this module.

mod account;
mod attempt;
mod batch;
mod draft;
mod erase;
mod fold;
mod history;
mod in_order;
mod merged_history;
mod post;
mod replay;
mod reverse;
mod totals;
mod turnover;
mod versions;
mod write;

pub(super) use self::turnover::is_kept;

pub use self::{
    account::{Accounts, balance, lock_of_holder, of_holder, of_holders, open, set_closing, set_status},
    attempt::attempt_detail,
    batch::Batch,
    draft::{Attempt, Draft, Idempotency, JointDraft, Line, Posted, Refused, looks_made, reference},
    erase::{ERASED, NO_HASH, erase_refused, erase_texts, tell_of_refused, tell_of_texts},
    history::{BalanceAt, HistoryFilter, Side, Step, Steps, at, steps, steps_of_holder},
    merged_history::{MergedSteps, Place, merged_steps, place},
    post::{post, post_together},
    replay::{Marks, find_keys, find_repeat, load_postings},
    reverse::{reversal, reversals, reverse},
    totals::{MOST_TAKEN_IN, carried},
    turnover::{Credited, Turnover, credited, last_days, months, months_in_others, turnovers},
    versions::{Version, Versions, same_as_first, shares},
};
