//! The mutations that import customers and ledger entries from a CSV file in their input.

use std::io::Cursor;

use async_graphql::{Context, InputObject, Object};

use super::{
    error::{ApiError, ContextExt},
    import_result::{ImportLine, ImportResult},
    payload::payloads,
};
use crate::{
    bookkeeping::import::{self, CustomerImport, EntryImport, Line},
    entity::{activity::Action, import::ImportKind},
    price,
};

/// A CSV file of ledger entries, and how to read it.
#[derive(InputObject)]
struct ImportEntriesInput {
    /// The text of the CSV file: a header line and at most 5,000 lines. Longer files can be imported on the server with
    /// the command `daybook import`.
    #[graphql(directive = price::Cost::apply(1))]
    csv: String,
    #[graphql(flatten)]
    options: EntryImport,
}

/// A CSV file of customers, and how to read it. `decimalComma`, `dateFormat` and `defaultCurrency` mean nothing here, since such a file
/// has neither amounts nor dates.
#[derive(InputObject)]
struct ImportCustomersInput {
    /// The text of the CSV file: a header line and at most 5,000 lines. Longer files can be imported on the server with
    /// the command `daybook import`.
    #[graphql(directive = price::Cost::apply(1))]
    csv: String,
    #[graphql(flatten)]
    options: CustomerImport,
}

payloads! {
    /// The result of `importEntries`. Error codes: `INVALID`, `REQUIRED`, `LIMIT_REACHED`, `CONFLICT`. Errors of single lines are in
    /// `lines`.
    ImportEntriesPayload(ImportResult);

    /// The result of `importCustomers`. Error codes: `INVALID`, `REQUIRED`, `LIMIT_REACHED`, `CONFLICT`. Errors of single lines are in
    /// `lines`.
    ImportCustomersPayload(ImportResult);
}

#[derive(Debug, Default)]
pub(super) struct CustomerImportMutation;

#[Object]
impl CustomerImportMutation {
    /// Imports ledger entries of customers from a CSV file, also of new customers if you wish. Each line is imported once: sending
    /// the same file again, or an export of the same book, adds nothing. Equal lines within one file are all imported.
    #[graphql(directive = price::ListsBy::apply(&["input.csv"], &["lines"]))]
    async fn import_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and how to read it.")] input: ImportEntriesInput,
    ) -> Result<ImportEntriesPayload, ApiError> {
        let ImportEntriesInput { csv, mut options } = input;
        options.file.most_lines = Some(import::MOST_LINES_OF_REQUEST);
        let mut lines = Vec::new();
        let of_line = |line: &Line| ImportLine(ImportKind::Entries, line.clone());
        let mut report = |some: &[Line]| lines.extend(some.iter().map(of_line));
        let imported = import::entries(ctx.app()?, ctx.viewer()?, Cursor::new(csv), &options, &mut report).await;
        let result = ImportResult::new(ctx, Action::ImportEntries, lines, imported).await?;
        Ok(ImportEntriesPayload { result })
    }

    /// Imports customers from a CSV file. Each line is imported once: sending the same file again, or an export of the same book,
    /// adds nothing. Equal lines within one file are all imported, and so are customers whose name another one has.
    #[graphql(directive = price::ListsBy::apply(&["input.csv"], &["lines"]))]
    async fn import_customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and how to read it.")] input: ImportCustomersInput,
    ) -> Result<ImportCustomersPayload, ApiError> {
        let ImportCustomersInput { csv, mut options } = input;
        options.file.most_lines = Some(import::MOST_LINES_OF_REQUEST);
        let mut lines = Vec::new();
        let of_line = |line: &Line| ImportLine(ImportKind::Customers, line.clone());
        let mut report = |some: &[Line]| lines.extend(some.iter().map(of_line));
        let imported = import::customers(ctx.app()?, ctx.viewer()?, Cursor::new(csv), &options, &mut report).await;
        let result = ImportResult::new(ctx, Action::ImportCustomers, lines, imported).await?;
        Ok(ImportCustomersPayload { result })
    }
}
