//! Writes the rows of a workbook's sheet as CSV, so that they are looked at and read like those of any table.

use std::{
    fs::File,
    io::{BufWriter, Read, Seek},
};

use super::{
    super::{
        formats::Workbook,
        look::{Answer, Hints, Look, Question, look},
        profile::{
            DecimalSign,
            notation::{cell, date, number},
        },
    },
    failure::{broken, refused},
};
use crate::error::{Code, Refusal, Result};

/// How many sheets a question names.
const MOST: usize = 20;

/// Looks at the sheet that the user names, or the one that has a table. Also gives its rows as CSV in UTF-8; a line of it has the
/// number of its row where no row is empty.
///
/// # Errors
/// `INVALID` at `csv` for a workbook that is damaged or too large; those of [`look`].
pub(super) fn look_at(file: impl Read + Seek + Send, hints: &Hints) -> Result<(Look, File)> {
    let mut workbook = Workbook::open(file).map_err(refuse)?;
    let (sheet, question) = choose(&mut workbook, hints)?;
    let mut file = unfold(&mut workbook, sheet)?;
    let mut looked = look(&mut file, &in_csv(hints)).map_err(refused)?;
    if question.is_some() {
        looked.statement = None;
    }
    looked.questions.extend(question);
    file.rewind().map_err(|error| broken(&error))?;
    Ok((looked, file))
}

/// The sheet to read, by its place, and the question which one it is when there are several tables. A cover sheet is no table.
fn choose(workbook: &mut Workbook<impl Read + Seek + Send>, hints: &Hints) -> Result<(usize, Option<Question>)> {
    let names = workbook.sheets().to_vec();
    let (mut tables, mut filled) = (Vec::new(), Vec::new());
    for (sheet, name) in names.iter().enumerate() {
        if hints.sheet.as_ref().is_some_and(|wanted| cell::name(wanted) == cell::name(name)) {
            return Ok((sheet, None));
        }
        let mut rows = workbook.rows(sheet).map_err(refuse)?.peekable();
        if rows.peek().is_some() {
            filled.push(sheet);
        }
        for row in rows {
            if is_of_table(&row.map_err(refuse)?.cells) {
                tables.push(sheet);
                break;
            }
        }
    }
    let sheets = if tables.is_empty() { filled } else { tables };
    let first = sheets.first().copied().unwrap_or_default();
    let message = match &hints.sheet {
        Some(wanted) => format!("The workbook has no sheet {}. Which of them is read?", cell::quoted(wanted)),
        None if sheets.len() > 1 => "The workbook has several sheets. Which of them is read?".to_owned(),
        None => return Ok((first, None)),
    };
    let answer = |sheet: usize| Some(Answer { value: names.get(sheet)?.clone(), meaning: String::new() });
    let answers = sheets.into_iter().filter_map(answer).take(MOST).collect();
    Ok((first, Some(Question { field: "sheet", message, answers })))
}

/// Whether a row can be a transaction: it has a date, and an amount beside it.
fn is_of_table(cells: &[String]) -> bool {
    let is_date = |text: &String| date::date(text).is_some_and(|date| !date.is_short);
    cells.iter().any(is_date) && cells.iter().any(|text| !is_date(text) && number::number(text).is_some())
}

fn unfold(workbook: &mut Workbook<impl Read + Seek + Send>, sheet: usize) -> Result<File> {
    let unfolded = tempfile::tempfile().map_err(|error| broken(&error))?;
    let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(unfolded));
    let failed = |error: csv::Error| broken(&error.into());
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
    let file = csv.into_inner().map_err(|error| broken(&error.into_error()))?;
    let mut file = file.into_inner().map_err(|error| broken(&error.into_error()))?;
    file.rewind().map_err(|error| broken(&error))?;
    Ok(file)
}

/// What the user says, with what is known of the rows as CSV.
fn in_csv(hints: &Hints) -> Hints {
    Hints {
        encoding: Some("UTF-8".to_owned()),
        separator: Some(','),
        quote: Some('"'),
        decimal: hints.decimal.or(Some(DecimalSign::Point)),
        ..hints.clone()
    }
}

fn refuse(message: String) -> Refusal {
    Refusal::new(Code::Invalid, "csv", message)
}
