//! Reads the sheets of an ods file row by row.
//!
//! A cell or a row says how often it repeats: programs fill sheets to their end with empty ones. So empty ones are counted, not unfolded.

use std::io::{BufReader, Read};

use super::{
    super::{
        charset::Charset,
        out::Stop,
        text,
        xml::{Event, Xml},
    },
    archive::{LARGEST_SHEET, too_large},
    row::{LONGEST_CELL, MOST_COLUMNS, Row, wide},
    value::iso,
};

/// The most repetitions of a row that is not empty.
const MOST_REPEATED: u32 = 10_000;

/// The content of an ods file.
pub(super) struct Content<'a> {
    xml: Xml<'a>,
    /// Where the next row begins, from 1.
    next_row: u32,
    row: Vec<String>,
    /// Empty cells that come before the next one.
    gap: usize,
    row_repeats: u32,
    cell_repeats: usize,
    value: Option<String>,
    text: String,
    /// The last row and how often it is still to be given.
    again: Option<(Row, u32)>,
}

/// What a step found.
enum Found {
    Sheet(String),
    Row(Row),
    EndOfSheet,
    Nothing,
    End,
}

impl<'a> Content<'a> {
    pub(super) fn new(part: impl Read + Send + 'a) -> Self {
        let part = BufReader::new(part.take(LARGEST_SHEET));
        Self {
            xml: Xml::new(Box::new(part), Charset::default()),
            next_row: 1,
            row: Vec::new(),
            gap: 0,
            row_repeats: 1,
            cell_repeats: 1,
            value: None,
            text: String::new(),
            again: None,
        }
    }

    /// The names of all sheets.
    pub(super) fn sheets(mut self) -> Result<Vec<String>, String> {
        let mut sheets = Vec::new();
        loop {
            match self.step(false)? {
                Found::Sheet(name) => sheets.push(name),
                Found::End => return Ok(sheets),
                _ => {}
            }
        }
    }

    /// Goes to the rows of a sheet.
    pub(super) fn find(&mut self, sheet: usize) -> Result<(), String> {
        let mut left = sheet + 1;
        loop {
            match self.step(false)? {
                Found::Sheet(_) if left == 1 => return Ok(()),
                Found::Sheet(_) => left -= 1,
                Found::End => return Err("The workbook does not have this sheet.".to_owned()),
                _ => {}
            }
        }
    }

    /// The next row of the sheet that is not empty.
    pub(super) fn next(&mut self) -> Result<Option<Row>, String> {
        if let Some((row, times)) = &mut self.again {
            if *times > 0 {
                *times -= 1;
                row.number += 1;
                return Ok(Some(row.clone()));
            }
            self.again = None;
        }
        loop {
            match self.step(true)? {
                Found::Row(row) => return Ok(Some(row)),
                Found::EndOfSheet | Found::End => return Ok(None),
                Found::Sheet(_) | Found::Nothing => {}
            }
        }
    }

    fn step(&mut self, has_rows: bool) -> Result<Found, String> {
        let event = self.xml.next().map_err(|Stop(notice)| notice.message)?;
        let path = self.xml.path();
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_cell = matches!(name, "table-cell" | "covered-table-cell") && parent.ends_with("table-row");
        let is_sheet = name == "table" && parent.ends_with("spreadsheet");
        match event {
            Event::Open(attributes) => {
                let attribute =
                    |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
                let repeats =
                    |wanted: &str| attribute(wanted).and_then(|count| count.parse().ok()).unwrap_or(1_u32).max(1);
                if is_sheet {
                    self.next_row = 1;
                    return Ok(Found::Sheet(attribute("name").unwrap_or_default().to_owned()));
                } else if name == "table-row" {
                    (self.row_repeats, self.gap) = (repeats("number-rows-repeated"), 0);
                    self.row.clear();
                } else if is_cell && has_rows {
                    self.cell_repeats = usize::try_from(repeats("number-columns-repeated")).unwrap_or(usize::MAX);
                    self.text.clear();
                    let date = attribute("date-value").map(iso);
                    let is_true = attribute("boolean-value").map(str::to_ascii_uppercase);
                    let other =
                        attribute("value").or(attribute("string-value")).or(attribute("time-value")).map(str::to_owned);
                    self.value = date.or(is_true).or(other);
                } else if name == "p" && !self.text.is_empty() {
                    self.text.push(' ');
                } else if name == "s" {
                    let count = usize::try_from(repeats("c")).unwrap_or_default();
                    self.text.push_str(&" ".repeat(count.min(LONGEST_CELL)));
                } else if matches!(name, "tab" | "line-break") {
                    self.text.push(' ');
                }
            }
            Event::Text(piece) => {
                let is_cell_text = path.rsplit("table-cell").next().is_some_and(|within| within.starts_with("/p"));
                if has_rows && is_cell_text && !path.contains("annotation") {
                    self.text.push_str(&piece);
                }
            }
            Event::Close if is_cell && has_rows => self.cell()?,
            Event::Close if name == "table-row" => {
                self.xml.mark();
                return self.end_row();
            }
            Event::Close if is_sheet => return Ok(Found::EndOfSheet),
            Event::Close => {}
            Event::End => return Ok(Found::End),
        }
        Ok(Found::Nothing)
    }

    /// A cell is complete.
    fn cell(&mut self) -> Result<(), String> {
        let value = self.value.take().unwrap_or_else(|| text::line(&self.text).unwrap_or_default());
        let repeats = self.cell_repeats;
        if value.trim().is_empty() {
            self.gap = self.gap.saturating_add(repeats);
            return Ok(());
        }
        let width = self.row.len().saturating_add(self.gap).saturating_add(repeats);
        if width > MOST_COLUMNS || value.chars().count() > LONGEST_CELL {
            return Err(wide(self.next_row));
        }
        self.row.resize(self.row.len() + self.gap, String::new());
        self.row.resize(width, value);
        self.gap = 0;
        Ok(())
    }

    fn end_row(&mut self) -> Result<Found, String> {
        let (number, repeats) = (self.next_row, self.row_repeats);
        self.next_row = number.saturating_add(repeats);
        if self.row.is_empty() {
            return Ok(Found::Nothing);
        }
        if repeats > MOST_REPEATED {
            return Err(too_large());
        }
        let row = Row { number, cells: std::mem::take(&mut self.row) };
        if repeats > 1 {
            self.again = Some((row.clone(), repeats - 1));
        }
        Ok(Found::Row(row))
    }
}
