//! The end of an account.
//!
//! | the user's wallets | `deleteAccount` |
//! |---|---|
//! | are empty | deletes the account |
//! | hold money | is refused with `WALLET_NOT_EMPTY`, and others can no longer pay the user ("closing") |
//!
//! Without the second row, somebody who keeps paying the user could prevent the deletion. While the account is closing, the user
//! withdraws or transfers the money, and then deletes the account, or cancels the deletion.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};

use super::proof::{Proof, record_refusal};
use crate::{
    activity::{self, ActivityEvent, AuditFields, Field, field, time},
    app::App,
    bookkeeping::{book_lifecycle, erasure, import::undo::record, invoicing::party},
    calendar::time_zone::TimeZone,
    cancel::shield,
    credentials::token::new_refresh_token,
    entity::{self, activity::Action},
    error::{Refusals, Result},
    identity::{profile, session_list, throttle::claim_of},
    viewer::Viewer,
};

/// The name shown for a user who deleted their account.
const DELETED: &str = "deleted user";

/// Since when an account is closing, as the activity log records it.
struct Closing(Option<DateTime<Utc>>);

impl AuditFields for Closing {
    fn audit_fields(&self) -> Vec<Field> {
        vec![field("closingSince", time(self.0))]
    }
}

/// Deletes the viewer's account: closes their wallets, ends their sessions, and erases their personal data and that of their
/// shop, also from the invoices, receipts and notes, and that of its customers, as `eraseCustomer` does, and the names of the files that
/// they imported. In the journal only what
/// users wrote about customers is overwritten; other users see a "deleted user" in their transactions with this user.
///
/// # Errors
/// `WRONG_CREDENTIALS` or `TOO_MANY_ATTEMPTS` at `password`; `WALLET_NOT_EMPTY` for each wallet that holds money. Then the
/// account is closing.
pub async fn delete_account(app: &App, viewer: &Viewer, password: String) -> Result<()> {
    // On the heap, since the future is large.
    shield(Box::pin(async {
        let deleted = end_account(app, viewer, password).await;
        record_refusal(app, viewer, Action::DeleteAccount, deleted).await?.none()
    }))
    .await
}

/// Makes a closing account an ordinary one again: others can pay the user.
///
/// # Errors
/// When the database fails.
pub async fn cancel_deletion(app: &App, viewer: &Viewer) -> Result<entity::user::Model> {
    app.db
        .write(|tx| async move {
            let user = profile::lock(&tx, viewer).await?;
            let since = book_lifecycle::keep_open(&tx, viewer).await?;
            ActivityEvent::by(viewer, Action::CancelAccountDeletion)
                .on(viewer.user)
                .changed(&Closing(since), &Closing(None))
                .record(&tx, &app.clock)
                .await?;
            Ok(user)
        })
        .await
}

/// Returns the refusals that the wallets give. They are no error, so that the transaction commits that the account is closing,
/// and the entry in the activity log.
async fn end_account(app: &App, viewer: &Viewer, password: String) -> Result<Refusals> {
    let proof = &Proof::of(app, viewer, password, "password").await?;
    // The hash of a random text that nobody knows: the row keeps a valid hash, but no password matches it.
    let no_password = &app.passwords.hash(&claim_of(viewer), new_refresh_token()?).await?;
    app.db
        .write(|tx| async move {
            let user = proof.lock_user(&tx, viewer).await?;
            let now = app.clock.now();
            let event = ActivityEvent::by(viewer, Action::DeleteAccount).on(viewer.user);
            let refusals = book_lifecycle::close(&tx, viewer, DELETED, now).await?;
            if !refusals.is_empty() {
                let codes = refusals.clone().into_vec().into_iter().map(|refusal| refusal.code);
                event.refused(codes).record(&tx, &app.clock).await?;
                return Ok(refusals);
            }
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
            event.record(&tx, &app.clock).await?;
            erased.update(&tx).await?;
            // From here on, operations of the user that have not finished are rolled back.
            party::forget_sellers(&tx, viewer).await?;
            erasure::erase_all(&tx, viewer, now).await?;
            record::forget_names(&tx, viewer).await?;
            activity::forget_person(&tx, viewer.user, viewer.book).await?;
            Ok(refusals)
        })
        .await
}
