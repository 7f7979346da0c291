//! Customers: the object, its mutations and its loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::{
    entry::Entry,
    summary::{CustomerSummary, load as load_summary},
};
use crate::{
    bookkeeping::{
        customers::{
            customer::{self, CustomerChange, NewCustomer},
            document_list::Direction,
            entry_list::{EntryFilter, EntryFilterInput},
            summary::{self, Range},
        },
        invoicing::{
            invoice_list::{InvoiceFilter, InvoiceFilterInput},
            receipt_list::{ReceiptFilter, ReceiptFilterInput},
        },
        journal,
    },
    calendar::date::Date,
    entity::{account, activity::Action, customer::Model},
    error::Error,
    graphql::{
        RequestLoader,
        activity::event::{Activity, history},
        book::{book_currency, today},
        connection::{self, Nodes, Total},
        error::{ApiError, ContextExt},
        invoicing::{invoice::Invoice, receipt::Receipt},
        scalar::DateTime,
        user_error::{UserError, settle},
    },
    id::{Id, kind},
    money::{Currency, Money},
    page::PageArgs,
};

#[derive(Clone)]
pub(in crate::graphql) struct Customer(pub(in crate::graphql) Model);

/// Somebody who buys on credit.
#[Object]
impl Customer {
    /// Id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What they are called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Their phone number: in E.164 (`+967711234567`), or its digits when the country is not known.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Their e-mail address.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// The firm that they buy for.
    async fn firm_name(&self) -> Option<&str> {
        self.0.firm_name.as_deref()
    }

    /// Where they are.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// In which city.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// In which state.
    async fn state(&self) -> Option<&str> {
        self.0.state.as_deref()
    }

    /// Their number for goods and services tax.
    async fn gst_number(&self) -> Option<&str> {
        self.0.gst_number.as_deref()
    }

    /// A note of yours.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When they were archived; null when they are not.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(DateTime)
    }

    /// When their ledger changed last; when they were entered, if it never did.
    async fn last_activity_at(&self) -> DateTime {
        DateTime(self.0.last_activity_at)
    }

    /// When they were entered.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What they owe in the book's currency: all `CREDIT` less all `DEBIT`. Below zero when they paid in advance.
    async fn balance(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        let currency = book_currency(ctx).await?;
        let accounts = ctx.loader()?.load_one(Ledger(self.0.id)).await?.unwrap_or_default();
        let account = accounts.iter().find(|account| account.currency == currency);
        Ok(Money::from_minor(account.map_or(0, journal::balance), currency))
    }

    /// What they owe in each currency in which they ever had an entry.
    async fn balances(&self, ctx: &Context<'_>) -> Result<Vec<Money>, ApiError> {
        let accounts = ctx.loader()?.load_one(Ledger(self.0.id)).await?.unwrap_or_default();
        Ok(accounts.iter().map(|account| Money::from_minor(journal::balance(account), account.currency)).collect())
    }

    /// What they owe, summed up over some days, in one currency.
    async fn summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day; all before `to` when absent.")] from: Option<Date>,
        #[graphql(desc = "The last day; all after `from` when absent.")] to: Option<Date>,
        #[graphql(desc = "The currency; the book's when absent.")] currency: Option<Currency>,
    ) -> Result<CustomerSummary, ApiError> {
        load_summary(ctx, self.0.id, Range { from, to, currency }).await
    }

    /// The lines of their ledger, the newest first by date.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries; all when absent.")] filter: Option<EntryFilterInput>,
        #[graphql(desc = "At most so many, from the newest; 20 when absent, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those that come after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the oldest; at most 100. Not together with `first`.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Only those that come before this cursor.")] before: Option<String>,
    ) -> Result<Nodes<Entry, Total<EntryFilter>>, ApiError> {
        let filter = filter.unwrap_or_default().check(book_currency(ctx).await?)?;
        let args = PageArgs { first, after, last, before };
        connection::of_customer(ctx, self.0.id, filter, Direction::NewestFirst, args).await
    }

    /// Their invoices, the newest first by date; those that are void too.
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
        let args = PageArgs { first, after, last, before };
        connection::of_customer(ctx, self.0.id, filter, Direction::NewestFirst, args).await
    }

    /// Their receipts, the newest first by date; those that are void too.
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
        let args = PageArgs { first, after, last, before };
        connection::of_customer(ctx, self.0.id, filter, Direction::NewestFirst, args).await
    }

    /// What was done with them and what was refused, the latest first; when and by whom.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the latest; at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<Activity>, ApiError> {
        history(ctx, self.0.id, first).await
    }
}

/// Which customer to archive.
#[derive(InputObject)]
struct DeleteCustomerInput {
    /// Which customer.
    id: ID,
}

/// Which customer to bring back.
#[derive(InputObject)]
struct RestoreCustomerInput {
    /// Which customer.
    id: ID,
}

/// What came of it; the customer is null when there are user errors.
#[derive(SimpleObject)]
struct CustomerResult {
    /// The customer as they are now.
    customer: Option<Customer>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of entering a customer.
#[derive(SimpleObject)]
struct CreateCustomerPayload {
    #[graphql(flatten)]
    result: CustomerResult,
}

/// What came of changing a customer.
#[derive(SimpleObject)]
struct UpdateCustomerPayload {
    #[graphql(flatten)]
    result: CustomerResult,
}

/// What came of archiving a customer.
#[derive(SimpleObject)]
struct DeleteCustomerPayload {
    #[graphql(flatten)]
    result: CustomerResult,
}

/// What came of bringing a customer back.
#[derive(SimpleObject)]
struct RestoreCustomerPayload {
    #[graphql(flatten)]
    result: CustomerResult,
}

impl CustomerResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<Model, Error>) -> Result<Self, ApiError> {
        let (customer, user_errors) = settle(ctx, action, result).await?;
        Ok(Self { customer: customer.map(Customer), user_errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct CustomerMutation;

#[Object]
impl CustomerMutation {
    /// Enters a customer.
    async fn create_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer to be entered.")] input: NewCustomer,
    ) -> Result<CreateCustomerPayload, ApiError> {
        let created = customer::create(ctx.app()?, ctx.viewer()?, input).await;
        Ok(CreateCustomerPayload { result: CustomerResult::new(ctx, Action::CreateCustomer, created).await? })
    }

    /// Changes what is known of a customer.
    async fn update_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: CustomerChange,
    ) -> Result<UpdateCustomerPayload, ApiError> {
        let updated = customer::update(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(UpdateCustomerPayload { result: CustomerResult::new(ctx, Action::UpdateCustomer, updated).await? })
    }

    /// Archives a customer: they leave the lists, and nothing new is written into their ledger. What they owe and their past
    /// stay, and can still be corrected.
    async fn delete_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which customer.")] input: DeleteCustomerInput,
    ) -> Result<DeleteCustomerPayload, ApiError> {
        let archived = customer::set_archived(ctx.app()?, ctx.viewer()?, &input.id, true).await;
        Ok(DeleteCustomerPayload { result: CustomerResult::new(ctx, Action::DeleteCustomer, archived).await? })
    }

    /// Brings a customer back who was archived.
    async fn restore_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which customer.")] input: RestoreCustomerInput,
    ) -> Result<RestoreCustomerPayload, ApiError> {
        let restored = customer::set_archived(ctx.app()?, ctx.viewer()?, &input.id, false).await;
        Ok(RestoreCustomerPayload { result: CustomerResult::new(ctx, Action::RestoreCustomer, restored).await? })
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

/// The key of a customer's receivable accounts, one for each currency.
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
