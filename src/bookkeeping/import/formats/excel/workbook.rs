//! A workbook of any of the three kinds, its sheets and their rows.

use std::{
    fmt,
    io::{BufReader, Cursor, Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{Data, Range, Reader, Xls, Xlsx, XlsxCellReader};
use zip::ZipArchive;

use super::{
    archive::{self, LARGEST_FILE, LARGEST_SHEET, damaged, too_large},
    limits,
    ods::Content,
    row::{LONGEST_CELL, MOST_COLUMNS, Row, wide},
    value,
};

/// A workbook: xlsx, xls or ods.
pub struct Workbook<R: Read + Seek> {
    book: Book<R>,
    sheets: Vec<String>,
}

enum Book<R: Read + Seek> {
    Xlsx(Box<Xlsx<BufReader<R>>>),
    Xls(Box<Xls<Cursor<Vec<u8>>>>),
    Ods(Box<ZipArchive<BufReader<R>>>),
}

impl<R: Read + Seek> fmt::Debug for Workbook<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workbook").field("sheets", &self.sheets).finish_non_exhaustive()
    }
}

impl<R: Read + Seek + Send> Workbook<R> {
    /// Opens a workbook, and checks that it is within the limits.
    ///
    /// # Errors
    /// A message for people, when it is damaged, protected by a password, of another kind, or too large.
    pub fn open(mut file: R) -> Result<Self, String> {
        let unreadable = |error| format!("The file cannot be read: {error}.");
        let size = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
        file.rewind().map_err(unreadable)?;
        if size > LARGEST_FILE {
            return Err(too_large());
        }
        let mut start = [0; 4];
        file.read_exact(&mut start).map_err(|_| damaged())?;
        file.rewind().map_err(unreadable)?;
        if start == *b"\xD0\xCF\x11\xE0" {
            return Self::open_xls(file);
        }
        let mut file = BufReader::new(file);
        let mut zip = ZipArchive::new(&mut file).map_err(|_| damaged())?;
        if zip.index_for_name("content.xml").is_some() {
            let content = zip.by_name("content.xml").map_err(|_| damaged())?;
            if content.size() > LARGEST_SHEET {
                return Err(too_large());
            }
            let sheets = Content::new(content).sheets()?;
            file.rewind().map_err(unreadable)?;
            let zip = ZipArchive::new(file).map_err(|_| damaged())?;
            return Ok(Self { book: Book::Ods(Box::new(zip)), sheets });
        }
        if zip.index_for_name("xl/workbook.bin").is_some() {
            return Err("The workbook is binary (xlsb). Save it as xlsx or CSV.".to_owned());
        }
        archive::check(&mut file)?;
        file.rewind().map_err(unreadable)?;
        let book = calm(|| Xlsx::new(file).map_err(|_| damaged()))?;
        let sheets = book.sheet_names();
        Ok(Self { book: Book::Xlsx(Box::new(book)), sheets })
    }

    fn open_xls(mut file: R) -> Result<Self, String> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| format!("The file cannot be read: {error}."))?;
        limits::check(&bytes)?;
        let book = calm(|| Xls::new(Cursor::new(bytes)).map_err(|_| damaged()))?;
        let sheets = book.sheet_names();
        Ok(Self { book: Book::Xls(Box::new(book)), sheets })
    }

    /// The names of the sheets, in their order.
    #[must_use]
    pub fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// The rows of a sheet, by the place of the sheet from 0.
    ///
    /// # Errors
    /// A message for people, when there is no such sheet, or it is damaged.
    pub fn rows(&mut self, sheet: usize) -> Result<Rows<'_>, String> {
        let name = self.sheets.get(sheet).ok_or("The workbook does not have this sheet.")?;
        let rows: Box<dyn Source + '_> = match &mut self.book {
            Book::Xlsx(book) => {
                let reader = calm(|| book.worksheet_cells_reader(name).map_err(|_| damaged()))?;
                Box::new(Cells { reader, ahead: None, is_over: false })
            }
            Book::Xls(book) => {
                let range = calm(|| book.worksheet_range(name).map_err(|_| damaged()))?;
                Box::new(Table { range, at: 0 })
            }
            Book::Ods(zip) => {
                let mut content = Content::new(zip.by_name("content.xml").map_err(|_| damaged())?);
                content.find(sheet)?;
                Box::new(content)
            }
        };
        Ok(Rows { rows: Some(rows) })
    }
}

/// Runs calamine, which may panic on a damaged file.
fn calm<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(damaged()))
}

/// The rows of a sheet that are not empty. An error is the last item.
pub struct Rows<'a> {
    rows: Option<Box<dyn Source + 'a>>,
}

impl fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.rows.as_mut()?.next();
        if !matches!(next, Ok(Some(_))) {
            self.rows = None;
        }
        next.transpose()
    }
}

/// What gives rows.
trait Source {
    fn next(&mut self) -> Result<Option<Row>, String>;
}

impl Source for Content<'_> {
    fn next(&mut self) -> Result<Option<Row>, String> {
        Content::next(self)
    }
}

/// The cells of an xlsx sheet, one after the other.
struct Cells<'a, R: Read + Seek> {
    reader: XlsxCellReader<'a, R>,
    /// The first cell of the next row: its row and column from 0.
    ahead: Option<(u32, u32, String)>,
    /// Whether the last cell was read. After it calamine would look for more.
    is_over: bool,
}

impl<R: Read + Seek> Cells<'_, R> {
    /// The next cell that is not empty.
    fn cell(&mut self) -> Result<Option<(u32, u32, String)>, String> {
        while !self.is_over {
            let Some(cell) = calm(|| self.reader.next_cell().map_err(|_| damaged()))? else { break };
            let (row, column) = cell.get_position();
            let is_long = match cell.get_value() {
                calamine::DataRef::SharedString(text) => text.chars().nth(LONGEST_CELL).is_some(),
                _ => false,
            };
            if is_long {
                return Err(wide(row.saturating_add(1)));
            }
            let text = value::text(&Data::from(cell.get_value().clone()));
            if !text.trim().is_empty() {
                return Ok(Some((row, column, text)));
            }
        }
        self.is_over = true;
        Ok(None)
    }
}

impl<R: Read + Seek> Source for Cells<'_, R> {
    fn next(&mut self) -> Result<Option<Row>, String> {
        let first = match self.ahead.take() {
            Some(first) => Some(first),
            None => self.cell()?,
        };
        let Some((row, mut column, mut text)) = first else { return Ok(None) };
        let number = row.saturating_add(1);
        let mut cells = Vec::new();
        loop {
            let at = usize::try_from(column).unwrap_or(usize::MAX);
            if at >= MOST_COLUMNS || text.chars().nth(LONGEST_CELL).is_some() {
                return Err(wide(number));
            }
            if cells.len() <= at {
                cells.resize(at + 1, String::new());
            }
            if let Some(cell) = cells.get_mut(at) {
                *cell = text;
            }
            match self.cell()? {
                Some((next_row, next_column, next_text)) if next_row == row => {
                    (column, text) = (next_column, next_text);
                }
                next => {
                    self.ahead = next;
                    return Ok(Some(Row { number, cells }));
                }
            }
        }
    }
}

/// The cells of an xls sheet, which calamine has in memory.
struct Table {
    range: Range<Data>,
    at: usize,
}

impl Source for Table {
    fn next(&mut self) -> Result<Option<Row>, String> {
        let Some((first_row, first_column)) = self.range.start() else { return Ok(None) };
        while self.at < self.range.height() {
            let at = self.at;
            self.at += 1;
            let mut cells = vec![String::new(); usize::try_from(first_column).unwrap_or_default()];
            cells.extend(self.range.rows().nth(at).unwrap_or_default().iter().map(value::text));
            while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
                cells.pop();
            }
            if !cells.is_empty() {
                let number = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(first_row).saturating_add(1);
                return Ok(Some(Row { number, cells }));
            }
        }
        Ok(None)
    }
}
