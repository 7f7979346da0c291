//! Authenticates a request by its access token: first the token itself, which asks no database, then whether its session lasts.

use crate::{app::App, client::Client, error::Result, viewer::Viewer};

/// The access token is not valid: it is malformed, has a wrong signature or has expired, or its session has ended.
#[derive(Clone, Copy, Debug)]
pub struct Unauthenticated;

/// Finds the viewer that an access token was issued to. The session may have ended: see [`check_session`]. A foreign key ensures
/// that the session's user is a member of its book.
///
/// # Errors
/// When the token is not valid, or its session is known to have ended.
pub fn verify(app: &App, client: &Client, access_token: &str) -> Result<Viewer, Unauthenticated> {
    let viewer = app.token_keys.verify(access_token, app.clock.now()).ok_or(Unauthenticated)?;
    if app.sessions.has_ended(&viewer) {
        return Err(Unauthenticated);
    }
    Ok(Viewer { address: client.address, ..viewer })
}

/// Checks that the viewer's session has not ended. It is looked up each time, so that a logout takes effect at once on all
/// servers.
///
/// # Errors
/// When the database fails. That the session has ended is reported in the inner result.
pub async fn check_session(app: &App, viewer: &Viewer, client: &Client) -> Result<Result<(), Unauthenticated>> {
    let Some(session) = app.sessions.find(viewer).await? else { return Ok(Err(Unauthenticated)) };
    app.sessions.note_use(&session, client, app.clock.now());
    Ok(Ok(()))
}

/// Has the viewer's session looked up in the background, at most once a second, for requests that do not wait for it. So the token of
/// a session that has ended is soon known for that, whatever it is used for.
pub fn check_session_later(app: &App, viewer: &Viewer) {
    app.sessions.find_later(viewer);
}

/// Finds the viewer that an access token was issued to, and checks that the session has not ended.
///
/// # Errors
/// When the database fails. An invalid token is reported in the inner result.
pub async fn authenticate(app: &App, client: &Client, access_token: &str) -> Result<Result<Viewer, Unauthenticated>> {
    let Ok(viewer) = verify(app, client, access_token) else { return Ok(Err(Unauthenticated)) };
    Ok(check_session(app, &viewer, client).await?.map(|()| viewer))
}
