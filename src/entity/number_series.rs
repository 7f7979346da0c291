//! The numbers that a book gave out.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A run of numbers without gaps.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "number_series")]
pub struct Model {
    /// The book.
    #[sea_orm(primary_key, auto_increment = false)]
    pub book_id: Id<kind::Book>,
    /// Of what, and all of the number but the count: `INVOICE INV-{0000}`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub series: String,
    /// The count that was given out last.
    pub last: i64,
}

impl ActiveModelBehavior for ActiveModel {}
