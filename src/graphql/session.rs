//! Registering, logging in and out, and prolonging a session.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{
    error::{ApiError, ContextExt},
    user::User,
    user_error::{UserError, settle, settle_recorded},
};
use crate::{
    entity::activity::Action,
    error::Error,
    identity::{self, Grant, Registration},
};

/// Who wants to log in.
#[derive(InputObject)]
struct LoginInput {
    /// Username, phone number or e-mail address.
    identifier: String,
    /// The password.
    password: String,
}

/// Which session to prolong.
#[derive(InputObject)]
struct RefreshTokenInput {
    /// The latest refresh token of the session. It is good for one use: using an old one ends the session.
    refresh_token: String,
}

/// Which sessions to end.
#[derive(Default, InputObject)]
struct LogoutInput {
    /// Whether to end all sessions of the user, on all devices, rather than this one.
    #[graphql(default)]
    everywhere: bool,
}

/// What a user gets who is logged in; the fields are null when there are user errors.
#[derive(SimpleObject)]
struct Session {
    /// Who is logged in.
    user: Option<User>,
    /// The token to send with requests, as `Authorization: Bearer ...`.
    access_token: Option<String>,
    /// The token that gets the next access token from `refreshToken`. It is good for 24 hours and one use.
    refresh_token: Option<String>,
    /// For how many seconds the access token is good.
    expires_in: Option<i32>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of registering.
#[derive(SimpleObject)]
struct RegisterPayload {
    #[graphql(flatten)]
    session: Session,
}

/// What came of logging in.
#[derive(SimpleObject)]
struct LoginPayload {
    #[graphql(flatten)]
    session: Session,
}

/// What came of prolonging a session.
#[derive(SimpleObject)]
struct RefreshTokenPayload {
    #[graphql(flatten)]
    session: Session,
}

/// What came of logging out.
#[derive(SimpleObject)]
struct LogoutPayload {
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

#[derive(Debug, Default)]
pub(super) struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Makes a user, a book that they own and a wallet in its currency, and logs the user in.
    async fn register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who registers.")] input: Registration,
    ) -> Result<RegisterPayload, ApiError> {
        let session = session(identity::register(ctx.app()?, ctx.client()?, input).await)?;
        Ok(RegisterPayload { session })
    }

    /// Logs a user in.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who wants to log in.")] input: LoginInput,
    ) -> Result<LoginPayload, ApiError> {
        let session = session(identity::login(ctx.app()?, ctx.client()?, &input.identifier, input.password).await)?;
        Ok(LoginPayload { session })
    }

    /// Prolongs a session: gives a new access token and a new refresh token for the latest refresh token. Send it without
    /// an `Authorization` header, since the access token may have expired.
    async fn refresh_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session to prolong.")] input: RefreshTokenInput,
    ) -> Result<RefreshTokenPayload, ApiError> {
        let session = session(identity::refresh(ctx.app()?, ctx.client()?, &input.refresh_token).await)?;
        Ok(RefreshTokenPayload { session })
    }

    /// Ends the session at once: its access token and its refresh token are good for nothing any more.
    async fn logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions to end; this one when absent.")] input: Option<LogoutInput>,
    ) -> Result<LogoutPayload, ApiError> {
        let everywhere = input.unwrap_or_default().everywhere;
        let ended = identity::logout(ctx.app()?, ctx.viewer()?, everywhere).await;
        let (_, user_errors) = settle(ctx, Action::Logout, ended).await?;
        Ok(LogoutPayload { user_errors })
    }
}

fn session(granted: Result<Grant, Error>) -> Result<Session, ApiError> {
    let (grant, user_errors) = settle_recorded(granted)?;
    let Some(grant) = grant else {
        return Ok(Session { user: None, access_token: None, refresh_token: None, expires_in: None, user_errors });
    };
    Ok(Session {
        user: Some(User(grant.user)),
        access_token: Some(grant.access_token),
        refresh_token: Some(grant.refresh_token),
        expires_in: Some(grant.expires_in),
        user_errors,
    })
}
