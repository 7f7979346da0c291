//! Invoices: the object, its lines, its queries, its mutations and its loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::allocation::{Allocation, PaymentsOf};
use crate::{
    bookkeeping::{
        document::Done,
        invoicing::{
            invoice,
            invoice_input::{NewInvoice, Voiding},
            invoice_list::{self, InvoiceFilter, InvoiceFilterInput, InvoiceStatus},
            totals::{QUANTITY_DIGITS, RATE_DIGITS},
        },
    },
    calendar::date::{Date, Weekday},
    entity::{activity::Action, invoice::Model, invoice_line},
    error::Error,
    graphql::{
        RequestLoader,
        activity::event::{Activity, history},
        book::{book_currency, today},
        connection::{self, Nodes, Total},
        customers::{customer::Customer, entry::Entry},
        error::{ApiError, ContextExt},
        scalar::DateTime,
        user_error::{UserError, settle},
    },
    id::{Id, kind},
    money::{Currency, Decimal, Money},
    page::PageArgs,
};

#[derive(Clone)]
pub(in crate::graphql) struct Invoice(pub(in crate::graphql) Model);

impl From<Model> for Invoice {
    fn from(invoice: Model) -> Self {
        Self(invoice)
    }
}

impl Invoice {
    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.0.currency)
    }
}

/// An invoice to a customer. It is never changed; a wrong one is voided, and another one made.
#[Object]
impl Invoice {
    /// Id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its number, unique in the book.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Whom it is for.
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

    /// When it is to be paid.
    async fn due_date(&self) -> Date {
        Date(self.0.due_date)
    }

    /// The goods before taxes.
    async fn gross_amount(&self) -> Money {
        self.money(self.0.gross)
    }

    /// Central goods and services tax.
    async fn cgst(&self) -> Money {
        self.money(self.0.cgst)
    }

    /// State goods and services tax; the same as `cgst`.
    async fn sgst(&self) -> Money {
        self.money(self.0.sgst)
    }

    /// Integrated goods and services tax; zero when there is `cgst`.
    async fn igst(&self) -> Money {
        self.money(self.0.igst)
    }

    /// Freight, packing and the like.
    async fn other_charges(&self) -> Money {
        self.money(self.0.other_charges)
    }

    /// The goods, the taxes and the other charges.
    async fn total_amount(&self) -> Money {
        self.money(self.0.total)
    }

    /// What receipts have paid of it.
    async fn paid(&self) -> Money {
        self.money(self.0.paid)
    }

    /// What is still to be paid; zero when it is void.
    async fn outstanding(&self) -> Money {
        self.money(if self.0.voided_at.is_some() { 0 } else { self.0.total - self.0.paid })
    }

    /// How it stands today (where the book is).
    async fn status(&self, ctx: &Context<'_>) -> Result<InvoiceStatus, ApiError> {
        Ok(invoice_list::status(&self.0, today(ctx).await?.0))
    }

    /// What was sold, when it was made with lines.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<InvoiceLine>, ApiError> {
        let lines = ctx.loader()?.load_one(LinesOf(self.0.id)).await?.unwrap_or_default();
        Ok(lines.into_iter().map(|line| InvoiceLine { line, currency: self.0.currency }).collect())
    }

    /// What pays it, the oldest receipt first.
    async fn allocations(&self, ctx: &Context<'_>) -> Result<Vec<Allocation>, ApiError> {
        Ok(ctx.loader()?.load_one(PaymentsOf::Invoice(self.0.id)).await?.unwrap_or_default())
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

pub(in crate::graphql) struct InvoiceLine {
    line: invoice_line::Model,
    currency: Currency,
}

/// A line of an invoice: what was sold.
#[Object]
impl InvoiceLine {
    /// What was sold.
    async fn description(&self) -> &str {
        &self.line.description
    }

    /// Its code in the Harmonized System of Nomenclature.
    async fn hsn_code(&self) -> Option<&str> {
        self.line.hsn_code.as_deref()
    }

    /// How many.
    async fn quantity(&self) -> Decimal {
        Decimal::from_scaled(self.line.quantity, QUANTITY_DIGITS)
    }

    /// What one costs before taxes.
    async fn unit_price(&self) -> Money {
        Money::from_minor(self.line.unit_price, self.currency)
    }

    /// Its own rate of goods and services tax, in per cent; null when it has that of the invoice.
    async fn rate(&self) -> Option<Decimal> {
        self.line.rate.map(|rate| Decimal::from_scaled(rate.into(), RATE_DIGITS))
    }

    /// Quantity times price, rounded to the minor unit, half a unit up.
    async fn amount(&self) -> Money {
        Money::from_minor(self.line.amount, self.currency)
    }
}

/// Which invoice to void, and why.
#[derive(InputObject)]
struct VoidInvoiceInput {
    #[graphql(flatten)]
    voiding: Voiding,
}

/// What came of it; the invoice is null when there are user errors.
#[derive(SimpleObject)]
struct InvoiceResult {
    /// The invoice as it is now.
    invoice: Option<Invoice>,
    /// Whether this is the result of an earlier request with the same idempotency key.
    replayed: bool,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of making an invoice.
#[derive(SimpleObject)]
struct CreateInvoicePayload {
    #[graphql(flatten)]
    result: InvoiceResult,
}

/// What came of voiding an invoice.
#[derive(SimpleObject)]
struct VoidInvoicePayload {
    #[graphql(flatten)]
    result: InvoiceResult,
}

impl InvoiceResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<Done<Model>, Error>) -> Result<Self, ApiError> {
        let (done, user_errors) = settle(ctx, action, result).await?;
        let replayed = done.as_ref().is_some_and(|done| done.replayed);
        Ok(Self { invoice: done.map(|done| Invoice(done.document)), replayed, user_errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct InvoiceQuery;

#[Object]
impl InvoiceQuery {
    /// An invoice of the book, void or not; null when there is none of this id.
    async fn invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invoice.")] id: ID,
    ) -> Result<Option<Invoice>, ApiError> {
        ctx.viewer()?;
        let Ok(id) = id.parse::<Id<kind::Invoice>>() else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?)
    }

    /// The invoices of the book, the newest first by date; those that are void too.
    async fn invoices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invoices; all when absent.")] filter: Option<InvoiceFilterInput>,
        #[graphql(desc = "At most so many, from the newest; 20 when absent, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those that come after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the oldest; at most 100. Not together with `first`.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Only those that come before this cursor.")] before: Option<String>,
    ) -> Result<Nodes<Invoice, Total<InvoiceFilter>>, ApiError> {
        let today = today(ctx).await?.0;
        let filter = filter.unwrap_or_default().check(book_currency(ctx).await?, today)?;
        connection::of_book(ctx, filter, PageArgs { first, after, last, before }).await
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct InvoiceMutation;

#[Object]
impl InvoiceMutation {
    /// Makes an invoice. It stands in the customer's ledger as `CREDIT`, and what the customer has on account pays it, unless
    /// that was meant for others.
    async fn create_invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invoice to be made.")] input: NewInvoice,
    ) -> Result<CreateInvoicePayload, ApiError> {
        let created = invoice::create(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(CreateInvoicePayload { result: InvoiceResult::new(ctx, Action::CreateInvoice, created).await? })
    }

    /// Voids an invoice: the customer does not owe it any more, and what paid it is free again, to pay other invoices; of a
    /// receipt that named it, it stays on account. Its number stays used.
    async fn void_invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invoice, and why.")] input: VoidInvoiceInput,
    ) -> Result<VoidInvoicePayload, ApiError> {
        let voided = invoice::void(ctx.app()?, ctx.viewer()?, &input.voiding).await;
        Ok(VoidInvoicePayload { result: InvoiceResult::new(ctx, Action::VoidInvoice, voided).await? })
    }
}

/// Loads invoices of the viewer's book by their ids.
impl Loader<Id<kind::Invoice>> for RequestLoader {
    type Value = Invoice;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::Invoice>]) -> Result<HashMap<Id<kind::Invoice>, Invoice>, Arc<Error>> {
        let invoices = invoice::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(invoices.into_iter().map(|invoice| (invoice.id, Invoice(invoice))).collect())
    }
}

/// The key of an invoice's lines. Must only be used for invoices that the viewer may see: the loader does not check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct LinesOf(Id<kind::Invoice>);

impl Loader<LinesOf> for RequestLoader {
    type Value = Vec<invoice_line::Model>;
    type Error = Arc<Error>;

    async fn load(&self, invoices: &[LinesOf]) -> Result<HashMap<LinesOf, Vec<invoice_line::Model>>, Arc<Error>> {
        let mut loaded: HashMap<_, Vec<_>> = HashMap::new();
        for line in invoice::lines(self.reader.conn(), invoices.iter().map(|invoice| invoice.0)).await? {
            loaded.entry(LinesOf(line.invoice_id)).or_default().push(line);
        }
        Ok(loaded)
    }
}
