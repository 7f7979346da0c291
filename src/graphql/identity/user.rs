//! The viewer as an object, with the mutations of their profile, password and account.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::session::Session;
use crate::{
    account::{self, PasswordChange},
    calendar::time_zone::TimeZone,
    entity::{self, activity::Action},
    error::Error,
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
        scalar::DateTime,
        user_error::{UserError, settle, settle_recorded},
    },
    id::{Id, kind},
    identity::{self, ProfileChange},
};

pub(in crate::graphql) struct User(pub(in crate::graphql) entity::user::Model);

/// A person who logs in. Only the person sees this; others see a display name.
#[Object]
impl User {
    /// Id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The name to log in with and to be paid by. Its case does not matter.
    async fn username(&self) -> &str {
        &self.0.username
    }

    /// The name that others see.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// The phone number in E.164, `+967711234567`: another name to log in with and to be paid by.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// The e-mail address: another name to log in with.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Where the user is, for showing times to them. What "today" is, `book.timeZone` says.
    async fn time_zone(&self) -> TimeZone {
        self.0.time_zone
    }

    /// Where the user is logged in, the last used first; at most 100.
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>, ApiError> {
        let viewer = ctx.viewer()?;
        let sessions = identity::list_sessions(ctx.read()?, viewer, ctx.app()?.clock.now()).await?;
        let session =
            |session: entity::session::Model| Session { is_current: Some(session.id) == viewer.session, session };
        Ok(sessions.into_iter().map(session).collect())
    }

    /// When the user registered.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// Loads members of the viewer's book by their user ids.
impl Loader<Id<kind::User>> for RequestLoader {
    type Value = entity::user::Model;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::User>]) -> Result<HashMap<Id<kind::User>, entity::user::Model>, Arc<Error>> {
        let members = identity::members(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(members.into_iter().map(|user| (user.id, user)).collect())
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct UserQuery;

#[Object]
impl UserQuery {
    /// The user who is logged in.
    async fn me(&self, ctx: &Context<'_>) -> Result<User, ApiError> {
        let user = identity::find_user(ctx.read()?, ctx.viewer()?).await?;
        user.map(User).ok_or(ApiError::Unauthenticated)
    }
}

/// Whose account to delete: that of the user who is logged in.
#[derive(InputObject)]
struct DeleteAccountInput {
    /// The user's password.
    password: String,
}

/// What came of changing the profile.
#[derive(SimpleObject)]
struct UpdateProfilePayload {
    /// The user as they are now; null when there are user errors.
    user: Option<User>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of changing the password.
#[derive(SimpleObject)]
struct ChangePasswordPayload {
    /// The user; null when there are user errors.
    user: Option<User>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of deleting the account.
#[derive(SimpleObject)]
struct DeleteAccountPayload {
    /// The id that the user had; null when there are user errors.
    deleted_id: Option<ID>,
    /// What is wrong, with the input or with what there still is in wallets.
    user_errors: Vec<UserError>,
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct UserMutation;

#[Object]
impl UserMutation {
    /// Changes what the user says of themselves.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ProfileChange,
    ) -> Result<UpdateProfilePayload, ApiError> {
        let updated = identity::update_profile(ctx.app()?, ctx.viewer()?, &input).await;
        let (user, user_errors) = settle(ctx, Action::UpdateProfile, updated).await?;
        Ok(UpdateProfilePayload { user: user.map(User), user_errors })
    }

    /// Gives the user another password. All their other sessions end; this one goes on.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password as it is, and as it is to be.")] input: PasswordChange,
    ) -> Result<ChangePasswordPayload, ApiError> {
        let changed = account::change_password(ctx.app()?, ctx.viewer()?, input).await;
        let (user, user_errors) = settle_recorded(changed)?;
        Ok(ChangePasswordPayload { user: user.map(User), user_errors })
    }

    /// Deletes the user's account for good. It is refused while a wallet of theirs holds money. All their sessions end, nobody can
    /// log in as them any more, and what they said of themselves and of their shop is erased. What was paid stays in the books
    /// of those whom it concerns, as paid by or to a "deleted user". A mutation that calls it calls nothing else.
    async fn delete_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password.")] input: DeleteAccountInput,
    ) -> Result<DeleteAccountPayload, ApiError> {
        let viewer = ctx.viewer()?;
        let deleted = account::delete_account(ctx.app()?, viewer, input.password).await;
        let (deleted, user_errors) = settle_recorded(deleted)?;
        Ok(DeleteAccountPayload { deleted_id: deleted.map(|()| viewer.user.into()), user_errors })
    }
}
