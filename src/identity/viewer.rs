//! [`Viewer`]: the authenticated user of a request. It is the first argument of every operation, and every query starts from
//! its book.

use std::net::IpAddr;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Client, sessions};
use crate::{
    app::App,
    entity::session,
    error::Result,
    id::{Id, kind},
};

/// The user of a request, the book that they work in, and their session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The user.
    pub user: Id<kind::User>,
    /// The book.
    pub book: Id<kind::Book>,
    /// The session. `None` when an operator acts for the user on the command line.
    pub session: Option<Id<kind::Session>>,
    /// The address of the client. `None` on the command line.
    pub address: Option<IpAddr>,
}

/// The access token is not valid: it is malformed, has a wrong signature or has expired, or its session has ended.
#[derive(Clone, Copy, Debug)]
pub struct Unauthenticated;

/// Finds the viewer that an access token was issued to. The session is looked up each time, so that a logout takes effect at
/// once on all servers. A foreign key ensures that the session's user is a member of its book.
///
/// # Errors
/// When the database fails. An invalid token is reported in the inner result.
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
