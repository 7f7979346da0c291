//! The report of an import: the result of each line, and a summary.

use async_graphql::Enum;

use crate::{
    activity::{AuditFields, Field, field},
    error::Refusal,
    id::{Id, kind},
};

/// What happened to one line of an imported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ImportStatus")]
pub enum Status {
    /// The line was imported.
    Added,
    /// The line was skipped because the book already has it: an earlier import wrote it, or the file is an export of
    /// this book.
    Duplicate,
    /// The line cannot be imported; `userErrors` says why.
    Refused,
    /// The line could be imported, but this was a dry run and nothing was written.
    Good,
}

/// The result of one line.
#[derive(Clone, Debug)]
pub struct Line {
    /// The line number, from 1; for a record of several lines, the number of the first.
    pub line: u64,
    /// Whether it was written.
    pub status: Status,
    /// The id of the object that was written or existed already.
    pub id: Option<Id<kind::Document>>,
    /// Refusals and notes. Boxed, since most lines have none and many lines may be kept in memory.
    pub remarks: Option<Box<Remarks>>,
}

/// Refusals and a note about a line.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// Why the line cannot be written. The paths are names of columns.
    pub refusals: Vec<Refusal>,
    /// Other information for the user.
    pub note: Option<String>,
}

impl Line {
    pub(super) fn new(
        line: u64,
        status: Status,
        id: Option<Id<kind::Document>>,
        note: Option<String>,
        refusals: Vec<Refusal>,
    ) -> Self {
        let is_remarkable = note.is_some() || !refusals.is_empty();
        Self { line, status, id, remarks: is_remarkable.then(|| Box::new(Remarks { refusals, note })) }
    }

    /// Why the line cannot be written; empty when it can.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        self.remarks.as_ref().map(|remarks| remarks.refusals.as_slice()).unwrap_or_default()
    }

    /// All refusals and the note as one text for people.
    #[must_use]
    pub fn message(&self) -> String {
        let Some(remarks) = &self.remarks else { return String::new() };
        let refusal = |refusal: &Refusal| match refusal.path.as_str() {
            "" | "csv" => refusal.message.clone(),
            column => format!("{column}: {}", refusal.message),
        };
        remarks.refusals.iter().map(refusal).chain(remarks.note.clone()).collect::<Vec<_>>().join(" ")
    }
}

/// The number of lines with each status, and of those that were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines that were written.
    pub added: u64,
    /// Lines that were imported before.
    pub duplicates: u64,
    /// Lines that cannot be written.
    pub refused: u64,
    /// Lines that could be written, in a dry run.
    pub good: u64,
    /// Lines of a bank's file that are no transactions, such as balances. They are not among the lines.
    pub skipped: u64,
    /// The record of the import. `None` when nothing was written.
    pub import: Option<Id<kind::Import>>,
}

impl Summary {
    /// The number of lines.
    pub(super) fn lines(&self) -> u64 {
        let Self { added, duplicates, refused, good, skipped: _, import: _ } = self;
        added + duplicates + refused + good
    }

    /// The same, with the record of the import if anything was written.
    pub(super) fn of(self, import: Id<kind::Import>) -> Self {
        Self { import: (self.added > 0).then_some(import), ..self }
    }

    pub(super) fn count(&mut self, lines: &[Line]) {
        for line in lines {
            match line.status {
                Status::Added => self.added += 1,
                Status::Duplicate => self.duplicates += 1,
                Status::Refused => self.refused += 1,
                Status::Good => self.good += 1,
            }
        }
    }
}

/// An import is recorded in the activity log with these counts as its changed fields.
impl AuditFields for Summary {
    fn audit_fields(&self) -> Vec<Field> {
        let counts =
            [("added", self.added), ("duplicates", self.duplicates), ("refused", self.refused), ("good", self.good)];
        counts.map(|(name, count)| field(name, Some(count).filter(|count| *count > 0))).into()
    }
}

/// A callback that receives the results of lines, some at a time, in file order.
pub type Report<'a> = &'a mut (dyn FnMut(&[Line]) + Send);
