//! Finds the separator and the quote of a file.

use std::{
    collections::HashMap,
    io::{self, Read, Seek, SeekFrom},
};

use encoding_rs::Encoding;

use super::{
    super::profile::{
        notation::{cell, date, number},
        record::{Fault, Record, Records},
    },
    finding::{Confidence, Notes},
    hints::Hints,
};

/// How many records are kept in memory for the look at the columns, and how many bytes they may take.
const MOST_RECORDS: usize = 1_000;
const MOST_BYTES: usize = 2 * 1024 * 1024;

const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// The beginning of a file, split into records.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) separator: char,
    pub(super) quote: Option<char>,
    pub(super) records: Vec<Record>,
}

/// Splits the beginning of the file by each separator, and takes the one by which most records look like transactions.
pub(super) fn find<R: Read + Seek>(
    file: &mut R,
    encoding: &'static Encoding,
    hints: &Hints,
    notes: &mut Notes,
) -> io::Result<Sheet> {
    let instruction = instruction(file, encoding)?;
    let separators = match hints.separator.or(instruction) {
        Some(separator) => vec![separator],
        None => SEPARATORS.to_vec(),
    };
    let quotes: &[Option<char>] = if hints.quote.is_some() { &[hints.quote] } else { &[Some('"'), None, Some('\'')] };
    let mut best: Option<(Score, Sheet)> = None;
    for separator in separators {
        for quote in quotes {
            let sheet = read(file, encoding, separator, *quote)?;
            let score = score(&sheet);
            // Of equals the first one stays: a double quote is the rule.
            if best.as_ref().is_none_or(|(before, _)| score > *before) {
                best = Some((score, sheet));
            }
        }
    }
    let (score, sheet) = best.unwrap_or_default();
    let (confidence, reason) = match (hints.separator, instruction) {
        (Some(_), _) => (Confidence::Certain, "You said so.".to_owned()),
        (_, Some(_)) => (Confidence::Certain, "The first line of the file says so.".to_owned()),
        _ if score.transactions > 0 => (
            Confidence::Certain,
            format!("With it, {} of the first records look like transactions.", score.transactions),
        ),
        _ => (Confidence::Unsure, "No record looks like a transaction.".to_owned()),
    };
    notes.found(
        "separator",
        if sheet.separator == '\t' { "tab".to_owned() } else { sheet.separator.into() },
        confidence,
        reason,
    );
    Ok(sheet)
}

/// The separator that the first line `sep=;` names.
fn instruction<R: Read + Seek>(file: &mut R, encoding: &'static Encoding) -> io::Result<Option<char>> {
    file.seek(SeekFrom::Start(0))?;
    // Nothing is split by this separator.
    let mut records = Records::new(&mut *file, encoding, '\u{1}', None);
    let mut record = Record::default();
    records.read(&mut record)?;
    let first = record.cell(0).trim_matches('"');
    let named = first.get(..4).filter(|name| name.eq_ignore_ascii_case("sep=")).and_then(|_| first.get(4..));
    // A tab that is named so is trimmed by some programs.
    Ok(named.and_then(|rest| if rest.is_empty() { Some('\t') } else { rest.chars().next() }.filter(char::is_ascii)))
}

fn read<R: Read + Seek>(
    file: &mut R,
    encoding: &'static Encoding,
    separator: char,
    quote: Option<char>,
) -> io::Result<Sheet> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = Records::new(&mut *file, encoding, separator, quote);
    let (mut records, mut size) = (Vec::new(), 0);
    let mut record = Record::default();
    while records.len() < MOST_RECORDS && size < MOST_BYTES && reader.read(&mut record)? {
        size += record.size();
        records.push(std::mem::take(&mut record));
    }
    Ok(Sheet { separator, quote, records })
}

/// How well a file is split. Compared field by field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    /// How many records have a date and a number in cells of their own.
    transactions: usize,
    /// How many of them have the same number of cells.
    even: usize,
    /// The negative number of records with quotes that do not fit.
    faults: isize,
    /// How many cells most records have.
    width: usize,
}

fn score(sheet: &Sheet) -> Score {
    let mut widths = HashMap::new();
    let mut score = Score::default();
    for record in &sheet.records {
        let is_stray = |cell: &str| {
            cell.starts_with('"') || cell.ends_with('"') || (cell.starts_with('\'') && cell.ends_with('\''))
        };
        let strays = record.cells().filter(|cell| cell.len() > 1 && is_stray(cell)).count();
        let is_open = matches!(record.fault, Some(Fault::OpenQuote | Fault::TooLarge));
        score.faults -= isize::from(is_open || strays > 0);
        let is_transaction = is_transaction(record);
        score.transactions += usize::from(is_transaction);
        if record.len() > 1 {
            *widths.entry(record.len()).or_insert(0_usize) += 1;
        }
    }
    (score.width, score.even) = widths.into_iter().max_by_key(|(width, count)| (*count, *width)).unwrap_or_default();
    score
}

/// Whether a record has a date in one cell and a number in another one.
pub(super) fn is_transaction(record: &Record) -> bool {
    let is_date = |text: &&str| date::date(text).is_some_and(|date| !date.is_short || date.separator != '\0');
    let dates = record.cells().filter(is_date).count();
    let is_number = |text: &&str| !cell::bare(text).is_empty() && number::number(text).is_some();
    dates > 0 && record.cells().filter(|text| is_number(text) && !is_date(text)).count() > 0
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::UTF_8;

    use super::{super::finding::Notes, find};

    fn found(text: &str) -> (char, Option<char>) {
        let sheet = find(&mut Cursor::new(text), UTF_8, &super::Hints::default(), &mut Notes::default()).unwrap();
        (sheet.separator, sheet.quote)
    }

    #[test]
    fn separators_and_quotes_are_found() {
        for (text, expected) in [
            ("Datum;Betrag\n30.10.2026;-3,20\n", (';', Some('"'))),
            ("Date,Amount\n2026-10-30,\"-3,20\"\n", (',', Some('"'))),
            ("Date\tAmount\n2026-10-30\t-3,20\n", ('\t', Some('"'))),
            ("Date|Amount\n2026-10-30|-3.20\n", ('|', Some('"'))),
            ("'Date','Text','Amount'\n'2026-10-30','a,b','-3.20'\n", (',', Some('\''))),
            ("Date,Text,Amount\n2026-10-30,\"5 inch pipe,-3.20\n2026-10-31,x,-1\n", (',', None)),
            ("sep=;\nDate;Amount\n2026-10-30;-3,20\n", (';', Some('"'))),
            ("Date;Text;Amount\n2026-10-30;a, b, c;-3.20\n", (';', Some('"'))),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
