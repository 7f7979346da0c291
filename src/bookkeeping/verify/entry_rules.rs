//! The rules for a single journal entry, whatever document it belongs to. Pure.

use sea_orm::ActiveEnum;

use super::{
    chain::Kind,
    difference::{Check, Money, Report},
    entry_rows::{Entry, Linked},
    posted::{Move, Party, Posted},
};
use crate::entity::{
    account::AccountKind,
    journal_entry::{EntryKind, EntryStatus},
};

/// Checks an entry with its postings. For a reversal, also against the original entry and its postings.
pub(super) fn check(
    entry: &Linked,
    postings: &[Posted],
    original: Option<&Entry>,
    of_original: &[Posted],
    report: &mut Report<'_>,
) {
    check_state(entry, report);
    check_postings(&entry.entry, postings, report);
    check_amount(&entry.entry, postings, report);
    if entry.entry.reverses_id.is_some() {
        check_reversal(&entry.entry, postings, original, of_original, report);
    }
}

fn has_document(kind: EntryKind) -> bool {
    !matches!(kind, EntryKind::Deposit | EntryKind::Withdrawal | EntryKind::Transfer)
}

fn check_state(Linked { entry, meant_for, .. }: &Linked, report: &mut Report<'_>) {
    let id = entry.id;
    let failed = entry.status == EntryStatus::Failed;
    report.same(Check::EntryState, id, "whether it has a failure", failed, entry.failure.is_some());
    let kind = entry.kind.to_value();
    let what = format_args!("whether it belongs to a document, as a {kind}");
    report.same(Check::EntryState, id, what, has_document(entry.kind), entry.document_id.is_some());
    if let Some(book) = meant_for.filter(|_| entry.kind != EntryKind::Transfer) {
        let what = "the book of the account that it was meant for";
        report.same(Check::EntryBook, id, what, entry.book_id.to_string(), book.to_string());
    }
}

/// Checks each posting by itself.
fn check_postings(entry: &Entry, postings: &[Posted], report: &mut Report<'_>) {
    let id = entry.id;
    if postings.is_empty() {
        report.differs(Check::EntryPostings, id, "how many postings it has", "1 or more", 0);
    }
    for (posted, number) in postings.iter().zip(1..) {
        let line = posted.line;
        report.same(Check::EntryPostings, id, "the number of a posting", number, line);
        let what = format_args!("the day that posting {line} counts for");
        report.same(Check::PostingDate, id, what, entry.effective_on, posted.effective_on);
        for party in [&posted.debit, &posted.credit] {
            let what = format_args!("the currency of an account of posting {line}");
            report.same(Check::EntryCurrency, id, what, entry.currency, party.currency);
        }
        for (party, is_credit) in [(&posted.debit, false), (&posted.credit, true)] {
            let is_payee = entry.kind == EntryKind::Transfer && is_credit && party.kind == AccountKind::Wallet;
            if party.book_id != entry.book_id && !is_payee {
                let what = format_args!("the book of the {} account of posting {line}", Kind(party.kind));
                report.differs(Check::EntryBook, id, what, entry.book_id.to_string(), party.book_id.to_string());
            }
        }
        let sides = (posted.debit.kind, posted.credit.kind);
        if !is_legal(entry, &posted.debit, &posted.credit) {
            let message = format_args!("the accounts of posting {line}");
            let found = format!("{} debited and {} credited", Kind(sides.0), Kind(sides.1));
            let expected = format!("accounts that a {} moves money between", entry.kind.to_value());
            report.differs(Check::EntryAccounts, id, message, expected, found);
        }
    }
}

/// Whether an entry of this kind may post between accounts of these kinds.
fn is_legal(entry: &Entry, debit: &Party, credit: &Party) -> bool {
    use AccountKind::{
        Cash, Cgst, Charges, Expense, Igst, InTransit, Income, Opening, Outside, Receivable, RoundOff, Sales, Sgst,
        Wallet, WriteOff,
    };
    let sides = (debit.kind, credit.kind);
    if entry.status == EntryStatus::Failed {
        return matches!(sides, (Wallet, Outside) | (Outside, Wallet));
    }
    match entry.kind {
        EntryKind::Deposit => sides == (Outside, Wallet),
        EntryKind::Withdrawal => sides == (Wallet, Outside),
        EntryKind::Transfer => sides == (Wallet, Wallet),
        EntryKind::Credit => matches!(sides, (Receivable, Sales | Opening)),
        EntryKind::Debit => matches!(sides, (Cash | Opening, Receivable)),
        // What a total is rounded down by is never between the customer and `ROUND_OFF`: see `check_amount`.
        EntryKind::Invoice | EntryKind::DebitNote => matches!(
            sides,
            (Receivable, Sales | Cgst | Sgst | Igst | Charges | RoundOff)
                | (RoundOff, Sales | Cgst | Sgst | Igst | Charges)
        ),
        EntryKind::CreditNote => matches!(
            sides,
            (Sales | Cgst | Sgst | Igst | Charges | RoundOff, Receivable)
                | (Sales | Cgst | Sgst | Igst | Charges, RoundOff)
        ),
        EntryKind::Refund => matches!(sides, (Receivable, Cash | Outside) | (Wallet, Outside)),
        EntryKind::WriteOff => sides == (WriteOff, Receivable),
        EntryKind::Receipt => matches!(sides, (Cash | Outside, Receivable) | (Outside, Wallet)),
        EntryKind::Income | EntryKind::Expense if is_turned(entry.kind, sides) => true,
        EntryKind::Income => matches!(sides, (Cash | Outside, Income) | (Outside, Wallet)),
        EntryKind::Expense => matches!(sides, (Expense, Cash | Outside) | (Wallet, Outside)),
        EntryKind::TransferOut => sides == (Wallet, InTransit),
        EntryKind::TransferIn => sides == (InTransit, Wallet),
    }
}

/// Whether a posting between accounts of these kinds lowers an income or expense: a refund, or a part of one.
fn is_turned(entry_kind: EntryKind, sides: (AccountKind, AccountKind)) -> bool {
    use AccountKind::{Cash, Expense, Income, Outside, Wallet};
    match entry_kind {
        EntryKind::Income => matches!(sides, (Income, Cash | Outside) | (Wallet, Outside)),
        EntryKind::Expense => matches!(sides, (Cash | Outside, Expense) | (Outside, Wallet)),
        _ => false,
    }
}

/// Checks the amounts of the postings and of the entry. An entry of a document that uses a wallet has two groups of
/// postings, those on the wallet and the others; each group sums to the amount of the entry.
///
/// The amount of an invoice or a note is what the customer owes more or less by it. When its total was rounded down, a
/// part of the goods is not paid by the customer but by `ROUND_OFF` (see `totals::postings`). Such a posting is on no
/// account of the customer, so it is left out of the sum.
///
/// An income or expense below zero, and a part of one, is posted the other way round. Its postings count as below zero here,
/// and the amount of the entry is their sum. So of these entries the amount tells nothing about reversals, the postings do.
fn check_amount(entry: &Entry, postings: &[Posted], report: &mut Report<'_>) {
    let id = entry.id;
    let money = |minor: i128| Money::new(minor, entry.currency);
    let failed = entry.status == EntryStatus::Failed;
    let is_transaction = matches!(entry.kind, EntryKind::Income | EntryKind::Expense);
    let own_sign = if entry.reverses_id.is_some() { -1 } else { 1 };
    let sign = match (failed, is_transaction) {
        (true, _) => 0,
        (false, true) => own_sign,
        (false, false) => entry.amount.signum(),
    };
    for Posted { line, amount, .. } in postings.iter().filter(|posted| posted.amount.signum() != sign) {
        let expected = match sign {
            0 => "zero, since the entry failed",
            1 => "more than zero",
            _ => "less than zero, since it is a reversal",
        };
        let message = format_args!("the amount of posting {line}");
        report.differs(Check::PostingAmount, id, message, expected, money((*amount).into()));
    }
    if entry.amount.signum() != own_sign && (failed || !is_transaction) {
        let expected = if own_sign == 1 { "more than zero" } else { "less than zero, since it is a reversal" };
        report.differs(Check::EntryAmount, id, "its amount", expected, money(entry.amount.into()));
    }
    if failed {
        report.same(Check::EntryPostings, id, "how many postings a failed entry has", 1, postings.len());
        return;
    }
    let is_wallet = |posted: &&Posted| [posted.debit.kind, posted.credit.kind].contains(&AccountKind::Wallet);
    let (wallets, others): (Vec<_>, Vec<_>) =
        postings.iter().partition(|posted| has_document(entry.kind) && is_wallet(posted));
    for part in [&wallets, &others].into_iter().filter(|part| !part.is_empty()) {
        let counted = part.iter().filter(|posted| !is_rounded_off(posted));
        let amount = |posted: &&Posted| {
            let is_turned = is_turned(entry.kind, (posted.debit.kind, posted.credit.kind));
            if is_turned { -i128::from(posted.amount) } else { posted.amount.into() }
        };
        let sum = counted.map(amount).sum();
        report.same(Check::EntryAmount, id, "its amount, by its postings", money(sum), money(entry.amount.into()));
    }
}

/// Whether `ROUND_OFF` pays or takes in place of the customer.
fn is_rounded_off(posted: &Posted) -> bool {
    let sides = [posted.debit.kind, posted.credit.kind];
    sides.contains(&AccountKind::RoundOff) && !sides.contains(&AccountKind::Receivable)
}

fn check_reversal(
    entry: &Entry,
    postings: &[Posted],
    original: Option<&Entry>,
    of_original: &[Posted],
    report: &mut Report<'_>,
) {
    let id = entry.id;
    let Some(original) = original else {
        return report.differs(Check::Reversal, id, "what it reverses", "a journal entry", ());
    };
    let mut same = |what: &str, expected: String, found: String| {
        report.same(Check::Reversal, id, format_args!("{what}, as the reversal of {}", original.id), expected, found);
    };
    let was_moved = original.status == EntryStatus::Succeeded && original.reverses_id.is_none();
    same("whether that moved money and is no reversal", true.to_string(), was_moved.to_string());
    same("its book", original.book_id.to_string(), entry.book_id.to_string());
    same("its kind", original.kind.to_value(), entry.kind.to_value());
    same("its day", original.effective_on.to_string(), entry.effective_on.to_string());
    let money = |amount: i128, entry: &Entry| Money::new(amount, entry.currency).to_string();
    same("its amount", money(-i128::from(original.amount), original), money(entry.amount.into(), entry));
    let document = |entry: &Entry| entry.document_id.map(|id| id.to_string()).unwrap_or_default();
    same("its document", document(original), document(entry));
    let negated = |posted| {
        let moved = Move::from(posted);
        Move { amount: moved.amount.saturating_neg(), ..moved }
    };
    let expected = of_original.iter().map(negated).map(Some).chain(std::iter::repeat(None));
    let found = postings.iter().map(Move::from).map(Some).chain(std::iter::repeat(None));
    for ((expected, found), line) in expected.zip(found).zip(1..=Ord::max(of_original.len(), postings.len())) {
        let words = |moved: Option<Move>| moved.map_or_else(|| "nothing".to_owned(), |moved| moved.to_string());
        same(&format!("its posting {line}"), words(expected), words(found));
    }
}
