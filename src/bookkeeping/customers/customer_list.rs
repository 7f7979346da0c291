//! Lists of customers: filter, order and pages.

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, Datelike, Utc};
use folding::digits;
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Value,
    sea_query::{Expr, ExprTrait, JoinType, Query},
};
use uuid::Uuid;

use super::document_list;
use crate::{
    bookkeeping::book,
    entity::{
        account::{self, AccountKind},
        customer,
    },
    error::{Refusals, Result},
    list::{keyset::Keyset, removed::Removed},
    page::{Page, Paged},
    price, text,
    viewer::Viewer,
};

/// Whether a customer owes money, looking at all currencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CustomerStanding {
    /// The customer owes money in at least one currency.
    Owes,
    /// The customer's balance is zero in every currency.
    Settled,
    /// The customer has paid in advance (has a balance below zero) in at least one currency.
    InAdvance,
}

/// Conditions on the customers to list. A customer must meet every condition that is given.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "CustomerFilter")]
pub struct CustomerFilterInput {
    /// Only customers whose name, firm or phone number contains this text, ignoring case and accents. At most 100 characters.
    #[graphql(directive = price::Cost::apply(price::SEARCH))]
    pub search: Option<String>,
    /// Only customers in this city, ignoring case and accents.
    pub city: Option<String>,
    /// True lists only archived customers, false only customers who are not archived, and null both. Absent means false.
    #[graphql(default)]
    pub archived: Removed,
    /// Only customers with this standing.
    pub standing: Option<CustomerStanding>,
}

/// A filter for customers with checked values.
#[derive(Clone, Debug, Default)]
pub struct CustomerFilter {
    search: Option<String>,
    city: Option<String>,
    archived: Removed,
    standing: Option<CustomerStanding>,
}

impl CustomerFilterInput {
    /// Checks the values of the filter.
    ///
    /// # Errors
    /// `INVALID` for a search text or a city that is too long or malformed.
    pub fn check(self) -> Result<CustomerFilter> {
        let mut refusals = Refusals::default();
        let search = refusals.check(text::search(self.search.as_deref(), "filter.search")).flatten();
        let city = refusals.check(text::search(self.city.as_deref(), "filter.city")).flatten();
        refusals.none()?;
        Ok(CustomerFilter { search, city, archived: self.archived, standing: self.standing })
    }
}

impl CustomerFilter {
    fn condition(&self, viewer: &Viewer) -> Condition {
        use customer::Column;
        Condition::all()
            .add(Column::BookId.eq(viewer.book))
            .add_option(self.archived.condition(Column::ArchivedAt))
            .add_option(self.city.as_ref().map(|city| Column::CityKey.eq(city)))
            .add_option(self.search.as_deref().map(searched))
            .add_option(self.standing.map(has_standing))
    }
}

/// The condition that the name, firm or phone contains the text. When the text looks like a phone number, its digits
/// alone are searched for as well, since phone numbers are stored without spaces and hyphens, in ASCII digits.
fn searched(text: &str) -> Condition {
    let search_text = || Expr::col((customer::Entity, customer::Column::SearchText));
    let number = digits::ascii(text);
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    // Without the zeros that are dialled within the country, since a number may be stored with its country code.
    let digits = digits.trim_start_matches('0');
    let is_phone = digits.len() >= 3 && number.chars().all(|c| c.is_ascii_digit() || "+ -.()/".contains(c));
    Condition::any()
        .add(document_list::contains(search_text(), text))
        .add_option(is_phone.then(|| document_list::contains(search_text(), digits)))
}

fn has_standing(standing: CustomerStanding) -> Expr {
    use account::Column;
    let (debits, credits) =
        (|| Expr::col((account::Entity, Column::Debits)), || Expr::col((account::Entity, Column::Credits)));
    let has = |balance: Expr| {
        let accounts = Query::select()
            .expr(Expr::val(1))
            .from(account::Entity)
            .and_where(
                Expr::col((account::Entity, Column::HolderId)).eq(Expr::col((customer::Entity, customer::Column::Id))),
            )
            .and_where(Expr::col((account::Entity, Column::Kind)).eq(AccountKind::Receivable.to_value()))
            .and_where(balance)
            .take();
        Expr::exists(accounts)
    };
    match standing {
        CustomerStanding::Owes => has(debits().gt(credits())),
        CustomerStanding::InAdvance => has(debits().lt(credits())),
        CustomerStanding::Settled => has(debits().ne(credits())).not(),
    }
}

/// The values that customers can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum CustomerOrderField {
    /// The customer's name, ignoring case.
    #[default]
    Name,
    /// The customer's balance in the book's currency.
    Balance,
    /// The time when the customer's ledger last changed.
    LastActivityAt,
    /// The time when the customer was created.
    CreatedAt,
}

/// The direction in which a list is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Ascending: smallest amount first, A to Z, or oldest first.
    #[default]
    Asc,
    /// Descending: largest amount first, Z to A, or newest first.
    Desc,
}

/// The order of the customers in a list. Customers with equal values are sorted by the time they were created, in the
/// same direction.
#[derive(Clone, Copy, Debug, Default, InputObject)]
#[graphql(name = "CustomerOrder")]
pub struct CustomerOrder {
    /// The value to sort by.
    #[graphql(default)]
    pub field: CustomerOrderField,
    /// The direction to sort in.
    #[graphql(default)]
    pub direction: OrderDirection,
}

/// The sort key of a customer: the value of the order's field, and the position.
pub type Key = (Value, Uuid);

impl CustomerOrder {
    /// The sort key of a row as text, for a cursor.
    #[must_use]
    pub fn key_text(&self, row: &Row) -> String {
        let key = match self.field {
            CustomerOrderField::Name => row.customer.name_key.clone(),
            CustomerOrderField::Balance => row.balance.to_string(),
            CustomerOrderField::LastActivityAt => row.customer.last_activity_at.timestamp_micros().to_string(),
            CustomerOrderField::CreatedAt => String::new(),
        };
        format!("{:?} {} {key}", self.field, row.customer.position.simple())
    }

    /// Like [`Self::key_text`], for a customer whose balance was not read. Not for an order by balance.
    #[must_use]
    pub fn key_of(&self, customer: &customer::Model) -> String {
        self.key_text(&Row { customer: customer.clone(), balance: 0 })
    }

    /// Reads a key from the text of a cursor; `None` when the text is malformed or belongs to another order.
    #[must_use]
    pub fn parse_key(&self, text: &str) -> Option<Key> {
        let (field, rest) = text.split_once(' ')?;
        let (id, key) = rest.split_once(' ').filter(|_| field == format!("{:?}", self.field))?;
        let id: Uuid = id.parse().ok()?;
        let key = match self.field {
            CustomerOrderField::Name => Some(key).filter(|key| !key.contains(char::is_control))?.into(),
            CustomerOrderField::Balance => key.parse::<i64>().ok()?.into(),
            // Only the years that both databases can store.
            CustomerOrderField::LastActivityAt => DateTime::<Utc>::from_timestamp_micros(key.parse().ok()?)
                .filter(|time| (1..=9999).contains(&time.year()))?
                .into(),
            CustomerOrderField::CreatedAt => id.into(),
        };
        Some((key, id))
    }
}

/// A customer in a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The customer.
    pub customer: customer::Model,
    /// The customer's balance in the book's currency, in minor units; positive when the customer owes.
    pub balance: i64,
}

/// A page of the customers of the viewer's book.
///
/// # Errors
/// When the database fails.
pub async fn page(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &CustomerFilter,
    order: CustomerOrder,
    page: &Page<Key>,
) -> Result<Paged<Row>> {
    let currency = book::find(conn, viewer).await?.currency;
    let of = |column| Expr::col((account::Entity, column));
    let balance = of(account::Column::Debits).sub(of(account::Column::Credits)).if_null(0_i64);
    let position = Expr::col((customer::Entity, customer::Column::Position));
    let key = match order.field {
        CustomerOrderField::Name => Expr::col((customer::Entity, customer::Column::NameKey)),
        CustomerOrderField::Balance => balance.clone(),
        CustomerOrderField::LastActivityAt => Expr::col((customer::Entity, customer::Column::LastActivityAt)),
        CustomerOrderField::CreatedAt => position.clone(),
    };
    let keyset = Keyset { key, tiebreaker: position, descending: order.direction == OrderDirection::Desc };
    let account = Condition::all()
        .add(of(account::Column::HolderId).eq(Expr::col((customer::Entity, customer::Column::Id))))
        .add(of(account::Column::Kind).eq(AccountKind::Receivable.to_value()))
        .add(of(account::Column::Currency).eq(currency.code()));
    let mut select = customer::Entity::find().filter(filter.condition(viewer)).expr_as(balance, "balance");
    QuerySelect::query(&mut select).join(JoinType::LeftJoin, account::Entity, account);
    keyset.cut(QuerySelect::query(&mut select), page);
    let rows: Vec<Found> = select.into_model().all(conn).await?;
    let mut rows: Vec<_> =
        rows.into_iter().map(|found| Row { customer: found.customer, balance: found.balance }).collect();
    if keyset.is_backwards(page) != keyset.descending {
        rows.reverse();
    }
    Ok(page.cut(rows))
}

#[derive(sea_orm::FromQueryResult)]
struct Found {
    #[sea_orm(nested)]
    customer: customer::Model,
    balance: i64,
}

/// The number of customers of the viewer's book that match the filter.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &impl ConnectionTrait, viewer: &Viewer, filter: &CustomerFilter) -> Result<i64> {
    let count = customer::Entity::find().filter(filter.condition(viewer)).count(conn).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
