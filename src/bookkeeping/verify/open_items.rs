//! Checks open items: what the entries of a customer count as settled, what is set off first in, first out, and that what is
//! outstanding less what is not allocated is the customer's balance.
//!
//! Keeps the entries of some customers in memory at a time.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryResult, QuerySelect, Value,
    prelude::DateTimeUtc,
    sea_query::{ExprTrait, JoinType, Query},
};
use uuid::Uuid;

use super::{
    difference::{Check, Money, Report},
    scan::{Row, Scan, Source},
};
use crate::{
    bookkeeping::journal,
    db::InOrder,
    entity::{
        account::{self, AccountKind},
        allocation, customer,
        ledger_entry::{self, Column, EntryType},
    },
    error::Result,
    id::{Id, kind},
    money::Currency,
};

/// The number of customers whose entries are read together.
const TOGETHER: usize = 100;

type EntryId = Id<kind::LedgerEntry>;
type Scope = (Id<kind::Customer>, &'static str);

/// Checks all customers.
pub(super) async fn check<C: ConnectionTrait>(source: Source<'_, C>, report: &mut Report<'_>) -> Result<()> {
    let query = Query::select().from(customer::Entity).expr(customer::Column::Id.into_expr()).take();
    let mut customers = Scan::<_, Customer>::new(source, query, [customer::Column::Id.into_expr()]);
    let query = Query::select().from(ledger_entry::Entity).exprs(COLUMNS.map(ColumnTrait::into_expr)).take();
    let order = [Column::CustomerId, Column::Date, Column::Position, Column::Id].map(ColumnTrait::into_expr);
    let mut entries = Scan::<_, Entry>::new(source, query, order);
    loop {
        let mut ids = Vec::with_capacity(TOGETHER);
        while ids.len() < TOGETHER
            && let Some(Customer(id)) = customers.next().await?
        {
            ids.push(id);
        }
        if ids.is_empty() {
            return Ok(());
        }
        check_customers(source, &ids, &mut entries, report).await?;
    }
}

/// The fields of a ledger entry that are checked.
struct Entry {
    customer_id: Id<kind::Customer>,
    date: NaiveDate,
    position: Uuid,
    id: EntryId,
    currency: Currency,
    kind: EntryType,
    amount: i64,
    settled: i64,
    held: i64,
    is_deleted: bool,
}

/// The columns of [`Entry`], in the order of its fields. The first four are the order of the entries, customer by customer.
const COLUMNS: [Column; 10] = [
    Column::CustomerId,
    Column::Date,
    Column::Position,
    Column::Id,
    Column::Currency,
    Column::Kind,
    Column::Amount,
    Column::Settled,
    Column::Held,
    Column::DeletedAt,
];

impl Row for Entry {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut row = InOrder::new(row);
        Ok(Self {
            customer_id: row.read()?,
            date: row.read()?,
            position: row.read()?,
            id: row.read()?,
            currency: row.read()?,
            kind: row.read()?,
            amount: row.read()?,
            settled: row.read()?,
            held: row.read()?,
            is_deleted: row.read::<Option<DateTimeUtc>>()?.is_some(),
        })
    }

    fn group(&self) -> Uuid {
        self.customer_id.uuid()
    }

    fn place(&self) -> Vec<Value> {
        vec![self.date.into(), self.position.into(), self.id.into()]
    }
}

struct Customer(Id<kind::Customer>);

impl Row for Customer {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self(InOrder::new(row).read()?))
    }

    fn group(&self) -> Uuid {
        self.0.uuid()
    }
}

/// What a customer has in one currency.
#[derive(Default)]
struct Ledger {
    /// In their order.
    entries: Vec<Entry>,
    /// By payment and charge: the amount and the named part of it.
    pairs: HashMap<(EntryId, EntryId), (i64, i64)>,
    balance: i64,
}

async fn check_customers<C: ConnectionTrait>(
    source: Source<'_, C>,
    ids: &[Id<kind::Customer>],
    entries: &mut Scan<'_, C, Entry>,
    report: &mut Report<'_>,
) -> Result<()> {
    let mut ledgers: BTreeMap<Scope, Ledger> = BTreeMap::new();
    let last = ids.last().map(|id| id.uuid());
    while let Some(customer) = entries.group().await?
        && Some(customer) <= last
    {
        let is_here = ids.iter().any(|id| id.uuid() == customer);
        for entry in entries.take_all(customer).await?.into_iter().filter(|_| is_here) {
            ledgers.entry((entry.customer_id, entry.currency.code())).or_default().entries.push(entry);
        }
    }
    let mut pairs = allocation::Entity::find()
        .select_only()
        .expr(Column::CustomerId.into_expr())
        .expr(Column::Currency.into_expr())
        .columns([allocation::Column::PaymentId, allocation::Column::ChargeId])
        .columns([allocation::Column::Amount, allocation::Column::Named])
        .filter(Column::CustomerId.is_in(ids.iter().copied()));
    let same = allocation::Column::PaymentId.into_expr().equals((ledger_entry::Entity, Column::Id));
    QuerySelect::query(&mut pairs).join(JoinType::InnerJoin, ledger_entry::Entity, same);
    let pairs: Vec<(Id<kind::Customer>, Currency, EntryId, EntryId, i64, i64)> =
        pairs.into_tuple().all(source.conn).await?;
    for (customer, currency, payment, charge, amount, named) in pairs {
        ledgers.entry((customer, currency.code())).or_default().pairs.insert((payment, charge), (amount, named));
    }
    let holders = ids.iter().map(|id| id.cast());
    for account in journal::of_holders(source.conn, AccountKind::Receivable, holders).await? {
        let scope = (account.holder_id.cast(), account.currency.code());
        ledgers.entry(scope).or_default().balance = balance(&account);
    }
    for ((customer, _), ledger) in ledgers {
        ledger.check(customer, report);
    }
    Ok(())
}

fn balance(account: &account::Model) -> i64 {
    journal::balance(account)
}

impl Ledger {
    fn check(&self, customer: Id<kind::Customer>, report: &mut Report<'_>) {
        let Some(first) = self.entries.first() else {
            return report.same(Check::OpenItems, customer, "its balance, without an entry", 0, self.balance);
        };
        let money = |minor: i128| Money::new(minor, first.currency);
        let (mut settled, mut named) = (HashMap::<EntryId, i128>::new(), HashMap::<EntryId, i128>::new());
        for ((payment, charge), (amount, of_it)) in &self.pairs {
            for id in [payment, charge] {
                *settled.entry(*id).or_default() += i128::from(*amount);
                *named.entry(*id).or_default() += i128::from(*of_it);
            }
        }
        let of = |sums: &HashMap<EntryId, i128>, id| sums.get(&id).copied().unwrap_or_default();
        let mut left = 0;
        let (mut payments, mut charges) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            let (id, check) = (entry.id, Check::EntrySettled);
            let what = "what it counts as settled, by its allocations";
            report.same(check, id, what, money(of(&settled, id)), money(entry.settled.into()));
            let (amount, held) = (i128::from(entry.amount), i128::from(entry.held));
            let may_hold = entry.kind == EntryType::Debit && !entry.is_deleted;
            if held < 0 || held > 0 && !may_hold || of(&settled, id) + held > amount {
                let message = "what is settled and held of it";
                let expected = format!("at most {}, and held only of a payment", money(amount));
                report.differs(check, id, message, expected, money(of(&settled, id) + held));
            }
            if entry.is_deleted {
                continue;
            }
            let open = amount - i128::from(entry.settled);
            let free = (id, amount - of(&named, id) - held);
            if entry.kind == EntryType::Credit {
                left += open;
                charges.push(free);
            } else {
                left -= open;
                payments.push(free);
            }
        }
        let what = format_args!("what is outstanding less what is not allocated in {}, by the balance", first.currency);
        report.same(Check::OpenItems, customer, what, money(self.balance.into()), money(left));
        let expected = first_in_first_out(&payments, charges);
        for ((payment, charge), (amount, of_it)) in &self.pairs {
            let right = expected.get(&(*payment, *charge)).copied().unwrap_or_default();
            let what = format_args!("what is set off against {charge} first in, first out");
            report.same(Check::OpenItems, payment, what, money(right), money((amount - of_it).into()));
        }
        for ((payment, charge), right) in expected {
            if !self.pairs.contains_key(&(payment, charge)) {
                let message = format_args!("what is set off against {charge} first in, first out");
                report.differs(Check::OpenItems, payment, message, money(right), ());
            }
        }
    }
}

/// Pairs what is free of payments with what is open of charges, both in their order.
fn first_in_first_out(
    payments: &[(EntryId, i128)],
    charges: Vec<(EntryId, i128)>,
) -> BTreeMap<(EntryId, EntryId), i128> {
    let mut pairs = BTreeMap::new();
    let mut charges = charges.into_iter().filter(|(_, open)| *open > 0);
    let mut next = charges.next();
    for &(payment, mut free) in payments {
        while free > 0
            && let Some((charge, open)) = next
        {
            let amount = Ord::min(free, open);
            pairs.insert((payment, charge), amount);
            free -= amount;
            next = if open == amount { charges.next() } else { Some((charge, open - amount)) };
        }
    }
    pairs
}
