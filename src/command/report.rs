//! The report of an import: the result of each line on standard output, and the sums on standard error.

use std::io::{self, Stdout};

use super::{Failure, progress::Progress};
use crate::{
    bookkeeping::import::{FileOptions, Line, Mode, Status, Summary},
    error::{Code, Error, Refusal},
    id::{Id, kind},
    text,
};

/// Writes the result of each line to standard output.
pub(super) struct Report<'a> {
    rows: csv::Writer<Stdout>,
    progress: &'a Progress,
    id: fn(Id<kind::Document>) -> String,
    /// The first error of writing to standard output. The import continues after it, for example when the reader of a pipe has
    /// quit.
    failed: Option<csv::Error>,
}

impl<'a> Report<'a> {
    pub(super) fn new(progress: &'a Progress, id: fn(Id<kind::Document>) -> String) -> Self {
        let mut rows = csv::Writer::from_writer(io::stdout());
        let failed = rows.write_record(["line", "status", "id", "message"]).err();
        Self { rows, progress, id, failed }
    }

    pub(super) fn tell(&mut self, lines: &[Line]) {
        let write = || {
            for line in lines {
                let status = match line.status {
                    Status::Added => "ADDED",
                    Status::Duplicate => "DUPLICATE",
                    Status::Refused => "REFUSED",
                    Status::Good => "GOOD",
                };
                let id = line.id.map(self.id).unwrap_or_default();
                self.rows.write_record([&line.line.to_string(), status, &id, &text::to_field(&line.message())])?;
            }
            self.rows.flush()?;
            Ok(())
        };
        if self.failed.is_none() {
            self.failed = self.progress.suspend(write).err();
        }
    }

    /// Prints the summary.
    pub(super) fn end(mut self, done: Result<Summary, Error>, options: &FileOptions) -> Result<(), Failure> {
        let Summary { added, duplicates, refused, good, skipped, import } = done.map_err(failure)?;
        let printed = self.rows.flush().map_err(csv::Error::from);
        if let Some(error) = self.failed.or(printed.err()) {
            return Err(Failure::Failed(format!("cannot print the report: {error}; the import itself was completed")));
        }
        if let Some(import) = import {
            eprintln!("daybook: import: {import}");
        }
        let added_lines = added;
        let added = if options.dry_run { format!("{good} would be added") } else { format!("{added} added") };
        let left_out = if skipped > 0 { format!(", {skipped} left out") } else { String::new() };
        let sums = format!("{added}, {duplicates} there already, {refused} refused{left_out}");
        if refused == 0 {
            eprintln!("daybook: lines: {sums}");
            return Ok(());
        }
        let nothing = match options.mode {
            Mode::AllOrNothing if !options.dry_run && added_lines == 0 => "; nothing was written",
            _ => "",
        };
        Err(Failure::Failed(format!("lines: {sums}{nothing}")))
    }
}

/// Converts the error of an operation into a message of the command line, with the flags that the refused inputs came from.
pub(super) fn failure(error: Error) -> Failure {
    let refusals = match error {
        Error::Refused(refusals) => refusals,
        Error::Gone => return Failure::Failed("the account was deleted in the meantime".to_owned()),
        Error::TimedOut => return Failure::Failed("a statement took too long".to_owned()),
        Error::Fault(cause) => return Failure::Failed(format!("the database failed: {cause}")),
    };
    let is_argument = refusals.iter().any(|refusal| refusal.path != "csv" && refusal.code != Code::TryAgain);
    let flag = |refusal: &Refusal| {
        let (first, field) = refusal.path.split_once('.').unwrap_or((&refusal.path, ""));
        let flag = match first {
            // The field that a question is about, or the number of a hint, whose message names its field.
            "say" if field.chars().all(|c| c.is_ascii_digit()) => "--say ",
            "say" => return format!("--say {field}: {}", refusal.message),
            "profile" | "profileJson" => "--profile: ",
            "columns" => "--column: ",
            "delimiter" => "--delimiter: ",
            "dateFormat" => "--date-format: ",
            "defaultWalletId" => "--default-wallet: ",
            "incomeCategory" => "--income-category: ",
            "expenseCategory" => "--expense-category: ",
            "user" => "--user: ",
            "id" => "--undo: ",
            _ => "",
        };
        format!("{flag}{}", refusal.message)
    };
    let messages = refusals.iter().map(flag).collect::<Vec<_>>().join(" ");
    if is_argument { Failure::Unusable(messages) } else { Failure::Failed(messages) }
}
