//! Opens a file in one of the formats.

use std::{fmt, io::Read};

use super::{
    answers::{Answers, Question},
    camt::Camt,
    charset::{self, Charset},
    mt940::Mt940,
    ofx::{self, Ofx},
    out::{Out, Source, Stop},
    qif::{self, Qif},
    record::Record,
    sniff::Format,
};

/// What looking at a file found out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// What is known: the answers that were given, and those that the file gives.
    pub answers: Answers,
    /// What the user must answer before the file can be read whole.
    pub questions: Vec<Question>,
}

/// Looks through a file for what its format leaves open. `answers` are those of the user so far. Workbooks and CSV files have nothing to look
/// for here.
#[must_use]
pub fn look(file: impl Read + Send, format: Format, answers: &Answers) -> Look {
    let mut look = Look { answers: *answers, questions: Vec::new() };
    // What cannot be read is reported when the file is read for good.
    let Ok(file) = charset::open(file, answers.encoding) else { return look };
    let charset = Charset::new(answers.encoding);
    match format {
        Format::Qif => look.questions = qif::look(file, charset, &mut look.answers),
        Format::Ofx if answers.unsigned_debits.is_none() => look.questions.extend(ofx::question(file, charset)),
        _ => {}
    }
    look
}

/// Reads a file of statements: OFX, QIF, MT940 or camt. The rows of a workbook and of a CSV file have no such meaning by themselves; for
/// these the stream is one problem.
#[must_use]
pub fn records<'a>(file: impl Read + Send + 'a, format: Format, answers: &Answers) -> Records<'a> {
    let mut out = Out::default();
    let charset = Charset::new(answers.encoding);
    let source: Option<Box<dyn Source + Send + 'a>> = match (charset::open(file, answers.encoding), format) {
        (Err(error), _) => {
            out.stop(Stop::new(1, format!("The file cannot be read: {error}.")));
            None
        }
        (Ok(_), Format::Csv | Format::Excel) => {
            out.stop(Stop::new(1, "The file is a table, not a statement."));
            None
        }
        (Ok(file), Format::Ofx) => Some(Box::new(Ofx::new(file, charset, answers))),
        (Ok(file), Format::Qif) => Some(Box::new(Qif::new(file, charset, answers))),
        (Ok(file), Format::Mt940) => Some(Box::new(Mt940::new(file, charset))),
        (Ok(file), Format::Camt053) => Some(Box::new(Camt::new(file, charset))),
    };
    Records { source, out }
}

/// The records of a file.
pub struct Records<'a> {
    source: Option<Box<dyn Source + Send + 'a>>,
    out: Out,
}

impl fmt::Debug for Records<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("out", &self.out).finish_non_exhaustive()
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            if let Some(record) = self.out.take() {
                return Some(record);
            }
            match self.source.as_mut()?.step(&mut self.out) {
                Ok(true) => {}
                Ok(false) => self.source = None,
                Err(stop) => {
                    self.source = None;
                    self.out.stop(stop);
                }
            }
        }
    }
}
