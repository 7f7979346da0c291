//! Which other books a book has paid. Only `bookkeeping::wallets` writes this table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A book that another one has paid at least once.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "known_payee")]
pub struct Model {
    /// The book that paid.
    #[sea_orm(primary_key, auto_increment = false)]
    pub book_id: Id<kind::Book>,
    /// The book that was paid.
    #[sea_orm(primary_key, auto_increment = false)]
    pub payee_book_id: Id<kind::Book>,
}

impl ActiveModelBehavior for ActiveModel {}
