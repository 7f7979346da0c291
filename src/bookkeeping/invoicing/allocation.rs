//! Allocation: which receipts pay which invoices.
//!
//! A receipt that names invoices pays those, and its rest stays unallocated. All other receipts pay the open invoices
//! first in, first out: the oldest receipt pays the oldest invoice, each ordered by date and then by position. So the
//! allocations depend only on the documents that are not void, not on the order in which they were written or voided,
//! and no history has to be stored.
//!
//! A document that is inserted or voided at one place of the order affects only the allocations after that place. These
//! are *released* (deleted), and the open receipts and invoices are *applied* (allocated) again. So a new document at
//! the end of the order costs the same however many come before it.
//!
//! Callers must hold the lock on the customer.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    bookkeeping::customers::document_list::Key,
    db::Transaction,
    entity::{allocation, invoice, receipt},
    error::Result,
    id::{Id, kind},
    money::Currency,
};

/// The number of documents read, or allocations deleted, by one statement.
const CHUNK: u64 = 200;

/// The documents that can be allocated to each other: those of one customer in one currency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    pub(super) customer_id: Id<kind::Customer>,
    pub(super) currency: Currency,
}

/// The place in the order of documents from which allocations change.
#[derive(Clone, Copy, Debug)]
pub(super) enum Since {
    /// This invoice and all later ones.
    Invoice(Key),
    /// This receipt and all later ones.
    Receipt(Key),
}

/// Deletes the allocations from the given place on, except those of receipts that name invoices.
pub(super) async fn release(tx: &Transaction, scope: Scope, since: Since) -> Result<()> {
    let row = |date: Expr, position: Expr| Expr::tuple([date, position]);
    let behind = match since {
        Since::Invoice((date, position)) => {
            let invoice = |column| Expr::col((invoice::Entity, column));
            row(invoice(invoice::Column::Date), invoice(invoice::Column::Position))
                .gte(row(date.into(), position.into()))
        }
        Since::Receipt((date, position)) => {
            let receipt = |column| Expr::col((receipt::Entity, column));
            row(receipt(receipt::Column::Date), receipt(receipt::Column::Position))
                .gte(row(date.into(), position.into()))
        }
    };
    let released = allocation::Entity::find()
        .inner_join(receipt::Entity)
        .inner_join(invoice::Entity)
        .filter(receipt::Column::CustomerId.eq(scope.customer_id))
        .filter(receipt::Column::Currency.eq(scope.currency))
        .filter(receipt::Column::NamesInvoices.eq(false))
        .filter(behind)
        .all(tx)
        .await?;
    remove(tx, &released).await
}

/// Deletes all allocations of a receipt and returns them.
pub(super) async fn remove_of_receipt(
    tx: &Transaction,
    receipt_id: Id<kind::Receipt>,
) -> Result<Vec<allocation::Model>> {
    let removed = allocation::Entity::find().filter(allocation::Column::ReceiptId.eq(receipt_id)).all(tx).await?;
    remove(tx, &removed).await?;
    Ok(removed)
}

/// Deletes all allocations of an invoice.
pub(super) async fn remove_of_invoice(tx: &Transaction, invoice_id: Id<kind::Invoice>) -> Result<()> {
    let removed = allocation::Entity::find().filter(allocation::Column::InvoiceId.eq(invoice_id)).all(tx).await?;
    remove(tx, &removed).await
}

/// Allocates receipts to invoices until no receipt or no invoice is open. Skips receipts that name invoices.
pub(super) async fn apply(tx: &Transaction, scope: Scope) -> Result<()> {
    loop {
        let receipts = receipt::Entity::find()
            .filter(receipt::Column::CustomerId.eq(scope.customer_id))
            .filter(receipt::Column::Currency.eq(scope.currency))
            .filter(receipt::Column::VoidedAt.is_null())
            .filter(receipt::Column::Allocated.into_expr().lt(Expr::col(receipt::Column::Amount)))
            .filter(receipt::Column::NamesInvoices.eq(false))
            .order_by_asc(receipt::Column::Date)
            .order_by_asc(receipt::Column::Position)
            .limit(CHUNK)
            .all(tx)
            .await?;
        if receipts.is_empty() {
            return Ok(());
        }
        let invoices = invoice::Entity::find()
            .filter(invoice::Column::CustomerId.eq(scope.customer_id))
            .filter(invoice::Column::Currency.eq(scope.currency))
            .filter(invoice::Column::VoidedAt.is_null())
            .filter(invoice::Column::Paid.into_expr().lt(Expr::col(invoice::Column::Total)))
            .order_by_asc(invoice::Column::Date)
            .order_by_asc(invoice::Column::Position)
            .limit(CHUNK)
            .all(tx)
            .await?;
        if invoices.is_empty() {
            return Ok(());
        }
        let free: Vec<_> = receipts.iter().map(|receipt| (receipt.id, receipt.amount - receipt.allocated)).collect();
        let open: Vec<_> = invoices.iter().map(|invoice| (invoice.id, invoice.total - invoice.paid)).collect();
        write(tx, &first_in_first_out(&free, &open)).await?;
    }
}

/// Pairs the open amounts of receipts with the open amounts of invoices, in the given order. All amounts must be above
/// zero.
pub(super) fn first_in_first_out(
    receipts: &[(Id<kind::Receipt>, i64)],
    invoices: &[(Id<kind::Invoice>, i64)],
) -> Vec<allocation::Model> {
    let mut pairs = Vec::new();
    let mut invoices = invoices.iter().copied();
    let mut next = invoices.next();
    for &(receipt_id, mut free) in receipts {
        while free > 0
            && let Some((invoice_id, open)) = next
        {
            let amount = Ord::min(free, open);
            pairs.push(allocation::Model { receipt_id, invoice_id, amount });
            free -= amount;
            next = if open == amount { invoices.next() } else { Some((invoice_id, open - amount)) };
        }
    }
    pairs
}

/// Inserts allocations and adds them to `allocated` of their receipts and `paid` of their invoices.
pub(super) async fn write(tx: &Transaction, added: &[allocation::Model]) -> Result<()> {
    if added.is_empty() {
        return Ok(());
    }
    let rows = added.iter().cloned().map(IntoActiveModel::into_active_model);
    allocation::Entity::insert_many(rows).exec_without_returning(tx).await?;
    count(tx, added, 1).await
}

async fn remove(tx: &Transaction, removed: &[allocation::Model]) -> Result<()> {
    for chunk in removed.chunks(usize::try_from(CHUNK).unwrap_or(usize::MAX)) {
        let any = chunk.iter().fold(Condition::any(), |any, pair| {
            let both = Condition::all().add(allocation::Column::ReceiptId.eq(pair.receipt_id));
            any.add(both.add(allocation::Column::InvoiceId.eq(pair.invoice_id)))
        });
        allocation::Entity::delete_many().filter(any).exec(tx).await?;
        count(tx, chunk, -1).await?;
    }
    Ok(())
}

/// Adds the amounts to `allocated` of the receipts and `paid` of the invoices; with a sign of -1 subtracts them.
async fn count(tx: &impl ConnectionTrait, pairs: &[allocation::Model], sign: i64) -> Result<()> {
    let (mut receipts, mut invoices) = (BTreeMap::<_, i64>::new(), BTreeMap::<_, i64>::new());
    for pair in pairs {
        *receipts.entry(pair.receipt_id).or_default() += pair.amount * sign;
        *invoices.entry(pair.invoice_id).or_default() += pair.amount * sign;
    }
    for (id, amount) in receipts {
        let allocated = receipt::Column::Allocated.into_expr().add(amount);
        let receipt = receipt::Entity::update_many().filter(receipt::Column::Id.eq(id));
        receipt.col_expr(receipt::Column::Allocated, allocated).exec(tx).await?;
    }
    for (id, amount) in invoices {
        let paid = invoice::Column::Paid.into_expr().add(amount);
        let invoice = invoice::Entity::update_many().filter(invoice::Column::Id.eq(id));
        invoice.col_expr(invoice::Column::Paid, paid).exec(tx).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::first_in_first_out;
    use crate::id::Id;

    #[test]
    fn the_oldest_receipt_pays_the_oldest_invoice() {
        let receipts = [Id::generate(), Id::generate()];
        let invoices = [Id::generate(), Id::generate(), Id::generate()];
        let pairs = |free: &[i64], open: &[i64]| -> Vec<_> {
            let free: Vec<_> = receipts.into_iter().zip(free.iter().copied()).collect();
            let open: Vec<_> = invoices.into_iter().zip(open.iter().copied()).collect();
            let place = |allocation: &crate::entity::allocation::Model| {
                let receipt = receipts.iter().position(|id| *id == allocation.receipt_id).unwrap();
                let invoice = invoices.iter().position(|id| *id == allocation.invoice_id).unwrap();
                (receipt, invoice, allocation.amount)
            };
            first_in_first_out(&free, &open).iter().map(place).collect()
        };
        assert_eq!(pairs(&[150], &[100, 200]), [(0, 0, 100), (0, 1, 50)]);
        assert_eq!(pairs(&[30, 100], &[50, 20, 9]), [(0, 0, 30), (1, 0, 20), (1, 1, 20), (1, 2, 9)]);
        assert_eq!(pairs(&[10], &[10, 5]), [(0, 0, 10)]);
        assert_eq!(pairs(&[], &[10]), []);
        assert_eq!(pairs(&[10], &[]), []);
    }
}
