//! Users: how they are named and found.

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

/// A username or e-mail address as it is compared: without regard to case.
#[must_use]
pub fn key(name: &str) -> String {
    name.to_lowercase()
}

/// The user who asks.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Option<user::Model>> {
    Ok(user::Entity::find_by_id(viewer.user).one(conn).await?)
}

/// The user with a username, a phone number or an e-mail address.
pub(super) async fn by_identifier(app: &App, identifier: &str) -> Result<Option<user::Model>> {
    let Some((column, value)) = kept_as(app, identifier) else { return Ok(None) };
    let users = user::Entity::find().filter(column.eq(value)).filter(user::Column::DeletedAt.is_null());
    Ok(users.one(app.db.read()).await?)
}

/// How an identifier is compared: one text for all ways to write what finds the same user.
pub(super) fn comparable(app: &App, identifier: &str) -> String {
    kept_as(app, identifier).map_or_else(|| identifier.to_owned(), |(_, value)| value)
}

/// Where an identifier is kept, and as what. One text cannot be two of these: an address has an `@`, a username has a
/// letter, and a phone number has neither.
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

/// The books of a user, the oldest first.
pub(super) fn memberships(user_id: Id<kind::User>) -> Select<member::Entity> {
    member::Entity::find()
        .filter(member::Column::UserId.eq(user_id))
        .order_by_asc(member::Column::CreatedAt)
        .order_by_asc(member::Column::BookId)
}

/// Some users who are in the viewer's book; ids of others are passed over.
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

/// What the owners of books are called by others.
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
