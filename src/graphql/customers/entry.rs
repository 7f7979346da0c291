//! Ledger entries of customers: the object, its queries, its mutations and its loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, SimpleObject, dataloader::Loader};

use super::{
    customer::Customer,
    entry_version::{EntryVersion, VersionsOf},
};
use crate::{
    bookkeeping::{
        customers::{
            entry::{self, EntryChange, EntryDeletion, NewEntry},
            entry_list::{EntryFilter, EntryFilterInput},
            running_balance,
        },
        document::Done,
    },
    calendar::date::{Date, Weekday},
    entity::{
        activity::Action,
        ledger_entry::{EntrySource, EntryType, Model},
    },
    error::Error,
    graphql::{
        RequestLoader,
        activity::event::{Activity, history},
        book::book_currency,
        connection::{self, Nodes, Total},
        error::{ApiError, ContextExt},
        invoicing::{invoice::Invoice, receipt::Receipt},
        scalar::DateTime,
        user_error::{UserError, settle},
    },
    id::{Id, kind},
    money::Money,
    page::PageArgs,
};

#[derive(Clone)]
pub(in crate::graphql) struct Entry(pub(in crate::graphql) Model);

impl From<Model> for Entry {
    fn from(entry: Model) -> Self {
        Self(entry)
    }
}

/// A line of a customer's ledger. It keeps its id and its place when it is changed.
#[Object]
impl Entry {
    /// Id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Whose ledger it stands in.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Option<Customer>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.customer_id).await?)
    }

    /// `CREDIT` when the customer owes more by it, `DEBIT` when they owe less.
    #[graphql(name = "type")]
    async fn kind(&self) -> EntryType {
        self.0.kind
    }

    /// What made it.
    async fn source(&self) -> EntrySource {
        self.0.source
    }

    /// How much.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.amount, self.0.currency)
    }

    /// What the customer owed in this currency after it, as the statement shows it: by date, and on one date in the order in
    /// which the entries were written. Null when it was deleted.
    async fn balance_after(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let minor = ctx.loader()?.load_one(After(self.0.id)).await?;
        Ok(minor.map(|minor| Money::from_minor(minor, self.0.currency)))
    }

    /// The day that it counts for.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The day of the week of its date.
    async fn weekday(&self) -> Weekday {
        self.0.date.into()
    }

    /// The note that was given with it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The invoice that made it.
    async fn invoice(&self, ctx: &Context<'_>) -> Result<Option<Invoice>, ApiError> {
        if self.0.source != EntrySource::Invoice {
            return Ok(None);
        }
        Ok(ctx.loader()?.load_one(self.0.id.cast::<kind::Invoice>()).await?)
    }

    /// The receipt that made it.
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Option<Receipt>, ApiError> {
        if self.0.source != EntrySource::Receipt {
            return Ok(None);
        }
        Ok(ctx.loader()?.load_one(self.0.id.cast::<kind::Receipt>()).await?)
    }

    /// How often it was written: 1, and one more for each change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What it was, the oldest version first. The last one is what it is now, or what it was when it was deleted.
    async fn versions(&self, ctx: &Context<'_>) -> Result<Vec<EntryVersion>, ApiError> {
        let versions = ctx.loader()?.load_one(VersionsOf(self.0.id.cast())).await?.unwrap_or_default();
        Ok(versions.into_iter().zip(1..).map(|(version, number)| EntryVersion { version, number }).collect())
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was changed or deleted last; when it was written, if it never was.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// When it was deleted, or its invoice or receipt voided; null when it stands.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.0.deleted_at.map(DateTime)
    }

    /// What was done with it, or with the invoice or receipt that made it, and what was refused, the latest first; when and by
    /// whom.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the latest; at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<Activity>, ApiError> {
        let id = self.0.id;
        match self.0.source {
            EntrySource::Manual => history(ctx, id, first).await,
            EntrySource::Invoice => history(ctx, id.cast::<kind::Invoice>(), first).await,
            EntrySource::Receipt => history(ctx, id.cast::<kind::Receipt>(), first).await,
        }
    }
}

/// What came of it; the entry is null when there are user errors.
#[derive(SimpleObject)]
struct EntryResult {
    /// The entry as it is now.
    entry: Option<Entry>,
    /// Whether this is the result of an earlier request with the same idempotency key.
    replayed: bool,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of writing an entry.
#[derive(SimpleObject)]
struct AddEntryPayload {
    #[graphql(flatten)]
    result: EntryResult,
}

/// What came of changing an entry.
#[derive(SimpleObject)]
struct UpdateEntryPayload {
    #[graphql(flatten)]
    result: EntryResult,
}

/// What came of deleting an entry.
#[derive(SimpleObject)]
struct DeleteEntryPayload {
    #[graphql(flatten)]
    result: EntryResult,
}

impl EntryResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<Done<Model>, Error>) -> Result<Self, ApiError> {
        let (done, user_errors) = settle(ctx, action, result).await?;
        let replayed = done.as_ref().is_some_and(|done| done.replayed);
        Ok(Self { entry: done.map(|done| Entry(done.document)), replayed, user_errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct EntryQuery;

#[Object]
impl EntryQuery {
    /// An entry of the book, deleted or not; null when there is none of this id.
    async fn entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entry.")] id: ID,
    ) -> Result<Option<Entry>, ApiError> {
        ctx.viewer()?;
        let Ok(id) = id.parse::<Id<kind::LedgerEntry>>() else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?)
    }

    /// The ledger entries of the book, the newest first by date, and those of one date the last written first.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries; all that stand when absent.")] filter: Option<EntryFilterInput>,
        #[graphql(desc = "At most so many, from the newest; 20 when absent, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those that come after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the oldest; at most 100. Not together with `first`.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Only those that come before this cursor.")] before: Option<String>,
    ) -> Result<Nodes<Entry, Total<EntryFilter>>, ApiError> {
        let filter = filter.unwrap_or_default().check(book_currency(ctx).await?)?;
        connection::of_book(ctx, filter, PageArgs { first, after, last, before }).await
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct EntryMutation;

#[Object]
impl EntryMutation {
    /// Writes an entry into a customer's ledger.
    async fn add_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The entry to be written.")] input: NewEntry,
    ) -> Result<AddEntryPayload, ApiError> {
        let added = entry::add(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(AddEntryPayload { result: EntryResult::new(ctx, Action::AddEntry, added).await? })
    }

    /// Changes an entry. What it was stays readable in its `versions`.
    async fn update_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: EntryChange,
    ) -> Result<UpdateEntryPayload, ApiError> {
        let updated = entry::update(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(UpdateEntryPayload { result: EntryResult::new(ctx, Action::UpdateEntry, updated).await? })
    }

    /// Takes an entry out of the ledger. It stays readable by its id, with its `versions`.
    async fn delete_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entry.")] input: EntryDeletion,
    ) -> Result<DeleteEntryPayload, ApiError> {
        let deleted = entry::delete(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(DeleteEntryPayload { result: EntryResult::new(ctx, Action::DeleteEntry, deleted).await? })
    }
}

/// Loads ledger entries of the viewer's book by their ids.
impl Loader<Id<kind::LedgerEntry>> for RequestLoader {
    type Value = Entry;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::LedgerEntry>]) -> Result<HashMap<Id<kind::LedgerEntry>, Entry>, Arc<Error>> {
        let entries = entry::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(entries.into_iter().map(|entry| (entry.id, Entry(entry))).collect())
    }
}

/// The key of the customer's balance after an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct After(Id<kind::LedgerEntry>);

impl Loader<After> for RequestLoader {
    type Value = i64;
    type Error = Arc<Error>;

    async fn load(&self, entries: &[After]) -> Result<HashMap<After, i64>, Arc<Error>> {
        let ids: Vec<_> = entries.iter().map(|entry| entry.0).collect();
        let balances = running_balance::balances_after(self.reader.conn(), &self.viewer, &ids).await?;
        Ok(balances.into_iter().map(|(entry, balance)| (After(entry), balance)).collect())
    }
}
