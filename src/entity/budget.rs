//! Budgets: how much may be spent in a category in one month, or in every month.

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    money::Currency,
};

/// A budget.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget")]
pub struct Model {
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Budget>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// The category that it limits.
    pub category_id: Id<kind::Category>,
    /// The currency of the limit.
    pub currency: Currency,
    /// The first day of the month that it applies to; `None` when it applies to every month.
    pub month: Option<Date>,
    /// The limit, in minor units; zero when nothing may be spent.
    pub amount: i64,
    /// What happens to the unspent or overspent amount at the end of a month.
    pub rollover: Rollover,
    /// The first day of the first month whose remainder is carried over.
    pub since: Date,
    /// What it is for, in the user's words.
    pub description: Option<String>,
    /// When the budget was first set.
    pub created_at: DateTimeUtc,
    /// When the budget was last set.
    pub updated_at: DateTimeUtc,
}

/// What happens at the end of a month with the part of a budget that was not spent, or was overspent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Rollover {
    /// Nothing is carried over: each month starts with the plain limit.
    #[default]
    None,
    /// An unspent amount is added to the next month's limit. Overspending is not carried over.
    Surplus,
    /// An unspent amount is added to the next month's limit, and overspending is subtracted from it.
    Full,
}

impl ActiveModelBehavior for ActiveModel {}
