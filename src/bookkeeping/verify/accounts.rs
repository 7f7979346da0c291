//! Checks accounts: counters against postings, holders, and turnovers.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryResult, QueryTrait, Value,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    books::Books,
    chain::{Chain, Leg, Side, named},
    difference::{Check, Money, Report},
    rollups,
    scan::{Row, Scan, Source, least},
};
use crate::{
    bookkeeping::journal,
    db::InOrder,
    entity::{
        account::{self, AccountKind},
        category::{self, CategoryKind},
        customer, journal_entry, posting, wallet,
    },
    error::Result,
    id::{Id, kind},
    money::Currency,
};

/// Checks all accounts, in one pass over both sides of all postings.
pub(super) async fn check(
    source: Source<'_, impl ConnectionTrait>,
    books: &mut Books,
    report: &mut Report<'_>,
) -> Result<()> {
    use posting::Column;
    let mut accounts = Scan::<_, Held>::new(source, held(), [account::Column::Id.into_expr()]);
    let legs = |account, seq, balance| {
        let order = [account, seq].map(|column: Column| column.into_expr());
        Scan::<_, Leg>::new(source, legs(account, seq, balance), order)
    };
    let mut debits = legs(Column::DebitAccountId, Column::DebitSeq, Column::DebitBalance);
    let mut credits = legs(Column::CreditAccountId, Column::CreditSeq, Column::CreditBalance);
    let mut days = rollups::days(source);
    let mut months = rollups::months(source);
    while let Some(id) = least([
        accounts.group().await?,
        debits.group().await?,
        credits.group().await?,
        days.group().await?,
        months.group().await?,
    ]) {
        let Some(held) = accounts.take(id).await? else {
            let id_of = Id::<kind::Account>::from_uuid(id);
            report.differs(
                Check::AccountHolder,
                id_of,
                "there is no such account, but postings or turnovers of it",
                "an account",
                (),
            );
            while debits.take(id).await?.is_some() {}
            while credits.take(id).await?.is_some() {}
            while days.take(id).await?.is_some() {}
            while months.take(id).await?.is_some() {}
            continue;
        };
        report.checked.accounts += 1;
        check_holder(&held, report);
        let account = &held.account;
        books.count(account);
        let mut chain = Chain::new(account);
        loop {
            let debit = debits.peek(id).await?.map(|leg| leg.seq);
            let credit = credits.peek(id).await?.map(|leg| leg.seq);
            let (legs, side) = match (debit, credit) {
                (None, None) => break,
                (Some(debit), Some(credit)) if debit > credit => (&mut credits, Side::Credit),
                (Some(_), _) => (&mut debits, Side::Debit),
                (None, Some(_)) => (&mut credits, Side::Credit),
            };
            if let Some(leg) = legs.take(id).await? {
                chain.step(leg, side, report);
            }
        }
        let posted = chain.end(report);
        check_in_transit(account, report);
        rollups::check(account, posted, days.take_all(id).await?, months.take_all(id).await?, report);
    }
    Ok(())
}

/// An account with the data of its holder, as far as the holder exists.
struct Held {
    account: account::Model,
    wallet: Option<(Id<kind::Book>, Currency)>,
    customer: Option<Id<kind::Book>>,
    category: Option<(Id<kind::Book>, CategoryKind)>,
}

fn held() -> SelectStatement {
    let holder = |entity: &'static str| Expr::col((entity, "id")).equals((account::Entity, account::Column::HolderId));
    let mut query = account::Entity::find().into_query();
    query.left_join(wallet::Entity, holder("wallet"));
    query.left_join(customer::Entity, holder("customer"));
    query.left_join(category::Entity, holder("category"));
    for (table, column) in [
        ("wallet", "book_id"),
        ("wallet", "currency"),
        ("customer", "book_id"),
        ("category", "book_id"),
        ("category", "kind"),
    ] {
        query.expr_as(Expr::col((table, column)), format!("{table}_{column}"));
    }
    query
}

impl Row for Held {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let wallet = Option::zip(row.try_get("wallet_", "book_id")?, row.try_get("wallet_", "currency")?);
        let category = Option::zip(row.try_get("category_", "book_id")?, row.try_get("category_", "kind")?);
        let account = account::Model::from_query_result(row, "")?;
        Ok(Self { account, wallet, customer: row.try_get("customer_", "book_id")?, category })
    }

    fn group(&self) -> Uuid {
        self.account.id.uuid()
    }
}

fn check_holder(held: &Held, report: &mut Report<'_>) {
    let account = &held.account;
    let book = match account.kind {
        AccountKind::Wallet => held.wallet.filter(|(_, currency)| *currency == account.currency).map(|(book, _)| book),
        AccountKind::Receivable => held.customer,
        AccountKind::Income | AccountKind::Expense => {
            let is_income = account.kind == AccountKind::Income;
            let of_kind = held.category.filter(|(_, kind)| (*kind == CategoryKind::Income) == is_income);
            of_kind.map(|(book, _)| book)
        }
        _ => Some(account.holder_id.cast()),
    };
    let what = format_args!("the book of {}, by its holder", named(account));
    let found = account.book_id.to_string();
    report.same(Check::AccountHolder, account.id, what, book.map(|book| book.to_string()), Some(found));
}

/// Checks that no money is still on its way between two wallets: both halves of a transfer are posted together.
fn check_in_transit(account: &account::Model, report: &mut Report<'_>) {
    if account.kind == AccountKind::InTransit {
        let found = Money::new(journal::balance(account), account.currency);
        let what = format_args!("the balance of {}", named(account));
        report.same(Check::OwnTransfer, account.id, what, Money::new(0, account.currency), found);
    }
}

/// All postings, seen from one of their two sides.
fn legs(account: posting::Column, seq: posting::Column, balance: posting::Column) -> SelectStatement {
    let mut query = Query::select();
    query.from(posting::Entity).left_join(
        journal_entry::Entity,
        Expr::col((journal_entry::Entity, journal_entry::Column::Id))
            .equals((posting::Entity, posting::Column::EntryId)),
    );
    let of_both = [posting::Column::Amount, posting::Column::EntryId, posting::Column::EffectiveOn];
    query.exprs([account, seq, balance].into_iter().chain(of_both).map(ColumnTrait::into_expr));
    query.expr(journal_entry::Column::CreatedAt.into_expr()).expr(journal_entry::Column::ReversesId.into_expr());
    query
}

impl Row for Leg {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut row = InOrder::new(row);
        Ok(Self {
            account_id: row.read()?,
            seq: row.read()?,
            balance: row.read()?,
            amount: row.read()?,
            entry_id: row.read()?,
            effective_on: row.read()?,
            created_at: row.read()?,
            is_reversal: row.read::<Option<Uuid>>()?.is_some(),
        })
    }

    fn group(&self) -> Uuid {
        self.account_id.uuid()
    }

    fn place(&self) -> Vec<Value> {
        vec![self.seq.into()]
    }
}
