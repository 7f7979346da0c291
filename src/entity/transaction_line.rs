//! The lines of transactions: which amount belongs to which category.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A line of a transaction.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "transaction_line")]
pub struct Model {
    /// The transaction.
    #[sea_orm(primary_key, auto_increment = false)]
    pub transaction_id: Id<kind::Transaction>,
    /// The number of the line, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// The category.
    pub category_id: Id<kind::Category>,
    /// The date of the transaction, repeated here for an index by category and date.
    pub date: Date,
    /// The position of the transaction, repeated here for the same index.
    pub position: Uuid,
    /// The amount in minor units of the transaction's currency; negative for a refund, never zero.
    pub amount: i64,
    /// A note written by the user.
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
