//! Looks through the records of an xls file (BIFF) before calamine reads it: how large its sheets are when they are unfolded. Pure.

use super::{
    archive::{damaged, too_large},
    cfb::{self, u16_at, u32_at},
    strings,
};

/// The most cells of all sheets, counted as rectangles.
const MOST_CELLS: usize = 2_000_000;

/// The most characters in all cells. Several cells may share a text, which is copied into each.
const MOST_TEXT: usize = 64 * 1024 * 1024;

/// The most cells that a sheet states to have. Memory is set aside for them.
const MOST_STATED: u64 = 20_000_000;

/// The most records of all kinds.
const MOST_RECORDS: usize = 2_000_000;

const MOST_SHEETS: usize = 256;
/// Columns of xls.
const MOST_COLUMNS: u16 = 256;

/// A record: its kind, and where it begins.
struct Biff<'a> {
    kind: u16,
    at: usize,
    data: &'a [u8],
}

/// Checks an xls file.
pub(super) fn check(file: &[u8]) -> Result<(), String> {
    let stream = cfb::workbook(file).ok_or_else(damaged)?;
    let records = records(&stream).ok_or_else(too_large)?;
    let mut lengths = Vec::new();
    let mut sheets = Vec::new();
    for (at, record) in records.iter().enumerate() {
        match record.kind {
            // Protected by a password.
            0x2F => return Err(damaged()),
            0x85 => {
                sheets.push(u32_at(record.data, 0).and_then(|start| usize::try_from(start).ok()).ok_or_else(damaged)?);
            }
            0xFC => {
                let continued = records.iter().skip(at + 1).take_while(|record| record.kind == 0x3C);
                let pieces: Vec<_> = std::iter::once(record).chain(continued).map(|record| record.data).collect();
                lengths = strings::lengths(&pieces).ok_or_else(damaged)?;
            }
            0x0A => break,
            _ => {}
        }
    }
    if sheets.len() > MOST_SHEETS {
        return Err(too_large());
    }
    let (mut cells, mut characters) = (0, 0);
    for start in sheets {
        // A sheet begins with a record BOF, or else all of its records would be other ones.
        let first = records.binary_search_by_key(&start, |record| record.at).map_err(|_| damaged())?;
        let sheet = records.get(first..).unwrap_or_default();
        if sheet.first().is_none_or(|record| record.kind != 0x0809) {
            return Err(damaged());
        }
        let (rows, columns, text) = extent(sheet, &lengths)?;
        cells += rows * columns;
        characters += text;
        if cells > MOST_CELLS || characters > MOST_TEXT {
            return Err(too_large());
        }
    }
    Ok(())
}

/// The records of a stream, up to the first that is cut off. `None` when there are too many.
fn records(stream: &[u8]) -> Option<Vec<Biff<'_>>> {
    let mut records = Vec::new();
    let mut at = 0;
    while let Some((kind, length)) = u16_at(stream, at).zip(u16_at(stream, at + 2)) {
        let Some(data) = stream.get(at + 4..at + 4 + usize::from(length)) else { break };
        if records.len() == MOST_RECORDS {
            return None;
        }
        records.push(Biff { kind, at, data });
        at += 4 + data.len();
    }
    Some(records)
}

/// The rows and columns of the rectangle that holds all cells of a sheet, and the characters in its cells.
fn extent(sheet: &[Biff<'_>], lengths: &[usize]) -> Result<(usize, usize, usize), String> {
    let (mut rows, mut columns, mut text) = ((u16::MAX, 0), (u16::MAX, 0), 0);
    for Biff { kind, data, .. } in sheet {
        let last = match kind {
            0x0A => break,
            0x0200 => {
                check_stated(data)?;
                continue;
            }
            0xBD => data.len().checked_sub(2).and_then(|end| u16_at(data, end)),
            0x06 | 0x0203..=0x0205 | 0x027E | 0xD6 | 0xFD => u16_at(data, 2),
            _ => continue,
        };
        let (row, column) = u16_at(data, 0).zip(u16_at(data, 2)).ok_or_else(damaged)?;
        let last = last.filter(|last| (column..MOST_COLUMNS).contains(last)).ok_or_else(damaged)?;
        rows = (rows.0.min(row), rows.1.max(row));
        columns = (columns.0.min(column), columns.1.max(last));
        text += match kind {
            0xFD => {
                let index = u32_at(data, 6).and_then(|index| usize::try_from(index).ok());
                index.and_then(|index| lengths.get(index)).copied().unwrap_or_default()
            }
            _ => data.len(),
        };
    }
    if rows.0 > rows.1 {
        return Ok((0, 0, 0));
    }
    let span = |(first, last): (u16, u16)| usize::from(last - first) + 1;
    Ok((span(rows), span(columns), text))
}

/// Checks the size that a sheet states.
fn check_stated(data: &[u8]) -> Result<(), String> {
    let number = |at: usize| u16_at(data, at).map(u64::from);
    let stated = match data.len() {
        10 => number(0).zip(number(2)).zip(number(4).zip(number(6))),
        14 => u32_at(data, 0).map(u64::from).zip(u32_at(data, 4).map(u64::from)).zip(number(8).zip(number(10))),
        _ => None,
    };
    let ((first_row, end_row), (_, end_column)) = stated.ok_or_else(damaged)?;
    if end_row > 0 && end_column > 0 && first_row >= end_row {
        return Err(damaged());
    }
    if end_row.saturating_mul(end_column) > MOST_STATED { Err(too_large()) } else { Ok(()) }
}
