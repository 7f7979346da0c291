//! Differences that `verify` found, and how they are reported.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::money::{Currency, Decimal};

/// A difference between the stored data and what it should be.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The check that found it.
    pub check: Check,
    /// The id of the object that differs.
    pub id: String,
    /// A description of what differs.
    pub message: String,
    /// The expected value; null when there should be none.
    pub expected: Value,
    /// The stored value; null when there is none.
    pub found: Value,
}

/// The checks, each with the rule that it checks. The names are stable: programs may rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Check {
    /// The holder of an account (a wallet, customer, category or book) exists in the account's book.
    AccountHolder,
    /// The postings of an account are numbered from 1 without gaps.
    PostingSeq,
    /// Each posting stores the balance of the account after it.
    PostingBalance,
    /// The times of an account's postings never decrease.
    PostingTime,
    /// The counters of an account agree with its postings.
    AccountCounter,
    /// A wallet is never below zero.
    AccountOverdrawn,
    /// A closed account has a balance of zero.
    AccountClosed,
    /// The stored turnovers of a day agree with the postings.
    AccountDay,
    /// The stored turnovers of a month agree with the postings.
    AccountMonth,
    /// All accounts of a currency sum to zero.
    CurrencySum,
    /// The accounts of a book and currency sum to what the book paid to other books less what it received.
    BookSum,
    /// An entry has postings, numbered from 1.
    EntryPostings,
    /// The amount of a posting is above zero, below zero in a reversal, and zero when the entry failed.
    PostingAmount,
    /// A posting has the effective date of its entry.
    PostingDate,
    /// The amount of an entry agrees with its postings.
    EntryAmount,
    /// The accounts of an entry's postings are in the entry's currency.
    EntryCurrency,
    /// The accounts of an entry's postings belong to the entry's book; for a transfer, the receiving wallet may belong
    /// to another.
    EntryBook,
    /// The kinds of the accounts are those that the entry's kind allows.
    EntryAccounts,
    /// An entry has a failure exactly when it failed, and a document exactly when its kind has documents.
    EntryState,
    /// A reversal negates an entry that succeeded.
    Reversal,
    /// No two entries of a book that succeeded have the same reference.
    ReferenceTwice,
    /// No two entries of a book have the same idempotency key.
    KeyTwice,
    /// No entry is reversed twice.
    ReversedTwice,
    /// The document that a row belongs to exists.
    DocumentMissing,
    /// A document names its current journal entry, and has one exactly when it is not deleted.
    DocumentEntry,
    /// The version of a document is the number of journal entries posted for it.
    DocumentVersion,
    /// The fields of a document agree with its journal entry.
    DocumentField,
    /// The postings of a document's journal entry are those that follow from the document.
    DocumentPostings,
    /// The lines of a document are numbered from 1 and add up to its amount.
    DocumentLines,
    /// The buyer and the seller of an invoice, receipt or note exist, and are as they were when it was created.
    DocumentParty,
    /// The sums of an invoice are right.
    InvoiceSums,
    /// The sums of a note are right.
    NoteSums,
    /// An invoice counts what its notes take back and add, and these take back no more than there is.
    InvoiceNotes,
    /// An allocation links a payment and a charge of the same customer and currency, neither of them deleted.
    Allocation,
    /// What an entry counts as settled is the sum of its allocations, and together with what is held not more than its amount.
    EntrySettled,
    /// What is not named is set off first in, first out, and what is outstanding less what is not allocated is the balance.
    OpenItems,
    /// Each number that a series gave out belongs to a document.
    NumberMissing,
    /// No two documents of one kind of a book (invoices, receipts, credit notes, debit notes) have the same number.
    NumberTwice,
    /// The two halves of a transfer name each other and fit together, and no money stays on its way.
    OwnTransfer,
    /// An import counts what it made, and a transaction that stands for an imported one was written by hand in the same book.
    Import,
    /// An id that a client chose belongs to an object of the book that chose it.
    ClientId,
}

/// The number of rows checked, by table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Accounts.
    pub accounts: u64,
    /// Journal entries.
    pub entries: u64,
    /// Postings.
    pub postings: u64,
    /// Ledger entries (with their invoices, receipts and notes) and transactions.
    pub documents: u64,
    /// Allocations of payments to charges.
    pub allocations: u64,
    /// Series of numbers.
    pub series: u64,
    /// The number of differences found.
    #[serde(skip)]
    pub differences: u64,
}

/// Passes differences to the sink, and counts the rows checked.
pub(in crate::bookkeeping::verify) struct Report<'a> {
    sink: &'a mut (dyn FnMut(Difference) + Send),
    pub(in crate::bookkeeping::verify) checked: Checked,
}

impl<'a> Report<'a> {
    pub(in crate::bookkeeping::verify) fn new(sink: &'a mut (dyn FnMut(Difference) + Send)) -> Self {
        Self { sink, checked: Checked::default() }
    }

    /// Reports a difference.
    pub(in crate::bookkeeping::verify) fn differs(
        &mut self,
        check: Check,
        id: impl fmt::Display,
        message: impl fmt::Display,
        expected: impl Serialize,
        found: impl Serialize,
    ) {
        let [expected, found] =
            [serde_json::to_value(expected), serde_json::to_value(found)].map(Result::unwrap_or_default);
        self.checked.differences += 1;
        (self.sink)(Difference { check, id: id.to_string(), message: message.to_string(), expected, found });
    }

    /// Reports a difference if `expected` and `found` are not equal.
    pub(in crate::bookkeeping::verify) fn same<T: PartialEq + Serialize>(
        &mut self,
        check: Check,
        id: impl fmt::Display,
        what: impl fmt::Display,
        expected: T,
        found: T,
    ) {
        if expected != found {
            self.differs(check, id, what, expected, found);
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |value: &Value| match value {
            Value::Null => "nothing".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        write!(f, "{}: {}: expected {}, found {}", self.id, self.message, word(&self.expected), word(&self.found))
    }
}

/// An amount in minor units, written as `12.50 USD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping::verify) struct Money(
    pub(in crate::bookkeeping::verify) i128,
    pub(in crate::bookkeeping::verify) Currency,
);

impl Money {
    pub(in crate::bookkeeping::verify) fn new(minor: impl Into<i128>, currency: Currency) -> Self {
        Self(minor.into(), currency)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Decimal::from_minor(self.0, self.1), self.1)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
