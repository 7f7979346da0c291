//! Writes the records of a file in another order.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    sync::Arc,
};

use chrono::NaiveDate;

use super::{Order, date_of, open};
use crate::{
    bookkeeping::import::options::Format,
    error::{Code, Error, Refusal, Result},
};

/// A file in another order.
#[derive(Debug)]
pub(in super::super) struct Ordered {
    pub(in super::super) file: File,
    /// The lines of its records before.
    pub(in super::super) lines: Arc<[u64]>,
}

/// Records that stay together.
#[derive(Clone, Copy, Debug)]
struct Group {
    begin: u64,
    end: u64,
    /// The places of its records in the list of lines.
    first: usize,
    last: usize,
    /// `None` before the first record with a date.
    date: Option<NaiveDate>,
}

/// Writes the records of a file in this order. The file is rewound.
///
/// # Errors
/// As for [`Reader::open`](super::super::reader::Reader::open); `TRY_AGAIN` at `csv` when no temporary file can be written.
pub(in super::super) fn arrange(file: &mut (impl Read + Seek), format: &Format, order: Order) -> Result<Ordered> {
    let (mut groups, lines) = groups(file, format)?;
    match order {
        Order::AsIs => {}
        Order::Turned => groups.reverse(),
        Order::ByDate { turned } => {
            if turned {
                groups.reverse();
            }
            groups.sort_by_key(|group| group.date);
        }
    }
    let write = || {
        let mut ordered = BufWriter::new(tempfile::tempfile()?);
        let begin = groups.iter().map(|group| group.begin).min().unwrap_or(u64::MAX);
        let mut file = BufReader::new(file);
        copy(&mut file, 0, begin, &mut ordered)?;
        for group in &groups {
            copy(&mut file, group.begin, group.end, &mut ordered)?;
        }
        file.into_inner().rewind()?;
        let mut ordered = ordered.into_inner().map_err(io::IntoInnerError::into_error)?;
        ordered.rewind()?;
        Ok(ordered)
    };
    let broken = |error: io::Error| {
        let message = format!("The file cannot be kept while it is imported: {error}.");
        Error::from(Refusal::new(Code::TryAgain, "csv", message))
    };
    let ordered = write().map_err(broken)?;
    let of_group = |group: &Group| lines.get(group.first..group.last).unwrap_or_default();
    Ok(Ordered { file: ordered, lines: groups.iter().flat_map(of_group).copied().collect() })
}

/// The groups of a file, and the line of each record.
fn groups(file: &mut (impl Read + Seek), format: &Format) -> Result<(Vec<Group>, Vec<u64>)> {
    let mut reader = open(&mut *file, format)?.at_lines(format.lines.clone());
    let (mut groups, mut lines) = (Vec::<Group>::new(), Vec::new());
    let mut last_id = String::new();
    while let Some(record) = reader.next() {
        let begin = reader.begin();
        let (line, id, date) = match &record {
            Ok(record) => (record.line, record.text("id"), date_of(record, format)),
            Err(bad) => (bad.line, "", None),
        };
        lines.push(line);
        match groups.last_mut() {
            Some(group) if !id.is_empty() && id == last_id => group.last = lines.len(),
            before => {
                let date = date.or(before.as_ref().and_then(|group| group.date));
                if let Some(before) = before {
                    before.end = begin;
                }
                groups.push(Group { begin, end: begin, first: lines.len() - 1, last: lines.len(), date });
            }
        }
        id.clone_into(&mut last_id);
    }
    drop(reader);
    let end = file.seek(SeekFrom::End(0)).map_err(|error| super::cannot_rewind(&error))?;
    if let Some(last) = groups.last_mut() {
        last.end = end;
    }
    Ok((groups, lines))
}

/// Copies a part of a file, and ends its last line.
fn copy(file: &mut (impl Read + Seek), begin: u64, end: u64, to: &mut impl Write) -> io::Result<()> {
    file.seek(SeekFrom::Start(begin))?;
    let mut part = Vec::new();
    Read::by_ref(file).take(end - begin).read_to_end(&mut part)?;
    to.write_all(&part)?;
    if part.last().is_some_and(|byte| !b"\r\n".contains(byte)) {
        to.write_all(b"\n")?;
    }
    Ok(())
}
