//! What a file of any format is read as: a stream of [`Record`]s.
//!
//! For each statement (an account, or a page of its statement) there is one [`Record::Begin`], then its transactions in the
//! order of the file, then one [`Record::End`]. Problems and remarks are between them, where they were found.

use std::fmt;

use chrono::NaiveDate;

use crate::money::Decimal;

/// The next thing that a file says.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// A statement begins. The transactions up to its [`Record::End`] belong to its account.
    Begin(Statement),
    /// A booked transaction.
    Transaction(Box<Transaction>),
    /// Something that is no booked transaction, such as a pending entry.
    Skipped(Notice),
    /// Something that the user should know, and that does not make the data wrong.
    Remark(Notice),
    /// Something that cannot be read, or that is inconsistent. A transaction that a problem names is not in the stream.
    Problem(Notice),
    /// The statement that began last is complete.
    End(Ending),
}

/// The head of a statement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statement {
    /// Where it begins.
    pub place: Place,
    /// The IBAN or number of the account, or its name in QIF. Without blanks, except in QIF. `None` when the file names none.
    pub account: Option<String>,
    /// The currency of the account: three capital letters, as the file has them. It may be a currency that Daybook does not support.
    pub currency: Option<String>,
    /// The balance before the first transaction.
    pub opening: Option<Balance>,
}

/// A balance of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Balance {
    /// The amount; below zero when the account is overdrawn.
    pub amount: Decimal,
    /// The day of the balance.
    pub date: Option<NaiveDate>,
}

/// The end of a statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// Where it ends.
    pub place: Place,
    /// The balance after the last transaction.
    pub closing: Option<Balance>,
    /// Whether the balances and the transactions agree.
    pub balance: BalanceCheck,
}

/// The result of comparing the opening balance and the sum of the transactions with the closing balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BalanceCheck {
    /// They agree.
    Right,
    /// They do not agree. A [`Record::Problem`] before the end says by how much.
    Wrong,
    /// The file does not have both balances, or has transactions in another currency or that cannot be read.
    NotPossible,
}

/// One booked transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    /// Where it is in the file.
    pub place: Place,
    /// The day on which the bank booked it.
    pub date: NaiveDate,
    /// The day from which it counts for interest, if the file says so.
    pub value_date: Option<NaiveDate>,
    /// The exact amount. Below zero, money went out.
    pub amount: Decimal,
    /// The currency of the amount: three capital letters. `None` when the file names none.
    pub currency: Option<String>,
    /// The purpose, as one line.
    pub description: Option<String>,
    /// Who paid or was paid.
    pub payee: Option<String>,
    /// The bank's own id of the transaction: `FITID` in OFX, `AcctSvcrRef` in camt, the bank's reference in MT940.
    pub bank_id: Option<String>,
    /// The number of a check or of the transaction: `CHECKNUM` in OFX, `N` in QIF.
    pub number: Option<String>,
    /// Whether the bank took back an earlier transaction by this one.
    pub is_reversal: bool,
    /// The category (QIF), with subcategories after colons.
    pub category: Option<String>,
    /// The other account of a transfer (QIF: a category in brackets).
    pub transfer: Option<String>,
    /// The parts of the amount, when it is divided between categories (QIF). They add up to the amount.
    pub splits: Vec<Split>,
}

impl Transaction {
    /// A transaction of which only the necessary is known.
    #[must_use]
    pub fn new(place: Place, date: NaiveDate, amount: Decimal) -> Self {
        Self {
            place,
            date,
            value_date: None,
            amount,
            currency: None,
            description: None,
            payee: None,
            bank_id: None,
            number: None,
            is_reversal: false,
            category: None,
            transfer: None,
            splits: Vec::new(),
        }
    }
}

/// A part of a transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The part of the amount, with a sign.
    pub amount: Decimal,
    /// The category, with subcategories after colons.
    pub category: Option<String>,
    /// The other account, when this part is a transfer.
    pub transfer: Option<String>,
    /// The purpose of this part.
    pub note: Option<String>,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// Which transaction of the file it is, from 1; 0 outside of transactions. Files may have all transactions in one line.
    pub entry: u64,
}

impl Place {
    /// A place outside of transactions.
    #[must_use]
    pub fn line(line: u64) -> Self {
        Self { line, entry: 0 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { line, entry: 0 } => write!(f, "line {line}"),
            Self { line, entry } => write!(f, "line {line}, transaction {entry}"),
        }
    }
}

/// A message about a place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The place that it is about.
    pub place: Place,
    /// A sentence for people.
    pub message: String,
}

impl Notice {
    /// A message about a place.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into() }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}
