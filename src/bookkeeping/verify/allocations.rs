//! Checks allocations one by one: that their two entries may be set off against each other.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, QueryResult, Value,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait, JoinType, Query},
};
use uuid::Uuid;

use super::{
    difference::{Check, Money, Report},
    scan::{Row, Scan, Source},
};
use crate::{
    db::InOrder,
    entity::{
        allocation::{self, Column},
        ledger_entry::{self, EntryType},
    },
    error::Result,
    id::{Id, kind},
    money::Currency,
};

/// Checks all allocations.
pub(super) async fn check<C: ConnectionTrait>(source: Source<'_, C>, report: &mut Report<'_>) -> Result<()> {
    let mut query = Query::select();
    query.from(allocation::Entity);
    query.exprs([Column::PaymentId, Column::ChargeId, Column::Amount, Column::Named].map(ColumnTrait::into_expr));
    for (alias, id) in [("payment", Column::PaymentId), ("charge", Column::ChargeId)] {
        let same = id.into_expr().equals((alias, ledger_entry::Column::Id));
        query.join_as(JoinType::LeftJoin, ledger_entry::Entity, alias, same);
        query.exprs(["customer_id", "currency", "kind", "deleted_at"].map(|name| Expr::col((alias, name))));
    }
    let order = [Column::PaymentId, Column::ChargeId].map(ColumnTrait::into_expr);
    let mut all = Scan::<_, Allocation>::new(source, query, order);
    while let Some(allocation) = all.next().await? {
        report.checked.allocations += 1;
        allocation.check(report);
    }
    Ok(())
}

/// An allocation with the data of its two entries.
struct Allocation {
    payment_id: Id<kind::LedgerEntry>,
    charge_id: Id<kind::LedgerEntry>,
    amount: i64,
    named: i64,
    payment: Option<Side>,
    charge: Option<Side>,
}

/// The fields of one of the two entries.
struct Side {
    customer_id: Id<kind::Customer>,
    currency: Currency,
    kind: EntryType,
    is_deleted: bool,
}

impl Side {
    fn read(row: &mut InOrder<'_>) -> Result<Option<Self>, DbErr> {
        let (customer_id, currency, kind): (Option<_>, Option<_>, Option<_>) = (row.read()?, row.read()?, row.read()?);
        let is_deleted = row.read::<Option<DateTimeUtc>>()?.is_some();
        let known = customer_id.zip(currency).zip(kind);
        Ok(known.map(|((customer_id, currency), kind)| Self { customer_id, currency, kind, is_deleted }))
    }
}

impl Row for Allocation {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut row = InOrder::new(row);
        Ok(Self {
            payment_id: row.read()?,
            charge_id: row.read()?,
            amount: row.read()?,
            named: row.read()?,
            payment: Side::read(&mut row)?,
            charge: Side::read(&mut row)?,
        })
    }

    fn group(&self) -> Uuid {
        self.payment_id.uuid()
    }

    fn place(&self) -> Vec<Value> {
        vec![self.charge_id.into()]
    }
}

impl Allocation {
    fn check(&self, report: &mut Report<'_>) {
        let (id, check, of) = (self.payment_id, Check::Allocation, self.charge_id);
        let (Some(payment), Some(charge)) = (&self.payment, &self.charge) else {
            let message = format_args!("the two entries of what is set off against {of}");
            return report.differs(check, id, message, "two entries", ());
        };
        let money = |minor: i64| Money::new(minor, payment.currency);
        if self.amount <= 0 {
            let message = format_args!("what is set off against {of}");
            report.differs(check, id, message, "more than zero", money(self.amount));
        }
        if !(0..=self.amount).contains(&self.named) {
            let message = format_args!("the named part of what is set off against {of}");
            report.differs(check, id, message, format!("0 to {}", money(self.amount)), money(self.named));
        }
        let [expected, found] = [charge.customer_id, payment.customer_id].map(|id| id.to_string());
        report.same(check, id, format_args!("its customer, by {of}, which it pays"), expected, found);
        let what = format_args!("its currency, by {of}, which it pays");
        report.same(check, id, what, charge.currency, payment.currency);
        let is_right = (payment.kind, charge.kind) == (EntryType::Debit, EntryType::Credit);
        report.same(check, id, format_args!("whether it is a payment and {of} a charge"), true, is_right);
        report.same(check, id, format_args!("whether it is deleted, while it pays {of}"), false, payment.is_deleted);
        report.same(check, id, format_args!("whether {of}, which it pays, is deleted"), false, charge.is_deleted);
    }
}
