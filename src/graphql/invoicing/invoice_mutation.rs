//! The mutations on invoices, with their payloads.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};

use super::invoice::Invoice;
use crate::{
    bookkeeping::{
        document::Replayable,
        invoicing::{
            invoice,
            invoice_input::{NewInvoice, Voiding},
            invoice_list::InvoiceFilter,
        },
    },
    entity::{activity::Action, invoice::Model},
    error::Error,
    graphql::{
        connection::{self, NodeEdge},
        customers::entry::{self, Entry},
        error::{ApiError, ContextExt},
        payload::{UserErrors, into_replayable_payload},
    },
    id::kind,
};

/// The invoice to void, and the reason.
#[derive(InputObject)]
struct VoidInvoiceInput {
    #[graphql(flatten)]
    voiding: Voiding,
}

/// The fields that the payloads of several mutations share. The invoice is null when there are user errors.
#[derive(SimpleObject)]
struct InvoiceResult {
    /// The invoice as it is now. Null when there are user errors.
    invoice: Option<Invoice>,
    /// True when this is the result of an earlier request that this one repeats; this request changed nothing. The input
    /// says by what a repeated request is recognized.
    replayed: bool,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `createInvoice`. Error codes: `INVALID`, `REQUIRED`, `NOT_FOUND`, `NOT_ALLOWED` (the customer is
/// archived), `TAKEN` (the number), `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
#[graphql(complex)]
struct CreateInvoicePayload {
    #[graphql(flatten)]
    result: InvoiceResult,
}

#[ComplexObject]
impl CreateInvoicePayload {
    /// The invoice with its cursor in `invoices` and `Customer.invoices`. Null when there are user errors.
    #[expect(clippy::unused_async, reason = "the library awaits it")]
    async fn invoice_edge(&self, ctx: &Context<'_>) -> Result<Option<NodeEdge<Invoice>>, ApiError> {
        self.result.invoice.clone().map(|invoice| connection::edge_of::<InvoiceFilter, _>(ctx, invoice.0)).transpose()
    }

    /// The entry of the customer's ledger that the invoice created, with its cursor in `entries` and `Customer.entries`.
    /// Null when there are user errors, and for a repeated request when the invoice is void by now.
    async fn entry_edge(&self, ctx: &Context<'_>) -> Result<Option<NodeEdge<Entry>>, ApiError> {
        let Some(invoice) = &self.result.invoice else { return Ok(None) };
        let entry = ctx.loader()?.load_one(invoice.0.id.cast::<kind::LedgerEntry>()).await?;
        entry.map_or(Ok(None), |entry| entry::edge(ctx, entry.0))
    }
}

/// The result of `voidInvoice`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the invoice is void already, or there are
/// credit notes or debit notes on it), `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
#[graphql(complex)]
struct VoidInvoicePayload {
    #[graphql(flatten)]
    result: InvoiceResult,
}

#[ComplexObject]
impl VoidInvoicePayload {
    /// The id of the entry that left the customer's ledger. Null when there are user errors.
    async fn deleted_entry_id(&self) -> Option<ID> {
        self.result.invoice.as_ref().map(|invoice| invoice.0.id.cast::<kind::LedgerEntry>().into())
    }
}

impl InvoiceResult {
    async fn new(
        ctx: &Context<'_>,
        action: Action,
        result: Result<Replayable<Model>, Error>,
    ) -> Result<Self, ApiError> {
        let (invoice, replayed, errors) = into_replayable_payload(ctx, action, result).await?;
        Ok(Self { invoice: invoice.map(Invoice), replayed, errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct InvoiceMutation;

#[Object]
impl InvoiceMutation {
    /// Creates an invoice and adds it to the customer's ledger as a `CREDIT` entry. Money that the customer has on
    /// account pays it, except what is held there.
    async fn create_invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invoice to create.")] input: NewInvoice,
    ) -> Result<CreateInvoicePayload, ApiError> {
        let created = invoice::create(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(CreateInvoicePayload { result: InvoiceResult::new(ctx, Action::CreateInvoice, created).await? })
    }

    /// Voids an invoice: the customer no longer owes it. What paid it pays what else the customer owes, or later invoices. The
    /// number cannot be used again. Notes on the invoice must be voided first.
    async fn void_invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invoice to void, and the reason.")] input: VoidInvoiceInput,
    ) -> Result<VoidInvoicePayload, ApiError> {
        let voided = invoice::void(ctx.app()?, ctx.viewer()?, &input.voiding).await;
        Ok(VoidInvoicePayload { result: InvoiceResult::new(ctx, Action::VoidInvoice, voided).await? })
    }
}
