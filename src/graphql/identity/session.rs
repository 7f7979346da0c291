//! Registration, login, token refresh, logout and sessions.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::user::User;
use crate::{
    account::{self, Registration},
    entity::{self, activity::Action},
    error::Error,
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
        payload::{UserErrors, into_payload, into_recorded_payload, payloads},
        scalar::DateTime,
    },
    id::{Id, kind},
    identity::{self, Grant},
    viewer::Viewer,
};

/// The credentials of a user.
#[derive(InputObject)]
struct LoginInput {
    /// The username, phone number or e-mail address of the user.
    identifier: String,
    /// The user's password.
    password: String,
}

/// The session to renew, named by its refresh token.
#[derive(InputObject)]
struct RefreshTokenInput {
    /// The latest refresh token of the session. A token can be used once. Within 30 seconds (a setting of the server) of
    /// its first use, it returns the same new refresh token again; after that, using it ends the session.
    refresh_token: String,
}

/// The session to end.
#[derive(InputObject)]
struct RevokeSessionInput {
    /// The id of the session to end. It may be the current session.
    id: ID,
}

/// Which sessions to end.
#[derive(Default, InputObject)]
struct LogoutInput {
    /// True ends all sessions of the user, on all devices; false ends only the current session.
    #[graphql(default)]
    everywhere: bool,
}

/// What a user gets who is logged in; the fields are null when there are user errors.
#[derive(SimpleObject)]
struct Granted {
    /// The logged-in user. Null when there are user errors.
    user: Option<User>,
    /// The access token, a JWT. Send it with every request in the header `Authorization: Bearer <token>`. Null when
    /// there are user errors.
    access_token: Option<String>,
    /// The refresh token. Pass it to `refreshToken` to get new tokens. It can be used once, within 24 hours; keep the new
    /// one in its place. Null when there are user errors.
    refresh_token: Option<String>,
    /// The number of seconds until the access token expires. Null when there are user errors.
    expires_in: Option<i32>,
    #[graphql(flatten)]
    errors: UserErrors,
}

payloads! {
    /// The result of `register`. Error codes: `INVALID`, `TAKEN`, `TOO_MANY_ATTEMPTS`.
    RegisterPayload(Granted);

    /// The result of `login`. Error codes: `WRONG_CREDENTIALS`, `TOO_MANY_ATTEMPTS`.
    LoginPayload(Granted);

    /// The result of `refreshToken`. Error codes: `WRONG_CREDENTIALS`.
    RefreshTokenPayload(Granted);
}

/// The result of `logout`. It has no error codes of its own.
#[derive(SimpleObject)]
struct LogoutPayload {
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `revokeSession`. Error codes: `NOT_FOUND`.
#[derive(SimpleObject)]
struct RevokeSessionPayload {
    /// The id of the session that was ended. Null when there are user errors.
    revoked_session_id: Option<ID>,
    #[graphql(flatten)]
    errors: UserErrors,
}

#[derive(Clone)]
pub(in crate::graphql) struct Session {
    session: entity::session::Model,
    is_current: bool,
}

impl Session {
    /// A session of the viewer.
    pub(super) fn new(session: entity::session::Model, viewer: &Viewer) -> Self {
        Self { is_current: Some(session.id) == viewer.session, session }
    }
}

/// A login on one device. It lasts until it is ended, or until its refresh token expires, and is not found afterwards. Only
/// the user can read it.
#[Object]
impl Session {
    /// The globally unique id, which never changes, such as `session_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.session.id.into()
    }

    /// The time when the user logged in.
    async fn created_at(&self) -> DateTime {
        DateTime(self.session.created_at)
    }

    /// The time when the session was last used, accurate to a minute.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.session.last_used_at.unwrap_or(self.session.created_at))
    }

    /// The IP address that the session was last used from. Null when it is not known.
    async fn address(&self) -> Option<&str> {
        self.session.address.as_deref()
    }

    /// The `User-Agent` header that the session was last used with, which the client chooses freely. Null when there
    /// was none.
    async fn user_agent(&self) -> Option<&str> {
        self.session.user_agent.as_deref()
    }

    /// True for the session that this request is made in.
    async fn is_current(&self) -> bool {
        self.is_current
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Creates a user, a book owned by the user with some categories, and a wallet in the book's currency. Logs the
    /// user in.
    async fn register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The data of the new user.")] input: Registration,
    ) -> Result<RegisterPayload, ApiError> {
        let granted = granted(ctx, account::register(ctx.app()?, ctx.client()?, input).await)?;
        Ok(RegisterPayload { result: granted })
    }

    /// Logs a user in and starts a session.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user's credentials.")] input: LoginInput,
    ) -> Result<LoginPayload, ApiError> {
        let login = identity::login(ctx.app()?, ctx.client()?, input.identifier, input.password).await;
        Ok(LoginPayload { result: granted(ctx, login)? })
    }

    /// Renews a session: exchanges the latest refresh token for a new access token and a new refresh token. When the
    /// response is lost, send the same request again within 30 seconds (a setting of the server): it returns the same
    /// new refresh token. An access token in the `Authorization` header may have expired.
    async fn refresh_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session to renew.")] input: RefreshTokenInput,
    ) -> Result<RefreshTokenPayload, ApiError> {
        let granted = granted(ctx, identity::refresh(ctx.app()?, ctx.client()?, &input.refresh_token).await)?;
        Ok(RefreshTokenPayload { result: granted })
    }

    /// Ends the current session, or all sessions of the user. Their access tokens and refresh tokens stop working at
    /// once.
    async fn logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions to end. Default: only the current session.")] input: Option<LogoutInput>,
    ) -> Result<LogoutPayload, ApiError> {
        let everywhere = input.unwrap_or_default().everywhere;
        let ended = identity::logout(ctx.app()?, ctx.viewer()?, everywhere).await;
        let (_, errors) = into_payload(ctx, Action::Logout, ended).await?;
        Ok(LogoutPayload { errors })
    }

    /// Ends one session of the user at once, on any device.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session to end.")] input: RevokeSessionInput,
    ) -> Result<RevokeSessionPayload, ApiError> {
        let revoked = identity::revoke_session(ctx.app()?, ctx.viewer()?, input.id.parse().ok()).await;
        let (revoked, errors) = into_payload(ctx, Action::RevokeSession, revoked).await?;
        Ok(RevokeSessionPayload { revoked_session_id: revoked.map(ID::from), errors })
    }
}

/// Loads the viewer's active sessions by their ids.
impl Loader<Id<kind::Session>> for RequestLoader {
    type Value = Session;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::Session>]) -> Result<HashMap<Id<kind::Session>, Session>, Arc<Error>> {
        let (reader, viewer) = (&self.reader, &self.viewer);
        let found = identity::find_sessions(reader.conn(), viewer, reader.time(), ids.iter().copied()).await?;
        Ok(found.into_iter().map(|session| (session.id, Session::new(session, viewer))).collect())
    }
}

fn granted(ctx: &Context<'_>, granted: Result<Grant, Error>) -> Result<Granted, ApiError> {
    let (grant, errors) = into_recorded_payload(granted)?;
    let Some(grant) = grant else {
        return Ok(Granted { user: None, access_token: None, refresh_token: None, expires_in: None, errors });
    };
    let Grant { book, session, .. } = grant;
    let viewer = Viewer { user: grant.user.id, book, session: Some(session), address: ctx.client()?.address };
    Ok(Granted {
        user: Some(User { user: grant.user, logged_in: Some(viewer) }),
        access_token: Some(grant.access_token),
        refresh_token: Some(grant.refresh_token),
        expires_in: Some(grant.expires_in),
        errors,
    })
}
