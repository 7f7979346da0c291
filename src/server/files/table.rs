//! What the CSV files have in common: where their rows come from, and how they are written.

use std::io;

use async_graphql::resolver_utils::EnumType;
use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::DbErr;

use super::parameters::Parameters;
use crate::{app::App, db::Transaction, error::Result, viewer::Viewer};

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
    /// The names of the parameters in the query string of the URL, besides `bom`.
    const PARAMETERS: &'static [&'static str];
    /// The names of the columns, for the first row.
    const COLUMNS: &'static [&'static str];

    /// Makes every check that can fail, before the first byte is sent. `id` is the id in the URL's path, if the path has one.
    fn open(source: Source<'_>, id: Option<&str>, parameters: Parameters) -> impl Future<Output = Result<Self>> + Send;

    /// The name of the file, without `.csv`.
    fn name(&self) -> String;

    /// Writes the next rows, without the header. Returns whether more rows follow.
    fn write(&mut self, source: Source<'_>, rows: &mut Rows) -> impl Future<Output = Result<bool>> + Send;
}

/// A time as it stands in a file; empty when there is none.
pub(super) fn time(time: Option<DateTime<Utc>>) -> String {
    time.map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true)).unwrap_or_default()
}

/// The word that the API has for a value of an enum.
pub(super) fn word<T: EnumType>(value: T) -> &'static str {
    T::items().iter().find(|item| item.value == value).map(|item| item.name).unwrap_or_default()
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
    /// A buffer that begins with the names of the columns, after a byte order mark if there is to be one.
    pub(super) fn with_header(columns: &[&str], with_bom: bool) -> csv::Result<Self> {
        let begin = if with_bom { "\u{FEFF}" } else { "" };
        let mut rows = Self(csv::Writer::from_writer(begin.into()));
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
