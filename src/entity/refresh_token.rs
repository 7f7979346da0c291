//! Refresh tokens, of which only a hash is kept. A token that was used stays as long as its session, so that using it again is seen.

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
    /// The session that it prolongs.
    pub session_id: Id<kind::Session>,
    /// When it was given out.
    pub created_at: DateTimeUtc,
    /// Until when it may be used.
    pub expires_at: DateTimeUtc,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
