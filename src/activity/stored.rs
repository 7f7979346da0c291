//! What the columns of the table `activity` hold: lists as JSON, and the object that an event is about.

use sea_orm::{ColumnTrait, Condition, sea_query::Expr};

use super::change::Change;
use crate::{
    entity::activity::{Column, Model},
    error::{Code, Error, Result},
    id::{Id, kind},
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

/// What is stored in place of the id of the object, where that is the wallet transaction with the id of the row.
pub(super) const OF_ITSELF: &str = "";

/// The id of the object that the event is about, in the form that the API uses.
#[must_use]
pub fn thing(row: &Model) -> Option<String> {
    let thing = row.thing_id.as_deref()?;
    Some(if thing == OF_ITSELF { row.id.cast::<kind::Entry>().to_string() } else { thing.to_owned() })
}

/// The events about one of these objects, by their ids in the form that the API uses. Not those that [`itself`] finds.
pub(super) fn about(things: impl IntoIterator<Item = String>) -> Condition {
    // Repeats the condition of a partial index word for word, so that the databases use the index.
    Condition::all().add(Column::ThingId.is_in(things)).add(Expr::cust("thing_id <> ''"))
}

/// The events that made those of these objects that are wallet transactions, and so have their ids. `None` when none is one.
pub(super) fn itself<'a>(things: impl IntoIterator<Item = &'a String>) -> Option<Condition> {
    let entries: Vec<Id<kind::Activity>> =
        things.into_iter().filter_map(|thing| thing.parse::<Id<kind::Entry>>().ok()).map(Id::cast).collect();
    let ids = (!entries.is_empty()).then(|| Column::Id.is_in(entries))?;
    Some(Condition::all().add(ids).add(Column::ThingId.eq(OF_ITSELF)))
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
