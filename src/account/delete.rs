//! The end of an account.

use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};

use super::proof::{Proof, record_refusal};
use crate::{
    activity::{self, ActivityEvent},
    app::App,
    bookkeeping::book_lifecycle,
    calendar::time_zone::TimeZone,
    cancel::shield,
    credentials::token::new_refresh_token,
    entity::{self, activity::Action},
    error::Result,
    identity::session_list,
    viewer::Viewer,
};

/// The name shown for a user who deleted their account.
const DELETED: &str = "deleted user";

/// Deletes the viewer's account: closes their wallets, ends their sessions, and erases their personal data and that of their
/// shop. The journal is not changed; other users see a "deleted user" in their transactions with this user.
///
/// # Errors
/// `WRONG_CREDENTIALS` or `TOO_MANY_ATTEMPTS` at `password`; `WALLET_NOT_EMPTY` for each wallet that holds money.
pub async fn delete_account(app: &App, viewer: &Viewer, password: String) -> Result<()> {
    // On the heap, since the future is large.
    shield(Box::pin(async {
        let deleted = end_account(app, viewer, password).await;
        record_refusal(app, viewer, Action::DeleteAccount, deleted).await
    }))
    .await
}

async fn end_account(app: &App, viewer: &Viewer, password: String) -> Result<()> {
    let proof = &Proof::of(app, viewer, password, "password").await?;
    // The hash of a random text that nobody knows: the row keeps a valid hash, but no password matches it.
    let no_password = &app.passwords.hash(new_refresh_token()?).await?;
    app.db
        .write(|tx| async move {
            let user = proof.lock_user(&tx, viewer).await?;
            let now = app.clock.now();
            book_lifecycle::close(&tx, viewer, DELETED, now).await?;
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
