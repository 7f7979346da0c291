//! The profile: the data that users enter about themselves.

use async_graphql::{InputObject, MaybeUndefined};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QuerySelect, sea_query::LockType};

use super::{daily_limit::DailyLimit, names, user::key};
use crate::{
    activity::{ActivityEvent, AuditFields, Field, field},
    app::App,
    calendar::time_zone::TimeZone,
    entity::{activity::Action, user},
    error::{Error, Refusals, Result},
    text,
    viewer::Viewer,
};

/// The fields of the logged-in user to change. Omitted fields stay as they are.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "UpdateProfileInput")]
pub struct ProfileChange {
    /// The username. `RegisterInput.username` states the rules. The old one becomes free for others at once. Cannot be
    /// null.
    pub username: MaybeUndefined<String>,
    /// The phone number, with which the user can log in and be paid. Start it with `+` and the country code. It must be
    /// unique among all users. Null clears it.
    pub phone: MaybeUndefined<String>,
    /// The e-mail address, with which the user can log in. It must be unique among all users. Null clears it.
    pub email: MaybeUndefined<String>,
    /// The name that the user shows to others, 1 to 100 characters. Null sets it to the username.
    pub display_name: MaybeUndefined<String>,
    /// Whether others find the user by username and phone number to pay them. When false, both are treated as if nobody
    /// had them; whoever has the id of a wallet can still pay into it. Cannot be null.
    pub findable: MaybeUndefined<bool>,
    /// The time zone in which times should be shown to the user. Null sets `UTC`. Which date is "today" is decided by
    /// `Book.timeZone` instead.
    pub time_zone: MaybeUndefined<TimeZone>,
}

/// Changes the viewer's profile.
///
/// # Errors
/// `INVALID`, `REQUIRED` and `TAKEN`, for all fields at once; `TOO_MANY_ATTEMPTS` when a name should change although the
/// viewer was told too often today that names are taken.
pub async fn update(app: &App, viewer: &Viewer, wanted: &ProfileChange) -> Result<user::Model> {
    let limit = &DailyLimit::of(app, viewer, "taken names", app.limits.taken_names_per_day)?;
    let updated = app.db.write(|tx| async move {
        let before = lock(&tx, viewer).await?;
        let mut user = before.clone();
        let mut refusals = change(app, &mut user, wanted);
        if let Some(limit) = limit.as_ref().filter(|_| identifiers(&user) != identifiers(&before)) {
            // Counted under the lock of the user, so parallel requests are counted one after the other.
            limit.check(&tx).await?;
        }
        let taken = names::taken(&tx, &user).await?;
        if taken.is_empty() {
            refusals.none()?;
        } else {
            if let Some(limit) = limit {
                // Beyond the limit only the next request is refused: this one has passed the check.
                let _within = limit.count(&tx, i64::try_from(taken.len()).unwrap_or(i64::MAX)).await?;
            }
            refusals.extend(taken);
            // Commits the count. Nothing else was written.
            return Ok(Err(refusals));
        }
        let after = user.into_active_model().reset_all().update(&tx).await?;
        ActivityEvent::by(viewer, Action::UpdateProfile)
            .on(after.id)
            .changed(&before, &after)
            .record(&tx, &app.clock)
            .await?;
        Ok(Ok(after))
    });
    Ok(updated.await??)
}

/// The names that belong to at most one user, in the form in which they are compared.
fn identifiers(user: &user::Model) -> [Option<&str>; 3] {
    [Some(user.username_key.as_str()), user.phone.as_deref(), user.email_key.as_deref()]
}

impl AuditFields for user::Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![
            field("username", Some(&self.username)),
            field("phone", self.phone.as_ref()),
            field("email", self.email.as_ref()),
            field("displayName", Some(&self.display_name)),
            field("findable", Some(self.findable)),
            field("timeZone", Some(self.time_zone)),
        ]
    }
}

/// Locks the viewer's user row and returns it. The lock orders changes of the profile, changes of the password and the deletion
/// of the account one after the other.
///
/// # Errors
/// [`Error::Gone`] when the user has deleted their account.
pub(crate) async fn lock(tx: &impl ConnectionTrait, viewer: &Viewer) -> Result<user::Model> {
    let user = user::Entity::find_by_id(viewer.user).lock(LockType::NoKeyUpdate).one(tx).await?;
    user.filter(|user| user.deleted_at.is_none()).ok_or(Error::Gone)
}

fn change(app: &App, user: &mut user::Model, wanted: &ProfileChange) -> Refusals {
    let mut refusals = Refusals::default();
    if let Some(username) = refusals.change(&wanted.username, "username", |username| names::username(username)) {
        user.username_key = key(&username);
        user.username = username;
    }
    refusals.set(&mut user.phone, &wanted.phone, |phone| names::e164(app, phone).map(Some));
    refusals.set(&mut user.email, &wanted.email, |email| text::email(email, "email").map(Some));
    user.email_key = user.email.as_deref().map(key);
    match &wanted.display_name {
        MaybeUndefined::Null => user.display_name.clone_from(&user.username),
        wanted => {
            let name = refusals.change(wanted, "displayName", |name| text::line(name, 100, "displayName"));
            user.display_name = name.unwrap_or_else(|| user.display_name.clone());
        }
    }
    let findable = refusals.change(&wanted.findable, "findable", |findable| Ok(*findable));
    user.findable = findable.unwrap_or(user.findable);
    match wanted.time_zone {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => user.time_zone = TimeZone::UTC,
        MaybeUndefined::Value(time_zone) => user.time_zone = time_zone,
    }
    refusals
}
