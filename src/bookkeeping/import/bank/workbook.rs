//! Writes the rows of a workbook's sheet as CSV, so that they are looked at and read like those of any table.

use std::{
    fs::File,
    io::{BufWriter, Read, Seek},
};

use super::{
    super::{formats::Workbook, look::Hints},
    failure::broken,
};
use crate::error::{Code, Refusal, Result};

/// The rows of the first sheet that has any, as CSV in UTF-8. A line of it has the number of its row where no row is empty.
///
/// # Errors
/// `INVALID` at `csv` for a workbook that is damaged or too large.
pub(super) fn unfold(file: impl Read + Seek + Send) -> Result<File> {
    let refuse = |message: String| Refusal::new(Code::Invalid, "csv", message);
    let mut workbook = Workbook::open(file).map_err(refuse)?;
    let unfolded = tempfile::tempfile().map_err(|error| broken(&error))?;
    let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(unfolded));
    let failed = |error: csv::Error| broken(&error.into());
    for sheet in 0..workbook.sheets().len() {
        let mut line = 0;
        for row in workbook.rows(sheet).map_err(refuse)? {
            let row = row.map_err(refuse)?;
            line += 1;
            while line < row.number {
                csv.write_record([""]).map_err(failed)?;
                line += 1;
            }
            csv.write_record(row.cells.iter().map(|cell| cell.replace(['\n', '\r'], " "))).map_err(failed)?;
        }
        if line > 0 {
            break;
        }
    }
    let file = csv.into_inner().map_err(|error| broken(&error.into_error()))?;
    let mut file = file.into_inner().map_err(|error| broken(&error.into_error()))?;
    file.rewind().map_err(|error| broken(&error))?;
    Ok(file)
}

/// What the user says, with what is known of a workbook's table.
pub(super) fn hints(hints: &Hints) -> Hints {
    let (encoding, separator, quote) = (Some("UTF-8".to_owned()), Some(','), Some('"'));
    Hints {
        encoding,
        separator,
        quote,
        decimal: hints.decimal.or(Some(super::super::profile::DecimalSign::Point)),
        ..hints.clone()
    }
}
