//! The mutations on customers, with their payloads.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::customer::Customer;
use crate::{
    bookkeeping::{
        customers::{
            customer::{self, CustomerChange, NewCustomer},
            customer_list::CustomerOrder,
        },
        document::Replayable,
        erasure,
    },
    entity::{activity::Action, customer::Model},
    error::Error,
    graphql::{
        connection::{self, NodeEdge},
        error::{ApiError, ContextExt},
        payload::{UserErrors, into_payload, payloads},
    },
};

/// The customer to archive.
#[derive(InputObject)]
struct DeleteCustomerInput {
    /// The id of the customer to archive. One who is archived already stays so.
    id: ID,
}

/// The archived customer to restore.
#[derive(InputObject)]
struct RestoreCustomerInput {
    /// The id of the customer to restore. One who is not archived stays as they are. Refused when another customer was given
    /// the phone number meanwhile.
    id: ID,
}

/// The customer whose personal details are to be erased.
#[derive(InputObject)]
struct EraseCustomerInput {
    /// The id of the customer, who may be archived. They must owe nothing and have nothing on account, in any currency, and all
    /// of their entries must be set off. One who was erased already stays so.
    id: ID,
}

/// The fields that the payloads of several mutations share. The customer is null when there are user errors.
#[derive(SimpleObject)]
struct CustomerResult {
    /// The customer as they are now. Null when there are user errors.
    customer: Option<Customer>,
    /// The customer with their cursor in `customers` in its default order, by name. Null when there are user errors, and
    /// when the customer is archived, since the list leaves out archived customers unless its filter asks for them.
    customer_edge: Option<NodeEdge<Customer>>,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `createCustomer`. Error codes: `INVALID`, `TAKEN`, `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
struct CreateCustomerPayload {
    #[graphql(flatten)]
    result: CustomerResult,
    /// True when an earlier request with the same `id` created the customer; this request changed nothing.
    replayed: bool,
}

/// The result of `deleteCustomer`. Error codes: `NOT_FOUND`.
#[derive(SimpleObject)]
struct DeleteCustomerPayload {
    /// The customer after the change. Null when there are user errors.
    customer: Option<Customer>,
    /// The id of the customer who left the default list of `customers`. Null when there are user errors.
    archived_customer_id: Option<ID>,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `eraseCustomer`. Error codes: `NOT_FOUND`, `NOT_ALLOWED` (the customer owes something or has something on account,
/// one error for each currency, or entries are not set off).
#[derive(SimpleObject)]
struct EraseCustomerPayload {
    /// The customer as they are now, without personal details. Null when there are user errors.
    customer: Option<Customer>,
    /// The id of the customer who left the default list of `customers`, if they were not archived before. Null when there are user
    /// errors.
    archived_customer_id: Option<ID>,
    #[graphql(flatten)]
    errors: UserErrors,
}

payloads! {
    /// The result of `updateCustomer`. Error codes: `INVALID`, `REQUIRED`, `TAKEN`, `NOT_FOUND`, `NOT_ALLOWED` (the customer was
    /// erased).
    UpdateCustomerPayload(CustomerResult);

    /// The result of `restoreCustomer`. Error codes: `NOT_FOUND`, `TAKEN` (another customer has the phone number by now),
    /// `NOT_ALLOWED` (the customer was erased).
    RestoreCustomerPayload(CustomerResult);
}

impl CustomerResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<Model, Error>) -> Result<Self, ApiError> {
        let (customer, errors) = into_payload(ctx, action, result).await?;
        let key = |customer: &Model| CustomerOrder::default().key_of(customer);
        let edge = |customer: &Model| connection::edge(ctx, &key(customer), Customer(customer.clone()));
        let listed = customer.as_ref().filter(|customer| customer.archived_at.is_none());
        Ok(Self { customer_edge: listed.map(edge).transpose()?, customer: customer.map(Customer), errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct CustomerMutation;

#[Object]
impl CustomerMutation {
    /// Creates a customer, whose ledger is empty at first.
    async fn create_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer to create.")] input: NewCustomer,
    ) -> Result<CreateCustomerPayload, ApiError> {
        let created = customer::create(ctx.app()?, ctx.viewer()?, &input).await;
        let (created, replayed) = Replayable::split(created);
        let result = CustomerResult::new(ctx, Action::CreateCustomer, created).await?;
        Ok(CreateCustomerPayload { result, replayed })
    }

    /// Changes a customer's data. Existing invoices, receipts and notes keep what they say of their `buyer`.
    async fn update_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields to change.")] input: CustomerChange,
    ) -> Result<UpdateCustomerPayload, ApiError> {
        let updated = customer::update(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(UpdateCustomerPayload { result: CustomerResult::new(ctx, Action::UpdateCustomer, updated).await? })
    }

    /// Archives a customer: they leave the default list, and no new entries, invoices, receipts or notes can be
    /// written for them. Their balance and history stay, and existing entries can still be corrected.
    async fn delete_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer to archive.")] input: DeleteCustomerInput,
    ) -> Result<DeleteCustomerPayload, ApiError> {
        let archived = customer::set_archived(ctx.app()?, ctx.viewer()?, &input.id, true).await;
        let (customer, errors) = into_payload(ctx, Action::DeleteCustomer, archived).await?;
        let archived_customer_id = customer.as_ref().map(|customer| customer.id.into());
        Ok(DeleteCustomerPayload { customer: customer.map(Customer), archived_customer_id, errors })
    }

    /// Restores an archived customer.
    async fn restore_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer to restore.")] input: RestoreCustomerInput,
    ) -> Result<RestoreCustomerPayload, ApiError> {
        let restored = customer::set_archived(ctx.app()?, ctx.viewer()?, &input.id, false).await;
        Ok(RestoreCustomerPayload { result: CustomerResult::new(ctx, Action::RestoreCustomer, restored).await? })
    }

    /// Erases a customer's personal details for good, when they ask for it: name, phone number, e-mail address, firm, address, GST
    /// number and your note about them; the notes of their entries, invoices and receipts, the reasons of notes and of voiding; and
    /// the same in the activity log. The customer is archived, is called "Erased customer", and can be neither changed nor restored.
    /// What was bought, paid and owed stays as it is. Invoices, receipts and notes keep the name, address and GST number of their
    /// `buyer`, since tax law obliges the shop to keep them. The descriptions of their lines stay too.
    async fn erase_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer to erase.")] input: EraseCustomerInput,
    ) -> Result<EraseCustomerPayload, ApiError> {
        let erased = erasure::erase_customer(ctx.app()?, ctx.viewer()?, &input.id).await;
        let (customer, errors) = into_payload(ctx, Action::EraseCustomer, erased).await?;
        let archived_customer_id = customer.as_ref().map(|customer| customer.id.into());
        Ok(EraseCustomerPayload { customer: customer.map(Customer), archived_customer_id, errors })
    }
}
