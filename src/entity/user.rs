//! People who log in.

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    time_zone::TimeZone,
};

/// A user.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::User>,
    /// The name to log in with and to be paid by, as the user wrote it.
    pub username: String,
    /// The username as it is compared: without regard to case.
    pub username_key: String,
    /// What others see.
    pub display_name: String,
    /// E.164, for example `+967711234567`.
    pub phone: Option<String>,
    /// The e-mail address as the user wrote it.
    pub email: Option<String>,
    /// The e-mail address as it is compared: without regard to case.
    pub email_key: Option<String>,
    /// Argon2id, in the PHC string format.
    pub password_hash: String,
    /// Which of their passwords it is, from 1. The same one may get another hash.
    pub password_version: i32,
    /// Where they are; for showing times to them.
    pub time_zone: TimeZone,
    /// When the user registered.
    pub created_at: DateTimeUtc,
    /// When they deleted their account. All but the id is erased then.
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
