//! The mutation that imports transactions from a CSV file in its input.

use std::io::Cursor;

use async_graphql::{Context, InputObject, Object};

use super::{
    error::{ApiError, ContextExt},
    import_result::{ImportLine, ImportResult},
    payload::payloads,
};
use crate::{
    bookkeeping::import::{self, Line, TransactionImport},
    entity::{activity::Action, import::ImportKind},
    price,
};

/// A CSV file of transactions, and how to read it.
#[derive(InputObject)]
struct ImportTransactionsInput {
    /// The text of the CSV file: a header line and at most 5,000 lines. Longer files can be imported on the server with
    /// the command `daybook import`.
    #[graphql(directive = price::Cost::apply(1))]
    csv: String,
    #[graphql(flatten)]
    options: TransactionImport,
}

payloads! {
    /// The result of `importTransactions`. Error codes: `INVALID`, `REQUIRED`, `NOT_FOUND`, `NOT_ALLOWED` (a default
    /// category is archived), `LIMIT_REACHED`, `CONFLICT`. Errors of single lines are in `lines`.
    ImportTransactionsPayload(ImportResult);
}

#[derive(Debug, Default)]
pub(super) struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Imports transactions from a CSV file. Each line is imported once: sending the same file again, or an export of
    /// the same book, adds nothing. Equal lines within one file are all imported.
    #[graphql(directive = price::ListsBy::apply(&["input.csv"], &["lines"]))]
    async fn import_transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and how to read it.")] input: ImportTransactionsInput,
    ) -> Result<ImportTransactionsPayload, ApiError> {
        let ImportTransactionsInput { csv, mut options } = input;
        options.file.most_lines = Some(import::MOST_LINES_OF_REQUEST);
        let mut lines = Vec::new();
        let of_line = |line: &Line| ImportLine(ImportKind::Transactions, line.clone());
        let mut report = |some: &[Line]| lines.extend(some.iter().map(of_line));
        let imported = import::transactions(ctx.app()?, ctx.viewer()?, Cursor::new(csv), &options, &mut report).await;
        let result = ImportResult::new(ctx, Action::ImportTransactions, lines, imported).await?;
        Ok(ImportTransactionsPayload { result })
    }
}
