//! The queries and mutations for credit notes and debit notes.

use async_graphql::{Context, ID, Object};

use super::{
    list::{self, Notes},
    object::{CreditNote, DebitNote},
    payload::{
        CreateCreditNotePayload, CreateDebitNotePayload, CreditNoteResult, DebitNoteResult, VoidCreditNoteInput,
        VoidCreditNotePayload, VoidDebitNoteInput, VoidDebitNotePayload,
    },
};
use crate::{
    bookkeeping::invoicing::note::{
        self,
        input::{NewCreditNote, NewDebitNote},
        list::NoteFilterInput,
    },
    entity::{activity::Action, note::NoteKind},
    graphql::{
        error::{ApiError, ContextExt},
        node,
    },
    id::kind,
    page::PageArgs,
    price,
};

#[derive(Debug, Default)]
pub(in crate::graphql) struct NoteQuery;

#[Object]
impl NoteQuery {
    /// The credit note with this id, void or not. Null when the book has no such credit note.
    async fn credit_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the credit note.")] id: ID,
    ) -> Result<Option<CreditNote>, ApiError> {
        node::find_one::<kind::CreditNote, _>(ctx, &id).await
    }

    /// The debit note with this id, void or not. Null when the book has no such debit note.
    async fn debit_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the debit note.")] id: ID,
    ) -> Result<Option<DebitNote>, ApiError> {
        node::find_one::<kind::DebitNote, _>(ctx, &id).await
    }

    /// The credit notes of the book, newest date first, voided ones included.
    #[graphql(directive = price::Page::apply())]
    async fn credit_notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which credit notes to list. Default: all.")] filter: Option<NoteFilterInput>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Notes<CreditNote>, ApiError> {
        list::of_book(ctx, NoteKind::Credit, filter, PageArgs { first, after, last, before }).await
    }

    /// The debit notes of the book, newest date first, voided ones included.
    #[graphql(directive = price::Page::apply())]
    async fn debit_notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which debit notes to list. Default: all.")] filter: Option<NoteFilterInput>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Notes<DebitNote>, ApiError> {
        list::of_book(ctx, NoteKind::Debit, filter, PageArgs { first, after, last, before }).await
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct NoteMutation;

#[Object]
impl NoteMutation {
    /// Creates a credit note on an invoice and adds it to the customer's ledger as a `DEBIT` entry: for goods that came back, or a
    /// price that was too high. It takes back the taxes too, at the rates of the invoice, and at most what is left of the invoice.
    /// It pays the invoice first; what others paid of it is then on account.
    async fn create_credit_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credit note to create.")] input: NewCreditNote,
    ) -> Result<CreateCreditNotePayload, ApiError> {
        let created = note::create(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(CreateCreditNotePayload { result: CreditNoteResult::new(ctx, Action::CreateCreditNote, created).await? })
    }

    /// Voids a credit note: the customer owes the amount again. What it paid is open again. The number cannot be used again.
    async fn void_credit_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credit note to void, and the reason.")] input: VoidCreditNoteInput,
    ) -> Result<VoidCreditNotePayload, ApiError> {
        let voided = note::void::<kind::CreditNote>(ctx.app()?, ctx.viewer()?, &input.voiding).await;
        Ok(VoidCreditNotePayload { result: CreditNoteResult::new(ctx, Action::VoidCreditNote, voided).await? })
    }

    /// Creates a debit note on an invoice and adds it to the customer's ledger as a `CREDIT` entry: for goods that were not billed,
    /// or a price that was too low. It adds the taxes too, at the rates of the invoice. Money that the customer has on account pays
    /// it, except what is held there.
    async fn create_debit_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The debit note to create.")] input: NewDebitNote,
    ) -> Result<CreateDebitNotePayload, ApiError> {
        let created = note::create(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(CreateDebitNotePayload { result: DebitNoteResult::new(ctx, Action::CreateDebitNote, created).await? })
    }

    /// Voids a debit note: the customer no longer owes it. What paid it pays what else the customer owes, or later invoices. The
    /// number cannot be used again.
    async fn void_debit_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The debit note to void, and the reason.")] input: VoidDebitNoteInput,
    ) -> Result<VoidDebitNotePayload, ApiError> {
        let voided = note::void::<kind::DebitNote>(ctx.app()?, ctx.viewer()?, &input.voiding).await;
        Ok(VoidDebitNotePayload { result: DebitNoteResult::new(ctx, Action::VoidDebitNote, voided).await? })
    }
}
