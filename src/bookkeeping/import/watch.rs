//! Observes the bytes of a CSV file on their way to the parser, for what the parser does not report: the line at which
//! a record begins, and whether the file ends inside quotes. Also limits the size of a record: without the limit, a
//! quote that is never closed would turn the rest of the file into one record in memory.

use std::{
    collections::VecDeque,
    io::{self, Read},
};

/// The most bytes of one record, apart from what the parser reads ahead.
const LARGEST_RECORD: usize = 256 * 1024;

/// A file whose bytes are observed.
#[derive(Debug)]
pub(super) struct Watched<R> {
    inner: R,
    delimiter: u8,
    place: Place,
    /// The line number of the next byte.
    line: u64,
    last: u8,
    /// The first lines of the records that were read ahead.
    begins: VecDeque<u64>,
    /// The bytes that may still be read for this record.
    left: usize,
    has_ended: bool,
}

/// The position of the next byte within a record (RFC 4180).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first byte of a record. Empty lines are skipped here.
    Before,
    FieldStart,
    Unquoted,
    Quoted,
    /// After a quote inside a quoted field. It ends the field, unless another quote follows.
    QuoteInQuoted,
}

impl<R: Read> Watched<R> {
    pub(super) fn new(inner: R, delimiter: u8) -> Self {
        let (place, begins, left) = (Place::Before, VecDeque::new(), LARGEST_RECORD);
        Self { inner, delimiter, place, line: 1, last: 0, begins, left, has_ended: false }
    }

    /// The line at which the next record begins.
    pub(super) fn next_record(&mut self) -> u64 {
        self.left = LARGEST_RECORD;
        self.begins.pop_front().unwrap_or(self.line)
    }

    /// Whether the end of the file was reached inside a quoted field.
    pub(super) fn ended_in_quotes(&self) -> bool {
        self.has_ended && self.place == Place::Quoted
    }

    fn step(&mut self, byte: u8) {
        let ends_line = byte == b'\r' || (byte == b'\n' && self.last != b'\r');
        // A byte order mark is not part of the first record.
        let is_blank = matches!(byte, b'\r' | b'\n') || (self.line == 1 && matches!(byte, 0xEF | 0xBB | 0xBF));
        self.place = match (self.place, byte) {
            (Place::Before, _) if is_blank => Place::Before,
            (Place::Before, _) => {
                self.begins.push_back(self.line);
                self.within(Place::FieldStart, byte)
            }
            (place, byte) => self.within(place, byte),
        };
        self.line += u64::from(ends_line);
        self.last = byte;
    }

    fn within(&self, place: Place, byte: u8) -> Place {
        match (place, byte) {
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) | (Place::FieldStart | Place::QuoteInQuoted, b'"') => Place::Quoted,
            (_, b'\n' | b'\r') => Place::Before,
            (_, byte) if byte == self.delimiter => Place::FieldStart,
            _ => Place::Unquoted,
        }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let most = LARGEST_RECORD / 1024;
            return Err(io::Error::other(format!(
                "The record is larger than {most} KiB; perhaps a quote is not closed."
            )));
        }
        let most = buffer.len().min(self.left);
        let Some(buffer) = buffer.get_mut(..most) else { return Ok(0) };
        let count = self.inner.read(buffer)?;
        self.left -= count;
        self.has_ended = count == 0;
        for byte in buffer.iter().take(count) {
            self.step(*byte);
        }
        Ok(count)
    }
}
