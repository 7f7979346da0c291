//! Checks receipts against their ledger entries. Pure.

use super::ledger_entries::{LedgerCopy, customer};
use crate::bookkeeping::verify::{
    difference::{Money, Report},
    posted::Move,
};
use crate::{
    bookkeeping::invoicing::numbering,
    entity::{account::AccountKind, ledger_entry, receipt},
};

pub(super) fn check(receipt: &receipt::Model, entry: &ledger_entry::Model, report: &mut Report<'_>) {
    let money = |minor, currency| Money::new(minor, currency).to_string();
    let copy = LedgerCopy {
        id: receipt.id.to_string(),
        fields: [
            ("book", entry.book_id.to_string(), receipt.book_id.to_string()),
            ("customer", entry.customer_id.to_string(), receipt.customer_id.to_string()),
            ("date", entry.date.to_string(), receipt.date.to_string()),
            ("position", entry.position.to_string(), receipt.position.to_string()),
            ("amount", money(entry.amount, entry.currency), money(receipt.amount, receipt.currency)),
            ("time of voiding", format!("{:?}", entry.deleted_at), format!("{:?}", receipt.voided_at)),
            ("settled amount", money(entry.settled, entry.currency), money(receipt.allocated, receipt.currency)),
            ("number as it is compared", numbering::key(&receipt.number), receipt.number_key.clone()),
        ],
        notes: [entry.note.as_deref(), receipt.note.as_deref()],
    };
    copy.check(report);
}

/// The postings that follow from a receipt: from the customer's receivable into cash, or through the outside account
/// into the wallet.
pub(super) fn moves(receipt: &receipt::Model) -> Vec<Move> {
    let customer = customer(receipt.customer_id);
    let (amount, currency) = (receipt.amount, receipt.currency);
    let book = |account_kind| (account_kind, receipt.book_id.cast());
    let Some(wallet_id) = receipt.wallet_id else {
        return vec![Move { debit: book(AccountKind::Cash), credit: customer, amount, currency }];
    };
    let debit = book(AccountKind::Outside);
    let wallet = (AccountKind::Wallet, wallet_id.cast());
    [wallet, customer].map(|credit| Move { debit, credit, amount, currency }).to_vec()
}
