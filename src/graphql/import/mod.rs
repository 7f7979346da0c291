//! The mutation that imports transactions from a file in its input.
//!
//! | module | owns |
//! |---|---|
//! | `preview` | what would come of a bank's file |
//! | `profile` | import profiles |

pub(super) mod preview;
pub(super) mod profile;

use std::io::Cursor;

use async_graphql::{Context, InputObject, Object};

use super::{
    error::{ApiError, ContextExt},
    import_result::{ImportLine, ImportResult},
    payload::payloads,
};
use crate::{
    bookkeeping::import::{self, Line, SentFile, TransactionImport},
    entity::{activity::Action, import::ImportKind},
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

payloads! {
    /// The result of `importTransactions`. Error codes: `INVALID`, `REQUIRED` (at `say` and the field of a profile: what a bank's
    /// file does not tell), `NOT_FOUND`, `NOT_ALLOWED` (a default category is archived), `LIMIT_REACHED`, `CONFLICT`. Errors of
    /// single lines are in `lines`.
    ImportTransactionsPayload(ImportResult);
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
        let of_line = |line: &Line| ImportLine(ImportKind::Transactions, line.clone());
        let mut report = |some: &[Line]| lines.extend(some.iter().map(of_line));
        let imported = match file.bytes() {
            Ok(bytes) => import::transactions(app, viewer, Cursor::new(bytes), &options, &mut report).await,
            Err(refusal) => Err(refusal.into()),
        };
        lines.sort_by_key(|ImportLine(_, line)| line.line);
        let result = ImportResult::new(ctx, Action::ImportTransactions, lines, imported).await?;
        Ok(ImportTransactionsPayload { result })
    }
}
