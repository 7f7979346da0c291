//! Who asks. The first argument of every operation, and where every finder starts from.

use std::net::IpAddr;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Client, sessions};
use crate::{
    app::App,
    entity::session,
    error::Result,
    id::{Id, kind},
};

/// The user who asks, the book that they are in, and the session that they ask in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The user.
    pub user: Id<kind::User>,
    /// The book.
    pub book: Id<kind::Book>,
    /// The session; none when the program itself acts for them, on this machine's command line.
    pub session: Option<Id<kind::Session>>,
    /// The address that they ask from; none when that is this machine's command line.
    pub address: Option<IpAddr>,
}

/// The access token is not valid: malformed, signed by another, expired, or its session has ended.
#[derive(Clone, Copy, Debug)]
pub struct Unauthenticated;

/// Finds out who an access token was given to. The session is looked up each time, so that a logout counts at once and
/// on all servers; and a session is of a member of its book, by a foreign key.
///
/// # Errors
/// When the database fails; that the token is not valid is in the inner result.
pub async fn authenticate(app: &App, client: &Client, access_token: &str) -> Result<Result<Viewer, Unauthenticated>> {
    let Some(viewer) = app.token_keys.verify(access_token, app.clock.now()) else {
        return Ok(Err(Unauthenticated));
    };
    let viewer = Viewer { address: client.address, ..viewer };
    let session = session::Entity::find()
        .filter(session::Column::Id.eq(viewer.session))
        .filter(session::Column::UserId.eq(viewer.user))
        .filter(session::Column::BookId.eq(viewer.book))
        .filter(session::Column::EndedAt.is_null())
        .one(app.db.read())
        .await?;
    let Some(session) = session else { return Ok(Err(Unauthenticated)) };
    sessions::note_use(app, &session, client);
    Ok(Ok(viewer))
}
