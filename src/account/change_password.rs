//! Changing the password.

use async_graphql::InputObject;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};

use super::proof::{Proof, record_refusal};
use crate::{
    activity::ActivityEvent,
    app::App,
    cancel::shield,
    entity::{self, activity::Action},
    error::Result,
    identity::{session_list, throttle::claim_of},
    viewer::Viewer,
};

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
    // On the heap, since the future is large.
    shield(Box::pin(async {
        let changed = set_password(app, viewer, change).await;
        record_refusal(app, viewer, Action::ChangePassword, changed).await
    }))
    .await
}

async fn set_password(app: &App, viewer: &Viewer, change: PasswordChange) -> Result<entity::user::Model> {
    let proof = &Proof::of(app, viewer, change.current_password, "currentPassword").await?;
    let claim = claim_of(viewer);
    app.passwords.judge(&claim, &change.new_password, &proof.user, "newPassword").await?;
    let new_hash = &app.passwords.hash(&claim, change.new_password).await?;
    app.db
        .write(|tx| async move {
            let user = proof.lock_user(&tx, viewer).await?;
            let version = user.password_version + 1;
            let mut changed = user.into_active_model();
            changed.password_hash = Set(new_hash.clone());
            changed.password_version = Set(version);
            let user = changed.update(&tx).await?;
            session_list::end_others(&tx, viewer, app.clock.now()).await?;
            ActivityEvent::by(viewer, Action::ChangePassword).on(viewer.user).record(&tx, &app.clock).await?;
            Ok(user)
        })
        .await
}
