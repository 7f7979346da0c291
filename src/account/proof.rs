//! Operations for which a session is not enough, since its token may have been stolen: the user must give the password again.

use crate::{
    activity::{self, ActivityEvent},
    app::App,
    db::Transaction,
    entity::{self, activity::Action},
    error::{Code, Error, Refusal, Result},
    identity::{
        find_user, profile,
        throttle::{Guess, Verified},
    },
    viewer::Viewer,
};

/// Proof that the viewer gave the right password.
pub(super) struct Proof {
    /// The viewer's user row when the password was checked.
    pub(super) user: entity::user::Model,
    verified: Verified,
    /// Where refusals point to in the input.
    path: &'static str,
}

impl Proof {
    /// Checks the password. `path` is where refusals point to in the input.
    ///
    /// # Errors
    /// `WRONG_CREDENTIALS` or `TOO_MANY_ATTEMPTS` at `path`.
    pub(super) async fn of(app: &App, viewer: &Viewer, password: String, path: &'static str) -> Result<Self> {
        let user = find_user(app.db.read(), viewer).await?;
        let user = user.ok_or(Error::Gone)?;
        let verified = Guess::of_viewer(app, viewer)?.verify(app, password, Some(user.password_hash.clone())).await;
        let verified = verified.map_err(|error| error.at(path))?;
        verified.map(|verified| Self { user, verified, path }).ok_or_else(|| wrong(path))
    }

    /// Locks the viewer's user row and returns it, if the password has not changed since it was checked. Deletes the count of
    /// earlier failures.
    pub(super) async fn lock_user(&self, tx: &Transaction, viewer: &Viewer) -> Result<entity::user::Model> {
        let user = profile::lock(tx, viewer).await?;
        if user.password_version != self.user.password_version {
            return Err(wrong(self.path));
        }
        self.verified.forget_failures(tx).await?;
        Ok(user)
    }
}

/// Records a refused attempt in the audit log. Recorded here rather than in the resolver, so that a client that disconnects
/// cannot avoid the entry.
pub(super) async fn record_refusal<T>(app: &App, viewer: &Viewer, action: Action, result: Result<T>) -> Result<T> {
    if let Err(Error::Refused(refusals)) = &result {
        activity::refuse(app, ActivityEvent::by(viewer, action).on(viewer.user), refusals).await?;
    }
    result
}

fn wrong(path: &str) -> Error {
    Refusal::new(Code::WrongCredentials, path, "The password is wrong.").into()
}
