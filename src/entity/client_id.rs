//! Ids that clients chose for new objects. Only `bookkeeping::new_id` writes this table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// An id that a client chose.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client_id")]
pub struct Model {
    /// The UUID of the id. It is unique among the objects of all kinds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The book of the object.
    pub book_id: Id<kind::Book>,
    /// SHA-256 of the input that the id was used with.
    pub request_hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
