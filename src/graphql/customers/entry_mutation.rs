//! The mutations on ledger entries, with their payloads.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::entry::{Entry, edge};
use crate::{
    bookkeeping::{
        customers::{
            adjust::Attempted,
            entry::{self, EntryChange, EntryDeletion, NewEntry},
        },
        document::Replayable,
    },
    entity::{activity::Action, ledger_entry::Model},
    error::Error,
    graphql::{
        connection::NodeEdge,
        error::{ApiError, ContextExt},
        payload::{UserErrors, into_replayable_payload, payloads},
    },
};

/// The fields that the payloads of several mutations share. The entry is null when there are user errors.
#[derive(SimpleObject)]
pub(in crate::graphql) struct EntryResult {
    /// The entry as it is now. Null when there are user errors.
    entry: Option<Entry>,
    /// The entry with its cursor in `entries` and `Customer.entries`. Null when there are user errors, and for a
    /// repeated request when the entry is deleted by now.
    entry_edge: Option<NodeEdge<Entry>>,
    /// True when this is the result of an earlier request that this one repeats; this request changed nothing. The input
    /// says by what a repeated request is recognized.
    replayed: bool,
    #[graphql(flatten)]
    errors: UserErrors,
}

payloads! {
    /// The result of `addEntry`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the customer is archived),
    /// `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
    AddEntryPayload(EntryResult);

    /// The result of `updateEntry`. Error codes: `INVALID`, `REQUIRED`, `NOT_FOUND`, `NOT_ALLOWED` (the entry is deleted,
    /// or belongs to an invoice, receipt or note), `CONFLICT`, `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
    UpdateEntryPayload(EntryResult);
}

/// The result of `deleteEntry`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the entry is deleted already, or
/// belongs to an invoice, receipt or note), `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
struct DeleteEntryPayload {
    /// The entry after the change; its customer has the new balance. Null when there are user errors.
    entry: Option<Entry>,
    /// The id of the entry that left the ledger. Null when there are user errors.
    deleted_entry_id: Option<ID>,
    /// True when this is the result of an earlier request that this one repeats; this request changed nothing. The input
    /// says by what a repeated request is recognized.
    replayed: bool,
    #[graphql(flatten)]
    errors: UserErrors,
}

impl EntryResult {
    async fn new(
        ctx: &Context<'_>,
        action: Action,
        result: Result<Replayable<Model>, Error>,
    ) -> Result<Self, ApiError> {
        let (entry, replayed, errors) = into_replayable_payload(ctx, action, result).await?;
        let entry_edge = entry.clone().map_or(Ok(None), |entry| edge(ctx, entry))?;
        Ok(Self { entry_edge, entry: entry.map(Entry), replayed, errors })
    }

    /// The result of an operation whose refusal by a wallet is recorded.
    pub(super) async fn attempted(
        ctx: &Context<'_>,
        action: Action,
        result: Result<Replayable<Attempted>, Error>,
    ) -> Result<Self, ApiError> {
        let (attempted, replayed, mut errors) = into_replayable_payload(ctx, action, result).await?;
        let entry = attempted.and_then(|attempted| attempted.map_err(|refusal| errors.push(refusal)).ok());
        let entry_edge = entry.clone().map_or(Ok(None), |entry| edge(ctx, entry))?;
        Ok(Self { entry_edge, entry: entry.map(Entry), replayed, errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct EntryMutation;

#[Object]
impl EntryMutation {
    /// Adds an entry to a customer's ledger.
    async fn add_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The entry to add.")] input: NewEntry,
    ) -> Result<AddEntryPayload, ApiError> {
        let added = entry::add(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(AddEntryPayload { result: EntryResult::new(ctx, Action::AddEntry, added).await? })
    }

    /// Changes a ledger entry. The earlier values stay readable in `Entry.versions`.
    async fn update_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields to change.")] input: EntryChange,
    ) -> Result<UpdateEntryPayload, ApiError> {
        let updated = entry::update(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(UpdateEntryPayload { result: EntryResult::new(ctx, Action::UpdateEntry, updated).await? })
    }

    /// Deletes a ledger entry: it no longer counts in the customer's balance. It stays readable by its id, with its
    /// versions.
    async fn delete_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The entry to delete.")] input: EntryDeletion,
    ) -> Result<DeleteEntryPayload, ApiError> {
        let deleted = entry::delete(ctx.app()?, ctx.viewer()?, &input).await;
        let (entry, replayed, errors) = into_replayable_payload(ctx, Action::DeleteEntry, deleted).await?;
        let deleted_entry_id = entry.as_ref().map(|entry| entry.id.into());
        Ok(DeleteEntryPayload { entry: entry.map(Entry), deleted_entry_id, replayed, errors })
    }
}
