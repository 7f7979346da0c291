//! Authenticates a request by its access token.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::session_list;
use crate::{app::App, client::Client, entity::session, error::Result, viewer::Viewer};

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
        .one(app.db.for_lookups().read())
        .await?;
    let Some(session) = session else { return Ok(Err(Unauthenticated)) };
    session_list::note_use(app, &session, client);
    Ok(Ok(viewer))
}
