use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{MOST_TAKEN_IN, State, fold, fold_refused, fold_together};
use crate::{
    bookkeeping::journal::{Attempt, Draft, Idempotency, JointDraft, Line, Posted, Refused, balance, replay::Repeats},
    entity::{
        account::{self, AccountKind, AccountStatus},
        journal_entry::{EntryKind, EntryStatus, Failure},
    },
    id::{Id, kind},
    money::Currency,
};

/// A book with an outside account and two wallets; Amina's wallet holds 100.
struct Books {
    state: State,
    book: Id<kind::Book>,
    outside: Id<kind::Account>,
    amina: Id<kind::Account>,
    badr: Id<kind::Account>,
}

fn now() -> DateTime<Utc> {
    "2026-11-21T23:59:59.999999Z".parse().unwrap()
}

fn books() -> Books {
    let book = Id::generate();
    let account = |kind, credits| account::Model {
        id: Id::generate(),
        book_id: book,
        kind,
        currency: Currency::Yem,
        holder_id: Id::generate(),
        status: AccountStatus::Active,
        closing: false,
        may_overdraw: kind == AccountKind::Outside,
        debits: 0,
        credits,
        wallet_inflow: 0,
        postings: i64::from(credits > 0),
        created_at: now(),
        posted_at: (credits > 0).then(now),
    };
    let accounts =
        [account(AccountKind::Outside, 0), account(AccountKind::Wallet, 100), account(AccountKind::Wallet, 0)];
    let [outside, amina, badr] = [accounts[0].id, accounts[1].id, accounts[2].id];
    let accounts: HashMap<_, _> = accounts.into_iter().map(|account| (account.id, account)).collect();
    Books { state: State::new(accounts, Repeats::default(), now()), book, outside, amina, badr }
}

impl Books {
    fn pay(&self, from: Id<kind::Account>, to: Id<kind::Account>, amount: i64) -> Draft {
        Draft {
            id: Id::generate(),
            book_id: self.book,
            actor_id: Id::generate(),
            kind: EntryKind::Transfer,
            amount,
            currency: Currency::Yem,
            lines: vec![Line { debit: from, credit: to, amount }],
            effective_on: None,
            memo: None,
            reference: None,
            idempotency: None,
            document_id: None,
            reverses_id: None,
            attempt: Some(Attempt { debit: from, credit: self.outside, meant_for: Some(to) }),
        }
    }

    fn fold(&mut self, drafts: &[Draft]) -> Vec<Result<Posted, Refused>> {
        fold(&mut self.state, drafts).unwrap()
    }

    fn balance(&self, id: Id<kind::Account>) -> i64 {
        balance(&self.state.accounts[&id])
    }
}

fn keyed(mut draft: Draft, key: &str, hash: u8) -> Draft {
    draft.idempotency = Some(Idempotency { key: key.to_owned(), request_hash: vec![hash; 32] });
    draft
}

#[test]
fn each_draft_sees_what_those_before_it_left_and_is_refused_on_its_own() {
    let mut books = books();
    let drafts = [(60, true), (60, false), (40, true), (1, false)];
    let posted = books.fold(&drafts.map(|(amount, _)| books.pay(books.amina, books.badr, amount)));
    for (posted, (amount, succeeds)) in posted.iter().zip(drafts) {
        let entry = &posted.as_ref().unwrap().entry;
        assert_eq!(entry.status == EntryStatus::Succeeded, succeeds, "{amount}");
        assert_eq!(entry.failure, (!succeeds).then_some(Failure::InsufficientFunds));
    }
    assert_eq!((books.balance(books.amina), books.balance(books.badr)), (0, 100));
    let postings = &books.state.postings;
    assert_eq!(postings.iter().map(|posting| posting.debit_seq).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert_eq!(postings.iter().map(|posting| posting.debit_balance).collect::<Vec<_>>(), [40, 40, 0, 0]);
    assert_eq!(postings.iter().map(|posting| posting.amount).collect::<Vec<_>>(), [60, 0, 40, 0]);
}

#[test]
fn an_entry_of_several_lines_is_posted_whole_or_not_at_all() {
    let mut books = books();
    let mut draft = books.pay(books.amina, books.badr, 100);
    draft.lines.push(Line { debit: books.amina, credit: books.outside, amount: 1 });
    draft.attempt = None;
    assert_eq!(books.fold(&[draft])[0].as_ref().unwrap_err(), &Refused::Failed(Failure::InsufficientFunds));
    assert_eq!((books.balance(books.amina), books.balance(books.badr)), (100, 0));
    assert!(books.state.entries.is_empty() && books.state.changed().next().is_none());

    // The balance is checked after the whole entry, not between its lines.
    let mut draft = books.pay(books.badr, books.outside, 5);
    draft.lines.push(Line { debit: books.amina, credit: books.badr, amount: 5 });
    assert!(books.fold(&[draft])[0].as_ref().is_ok_and(|posted| posted.entry.failure.is_none()));
    assert_eq!((books.balance(books.amina), books.balance(books.badr)), (95, 0));
}

#[test]
fn the_key_of_a_request_that_posted_nothing_is_refused_in_its_book_only() {
    let mut books = books();
    let other_book = Id::<kind::Book>::generate().uuid();
    books.state.repeats.unposted = vec![(books.book.uuid(), "k".to_owned()), (other_book, "l".to_owned())];
    let drafts = ["k", "l"].map(|key| keyed(books.pay(books.amina, books.badr, 10), key, 1));
    let posted = books.fold(&drafts);
    assert_eq!(posted[0].as_ref().unwrap_err(), &Refused::IdempotencyConflict(None));
    assert!(posted[1].is_ok());
    assert_eq!(books.balance(books.badr), 10);
}

#[test]
fn drafts_of_one_slice_repeat_each_other_as_those_of_two_would() {
    let mut books = books();
    let first = keyed(books.pay(books.amina, books.badr, 10), "k", 1);
    let same = keyed(books.pay(books.amina, books.badr, 10), "k", 1);
    let other = keyed(books.pay(books.amina, books.badr, 11), "k", 2);
    let mut named = books.pay(books.amina, books.badr, 1);
    named.reference = Some("R".to_owned());
    let mut named_again = named.clone();
    named_again.id = Id::generate();
    let posted = books.fold(&[first.clone(), same, other, named, named_again]);
    assert!(!posted[0].as_ref().unwrap().replayed);
    let again = posted[1].as_ref().unwrap();
    assert!(again.replayed && again.entry.id == first.id);
    assert!(matches!(posted[2], Err(Refused::IdempotencyConflict(_))));
    assert!(posted[3].is_ok());
    assert!(matches!(posted[4], Err(Refused::ReferenceTaken(_))));
    assert_eq!(books.balance(books.badr), 11);
}

#[test]
fn of_drafts_posted_together_all_move_money_or_one_leaves_its_trace() {
    let mut books = books();
    let joint = |books: &Books, amount| JointDraft {
        draft: Draft { attempt: None, ..books.pay(books.amina, books.badr, amount) },
        trace: books.pay(books.amina, books.badr, amount),
    };
    let drafts = [40, 30, 20].map(|amount| joint(&books, amount));
    let posted = fold_together(&mut books.state, &drafts).unwrap().unwrap();
    let ids = |drafts: &[JointDraft]| drafts.iter().map(|joint| joint.draft.id).collect::<Vec<_>>();
    assert_eq!(posted.iter().map(|posted| posted.entry.id).collect::<Vec<_>>(), ids(&drafts));
    assert_eq!((books.balance(books.amina), books.balance(books.badr)), (10, 90));

    let drafts = [5, 6, 1].map(|amount| joint(&books, amount));
    let refused = fold_together(&mut books.state, &drafts).unwrap().unwrap_err();
    assert_eq!(refused, Refused::Failed(Failure::InsufficientFunds));
    assert_eq!((books.balance(books.amina), books.balance(books.badr)), (10, 90));
    let last = books.state.entries.split_off(3);
    assert_eq!(
        last.iter().map(|entry| (entry.id, entry.failure)).collect::<Vec<_>>(),
        [(drafts[1].trace.id, Some(Failure::InsufficientFunds))]
    );
}

#[test]
fn time_does_not_run_backwards_on_an_account() {
    let mut books = books();
    let later = now() + TimeDelta::seconds(5);
    books.state.accounts.get_mut(&books.badr).unwrap().posted_at = Some(later);
    let drafts = [books.pay(books.amina, books.badr, 1), books.pay(books.amina, books.outside, 1)];
    let posted = books.fold(&drafts);
    for posted in posted {
        let entry = posted.unwrap().entry;
        assert_eq!(entry.created_at, later);
        // The effective date is the date of the time that is written, not of the clock.
        assert_eq!(entry.effective_on.to_string(), "2026-11-22");
    }
}

#[test]
fn a_balance_beyond_64_bits_is_a_failure() {
    let mut books = books();
    books.state.accounts.get_mut(&books.badr).unwrap().credits = i64::MAX - 10;
    let drafts = [10, 1].map(|amount| Draft { attempt: None, ..books.pay(books.amina, books.badr, amount) });
    let posted = books.fold(&drafts);
    assert!(posted[0].is_ok());
    assert_eq!(posted[1].as_ref().unwrap_err(), &Refused::Failed(Failure::LimitReached));
    assert_eq!((books.balance(books.amina), books.balance(books.badr)), (90, i64::MAX));
}

#[test]
fn wallets_take_in_so_much_from_outside_and_pay_out_what_they_have() {
    let mut books = books();
    let deposit = |books: &Books, amount| Draft { attempt: None, ..books.pay(books.outside, books.badr, amount) };
    let withdrawal = |books: &Books, amount| Draft { attempt: None, ..books.pay(books.badr, books.outside, amount) };
    let too_much = Refused::Failed(Failure::LimitReached);
    let drafts = [deposit(&books, MOST_TAKEN_IN + 1), deposit(&books, MOST_TAKEN_IN), deposit(&books, 1)];
    let refused = books.fold(&drafts).into_iter().map(Result::err).collect::<Vec<_>>();
    assert_eq!(refused, [Some(too_much), None, Some(too_much)]);
    // What another wallet pays does not count, and a withdrawal of it is always possible and makes room.
    let drafts = [
        books.pay(books.amina, books.badr, 100),
        withdrawal(&books, MOST_TAKEN_IN + 100),
        deposit(&books, MOST_TAKEN_IN + 100),
        deposit(&books, 1),
    ];
    let refused = books.fold(&drafts).into_iter().map(Result::err).collect::<Vec<_>>();
    assert_eq!(refused, [None, None, None, Some(too_much)]);
    assert_eq!(books.state.accounts[&books.outside].wallet_inflow, MOST_TAKEN_IN);
}

#[test]
fn drafts_posted_together_may_take_in_too_much_in_between() {
    let mut books = books();
    let mut joint = |lines: &[i64]| {
        let drafts = lines.iter().map(|amount| {
            let draft = books.pay(books.outside, books.badr, *amount);
            JointDraft { draft: Draft { attempt: None, ..draft.clone() }, trace: draft }
        });
        let drafts: Vec<_> = drafts.collect();
        fold_together(&mut books.state, &drafts).unwrap().map(|posted| posted.len())
    };
    assert_eq!(joint(&[MOST_TAKEN_IN, 5, -5]), Ok(3));
    assert_eq!(joint(&[5, -4]), Err(Refused::Failed(Failure::LimitReached)));
    assert_eq!(joint(&[5, -6]), Ok(2));
}

#[test]
fn who_cannot_pay_learns_nothing_about_the_payee() {
    let mut books = books();
    let payee = books.state.accounts.get_mut(&books.badr).unwrap();
    (payee.status, payee.currency) = (AccountStatus::Closed, "USD".parse().unwrap());
    let pay = |books: &mut Books, amount| {
        let draft = Draft { attempt: None, ..books.pay(books.amina, books.badr, amount) };
        books.fold(&[draft])[0].as_ref().unwrap_err().to_owned()
    };
    assert_eq!(pay(&mut books, 101), Refused::Failed(Failure::InsufficientFunds));
    assert_eq!(pay(&mut books, 100), Refused::Failed(Failure::CurrencyMismatch));
    books.state.accounts.get_mut(&books.amina).unwrap().status = AccountStatus::Frozen;
    assert_eq!(pay(&mut books, 100), Refused::Failed(Failure::DebitNotActive));
}

#[test]
fn a_draft_that_the_caller_refused_leaves_its_trace_once() {
    let mut books = books();
    let mut draft = keyed(books.pay(books.amina, books.badr, 10), "k", 1);
    draft.lines.clear();
    let first = fold_refused(&mut books.state, &draft, Failure::InsufficientFunds).unwrap().unwrap();
    assert_eq!((first.entry.status, first.entry.failure), (EntryStatus::Failed, Some(Failure::InsufficientFunds)));
    assert_eq!(first.postings.iter().map(|posting| posting.amount).collect::<Vec<_>>(), [0]);
    let again = fold_refused(&mut books.state, &draft, Failure::DebitNotActive).unwrap().unwrap();
    assert!(again.replayed && again.entry.id == first.entry.id);
    assert_eq!((books.balance(books.amina), books.balance(books.badr)), (100, 0));
}

#[test]
fn a_draft_that_names_no_account_is_a_fault() {
    let mut books = books();
    let draft = books.pay(books.amina, Id::generate(), 1);
    assert!(fold(&mut books.state, &[draft]).is_err());
}

#[test]
fn only_its_own_book_pays_into_a_closing_wallet() {
    let mut books = books();
    books.state.accounts.get_mut(&books.badr).unwrap().closing = true;
    let own = books.pay(books.amina, books.badr, 10);
    let of_another_book = Draft { book_id: Id::generate(), ..books.pay(books.amina, books.badr, 10) };
    let out = Draft { book_id: of_another_book.book_id, ..books.pay(books.badr, books.amina, 10) };
    let posted = fold(&mut books.state, &[own, of_another_book, out]).unwrap();
    let failures: Vec<_> = posted.into_iter().map(|posted| posted.map(|posted| posted.entry.failure)).collect();
    assert_eq!(failures.len(), 3);
    assert!(matches!(failures[0], Ok(None)), "{failures:?}");
    assert!(matches!(failures[1], Ok(Some(Failure::CreditNotActive)) | Err(Refused::Failed(Failure::CreditNotActive))));
    assert!(matches!(failures[2], Ok(None)), "{failures:?}");
}
