//! Receipts: the object, its queries, its mutations and its loader.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::party::{DocumentParty, PartyKey};
use crate::{
    bookkeeping::{
        customers::open_items::Allocations,
        document::Replayable,
        invoicing::{
            invoice_input::Voiding,
            receipt::{self, Attempted, NewReceipt},
            receipt_list::{ReceiptFilter, ReceiptFilterInput},
        },
    },
    calendar::date::{Date, Weekday},
    entity::{
        activity::Action,
        receipt::{Model, PaymentType},
    },
    error::Error,
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        book::book_currency,
        connection::{self, NodeEdge, Nodes, OwnedTotal, Total},
        customers::{
            allocation::Allocation,
            customer::Customer,
            entry::{self, Entry},
        },
        error::{ApiError, ContextExt},
        node,
        nullability::SemanticNonNull,
        payload::{UserErrors, into_replayable_payload},
        scalar::DateTime,
        wallets::wallet::Wallet,
    },
    id::{Id, kind},
    money::Money,
    page::PageArgs,
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct Receipt(pub(in crate::graphql) Model);

impl From<Model> for Receipt {
    fn from(receipt: Model) -> Self {
        Self(receipt)
    }
}

/// A payment received from a customer. It cannot be changed; to correct it, void it and create another one.
#[Object]
impl Receipt {
    /// The globally unique id, which never changes, such as `receipt_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The receipt number. It is unique among the book's receipts, ignoring case.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// The customer who paid, as they are now. `buyer` is what the receipt says of them.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn customer(&self, ctx: &Context<'_>) -> Result<Option<Customer>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.customer_id).await?)
    }

    /// The customer as the receipt names them: with the details of the time when it was created.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn buyer(&self, ctx: &Context<'_>) -> Result<Option<DocumentParty>, ApiError> {
        Ok(ctx.loader()?.load_one(PartyKey(self.0.buyer_id)).await?)
    }

    /// The shop as the receipt names it: with the details that the book had when it was created.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn seller(&self, ctx: &Context<'_>) -> Result<Option<DocumentParty>, ApiError> {
        Ok(ctx.loader()?.load_one(PartyKey(self.0.seller_id)).await?)
    }

    /// The day on which the customer paid, as the user gave it. From it the entry of the customer's ledger counts.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The day of the week of `date`.
    async fn weekday(&self) -> Weekday {
        self.0.date.into()
    }

    /// The amount that the customer paid.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.amount, self.0.currency)
    }

    /// How the customer paid.
    async fn payment_type(&self) -> PaymentType {
        self.0.payment_type
    }

    /// The wallet that received the money. Null when it was received as cash.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        let Some(wallet) = self.0.wallet_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(wallet).await?)
    }

    /// What this receipt pays and the amount for each, oldest first: invoices, and other `CREDIT` entries.
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
        connection::of_owner(ctx, Allocations::OfPayment, self.0.id.cast(), PageArgs { first, after, last, before })
            .await
    }

    /// The part of `amount` that pays invoices or other charges.
    async fn allocated(&self) -> Money {
        Money::from_minor(self.0.allocated, self.0.currency)
    }

    /// The part of `amount` that pays nothing yet. Zero when the receipt is void.
    async fn on_account(&self) -> Money {
        let left = if self.0.voided_at.is_some() { 0 } else { self.0.amount - self.0.allocated };
        Money::from_minor(left, self.0.currency)
    }

    /// The entry of the customer's ledger that this receipt created.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<Entry>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.id.cast::<kind::LedgerEntry>()).await?)
    }

    /// The note. Null when not given.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The time when the receipt was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The time when the receipt was voided. Null when it is not void.
    async fn voided_at(&self) -> Option<DateTime> {
        self.0.voided_at.map(DateTime)
    }

    /// The reason given for voiding. Null when the receipt is not void.
    async fn void_reason(&self) -> Option<&str> {
        self.0.void_reason.as_deref()
    }

    /// The activity log of this receipt, newest first: changes and refused attempts.
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

/// The receipt to void, and the reason.
#[derive(InputObject)]
struct VoidReceiptInput {
    #[graphql(flatten)]
    voiding: Voiding,
}

/// The fields that the payloads of several mutations share. The receipt is null when there are user errors.
#[derive(SimpleObject)]
struct ReceiptResult {
    /// The receipt as it is now. Null when there are user errors.
    receipt: Option<Receipt>,
    /// True when this is the result of an earlier request that this one repeats; this request changed nothing. The input
    /// says by what a repeated request is recognized.
    replayed: bool,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `createReceipt`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the customer is archived, or an
/// invoice is void or fully paid by receipts that name it), `TAKEN` (the number), `CURRENCY_MISMATCH`,
/// `WALLET_NOT_ACTIVE`, `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
#[graphql(complex)]
struct CreateReceiptPayload {
    #[graphql(flatten)]
    result: ReceiptResult,
}

#[ComplexObject]
impl CreateReceiptPayload {
    /// The receipt with its cursor in `receipts` and `Customer.receipts`. Null when there are user errors.
    #[expect(clippy::unused_async, reason = "the library awaits it")]
    async fn receipt_edge(&self, ctx: &Context<'_>) -> Result<Option<NodeEdge<Receipt>>, ApiError> {
        self.result.receipt.clone().map(|receipt| connection::edge_of::<ReceiptFilter, _>(ctx, receipt.0)).transpose()
    }

    /// The entry of the customer's ledger that the receipt created, with its cursor in `entries` and `Customer.entries`.
    /// Null when there are user errors, and for a repeated request when the receipt is void by now.
    async fn entry_edge(&self, ctx: &Context<'_>) -> Result<Option<NodeEdge<Entry>>, ApiError> {
        let Some(receipt) = &self.result.receipt else { return Ok(None) };
        let entry = ctx.loader()?.load_one(receipt.0.id.cast::<kind::LedgerEntry>()).await?;
        entry.map_or(Ok(None), |entry| entry::edge(ctx, entry.0))
    }
}

/// The result of `voidReceipt`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the receipt is void already),
/// `INSUFFICIENT_FUNDS` and `WALLET_NOT_ACTIVE` (the wallet cannot give the money back), `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
#[graphql(complex)]
struct VoidReceiptPayload {
    #[graphql(flatten)]
    result: ReceiptResult,
}

#[ComplexObject]
impl VoidReceiptPayload {
    /// The id of the entry that left the customer's ledger. Null when there are user errors.
    async fn deleted_entry_id(&self) -> Option<ID> {
        self.result.receipt.as_ref().map(|receipt| receipt.0.id.cast::<kind::LedgerEntry>().into())
    }
}

impl ReceiptResult {
    async fn new(
        ctx: &Context<'_>,
        action: Action,
        result: Result<Replayable<Attempted>, Error>,
    ) -> Result<Self, ApiError> {
        let (attempted, replayed, mut errors) = into_replayable_payload(ctx, action, result).await?;
        let receipt = attempted.and_then(|attempted| attempted.map_err(|refusal| errors.push(refusal)).ok());
        Ok(Self { receipt: receipt.map(Receipt), replayed, errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ReceiptQuery;

#[Object]
impl ReceiptQuery {
    /// The receipt with this id, void or not. Null when the book has no such receipt.
    async fn receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the receipt.")] id: ID,
    ) -> Result<Option<Receipt>, ApiError> {
        node::find_one::<kind::Receipt, _>(ctx, &id).await
    }

    /// The receipts of the book, newest date first, voided ones included.
    #[graphql(directive = price::Page::apply())]
    async fn receipts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receipts to list. Default: all.")] filter: Option<ReceiptFilterInput>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<Receipt, Total<ReceiptFilter>>, ApiError> {
        let filter = filter.unwrap_or_default().check(book_currency(ctx).await?)?;
        connection::of_book(ctx, filter, PageArgs { first, after, last, before }).await
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ReceiptMutation;

#[Object]
impl ReceiptMutation {
    /// Creates a receipt and adds it to the customer's ledger as a `DEBIT` entry. It pays the invoices that it names,
    /// and with the rest what the customer has owed longest.
    async fn create_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The receipt to create.")] input: NewReceipt,
    ) -> Result<CreateReceiptPayload, ApiError> {
        let created = receipt::create(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(CreateReceiptPayload { result: ReceiptResult::new(ctx, Action::CreateReceipt, created).await? })
    }

    /// Voids a receipt: the customer owes the money again, the invoices that it paid are open again, and a wallet that
    /// received the money gives it back. The number cannot be used again.
    async fn void_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The receipt to void, and the reason.")] input: VoidReceiptInput,
    ) -> Result<VoidReceiptPayload, ApiError> {
        let voided = receipt::void(ctx.app()?, ctx.viewer()?, &input.voiding).await;
        Ok(VoidReceiptPayload { result: ReceiptResult::new(ctx, Action::VoidReceipt, voided).await? })
    }
}

/// Loads receipts of the viewer's book by their ids.
impl Loader<Id<kind::Receipt>> for RequestLoader {
    type Value = Receipt;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::Receipt>]) -> Result<HashMap<Id<kind::Receipt>, Receipt>, Arc<Error>> {
        let receipts = receipt::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(receipts.into_iter().map(|receipt| (receipt.id, Receipt(receipt))).collect())
    }
}
