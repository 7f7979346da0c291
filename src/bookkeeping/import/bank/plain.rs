//! Writes a plain file: a table in our own form, with the line of the bank's file that each record comes from.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
};

use chrono::NaiveDate;

use super::{
    super::{
        formats,
        profile::{Order, Transaction},
        run::refuse_too_many,
    },
    failure::broken,
};
use crate::error::Result;

/// The columns of a plain file. The first four are in plain files only.
const HEADER: &str = "line,error,wrong,bankId,date,amount,category,description,currency,note,id\n";

/// A plain file that is being written.
#[derive(Debug)]
pub(super) struct Plain {
    file: BufWriter<File>,
    order: Option<Order>,
    /// The most lines that it may have.
    most: Option<u64>,
    lines: u64,
    /// Where each transaction begins, with its parts.
    starts: Vec<u64>,
    end: u64,
    last: Option<NaiveDate>,
    has_later: bool,
    has_earlier: bool,
}

/// What the records of a transaction have in common.
struct Common<'a> {
    line: u64,
    bank_id: Option<&'a str>,
    date: NaiveDate,
    description: Option<&'a str>,
    currency: Option<&'a str>,
    id: &'a str,
}

impl Plain {
    /// Begins a file. `order` is what is known about the order of the transactions; without it, their dates tell.
    pub(super) fn new(order: Option<Order>, most: Option<u64>) -> Result<Self> {
        let file = tempfile::tempfile().map_err(|error| broken(&error))?;
        let file = BufWriter::new(file);
        let (last, has_later, has_earlier) = (None, false, false);
        Ok(Self { file, order, most, lines: 0, starts: Vec::new(), end: 0, last, has_later, has_earlier })
    }

    /// Writes a transaction of a table.
    pub(super) fn table(&mut self, transaction: &Transaction) -> Result<()> {
        self.begin(Some(transaction.date));
        let currency = transaction.currency.map(|currency| currency.to_string());
        let common = Common {
            line: transaction.line,
            bank_id: transaction.bank_id.as_deref(),
            date: transaction.date,
            description: transaction.description.as_deref(),
            currency: currency.as_deref(),
            id: "",
        };
        self.record(&common, &transaction.amount.to_string(), transaction.category.as_deref(), None)
    }

    /// Writes a transaction of a statement, each part of it as a line. `currency` is that of the account.
    pub(super) fn statement(&mut self, transaction: &formats::Transaction, currency: Option<&str>) -> Result<()> {
        self.begin(Some(transaction.date));
        let id = transaction.place.entry.to_string();
        let common = Common {
            line: transaction.place.line,
            bank_id: transaction.bank_id.as_deref(),
            date: transaction.date,
            description: transaction.description.as_deref().or(transaction.payee.as_deref()),
            currency: transaction.currency.as_deref().or(currency),
            id: if transaction.splits.is_empty() { "" } else { &id },
        };
        if transaction.splits.is_empty() {
            return self.record(&common, &transaction.amount.to_string(), transaction.category.as_deref(), None);
        }
        for part in &transaction.splits {
            self.record(&common, &part.amount.to_string(), part.category.as_deref(), part.note.as_deref())?;
        }
        Ok(())
    }

    /// Writes that something in this line is wrong.
    pub(super) fn error(&mut self, line: u64, column: &str, message: &str) -> Result<()> {
        self.begin(None);
        self.write(&[&line.to_string(), message, column, "", "", "", "", "", "", "", ""])
    }

    /// The file, at its beginning, with the oldest transaction first.
    pub(super) fn finish(self) -> Result<File> {
        let is_newest_first = match self.order {
            Some(order) => order == Order::NewestFirst,
            None => self.has_earlier && !self.has_later,
        };
        let finish = || {
            let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            let mut ordered = BufWriter::new(tempfile::tempfile()?);
            ordered.write_all(HEADER.as_bytes())?;
            if is_newest_first {
                turn(&mut file, &self.starts, self.end, &mut ordered)?;
            } else {
                io::copy(&mut file, &mut ordered)?;
            }
            let mut ordered = ordered.into_inner().map_err(io::IntoInnerError::into_error)?;
            ordered.rewind()?;
            Ok(ordered)
        };
        finish().map_err(|error: io::Error| broken(&error).into())
    }

    fn begin(&mut self, date: Option<NaiveDate>) {
        self.starts.push(self.end);
        self.has_later |= self.last.zip(date).is_some_and(|(last, date)| date > last);
        self.has_earlier |= self.last.zip(date).is_some_and(|(last, date)| date < last);
        self.last = date.or(self.last);
    }

    fn record(&mut self, common: &Common<'_>, amount: &str, category: Option<&str>, note: Option<&str>) -> Result<()> {
        let Common { line, bank_id, date, description, currency, id } = common;
        let text = Option::unwrap_or_default;
        self.write(&[
            &line.to_string(),
            "",
            "",
            text(*bank_id),
            &date.to_string(),
            amount,
            text(category),
            text(*description),
            text(*currency),
            text(note),
            id,
        ])
    }

    fn write(&mut self, fields: &[&str]) -> Result<()> {
        self.lines += 1;
        refuse_too_many(self.lines, self.most)?;
        let quoted: Vec<_> = fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
        let record = quoted.join(",") + "\n";
        self.end += record.len() as u64;
        self.file.write_all(record.as_bytes()).map_err(|error| broken(&error).into())
    }
}

/// Writes the transactions in the opposite order. The parts of one keep theirs.
fn turn(file: &mut File, starts: &[u64], end: u64, turned: &mut impl Write) -> io::Result<()> {
    let mut file = BufReader::new(file);
    let mut record = Vec::new();
    let ends = starts.iter().skip(1).copied().chain([end]);
    let places: Vec<_> = starts.iter().copied().zip(ends).collect();
    for (start, end) in places.into_iter().rev() {
        file.seek(SeekFrom::Start(start))?;
        record.clear();
        (&mut file).take(end - start).read_to_end(&mut record)?;
        turned.write_all(&record)?;
    }
    Ok(())
}
