//! What the CSV files have in common: where their rows come from, how they are written, and the parameters in their URLs.

use std::{io, str::FromStr};

use sea_orm::DbErr;
use serde::de::DeserializeOwned;

use crate::{
    app::App,
    calendar::date::Date,
    db::Transaction,
    error::{Code, Refusal, Refusals, Result},
    viewer::Viewer,
};

/// How many rows are read from the database at a time.
pub(super) const PORTION: u64 = 500;

/// The source of a file's rows: one snapshot, as seen by one viewer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) app: &'a App,
    pub(super) viewer: &'a Viewer,
    pub(super) snapshot: &'a Transaction,
}

/// A CSV file that can be downloaded.
pub(super) trait Table: Sized + Send + 'static {
    /// The parameters in the query string of the URL.
    type Parameters: DeserializeOwned + Send;
    /// The names of the columns, for the first row.
    const COLUMNS: &'static [&'static str];

    /// Makes every check that can fail, before the first byte is sent. `id` is the id in the URL's path, if the path has one.
    fn open(
        source: Source<'_>,
        id: Option<&str>,
        parameters: Self::Parameters,
    ) -> impl Future<Output = Result<Self>> + Send;

    /// The name of the file, without `.csv`.
    fn name(&self) -> String;

    /// Writes the next rows, without the header. Returns whether more rows follow.
    fn write(&mut self, source: Source<'_>, rows: &mut Rows) -> impl Future<Output = Result<bool>> + Send;
}

/// A buffer of CSV rows.
#[derive(Debug)]
pub(super) struct Rows(csv::Writer<Vec<u8>>);

impl Default for Rows {
    fn default() -> Self {
        Self(csv::Writer::from_writer(Vec::new()))
    }
}

impl Rows {
    /// A buffer that begins with the names of the columns.
    pub(super) fn with_header(columns: &[&str]) -> csv::Result<Self> {
        let mut rows = Self::default();
        rows.0.write_record(columns)?;
        Ok(rows)
    }

    pub(super) fn into_bytes(self) -> io::Result<Vec<u8>> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }

    /// Adds a row. Texts that users typed must have gone through [`crate::text::to_field`].
    pub(super) fn write<const N: usize>(&mut self, fields: [&str; N]) -> Result<()> {
        Ok(self.0.write_record(fields).map_err(|error| DbErr::Custom(error.to_string()))?)
    }
}

/// The value of a parameter. An empty one counts as absent.
pub(super) fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Parses the date in a parameter.
pub(super) fn date(text: Option<String>, path: &str, refusals: &mut Refusals) -> Option<Date> {
    let text = given(text)?;
    let message = format!("`{path}` must be a date, as in 2026-11-20.");
    refusals.check(Date::parse_text(&text).ok_or_else(|| Refusal::new(Code::Invalid, path, message)))
}

/// Parses a parameter that takes one of a few values. `what` describes them in the error message.
pub(super) fn word<T: FromStr>(text: Option<String>, path: &str, what: &str, refusals: &mut Refusals) -> Option<T> {
    let invalid = |_| Refusal::new(Code::Invalid, path, format!("`{path}` must be {what}."));
    refusals.check(given(text)?.parse().map_err(invalid))
}
