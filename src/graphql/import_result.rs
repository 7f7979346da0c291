//! What all mutations return that import a file.

use async_graphql::{Context, Object, SimpleObject};

use super::{
    customers::{customer::Customer, entry::Entry},
    error::{ApiError, ContextExt},
    imports::Import,
    payload::{ERRORS, UserErrors, into_payload},
    spending::transaction::Transaction,
    user_error::UserError,
};
use crate::{
    bookkeeping::import::{Line, Status, Summary},
    entity::{activity::Action, import::ImportKind},
    error::Error,
    id::{Id, kind},
    price,
};

/// A line, and what the lines of its file are.
pub(super) struct ImportLine(pub(super) ImportKind, pub(super) Line);

/// The result of importing one line of a file.
#[Object(directive = price::Cost::apply(0))]
impl ImportLine {
    /// The number of the line in the file; the first line of the file is line 1. For a record that spans several lines,
    /// the number of the first of them.
    async fn line(&self) -> i32 {
        i32::try_from(self.1.line).unwrap_or(i32::MAX)
    }

    /// Whether the line was imported.
    async fn status(&self) -> Status {
        self.1.status
    }

    /// The transaction that this line, or an earlier import of it, created, or the one that was written by hand and is the same.
    /// All lines of a split transaction have the same transaction. Null when there is none, and in `importEntries` and
    /// `importCustomers`.
    async fn transaction(&self, ctx: &Context<'_>) -> Result<Option<Transaction>, ApiError> {
        let Some(id) = self.id::<kind::Transaction>(ImportKind::Transactions) else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?)
    }

    /// The ledger entry that this line, or an earlier import of it, created. Null when there is none, and in `importTransactions`
    /// and `importCustomers`.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<Entry>, ApiError> {
        let Some(id) = self.id::<kind::LedgerEntry>(ImportKind::Entries) else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?)
    }

    /// The customer whom this line, or an earlier import of it, created. Null when there is none, and in `importTransactions`
    /// and `importEntries`.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Option<Customer>, ApiError> {
        let Some(id) = self.id::<kind::Customer>(ImportKind::Customers) else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?)
    }

    /// A remark that is not an error, such as the name of a category that was created for the line. Null when there is
    /// none.
    async fn note(&self) -> Option<&str> {
        self.1.remarks.as_ref()?.note.as_deref()
    }

    /// Why the line cannot be imported; each `path` is the name of a column. Empty when the line has no errors.
    #[graphql(directive = price::List::apply(ERRORS))]
    async fn user_errors(&self) -> Vec<UserError> {
        self.1.refusals().iter().cloned().map(UserError::from).collect()
    }
}

impl ImportLine {
    /// The id of what the line made, if lines make this kind of thing.
    fn id<K: type_safe_id::StaticType>(&self, kind: ImportKind) -> Option<Id<K>> {
        self.1.id.filter(|_| self.0 == kind).map(Id::cast)
    }
}

/// The fields that the payloads of all imports share.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct ImportResult {
    /// The result of each line, in the order of the file. If nothing was imported because some lines have errors, only
    /// those lines.
    lines: Vec<ImportLine>,
    /// The number of lines that were imported. Zero in a dry run.
    added: i32,
    /// The number of lines that could be imported but were not because this was a dry run. Zero otherwise.
    good: i32,
    /// The number of lines that were skipped because the book already has them.
    duplicates: i32,
    /// The number of lines that cannot be imported.
    refused: i32,
    /// The number of lines of a bank's file that are no transactions, such as balances and totals, or belong to another account.
    /// `remarks` of `previewImport` tells of the first ones.
    skipped: i32,
    #[graphql(skip)]
    import_id: Option<Id<kind::Import>>,
    #[graphql(flatten)]
    errors: UserErrors,
}

#[async_graphql::ComplexObject]
impl ImportResult {
    /// The record of this import, with which it can be undone. Null when no line was imported.
    async fn import(&self, ctx: &Context<'_>) -> Result<Option<Import>, ApiError> {
        let Some(id) = self.import_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?)
    }
}

impl ImportResult {
    pub(super) async fn new(
        ctx: &Context<'_>,
        action: Action,
        lines: Vec<ImportLine>,
        imported: Result<Summary, Error>,
    ) -> Result<Self, ApiError> {
        let (summary, errors) = into_payload(ctx, action, imported).await?;
        let summary = summary.unwrap_or_default();
        let Summary { added, duplicates, refused, good, skipped, import } = summary;
        let [added, good, duplicates, refused, skipped] =
            [added, good, duplicates, refused, skipped].map(|count| i32::try_from(count).unwrap_or(i32::MAX));
        Ok(Self { lines, added, good, duplicates, refused, skipped, import_id: import, errors })
    }
}
