//! What the records of a file are read as.

use chrono::NaiveDate;

use crate::money::{Currency, Decimal};

/// What the next record of a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A transaction.
    Transaction(Transaction),
    /// A record that is no transaction.
    Skipped {
        /// The line in which it begins.
        line: u64,
        /// Why it is none.
        reason: &'static str,
    },
    /// A record that cannot be read.
    Problem(Problem),
    /// A running balance that does not follow from the one before it. The transaction itself is in the stream.
    Mismatch {
        /// The line with the balance.
        line: u64,
        /// The balance that follows from the balance beside it and the amounts.
        expected: Decimal,
        /// The balance in the file.
        found: Decimal,
    },
}

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line in which the record begins, from 1.
    pub line: u64,
    /// The field of the transaction that is wrong, such as `date` or `amount`; `csv` for the record as a whole.
    pub column: &'static str,
    /// A sentence for people.
    pub message: String,
}

impl Problem {
    pub(super) fn new(line: u64, column: &'static str, message: impl Into<String>) -> Self {
        Self { line, column, message: message.into() }
    }
}

/// A transaction of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The line in which its record begins, from 1.
    pub line: u64,
    /// The day.
    pub date: NaiveDate,
    /// The day from which it counts for interest.
    pub value_date: Option<NaiveDate>,
    /// The exact amount; below zero, money went out.
    pub amount: Decimal,
    /// The currency that the file says. `None` when it says none.
    pub currency: Option<Currency>,
    /// The description as one line. The payee when the file has no description.
    pub description: Option<String>,
    /// Who paid or was paid.
    pub payee: Option<String>,
    /// The name of the category.
    pub category: Option<String>,
    /// The bank's own id of the transaction, when the profile names its column.
    pub bank_id: Option<String>,
    /// The running balance of its record.
    pub balance: Option<Decimal>,
}

/// An exact number of the house.
pub(super) fn exact(number: rust_decimal::Decimal) -> Decimal {
    Decimal::from_scaled(number.mantissa(), number.scale())
}
