//! Receipts: the object, its queries, its mutations and its loader.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::allocation::{Allocation, PaymentsOf};
use crate::{
    bookkeeping::{
        document::Done,
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
        activity::event::{Activity, history},
        book::book_currency,
        connection::{self, Nodes, Total},
        customers::{customer::Customer, entry::Entry},
        error::{ApiError, ContextExt},
        scalar::DateTime,
        user_error::{UserError, settle},
        wallets::wallet::Wallet,
    },
    id::{Id, kind},
    money::Money,
    page::PageArgs,
};

#[derive(Clone)]
pub(in crate::graphql) struct Receipt(pub(in crate::graphql) Model);

impl From<Model> for Receipt {
    fn from(receipt: Model) -> Self {
        Self(receipt)
    }
}

/// What a customer paid. It is never changed; a wrong one is voided, and another one made.
#[Object]
impl Receipt {
    /// Id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its number, unique in the book.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Who paid.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Option<Customer>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.customer_id).await?)
    }

    /// Its date.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The day of the week of its date.
    async fn weekday(&self) -> Weekday {
        self.0.date.into()
    }

    /// How much.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.amount, self.0.currency)
    }

    /// How the customer paid.
    async fn payment_type(&self) -> PaymentType {
        self.0.payment_type
    }

    /// The wallet that the money went into; null when it stayed in the till.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        let Some(wallet) = self.0.wallet_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(wallet).await?)
    }

    /// What it pays, the oldest invoice first.
    async fn allocations(&self, ctx: &Context<'_>) -> Result<Vec<Allocation>, ApiError> {
        Ok(ctx.loader()?.load_one(PaymentsOf::Receipt(self.0.id)).await?.unwrap_or_default())
    }

    /// How much of it pays invoices.
    async fn allocated(&self) -> Money {
        Money::from_minor(self.0.allocated, self.0.currency)
    }

    /// What is left of it; zero when it is void.
    async fn on_account(&self) -> Money {
        let left = if self.0.voided_at.is_some() { 0 } else { self.0.amount - self.0.allocated };
        Money::from_minor(left, self.0.currency)
    }

    /// The line by which it stands in the customer's ledger.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<Entry>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.id.cast::<kind::LedgerEntry>()).await?)
    }

    /// The note that was given with it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was voided; null when it stands.
    async fn voided_at(&self) -> Option<DateTime> {
        self.0.voided_at.map(DateTime)
    }

    /// Why it was voided.
    async fn void_reason(&self) -> Option<&str> {
        self.0.void_reason.as_deref()
    }

    /// What was done with it and what was refused, the latest first; when and by whom.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the latest; at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<Activity>, ApiError> {
        history(ctx, self.0.id, first).await
    }
}

/// Which receipt to void, and why.
#[derive(InputObject)]
struct VoidReceiptInput {
    #[graphql(flatten)]
    voiding: Voiding,
}

/// What came of it; the receipt is null when there are user errors.
#[derive(SimpleObject)]
struct ReceiptResult {
    /// The receipt as it is now.
    receipt: Option<Receipt>,
    /// Whether this is the result of an earlier request with the same idempotency key.
    replayed: bool,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of making a receipt.
#[derive(SimpleObject)]
struct CreateReceiptPayload {
    #[graphql(flatten)]
    result: ReceiptResult,
}

/// What came of voiding a receipt.
#[derive(SimpleObject)]
struct VoidReceiptPayload {
    #[graphql(flatten)]
    result: ReceiptResult,
}

impl ReceiptResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<Done<Attempted>, Error>) -> Result<Self, ApiError> {
        let (done, mut user_errors) = settle(ctx, action, result).await?;
        let Some(Done { document, replayed }) = done else {
            return Ok(Self { receipt: None, replayed: false, user_errors });
        };
        let receipt = document.map_err(|refusal| user_errors.push(refusal.into())).ok();
        Ok(Self { receipt: receipt.map(Receipt), replayed, user_errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ReceiptQuery;

#[Object]
impl ReceiptQuery {
    /// A receipt of the book, void or not; null when there is none of this id.
    async fn receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receipt.")] id: ID,
    ) -> Result<Option<Receipt>, ApiError> {
        ctx.viewer()?;
        let Ok(id) = id.parse::<Id<kind::Receipt>>() else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?)
    }

    /// The receipts of the book, the newest first by date; those that are void too.
    async fn receipts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receipts; all when absent.")] filter: Option<ReceiptFilterInput>,
        #[graphql(desc = "At most so many, from the newest; 20 when absent, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those that come after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the oldest; at most 100. Not together with `first`.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Only those that come before this cursor.")] before: Option<String>,
    ) -> Result<Nodes<Receipt, Total<ReceiptFilter>>, ApiError> {
        let filter = filter.unwrap_or_default().check(book_currency(ctx).await?)?;
        connection::of_book(ctx, filter, PageArgs { first, after, last, before }).await
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ReceiptMutation;

#[Object]
impl ReceiptMutation {
    /// Makes a receipt. It stands in the customer's ledger as `DEBIT` and pays invoices: those that it names, else the oldest.
    async fn create_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The receipt to be made.")] input: NewReceipt,
    ) -> Result<CreateReceiptPayload, ApiError> {
        let created = receipt::create(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(CreateReceiptPayload { result: ReceiptResult::new(ctx, Action::CreateReceipt, created).await? })
    }

    /// Voids a receipt: the customer owes the money again, what it paid is open again, and a wallet that it went into gives it
    /// back. Its number stays used.
    async fn void_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receipt, and why.")] input: VoidReceiptInput,
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
