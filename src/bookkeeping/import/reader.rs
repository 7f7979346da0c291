//! Splits a CSV file into records, finds the columns, and reports malformed records. Pure apart from reading the file.
//!
//! Keeps one record in memory at a time, so the length of the file does not matter. A malformed record is reported and
//! reading goes on with the next one. When the end of a record cannot be determined, reading ends there.

use std::{
    io::{self, Read},
    sync::Arc,
};

use csv::{ByteRecord, ErrorKind};

use super::{value::quoted, watch::Watched};
use crate::{
    error::{Code, Refusal, Refusals, Result},
    id::is_id,
    text,
};

/// The most records that a file may have.
pub(super) const MOST_RECORDS: u64 = 10_000_000;

/// The column of ids, written as in our own files.
const ID: &str = "id";

/// A column: its default name in the header, and whether the file must have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) need: Need,
}

/// Whether a file must have a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// The column must exist.
    Always,
    /// The column must exist, unless the user states that the file has none. So a column with another name is not ignored by
    /// accident.
    UnlessSaid,
    /// The column may be missing.
    Never,
}

/// The names of columns in the file, by their default names. An empty name states that the file has no such column.
pub(super) type Names = Vec<(&'static str, String)>;

/// A record with the texts of the known columns. Columns that the file does not have are empty.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// The line at which it begins.
    pub(super) line: u64,
    columns: &'static [Column],
    texts: Vec<String>,
    /// The bank's own id of the transaction, in a plain file of a [bank's file](super::bank). Empty when it is not used.
    pub(super) bank_id: String,
    /// The text of an id column that is not used, see [`Reader::with_own_ids`].
    pub(super) unused_id: String,
}

impl Record {
    /// The text of a column, trimmed.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.columns.iter().zip(&self.texts).find(|(column, _)| column.name == name);
        found.map(|(_, text)| text.as_str()).unwrap_or_default()
    }
}

/// A malformed record, and what is wrong with it.
#[derive(Clone, Debug)]
pub(super) struct BadRecord {
    pub(super) line: u64,
    pub(super) refusal: Refusal,
}

/// Reads the records of a file.
#[derive(Debug)]
pub(super) struct Reader<R> {
    csv: csv::Reader<Watched<R>>,
    record: ByteRecord,
    columns: &'static [Column],
    /// The position of each known column in a record.
    places: Vec<Option<usize>>,
    width: usize,
    /// Whether the first columns are those of a plain file.
    is_plain: bool,
    /// Where the column `id` is, if its name is not written as ours. It may be a bank's own.
    foreign_id: Option<usize>,
    has_own_ids: bool,
    /// The lines of the records, where the file was written in another order.
    lines: Option<Arc<[u64]>>,
    /// How many records were returned.
    returned: usize,
    count: u64,
    is_over: bool,
}

impl<R: Read> Reader<R> {
    /// Opens the file and reads the header.
    ///
    /// # Errors
    /// `INVALID` and `REQUIRED` at `csv` and under `columns`.
    pub(super) fn open(file: R, delimiter: u8, columns: &'static [Column], names: &Names) -> Result<Self> {
        let csv = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            // The lengths of records are checked here, so that the message can name the line.
            .flexible(true)
            .has_headers(false)
            .from_reader(Watched::new(file, delimiter));
        let mut reader = Self {
            csv,
            record: ByteRecord::new(),
            columns,
            places: Vec::new(),
            width: 0,
            is_plain: false,
            foreign_id: None,
            has_own_ids: false,
            lines: None,
            returned: 0,
            count: 0,
            is_over: false,
        };
        let unusable = |message: String| Refusal::new(Code::Invalid, "csv", message);
        match reader.csv.read_byte_record(&mut reader.record) {
            Ok(true) => {}
            Ok(false) => return Err(unusable("The file is empty: it has no header.".to_owned()).into()),
            Err(error) => return Err(unusable(unreadable(&error)).into()),
        }
        let (mut header, mut own_id) = (Vec::new(), None);
        for field in &reader.record {
            let is_utf16 = field.starts_with(b"\xFF\xFE") || field.starts_with(b"\xFE\xFF") || field.contains(&0);
            let name = std::str::from_utf8(field).ok().filter(|_| !is_utf16);
            let name = name.ok_or_else(|| unusable("The file is not UTF-8. Save it as CSV in UTF-8.".to_owned()))?;
            own_id = own_id.or_else(|| (name.trim_start_matches('\u{FEFF}').trim() == ID).then_some(header.len()));
            header.push(key(name));
        }
        reader.csv.get_mut().next_record();
        reader.width = header.len();
        reader.places = places(&header, columns, names)?;
        if !names.iter().any(|(column, _)| *column == ID) {
            reader.foreign_id = columns
                .iter()
                .position(|column| column.name == ID)
                .filter(|at| reader.places.get(*at).copied().flatten().is_some_and(|place| Some(place) != own_id));
        }
        Ok(reader)
    }

    /// The same for a plain file of a [bank's file](super::bank): the line, what is wrong, where, and the bank's id are in its first
    /// columns.
    pub(super) fn of_bank(mut self, is_plain: bool) -> Self {
        self.is_plain = is_plain;
        self
    }

    /// The same without ids of a column that the user does not name and whose name is not written as ours, such as `Id`: banks
    /// repeat their ids. Ids of our own exports are used in any case.
    pub(super) fn with_own_ids(mut self) -> Self {
        self.has_own_ids = true;
        self
    }

    /// The same for a file that was written in another order: `lines` are those of its records before that.
    pub(super) fn at_lines(mut self, lines: Option<Arc<[u64]>>) -> Self {
        self.lines = lines;
        self
    }

    /// Where the last record begins, in bytes. Empty lines before it are part of it.
    pub(super) fn begin(&self) -> u64 {
        self.record.position().map(csv::Position::byte).unwrap_or_default()
    }

    /// Whether the file cannot be read further than the last record.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// The next record; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Option<Result<Record, BadRecord>> {
        while !self.is_over {
            let read = self.csv.read_byte_record(&mut self.record);
            let line = self.csv.get_mut().next_record();
            let line = self.lines.as_ref().and_then(|lines| lines.get(self.returned)).copied().unwrap_or(line);
            let bad = |message: String| {
                let refusal = Refusal::new(Code::Invalid, "csv", message);
                Some(Err(BadRecord { line, refusal }))
            };
            match read {
                Ok(false) => break,
                Err(error) => {
                    self.is_over = true;
                    return bad(format!("{} The rest of the file is not read.", unreadable(&error)));
                }
                Ok(true) => {}
            }
            self.count += 1;
            if self.count > MOST_RECORDS {
                self.is_over = true;
                return bad(format!(
                    "A file can have at most {MOST_RECORDS} records. The rest of the file is not read."
                ));
            }
            if self.csv.get_ref().ended_in_quotes() {
                self.is_over = true;
                return bad("A quote is not closed before the end of the file.".to_owned());
            }
            // Spreadsheets write empty records at the end.
            if self.record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            self.returned += 1;
            if self.record.len() != self.width {
                let (has, width) = (fields(self.record.len()), self.width);
                return bad(format!("The record has {has}, but the header has {width}."));
            }
            return Some(
                self.texts(line).and_then(|record| if self.is_plain { self.of_line(record) } else { Ok(record) }),
            );
        }
        self.is_over = true;
        None
    }

    fn texts(&self, line: u64) -> Result<Record, BadRecord> {
        let text = |place: &Option<usize>| {
            let field = place.and_then(|place| self.record.get(place)).unwrap_or_default();
            let text = std::str::from_utf8(field).map_err(|_| {
                let refusal =
                    Refusal::new(Code::Invalid, "csv", "The record is not UTF-8. Save the file as CSV in UTF-8.");
                BadRecord { line, refusal }
            })?;
            Ok(text::from_field(text).trim().to_owned())
        };
        let mut texts = self.places.iter().map(text).collect::<Result<Vec<_>, _>>()?;
        let foreign = self.foreign_id.filter(|_| self.has_own_ids).and_then(|at| texts.get_mut(at));
        let unused_id = foreign.filter(|id| !is_id(id)).map(std::mem::take).unwrap_or_default();
        Ok(Record { line, columns: self.columns, texts, bank_id: String::new(), unused_id })
    }

    /// A record of a plain file as the record of the bank's file that it comes from.
    fn of_line(&self, mut record: Record) -> Result<Record, BadRecord> {
        let field =
            |place| self.record.get(place).and_then(|field| std::str::from_utf8(field).ok()).unwrap_or_default();
        record.line = field(0).parse().unwrap_or(record.line);
        field(3).clone_into(&mut record.bank_id);
        match field(1) {
            "" => Ok(record),
            message => {
                let refusal = Refusal::new(Code::Invalid, field(2), message);
                Err(BadRecord { line: record.line, refusal })
            }
        }
    }
}

/// Finds the position of each column in the header.
fn places(header: &[String], columns: &[Column], names: &Names) -> Result<Vec<Option<usize>>> {
    let mut refusals = Refusals::default();
    let mut places = Vec::with_capacity(columns.len());
    for Column { name, need } in columns {
        let given = names.iter().find(|(column, _)| column == name).map(|(_, given)| given.as_str());
        let wanted = given.unwrap_or(name);
        let mut found = header.iter().enumerate().filter(|(_, column)| **column == key(wanted)).map(|(at, _)| at);
        let place = found.next().filter(|_| !wanted.is_empty());
        if place.is_some() && found.next().is_some() {
            let message = format!("The header has two columns {}.", quoted(wanted));
            refusals.push(Refusal::new(Code::Invalid, "csv", message));
        }
        let may_be_absent = match given {
            Some(given) => given.is_empty() && *need != Need::Always,
            None => *need == Need::Never,
        };
        if place.is_none() && !may_be_absent {
            let (header, path) = (listed(header), format!("columns.{name}"));
            refusals.push(match given {
                Some("") => Refusal::new(Code::Required, path, format!("There must be a column for `{name}`.")),
                Some(given) => {
                    let message = format!("The header has no column {}: it has {header}.", quoted(given));
                    Refusal::new(Code::Invalid, path, message)
                }
                None => {
                    let none = if *need == Need::Always { "" } else { ", or an empty name if there is none" };
                    let message = format!(
                        "The header has no column `{name}`: it has {header}. Give the name of the column{none}."
                    );
                    Refusal::new(Code::Required, path, message)
                }
            });
        }
        places.push(place);
    }
    refusals.none()?;
    Ok(places)
}

/// The name of a column in the form in which names are compared.
fn key(name: &str) -> String {
    text::name_key(text::from_field(name.trim_start_matches('\u{FEFF}')))
}

fn listed(header: &[String]) -> String {
    const MOST: usize = 20;
    let dots = if header.len() > MOST { ", ..." } else { "" };
    header.iter().take(MOST).map(|name| quoted(name)).collect::<Vec<_>>().join(", ") + dots
}

fn fields(count: usize) -> String {
    if count == 1 { "1 field".to_owned() } else { format!("{count} fields") }
}

fn unreadable(error: &csv::Error) -> String {
    match error.kind() {
        ErrorKind::Io(error) if error.kind() == io::ErrorKind::Other => error.to_string(),
        _ => format!("The file cannot be read: {error}."),
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Need, Reader};

    const COLUMNS: [Column; 2] = [Column { name: "a", need: Need::Always }, Column { name: "b", need: Need::Never }];

    /// The line numbers and texts of the records, or the messages for malformed ones.
    fn read(file: &str) -> Vec<(u64, String)> {
        let mut reader = Reader::open(file.as_bytes(), b',', &COLUMNS, &Vec::new()).unwrap();
        let next = || match reader.next()? {
            Ok(record) => Some((record.line, format!("{}|{}", record.text("a"), record.text("b")))),
            Err(bad) => Some((bad.line, bad.refusal.message)),
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn records_are_known_by_the_lines_that_they_begin_in() {
        for end in ["\n", "\r\n", "\r"] {
            let file = ["a,b", "1,2", "", "\"3\nx\",4", "5,6", "\"7\"\"\",8", "9", ",", "10,"].join(end);
            let expected = [
                (2, "1|2"),
                (4, "3\nx|4"),
                (6, "5|6"),
                (7, "7\"|8"),
                (8, "The record has 1 field, but the header has 2."),
                (10, "10|"),
            ];
            let expected: Vec<_> = expected.into_iter().map(|(line, text)| (line, text.to_owned())).collect();
            assert_eq!(read(&file), expected, "{end:?}");
            assert_eq!(read(&format!("\u{FEFF}{file}{end}")), expected, "{end:?}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told_of_where_its_record_begins() {
        let read = read("a,b\n1,2\n3,\"4\n5,6\n7,8\n");
        assert_eq!(read.last().unwrap().0, 3);
        assert!(read.last().unwrap().1.starts_with("A quote is not closed"), "{read:?}");
        assert_eq!(read.len(), 2);
        // A quote inside an unquoted field is an ordinary character.
        assert_eq!(self::read("a,b\n5\" pipe,2\n").last().unwrap(), &(2, "5\" pipe|2".to_owned()));
    }

    #[test]
    fn a_record_without_an_end_is_not_read_to_its_end() {
        let file = format!("a,b\n1,2\n3,\"{}", "x".repeat(1024 * 1024));
        let read = read(&file);
        assert_eq!((read.len(), read[1].0), (2, 3));
        assert!(read[1].1.contains("larger than 256 KiB"), "{read:?}");
    }
}
