//! Customers: the object and its loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, dataloader::Loader};

use super::{
    entry::Entry,
    summary::{CustomerSummary, load as load_summary},
};
use crate::{
    bookkeeping::{
        customers::{
            customer,
            document_list::Direction,
            entry_list::{EntryFilter, EntryFilterInput},
            summary::{self, Range},
        },
        invoicing::{
            invoice_list::{InvoiceFilter, InvoiceFilterInput},
            note::list::NoteFilterInput,
            receipt_list::{ReceiptFilter, ReceiptFilterInput},
        },
        journal,
    },
    calendar::date::Date,
    entity::{account, customer::Model, note::NoteKind},
    error::Error,
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        book::{book_currency, today},
        connection::{self, Nodes, Total},
        error::{ApiError, ContextExt},
        imports::Import,
        invoicing::{
            invoice::Invoice,
            note::{
                CreditNote, DebitNote,
                list::{self as notes, Notes},
            },
            receipt::Receipt,
        },
        nullability::SemanticNonNull,
        scalar::DateTime,
    },
    id::{Id, kind},
    money::{Currency, Money},
    page::PageArgs,
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct Customer(pub(in crate::graphql) Model);

/// A person or firm that buys on credit. The customer's ledger records what they take and what they pay.
#[Object]
impl Customer {
    /// The globally unique id, which never changes, such as `customer_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The customer's name. It need not be unique.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The customer's phone number: in E.164 format (`+967711234567`) if its country is known, otherwise only its
    /// digits. Null when not given.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// The customer's e-mail address. Null when not given.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// The firm that the customer buys for. Null when not given.
    async fn firm_name(&self) -> Option<&str> {
        self.0.firm_name.as_deref()
    }

    /// The customer's street address. Null when not given.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// The city of the customer's address. Null when not given.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// The state of the customer's address. Null when not given.
    async fn state(&self) -> Option<&str> {
        self.0.state.as_deref()
    }

    /// The customer's registration number for goods and services tax (GST). Null when not given.
    async fn gst_number(&self) -> Option<&str> {
        self.0.gst_number.as_deref()
    }

    /// Your own note about the customer. Null when not given.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The time when the customer was archived. Null when the customer is not archived.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(DateTime)
    }

    /// The time when `eraseCustomer` erased the customer's personal details. Then `name` is "Erased customer", the other details are
    /// null, and the customer is archived for ever. Null when they were not erased.
    async fn erased_at(&self) -> Option<DateTime> {
        self.0.erased_at.map(DateTime)
    }

    /// The time when the customer's ledger last changed; before the first entry, the time when the customer was
    /// created.
    async fn last_activity_at(&self) -> DateTime {
        DateTime(self.0.last_activity_at)
    }

    /// The time when the customer was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What the customer owes in the book's currency: all `CREDIT` entries minus all `DEBIT` entries. Negative when the
    /// customer has paid in advance.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn balance(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        let currency = book_currency(ctx).await?;
        let accounts = ctx.loader()?.load_one(Ledger(self.0.id)).await?.unwrap_or_default();
        let account = accounts.iter().find(|account| account.currency == currency);
        Ok(Money::from_minor(account.map_or(0, journal::balance), currency))
    }

    /// What the customer owes, one item for each currency in which there ever was an entry. Negative when the customer
    /// has paid in advance.
    #[graphql(
        directive = price::List::apply(10),
        directive = price::Cost::apply(1),
        directive = SemanticNonNull::apply()
    )]
    async fn balances(&self, ctx: &Context<'_>) -> Result<Vec<Money>, ApiError> {
        let accounts = ctx.loader()?.load_one(Ledger(self.0.id)).await?.unwrap_or_default();
        Ok(accounts.iter().map(|account| Money::from_minor(journal::balance(account), account.currency)).collect())
    }

    /// The totals of the customer's ledger in a period, in one currency.
    #[graphql(directive = price::Cost::apply(20), directive = SemanticNonNull::apply())]
    async fn summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day of the period. Default: no lower limit.")] from: Option<Date>,
        #[graphql(desc = "The last day of the period, not before `from`. Default: no upper limit.")] to: Option<Date>,
        #[graphql(desc = "The currency of all amounts. Default: the book's currency.")] currency: Option<Currency>,
    ) -> Result<CustomerSummary, ApiError> {
        load_summary(ctx, self.0.id, Range { from, to, currency }).await
    }

    /// The entries of the customer's ledger, newest date first.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
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
        let args = PageArgs { first, after, last, before };
        connection::of_customer(ctx, self.0.id, filter, Direction::NewestFirst, args).await
    }

    /// The customer's invoices, newest date first, voided ones included.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
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
        let args = PageArgs { first, after, last, before };
        connection::of_customer(ctx, self.0.id, filter, Direction::NewestFirst, args).await
    }

    /// The customer's receipts, newest date first, voided ones included.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
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
        let args = PageArgs { first, after, last, before };
        connection::of_customer(ctx, self.0.id, filter, Direction::NewestFirst, args).await
    }

    /// The credit notes on the customer's invoices, newest date first, voided ones included.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
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
        notes::of_customer(ctx, self.0.id, NoteKind::Credit, filter, PageArgs { first, after, last, before }).await
    }

    /// The debit notes on the customer's invoices, newest date first, voided ones included.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
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
        notes::of_customer(ctx, self.0.id, NoteKind::Debit, filter, PageArgs { first, after, last, before }).await
    }

    /// The import that created the customer. Null when the customer was created by hand, and when the customer was imported before imports had records.
    async fn import(&self, ctx: &Context<'_>) -> Result<Option<Import>, ApiError> {
        let Some(import) = self.0.import_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(import).await?)
    }

    /// The activity log of this customer's data, newest first: changes and refused attempts.
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

/// Loads customers of the viewer's book by their ids.
impl Loader<Id<kind::Customer>> for RequestLoader {
    type Value = Customer;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::Customer>]) -> Result<HashMap<Id<kind::Customer>, Customer>, Arc<Error>> {
        let customers = customer::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(customers.into_iter().map(|customer| (customer.id, Customer(customer))).collect())
    }
}

/// The loader key for a customer's receivable accounts, one for each currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct Ledger(Id<kind::Customer>);

impl Loader<Ledger> for RequestLoader {
    type Value = Vec<account::Model>;
    type Error = Arc<Error>;

    async fn load(&self, ledgers: &[Ledger]) -> Result<HashMap<Ledger, Vec<account::Model>>, Arc<Error>> {
        let customers = ledgers.iter().map(|ledger| ledger.0).collect();
        let accounts = summary::accounts(self.reader.conn(), &self.viewer, customers).await?;
        Ok(accounts.into_iter().map(|(customer, accounts)| (Ledger(customer), accounts)).collect())
    }
}
