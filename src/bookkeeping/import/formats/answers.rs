//! What a file does not say by itself: questions for the user, and the answers.

use encoding_rs::Encoding;

/// The order of day, month and year in dates that are written as three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/12/2026.
    DayFirst,
    /// 12/31/2026.
    MonthFirst,
    /// 2026/12/31.
    YearFirst,
}

/// The sign before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// 1,234.56.
    Point,
    /// 1.234,56.
    Comma,
}

/// What is known about the notation of a file, from looking at it or from the user.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Answers {
    /// The encoding, when the user names it. Otherwise it is the one that the file declares, or else UTF-8, and Windows-1252
    /// where the text is not UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// QIF: the order of dates.
    pub dates: Option<DateOrder>,
    /// QIF: the decimal sign.
    pub mark: Option<Mark>,
    /// OFX: whether debits have amounts without a minus sign, against the standard. `None` takes the signs as they are.
    pub unsigned_debits: Option<bool>,
}

/// What only the user can say about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Day or month may come first in all dates; for example in this one. The answer is [`Answers::dates`].
    DayOrMonth {
        /// A date of the file that means two days.
        example: String,
    },
    /// All amounts with a separator may have it before decimals or between thousands; for example this one. The answer is
    /// [`Answers::mark`].
    DecimalMark {
        /// An amount of the file that means two numbers.
        example: String,
    },
    /// A transaction that the file calls a debit has an amount above zero. The answer is [`Answers::unsigned_debits`].
    SignOfDebits {
        /// The amount of the first.
        example: String,
    },
}
