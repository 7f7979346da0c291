//! Categories of income and expenses. The amounts are on the category's accounts (`account.holder_id`), one per
//! currency.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A category.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "category")]
pub struct Model {
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Category>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// Whether it is for income or for expenses.
    pub kind: CategoryKind,
    /// The name that the user gave it.
    pub name: String,
    /// The name in the form in which names are compared, see `folding::name_key`, for comparing and sorting. Unique in the book.
    /// Where names that were different became equal, all but one have a line break and a number after it.
    pub name_key: String,
    /// When it was archived; archived categories are left out of lists.
    pub archived_at: Option<DateTimeUtc>,
    /// When it was created.
    pub created_at: DateTimeUtc,
}

/// Whether a category, or a transaction, is income or an expense.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    async_graphql::Enum,
    serde::Serialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CategoryKind {
    /// Money that comes in.
    Income,
    /// Money that is spent.
    Expense,
}

impl ActiveModelBehavior for ActiveModel {}
