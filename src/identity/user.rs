//! Users: their identifiers and how they are found.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use super::phone;
use crate::{
    app::App,
    entity::{
        member::{self, Role},
        user,
    },
    error::Result,
    id::{Id, kind},
    viewer::Viewer,
};

/// The form in which a username or an e-mail address is compared: lower case.
#[must_use]
pub fn key(name: &str) -> String {
    name.to_lowercase()
}

/// The user row of the viewer. `None` when the user no longer exists.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Option<user::Model>> {
    Ok(user::Entity::find_by_id(viewer.user).one(conn).await?)
}

/// Finds the user with this username, phone number or e-mail address.
pub(super) async fn by_identifier(app: &App, identifier: &str) -> Result<Option<user::Model>> {
    let Some((column, value)) = kept_as(app, identifier) else { return Ok(None) };
    let users = user::Entity::find().filter(column.eq(value)).filter(user::Column::DeletedAt.is_null());
    Ok(users.one(app.db.read()).await?)
}

/// A text that is equal for all spellings of an identifier that find the same user.
pub(super) fn comparable(app: &App, identifier: &str) -> String {
    kept_as(app, identifier).map_or_else(|| identifier.to_owned(), |(_, value)| value)
}

/// The column that an identifier is looked up in, and its value there. An identifier is never ambiguous: an e-mail address
/// contains an `@`, a username contains a letter, and a phone number contains neither.
fn kept_as(app: &App, identifier: &str) -> Option<(user::Column, String)> {
    let identifier = identifier.trim();
    if identifier.contains(char::is_control) {
        return None;
    }
    if identifier.contains('@') {
        return Some((user::Column::EmailKey, key(identifier)));
    }
    if identifier.contains(char::is_alphabetic) {
        return Some((user::Column::UsernameKey, key(identifier)));
    }
    Some((user::Column::Phone, phone::normalize(identifier, app.defaults.phone_region)?))
}

/// The memberships of a user, the oldest first.
pub(super) fn memberships(user_id: Id<kind::User>) -> Select<member::Entity> {
    member::Entity::find()
        .filter(member::Column::UserId.eq(user_id))
        .order_by_asc(member::Column::CreatedAt)
        .order_by_asc(member::Column::BookId)
}

/// The owner of the viewer's book.
///
/// # Errors
/// When the database fails.
pub async fn owner(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Option<user::Model>> {
    let owners = member::Entity::find()
        .filter(member::Column::BookId.eq(viewer.book))
        .filter(member::Column::Role.eq(Role::Owner))
        .order_by_asc(member::Column::CreatedAt)
        .find_also_related(user::Entity);
    Ok(owners.one(conn).await?.and_then(|(_, user)| user))
}

/// Those of the given users who are members of the viewer's book. Other ids are skipped.
///
/// # Errors
/// When the database fails.
pub async fn members(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::User>>,
) -> Result<Vec<user::Model>> {
    let members = member::Entity::find()
        .find_both_related(user::Entity)
        .filter(member::Column::BookId.eq(viewer.book))
        .filter(member::Column::UserId.is_in(ids))
        .all(conn)
        .await?;
    Ok(members.into_iter().map(|(_, user)| user).collect())
}

/// The display names of the owners of some books.
///
/// # Errors
/// When the database fails.
pub async fn display_names(
    conn: &impl ConnectionTrait,
    book_ids: impl IntoIterator<Item = Id<kind::Book>>,
) -> Result<HashMap<Id<kind::Book>, String>> {
    let owners = member::Entity::find()
        .find_both_related(user::Entity)
        .filter(member::Column::BookId.is_in(book_ids))
        .filter(member::Column::Role.eq(Role::Owner))
        .all(conn)
        .await?;
    Ok(owners.into_iter().map(|(member, user)| (member.book_id, user.display_name)).collect())
}
