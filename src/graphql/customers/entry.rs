//! Ledger entries of customers: the object, its queries and its loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, dataloader::Loader};

use super::{allocation::Allocation, customer::Customer, entry_version::EntryVersion};
use crate::{
    bookkeeping::{
        customers::{
            entry,
            entry_list::{EntryFilter, EntryFilterInput},
            open_items::Allocations,
            running_balance,
        },
        journal::Versions,
    },
    calendar::date::{Date, Weekday},
    entity::ledger_entry::{EntrySource, EntryType, Model},
    error::Error,
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        book::book_currency,
        connection::{self, NodeEdge, Nodes, OwnedTotal, Total},
        error::{ApiError, ContextExt},
        imports::Import,
        invoicing::{
            invoice::Invoice,
            note::{CreditNote, DebitNote},
            receipt::Receipt,
        },
        node,
        nullability::SemanticNonNull,
        scalar::DateTime,
    },
    id::{Id, kind},
    money::Money,
    page::PageArgs,
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct Entry(pub(in crate::graphql) Model);

impl From<Model> for Entry {
    fn from(entry: Model) -> Self {
        Self(entry)
    }
}

/// An entry of a customer's ledger: goods taken on credit, or a payment. It keeps its id when it is changed.
#[Object]
impl Entry {
    /// The globally unique id, which never changes, such as `entry_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The customer whose ledger the entry belongs to.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn customer(&self, ctx: &Context<'_>) -> Result<Option<Customer>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.customer_id).await?)
    }

    /// `CREDIT` when the customer took goods on credit and owes more; `DEBIT` when the customer paid and owes less.
    #[graphql(name = "type")]
    async fn kind(&self) -> EntryType {
        self.0.kind
    }

    /// What created the entry.
    async fn source(&self) -> EntrySource {
        self.0.source
    }

    /// The amount. It is always positive; `type` says whether the customer owes more or less.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.amount, self.0.currency)
    }

    /// The part of `amount` that is set off: of a `CREDIT` entry what is paid of it, of a `DEBIT` entry what pays something.
    async fn settled(&self) -> Money {
        Money::from_minor(self.0.settled, self.0.currency)
    }

    /// The rest of `amount`: of a `CREDIT` entry what the customer still owes, of a `DEBIT` entry what is on account. Zero when
    /// the entry is deleted.
    async fn open(&self) -> Money {
        let open = if self.0.deleted_at.is_some() { 0 } else { self.0.amount - self.0.settled };
        Money::from_minor(open, self.0.currency)
    }

    /// The part of `open` that was released and is held on account: it pays nothing until it is allocated again or let go.
    async fn held(&self) -> Money {
        Money::from_minor(self.0.held, self.0.currency)
    }

    /// What this entry is set off against, and the amount of each, in the order of the entries on the other side, oldest first.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn allocations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<Allocation, OwnedTotal<Allocations>>, ApiError> {
        let args = PageArgs { first, after, last, before };
        connection::of_owner(ctx, Allocations::of(self.0.kind), self.0.id, args).await
    }

    /// What the customer owed in this currency right after this entry. Entries count by date, and entries of one date
    /// in the order in which they were recorded. Null when the entry is deleted.
    async fn balance_after(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let minor = ctx.loader()?.load_one(After(self.0.id)).await?;
        Ok(minor.map(|minor| Money::from_minor(minor, self.0.currency)))
    }

    /// The day on which the customer took the goods or paid, as the user gave it. Ledgers and statements are ordered by it.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The day of the week of `date`.
    async fn weekday(&self) -> Weekday {
        self.0.date.into()
    }

    /// The note. Null when not given.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The invoice that created the entry. Null when `source` is not `INVOICE`.
    async fn invoice(&self, ctx: &Context<'_>) -> Result<Option<Invoice>, ApiError> {
        if self.0.source != EntrySource::Invoice {
            return Ok(None);
        }
        Ok(ctx.loader()?.load_one(self.0.id.cast::<kind::Invoice>()).await?)
    }

    /// The receipt that created the entry. Null when `source` is not `RECEIPT`.
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Option<Receipt>, ApiError> {
        if self.0.source != EntrySource::Receipt {
            return Ok(None);
        }
        Ok(ctx.loader()?.load_one(self.0.id.cast::<kind::Receipt>()).await?)
    }

    /// The credit note that created the entry. Null when `source` is not `CREDIT_NOTE`.
    async fn credit_note(&self, ctx: &Context<'_>) -> Result<Option<CreditNote>, ApiError> {
        if self.0.source != EntrySource::CreditNote {
            return Ok(None);
        }
        Ok(ctx.loader()?.load_one(self.0.id.cast::<kind::CreditNote>()).await?)
    }

    /// The debit note that created the entry. Null when `source` is not `DEBIT_NOTE`.
    async fn debit_note(&self, ctx: &Context<'_>) -> Result<Option<DebitNote>, ApiError> {
        if self.0.source != EntrySource::DebitNote {
            return Ok(None);
        }
        Ok(ctx.loader()?.load_one(self.0.id.cast::<kind::DebitNote>()).await?)
    }

    /// The import that made it. Null when it was written by hand, and when it was imported before imports had records.
    async fn import(&self, ctx: &Context<'_>) -> Result<Option<Import>, ApiError> {
        let Some(import) = self.0.import_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(import).await?)
    }

    /// The number of the current version: 1 when the entry is created, and 1 more after each change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// All versions of the entry, oldest first. The last one is the current version, or the last version before the
    /// entry was deleted.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<EntryVersion, OwnedTotal<Versions>>, ApiError> {
        connection::of_owner(ctx, Versions, self.0.id.cast(), PageArgs { first, after, last, before }).await
    }

    /// The time when the entry was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The time when the entry was last changed or deleted. The same as `createdAt` when it never was.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// The time when the entry was deleted, or its invoice, receipt or note voided. Null when the entry is not deleted.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.0.deleted_at.map(DateTime)
    }

    /// The activity log of this entry, newest first: changes and refused attempts. For an entry that belongs to an
    /// invoice, a receipt or a note, the log of that.
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
        let (id, args) = (self.0.id, PageArgs { first, after, last, before });
        match self.0.source {
            EntrySource::Invoice => activities_of(ctx, id.cast::<kind::Invoice>(), args).await,
            EntrySource::Receipt => activities_of(ctx, id.cast::<kind::Receipt>(), args).await,
            EntrySource::CreditNote => activities_of(ctx, id.cast::<kind::CreditNote>(), args).await,
            EntrySource::DebitNote => activities_of(ctx, id.cast::<kind::DebitNote>(), args).await,
            _ => activities_of(ctx, id, args).await,
        }
    }
}

/// The edge of an entry. `None` for a deleted one, which the lists leave out.
pub(in crate::graphql) fn edge(ctx: &Context<'_>, entry: Model) -> Result<Option<NodeEdge<Entry>>, ApiError> {
    entry.deleted_at.is_none().then(|| connection::edge_of::<EntryFilter, _>(ctx, entry)).transpose()
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct EntryQuery;

#[Object]
impl EntryQuery {
    /// The ledger entry with this id, deleted or not. Null when the book has no such entry.
    async fn entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the entry.")] id: ID,
    ) -> Result<Option<Entry>, ApiError> {
        node::find_one::<kind::LedgerEntry, _>(ctx, &id).await
    }

    /// The ledger entries of all customers of the book, newest date first. Entries of one date are sorted by the order
    /// in which they were recorded, newest first.
    #[graphql(directive = price::Page::apply())]
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries to list. Default: all that are not deleted.")] filter: Option<EntryFilterInput>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<Entry, Total<EntryFilter>>, ApiError> {
        let filter = filter.unwrap_or_default().check(book_currency(ctx).await?)?;
        connection::of_book(ctx, filter, PageArgs { first, after, last, before }).await
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

/// The loader key for the customer's balance after an entry.
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
