//! Idempotency keys of operations that post nothing to the journal. Only `bookkeeping::idempotency` writes this table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A key that a request used.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "used_key")]
pub struct Model {
    /// The book in which it was used.
    #[sea_orm(primary_key, auto_increment = false)]
    pub book_id: Id<kind::Book>,
    /// The key that the client chose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idempotency_key: String,
    /// SHA-256 of the input. The same key with another hash is refused.
    pub request_hash: Vec<u8>,
    /// The UUID of the object that the request was about.
    pub thing_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
