//! Checks one account posting by posting: numbers, balances, times, counters and turnovers. Pure.
//!
//! Each posting is compared with the previous one, so one wrong row is reported once, not again for every row after it.

use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, NaiveDate, Utc};

use super::difference::{Check, Money, Report};
use crate::{
    bookkeeping::journal::{self, Turnover},
    entity::account::{self, AccountKind, AccountStatus},
    id::{Id, kind},
};

/// One side of a posting, as seen from the account on that side.
#[derive(Clone, Debug)]
pub(in crate::bookkeeping::verify) struct Leg {
    pub(in crate::bookkeeping::verify) account_id: Id<kind::Account>,
    pub(in crate::bookkeeping::verify) seq: i64,
    pub(in crate::bookkeeping::verify) balance: i64,
    pub(in crate::bookkeeping::verify) amount: i64,
    pub(in crate::bookkeeping::verify) entry_id: Id<kind::Entry>,
    pub(in crate::bookkeeping::verify) effective_on: NaiveDate,
    /// The time of the entry; `None` when the entry does not exist.
    pub(in crate::bookkeeping::verify) created_at: Option<DateTime<Utc>>,
    pub(in crate::bookkeeping::verify) is_reversal: bool,
}

/// The side of a posting that an account is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping::verify) enum Side {
    Debit,
    Credit,
}

/// The state of the check of one account.
pub(in crate::bookkeeping::verify) struct Chain<'a> {
    account: &'a account::Model,
    /// 1 when debits increase the balance, -1 when they decrease it.
    debits_add: i128,
    debits: i128,
    credits: i128,
    count: i64,
    last: Option<Leg>,
    is_overdrawn: bool,
    days: BTreeMap<NaiveDate, Turnover>,
}

impl<'a> Chain<'a> {
    pub(in crate::bookkeeping::verify) fn new(account: &'a account::Model) -> Self {
        let one_debit = account::Model { debits: 1, credits: 0, ..account.clone() };
        let debits_add = journal::balance(&one_debit).into();
        let days = BTreeMap::new();
        Self { account, debits_add, debits: 0, credits: 0, count: 0, last: None, is_overdrawn: false, days }
    }

    /// Checks the next posting. Postings must come in the order of their numbers.
    pub(in crate::bookkeeping::verify) fn step(&mut self, leg: Leg, side: Side, report: &mut Report<'_>) {
        let (account, amount) = (self.account, i128::from(leg.amount));
        let named = named(account);
        let money = |minor: i128| Money::new(minor, account.currency);
        let (seq, before) = self.last.as_ref().map_or((0, 0), |last| (last.seq, last.balance));
        let what = format_args!("the number of a posting of {named}, of {}", leg.entry_id);
        report.same(Check::PostingSeq, account.id, what, seq + 1, leg.seq);
        let (debit, credit) = if side == Side::Debit { (amount, 0) } else { (0, amount) };
        let after = i128::from(before) + self.debits_add * (debit - credit);
        let what = format_args!("the balance of {named} after posting {}, of {}", leg.seq, leg.entry_id);
        report.same(Check::PostingBalance, account.id, what, money(after), money(leg.balance.into()));
        if let Some(last) = &self.last {
            if last.created_at > leg.created_at {
                let message = format_args!(
                    "the time of posting {} of {named}, of {}, is before that of posting {}",
                    leg.seq, leg.entry_id, last.seq
                );
                let times = [format!("{:?} or later", last.created_at.unwrap_or_default()), time(leg.created_at)];
                let [expected, found] = times;
                report.differs(Check::PostingTime, account.id, message, expected, found);
            }
            // The balance may be below zero between the lines of one entry, and between a reversal and the entry that
            // replaces the original. These all have the same time.
            if last.created_at < leg.created_at {
                self.check_overdrawn(report);
            }
        }
        self.debits += debit;
        self.credits += credit;
        self.count += 1;
        if leg.amount != 0 && journal::is_kept(account.kind) {
            let is_other = self.last.as_ref().is_none_or(|last| last.entry_id != leg.entry_id);
            let entries = i64::from(is_other) * if leg.is_reversal { -1 } else { 1 };
            let (debits, credits) = if side == Side::Debit { (leg.amount, 0) } else { (0, leg.amount) };
            self.days.entry(leg.effective_on).or_default().add(Turnover { debits, credits, entries });
        }
        self.last = Some(leg);
    }

    /// Reports, once per account, that an account that may not be overdrawn was below zero.
    fn check_overdrawn(&mut self, report: &mut Report<'_>) {
        let account = self.account;
        if let Some(last) = &self.last
            && last.balance < 0
            && !account.may_overdraw
            && !self.is_overdrawn
        {
            self.is_overdrawn = true;
            let message = format_args!(
                "the balance of {} after posting {}, of {}, is below zero",
                named(account),
                last.seq,
                last.entry_id
            );
            let found = Money::new(last.balance, account.currency);
            report.differs(Check::AccountOverdrawn, account.id, message, "0 or more", found);
        }
    }

    /// Checks the counters of the account after its last posting. Returns the turnovers of its days.
    pub(in crate::bookkeeping::verify) fn end(mut self, report: &mut Report<'_>) -> BTreeMap<NaiveDate, Turnover> {
        self.check_overdrawn(report);
        let (account, id) = (self.account, self.account.id);
        let named = named(account);
        let money = |minor: i128| Money::new(minor, account.currency);
        let counters = [("debits", self.debits, account.debits), ("credits", self.credits, account.credits)];
        let carried = journal::carried(account.kind, self.debits, self.credits);
        for (name, postings, counter) in counters {
            let what = format_args!("the {name} that {named} counts");
            report.same(Check::AccountCounter, id, what, money(postings - carried), money(counter.into()));
        }
        let what = format_args!("how many postings {named} counts");
        report.same(Check::AccountCounter, id, what, self.count, account.postings);
        let posted_at = self.last.as_ref().and_then(|last| last.created_at);
        let what = format_args!("the time of the latest posting of {named}");
        report.same(Check::AccountCounter, id, what, time(posted_at), time(account.posted_at));
        let balance = self.debits_add * (i128::from(account.debits) - i128::from(account.credits));
        if !account.may_overdraw && balance < 0 && !self.is_overdrawn {
            let message = format_args!("the balance of {named} is below zero");
            report.differs(Check::AccountOverdrawn, id, message, "0 or more", money(balance));
        }
        if account.kind == AccountKind::Wallet {
            report.same(
                Check::AccountOverdrawn,
                id,
                format_args!("whether {named} may be overdrawn"),
                false,
                account.may_overdraw,
            );
        }
        if account.status == AccountStatus::Closed {
            report.same(
                Check::AccountClosed,
                id,
                format_args!("the balance of {named}, which is closed"),
                money(0),
                money(balance),
            );
        }
        self.days
    }
}

fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "nothing".to_owned(), |at| format!("{at:?}"))
}

/// A name for an account in messages: its kind, holder and currency.
pub(in crate::bookkeeping::verify) fn named(account: &account::Model) -> impl fmt::Display {
    let (kind, id, currency) = (account.kind, account.holder_id, account.currency);
    fmt::from_fn(move |f| write!(f, "the {} account of {} in {currency}", Kind(kind), holder(kind, id)))
}

/// Displays a kind of account as it is stored in the database.
pub(in crate::bookkeeping::verify) struct Kind(pub(in crate::bookkeeping::verify) AccountKind);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sea_orm::ActiveEnum::to_value(&self.0))
    }
}

/// The id of an account's holder in the form that the API uses.
pub(in crate::bookkeeping::verify) fn holder(account_kind: AccountKind, id: Id<kind::Holder>) -> String {
    match account_kind {
        AccountKind::Wallet => id.cast::<kind::Wallet>().to_string(),
        AccountKind::Receivable => id.cast::<kind::Customer>().to_string(),
        AccountKind::Income | AccountKind::Expense => id.cast::<kind::Category>().to_string(),
        _ => id.cast::<kind::Book>().to_string(),
    }
}
