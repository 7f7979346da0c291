//! Users: the people who log in.

use sea_orm::entity::prelude::*;

use crate::{
    calendar::time_zone::TimeZone,
    id::{Id, kind},
};

/// A user.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::User>,
    /// The name for logging in and for being paid, as the user wrote it.
    pub username: String,
    /// The username with case folded, for comparing. Unique.
    pub username_key: String,
    /// The name that other users see.
    pub display_name: String,
    /// The phone number in E.164 form, for example `+967711234567`. Unique.
    pub phone: Option<String>,
    /// The e-mail address as the user wrote it.
    pub email: Option<String>,
    /// The e-mail address with case folded, for comparing. Unique.
    pub email_key: Option<String>,
    /// The Argon2id hash of the password, in the PHC string format.
    pub password_hash: String,
    /// Counts the user's passwords, from 1, and grows with each change. The hash cannot serve for this, since the same
    /// password is hashed again when the hashing settings change.
    pub password_version: i32,
    /// Whether others find the user by username and phone number to pay them.
    pub findable: bool,
    /// The time zone in which times are shown to the user.
    pub time_zone: TimeZone,
    /// When the user registered.
    pub created_at: DateTimeUtc,
    /// When the user deleted their account; then everything but the id is erased.
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
