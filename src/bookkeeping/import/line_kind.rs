//! The kinds of objects that a file may contain. Each kind defines how its lines are parsed, checked and written.

use std::collections::HashMap;

use super::{
    fingerprint::Content,
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

/// Whether rows are only read, or also locked because the import will write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Look,
    Write,
}

/// The context of an import: who imports, in which transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    pub(super) app: &'a App,
    pub(super) viewer: &'a Viewer,
    pub(super) tx: &'a Transaction,
    pub(super) access: Access,
}

/// A line that passed the checks, with a note for the report if there is one.
#[derive(Clone, Debug)]
pub(super) struct Checked<W> {
    pub(super) wanted: W,
    pub(super) note: Option<String>,
}

/// A kind of object that lines are imported as. The value holds the state of the book while lines are checked.
pub(super) trait LineKind: Sized + Send {
    /// The name of the kind. It is part of the idempotency keys of lines, so it must never change.
    const NOUN: &'static str;
    /// The action that the activity log records.
    const ACTION: Action;
    /// The columns that are read. One of them is `id`.
    const COLUMNS: &'static [Column];
    /// The most records with the same id that form one object, plus one, so that an excess is noticed.
    const MOST_TOGETHER: usize;
    /// The options that the user gives besides the file.
    type Options: Sync;
    /// The parsed data of a line.
    type Line: Send + Sync;
    /// The checked data to be written.
    type Draft: Send + Sync;

    /// Parses records and computes the hash of their content. Pure.
    fn read(format: &Format, records: &[Record]) -> Result<(Self::Line, Content), Refusals>;

    /// Loads the state of the book that is needed to check lines.
    ///
    /// # Errors
    /// Refuses bad options.
    fn open(scope: Scope<'_>, options: &Self::Options) -> impl Future<Output = Result<Self>> + Send;

    /// Finds the ids that belong to objects of the book, as in a file that was exported from it.
    fn own(scope: Scope<'_>, ids: &[&str]) -> impl Future<Output = Result<HashMap<String, Own>>> + Send;

    /// Whether each of these documents, which were imported by an earlier version from a line with the same content, is in the same
    /// place as the line, so that it stands for it.
    fn stand(
        &self,
        scope: Scope<'_>,
        asked: &[(&Self::Line, Id<kind::Document>)],
    ) -> impl Future<Output = Result<Vec<bool>>> + Send;

    /// Loads what is needed to check these lines.
    fn prepare(&mut self, scope: Scope<'_>, lines: &[&Self::Line]) -> impl Future<Output = Result<()>> + Send;

    /// Checks a line. Later lines are checked against the state after this one.
    fn check(&mut self, line: &Self::Line) -> Result<Checked<Self::Draft>, Refusals>;

    /// Writes the checked lines. Returns the id of each, or the journal's refusal, in input order.
    fn write(
        &mut self,
        scope: Scope<'_>,
        wanted: Vec<(Self::Draft, Idempotency)>,
    ) -> impl Future<Output = Result<Vec<Result<Id<kind::Document>, Refusal>>>> + Send;
}

/// An object of the book that a line was exported from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    pub(super) id: Id<kind::Document>,
    pub(super) is_deleted: bool,
}
