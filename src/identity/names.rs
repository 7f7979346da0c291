//! The identifiers that a user is found by: username, phone number and e-mail address. Each belongs to at most one user.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use super::phone;
use crate::{
    app::App,
    entity::user,
    error::{Code, Refusal, Result},
};

/// Checks the form of a username.
///
/// # Errors
/// `INVALID` at `username`.
pub(crate) fn username(username: &str) -> Result<String, Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    // The required letter distinguishes a username from a phone number, and the missing `@` from an e-mail address.
    let is_username = (2..=40).contains(&username.len())
        && username.bytes().all(allowed)
        && username.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_username.then(|| username.to_owned()).ok_or_else(|| {
        let message =
            "A username must have 2 to 40 letters (a to z), digits, dots, underscores or hyphens; at least one letter.";
        Refusal::new(Code::Invalid, "username", message)
    })
}

/// Converts a phone number into E.164 form (`+967711234567`).
///
/// # Errors
/// `INVALID` at `phone`.
pub(crate) fn e164(app: &App, phone: &str) -> Result<String, Refusal> {
    phone::normalize(phone, app.defaults.phone_region).ok_or_else(|| {
        let message = "This is not a phone number. Start with `+` and the country code.";
        Refusal::new(Code::Invalid, "phone", message)
    })
}

/// Refuses each identifier of `user` that belongs to another user already.
///
/// # Errors
/// When the database fails.
pub(crate) async fn taken(conn: &impl ConnectionTrait, user: &user::Model) -> Result<Vec<Refusal>> {
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
