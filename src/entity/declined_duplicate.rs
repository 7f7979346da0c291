//! Pairs of an imported transaction and one that was written by hand that a user does not want to be proposed as the same. Only
//! `bookkeeping::spending` writes this table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A declined pair.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "declined_duplicate")]
pub struct Model {
    /// The transaction that was imported.
    #[sea_orm(primary_key, auto_increment = false)]
    pub imported_id: Id<kind::Transaction>,
    /// The transaction that was written by hand.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entered_id: Id<kind::Transaction>,
    /// The book that both are in.
    pub book_id: Id<kind::Book>,
    /// When the pair was declined.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
