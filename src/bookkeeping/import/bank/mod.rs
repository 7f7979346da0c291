//! Banks' files: makes a plain file of transactions of a file of any format, which is then imported like one in our own form.
//! Pure apart from reading and writing files.
//!
//! | step | where | what it does |
//! |---|---|---|
//! | recognise | [`formats::sniff`] | finds the format by the first bytes |
//! | unfold | `workbook` | writes the rows of a sheet as CSV |
//! | look | [`look`](super::look::look()) | finds out what a table looks like, with what the user says |
//! | read | [`profile`](super::profile), [`formats`] | reads the transactions |
//! | write | `plain` | writes them in our own form, the oldest first |
//!
//! `preview` tells what would come of it. The plain file is a temporary one, which the system removes when it is closed. Memory: one
//! transaction, and eight bytes per line of a file that has the newest transactions first.
//!
//! Of a file of statements with several accounts, one is imported, which the user names (`accounts`).
//!
//! Rules: what cannot be read, and each balance that does not add up, is a line with an error in the plain file, so that the import
//! refuses it and tells its line. What the look is not sure of is refused as a whole.

mod accounts;
mod answers;
mod failure;
mod plain;
pub mod preview;
mod workbook;

use std::{
    fs::File,
    io::{Read, Seek},
};

use self::{failure::refused, plain::Plain};
use super::{
    formats::{self, Format},
    look::{Hints, Look, Question, look},
    profile::{Item, Lines, Profile},
    run::cannot_rewind,
};
use crate::error::Result;

/// Makes a plain file of a bank's file, with at most `most` lines. Also gives the number of lines that are no transactions.
///
/// # Errors
/// `REQUIRED` below `say`, at the field of [`Hints`] that the file leaves open, with the possible answers; `INVALID` at `csv` for a
/// file that cannot be read, and below `say` for a hint; `LIMIT_REACHED` at `csv` for a file with more lines.
pub(super) fn plain(mut file: impl Read + Seek + Send, hints: &Hints, most: Option<u64>) -> Result<(File, u64)> {
    match preview::format(&mut file)? {
        Format::Csv => {
            let looked = look(&mut file, hints).map_err(refused)?;
            file.rewind().map_err(|error| cannot_rewind(&error))?;
            of_table(file, &looked, most)
        }
        Format::Excel => {
            let (looked, file) = workbook::look_at(file, hints)?;
            of_table(file, &looked, most)
        }
        format => of_statement(file, format, hints, most),
    }
}

fn of_table(file: impl Read + Seek, looked: &Look, most: Option<u64>) -> Result<(File, u64)> {
    let profile: &Profile = looked.ready().map_err(refused)?;
    let (mut plain, mut skipped) = (Plain::new(profile.order, most)?, 0);
    for item in Lines::open(file, profile).map_err(refused)? {
        match item {
            Item::Transaction(transaction) => plain.table(&transaction)?,
            Item::Problem(problem) => plain.error(problem.line, problem.column, &problem.message)?,
            Item::Mismatch { line, expected, found } => {
                let message = format!("The balance is {found}, but {expected} follows from the lines beside it.");
                plain.error(line, "balance", &message)?;
            }
            Item::Skipped { .. } => skipped += 1,
        }
    }
    Ok((plain.finish()?, skipped))
}

fn of_statement(
    mut file: impl Read + Seek + Send,
    format: Format,
    hints: &Hints,
    most: Option<u64>,
) -> Result<(File, u64)> {
    let answers = answers::of(hints).map_err(|refusal| refused(vec![refusal]))?;
    let looked = formats::look(&mut file, format, &answers);
    file.rewind().map_err(|error| cannot_rewind(&error))?;
    let account = accounts::question(&mut file, format, &looked.answers, hints)?;
    let questions: Vec<_> = looked.questions.iter().map(answers::question).chain(account).collect();
    if !questions.is_empty() {
        return Err(refused(questions.iter().map(Question::refusal).collect()));
    }
    let (mut plain, mut skipped) = (Plain::new(hints.order, most)?, 0);
    let (mut currency, mut is_wanted) = (None, true);
    for record in formats::records(&mut file, format, &looked.answers) {
        match record {
            formats::Record::Begin(statement) => {
                is_wanted = accounts::is_wanted(&statement, hints);
                currency = statement.currency;
            }
            // What is wrong in the statement of another account is told all the same: what follows may not have been read.
            formats::Record::Transaction(_) if !is_wanted => skipped += 1,
            formats::Record::Transaction(transaction) => plain.statement(&transaction, currency.as_deref())?,
            formats::Record::Problem(notice) => plain.error(notice.place.line, "csv", &notice.message)?,
            formats::Record::Skipped(_) => skipped += 1,
            formats::Record::Remark(_) | formats::Record::End(_) => {}
        }
    }
    Ok((plain.finish()?, skipped))
}
