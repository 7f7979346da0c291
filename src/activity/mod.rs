//! Activity: what was done in a book, by whom, in which session, from which address, and what changed by it.
//!
//! Owns the table `activity`. Rows are added and never edited; only [`forget_person`] takes out what is personal.
//!
//! | what | who puts it on record | in which transaction |
//! |---|---|---|
//! | something that was done, or was done before with the same key | the operation, by an [`Act`] | the one that it is done in |
//! | an attempt that a wallet refused, a failed login, a refresh token that came back | the operation | the one that keeps or counts the attempt, or ends the session |
//! | another password or the end of an account, when it is refused | the operation, by [`refuse`], also when its client goes away | one of its own |
//! | any other refusal | whoever tells the user of it, by [`refuse`] | one of its own, since that of the operation was given up |
//!
//! Of logins and registrations that come while one has to wait, the first of each wait is on record: all of them would be as many
//! as anybody likes, whose account it is or not.
//!
//! What may not happen: something is done without a row, or a row is there of something that was not done. A secret stands in a
//! row: passwords and tokens, and what was typed where a name was asked for. So each noun lists the fields that it tells of
//! ([`AuditFields`]); an entity is never written down as it is.
//!
//! Not here: requests of somebody who is not logged in, those that are malformed, and faults. They are in the log of requests.

mod change;
mod event;
mod list;

pub use self::{
    change::{AuditFields, Change, Field, field, time},
    event::{Act, forget_person, record_alone, refuse},
    list::{Filter, Key, count, find_many, histories, key, page},
};
use crate::{
    entity::activity::Model,
    error::{Code, Error, Result},
};

/// What something was refused for.
///
/// # Errors
/// When the row cannot be read.
pub fn codes(row: &Model) -> Result<Vec<Code>> {
    parse(row.codes.as_deref())
}

/// What changed from what to what.
///
/// # Errors
/// When the row cannot be read.
pub fn changes(row: &Model) -> Result<Vec<Change>> {
    parse(row.changes.as_deref())
}

fn parse<T: serde::de::DeserializeOwned>(list: Option<&str>) -> Result<Vec<T>> {
    let Some(list) = list else { return Ok(Vec::new()) };
    serde_json::from_str(list).map_err(|error| unreadable(&error))
}

/// A list as it is kept; none when it is empty.
fn written<T: serde::Serialize>(list: &[T]) -> Result<Option<String>> {
    if list.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(list).map(Some).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::Fault(sea_orm::DbErr::Json(error.to_string()))
}
