//! What came of the lines of a file.

use async_graphql::Enum;

use crate::{
    activity::{Field, Fields, field},
    error::Refusal,
    id::{Id, kind},
};

/// The result of importing one line of a file.
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

/// What came of a line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number in the file, from 1; where it begins, when it is a record of several lines.
    pub line: u64,
    /// What came of it.
    pub status: Status,
    /// What was written, or was there already.
    pub id: Option<Id<kind::Document>>,
    /// What there is to say about it. Boxed, since most lines need none and many may be kept.
    pub remarks: Option<Box<Remarks>>,
}

/// What there is to say about a line.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// Why it cannot be written; the paths are names of columns.
    pub refusals: Vec<Refusal>,
    /// What else is to be known.
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

    /// Why it cannot be written.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        self.remarks.as_ref().map(|remarks| remarks.refusals.as_slice()).unwrap_or_default()
    }

    /// All that there is to say about it, for people.
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

/// How many lines there were of each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Written.
    pub added: u64,
    /// There already.
    pub duplicates: u64,
    /// Not to be written.
    pub refused: u64,
    /// Good, and not written in a dry run.
    pub good: u64,
}

impl Summary {
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

/// What an import changes: it adds lines, and the others are told of beside.
impl Fields for Summary {
    fn fields(&self) -> Vec<Field> {
        let counts =
            [("added", self.added), ("duplicates", self.duplicates), ("refused", self.refused), ("good", self.good)];
        counts.map(|(name, count)| field(name, Some(count).filter(|count| *count > 0))).into()
    }
}

/// Who is told of lines, some at a time, in their order.
pub type Report<'a> = &'a mut (dyn FnMut(&[Line]) + Send);
