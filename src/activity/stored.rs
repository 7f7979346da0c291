//! The JSON columns of the table `activity`.

use super::change::Change;
use crate::{
    entity::activity::Model,
    error::{Code, Error, Result},
};

/// The codes for which an operation was refused.
///
/// # Errors
/// When the stored JSON cannot be parsed.
pub fn codes(row: &Model) -> Result<Vec<Code>> {
    parse(row.codes.as_deref())
}

/// The fields that an operation changed, with their values before and after.
///
/// # Errors
/// When the stored JSON cannot be parsed.
pub fn changes(row: &Model) -> Result<Vec<Change>> {
    parse(row.changes.as_deref())
}

fn parse<T: serde::de::DeserializeOwned>(list: Option<&str>) -> Result<Vec<T>> {
    let Some(list) = list else { return Ok(Vec::new()) };
    serde_json::from_str(list).map_err(|error| unreadable(&error))
}

/// A list as JSON text; `None` when it is empty.
pub(super) fn written<T: serde::Serialize>(list: &[T]) -> Result<Option<String>> {
    if list.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(list).map(Some).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::Fault(sea_orm::DbErr::Json(error.to_string()))
}
