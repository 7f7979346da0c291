//! Number series: the last number of an invoice, receipt or note that each book gave out for each pattern.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A series of numbers without gaps.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "number_series")]
pub struct Model {
    /// The book.
    #[sea_orm(primary_key, auto_increment = false)]
    pub book_id: Id<kind::Book>,
    /// The kind of document and the number with a placeholder for the count: `INVOICE INV-{0000}`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub series: String,
    /// The last count that was given out.
    pub last: i64,
}

impl ActiveModelBehavior for ActiveModel {}
