//! The mutation that imports transactions from a file in its input.
//!
//! | module | owns |
//! |---|---|
//! | `preview` | what would come of a bank's file |
//! | `profile` | import profiles |

pub(super) mod preview;
pub(super) mod profile;

use std::io::Cursor;

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{
    error::{ApiError, ContextExt},
    payload::{ERRORS, UserErrors, into_payload},
    spending::transaction::Transaction,
    user_error::UserError,
};
use crate::{
    bookkeeping::import::{self, Line, SentFile, Status, TransactionImport},
    entity::activity::Action,
    id::{Id, kind},
    price,
};

/// A file of transactions, and how to read it.
#[derive(InputObject)]
struct ImportTransactionsInput {
    #[graphql(flatten)]
    file: SentFile,
    #[graphql(flatten)]
    options: TransactionImport,
}

struct ImportLine(Line);

/// The result of importing one line of a file.
#[Object(directive = price::Cost::apply(0))]
impl ImportLine {
    /// The number of the line in the file; the first line of the file is line 1. For a record that spans several lines,
    /// the number of the first of them.
    async fn line(&self) -> i32 {
        i32::try_from(self.0.line).unwrap_or(i32::MAX)
    }

    /// Whether the line was imported.
    async fn status(&self) -> Status {
        self.0.status
    }

    /// The transaction that this line, or an earlier import of it, created. All lines of a split transaction have the
    /// same transaction. Null when there is none.
    async fn transaction(&self, ctx: &Context<'_>) -> Result<Option<Transaction>, ApiError> {
        let Some(id) = self.0.id else { return Ok(None) };
        let id: Id<kind::Transaction> = id.cast();
        Ok(ctx.loader()?.load_one(id).await?)
    }

    /// A remark that is not an error, such as the name of a category that was created for the line. Null when there is
    /// none.
    async fn note(&self) -> Option<&str> {
        self.0.remarks.as_ref()?.note.as_deref()
    }

    /// Why the line cannot be imported; each `path` is the name of a column. Empty when the line has no errors.
    #[graphql(directive = price::List::apply(ERRORS))]
    async fn user_errors(&self) -> Vec<UserError> {
        self.0.refusals().iter().cloned().map(UserError::from).collect()
    }
}

/// The result of `importTransactions`. Error codes: `INVALID`, `REQUIRED` (at `say` and the field of a profile: what a bank's
/// file does not tell), `NOT_FOUND`, `NOT_ALLOWED` (a default category is archived), `LIMIT_REACHED`, `CONFLICT`. Errors of
/// single lines are in `lines`.
#[derive(SimpleObject)]
struct ImportTransactionsPayload {
    /// The result of each line, in the order of the file. Of a bank's file, of each transaction, at its line. If nothing was
    /// imported because some lines have errors, only those lines.
    lines: Vec<ImportLine>,
    /// The number of lines that were imported. Zero in a dry run.
    added: i32,
    /// The number of lines that could be imported but were not because this was a dry run. Zero otherwise.
    good: i32,
    /// The number of lines that were skipped because the book already has them.
    duplicates: i32,
    /// The number of lines that cannot be imported.
    refused: i32,
    #[graphql(flatten)]
    errors: UserErrors,
}

#[derive(Debug, Default)]
pub(super) struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Imports transactions from a CSV file in Daybook's own form, or from the file of a bank. Each line is imported once:
    /// sending the same file again, or an export of the same book, adds nothing. Equal lines within one file are all
    /// imported. The oldest line is imported first, also when the file begins with the newest.
    #[graphql(directive = price::AssumedListsBy::apply(5000, &["input.csv", "input.base64"], &["lines"]))]
    async fn import_transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and how to read it.")] input: ImportTransactionsInput,
    ) -> Result<ImportTransactionsPayload, ApiError> {
        let ImportTransactionsInput { file, mut options } = input;
        options.file.most_lines = Some(import::MOST_LINES_OF_REQUEST);
        options.known.is_text = !file.base64;
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        let mut lines = Vec::new();
        let mut report = |some: &[Line]| lines.extend_from_slice(some);
        let imported = match file.bytes() {
            Ok(bytes) => import::transactions(app, viewer, Cursor::new(bytes), &options, &mut report).await,
            Err(refusal) => Err(refusal.into()),
        };
        lines.sort_by_key(|line| line.line);
        let lines = lines.into_iter().map(ImportLine).collect();
        let (summary, errors) = into_payload(ctx, Action::ImportTransactions, imported).await?;
        let summary = summary.unwrap_or_default();
        let [added, good, duplicates, refused] = [summary.added, summary.good, summary.duplicates, summary.refused]
            .map(|count| i32::try_from(count).unwrap_or(i32::MAX));
        Ok(ImportTransactionsPayload { lines, added, good, duplicates, refused, errors })
    }
}
