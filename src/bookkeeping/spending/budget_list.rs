//! Lists of budgets, in the order in which they were first set.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    calendar::month::YearMonth,
    entity::budget::{self, Column},
    error::Result,
    id::{Id, kind},
    page::{Page, Paged},
    viewer::Viewer,
};

/// All budgets of the viewer's book.
///
/// # Errors
/// When the database fails.
pub async fn all(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Vec<budget::Model>> {
    Ok(select(viewer, None).order_by_asc(Column::Id).all(conn).await?)
}

/// A page of the budgets of the viewer's book: of those that apply in `month`, or of all when it is `None`.
///
/// # Errors
/// When the database fails.
pub async fn page(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    month: Option<YearMonth>,
    page: &Page<Id<kind::Budget>>,
) -> Result<Paged<budget::Model>> {
    let within = Condition::all()
        .add_option(page.after.map(|after| Column::Id.gt(after)))
        .add_option(page.before.map(|before| Column::Id.lt(before)));
    let budgets = select(viewer, month).filter(within).limit(page.ask());
    if page.from_end {
        let mut rows = budgets.order_by_desc(Column::Id).all(conn).await?;
        rows.reverse();
        return Ok(page.cut(rows));
    }
    Ok(page.cut(budgets.order_by_asc(Column::Id).all(conn).await?))
}

/// The number of budgets of the viewer's book: of those that apply in `month`, or of all when it is `None`.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &impl ConnectionTrait, viewer: &Viewer, month: Option<YearMonth>) -> Result<u64> {
    Ok(select(viewer, month).count(conn).await?)
}

/// The text that the cursor of a budget carries.
#[must_use]
pub fn key_text(budget: &budget::Model) -> String {
    format!("budget {}", budget.id.uuid().simple())
}

/// Parses the text of a cursor.
#[must_use]
pub fn parse_key(text: &str) -> Option<Id<kind::Budget>> {
    Some(Id::from_uuid(text.strip_prefix("budget ")?.parse().ok()?))
}

fn select(viewer: &Viewer, month: Option<YearMonth>) -> Select<budget::Entity> {
    let own = budget::Entity::find().filter(Column::BookId.eq(viewer.book));
    own.filter(Condition::all().add_option(month.map(in_force)))
}

/// The condition that a budget applies in a month: it is the month's own one, or the one for every month and the month has no own
/// one for the same category and currency. The same rule as `rollover::Budgets::in_force`.
fn in_force(month: YearMonth) -> Condition {
    let same = |column| Expr::col(("own", column)).eq(Expr::col((budget::Entity, column)));
    let own = Query::select()
        .expr(Expr::val(1))
        .from_as(budget::Entity, "own")
        .and_where(same(Column::CategoryId))
        .and_where(same(Column::Currency))
        .and_where(Expr::col(("own", Column::Month)).eq(month.first_day()))
        .take();
    let of_every_month = Condition::all().add(Column::Month.is_null()).add(Expr::not_exists(own));
    Condition::any().add(Column::Month.eq(month.first_day())).add(of_every_month)
}
