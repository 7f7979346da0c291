//! Members: which users belong to which books, and what they may do there.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// The membership of one user in one book.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member")]
pub struct Model {
    /// The book.
    #[sea_orm(primary_key, auto_increment = false)]
    pub book_id: Id<kind::Book>,
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Id<kind::User>,
    /// What the user may do in it.
    pub role: Role,
    /// When the user joined.
    pub created_at: DateTimeUtc,
    /// The user.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user::Entity>,
}

/// What a member may do in a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Everything.
    Owner,
}

impl ActiveModelBehavior for ActiveModel {}
