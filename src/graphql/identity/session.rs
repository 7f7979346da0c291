//! Registration, login, token refresh, logout and sessions.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::user::User;
use crate::{
    account::{self, Registration},
    entity::{self, activity::Action},
    error::Error,
    graphql::{
        error::{ApiError, ContextExt},
        scalar::DateTime,
        user_error::{UserError, settle, settle_recorded},
    },
    identity::{self, Grant},
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

/// Which session to end.
#[derive(InputObject)]
struct RevokeSessionInput {
    /// Which session. That it is this one does not matter.
    id: ID,
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
struct Granted {
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
    granted: Granted,
}

/// What came of logging in.
#[derive(SimpleObject)]
struct LoginPayload {
    #[graphql(flatten)]
    granted: Granted,
}

/// What came of prolonging a session.
#[derive(SimpleObject)]
struct RefreshTokenPayload {
    #[graphql(flatten)]
    granted: Granted,
}

/// What came of logging out.
#[derive(SimpleObject)]
struct LogoutPayload {
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of ending a session.
#[derive(SimpleObject)]
struct RevokeSessionPayload {
    /// The id of the session that ended; null when there are user errors.
    revoked_id: Option<ID>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

pub(in crate::graphql) struct Session {
    pub(in crate::graphql) session: entity::session::Model,
    pub(in crate::graphql) is_current: bool,
}

/// One login on one device, until it is logged out or not prolonged any more.
#[Object]
impl Session {
    /// Id.
    async fn id(&self) -> ID {
        self.session.id.into()
    }

    /// When the user logged in.
    async fn created_at(&self) -> DateTime {
        DateTime(self.session.created_at)
    }

    /// When it was last used, to a minute.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.session.last_used_at.unwrap_or(self.session.created_at))
    }

    /// The IP address that it was used from then; null when that is not known.
    async fn address(&self) -> Option<&str> {
        self.session.address.as_deref()
    }

    /// What the program that it was used by then calls itself, which may be anything.
    async fn user_agent(&self) -> Option<&str> {
        self.session.user_agent.as_deref()
    }

    /// Whether it is the session of this request.
    async fn current(&self) -> bool {
        self.is_current
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Makes a user, a book that they own and a wallet in its currency, and logs the user in.
    async fn register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who registers.")] input: Registration,
    ) -> Result<RegisterPayload, ApiError> {
        let granted = granted(account::register(ctx.app()?, ctx.client()?, input).await)?;
        Ok(RegisterPayload { granted })
    }

    /// Logs a user in.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who wants to log in.")] input: LoginInput,
    ) -> Result<LoginPayload, ApiError> {
        let granted = granted(identity::login(ctx.app()?, ctx.client()?, input.identifier, input.password).await)?;
        Ok(LoginPayload { granted })
    }

    /// Prolongs a session: gives a new access token and a new refresh token for the latest refresh token. Send it without
    /// an `Authorization` header, since the access token may have expired.
    async fn refresh_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session to prolong.")] input: RefreshTokenInput,
    ) -> Result<RefreshTokenPayload, ApiError> {
        let granted = granted(identity::refresh(ctx.app()?, ctx.client()?, &input.refresh_token).await)?;
        Ok(RefreshTokenPayload { granted })
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

    /// Ends a session of the user at once, on whatever device it is.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: RevokeSessionInput,
    ) -> Result<RevokeSessionPayload, ApiError> {
        let revoked = identity::revoke_session(ctx.app()?, ctx.viewer()?, input.id.parse().ok()).await;
        let (revoked, user_errors) = settle(ctx, Action::RevokeSession, revoked).await?;
        Ok(RevokeSessionPayload { revoked_id: revoked.map(ID::from), user_errors })
    }
}

fn granted(granted: Result<Grant, Error>) -> Result<Granted, ApiError> {
    let (grant, user_errors) = settle_recorded(granted)?;
    let Some(grant) = grant else {
        return Ok(Granted { user: None, access_token: None, refresh_token: None, expires_in: None, user_errors });
    };
    Ok(Granted {
        user: Some(User(grant.user)),
        access_token: Some(grant.access_token),
        refresh_token: Some(grant.refresh_token),
        expires_in: Some(grant.expires_in),
        user_errors,
    })
}
