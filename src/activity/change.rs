//! The fields that an event changed, with their names and values as in the API, before and after. Pure.

use std::borrow::Cow;

use async_graphql::SimpleObject;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// A field of an object whose value was changed by an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
#[graphql(directive = crate::price::Cost::apply(0))]
pub struct Change {
    /// The name of the field, as in the object's type. Items of lists are numbered from 0, such as `lines.0.amount`.
    /// For an import, the name of a count, such as `added`.
    pub field: String,
    /// The value before the change, as text: an amount (`1250.00`), a date (`2026-11-20`), an id and so on. Null when
    /// the field had no value.
    pub from: Option<String>,
    /// The value after the change, as text. Null when the field has no value any more.
    pub to: Option<String>,
}

/// The API name of a field and its value as text; `None` when it has no value.
pub type Field = (Cow<'static, str>, Option<String>);

/// An object whose changes are recorded in the activity log.
pub trait AuditFields {
    /// The fields that are recorded, by their API names. Must not include secrets or columns that the API does not
    /// show.
    fn audit_fields(&self) -> Vec<Field>;
}

/// A field with its value as text.
pub fn field(name: impl Into<Cow<'static, str>>, value: Option<impl ToString>) -> Field {
    (name.into(), value.map(|value| value.to_string()))
}

/// A time as text, as the scalar `DateTime` writes it.
#[must_use]
pub fn time(value: Option<DateTime<Utc>>) -> Option<String> {
    value.map(|time| time.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// The fields that differ between two states of an object: those of `after` first, then those that only `before` has.
pub(super) fn diff(mut before: Vec<Field>, after: Vec<Field>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, to) in after {
        let at = before.iter().position(|(other, _)| *other == name);
        let from = at.and_then(|at| before.remove(at).1);
        changes.push(Change { field: name.into_owned(), from, to });
    }
    changes.extend(before.into_iter().map(|(name, from)| Change { field: name.into_owned(), from, to: None }));
    changes.retain(|change| change.from != change.to);
    changes
}

#[cfg(test)]
mod tests {
    use super::{Change, Field, diff, field};

    fn fields(of: &[(&'static str, &str)]) -> Vec<Field> {
        of.iter().map(|(name, value)| field(*name, Some(*value).filter(|value| !value.is_empty()))).collect()
    }

    fn as_text(changes: &[Change]) -> Vec<String> {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        changes.iter().map(|change| format!("{} {} {}", change.field, text(&change.from), text(&change.to))).collect()
    }

    #[test]
    fn only_what_is_another_changed() {
        let before = fields(&[("name", "a"), ("city", "b"), ("note", ""), ("email", "c"), ("lines.1", "d")]);
        let after = fields(&[("name", "a"), ("city", "B"), ("note", "n"), ("email", ""), ("lines.2", "e")]);
        let changes = diff(before.clone(), after);
        assert_eq!(as_text(&changes), ["city b B", "note - n", "email c -", "lines.2 - e", "lines.1 d -"]);
        assert_eq!(as_text(&diff(before.clone(), before.clone())), [""; 0]);
        assert_eq!(as_text(&diff(before, Vec::new())), ["name a -", "city b -", "email c -", "lines.1 d -"]);
    }
}
