//! Budgets: how much may be spent in a category in a month, or in every month.

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
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Budget>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// The category that it limits.
    pub category_id: Id<kind::Category>,
    /// In which currency.
    pub currency: Currency,
    /// The first day of its month; none when it is for every month.
    pub month: Option<Date>,
    /// The limit, in minor units.
    pub amount: i64,
    /// What happens with what is left at the end of a month.
    pub rollover: Rollover,
    /// The first day of the month from which what is left is carried over.
    pub since: Date,
    /// What it is for, in the user's words.
    pub description: Option<String>,
    /// When it was set first.
    pub created_at: DateTimeUtc,
    /// When it was set last.
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
