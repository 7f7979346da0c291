//! Lists of transactions.

use async_graphql::{Enum, ID, InputObject};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Value,
    sea_query::{Expr, ExprTrait, JoinType, Query},
};
use uuid::Uuid;

use crate::{
    bookkeeping::{
        customers::{
            customer_list::OrderDirection,
            document_list::{self, AmountRange},
        },
        spending::category::{self, CategoryRef},
        wallets::wallet,
    },
    calendar::date::Date,
    entity::{category::CategoryKind, transaction, transaction_line},
    error::{Refusals, Result},
    id::{Id, kind},
    list::{keyset::Keyset, removed::Removed},
    money::{Currency, Decimal},
    page::{Page, Paged},
    price, text,
    viewer::Viewer,
};

/// Conditions on the transactions to list. A transaction must meet every condition that is given.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "TransactionFilter")]
pub struct TransactionFilterInput {
    /// Only income, or only expenses. Halves of transfers are neither.
    pub kind: Option<CategoryKind>,
    /// Only transactions with at least one line in this category. Halves of transfers count in no category.
    pub category: Option<CategoryRef>,
    /// Only transactions paid from or into the wallet with this id.
    pub wallet_id: Option<ID>,
    /// Only items in this currency.
    pub currency: Option<Currency>,
    /// Only items dated on this day or later.
    pub from: Option<Date>,
    /// Only items dated on this day or earlier. It must not be before `from`.
    pub to: Option<Date>,
    /// Only items of at least this amount, in `currency` or, if that is not given, in the book's currency. Refunds have
    /// amounts below zero.
    pub min_amount: Option<Decimal>,
    /// Only items of at most this amount, in `currency` or, if that is not given, in the book's currency.
    pub max_amount: Option<Decimal>,
    /// Only transactions whose description or line notes contain this text, ignoring case and accents. At most 100
    /// characters.
    #[graphql(directive = price::Cost::apply(price::SEARCH))]
    pub text: Option<String>,
    /// True lists only halves of transfers, and false only other transactions. Default: both.
    pub is_transfer: Option<bool>,
    /// True lists only deleted transactions, false only those that are not deleted, and null both. Absent means false.
    #[graphql(default)]
    pub deleted: Removed,
}

/// A filter for transactions with checked values. A field that is `None` does not restrict them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionFilter {
    /// Only income or only expenses, which halves of transfers are not.
    pub kind: Option<CategoryKind>,
    /// Only transactions with a line in this category, which halves of transfers count in none of.
    pub category: Option<Id<kind::Category>>,
    /// Only transactions paid from or into this wallet.
    pub wallet: Option<Id<kind::Wallet>>,
    /// Only transactions in this currency.
    pub currency: Option<Currency>,
    /// Only transactions of this date or later.
    pub from: Option<Date>,
    /// Only transactions of this date or earlier.
    pub to: Option<Date>,
    /// Only transactions of this amount or more, in minor units.
    pub least: Option<i64>,
    /// Only transactions of this amount or less, in minor units.
    pub most: Option<i64>,
    /// Only transactions whose description or notes contain this text, in the form of `search_text`.
    pub text: Option<String>,
    /// Only halves of transfers, or only other transactions.
    pub is_transfer: Option<bool>,
    /// Whether to return the deleted transactions, the others or both.
    pub deleted: Removed,
}

impl TransactionFilterInput {
    /// Checks the values of the filter. `of_book` is the currency of the book.
    ///
    /// # Errors
    /// `NOT_FOUND` for the category and the wallet; `INVALID` for a range whose end is before its start, an amount or
    /// the text.
    pub async fn check(
        self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        of_book: Currency,
    ) -> Result<TransactionFilter> {
        let mut refusals = Refusals::default();
        let category = match &self.category {
            Some(wanted) => refusals.take(category::find(conn, viewer, wanted, "filter.category").await)?,
            None => None,
        };
        let wallet = match &self.wallet_id {
            Some(id) => refusals.take(wallet::require(conn, viewer, id.parse().ok(), "filter.walletId").await)?,
            None => None,
        };
        refusals.check(Date::check_range(self.from, self.to, "filter.to"));
        let range = AmountRange { least: self.min_amount, most: self.max_amount };
        let (currency, bounds) = refusals.take(range.check(self.currency, of_book))?.unwrap_or_default();
        let text = refusals.check(text::search(self.text.as_deref(), "filter.text")).flatten();
        refusals.none()?;
        Ok(TransactionFilter {
            kind: self.kind,
            category: category.map(|category| category.id),
            wallet: wallet.map(|wallet| wallet.wallet.id),
            currency,
            from: self.from,
            to: self.to,
            least: bounds.0,
            most: bounds.1,
            text,
            is_transfer: self.is_transfer,
            deleted: self.deleted,
        })
    }
}

impl TransactionFilter {
    /// The filter as an SQL condition.
    fn condition(&self, viewer: &Viewer) -> Condition {
        let in_category = |category: Id<kind::Category>| {
            let lines = Query::select()
                .column(transaction_line::Column::TransactionId)
                .from(transaction_line::Entity)
                .and_where(Expr::col(transaction_line::Column::CategoryId).eq(category))
                .take();
            Expr::col((transaction::Entity, transaction::Column::Id)).in_subquery(lines)
        };
        self.but_for_category(viewer).add_option(self.category.map(in_category))
    }

    /// The filter as an SQL condition, without the category.
    pub(super) fn but_for_category(&self, viewer: &Viewer) -> Condition {
        use transaction::Column;
        let search_text = || Expr::col((transaction::Entity, Column::SearchText));
        // What is half of a transfer counts as no income or expense, and in no category, though it keeps its lines.
        let counts = self.kind.is_some() || self.category.is_some();
        Condition::all()
            .add(Column::BookId.eq(viewer.book))
            .add_option(self.kind.map(|kind| Column::Kind.eq(kind)))
            .add_option(self.wallet.map(|wallet| Column::WalletId.eq(wallet)))
            .add_option(self.currency.map(|currency| Column::Currency.eq(currency)))
            .add(document_list::between(Column::Date, self.from, self.to))
            .add_option(self.least.map(|least| Column::Amount.gte(least)))
            .add_option(self.most.map(|most| Column::Amount.lte(most)))
            .add_option(self.text.as_deref().map(|text| document_list::contains(search_text(), text)))
            .add_option(counts.then(|| Column::CounterpartId.is_null()))
            .add_option(self.is_transfer.map(|is_transfer| {
                if is_transfer { Column::CounterpartId.is_not_null() } else { Column::CounterpartId.is_null() }
            }))
            .add_option(self.deleted.condition(Column::DeletedAt))
    }
}

/// The values that transactions can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum TransactionOrderField {
    /// The date of the transaction, then the order in which they were recorded.
    #[default]
    Date,
    /// The amount. The list then has only transactions in one currency: the one of the filter, or the book's.
    Amount,
}

/// The order of the transactions in a list. Transactions with equal values are sorted by the order in which they were
/// recorded, in the same direction.
#[derive(Clone, Copy, Debug, InputObject)]
#[graphql(name = "TransactionOrder")]
pub struct TransactionOrder {
    /// The value to sort by.
    #[graphql(default)]
    pub field: TransactionOrderField,
    /// The direction to sort in.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl Default for TransactionOrder {
    fn default() -> Self {
        Self { field: TransactionOrderField::Date, direction: OrderDirection::Desc }
    }
}

/// The sort key of a transaction: the value of the order's field, and the position.
pub type Key = (Value, Uuid);

impl TransactionOrder {
    /// The sort key of a transaction as text, for a cursor.
    #[must_use]
    pub fn key_text(&self, transaction: &transaction::Model) -> String {
        let id = transaction.position.simple();
        match self.field {
            TransactionOrderField::Date => format!("date {id} {}", transaction.date),
            TransactionOrderField::Amount => format!("amount {id} {}", transaction.amount),
        }
    }

    /// Reads a key from the text of a cursor; `None` when the text is malformed or belongs to another order.
    #[must_use]
    pub fn parse_key(&self, text: &str) -> Option<Key> {
        let (field, rest) = text.split_once(' ')?;
        let (id, key) = rest.split_once(' ')?;
        let key = match (self.field, field) {
            (TransactionOrderField::Date, "date") => Date::parse_text(key)?.0.into(),
            (TransactionOrderField::Amount, "amount") => key.parse::<i64>().ok()?.into(),
            _ => return None,
        };
        Some((key, id.parse().ok()?))
    }
}

/// A page of the transactions of the viewer's book.
///
/// # Errors
/// When the database fails.
pub async fn page(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &TransactionFilter,
    order: TransactionOrder,
    page: &Page<Key>,
) -> Result<Paged<transaction::Model>> {
    let column = match order.field {
        TransactionOrderField::Date => transaction::Column::Date,
        TransactionOrderField::Amount => transaction::Column::Amount,
    };
    let mut select = transaction::Entity::find();
    let [key, tiebreaker] = match filter.category {
        // Reads the index of lines by category and date, since a line repeats the date of its transaction.
        Some(category) if order.field == TransactionOrderField::Date => {
            QuerySelect::query(&mut select).join(JoinType::InnerJoin, transaction_line::Entity, first_line(category));
            select = select.filter(filter.but_for_category(viewer)).filter(document_list::between(
                transaction_line::Column::Date,
                filter.from,
                filter.to,
            ));
            [transaction_line::Column::Date, transaction_line::Column::Position]
                .map(|column| Expr::col((transaction_line::Entity, column)))
        }
        _ => {
            select = select.filter(filter.condition(viewer));
            [column, transaction::Column::Position].map(|column| Expr::col((transaction::Entity, column)))
        }
    };
    let keyset = Keyset { key, tiebreaker, descending: order.direction == OrderDirection::Desc };
    keyset.cut(QuerySelect::query(&mut select), page);
    let mut rows = select.all(conn).await?;
    if keyset.is_backwards(page) != keyset.descending {
        rows.reverse();
    }
    Ok(page.cut(rows))
}

/// The join condition with a transaction's first line in a category, so that a transaction with several lines in the
/// category is listed once.
fn first_line(category: Id<kind::Category>) -> Condition {
    use transaction_line::Column;
    let of = |column| Expr::col((transaction_line::Entity, column));
    let before = |column| Expr::col(("before", column));
    let lines_before = Query::select()
        .expr(Expr::val(1))
        .from_as(transaction_line::Entity, "before")
        .and_where(before(Column::TransactionId).eq(of(Column::TransactionId)))
        .and_where(before(Column::CategoryId).eq(category))
        .and_where(before(Column::Line).lt(of(Column::Line)))
        .take();
    Condition::all()
        .add(of(Column::TransactionId).equals((transaction::Entity, transaction::Column::Id)))
        .add(of(Column::CategoryId).eq(category))
        .add(Expr::exists(lines_before).not())
}

/// The number of transactions of the viewer's book that match the filter.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &impl ConnectionTrait, viewer: &Viewer, filter: &TransactionFilter) -> Result<i64> {
    let count = transaction::Entity::find().filter(filter.condition(viewer)).count(conn).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
