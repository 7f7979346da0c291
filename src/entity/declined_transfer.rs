//! Pairs of an expense and an income that a user does not want to be proposed as a transfer. Only `bookkeeping::spending` writes this
//! table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A declined pair.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "declined_transfer")]
pub struct Model {
    /// The expense.
    #[sea_orm(primary_key, auto_increment = false)]
    pub outgoing_id: Id<kind::Transaction>,
    /// The income.
    #[sea_orm(primary_key, auto_increment = false)]
    pub incoming_id: Id<kind::Transaction>,
    /// The book that both are in.
    pub book_id: Id<kind::Book>,
    /// When the pair was declined.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
