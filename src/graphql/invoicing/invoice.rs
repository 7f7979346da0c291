//! Invoices: the object, its queries and its loader.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, dataloader::Loader};

use super::{
    invoice_line::{InvoiceLine, LinesOf},
    note::{
        CreditNote, DebitNote,
        list::{self as notes, Notes},
    },
    party::{DocumentParty, PartyKey},
};
use crate::{
    bookkeeping::{
        customers::open_items::Allocations,
        invoicing::{
            invoice,
            invoice_list::{self, InvoiceFilter, InvoiceFilterInput, InvoiceStatus},
            totals::RATE_DIGITS,
        },
    },
    calendar::date::{Date, Weekday},
    entity::{invoice::Model, note::NoteKind},
    error::Error,
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        book::{book_currency, today},
        connection::{self, Nodes, OwnedTotal, Total},
        customers::{allocation::Allocation, customer::Customer, entry::Entry},
        error::{ApiError, ContextExt},
        node,
        nullability::SemanticNonNull,
        scalar::DateTime,
    },
    id::{Id, kind},
    money::{Decimal, Money},
    page::PageArgs,
    price,
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

/// An invoice to a customer. It cannot be changed; to correct it, void it and create another one, or write a credit note or a debit
/// note on it.
#[Object]
impl Invoice {
    /// The globally unique id, which never changes, such as `invoice_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The invoice number. It is unique among the book's invoices, ignoring case.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// The customer who is billed, as they are now. `buyer` is what the invoice says of them.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn customer(&self, ctx: &Context<'_>) -> Result<Option<Customer>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.customer_id).await?)
    }

    /// The customer as the invoice names them: with the details of the time when it was created.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn buyer(&self, ctx: &Context<'_>) -> Result<Option<DocumentParty>, ApiError> {
        Ok(ctx.loader()?.load_one(PartyKey(self.0.buyer_id)).await?)
    }

    /// The shop as the invoice names it: with the details that the book had when it was created.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn seller(&self, ctx: &Context<'_>) -> Result<Option<DocumentParty>, ApiError> {
        Ok(ctx.loader()?.load_one(PartyKey(self.0.seller_id)).await?)
    }

    /// The day that is printed on the invoice, as the user gave it. From it the entry of the customer's ledger counts.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The day of the week of `date`.
    async fn weekday(&self) -> Weekday {
        self.0.date.into()
    }

    /// The date when payment is due.
    async fn due_date(&self) -> Date {
        Date(self.0.due_date)
    }

    /// The price of the goods before taxes: the sum of the lines after the discount of each, and before `discountAmount`.
    async fn gross_amount(&self) -> Money {
        self.money(self.0.gross)
    }

    /// The discount on the whole invoice. Zero when it has none.
    async fn discount_amount(&self) -> Money {
        self.money(self.0.discount)
    }

    /// The discount on the whole invoice in per cent of `grossAmount`. Null when it was given as an amount or not at all.
    async fn discount_percent(&self) -> Option<Decimal> {
        self.0.discount_percent.map(|percent| Decimal::from_scaled(percent, RATE_DIGITS))
    }

    /// The value that the invoice is taxed on: `grossAmount` less `discountAmount`, with `otherCharges`. Only `grossAmount`
    /// for an invoice that an earlier version of Daybook created.
    async fn taxable_amount(&self) -> Money {
        self.money(invoice_list::taxable(&self.0))
    }

    /// The rate of goods and services tax (GST) in per cent of the lines without a `rate` of their own. Null when not
    /// given, and for an invoice that an earlier version of Daybook created.
    async fn gst_rate(&self) -> Option<Decimal> {
        self.0.rate.map(|rate| Decimal::from_scaled(rate, RATE_DIGITS))
    }

    /// True when the goods go to another state, so that the tax is IGST instead of CGST and SGST: when `interState` was given for
    /// the invoice, and when it has `igst`. False for an invoice without tax that an earlier version of Daybook created.
    async fn inter_state(&self) -> bool {
        invoice_list::is_inter_state(&self.0)
    }

    /// The amount of Central Goods and Services Tax (CGST). Zero when the invoice has none.
    async fn cgst(&self) -> Money {
        self.money(self.0.cgst)
    }

    /// The amount of State Goods and Services Tax (SGST). It is always equal to `cgst`.
    async fn sgst(&self) -> Money {
        self.money(self.0.sgst)
    }

    /// The amount of Integrated Goods and Services Tax (IGST). Zero when the invoice has `cgst` and `sgst`, or no tax.
    async fn igst(&self) -> Money {
        self.money(self.0.igst)
    }

    /// Charges besides the goods, such as freight and packing. They are taxed like the goods.
    async fn other_charges(&self) -> Money {
        self.money(self.0.other_charges)
    }

    /// What was added to the total to round it to the whole unit of the currency. Below zero when the total was rounded
    /// down; zero when it was whole, and when the book does not round totals (`Book.roundInvoiceTotals`).
    async fn round_off(&self) -> Money {
        self.money(self.0.round_off)
    }

    /// The amount to pay: `grossAmount` less `discountAmount`, all taxes, `otherCharges` and `roundOff`.
    async fn total_amount(&self) -> Money {
        self.money(self.0.total)
    }

    /// The part of `totalAmount` that is settled: by receipts, by payments without a receipt, by credit notes, or because it was
    /// written off.
    async fn paid(&self) -> Money {
        self.money(self.0.paid)
    }

    /// The part of `totalAmount` that is still unpaid. Zero when the invoice is void.
    async fn outstanding(&self) -> Money {
        self.money(if self.0.voided_at.is_some() { 0 } else { self.0.total - self.0.paid })
    }

    /// What credit notes on this invoice take back, with taxes: the sum of their totals, without voided ones.
    async fn credited(&self) -> Money {
        self.money(self.0.credited)
    }

    /// What debit notes on this invoice add, with taxes: the sum of their totals, without voided ones. It is not part of
    /// `totalAmount`, and is paid apart from it.
    async fn debited(&self) -> Money {
        self.money(self.0.debited)
    }

    /// The payment status today, in the book's time zone.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn status(&self, ctx: &Context<'_>) -> Result<InvoiceStatus, ApiError> {
        Ok(invoice_list::status(&self.0, today(ctx).await?.0))
    }

    /// The goods and services sold. Empty when the invoice was created without lines.
    #[graphql(directive = price::List::apply(20), directive = SemanticNonNull::apply())]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<InvoiceLine>, ApiError> {
        let lines = ctx.loader()?.load_one(LinesOf(self.0.id)).await?.unwrap_or_default();
        Ok(lines.into_iter().map(|line| InvoiceLine { line, currency: self.0.currency }).collect())
    }

    /// What pays this invoice and the amount of each, oldest payment first: receipts, and other `DEBIT` entries.
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
        connection::of_owner(ctx, Allocations::OfCharge, self.0.id.cast(), PageArgs { first, after, last, before })
            .await
    }

    /// The credit notes on this invoice, newest date first, voided ones included.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn credit_notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Notes<CreditNote>, ApiError> {
        notes::of_invoice(ctx, self.0.id, NoteKind::Credit, PageArgs { first, after, last, before }).await
    }

    /// The debit notes on this invoice, newest date first, voided ones included.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn debit_notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Notes<DebitNote>, ApiError> {
        notes::of_invoice(ctx, self.0.id, NoteKind::Debit, PageArgs { first, after, last, before }).await
    }

    /// The entry of the customer's ledger that this invoice created.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<Entry>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.id.cast::<kind::LedgerEntry>()).await?)
    }

    /// The note. Null when not given.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The time when the invoice was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The time when the invoice was voided. Null when it is not void.
    async fn voided_at(&self) -> Option<DateTime> {
        self.0.voided_at.map(DateTime)
    }

    /// The reason given for voiding. Null when the invoice is not void.
    async fn void_reason(&self) -> Option<&str> {
        self.0.void_reason.as_deref()
    }

    /// The activity log of this invoice, newest first: changes and refused attempts.
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

#[derive(Debug, Default)]
pub(in crate::graphql) struct InvoiceQuery;

#[Object]
impl InvoiceQuery {
    /// The invoice with this id, void or not. Null when the book has no such invoice.
    async fn invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the invoice.")] id: ID,
    ) -> Result<Option<Invoice>, ApiError> {
        node::find_one::<kind::Invoice, _>(ctx, &id).await
    }

    /// The invoices of the book, newest date first, voided ones included.
    #[graphql(directive = price::Page::apply())]
    async fn invoices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invoices to list. Default: all.")] filter: Option<InvoiceFilterInput>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<Invoice, Total<InvoiceFilter>>, ApiError> {
        let today = today(ctx).await?.0;
        let filter = filter.unwrap_or_default().check(book_currency(ctx).await?, today)?;
        connection::of_book(ctx, filter, PageArgs { first, after, last, before }).await
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
