//! What a look at a file finds, and what it has to ask.

use async_graphql::Enum;

use super::super::profile::{Column, Problem, Profile, Statement, Transaction};
use crate::error::{Code, Refusal};

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ImportConfidence")]
pub enum Confidence {
    /// The file leaves no other possibility.
    Certain,
    /// The file speaks for it, and nothing in it speaks against it.
    Likely,
    /// The file does not tell. There is a question about it if reading depends on it.
    Unsure,
}

/// Something that was found out about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The path of the field in the profile, such as `separator` or `columns.amount`.
    pub field: &'static str,
    /// The value of the field, as in the JSON of the profile.
    pub value: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why, in one sentence.
    pub reason: String,
}

/// Something that only the user can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The path of the field in the profile that answers it, such as `dates` or `sign`.
    pub field: &'static str,
    /// The question, in one sentence.
    pub message: String,
    /// The possible answers. The first one is used for the sample.
    pub answers: Vec<Answer>,
}

impl Question {
    /// The refusal of a file that leaves this open, with the possible answers.
    pub(in super::super) fn refusal(&self) -> Refusal {
        let answers: Vec<_> =
            self.answers.iter().map(|answer| format!("{}: {}", answer.value, answer.meaning)).collect();
        let message = format!("{} {}", self.message, answers.join(" "));
        Refusal::new(Code::Required, self.field, message.trim_end())
    }
}

/// A possible answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The value of the field.
    pub value: String,
    /// What it means for this file.
    pub meaning: String,
}

impl Answer {
    pub(super) fn new(value: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self { value: value.into(), meaning: meaning.into() }
    }
}

/// A column that the user may want to be used, and that is never used unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The path of the field in the profile, such as `columns.bankId`.
    pub field: &'static str,
    /// The column.
    pub column: Column,
}

/// The result of a look at a file.
#[derive(Clone, Debug)]
pub struct Look {
    /// How the file is read. Fields about which there is a question are absent.
    pub profile: Profile,
    /// The line of the header. `None` when there is none.
    pub header_line: Option<u64>,
    /// What was found out, each with its confidence.
    pub findings: Vec<Finding>,
    /// What has to be asked before the file can be read.
    pub questions: Vec<Question>,
    /// Columns that can be used.
    pub offers: Vec<Offer>,
    /// The first ten transactions as they would be. Where there is a question, with its first answer.
    pub sample: Vec<Transaction>,
    /// The first ten records that cannot be read.
    pub problems: Vec<Problem>,
    /// The first ten records that are left out: the line and the reason.
    pub remarks: Vec<(u64, String)>,
    /// What the file says as a whole. `None` when there is a question.
    pub statement: Option<Statement>,
}

impl Look {
    /// The profile, if the file can be read by it.
    ///
    /// # Errors
    /// `REQUIRED` at the field of each question, with the question as its message.
    pub fn ready(&self) -> Result<&Profile, Vec<Refusal>> {
        if self.questions.is_empty() {
            return Ok(&self.profile);
        }
        Err(self.questions.iter().map(Question::refusal).collect())
    }
}

/// Collects findings and questions.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) findings: Vec<Finding>,
    pub(super) questions: Vec<Question>,
}

impl Notes {
    pub(super) fn found(
        &mut self,
        field: &'static str,
        value: impl std::fmt::Display,
        confidence: Confidence,
        reason: impl Into<String>,
    ) {
        self.findings.push(Finding { field, value: value.to_string(), confidence, reason: reason.into() });
    }

    pub(super) fn ask(&mut self, field: &'static str, message: impl Into<String>, answers: Vec<Answer>) {
        self.questions.push(Question { field, message: message.into(), answers });
    }
}
