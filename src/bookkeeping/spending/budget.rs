//! Budgets: setting, finding and deleting them. `budget_list` lists them, `rollover` computes the amounts that are
//! carried over, `report` the amounts spent.

use async_graphql::{ID, InputObject, MaybeUndefined};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QuerySelect, sea_query::LockType,
};

use super::{
    category::{self, CategoryRef},
    category_reference::Named,
};
use crate::{
    activity::{ActivityEvent, AuditFields, Field, field},
    app::App,
    bookkeeping::{book, document},
    calendar::month::YearMonth,
    entity::{
        activity::Action,
        budget::{self, Rollover},
        category::CategoryKind,
    },
    error::{Code, Detail, Refusal, Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal},
    text,
    viewer::Viewer,
};

/// The most budgets that a book may have, since a report reads all of them.
const MOST_BUDGETS: u64 = 5_000;

/// The budget to set. It replaces an existing one for the same category, currency and month.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "SetBudgetInput")]
pub struct BudgetSetting {
    /// The category whose expenses are limited. It must be of kind `EXPENSE` and not archived.
    pub category: CategoryRef,
    /// The most that may be spent in a month. Zero when nothing may be spent; not below zero, with at most as many decimals
    /// as the currency has, and at most 10^15 minor units of it (such as 10,000,000,000,000.00 USD).
    pub limit: Decimal,
    /// The currency of the limit. A category may have a separate budget in each currency. Default: the book's currency.
    pub currency: Option<Currency>,
    /// The month that the budget applies to. If omitted or null, it applies to every month that has no budget of its
    /// own.
    pub month: Option<YearMonth>,
    /// What happens at the end of a month with the part of the limit that was not spent, or was overspent. Default:
    /// unchanged. For a new budget of one month, that of the budget for every month, if that carries something over from
    /// this month; otherwise `NONE`.
    pub rollover: Option<Rollover>,
    /// The first month whose unspent or overspent amount is carried over. Not allowed together with `month`. Default:
    /// unchanged; the current month for a new budget.
    pub rollover_from: Option<YearMonth>,
    /// The purpose of the budget, at most 500 characters. If omitted it stays as it is; null clears it.
    pub description: MaybeUndefined<String>,
}

/// The budgets of the viewer's book with these ids; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Budget>>,
) -> Result<Vec<budget::Model>> {
    let own = budget::Entity::find().filter(budget::Column::BookId.eq(viewer.book));
    Ok(own.filter(budget::Column::Id.is_in(ids)).all(conn).await?)
}

/// Sets the budget of a category for one month or for every month. Replaces the values of an existing one.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED` and `INVALID` for the category; `INVALID` for other fields; `LIMIT_REACHED` for an amount
/// that is too large or a book with too many budgets.
pub async fn set(app: &App, viewer: &Viewer, setting: &BudgetSetting) -> Result<budget::Model> {
    app.db
        .write(|tx| async move {
            book::lock(&tx, viewer).await?;
            let mut refusals = Refusals::default();
            let named = Named::lock(&tx, viewer, [&setting.category].into_iter()).await?;
            let category = refusals.check(named.get(&setting.category, "category"));
            if let Some(category) = category {
                refusals.check(category::refuse_archived(category, "category"));
                if category.kind == CategoryKind::Income {
                    let message = "A budget needs an expense category; this is an income category.";
                    refusals.push(Refusal::new(Code::Invalid, "category", message));
                }
            }
            let book = book::find(&tx, viewer).await?;
            let currency = setting.currency.unwrap_or(book.currency);
            let amount = refusals.check(document::amount_or_zero(&setting.limit, currency, "limit"));
            if setting.month.is_some() && setting.rollover_from.is_some() {
                let message = "`rolloverFrom` is not allowed together with `month`: a month's own budget carries over from that month.";
                refusals.push(Refusal::new(Code::Invalid, "rolloverFrom", message));
            }
            let description = match &setting.description {
                MaybeUndefined::Undefined => Some(None),
                MaybeUndefined::Null => Some(Some(None)),
                MaybeUndefined::Value(text) => refusals.check(text::note(text, 500, "description")).map(Some),
            };
            let (Some(category), Some(amount), Some(description)) = (category, amount, description) else {
                return Err(refusals.into());
            };
            refusals.none()?;

            let now = app.clock.now();
            let this_month = YearMonth::of(book::today(&app.clock, &book).0);
            let before = find(&tx, category.id, currency, setting.month).await?;
            let since = setting.month.or(setting.rollover_from).map(YearMonth::first_day);
            let Some(before) = before else {
                refuse_too_many(&tx, viewer).await?;
                // Without this, a limit for one month would end the rollover of the budget for every month.
                let rollover = match (setting.rollover, setting.month) {
                    (Some(rollover), _) => rollover,
                    (None, None) => Rollover::default(),
                    (None, Some(month)) => {
                        let standing = find(&tx, category.id, currency, None).await?;
                        let carries = |budget: &budget::Model| YearMonth::of(budget.since) <= month;
                        standing.filter(carries).map(|budget| budget.rollover).unwrap_or_default()
                    }
                };
                let budget = budget::Model {
                    id: Id::generate(),
                    book_id: viewer.book,
                    category_id: category.id,
                    currency,
                    month: setting.month.map(YearMonth::first_day),
                    amount,
                    rollover,
                    since: since.unwrap_or(this_month.first_day()),
                    description: description.flatten(),
                    created_at: now,
                    updated_at: now,
                };
                budget::Entity::insert(budget.clone().into_active_model()).exec_without_returning(&tx).await?;
                ActivityEvent::by(viewer, Action::SetBudget).on(budget.id).record(&tx, &app.clock).await?;
                return Ok(budget);
            };
            let after = budget::Model {
                amount,
                rollover: setting.rollover.unwrap_or(before.rollover),
                since: since.unwrap_or(before.since),
                description: description.unwrap_or_else(|| before.description.clone()),
                updated_at: now,
                ..before.clone()
            };
            let after = after.into_active_model().reset_all().update(&tx).await?;
            ActivityEvent::by(viewer, Action::SetBudget).on(after.id).changed(&before, &after).record(&tx, &app.clock).await?;
            Ok(after)
        })
        .await
}

/// Deletes a budget. The amount that it would carry over is lost.
///
/// # Errors
/// `NOT_FOUND` when the book has no such budget.
pub async fn delete(app: &App, viewer: &Viewer, id: &ID) -> Result<Id<kind::Budget>> {
    let missing = || Refusal::new(Code::NotFound, "id", "You have no such budget.");
    let id: Id<kind::Budget> = id.parse().map_err(|_| missing())?;
    app.db
        .write(|tx| async move {
            let own = budget::Entity::find_by_id(id).filter(budget::Column::BookId.eq(viewer.book));
            let before = own.lock(LockType::Update).one(&tx).await?.ok_or_else(missing)?;
            budget::Entity::delete_by_id(id).exec(&tx).await?;
            ActivityEvent::by(viewer, Action::DeleteBudget).on(id).removed(&before).record(&tx, &app.clock).await?;
            Ok(id)
        })
        .await
}

async fn find(
    conn: &impl ConnectionTrait,
    category_id: Id<kind::Category>,
    currency: Currency,
    month: Option<YearMonth>,
) -> Result<Option<budget::Model>> {
    use budget::Column;
    let of_month = match month {
        Some(month) => Column::Month.eq(month.first_day()),
        None => Column::Month.is_null(),
    };
    let found = budget::Entity::find()
        .filter(Column::CategoryId.eq(category_id))
        .filter(Column::Currency.eq(currency))
        .filter(of_month)
        .lock(LockType::NoKeyUpdate);
    Ok(found.one(conn).await?)
}

async fn refuse_too_many(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<()> {
    let own = budget::Entity::find().filter(budget::Column::BookId.eq(viewer.book));
    if own.count(conn).await? < MOST_BUDGETS {
        return Ok(());
    }
    let message = format!("A book can have at most {MOST_BUDGETS} budgets.");
    Err(Refusal::new(Code::LimitReached, "", message).with(Detail::MostItems(MOST_BUDGETS)).into())
}

impl AuditFields for budget::Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![
            field("category", Some(self.category_id)),
            field("limit", Some(Decimal::from_minor(self.amount, self.currency))),
            field("currency", Some(self.currency)),
            field("month", self.month.map(YearMonth::of)),
            field("rollover", Some(self.rollover.to_value())),
            field("rolloverFrom", Some(YearMonth::of(self.since))),
            field("description", self.description.as_ref()),
        ]
    }
}
