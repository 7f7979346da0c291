//! What users are found by: usernames, phone numbers, e-mail addresses. Each is one user's.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use super::phone;
use crate::{
    app::App,
    entity::user,
    error::{Code, Refusal, Result},
};

/// A username.
///
/// # Errors
/// `INVALID` at `username`.
pub(super) fn username(username: &str) -> Result<String, Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    // A letter tells it from a phone number, the lack of an `@` from an e-mail address.
    let is_username = (2..=40).contains(&username.len())
        && username.bytes().all(allowed)
        && username.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_username.then(|| username.to_owned()).ok_or_else(|| {
        let message =
            "A username must have 2 to 40 letters (a to z), digits, dots, underscores or hyphens; at least one letter.";
        Refusal::new(Code::Invalid, "username", message)
    })
}

/// A phone number in E.164.
///
/// # Errors
/// `INVALID` at `phone`.
pub(super) fn e164(app: &App, phone: &str) -> Result<String, Refusal> {
    phone::normalize(phone, app.defaults.phone_region).ok_or_else(|| {
        let message = "This is not a phone number. Start with `+` and the country code.";
        Refusal::new(Code::Invalid, "phone", message)
    })
}

/// Which of the names that a user is to have are another's.
///
/// # Errors
/// When the database fails.
pub(super) async fn taken(conn: &impl ConnectionTrait, user: &user::Model) -> Result<Vec<Refusal>> {
    let wanted = Condition::any()
        .add(user::Column::UsernameKey.eq(&user.username_key))
        .add_option(user.phone.as_ref().map(|phone| user::Column::Phone.eq(phone)))
        .add_option(user.email_key.as_ref().map(|email| user::Column::EmailKey.eq(email)));
    let others = user::Entity::find().filter(wanted).filter(user::Column::Id.ne(user.id)).all(conn).await?;
    let taken = |path, message, same: &dyn Fn(&user::Model) -> bool| {
        others.iter().any(same).then(|| Refusal::new(Code::Taken, path, message))
    };
    Ok([
        taken("username", "Another user has this username.", &|other| other.username_key == user.username_key),
        taken("phone", "Another user has this phone number.", &|other| {
            user.phone.is_some() && other.phone == user.phone
        }),
        taken("email", "Another user has this e-mail address.", &|other| {
            user.email_key.is_some() && other.email_key == user.email_key
        }),
    ]
    .into_iter()
    .flatten()
    .collect())
}
