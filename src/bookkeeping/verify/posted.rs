//! Postings together with the data of their two accounts.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, QueryResult, Value,
    sea_query::{Expr, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    chain::{Kind, holder},
    difference::Money,
    scan::{Row, Scan, Source},
};
use crate::{
    db::InOrder,
    entity::{
        account::{self, AccountKind},
        posting,
    },
    error::Result,
    id::{Id, kind},
    money::Currency,
};

/// How many accounts are kept in memory.
const ACCOUNTS: usize = 20_000;
/// How many accounts are looked up by one query.
const TOGETHER: usize = 1000;

/// A posting with its accounts.
pub(in crate::bookkeeping::verify) struct Posted {
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

/// A posting, in the group of the object that it is read for.
struct Line {
    group: Uuid,
    /// Its place among the postings of its entry.
    place: i32,
    amount: i64,
    effective_on: NaiveDate,
    debit_account_id: Uuid,
    credit_account_id: Uuid,
}

impl Row for Line {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut row = InOrder::new(row);
        Ok(Self {
            group: row.read()?,
            place: row.read()?,
            amount: row.read()?,
            effective_on: row.read()?,
            debit_account_id: row.read()?,
            credit_account_id: row.read()?,
        })
    }

    fn group(&self) -> Uuid {
        self.group
    }

    fn place(&self) -> Vec<Value> {
        vec![self.place.into()]
    }
}

/// A scan of postings. Few accounts have most of the postings, so those seen last are kept: a join would look up both accounts
/// of each posting, and copy them into each row.
pub(in crate::bookkeeping::verify) struct Postings<'a, C> {
    lines: Scan<'a, C, Line>,
    /// `None` for an account that does not exist.
    accounts: HashMap<Uuid, Option<Party>>,
}

impl<'a, C: ConnectionTrait> Postings<'a, C> {
    /// All postings, grouped by their entry.
    pub(in crate::bookkeeping::verify) fn of_entries(source: Source<'a, C>) -> Self {
        let query = Query::select().from(posting::Entity).take();
        let (query, order) = with_lines(query, posting::Column::EntryId.into_expr());
        Self { lines: Scan::new(source, query, order), accounts: HashMap::new() }
    }

    /// The postings of a query in which they are joined to another table, grouped by `group`, which is unique in that table.
    pub(in crate::bookkeeping::verify) fn joined(source: Source<'a, C>, query: SelectStatement, group: Expr) -> Self {
        let (query, order) = with_lines(query, group);
        Self { lines: Scan::joined(source, query, order), accounts: HashMap::new() }
    }

    /// The group of the next posting; `None` at the end.
    pub(in crate::bookkeeping::verify) async fn group(&mut self) -> Result<Option<Uuid>> {
        self.lines.group().await
    }

    /// Takes all postings of this group, in the order of their lines, except those with an account that does not exist.
    pub(in crate::bookkeeping::verify) async fn take_all(&mut self, group: Uuid) -> Result<Vec<Posted>> {
        let lines = self.lines.take_all(group).await?;
        let is_known = |id: &Uuid| self.accounts.contains_key(id);
        if !lines.iter().all(|line| is_known(&line.debit_account_id) && is_known(&line.credit_account_id)) {
            self.look_up(&lines).await?;
        }
        let party = |id: &Uuid| self.accounts.get(id).copied().flatten();
        let posted = |line: Line| {
            let (debit, credit) = party(&line.debit_account_id).zip(party(&line.credit_account_id))?;
            let Line { place, amount, effective_on, .. } = line;
            Some(Posted { line: place, amount, effective_on, debit, credit })
        };
        Ok(lines.into_iter().filter_map(posted).collect())
    }

    /// Looks up the accounts of these lines, and with them those of the lines that come next.
    async fn look_up(&mut self, lines: &[Line]) -> Result<()> {
        if self.accounts.len() > ACCOUNTS {
            self.accounts.clear();
        }
        let wanted = lines.iter().chain(self.lines.waiting());
        let wanted: HashSet<_> = wanted.flat_map(|line| [line.debit_account_id, line.credit_account_id]).collect();
        let unknown: Vec<_> = wanted.into_iter().filter(|id| !self.accounts.contains_key(id)).collect();
        for some in unknown.chunks(TOGETHER) {
            use account::Column;
            let of_party = [Column::Id, Column::BookId, Column::Kind, Column::Currency, Column::HolderId];
            let mut query = Query::select();
            query.from(account::Entity).exprs(of_party.map(ColumnTrait::into_expr));
            query.and_where(Column::Id.is_in(some.iter().copied()));
            self.accounts.extend(some.iter().map(|id| (*id, None)));
            for row in self.lines.conn().query_all(&query).await? {
                let mut row = InOrder::new(&row);
                self.accounts.insert(row.read()?, Some(Party::read(&mut row)?));
            }
        }
        Ok(())
    }
}

/// Adds the columns of the postings, whose table is already in the query. Returns the query and the order of its rows: by
/// `group`, then by line.
fn with_lines(mut query: SelectStatement, group: Expr) -> (SelectStatement, [Expr; 2]) {
    use posting::Column;
    let accounts = [Column::DebitAccountId, Column::CreditAccountId];
    let others = [Column::Line, Column::Amount, Column::EffectiveOn].into_iter().chain(accounts);
    query.expr(group.clone()).exprs(others.map(ColumnTrait::into_expr));
    (query, [group, Column::Line.into_expr()])
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
