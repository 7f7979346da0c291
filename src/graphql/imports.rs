//! Imports: the object, its query, undoing one, and its loader.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, SimpleObject, dataloader::Loader};

use super::{
    RequestLoader,
    activity::{
        event::Actor,
        list::{Activities, activities_of},
    },
    connection::{self, Count, Nodes},
    error::{ApiError, ContextExt},
    node,
    nullability::SemanticNonNull,
    payload::{UserErrors, into_replayable_payload},
    scalar::DateTime,
    wallets::wallet::Wallet,
};
use crate::{
    bookkeeping::import::undo::{self, ImportUndoing, Undone, record},
    entity::{
        activity::Action,
        import::{ImportKind, Model},
    },
    error::Error,
    id::{Id, kind},
    page::PageArgs,
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct Import(pub(in crate::graphql) Model);

/// The import of a file that wrote at least one line. What it made can be taken back as a whole with `undoImport`.
#[Object]
impl Import {
    /// The globally unique id, which never changes, such as `import_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What the lines of the file are.
    async fn kind(&self) -> ImportKind {
        self.0.kind
    }

    /// The name of the file. Null when it was not given.
    async fn file_name(&self) -> Option<&str> {
        self.0.file_name.as_deref()
    }

    /// The wallet of lines that name none: `defaultWalletId`. Null when there was none.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        let Some(wallet_id) = self.0.wallet_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(wallet_id).await?)
    }

    /// The number of lines that were written. Lines that the book had already, or that were refused, do not count.
    async fn added(&self) -> i64 {
        self.0.lines
    }

    /// The number of transactions, entries or customers that the lines made. Less than `added` when some of them are split over
    /// several lines.
    async fn made(&self) -> i64 {
        self.0.made
    }

    /// The user who imported the file. Null when the user does not belong to the book any more.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<Actor>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.actor_id).await?.map(Actor::from))
    }

    /// The time when the first lines were written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The time when the last lines were written.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// True when it is being undone in parts. Send `undoImport` again to go on.
    async fn is_partly_undone(&self) -> bool {
        self.0.undoing_at.is_some() && self.0.undone_at.is_none()
    }

    /// The time when it was undone. Null when it was not, or not wholly.
    async fn undone_at(&self) -> Option<DateTime> {
        self.0.undone_at.map(DateTime)
    }

    /// The activity log of this import, newest first: its database transactions, that it was undone, and refused attempts to undo
    /// it.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn activities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Activities, ApiError> {
        activities_of(ctx, self.0.id, PageArgs { first, after, last, before }).await
    }
}

/// The total count of the imports of a book.
struct ImportTotal;

impl Count for ImportTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        let count = record::count(ctx.read()?, ctx.viewer()?).await?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ImportQuery;

#[Object]
impl ImportQuery {
    /// The import with this id, undone or not. Null when the book has no such import.
    async fn import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the import.")] id: ID,
    ) -> Result<Option<Import>, ApiError> {
        node::find_one::<kind::Import, _>(ctx, &id).await
    }

    /// The imports of files that wrote something, newest first, undone ones included. What was imported before imports had
    /// records is not in it.
    #[graphql(directive = price::Page::apply())]
    async fn imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<Import, ImportTotal>, ApiError> {
        let page = PageArgs { first, after, last, before }
            .check(&connection::cursors_of::<Import>(ctx)?, record::parse_key)?;
        let paged = record::page(ctx.read()?, ctx.viewer()?, &page).await?;
        let paged = paged.map(|import| (record::key_text(&import), Import(import)));
        connection::connect(ctx, paged, ImportTotal)
    }
}

/// The result of `undoImport`. Error codes: `NOT_FOUND`, `NOT_ALLOWED` (the import was undone already), `CONFLICT` (something that it
/// made was changed since; one error for each of the first of these, and `current` is what was changed), `INSUFFICIENT_FUNDS` and
/// `WALLET_NOT_ACTIVE` (a wallet cannot give back what the import brought), `INVALID`, `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
struct UndoImportPayload {
    /// The import as it is now. Null when there are user errors.
    import: Option<Import>,
    /// The number of objects that this request took back.
    taken_back: i64,
    /// The number of objects that stay, because they were changed while the others were taken back. Only when it is undone in parts.
    kept: i64,
    /// True when this is the result of an earlier request with the same `idempotencyKey`; this request changed nothing.
    replayed: bool,
    #[graphql(flatten)]
    errors: UserErrors,
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct UndoMutation;

#[Object]
impl UndoMutation {
    /// Takes back all that an import made, as deleting each of it would: its transactions and entries are deleted, its customers
    /// archived. Nothing happens if any of it was changed since. Categories that it made stay, and so do customers whom an import of
    /// entries made and who have other entries. Afterwards the file can be imported again, and makes everything again. An import that
    /// made more than 5,000 objects is undone in parts, of about that many for each request: send the same request again until
    /// `undoneAt` is set.
    async fn undo_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import to undo.")] input: ImportUndoing,
    ) -> Result<UndoImportPayload, ApiError> {
        let undone = undo::undo(ctx.app()?, ctx.viewer()?, &input).await;
        let (undone, replayed, errors) = into_replayable_payload(ctx, Action::UndoImport, undone).await?;
        let count = |of: fn(&Undone) -> u64| undone.as_ref().map_or(0, of).try_into().unwrap_or(i64::MAX);
        let (taken_back, kept) = (count(|undone| undone.taken), count(|undone| undone.kept));
        let import = undone.map(|undone| Import(undone.import));
        Ok(UndoImportPayload { import, taken_back, kept, replayed, errors })
    }
}

/// Loads imports of the viewer's book by their ids.
impl Loader<Id<kind::Import>> for RequestLoader {
    type Value = Import;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::Import>]) -> Result<HashMap<Id<kind::Import>, Import>, Arc<Error>> {
        let imports = record::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(imports.into_iter().map(|import| (import.id, Import(import))).collect())
    }
}
