//! The order in which the lines of a file are imported: the oldest first, whichever way the file lists them. Pure apart from reading
//! and writing files.
//!
//! | the days of the file | orders, the first one preferred |
//! |---|---|
//! | never fall | as it is |
//! | never rise | turned |
//! | are all the same | as it is, turned |
//! | rise and fall | turned if they fall more often, by their dates, as it is |
//!
//! The others are tried where a line would overdraw a wallet: a file that adds up in some order that its dates allow is imported. A file
//! is turned or sorted by writing its records into a temporary file. Memory: nothing for a file whose days never fall, otherwise about
//! 40 bytes per line.
//!
//! Rules: lines with the same id stay together, in their order. Each record keeps its line.

mod arrange;

use std::io::{Read, Seek};

use chrono::NaiveDate;

use super::{
    options::Format,
    reader::{Reader, Record},
    run::cannot_rewind,
    transaction_line::COLUMNS,
};
use crate::error::Result;

pub(super) use self::arrange::arrange;

/// An order in which the records of a file can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    AsIs,
    Turned,
    /// By their dates. Those of one day are in the order of the file, or turned.
    ByDate {
        turned: bool,
    },
}

/// What the dates of a file say about its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Days {
    rises: u64,
    falls: u64,
    /// Whether there are records that cannot be read. Which line is beside which must then stay.
    has_bad: bool,
    /// Whether lines name wallets.
    pub(super) has_wallets: bool,
}

impl Days {
    /// Reads the whole file, and rewinds it.
    ///
    /// # Errors
    /// As for [`Reader::open`]; `INVALID` at `csv` for a file that cannot be read again.
    pub(super) fn of(mut file: impl Read + Seek, format: &Format) -> Result<Self> {
        let mut days = Self::default();
        let mut reader = open(&mut file, format)?;
        let mut last = None;
        while let Some(record) = reader.next() {
            let Ok(record) = record else {
                days.has_bad = true;
                if reader.is_over() {
                    // What follows cannot be told apart, so nothing is moved.
                    (days.rises, days.falls) = (1, 0);
                }
                continue;
            };
            days.has_wallets |= !record.text("wallet").is_empty();
            let date = date_of(&record, format);
            days.rises += u64::from(last.zip(date).is_some_and(|(last, date)| date > last));
            days.falls += u64::from(last.zip(date).is_some_and(|(last, date)| date < last));
            last = date.or(last);
        }
        file.rewind().map_err(|error| cannot_rewind(&error))?;
        Ok(days)
    }

    /// The orders to try.
    pub(super) fn orders(self) -> &'static [Order] {
        use Order::{AsIs, ByDate, Turned};
        match (self.rises, self.falls) {
            (0, 0) => &[AsIs, Turned],
            (_, 0) => &[AsIs],
            (0, _) => &[Turned, AsIs],
            (rises, falls) if falls > rises && self.has_bad => &[Turned, AsIs],
            (rises, falls) if falls > rises => &[Turned, ByDate { turned: true }, AsIs],
            _ if self.has_bad => &[AsIs],
            _ => &[AsIs, ByDate { turned: false }],
        }
    }
}

fn open<R: Read>(file: R, format: &Format) -> Result<Reader<R>> {
    Ok(Reader::open(file, format.delimiter, &COLUMNS, &format.names)?.of_bank(format.is_plain).with_own_ids())
}

fn date_of(record: &Record, format: &Format) -> Option<NaiveDate> {
    format.date.read(record.text("date")).ok().map(|date| date.0)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::{super::options::Format, Days, Order, arrange, open};

    const HEAD: &str = "date,amount,category,description,id\n";

    fn format() -> Format {
        Format { is_plain: false, ..Format::plain() }
    }

    /// The file in the order that is preferred, as `line description`.
    fn arranged(lines: &str, order: usize) -> String {
        let file = format!("{HEAD}{lines}");
        let orders = Days::of(Cursor::new(&file), &format()).unwrap().orders();
        let mut format = format();
        let mut ordered: Box<dyn Read> = match orders[order] {
            Order::AsIs => Box::new(Cursor::new(file)),
            order => {
                let ordered = arrange(&mut Cursor::new(file), &format, order).unwrap();
                format.lines = Some(ordered.lines);
                Box::new(ordered.file)
            }
        };
        let mut reader = open(&mut ordered, &format).unwrap().at_lines(format.lines.clone());
        let next = || match reader.next()? {
            Ok(record) => Some(format!("{} {}", record.line, record.text("description"))),
            Err(bad) => Some(format!("{} bad", bad.line)),
        };
        std::iter::from_fn(next).collect::<Vec<_>>().join(", ")
    }

    fn lines(lines: &[(&str, &str, &str)]) -> String {
        let line = |(day, text, id): &(&str, &str, &str)| format!("2026-11-{day},-1,Food,{text},{id}\r\n");
        lines.iter().map(line).collect::<Vec<_>>().concat()
    }

    #[test]
    fn the_oldest_line_is_imported_first() {
        let rising = lines(&[("01", "a", ""), ("01", "b", ""), ("02", "c", "")]);
        assert_eq!(arranged(&rising, 0), "2 a, 3 b, 4 c");
        let falling = lines(&[("02", "c", ""), ("01", "b", ""), ("01", "a", "")]);
        assert_eq!(arranged(&falling, 0), "4 a, 3 b, 2 c");
        assert_eq!(arranged(falling.trim_end(), 0), "4 a, 3 b, 2 c");
        let blank = format!("{}\r\n,,,,\r\n{}", lines(&[("02", "c", "")]), lines(&[("01", "\"b\r\nB\"", "")]));
        assert_eq!(arranged(&blank, 0), "5 b\r\nB, 2 c");
        let one_day = lines(&[("02", "b", ""), ("02", "a", "")]);
        assert_eq!((arranged(&one_day, 0), arranged(&one_day, 1)), ("2 b, 3 a".to_owned(), "3 a, 2 b".to_owned()));
    }

    #[test]
    fn lines_that_are_not_sorted_can_be() {
        let mixed = lines(&[("03", "d", ""), ("01", "b", ""), ("01", "a", ""), ("02", "c", ""), ("01", "A", "")]);
        assert_eq!(arranged(&mixed, 0), "6 A, 5 c, 4 a, 3 b, 2 d");
        assert_eq!(arranged(&mixed, 1), "6 A, 4 a, 3 b, 5 c, 2 d");
        assert_eq!(arranged(&mixed, 2), "2 d, 3 b, 4 a, 5 c, 6 A");
    }

    #[test]
    fn the_parts_of_a_transaction_and_lines_beside_bad_ones_stay_together() {
        let split = lines(&[("02", "c", ""), ("01", "a", "x"), ("01", "b", "x")]);
        assert_eq!(arranged(&split, 0), "3 a, 4 b, 2 c");
        let bad = format!("{}bad\r\n{}", lines(&[("02", "b", "")]), lines(&[("01", "a", "")]));
        assert_eq!(arranged(&bad, 0), "4 a, 3 bad, 2 b");
        let open = format!("{}2026-11-01,-1,Food,\"x", lines(&[("02", "b", ""), ("01", "a", "")]));
        assert_eq!(arranged(&open, 0), "2 b, 3 a, 4 bad");
    }
}
