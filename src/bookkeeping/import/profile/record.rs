//! Splits a decoded file into records and cells.
//!
//! Files of banks are often not quite CSV, so more is accepted than RFC 4180 allows: blanks before a quote, text after a
//! closing quote, quotes inside of unquoted cells, records of different lengths, and a first line `sep=;`.

use std::io::{self, Read};

use encoding_rs::Encoding;

use super::decode::{Decoded, MALFORMED};

/// The most bytes of one record. Without a limit, a quote that is never closed would turn the rest of the file into one
/// record in memory.
pub const LARGEST_RECORD: usize = 256 * 1024;

/// A record: the cells of one line of a table.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The number of the line of the file in which it begins, from 1.
    pub line: u64,
    /// Whether there is an empty line before it.
    pub follows_blank: bool,
    text: String,
    ends: Vec<usize>,
    /// Why the record cannot be used.
    pub fault: Option<Fault>,
}

/// Why a record cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Bytes that have no meaning in the encoding.
    Malformed,
    /// A quote that is not closed before the end of the file.
    OpenQuote,
    /// More than [`LARGEST_RECORD`] bytes. Nothing after it is read.
    TooLarge,
}

impl Fault {
    /// The fault as a sentence.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Malformed => "The line has bytes that are not text in the file's encoding.",
            Self::OpenQuote => "A quote is not closed before the end of the file.",
            Self::TooLarge => {
                "The record is larger than 256 KiB; perhaps a quote is not closed. The rest of the file is not read."
            }
        }
    }
}

impl Record {
    /// The text of the cell at a position, from 0; empty when the record has no such cell.
    #[must_use]
    pub fn cell(&self, at: usize) -> &str {
        let begin = if at == 0 { Some(0) } else { self.ends.get(at - 1).copied() };
        let range = begin.zip(self.ends.get(at).copied());
        range.and_then(|(begin, end)| self.text.get(begin..end)).unwrap_or_default()
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.cell(at))
    }

    /// The number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no cell has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The memory that it takes, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<usize>() + size_of::<Self>()
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.follows_blank = false;
        self.fault = None;
    }
}

/// Where the next character is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the beginning of a cell, after nothing but blanks.
    Begin,
    Unquoted,
    Quoted,
    /// After a quote in a quoted cell. It ends the quoted part, unless another quote follows.
    QuoteInQuoted,
}

/// The records of a file.
#[derive(Debug)]
pub struct Records<R> {
    decoded: Decoded<R>,
    separator: u8,
    quote: Option<u8>,
    text: String,
    at: usize,
    line: u64,
    is_after_return: bool,
    is_over: bool,
}

impl<R: Read> Records<R> {
    /// Opens a file. The separator and the quote are ASCII characters.
    #[must_use]
    pub fn new(file: R, encoding: &'static Encoding, separator: char, quote: Option<char>) -> Self {
        let byte = |c: char| u8::try_from(c).unwrap_or_default();
        let (separator, quote) = (byte(separator), quote.map(byte));
        let (decoded, text) = (Decoded::new(file, encoding), String::new());
        Self { decoded, separator, quote, text, at: 0, line: 1, is_after_return: false, is_over: false }
    }

    /// Reads the next record that has any character. Returns false at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&mut self, record: &mut Record) -> io::Result<bool> {
        while self.next(record)? {
            let is_instruction = record.line == 1 && is_separator_instruction(record);
            if !is_instruction {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        record.clear();
        let mut place = Place::Begin;
        let mut begin = 0;
        let mut has_begun = false;
        // The bytes since here are not copied yet.
        let mut copied = self.at;
        let mut is_end = false;
        while !self.is_over && !is_end {
            let Some(byte) = self.text.as_bytes().get(self.at).copied() else {
                record.text.push_str(self.text.get(copied..self.at).unwrap_or_default());
                self.is_over = !self.decoded.fill(&mut self.text)?;
                (self.at, copied) = (0, 0);
                if record.text.len() > LARGEST_RECORD {
                    record.fault = Some(Fault::TooLarge);
                    self.is_over = true;
                }
                continue;
            };
            let is_break = byte == b'\n' || byte == b'\r';
            let is_second_half = byte == b'\n' && std::mem::replace(&mut self.is_after_return, byte == b'\r');
            self.is_after_return = byte == b'\r';
            if !has_begun {
                if is_break {
                    self.line += u64::from(!is_second_half);
                    record.follows_blank |= !is_second_half;
                    self.at += 1;
                    copied = self.at;
                    continue;
                }
                (has_begun, record.line) = (true, self.line);
            }
            let mut take = |to: usize, copied: &mut usize| {
                record.text.push_str(self.text.get(*copied..to).unwrap_or_default());
                *copied = to + 1;
            };
            match (place, byte) {
                (Place::Begin, byte) if Some(byte) == self.quote => {
                    take(self.at, &mut copied);
                    record.text.truncate(begin);
                    place = Place::Quoted;
                }
                (Place::Quoted, byte) if Some(byte) == self.quote => {
                    take(self.at, &mut copied);
                    place = Place::QuoteInQuoted;
                }
                (Place::QuoteInQuoted, byte) if Some(byte) == self.quote => {
                    copied = self.at;
                    place = Place::Quoted;
                }
                (Place::Quoted, _) => self.line += u64::from(is_break && !is_second_half),
                (_, byte) if byte == self.separator => {
                    take(self.at, &mut copied);
                    begin = record.text.len();
                    record.ends.push(begin);
                    place = Place::Begin;
                }
                _ if is_break => {
                    take(self.at, &mut copied);
                    self.line += u64::from(!is_second_half);
                    is_end = true;
                }
                (Place::Begin, b' ') | (Place::Unquoted, _) => {}
                (Place::Begin | Place::QuoteInQuoted, _) => place = Place::Unquoted,
            }
            self.at += 1;
        }
        if !has_begun {
            return Ok(false);
        }
        record.ends.push(record.text.len());
        if record.fault.is_none() {
            let is_open = place == Place::Quoted;
            record.fault = is_open.then_some(Fault::OpenQuote);
            if record.text.contains(MALFORMED) {
                record.fault = record.fault.or(Some(Fault::Malformed));
            }
        }
        Ok(true)
    }
}

/// Whether a record is the instruction `sep=;`, by which spreadsheets know the separator.
fn is_separator_instruction(record: &Record) -> bool {
    let first = record.cell(0);
    let is_rest_empty = record.cells().skip(1).all(str::is_empty);
    first.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("sep=")) && first.len() <= 5 && is_rest_empty
}

#[cfg(test)]
mod tests {
    use encoding_rs::UTF_8;

    use super::{Fault, Record, Records};

    /// The line numbers and cells of the records.
    fn split(file: &str, separator: char) -> Vec<(u64, String)> {
        let mut records = Records::new(file.as_bytes(), UTF_8, separator, Some('"'));
        let (mut all, mut record) = (Vec::new(), Record::default());
        while records.read(&mut record).unwrap() {
            all.push((record.line, record.cells().collect::<Vec<_>>().join("|")));
        }
        all
    }

    #[test]
    fn records_are_known_by_the_lines_in_which_they_begin() {
        for end in ["\n", "\r\n", "\r"] {
            let file = ["a,b", "1,2", "", "\"3\nx\",4", "5, \"6,6\"", "\"7\"\"\",8", "9", ",", "10,\"a\"b"].join(end);
            let expected =
                [(1, "a|b"), (2, "1|2"), (4, "3\nx|4"), (6, "5|6,6"), (7, "7\"|8"), (8, "9"), (9, "|"), (10, "10|ab")];
            let expected: Vec<_> = expected.into_iter().map(|(line, text)| (line, text.to_owned())).collect();
            assert_eq!(split(&file, ','), expected, "{end:?}");
            assert_eq!(split(&format!("\u{FEFF}{file}{end}{end}"), ','), expected, "{end:?}");
        }
        assert_eq!(split("sep=;\n5\" pipe;2\n", ';'), [(2, "5\" pipe|2".to_owned())]);
        assert_eq!(split("", ';'), []);
    }

    #[test]
    fn cells_of_any_length_are_split() {
        let long = "ä,\"\"x".repeat(20_000);
        let file = format!("a,\"{long}\",b\n{}", "1,2\n".repeat(20_000));
        let split = split(&file, ',');
        assert_eq!(split.len(), 20_001);
        assert_eq!(split[0].1, format!("a|{}|b", long.replace("\"\"", "\"")));
        assert!(split.iter().skip(1).enumerate().all(|(at, (line, text))| *line == at as u64 + 2 && text == "1|2"));
    }

    #[test]
    fn a_quote_that_is_not_closed_is_a_fault_of_its_record() {
        let faults = |file: &str| {
            let mut records = Records::new(file.as_bytes(), UTF_8, ',', Some('"'));
            let (mut faults, mut record) = (Vec::new(), Record::default());
            while records.read(&mut record).unwrap() {
                faults.extend(record.fault.map(|fault| (record.line, fault)));
            }
            faults
        };
        assert_eq!(faults("a,b\n3,\"4\n5,6\n"), [(2, Fault::OpenQuote)]);
        assert_eq!(faults(&format!("a,b\n3,\"{}", "x".repeat(1024 * 1024))), [(2, Fault::TooLarge)]);
        assert_eq!(faults("a\u{FFFF},b\nc,d\n"), [(1, Fault::Malformed)]);
    }
}
