//! Postings together with the data of their two accounts.

use std::fmt;

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, DbErr, QueryResult, Value,
    sea_query::{Expr, ExprTrait, JoinType, SelectStatement},
};
use uuid::Uuid;

use super::{
    chain::{Kind, holder},
    difference::Money,
    scan::Row,
};
use crate::{
    db::InOrder,
    entity::{
        account::{self, AccountKind},
        posting,
    },
    id::{Id, kind},
    money::Currency,
};

/// A posting, in the group of the object that it is read for.
pub(in crate::bookkeeping::verify) struct Posted {
    group: Uuid,
    pub(in crate::bookkeeping::verify) line: i32,
    pub(in crate::bookkeeping::verify) amount: i64,
    pub(in crate::bookkeeping::verify) effective_on: NaiveDate,
    pub(in crate::bookkeeping::verify) debit: Party,
    pub(in crate::bookkeeping::verify) credit: Party,
}

/// The account on one side of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping::verify) struct Party {
    pub(in crate::bookkeeping::verify) book_id: Id<kind::Book>,
    pub(in crate::bookkeeping::verify) kind: AccountKind,
    pub(in crate::bookkeeping::verify) currency: Currency,
    pub(in crate::bookkeeping::verify) holder_id: Id<kind::Holder>,
}

impl Party {
    fn read(row: &mut InOrder<'_>) -> Result<Self, DbErr> {
        Ok(Self { book_id: row.read()?, kind: row.read()?, currency: row.read()?, holder_id: row.read()? })
    }
}

/// Adds the columns of the postings, whose table is already in the query, and of their accounts. Returns the query and
/// the order of its rows: by `group`, then by line.
pub(in crate::bookkeeping::verify) fn with_accounts(
    mut query: SelectStatement,
    group: Expr,
) -> (SelectStatement, [Expr; 2]) {
    use posting::Column::{Amount, CreditAccountId, DebitAccountId, EffectiveOn, Line};
    query.expr(group.clone()).exprs([Line, Amount, EffectiveOn].map(ColumnTrait::into_expr));
    for (alias, id) in [("debit", DebitAccountId), ("credit", CreditAccountId)] {
        let same = Expr::col((alias, account::Column::Id)).equals((posting::Entity, id));
        query.join_as(JoinType::InnerJoin, account::Entity, alias, same);
        query.exprs(["book_id", "kind", "currency", "holder_id"].map(|name| Expr::col((alias, name))));
    }
    (query, [group, Line.into_expr()])
}

impl Row for Posted {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut row = InOrder::new(row);
        Ok(Self {
            group: row.read()?,
            line: row.read()?,
            amount: row.read()?,
            effective_on: row.read()?,
            debit: Party::read(&mut row)?,
            credit: Party::read(&mut row)?,
        })
    }

    fn group(&self) -> Uuid {
        self.group
    }

    fn place(&self) -> Vec<Value> {
        vec![self.line.into()]
    }
}

/// The kind and holder of an account.
pub(in crate::bookkeeping::verify) type Holder = (AccountKind, Id<kind::Holder>);

/// The accounts and the amount of a posting, as expected or as found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping::verify) struct Move {
    pub(in crate::bookkeeping::verify) debit: Holder,
    pub(in crate::bookkeeping::verify) credit: Holder,
    pub(in crate::bookkeeping::verify) amount: i64,
    pub(in crate::bookkeeping::verify) currency: Currency,
}

impl From<&Posted> for Move {
    fn from(Posted { amount, debit, credit, .. }: &Posted) -> Self {
        let holder = |party: &Party| (party.kind, party.holder_id);
        Self { debit: holder(debit), credit: holder(credit), amount: *amount, currency: debit.currency }
    }
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |(account_kind, id): Holder| format!("{} of {}", Kind(account_kind), holder(account_kind, id));
        let amount = Money::new(self.amount, self.currency);
        write!(f, "{amount} to {} from {}", side(self.debit), side(self.credit))
    }
}
