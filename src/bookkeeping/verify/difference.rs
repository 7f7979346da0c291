//! Differences: what was found wrong, and how it is reported.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::money::{Currency, Decimal};

/// Something that is not as it must be.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// Which check found it.
    pub check: Check,
    /// The id of what differs.
    pub id: String,
    /// What differs, in words.
    pub message: String,
    /// What should be there; null when nothing should.
    pub expected: Value,
    /// What is there; null when nothing is.
    pub found: Value,
}

/// A check. Its name is stable: programs may rely on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Check {
    /// An account belongs to a wallet, customer, category or book of the same book.
    AccountHolder,
    /// The postings of an account are numbered from 1 without a gap.
    PostingSeq,
    /// Each posting carries the balance of the account after it.
    PostingBalance,
    /// The postings of an account are in the order of their times.
    PostingTime,
    /// The counters of an account are those of its postings.
    AccountCounter,
    /// A wallet is not below zero.
    AccountOverdrawn,
    /// A closed account is empty.
    AccountClosed,
    /// The turnovers of a day are those of the postings.
    AccountDay,
    /// The turnovers of a month are those of the postings.
    AccountMonth,
    /// The accounts of a currency sum to zero.
    CurrencySum,
    /// The accounts of a book and currency sum to what was paid to and by other books.
    BookSum,
    /// An entry has postings, numbered from 1.
    EntryPostings,
    /// A posting is above zero; below zero in a reversal, and zero when the entry failed.
    PostingAmount,
    /// A posting counts for the day of its entry.
    PostingDate,
    /// The amount of an entry is that of its postings.
    EntryAmount,
    /// An entry moves money between accounts in its own currency.
    EntryCurrency,
    /// An entry moves money on accounts of its own book, and of a transfer's payee.
    EntryBook,
    /// An entry moves money between accounts of the kinds that its own kind allows.
    EntryAccounts,
    /// An entry has a failure when it failed, and belongs to a document when its kind has one.
    EntryState,
    /// A reversal is of an entry that moved money, and negates it.
    Reversal,
    /// No two entries of a book that succeeded have the same reference.
    ReferenceTwice,
    /// No two entries of a book have the same idempotency key.
    KeyTwice,
    /// No entry is reversed twice.
    ReversedTwice,
    /// What belongs to a document has one.
    DocumentMissing,
    /// A document counts by the journal entry that it names, or not at all when it is deleted.
    DocumentEntry,
    /// A document was written as often as its version says.
    DocumentVersion,
    /// A document says the same as its journal entry.
    DocumentField,
    /// The journal entry of a document moves what the document says.
    DocumentPostings,
    /// The lines of a document are numbered from 1 and sum to its amount.
    DocumentLines,
    /// The sums of an invoice are right.
    InvoiceSums,
    /// An allocation is of a receipt and an invoice of the same customer and currency that are not void.
    Allocation,
    /// A receipt counts what is allocated of it, which is no more than its amount.
    ReceiptAllocated,
    /// An invoice counts what is allocated to it, which is no more than its total.
    InvoicePaid,
    /// Each number that a series gave out is the number of a document.
    NumberMissing,
    /// No two invoices and no two receipts of a book have the same number.
    NumberTwice,
}

/// How much was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Accounts.
    pub accounts: u64,
    /// Journal entries.
    pub entries: u64,
    /// Postings.
    pub postings: u64,
    /// Ledger entries (with their invoices and receipts) and transactions.
    pub documents: u64,
    /// Allocations of receipts to invoices.
    pub allocations: u64,
    /// Series of numbers.
    pub series: u64,
    /// What differed.
    #[serde(skip)]
    pub differences: u64,
}

/// Passes differences on, and counts what was checked.
pub(super) struct Report<'a> {
    sink: &'a mut (dyn FnMut(Difference) + Send),
    pub(super) checked: Checked,
}

impl<'a> Report<'a> {
    pub(super) fn new(sink: &'a mut (dyn FnMut(Difference) + Send)) -> Self {
        Self { sink, checked: Checked::default() }
    }

    /// Reports a difference.
    pub(super) fn differs(
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

    /// Reports a difference when something is not as expected.
    pub(super) fn same<T: PartialEq + Serialize>(
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
pub(super) struct Money(pub(super) i128, pub(super) Currency);

impl Money {
    pub(super) fn new(minor: impl Into<i128>, currency: Currency) -> Self {
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
