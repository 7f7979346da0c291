//! A transaction with checked values, and the postings that it needs. The input of `addTransaction` and `updateTransaction` and
//! the rows of imported files become drafts; `write` writes them.

use chrono::NaiveDate;

use crate::{
    bookkeeping::{spending::category, wallets::wallet::Wallet},
    entity::{account::AccountKind, category::CategoryKind, transaction_line},
    id::{Id, kind},
    money::Currency,
    viewer::Viewer,
};

/// A new or changed transaction with checked values; amounts are in minor units. An amount below zero goes the other way:
/// it is the refund of an expense, or income that is given back.
#[derive(Clone, Debug)]
pub(in crate::bookkeeping) struct TransactionDraft {
    pub(in crate::bookkeeping) kind: CategoryKind,
    pub(in crate::bookkeeping) amount: i64,
    pub(in crate::bookkeeping) currency: Currency,
    pub(in crate::bookkeeping) date: NaiveDate,
    pub(in crate::bookkeeping) description: Option<String>,
    /// `None` for cash.
    pub(in crate::bookkeeping) wallet: Option<Wallet>,
    pub(in crate::bookkeeping) lines: Vec<Part>,
}

/// A line of a transaction with checked values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping) struct Part {
    pub(in crate::bookkeeping) category_id: Id<kind::Category>,
    pub(in crate::bookkeeping) amount: i64,
    pub(in crate::bookkeeping) note: Option<String>,
}

impl From<transaction_line::Model> for Part {
    fn from(line: transaction_line::Model) -> Self {
        Self { category_id: line.category_id, amount: line.amount, note: line.note }
    }
}

/// One side of a posting: the account of a wallet, or the account of a kind that a holder has.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Wallet(Id<kind::Account>),
    Held(AccountKind, Id<kind::Holder>),
}

impl TransactionDraft {
    /// Debit side, credit side and amount of each posting. The posting on the wallet comes first, since wallet
    /// transactions are built from an entry's first posting. The other side is the book's outside account for a
    /// transaction with a wallet, otherwise its cash account.
    pub(super) fn postings(&self, viewer: &Viewer) -> Vec<(Side, Side, i64)> {
        let book = |kind| Side::Held(kind, viewer.book.cast());
        let other = book(if self.wallet.is_some() { AccountKind::Outside } else { AccountKind::Cash });
        // An amount below zero changes sides instead of being posted as it is, since only reversals take from the
        // debits or credits that an account has had.
        let way = |side, amount: i64| {
            let goes_out = (self.kind == CategoryKind::Expense) == (amount > 0);
            let (debit, credit) = if goes_out { (side, other) } else { (other, side) };
            (debit, credit, amount.saturating_abs())
        };
        let wallet = self.wallet.iter().map(|wallet| way(Side::Wallet(wallet.account.id), self.amount));
        let part =
            |part: &Part| way(Side::Held(category::account_kind(self.kind), part.category_id.cast()), part.amount);
        wallet.chain(self.lines.iter().map(part)).collect()
    }
}
