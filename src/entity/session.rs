//! Sessions: each begins with one login on one device.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A session.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Session>,
    /// The user who logged in.
    pub user_id: Id<kind::User>,
    /// The book that the session is for.
    pub book_id: Id<kind::Book>,
    /// When the user logged in.
    pub created_at: DateTimeUtc,
    /// When the user logged out, or a refresh token was used again after the grace period; `None` while it lasts.
    pub ended_at: Option<DateTimeUtc>,
    /// When it was last used, to the minute; `None` when that is not known.
    pub last_used_at: Option<DateTimeUtc>,
    /// The IP address that it was last used from.
    pub address: Option<String>,
    /// The `User-Agent` header of its latest request.
    pub user_agent: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
