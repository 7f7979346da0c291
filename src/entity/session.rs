//! Sessions: one login on one device each.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A session.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Session>,
    /// Who logged in.
    pub user_id: Id<kind::User>,
    /// The book that the user is in.
    pub book_id: Id<kind::Book>,
    /// When the user logged in.
    pub created_at: DateTimeUtc,
    /// When the user logged out, or an old refresh token was used.
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
