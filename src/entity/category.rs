//! Categories of income and spending. What went into one is on its accounts (`account.holder_id`), one for each currency.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A category.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "category")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Category>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// Which way money goes in it.
    pub kind: CategoryKind,
    /// What it is called.
    pub name: String,
    /// The name as it is compared: in lower case. Unique in the book.
    pub name_key: String,
    /// When it left the lists.
    pub archived_at: Option<DateTimeUtc>,
    /// When it was made.
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
