//! Budgets: the object, its query and its mutations.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::{category::Category, report::BudgetStatus};
use crate::{
    bookkeeping::spending::{
        budget::{self, BudgetSetting},
        budget_list, report,
    },
    calendar::month::YearMonth,
    entity::{
        activity::Action,
        budget::{Model, Rollover},
    },
    error::Error,
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        book::today,
        connection::{self, Count, NodeEdge, Nodes},
        error::{ApiError, ContextExt},
        nullability::SemanticNonNull,
        payload::{UserErrors, into_payload},
        scalar::DateTime,
    },
    id::{Id, kind},
    money::Money,
    page::PageArgs,
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct Budget(pub(in crate::graphql) Model);

/// A limit on the expenses of one category in one currency, for one month or for every month. How much of it is used is
/// in `MonthlyReport.budgets`.
#[Object]
impl Budget {
    /// The globally unique id, which never changes, such as `budget_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The category whose expenses are limited.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.category_id).await?)
    }

    /// The most that may be spent in a month, not counting what is carried over from earlier months. Zero when nothing may
    /// be spent.
    async fn limit(&self) -> Money {
        Money::from_minor(self.0.amount, self.0.currency)
    }

    /// The month that the budget applies to. Null when it applies to every month that has no budget of its own.
    async fn month(&self) -> Option<YearMonth> {
        self.0.month.map(YearMonth::of)
    }

    /// What happens at the end of a month with the part of the limit that was not spent, or was overspent.
    async fn rollover(&self) -> Rollover {
        self.0.rollover
    }

    /// The first month whose unspent or overspent amount is carried over. It has no effect when `rollover` is `NONE`.
    async fn rollover_from(&self) -> YearMonth {
        YearMonth::of(self.0.since)
    }

    /// The purpose of the budget. Null when not given.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The time when the budget was first set.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The time when the budget was last set.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// The activity log of this budget, newest first: changes and refused attempts.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn activities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Activities, ApiError> {
        activities_of(ctx, self.0.id, PageArgs { first, after, last, before }).await
    }
}

/// The total count of the budgets that apply in a month, or of all.
struct BudgetTotal(Option<YearMonth>);

impl Count for BudgetTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        let count = budget_list::count(ctx.read()?, ctx.viewer()?, self.0).await?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct BudgetQuery;

#[Object]
impl BudgetQuery {
    /// The budgets of the book, in the order in which they were first set. With `month`, only the budget that applies in
    /// that month for each category and currency: the month's own budget if there is one, otherwise the budget for every
    /// month.
    #[graphql(directive = price::Page::apply())]
    async fn budgets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "List only the budgets that apply in this month. Default: all.")] month: Option<YearMonth>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<Budget, BudgetTotal>, ApiError> {
        let page = PageArgs { first, after, last, before }
            .check(&connection::cursors_of::<Budget>(ctx)?, budget_list::parse_key)?;
        let paged = budget_list::page(ctx.read()?, ctx.viewer()?, month, &page).await?;
        let paged = paged.map(|budget| (budget_list::key_text(&budget), Budget(budget)));
        connection::connect(ctx, paged, BudgetTotal(month))
    }
}

/// The budget to delete, named by its id.
#[derive(InputObject)]
struct DeleteBudgetInput {
    /// The id of the budget to delete: that of one month, or that of every month that has none of its own.
    id: ID,
}

/// The result of `setBudget`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the category is archived),
/// `LIMIT_REACHED`.
#[derive(SimpleObject)]
#[graphql(complex)]
struct SetBudgetPayload {
    /// The budget after the change. Null when there are user errors.
    budget: Option<Budget>,
    /// The budget with its cursor in `budgets`. Null when there are user errors.
    budget_edge: Option<NodeEdge<Budget>>,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `deleteBudget`. Error codes: `NOT_FOUND`.
#[derive(SimpleObject)]
struct DeleteBudgetPayload {
    /// The id of the deleted budget. Null when there are user errors.
    deleted_budget_id: Option<ID>,
    #[graphql(flatten)]
    errors: UserErrors,
}

#[ComplexObject]
impl SetBudgetPayload {
    /// How the budget is used in its month or, when it is for every month, in the current month. Null when another
    /// budget applies in that month, and when there are user errors.
    #[graphql(directive = price::Cost::apply(100))]
    async fn status(&self, ctx: &Context<'_>) -> Result<Option<BudgetStatus>, ApiError> {
        let Some(Budget(budget)) = &self.budget else { return Ok(None) };
        let month = YearMonth::of(budget.month.unwrap_or(today(ctx).await?.0));
        let report = report::month(ctx.read()?, ctx.viewer()?, month, Some(budget.currency)).await?;
        Ok(report.budgets.into_iter().find(|used| used.budget.id == budget.id).map(BudgetStatus))
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct BudgetMutation;

#[Object]
impl BudgetMutation {
    /// Sets the budget of a category, for one month or for every month. There is one budget for each category, currency
    /// and month: an existing one is replaced.
    async fn set_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget to set.")] input: BudgetSetting,
    ) -> Result<SetBudgetPayload, ApiError> {
        let set = budget::set(ctx.app()?, ctx.viewer()?, &input).await;
        let (budget, errors) = into_payload(ctx, Action::SetBudget, set).await?;
        let edge = |budget: &Model| connection::edge(ctx, &budget_list::key_text(budget), Budget(budget.clone()));
        let budget_edge = budget.as_ref().map(edge).transpose()?;
        Ok(SetBudgetPayload { budget_edge, budget: budget.map(Budget), errors })
    }

    /// Deletes a budget, and with it the amounts that it carried over. The transactions stay.
    async fn delete_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget to delete.")] input: DeleteBudgetInput,
    ) -> Result<DeleteBudgetPayload, ApiError> {
        let deleted = budget::delete(ctx.app()?, ctx.viewer()?, &input.id).await;
        let (id, errors) = into_payload(ctx, Action::DeleteBudget, deleted).await?;
        Ok(DeleteBudgetPayload { deleted_budget_id: id.map(ID::from), errors })
    }
}

/// Loads budgets of the viewer's book by their ids.
impl Loader<Id<kind::Budget>> for RequestLoader {
    type Value = Budget;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::Budget>]) -> Result<HashMap<Id<kind::Budget>, Budget>, Arc<Error>> {
        let budgets = budget::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(budgets.into_iter().map(|budget| (budget.id, Budget(budget))).collect())
    }
}
