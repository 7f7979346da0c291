//! The mutation that imports transactions from a CSV file in its input.

use std::io::Cursor;

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{
    error::{ApiError, ContextExt},
    spending::transaction::Transaction,
    user_error::{UserError, settle},
};
use crate::{
    bookkeeping::import::{self, Line, Status, TransactionImport},
    entity::activity::Action,
    id::{Id, kind},
};

/// A file of transactions, and how it is read.
#[derive(InputObject)]
struct ImportTransactionsInput {
    /// The file: CSV with a header, and at most 5,000 lines after it. For longer files there is the command `daybook import`.
    csv: String,
    #[graphql(flatten)]
    options: TransactionImport,
}

struct ImportLine(Line);

/// What came of a line of a file.
#[Object]
impl ImportLine {
    /// Its number in the file, from 1; where it begins, when the record runs over several lines.
    async fn line(&self) -> i32 {
        i32::try_from(self.0.line).unwrap_or(i32::MAX)
    }

    /// What came of it.
    async fn status(&self) -> Status {
        self.0.status
    }

    /// What it was written as, now or by an earlier import; null when it was not. The lines of one that is split have the same.
    async fn transaction(&self, ctx: &Context<'_>) -> Result<Option<Transaction>, ApiError> {
        let Some(id) = self.0.id else { return Ok(None) };
        let id: Id<kind::Transaction> = id.cast();
        Ok(ctx.loader()?.load_one(id).await?)
    }

    /// What there is to be said about it that is no error: the category that is made for it, say.
    async fn note(&self) -> Option<&str> {
        self.0.remarks.as_ref()?.note.as_deref()
    }

    /// Why it cannot be written. The paths are names of columns.
    async fn user_errors(&self) -> Vec<UserError> {
        self.0.refusals().iter().cloned().map(UserError::from).collect()
    }
}

/// What came of a file of transactions.
#[derive(SimpleObject)]
struct ImportTransactionsPayload {
    /// What came of each line, in their order. When nothing was written because of lines that cannot be, these lines only.
    lines: Vec<ImportLine>,
    /// How many lines were written; in a dry run, none.
    added: i32,
    /// How many lines could be written, and were not, since it was a dry run.
    good: i32,
    /// How many lines were there already.
    duplicates: i32,
    /// How many lines cannot be written.
    refused: i32,
    /// What is wrong with the file as a whole, or with how it is to be read. Nothing was written then.
    user_errors: Vec<UserError>,
}

#[derive(Debug, Default)]
pub(super) struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Writes the lines of a CSV file as transactions, each line once: a file that is sent again adds nothing, and neither does
    /// an export of the same book, while equal lines of one file are all written.
    async fn import_transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file, and how it is read.")] input: ImportTransactionsInput,
    ) -> Result<ImportTransactionsPayload, ApiError> {
        let ImportTransactionsInput { csv, mut options } = input;
        options.file.most_lines = Some(import::MOST_LINES_OF_REQUEST);
        let mut lines = Vec::new();
        let mut report = |some: &[Line]| lines.extend(some.iter().cloned().map(ImportLine));
        let imported = import::transactions(ctx.app()?, ctx.viewer()?, Cursor::new(csv), &options, &mut report).await;
        let (summary, user_errors) = settle(ctx, Action::ImportTransactions, imported).await?;
        let summary = summary.unwrap_or_default();
        let [added, good, duplicates, refused] = [summary.added, summary.good, summary.duplicates, summary.refused]
            .map(|count| i32::try_from(count).unwrap_or(i32::MAX));
        Ok(ImportTransactionsPayload { lines, added, good, duplicates, refused, user_errors })
    }
}
