//! Operations for which logged-in users must give their password again: changing the password and deleting the account.
//!
//! An access token alone is not enough for them, since it may have been stolen.

use async_graphql::InputObject;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};

use crate::{
    activity::{self, ActivityEvent},
    app::App,
    bookkeeping,
    calendar::time_zone::TimeZone,
    credentials::token::new_refresh_token,
    db::Transaction,
    entity::{self, activity::Action},
    error::{Code, Error, Refusal, Result},
    identity::{
        profile, session, session_list,
        throttle::{self, Guess, to_its_end},
        user,
    },
    viewer::Viewer,
};

/// The name shown for a user who deleted their account.
const DELETED: &str = "deleted user";

/// The current password and the new one.
#[derive(InputObject)]
#[graphql(name = "ChangePasswordInput")]
#[expect(missing_debug_implementations, reason = "it holds passwords")]
pub struct PasswordChange {
    /// The user's current password.
    pub current_password: String,
    /// The new password. `RegisterInput.password` states the rules.
    pub new_password: String,
}

/// Changes the viewer's password and ends all their other sessions.
///
/// # Errors
/// `WRONG_CREDENTIALS` or `TOO_MANY_ATTEMPTS` at `currentPassword`; `INVALID` at `newPassword`, with advice in the message.
pub async fn change_password(app: &App, viewer: &Viewer, change: PasswordChange) -> Result<entity::user::Model> {
    let (app, viewer) = (app.clone(), *viewer);
    to_its_end(async move {
        let changed = set_password(&app, &viewer, change).await;
        on_record(&app, &viewer, Action::ChangePassword, changed).await
    })
    .await
}

async fn set_password(app: &App, viewer: &Viewer, change: PasswordChange) -> Result<entity::user::Model> {
    let known = proven(app, viewer, change.current_password, "currentPassword").await?;
    app.passwords.judge(&change.new_password, &known, "newPassword").await?;
    let new_hash = &app.passwords.hash(change.new_password).await?;
    let known = &known;
    app.db
        .write(|tx| async move {
            let user = still(app, &tx, viewer, known, "currentPassword").await?;
            let version = user.password_version + 1;
            let mut changed = user.into_active_model();
            changed.password_hash = Set(new_hash.clone());
            changed.password_version = Set(version);
            let user = changed.update(&tx).await?;
            session::end_others(&tx, viewer, app.clock.now()).await?;
            ActivityEvent::by(viewer, Action::ChangePassword).on(viewer.user).record(&tx, &app.clock).await?;
            Ok(user)
        })
        .await
}

/// Deletes the viewer's account: closes their wallets, ends their sessions, and erases their personal data and that of their
/// shop. The journal is not changed; other users see a "deleted user" in their transactions with this user.
///
/// # Errors
/// `WRONG_CREDENTIALS` or `TOO_MANY_ATTEMPTS` at `password`; `WALLET_NOT_EMPTY` for each wallet that holds money.
pub async fn delete_account(app: &App, viewer: &Viewer, password: String) -> Result<()> {
    let (app, viewer) = (app.clone(), *viewer);
    to_its_end(async move {
        let deleted = end_account(&app, &viewer, password).await;
        on_record(&app, &viewer, Action::DeleteAccount, deleted).await
    })
    .await
}

async fn end_account(app: &App, viewer: &Viewer, password: String) -> Result<()> {
    let known = &proven(app, viewer, password, "password").await?;
    // The hash of a random text that nobody knows: the row keeps a valid hash, but no password matches it.
    let no_password = &app.passwords.hash(new_refresh_token()?).await?;
    app.db
        .write(|tx| async move {
            let user = still(app, &tx, viewer, known, "password").await?;
            let now = app.clock.now();
            bookkeeping::book_lifecycle::close(&tx, viewer, DELETED, now).await?;
            session_list::forget_all(&tx, viewer.user).await?;
            // A valid username contains no space, so this one cannot collide with a user's.
            let name = format!("{DELETED} {}", user.id);
            let erased = entity::user::ActiveModel {
                username_key: Set(name.clone()),
                username: Set(name),
                display_name: Set(DELETED.to_owned()),
                phone: Set(None),
                email: Set(None),
                email_key: Set(None),
                password_hash: Set(no_password.clone()),
                time_zone: Set(TimeZone::UTC),
                deleted_at: Set(Some(now)),
                ..user.into_active_model()
            };
            // Recorded before the user is erased; afterwards nothing can be recorded in their name.
            ActivityEvent::by(viewer, Action::DeleteAccount).on(viewer.user).record(&tx, &app.clock).await?;
            erased.update(&tx).await?;
            activity::forget_person(&tx, viewer.user, viewer.book).await
        })
        .await
}

/// Records a refused attempt in the audit log. Recorded here rather than in the resolver, so that a client that disconnects
/// cannot avoid the entry.
async fn on_record<T>(app: &App, viewer: &Viewer, action: Action, result: Result<T>) -> Result<T> {
    if let Err(Error::Refused(refusals)) = &result {
        activity::refuse(app, ActivityEvent::by(viewer, action).on(viewer.user), refusals).await?;
    }
    result
}

/// Returns the viewer's user row, if the password is right.
async fn proven(app: &App, viewer: &Viewer, password: String, path: &str) -> Result<entity::user::Model> {
    let user = user::find(app.db.read(), viewer).await?;
    let user = user.ok_or(Error::Gone)?;
    let guess = Guess::of_viewer(app, viewer)?;
    let is_right = throttle::verify(app, &guess, password, Some(user.password_hash.clone())).await;
    let is_right = is_right.map_err(|error| error.at(path))?;
    if is_right { Ok(user) } else { Err(wrong(path)) }
}

/// Locks the viewer's user row and returns it, if the password has not changed since it was checked.
async fn still(
    app: &App,
    tx: &Transaction,
    viewer: &Viewer,
    known: &entity::user::Model,
    path: &str,
) -> Result<entity::user::Model> {
    let user = profile::lock(tx, viewer).await?;
    if user.password_version != known.password_version {
        return Err(wrong(path));
    }
    throttle::forget(tx, &Guess::of_viewer(app, viewer)?).await?;
    Ok(user)
}

fn wrong(path: &str) -> Error {
    Refusal::new(Code::WrongCredentials, path, "The password is wrong.").into()
}
