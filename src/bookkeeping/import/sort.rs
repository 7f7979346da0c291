//! What the lines of a file may become: each sort of thing says how its lines are read, checked and written.

use std::collections::HashMap;

use super::{
    options::Format,
    reader::{Column, Record},
};
use crate::{
    app::App,
    bookkeeping::journal::Idempotency,
    db::Transaction,
    entity::activity::Action,
    error::{Refusal, Refusals, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// Whether what is read is locked, because it is written beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Look,
    Write,
}

/// Where an operation works: on whose behalf, and in which transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    pub(super) app: &'a App,
    pub(super) viewer: &'a Viewer,
    pub(super) tx: &'a Transaction,
    pub(super) access: Access,
}

/// What was checked, and what is to be said about it.
#[derive(Clone, Debug)]
pub(super) struct Checked<W> {
    pub(super) wanted: W,
    pub(super) note: Option<String>,
}

/// A sort of things that lines become. A value of it holds what is known of the book while lines are checked.
pub(super) trait Sort: Sized + Send {
    /// What it is called in the keys of lines: it must stay so for ever.
    const NOUN: &'static str;
    /// What importing it is called in the activity of the book.
    const ACTION: Action;
    /// The columns that it reads. One of them is `id`.
    const COLUMNS: &'static [Column];
    /// The most records with the same id that are one thing, and one more, to see that there are too many.
    const MOST_TOGETHER: usize;
    /// What the user says beside the file.
    type Options: Sync;
    /// What a line says.
    type Line: Send + Sync;
    /// What is to be written.
    type Wanted: Send + Sync;

    /// Reads what records say, and hashes it. Pure.
    fn read(format: &Format, records: &[Record]) -> Result<(Self::Line, [u8; 32]), Refusals>;

    /// Reads what must be known of the book to check lines.
    ///
    /// # Errors
    /// For what the user says beside the file.
    fn open(scope: Scope<'_>, options: &Self::Options) -> impl Future<Output = Result<Self>> + Send;

    /// Which of some ids are of things of the book; whether they are deleted.
    fn own(scope: Scope<'_>, ids: &[&str]) -> impl Future<Output = Result<HashMap<String, Own>>> + Send;

    /// Reads what must be known to check these lines.
    fn prepare(&mut self, scope: Scope<'_>, lines: &[&Self::Line]) -> impl Future<Output = Result<()>> + Send;

    /// Checks a line. What it would change counts for the lines after it.
    fn check(&mut self, line: &Self::Line) -> Result<Checked<Self::Wanted>, Refusals>;

    /// Writes what was checked, as far as the journal takes it; tells the ids, in the order of what was given.
    fn write(
        &mut self,
        scope: Scope<'_>,
        wanted: Vec<(Self::Wanted, Idempotency)>,
    ) -> impl Future<Output = Result<Vec<Result<Id<kind::Document>, Refusal>>>> + Send;
}

/// A thing of the book that a line is an export of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    pub(super) id: Id<kind::Document>,
    pub(super) is_deleted: bool,
}
