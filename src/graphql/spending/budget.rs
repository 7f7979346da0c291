//! Budgets: the object, its query and its mutations.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::category::Category;
use crate::{
    bookkeeping::spending::budget::{self, BudgetSetting},
    calendar::month::YearMonth,
    entity::{
        activity::Action,
        budget::{Model, Rollover},
    },
    error::Error,
    graphql::{
        RequestLoader,
        activity::event::{Activity, history},
        error::{ApiError, ContextExt},
        scalar::DateTime,
        user_error::{UserError, settle},
    },
    id::{Id, kind},
    money::Money,
};

#[derive(Clone)]
pub(in crate::graphql) struct Budget(pub(in crate::graphql) Model);

/// How much may be spent in a category in a month, or in every month. How it stands in a month is in that month's report.
#[Object]
impl Budget {
    /// Id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The category that it limits.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.category_id).await?)
    }

    /// How much may be spent in a month, without what is carried over.
    async fn limit(&self) -> Money {
        Money::from_minor(self.0.amount, self.0.currency)
    }

    /// The month that it is for; null when it is for every month that has none of its own.
    async fn month(&self) -> Option<YearMonth> {
        self.0.month.map(YearMonth::of)
    }

    /// What happens with what is left at the end of a month.
    async fn rollover(&self) -> Rollover {
        self.0.rollover
    }

    /// The month from which what is left is carried over, when the rollover says so.
    async fn rollover_from(&self) -> YearMonth {
        YearMonth::of(self.0.since)
    }

    /// What it is for.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// When it was set first.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was set last.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// What was done with it and what was refused, the latest first; when and by whom.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the latest; at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<Activity>, ApiError> {
        history(ctx, self.0.id, first).await
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct BudgetQuery;

#[Object]
impl BudgetQuery {
    /// The budgets that are in force in a month, one for each category and currency that has any: the month's own, or else
    /// that of every month. Without a month, all budgets, at most 5,000.
    async fn budgets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The month; all budgets when absent.")] month: Option<YearMonth>,
    ) -> Result<Vec<Budget>, ApiError> {
        let budgets = budget::list(ctx.read()?, ctx.viewer()?, month).await?;
        Ok(budgets.into_iter().map(Budget).collect())
    }
}

/// Which budget to delete.
#[derive(InputObject)]
struct DeleteBudgetInput {
    /// Which budget.
    id: ID,
}

/// What came of setting a budget.
#[derive(SimpleObject)]
struct SetBudgetPayload {
    /// The budget as it is now; null when there are user errors.
    budget: Option<Budget>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of deleting a budget.
#[derive(SimpleObject)]
struct DeleteBudgetPayload {
    /// The id of the budget that is gone; null when there are user errors.
    deleted_id: Option<ID>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct BudgetMutation;

#[Object]
impl BudgetMutation {
    /// Sets the budget of a category, for a month or for every month, in place of the one that there was. There is one for
    /// each category, currency and month.
    async fn set_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget to be set.")] input: BudgetSetting,
    ) -> Result<SetBudgetPayload, ApiError> {
        let set = budget::set(ctx.app()?, ctx.viewer()?, &input).await;
        let (budget, user_errors) = settle(ctx, Action::SetBudget, set).await?;
        Ok(SetBudgetPayload { budget: budget.map(Budget), user_errors })
    }

    /// Deletes a budget. What it carried over is gone too; what was spent stays.
    async fn delete_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which budget.")] input: DeleteBudgetInput,
    ) -> Result<DeleteBudgetPayload, ApiError> {
        let deleted = budget::delete(ctx.app()?, ctx.viewer()?, &input.id).await;
        let (id, user_errors) = settle(ctx, Action::DeleteBudget, deleted).await?;
        Ok(DeleteBudgetPayload { deleted_id: id.map(ID::from), user_errors })
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
