//! The kinds of objects that a file may contain. Each kind defines how its lines are parsed, checked and written.

use std::collections::HashMap;

use super::{
    fingerprint::Content,
    options::Format,
    reader::{Column, Record},
    undo::record::Recording,
};
use crate::{
    app::App,
    bookkeeping::journal::{self, Idempotency},
    db::Transaction,
    entity::{activity::Action, customer, import::ImportKind, journal_entry, ledger_entry, transaction},
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
    /// The record of the import.
    pub(super) recording: &'a Recording,
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
    /// The kind in the record of the import.
    const KIND: ImportKind;
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

    /// What earlier imports wrote with these keys, by key.
    fn known(scope: Scope<'_>, keys: &[String]) -> impl Future<Output = Result<HashMap<String, Known>>> + Send {
        in_journal(scope, keys)
    }

    /// What became of things that earlier imports made.
    fn standing(scope: Scope<'_>, made: Vec<Id<kind::Document>>) -> impl Future<Output = Result<Vec<Standing>>> + Send;

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

/// What the journal has of the keys of lines.
async fn in_journal(Scope { viewer, tx, .. }: Scope<'_>, keys: &[String]) -> Result<HashMap<String, Known>> {
    let entries = journal::find_keys(tx, viewer.book, keys.iter().map(String::as_str)).await?;
    let known = |entry: journal_entry::Model| {
        Some((entry.idempotency_key?, Known { made: entry.document_id, request_hash: entry.request_hash }))
    };
    Ok(entries.into_iter().filter_map(known).collect())
}

/// What an earlier import wrote with a key.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// What it made. `None` when the key is of another operation.
    pub(super) made: Option<Id<kind::Document>>,
    /// The hash of the line's content.
    pub(super) request_hash: Option<Vec<u8>>,
}

/// What became of something that a line made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) id: Id<kind::Document>,
    /// The import that made it, if that has a record.
    pub(super) import: Option<Id<kind::Import>>,
    /// Whether it is deleted or, if it is a customer, archived.
    pub(super) is_gone: bool,
    /// What a user said is the same, and stands for it.
    pub(super) same_as: Option<Id<kind::Document>>,
}

impl From<transaction::Model> for Standing {
    fn from(made: transaction::Model) -> Self {
        let (id, same_as) = (made.id.cast(), made.same_as_id.map(Id::cast));
        Self { id, import: made.import_id, is_gone: made.deleted_at.is_some(), same_as }
    }
}

impl From<ledger_entry::Model> for Standing {
    fn from(made: ledger_entry::Model) -> Self {
        Self { id: made.id.cast(), import: made.import_id, is_gone: made.deleted_at.is_some(), same_as: None }
    }
}

impl From<customer::Model> for Standing {
    fn from(made: customer::Model) -> Self {
        Self { id: made.id.cast(), import: made.import_id, is_gone: made.archived_at.is_some(), same_as: None }
    }
}

/// An object of the book that a line was exported from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    pub(super) id: Id<kind::Document>,
    pub(super) is_deleted: bool,
}
