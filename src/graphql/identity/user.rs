//! The viewer as an object, with the mutations of their profile, password and account.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::session::Session;
use crate::{
    account::{self, PasswordChange},
    bookkeeping::book,
    calendar::time_zone::TimeZone,
    db::Read,
    entity::{self, activity::Action},
    error::Error,
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
        nullability::SemanticNonNull,
        payload::{UserErrors, into_payload, into_recorded_payload},
        scalar::DateTime,
    },
    id::{Id, kind},
    identity::{self, ProfileChange},
    price,
    viewer::Viewer,
};

pub(in crate::graphql) struct User {
    pub(super) user: entity::user::Model,
    /// The viewer that the user has become by this very request.
    pub(super) logged_in: Option<Viewer>,
}

impl User {
    /// Who reads the fields that are not in the user's row, and from where: the viewer of the request or, in the payload of
    /// a login, the user who has just logged in.
    fn reader(&self, ctx: &Context<'_>) -> Result<(Read, Viewer), ApiError> {
        match self.logged_in {
            Some(viewer) => Ok((Read::Now(ctx.app()?.db.read().clone()), viewer)),
            None => Ok((ctx.read()?.clone(), *ctx.viewer()?)),
        }
    }
}

/// A person who can log in. Only the user can read this object; others see the display name.
#[Object]
impl User {
    /// The globally unique id, which never changes, such as `user_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.user.id.into()
    }

    /// The username, with which the user logs in and can be paid. It is unique, ignoring case.
    async fn username(&self) -> &str {
        &self.user.username
    }

    /// The name that the user shows to others, such as those who pay them.
    async fn display_name(&self) -> &str {
        &self.user.display_name
    }

    /// The phone number in E.164 format (`+967711234567`), with which the user can log in and be paid. Null when not
    /// given.
    async fn phone(&self) -> Option<&str> {
        self.user.phone.as_deref()
    }

    /// The e-mail address, with which the user can log in. Null when not given.
    async fn email(&self) -> Option<&str> {
        self.user.email.as_deref()
    }

    /// Whether others find the user by username and phone number to pay them. When false, both are treated as if nobody
    /// had them; whoever has the id of a wallet can still pay into it.
    async fn findable(&self) -> bool {
        self.user.findable
    }

    /// The time zone in which times should be shown to the user. Which date is "today" is decided by `Book.timeZone`
    /// instead.
    async fn time_zone(&self) -> TimeZone {
        self.user.time_zone
    }

    /// The active sessions of the user, most recently used first. At most 100: one more login ends the session that was
    /// used longest ago.
    #[graphql(directive = price::List::apply(100), directive = SemanticNonNull::apply())]
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>, ApiError> {
        let (conn, viewer) = self.reader(ctx)?;
        let sessions = identity::list_sessions(&conn, &viewer, ctx.app()?.clock.now()).await?;
        Ok(sessions.into_iter().map(|session| Session::new(session, &viewer)).collect())
    }

    /// The time since which the user's account is closing: `deleteAccount` was refused because a wallet held money, and
    /// since then others cannot pay the user. The user withdraws or transfers the money and calls `deleteAccount`
    /// again, or calls `cancelAccountDeletion`. Null when the account is not closing.
    async fn closing_since(&self, ctx: &Context<'_>) -> Result<Option<DateTime>, ApiError> {
        let (conn, viewer) = self.reader(ctx)?;
        Ok(book::find(&conn, &viewer).await?.closing_since.map(DateTime))
    }

    /// The time when the user registered.
    async fn created_at(&self) -> DateTime {
        DateTime(self.user.created_at)
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
    /// The logged-in user.
    async fn me(&self, ctx: &Context<'_>) -> Result<User, ApiError> {
        let user = identity::find_user(ctx.read()?, ctx.viewer()?).await?;
        user.map(User::from).ok_or(ApiError::Unauthenticated)
    }
}

/// The confirmation that the logged-in user wants to delete their own account.
#[derive(InputObject)]
struct DeleteAccountInput {
    /// The user's current password.
    password: String,
}

/// The result of `updateProfile`. Error codes: `INVALID`, `REQUIRED`, `TAKEN`, `TOO_MANY_ATTEMPTS` (names were taken too
/// often today).
#[derive(SimpleObject)]
struct UpdateProfilePayload {
    /// The user after the change. Null when there are user errors.
    user: Option<User>,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `changePassword`. Error codes: `WRONG_CREDENTIALS`, `TOO_MANY_ATTEMPTS`, `INVALID`.
#[derive(SimpleObject)]
struct ChangePasswordPayload {
    /// The user whose password was changed. Null when there are user errors.
    user: Option<User>,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `deleteAccount`. Error codes: `WRONG_CREDENTIALS`, `TOO_MANY_ATTEMPTS`, `WALLET_NOT_EMPTY` (one for
/// each wallet that holds money).
#[derive(SimpleObject)]
struct DeleteAccountPayload {
    /// The id that the user had. Null when there are user errors.
    deleted_user_id: Option<ID>,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `cancelAccountDeletion`. It has no error codes of its own.
#[derive(SimpleObject)]
struct CancelAccountDeletionPayload {
    /// The user, whose account is not closing any more. Null when there are user errors.
    user: Option<User>,
    #[graphql(flatten)]
    errors: UserErrors,
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct UserMutation;

#[Object]
impl UserMutation {
    /// Changes the user's own data, such as username, phone number and display name.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields to change.")] input: ProfileChange,
    ) -> Result<UpdateProfilePayload, ApiError> {
        let updated = identity::update_profile(ctx.app()?, ctx.viewer()?, &input).await;
        let (user, errors) = into_payload(ctx, Action::UpdateProfile, updated).await?;
        Ok(UpdateProfilePayload { user: user.map(User::from), errors })
    }

    /// Sets a new password. All other sessions of the user end; the current one continues.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The current password and the new one.")] input: PasswordChange,
    ) -> Result<ChangePasswordPayload, ApiError> {
        let changed = account::change_password(ctx.app()?, ctx.viewer()?, input).await;
        let (user, errors) = into_recorded_payload(changed)?;
        Ok(ChangePasswordPayload { user: user.map(User::from), errors })
    }

    /// Deletes the logged-in user's account for good. While a wallet of theirs holds money, it is refused with
    /// `WALLET_NOT_EMPTY`, and the account is closing from then on (`User.closingSince`): payments from others to the
    /// user are refused with `WALLET_NOT_ACTIVE`, so that nobody can prevent the deletion by paying. The user can still
    /// withdraw and transfer money. On success all sessions end, nobody can log in to the account again, and personal
    /// data of the user and the shop is erased, also from invoices, receipts and notes. Payments stay in the books of the other
    /// parties, who see the name "deleted user". This field must be the only one of its mutation.
    async fn delete_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The confirmation by password.")] input: DeleteAccountInput,
    ) -> Result<DeleteAccountPayload, ApiError> {
        let viewer = ctx.viewer()?;
        let deleted = account::delete_account(ctx.app()?, viewer, input.password).await;
        let (deleted, errors) = into_recorded_payload(deleted)?;
        Ok(DeleteAccountPayload { deleted_user_id: deleted.map(|()| viewer.user.into()), errors })
    }

    /// Takes back a deletion of the account that was refused with `WALLET_NOT_EMPTY`: others can pay the user again.
    /// Changes nothing when the account is not closing.
    async fn cancel_account_deletion(&self, ctx: &Context<'_>) -> Result<CancelAccountDeletionPayload, ApiError> {
        let kept = account::cancel_deletion(ctx.app()?, ctx.viewer()?).await;
        let (user, errors) = into_payload(ctx, Action::CancelAccountDeletion, kept).await?;
        Ok(CancelAccountDeletionPayload { user: user.map(User::from), errors })
    }
}

impl From<entity::user::Model> for User {
    fn from(user: entity::user::Model) -> Self {
        Self { user, logged_in: None }
    }
}
