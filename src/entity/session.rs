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
    /// When it was last used, to a minute; none when that is not known.
    pub last_used_at: Option<DateTimeUtc>,
    /// The address that it was last used from.
    pub address: Option<String>,
    /// What the program that it was last used by calls itself.
    pub user_agent: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
