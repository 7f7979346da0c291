//! Refresh tokens, of which only hashes are stored. A used token's row is kept as long as its session, so that another
//! use is noticed.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A refresh token.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// SHA-256 of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    /// The session that the token renews.
    pub session_id: Id<kind::Session>,
    /// When it was issued.
    pub created_at: DateTimeUtc,
    /// When it expires.
    pub expires_at: DateTimeUtc,
    /// When it was first used; `None` when it was not.
    pub used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
