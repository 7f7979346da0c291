//! How far undoing an import has got, and what is in its way.

use uuid::Uuid;

use crate::error::{Code, Detail, Refusal};

/// The number of objects that are taken back together.
pub(super) const PART: u64 = 250;
/// The most changed objects that a refusal names.
pub(super) const MOST_TOLD: usize = 5;

/// How far it has got: everything of the passes before this one, and of this one up to an object, was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) pass: u8,
    pub(super) after: Option<Uuid>,
}

/// What was done with some objects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// How many were taken back.
    pub(super) taken: u64,
    /// How many stay, because they were changed since.
    pub(super) kept: u64,
    /// Where to go on; `None` at the end.
    pub(super) next: Option<Place>,
}

impl Part {
    /// A part of nothing, after which the next pass begins, if there is one.
    pub(super) fn end_of(place: Place, passes: u8) -> Self {
        let next = Place { pass: place.pass + 1, after: None };
        Self { taken: 0, kept: 0, next: (next.pass < passes).then_some(next) }
    }

    /// A part of these objects: the last of them, how many were looked at, and how many of these were taken back.
    pub(super) fn of(place: Place, last: Uuid, (looked_at, taken): (usize, usize)) -> Self {
        let [looked_at, taken] = [looked_at, taken].map(|count| u64::try_from(count).unwrap_or(u64::MAX));
        let next = Some(Place { after: Some(last), ..place });
        Self { taken, kept: looked_at.saturating_sub(taken), next }
    }
}

/// An object that an import made and that was changed since.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    /// Its id, in the form that the API uses.
    pub(super) id: String,
    /// What it is and what happened, as a sentence.
    pub(super) what: String,
}

impl From<Changed> for Refusal {
    fn from(Changed { id, what }: Changed) -> Self {
        let message = format!("{what} An import can be undone only while nothing of it was changed.");
        Self::new(Code::Conflict, "id", message).with(Detail::Current(id))
    }
}
