//! The invoices that a receipt names for payment: finds them and divides the receipt's amount among them.

use std::collections::HashMap;

use async_graphql::{ID, InputObject};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::ExprTrait};
use serde::Serialize;

use super::{allocation::Scope, invoice_list::InvoiceFilter};
use crate::{
    bookkeeping::{
        customers::document_list::{Filter, Key},
        document,
    },
    entity::{allocation, invoice, receipt},
    error::{Code, Detail, Refusal, Refusals, Result},
    id::{Id, kind},
    money::Decimal,
};

/// The most invoices that a receipt may name.
const MOST: usize = 100;

/// An invoice that a receipt pays, in full or in part.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "ReceiptInvoiceInput")]
pub struct NamedInvoice {
    /// The id of the invoice. It must be an invoice of the same customer, in the receipt's currency, not void, and not
    /// fully paid by receipts that name it. What receipts without `invoices` pay of it does not count: it is freed for
    /// this receipt.
    pub invoice_id: ID,
    /// How much of the receipt pays this invoice. Positive, and at most the smaller of two amounts: what receipts that
    /// name the invoice leave of it, and what earlier items leave of this receipt. Default: that smaller amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
}

/// The part of a receipt that pays one named invoice, in minor units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub(super) invoice_id: Id<kind::Invoice>,
    pub(super) key: Key,
    pub(super) amount: i64,
}

/// Finds the named invoices of a customer, and the part of `amount` that each gets, in input order. An invoice counts
/// as open even if receipts without named invoices pay it, since those are allocated again afterwards.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `CURRENCY_MISMATCH`, `INVALID` and `LIMIT_REACHED` at `invoices`. All invoices are
/// checked before refusing.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    scope: Scope,
    named: &[NamedInvoice],
    amount: i64,
) -> Result<Vec<Share>> {
    if named.len() > MOST {
        let message = format!("A receipt can name at most {MOST} invoices.");
        let most = Detail::MostItems(MOST as u64);
        return Err(Refusal::new(Code::LimitReached, "invoices", message).with(most).into());
    }
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = named.iter().filter_map(|named| named.invoice_id.parse::<Id<kind::Invoice>>().ok()).collect();
    // The filter by customer also excludes invoices of other books.
    let invoices: HashMap<_, _> = invoice::Entity::find()
        .filter(invoice::Column::CustomerId.eq(scope.customer_id))
        .filter(invoice::Column::Id.is_in(ids))
        .all(conn)
        .await?
        .into_iter()
        .map(|invoice| (invoice.id, invoice))
        .collect();
    let mut reserved = reserved(conn, invoices.keys().copied()).await?;
    let mut refusals = Refusals::default();
    let (mut left, mut shares) = (amount, Vec::<Share>::new());
    for (named, number) in named.iter().zip(0..) {
        let path = |field: &str| format!("invoices.{number}.{field}");
        let invoice = named.invoice_id.parse().ok().and_then(|id: Id<kind::Invoice>| invoices.get(&id));
        let Some(invoice) = invoice else {
            refusals.push(Refusal::new(Code::NotFound, path("invoiceId"), "The customer has no such invoice."));
            continue;
        };
        let reserved = reserved.remove(&invoice.id).unwrap_or_default();
        let twice = shares.iter().any(|share| share.invoice_id == invoice.id);
        if let Some(share) = refusals.check(share(invoice, named, scope, (reserved, left, twice), &path)) {
            left -= share.amount;
            shares.push(share);
        }
    }
    refusals.none()?;
    Ok(shares)
}

fn share(
    invoice: &invoice::Model,
    named: &NamedInvoice,
    scope: Scope,
    (reserved, left, twice): (i64, i64, bool),
    path: &dyn Fn(&str) -> String,
) -> Result<Share, Refusal> {
    let refused = |code, field, message: String| Err(Refusal::new(code, path(field), message));
    if twice {
        return refused(Code::Invalid, "invoiceId", "This invoice is named twice.".to_owned());
    }
    if invoice.voided_at.is_some() {
        return refused(Code::NotAllowed, "invoiceId", "This invoice is void.".to_owned());
    }
    if invoice.currency != scope.currency {
        let message = format!("The invoice is in {}, but the receipt is in {}.", invoice.currency, scope.currency);
        let currencies = Detail::Currencies { expected: Some(invoice.currency), actual: scope.currency };
        return Err(Refusal::new(Code::CurrencyMismatch, path("invoiceId"), message).with(currencies));
    }
    let open = invoice.total - reserved;
    if open == 0 {
        return refused(Code::NotAllowed, "invoiceId", "This invoice is already paid.".to_owned());
    }
    let amount = match &named.amount {
        Some(amount) => document::positive(amount, scope.currency, &path("amount"))?,
        None => Ord::min(open, left),
    };
    let figure = |minor| format!("{} {}", Decimal::from_minor(minor, scope.currency), scope.currency);
    if amount > open {
        return refused(Code::Invalid, "amount", format!("At most {} of this invoice can be paid.", figure(open)));
    }
    if left == 0 {
        return refused(
            Code::Invalid,
            "invoiceId",
            "The invoices before this one use up the receipt, so nothing is left for this one.".to_owned(),
        );
    }
    if amount > left {
        let message = format!("Only {} of the receipt is left for this invoice.", figure(left));
        return refused(Code::Invalid, "amount", message);
    }
    Ok(Share { invoice_id: invoice.id, key: InvoiceFilter::key(invoice), amount })
}

/// The amount of each invoice that receipts with named invoices already pay.
async fn reserved(
    conn: &impl ConnectionTrait,
    invoices: impl IntoIterator<Item = Id<kind::Invoice>>,
) -> Result<HashMap<Id<kind::Invoice>, i64>> {
    let reserved: Vec<(Id<kind::Invoice>, i64)> = allocation::Entity::find()
        .select_only()
        .column(allocation::Column::InvoiceId)
        .expr(allocation::Column::Amount.into_expr().sum().cast_as("bigint"))
        .inner_join(receipt::Entity)
        .filter(allocation::Column::InvoiceId.is_in(invoices))
        .filter(receipt::Column::NamesInvoices.eq(true))
        .group_by(allocation::Column::InvoiceId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(reserved.into_iter().collect())
}

/// The sort key of the first invoice, by date and position, that these allocations pay.
pub(super) async fn first(conn: &impl ConnectionTrait, allocations: &[allocation::Model]) -> Result<Option<Key>> {
    let ids = allocations.iter().map(|allocation| allocation.invoice_id);
    let invoices = invoice::Entity::find().filter(invoice::Column::Id.is_in(ids)).all(conn).await?;
    Ok(invoices.iter().map(InvoiceFilter::key).min())
}
