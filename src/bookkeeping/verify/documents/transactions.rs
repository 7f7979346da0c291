//! Checks transactions. Pure.

use super::{
    journal_link::JournalLink,
    rows::{Entry, Versions},
};
use crate::bookkeeping::verify::{
    difference::{Check, Money, Report},
    posted::Move,
};
use crate::entity::{
    account::AccountKind, category::CategoryKind, journal_entry::EntryKind, transaction, transaction_line,
};

pub(super) fn check(
    transaction: &transaction::Model,
    counted: Option<&Entry>,
    lines: &[transaction_line::Model],
    versions: &Versions,
    report: &mut Report<'_>,
) {
    let (id, is_half) = (transaction.id, transaction.counterpart_id.is_some());
    let link = JournalLink {
        document_id: id.cast(),
        id: id.to_string(),
        entry_id: transaction.journal_entry_id,
        book_id: transaction.book_id,
        kind: match (transaction.kind, transaction.counterpart_id) {
            (_, Some(_)) if goes_out(transaction) => EntryKind::TransferOut,
            (_, Some(_)) => EntryKind::TransferIn,
            (CategoryKind::Income, None) => EntryKind::Income,
            (CategoryKind::Expense, None) => EntryKind::Expense,
        },
        // A half of a transfer is posted as what was moved, whichever way.
        amount: if is_half { transaction.amount.saturating_abs() } else { transaction.amount },
        currency: transaction.currency,
        date: transaction.date,
        note: transaction.description.as_deref(),
        version: transaction.version,
        is_deleted: transaction.deleted_at.is_some(),
    };
    link.check(counted, versions, report);
    for (line, number) in lines.iter().zip(1..) {
        report.same(Check::DocumentLines, id, "the number of a line", number, line.line);
        let what = format_args!("the date of line {}", line.line);
        report.same(Check::DocumentLines, id, what, transaction.date, line.date);
        let what = format_args!("the position of line {}", line.line);
        report.same(Check::DocumentLines, id, what, transaction.position.to_string(), line.position.to_string());
    }
    let sum = lines.iter().map(|line| i128::from(line.amount)).sum::<i128>();
    let [sum, amount] = [sum, transaction.amount.into()].map(|minor| Money(minor, transaction.currency));
    report.same(Check::DocumentLines, id, "its amount, by its lines", sum, amount);
}

/// Whether the money of a transaction goes out of its wallet or cash. That of a refund goes the other way.
pub(super) fn goes_out(transaction: &transaction::Model) -> bool {
    (transaction.kind == CategoryKind::Expense) == (transaction.amount > 0)
}

/// The postings that follow from a transaction: the whole amount on the wallet, if it has one, then one posting per
/// line. A half of a transfer only moves the amount between the wallet and the money on its way.
pub(super) fn moves(transaction: &transaction::Model, lines: &[transaction_line::Model]) -> Vec<Move> {
    let outer = match (transaction.wallet_id, transaction.counterpart_id) {
        (_, Some(_)) => AccountKind::InTransit,
        (Some(_), None) => AccountKind::Outside,
        (None, None) => AccountKind::Cash,
    };
    let outer = (outer, transaction.book_id.cast());
    let currency = transaction.currency;
    // What is below zero goes the other way.
    let way = |inner, amount: i64| {
        let goes_out = (transaction.kind == CategoryKind::Expense) == (amount > 0);
        let (debit, credit) = if goes_out { (inner, outer) } else { (outer, inner) };
        Move { debit, credit, amount: amount.saturating_abs(), currency }
    };
    let account_kind = match transaction.kind {
        CategoryKind::Income => AccountKind::Income,
        CategoryKind::Expense => AccountKind::Expense,
    };
    let wallet = transaction.wallet_id.map(|id| way((AccountKind::Wallet, id.cast()), transaction.amount));
    let counted = if transaction.counterpart_id.is_some() { &[] } else { lines };
    let parts = counted.iter().map(|line| way((account_kind, line.category_id.cast()), line.amount));
    wallet.into_iter().chain(parts).collect()
}
