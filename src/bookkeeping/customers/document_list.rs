//! Lists of documents of customers (ledger entries, invoices, receipts, notes): pages and counts, for the whole book or for
//! several customers at once. Documents are ordered by date, then by position, which is the order in which they were
//! recorded.

use std::{collections::HashMap, fmt::Debug, hash::Hash};

use async_graphql::ID;
use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::customer;
use crate::{
    calendar::date::Date,
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    list::keyset::{Keyset, union_where},
    list::owned_list::OwnedList,
    money::{Currency, Decimal, InexactAmount},
    page::{Page, Paged},
    viewer::Viewer,
};

/// The sort key of a document: its date and its position.
pub type Key = (NaiveDate, Uuid);

/// A filter for documents of one kind.
pub trait Filter: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// The kind of document.
    type Entity: EntityTrait<Model: FromQueryResult + Clone + Send + Sync>;

    /// The columns that every list needs: book, customer, date and position.
    fn columns() -> [<Self::Entity as EntityTrait>::Column; 4];

    /// The filter as an SQL condition.
    fn condition(&self) -> Condition;

    /// The customer that the filter names, if any.
    fn customer(&self) -> Option<Id<kind::Customer>>;

    /// The sort key of a document.
    fn key(model: &Model<Self>) -> Key;

    /// The customer that a document belongs to.
    fn owner(model: &Model<Self>) -> Id<kind::Customer>;

    /// The number of documents of each customer that match the filter. The number of SQL statements does not depend on
    /// the number of customers.
    ///
    /// # Errors
    /// When the database fails.
    fn counts(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        customers: &[Id<kind::Customer>],
    ) -> impl Future<Output = Result<HashMap<Id<kind::Customer>, i64>>> + Send {
        counts(conn, viewer, customers, self)
    }
}

/// The rows that a filter selects.
pub type Model<F> = <<F as Filter>::Entity as EntityTrait>::Model;

/// The text that the cursor of a document carries.
#[must_use]
pub fn key_text((date, id): Key) -> String {
    format!("{} {}", date.format("%Y-%m-%d"), id.simple())
}

/// Parses the text of the cursor of a document.
#[must_use]
pub fn parse_key(text: &str) -> Option<Key> {
    let (date, id) = text.split_once(' ')?;
    Some((Date::parse_text(date)?.0, id.parse().ok()?))
}

/// The list of each customer's documents that match a filter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Documents<F> {
    /// The filter.
    pub filter: F,
    /// The order of the list.
    pub direction: Direction,
}

impl<F: Filter> OwnedList for Documents<F> {
    type Owner = Id<kind::Customer>;
    type Key = Key;
    type Row = Model<F>;

    fn key_text(&self, row: &Model<F>) -> String {
        key_text(F::key(row))
    }

    fn parse_key(&self, text: &str) -> Option<Key> {
        parse_key(text)
    }

    async fn pages(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        customers: &[Id<kind::Customer>],
        page: &Page<Key>,
    ) -> Result<HashMap<Id<kind::Customer>, Paged<Model<F>>>> {
        pages(conn, viewer, customers, &self.filter, self.direction, page).await
    }

    async fn counts(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        customers: &[Id<kind::Customer>],
    ) -> Result<HashMap<Id<kind::Customer>, i64>> {
        self.filter.counts(conn, viewer, customers).await
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The newest first.
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

fn keyset<F: Filter>(direction: Direction) -> Keyset {
    let [_, _, date, position] = F::columns();
    let tiebreaker = position.into_expr();
    Keyset { key: date.into_expr(), tiebreaker, descending: direction == Direction::NewestFirst }
}

/// A page of the documents of the viewer's book, newest first.
///
/// # Errors
/// `NOT_FOUND` when the filter names a customer that the book does not have.
pub async fn page<F: Filter>(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &F,
    page: &Page<Key>,
) -> Result<Paged<Model<F>>> {
    if let Some(id) = filter.customer() {
        customer::require(conn, viewer, Some(id), "filter.customerId").await?;
        let mut pages = pages(conn, viewer, &[id], filter, Direction::NewestFirst, page).await?;
        return Ok(pages.remove(&id).unwrap_or_else(|| page.cut(Vec::new())));
    }
    let [book, ..] = F::columns();
    let keyset = keyset::<F>(Direction::NewestFirst);
    let mut select = F::Entity::find().filter(book.eq(viewer.book)).filter(filter.condition());
    keyset.cut(QuerySelect::query(&mut select), page);
    let mut rows = select.all(conn).await?;
    if keyset.is_backwards(page) != keyset.descending {
        rows.reverse();
    }
    Ok(page.cut(rows))
}

/// A page of each customer's documents, all read in one statement. Customers without documents are left out.
///
/// # Errors
/// When the database fails.
pub async fn pages<F: Filter>(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    customers: &[Id<kind::Customer>],
    filter: &F,
    direction: Direction,
    page: &Page<Key>,
) -> Result<HashMap<Id<kind::Customer>, Paged<Model<F>>>> {
    let [book, customer, ..] = F::columns();
    let keyset = keyset::<F>(direction);
    let arms = customers.iter().map(|customer_id| {
        let mut arm = F::Entity::find().filter(customer.eq(*customer_id)).filter(filter.condition()).into_query();
        keyset.cut(&mut arm, page);
        arm
    });
    let own = Condition::all().add(Expr::col(("arm", book)).eq(viewer.book));
    let Some(query) = union_where(arms, &own) else { return Ok(HashMap::new()) };
    let mut rows = Vec::new();
    for row in conn.query_all(&query).await? {
        let model = Model::<F>::from_query_result(&row, "")?;
        rows.push((F::owner(&model), model));
    }
    Ok(keyset.pages(rows, F::key, page))
}

/// The number of documents of the viewer's book that match the filter.
///
/// # Errors
/// When the database fails.
pub async fn count<F: Filter>(conn: &impl ConnectionTrait, viewer: &Viewer, filter: &F) -> Result<i64> {
    if let Some(customer) = filter.customer() {
        return Ok(filter.counts(conn, viewer, &[customer]).await?.remove(&customer).unwrap_or_default());
    }
    let [book, _, _, id] = F::columns();
    let documents = F::Entity::find().select_only().expr(id.count()).filter(book.eq(viewer.book));
    let count: Option<i64> = documents.filter(filter.condition()).into_tuple().one(conn).await?;
    Ok(count.unwrap_or_default())
}

/// The number of documents of each customer that match the filter, counted in one statement. Customers without
/// documents are left out.
///
/// # Errors
/// When the database fails.
pub async fn counts<F: Filter>(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    customers: &[Id<kind::Customer>],
    filter: &F,
) -> Result<HashMap<Id<kind::Customer>, i64>> {
    let [book, customer, _, id] = F::columns();
    let counts: Vec<(Id<kind::Customer>, i64)> = F::Entity::find()
        .select_only()
        .column(customer)
        .expr(id.count())
        .filter(customer.is_in(customers.iter().copied()))
        .filter(book.eq(viewer.book))
        .filter(filter.condition())
        .group_by(customer)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// A range of amounts as the client sent it, both ends inclusive.
#[derive(Clone, Debug, Default)]
pub struct AmountRange {
    /// The smallest amount.
    pub least: Option<Decimal>,
    /// The largest amount.
    pub most: Option<Decimal>,
}

/// A currency, and the smallest and largest amount in its minor units.
pub type Bounds = (Option<Currency>, (Option<i64>, Option<i64>));

impl AmountRange {
    /// Converts the range to minor units. A range of amounts needs a currency: `currency`, or `of_book` (the currency
    /// of the book) when that is `None`. Without a range, `currency` is returned as it is.
    ///
    /// # Errors
    /// `INVALID` for a bound that is not an amount of the currency, and for a range whose end is before its start.
    pub fn check(&self, currency: Option<Currency>, of_book: Currency) -> Result<Bounds> {
        if self.least.is_none() && self.most.is_none() {
            return Ok((currency, (None, None)));
        }
        let currency = currency.unwrap_or(of_book);
        let mut refusals = Refusals::default();
        let mut minor = |bound: &Option<Decimal>, path: &str| {
            let invalid = |inexact: InexactAmount| Refusal::new(Code::Invalid, path, inexact.to_string());
            bound.as_ref().and_then(|bound| refusals.check(bound.to_minor(currency).map_err(invalid)))
        };
        let (least, most) = (minor(&self.least, "filter.minAmount"), minor(&self.most, "filter.maxAmount"));
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            refusals.push(Refusal::new(
                Code::Invalid,
                "filter.maxAmount",
                "`maxAmount` must not be less than `minAmount`.",
            ));
        }
        refusals.none()?;
        Ok((Some(currency), (least, most)))
    }
}

/// The condition that a date is between `from` and `to`, inclusive. `None` leaves that end open.
pub(in crate::bookkeeping) fn between(column: impl ColumnTrait, from: Option<Date>, to: Option<Date>) -> Condition {
    Condition::all().add_option(from.map(|from| column.gte(from.0))).add_option(to.map(|to| column.lte(to.0)))
}

/// The condition that a column contains a text. For a comparison without regard to case, column and text must be in
/// lower case.
pub(in crate::bookkeeping) fn contains(column: Expr, text: &str) -> Expr {
    let escaped: String =
        text.chars().flat_map(|c| ['\\'].into_iter().filter(move |_| "\\%_".contains(c)).chain([c])).collect();
    column.like(sea_orm::sea_query::LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// Parses the customer id of a filter.
pub(in crate::bookkeeping) fn customer_of(id: Option<&ID>) -> Result<Option<Id<kind::Customer>>, Refusal> {
    id.map(|id| id.parse().map_err(|_| unknown_customer())).transpose()
}

/// Refuses a filter whose customer is not in the viewer's book.
#[must_use]
pub fn unknown_customer() -> Refusal {
    Refusal::new(Code::NotFound, "filter.customerId", "You have no such customer.")
}
