//! The look at a bank's file: finds out what it looks like, and makes a [`Profile`] of it. Pure apart
//! from reading the file.
//!
//! | step | where | what it finds |
//! |---|---|---|
//! | 1 | `encoding` | the encoding; reads the whole file |
//! | 2 | `dialect` | the separator and the quote, and splits the first records |
//! | 3 | `header`, `vocabulary` | the header, by its words in many languages |
//! | 4 | `columns`, `content` | the columns, by their names and by what is in them |
//! | 5 | `evidence` with `dates` and `decimals` | the order of dates, the decimal sign; reads the whole file |
//! | 6 | `evidence` with `signs` and `chain` | the meaning of signs, the order, the running balance; reads the whole file |
//! | 7 | `decision` | the profile |
//! | 8 | [`Lines`] | the first transactions as they would be, and whether balances add up |
//!
//! Each finding has a [`Confidence`] and a reason. Where the file does not tell, there is a [`Question`] with its possible
//! answers, and [`Look::ready`] refuses the profile until [`Hints`] answer it. What the user says outweighs what is found.
//!
//! Memory: the first 1,000 records, at most 2 MiB. The rest of the file is read in pieces.
//!
//! Rules: nothing is guessed silently. The bank's own id is offered and never used unasked, since banks repeat them.

mod columns;
mod content;
mod decision;
mod dialect;
#[cfg(test)]
mod directions;
mod encoding;
mod evidence;
mod finding;
mod header;
mod hints;
#[cfg(test)]
mod left_out;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod unclear;
mod vocabulary;
mod wording;

use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{Encoding, UTF_8};

use self::{columns::Picker, decision::Decision, encoding::Encoded, evidence::Body, finding::Notes};
pub use self::{
    finding::{Answer, Confidence, Finding, Look, Offer, Question},
    hints::Hints,
};
use super::profile::{Item, Lines, Profile, SkipRule, notation::cell, record::Record};
use crate::error::{Code, Refusal};

/// How many transactions, problems and remarks are shown.
const SAMPLE: usize = 10;

/// Looks at a file.
///
/// # Errors
/// `INVALID` at `csv` when the file is empty, cannot be read or is not text; `INVALID` at `encoding` for an unknown encoding.
pub fn look<R: Read + Seek>(file: &mut R, hints: &Hints) -> Result<Look, Vec<Refusal>> {
    let refuse = |path: &str, message: String| vec![Refusal::new(Code::Invalid, path, message)];
    let unreadable = |error: io::Error| refuse("csv", format!("The file cannot be read: {error}."));
    let mut notes = Notes::default();
    let encoding = if let Some(label) = &hints.encoding {
        let found = Encoding::for_label(label.as_bytes());
        found.ok_or_else(|| refuse("encoding", "There is no such encoding. Give a name such as UTF-8.".to_owned()))?
    } else {
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let found = encoding::find(&mut *file).map_err(unreadable)?;
        let Encoded { encoding, confidence, reason } = found.map_err(|message| refuse("csv", message.to_owned()))?;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let is_guess = confidence != Confidence::Certain && encoding != UTF_8;
        let odd = if is_guess { encoding::odd_word(&mut *file, encoding).map_err(unreadable)? } else { None };
        if let Some(odd) = odd {
            notes.found("encoding", encoding.name(), Confidence::Unsure, "Some words are none in this encoding.");
            ask_encoding(encoding, &odd, &mut notes);
        } else {
            notes.found("encoding", encoding.name(), confidence, reason);
        }
        encoding
    };
    let sheet = dialect::find(file, encoding, hints, &mut notes).map_err(unreadable)?;
    if sheet.records.is_empty() {
        return Err(refuse("csv", "The file is empty.".to_owned()));
    }
    if let Some(message) = markup(&sheet) {
        return Err(refuse("csv", message.to_owned()));
    }
    let header = header::find(&sheet, hints);
    if let Some((at, true)) = header
        && hints.columns.date.is_none()
        && sheet.records.iter().skip(at + 1).all(Record::is_empty)
    {
        return Err(refuse("csv", "The file has names of columns, and no transactions.".to_owned()));
    }
    let mut columns = Picker::new(&sheet, header.map(|(at, _)| at), hints);
    let header_line = note_header(header, &sheet, &mut notes);
    let picked = columns.pick(hints, &mut notes);
    let begin = header.map_or(hints.skip_leading.unwrap_or_default(), |(at, _)| at + 1);
    let account = hints.account.as_deref();
    let body = Body { encoding, sheet: &sheet, begin, picked: &picked, account };
    let decision = Decision { body, picker: &columns, header: header.map(|(at, _)| at), hints };
    let (profile, mut assumed, offers) = decision.make(file, &mut notes).map_err(unreadable)?;
    let mut found = Look {
        profile,
        header_line,
        findings: notes.findings,
        questions: notes.questions,
        offers,
        sample: Vec::new(),
        problems: Vec::new(),
        remarks: Vec::new(),
        statement: None,
    };
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let rules = found.show(file, &assumed);
    if hints.balances_are_transactions == Some(false) && !rules.is_empty() {
        let skipped = |look: &Look| look.statement.as_ref().map_or(0, |statement| statement.skipped);
        let (before, count) = (found.clone(), rules.len() as u64);
        found.profile.rows.skip.extend(rules.iter().cloned());
        assumed.rows.skip.extend(rules);
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        found.show(file, &assumed);
        // A rule by which other lines would be lost is none.
        if skipped(&found) != skipped(&before) + count {
            found = before;
        }
    }
    found.ask_for_missing();
    Ok(found)
}

/// Why a file is no table of text, if it is a page or a workbook in markup, whatever its name ends with.
fn markup(sheet: &dialect::Sheet) -> Option<&'static str> {
    const BEGINNINGS: [&str; 9] =
        ["<html", "<!doctype html", "<table", "<head", "<body", "<meta", "<div", "<style", "mime-version:"];
    let begins = |record: &Record, texts: &[&str]| {
        let text = record.cell(0).trim_start().to_lowercase();
        texts.iter().any(|beginning| text.starts_with(beginning))
    };
    let mut first = sheet.records.iter().filter(|record| !record.is_empty()).take(5);
    if first.clone().any(|record| record.cells().any(|cell| cell.contains("schemas-microsoft-com:office:spreadsheet")))
    {
        return Some("The file is a workbook in XML. Open it in a spreadsheet program, and save it as .xlsx.");
    }
    let is_page = first.next().is_some_and(|record| begins(record, &BEGINNINGS));
    is_page.then_some("The file is a web page. Open it in a spreadsheet program, and save it as .xlsx.")
}

/// Asks for the encoding, since the one that is likely makes a word that is none.
fn ask_encoding(guess: &'static Encoding, odd: &str, notes: &mut Notes) {
    let (bytes, ..) = guess.encode(odd);
    let others = ["macintosh", "windows-1252", "windows-1250", "windows-1251", "IBM866"];
    let labels = [guess.name()].into_iter().chain(others.into_iter().filter(|label| *label != guess.name()));
    let answers = labels.map(|label| {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap_or(guess);
        let (read, ..) = encoding.decode(&bytes);
        Answer::new(label, format!("Then the file has the word {}.", cell::quoted(&read)))
    });
    let message = "In which encoding is the file? If no word is right, save the file as UTF-8.";
    notes.ask("encoding", message, answers.collect());
}

/// Notes whether there is a header. Returns its line.
fn note_header(header: Option<(usize, bool)>, sheet: &dialect::Sheet, notes: &mut Notes) -> Option<u64> {
    let found = header.and_then(|(at, _)| sheet.records.get(at)).map(|record| record.line);
    let line = found.unwrap_or_default();
    match header {
        Some((_, true)) => {
            notes.found("rows.header", true, Confidence::Certain, format!("Line {line} has known names of columns."));
        }
        Some((_, false)) => {
            notes.found(
                "rows.header",
                true,
                Confidence::Likely,
                format!("Line {line}, before the first transaction, has names."),
            );
        }
        None => notes.found("rows.header", false, Confidence::Likely, "No line has names of columns."),
    }
    found
}

impl Look {
    /// Asks for what the profile still lacks, so that no profile is ready that reading would refuse.
    fn ask_for_missing(&mut self) {
        if let (true, Err(refusals)) = (self.questions.is_empty(), self.profile.check()) {
            let field = |path: &str| match path {
                "columns.date" => "columns.date",
                "columns.amount" => "columns.amount",
                "columns.flag" => "columns.flag",
                "sign" => "sign",
                _ => "rows",
            };
            let ask = |refusal: Refusal| Question {
                field: field(&refusal.path),
                message: refusal.message,
                answers: Vec::new(),
            };
            self.questions.extend(refusals.into_iter().map(ask));
            self.statement = None;
        }
    }

    /// Reads the file by the profile in which each question has its first answer. Returns the rules that skip what may be
    /// balances, though nothing names them so.
    fn show<R: Read>(&mut self, file: &mut R, assumed: &Profile) -> Vec<SkipRule> {
        self.sample.clear();
        self.problems.clear();
        self.remarks.clear();
        let mut lines = match Lines::open(file, assumed) {
            Ok(lines) => lines,
            Err(refusals) => {
                if self.questions.is_empty() {
                    let ask = |refusal: Refusal| Question {
                        field: "rows.header",
                        message: refusal.message,
                        answers: Vec::new(),
                    };
                    self.questions.extend(refusals.into_iter().map(ask));
                }
                return Vec::new();
            }
        };
        let is_ready = self.questions.is_empty();
        for item in &mut lines {
            match item {
                Item::Transaction(transaction) if self.sample.len() < SAMPLE => self.sample.push(transaction),
                Item::Problem(problem) if self.problems.len() < SAMPLE => self.problems.push(problem),
                Item::Skipped { line, reason } if self.remarks.len() < SAMPLE => {
                    self.remarks.push((line, reason.to_owned()));
                }
                _ => {}
            }
            if !is_ready && self.sample.len() >= SAMPLE {
                break;
            }
        }
        if let (true, Some(line)) = (is_ready, lines.unproven()) {
            let message = match lines.unnamed_balances() {
                Some([first, last]) => format!(
                    "Lines {first} and {last} may be an opening and a closing balance: with the amounts between, they add up. Are \
                     such lines payments?"
                ),
                None => format!("Line {line} is named like a balance or a total. Are such lines payments?"),
            };
            let answers = vec![
                Answer::new("true", "They are payments, and are read."),
                Answer::new("false", "They are balances or totals, and are left out."),
            ];
            self.questions.push(Question { field: "balancesAreTransactions", message, answers });
            return Vec::new();
        }
        self.statement = is_ready.then(|| lines.statement());
        if is_ready { lines.rules_for_unnamed() } else { Vec::new() }
    }
}
