//! Reads the statements of banks in formats beside CSV. Pure: no database, no GraphQL; what is read is not checked against a book.
//!
//! | step | function | what it does |
//! |---|---|---|
//! | recognise | [`sniff`] | finds the format by the first bytes |
//! | look | [`look`] | finds out the notation of dates and amounts over the whole file, or asks the user |
//! | read | [`records`] | gives the [`Record`]s of the file one by one |
//! | read a workbook | [`Workbook`] | gives the rows of a sheet, which go the way of the rows of a CSV file |
//!
//! | format | parser |
//! |---|---|
//! | Excel: xlsx and xls | the crate `calamine`, behind limits that are checked first |
//! | Excel: ods | written here on the crates `zip` and `quick-xml`: calamine unfolds repeated cells in memory, and reads amounts as floats |
//! | camt.053 | written here on the crate `quick-xml` |
//! | OFX, QIF, MT940 | written here |
//!
//! Memory: one transaction, and what it is read from; for xlsx and xls also the texts of the workbook, within limits.
//!
//! Rules: nothing is skipped without a [`Record::Problem`] or a [`Record::Skipped`]. What is ambiguous is a question and never a guess. No
//! bytes make a reader panic, read without end, or take more memory than its limits say.

mod answers;
mod camt;
mod charset;
mod day;
mod excel;

mod lines;
mod mt940;
mod number;
mod ofx;
mod out;
mod qif;
mod read;
mod record;
mod sniff;
#[cfg(test)]
mod tests;
mod text;
mod xml;

pub use self::{
    answers::{Answers, DateOrder, Mark, Question},
    excel::{Row, Rows, Workbook},
    read::{Look, Records, look, records},
    record::{Balance, BalanceCheck, Ending, Notice, Place, Record, Split, Statement, Transaction},
    sniff::{Format, START, sniff},
};
