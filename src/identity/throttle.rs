//! Guesses at passwords: who fails too often waits longer and longer.
//!
//! | what | how |
//! |---|---|
//! | counted | each failure, under the name that was typed and under the address that it came from |
//! | free | as many as the setting says, so that nobody meets this who mistypes |
//! | after that | each failure makes the next attempt wait: 1 s, 2 s, 4 s, up to 15 minutes |
//! | while waiting | the password is not looked at, and the wait does not grow; only the first attempt is on record |
//! | forgotten | one failure of a name each hour, one of an address each minute; all of a name when its password is given |
//!
//! A success does not clear the address, since who guesses at others has an account of their own. Nothing here knows
//! whether there is such a user: names that nobody has are counted alike, so that nobody learns which names there are.
//! Sessions that there are go on: only giving a password waits.
//!
//! **Many at once.** Who holds a place for hashing looks at the counts, checks the password and counts the failure before
//! another gets the place. So no more guesses get past the counts than there are places, on each server, while any number of
//! right passwords do.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Set,
    sea_query::Expr,
};
use tracing::Instrument;

use super::{counter, user};
use crate::{
    activity::Act,
    app::App,
    client::Client,
    clock::seconds_of,
    db::Transaction,
    entity,
    error::{Code, Error, Refusal, Result},
    viewer::Viewer,
};

/// The longest that anybody waits, in seconds.
const LONGEST_WAIT: i64 = 15 * 60;
/// After so many failures that are not free the wait grows no more, and so they are counted no further.
const MOST_FAILURES: i64 = 11;

/// Under what a guess counts when it is wrong.
#[derive(Clone, Debug)]
pub(crate) struct Guess {
    /// Whose password it is; none when that is not limited.
    owner: Option<Count>,
    /// Where it comes from; none when that is not known, or not limited.
    address: Option<Count>,
    /// What is on record when it is refused; none when the caller puts that there.
    act: Option<Act>,
}

/// Failures of one name or address.
#[derive(Clone, Debug)]
struct Count {
    key: String,
    /// How many are free.
    free: i64,
    /// After how long one of them is forgotten.
    forgotten_after: TimeDelta,
}

impl Guess {
    /// A login under a name as it was typed, and what is on record of it when it is refused.
    pub(super) fn at_login(app: &App, client: &Client, identifier: &str, act: Act) -> Result<Self> {
        let owner = Count::at(app, &format!("login {}", user::comparable(app, identifier)))?;
        let free = app.limits.login_failures_per_address;
        let address = match client.network() {
            Some(network) => Count::of(app, &format!("guesses from {network}"), free, TimeDelta::minutes(1))?,
            None => None,
        };
        Ok(Self { owner, address, act: Some(act) })
    }

    /// The password that somebody who is logged in gives once more, to do what a session alone may not. It counts under the
    /// session, so that nobody makes the owner wait in one that they have.
    pub(crate) fn of_viewer(app: &App, viewer: &Viewer) -> Result<Self> {
        let session = viewer.session.map(|id| id.to_string()).unwrap_or_default();
        Ok(Self { owner: Count::at(app, &format!("{} in {session}", viewer.user))?, address: None, act: None })
    }

    /// Puts it on record as refused, unless the caller does.
    pub(super) async fn put_on_record(&self, tx: &Transaction, app: &App, why: Code) -> Result<()> {
        match self.act.clone() {
            Some(act) => act.refused([why]).record(tx, &app.clock).await,
            None => Ok(()),
        }
    }

    fn counts(&self) -> impl Iterator<Item = &Count> {
        self.owner.iter().chain(&self.address)
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.counts().map(|count| count.key.as_str())
    }
}

/// Whether a password is that of a hash, unless there were too many guesses before. A wrong one counts as another.
///
/// The caller runs this [`to_its_end`].
///
/// # Errors
/// `TOO_MANY_ATTEMPTS` with the time to wait, and then the password was not looked at; `TRY_AGAIN`.
pub(crate) async fn verify(app: &App, guess: &Guess, password: String, hash: Option<String>) -> Result<bool> {
    // Who has to wait does not stand in the queue of the others.
    check(app, guess).await?;
    let place = app.passwords.place().await?;
    check(app, guess).await?;
    let (matches, _place) = app.passwords.verify(place, password, hash).await?;
    if !matches {
        write_down(app, guess).await?;
    }
    Ok(matches)
}

/// Does to its end what is begun, also when its client does not wait for it.
///
/// # Errors
/// Those of what is done.
pub(crate) async fn to_its_end<T: Send + 'static>(task: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    let done = tokio::spawn(task.in_current_span()).await;
    done.map_err(|error| Error::Fault(DbErr::Custom(format!("checking a password: {error}"))))?
}

/// Forgets the failures of a user who gave the right password.
///
/// # Errors
/// When the database fails.
pub(crate) async fn forget(tx: &Transaction, guess: &Guess) -> Result<()> {
    if let Some(count) = &guess.owner {
        entity::tally::Entity::delete_by_id(count.key.as_str()).exec(tx).await?;
    }
    Ok(())
}

/// Refuses a guess that has to wait.
async fn check(app: &App, guess: &Guess) -> Result<()> {
    let now = app.clock.now();
    let rows = entity::tally::Entity::find()
        .filter(entity::tally::Column::Key.is_in(guess.keys()))
        .filter(entity::tally::Column::ExpiresAt.gt(now))
        .all(app.db.read())
        .await?;
    let wait = |row: &entity::tally::Model| {
        let count = guess.counts().find(|count| count.key == row.key)?;
        Some(row.since + count.wait_after(row.count) - now)
    };
    let waits = rows.iter().filter_map(|row| Some((row, wait(row)?))).filter(|(_, wait)| *wait > TimeDelta::zero());
    let waits: Vec<_> = waits.collect();
    let Some(longest) = waits.iter().map(|(_, wait)| *wait).max() else { return Ok(()) };
    let fresh: Vec<_> = waits.iter().filter(|(row, _)| !row.knocked).map(|(row, _)| row.key.as_str()).collect();
    let fresh = &fresh;
    if !fresh.is_empty() {
        app.db.write(|tx| async move { knock(&tx, app, guess, fresh).await }).await?;
    }
    Err(too_many_attempts(longest).into())
}

/// Puts an attempt on record that came too early, the first one of its wait. All of them would be as many as anybody likes.
async fn knock(tx: &Transaction, app: &App, guess: &Guess, fresh: &[&str]) -> Result<()> {
    let first = entity::tally::Entity::update_many()
        .col_expr(entity::tally::Column::Knocked, Expr::value(true))
        .filter(entity::tally::Column::Key.is_in(fresh.iter().copied()))
        .filter(entity::tally::Column::Knocked.eq(false))
        .exec(tx)
        .await?;
    if first.rows_affected > 0 { guess.put_on_record(tx, app, Code::TooManyAttempts).await } else { Ok(()) }
}

/// Writes a failure down.
async fn write_down(app: &App, guess: &Guess) -> Result<()> {
    app.db
        .write(|tx| async move {
            guess.put_on_record(&tx, app, Code::WrongCredentials).await?;
            let now = app.clock.now();
            let rows = counter::locked(&tx, guess.keys()).await?;
            for count in guess.counts() {
                let before = rows.iter().find(|row| row.key == count.key);
                count.add(&tx, before, now).await?;
            }
            counter::forget_expired(&tx, now).await
        })
        .await
}

impl Count {
    /// Failures at somebody's password.
    fn at(app: &App, owner: &str) -> Result<Option<Self>> {
        let free = app.limits.login_failures_per_identifier;
        Self::of(app, &format!("guesses at {owner}"), free, TimeDelta::hours(1))
    }

    /// Failures that are counted under a name; none when they are not limited.
    fn of(app: &App, name: &str, free: u32, forgotten_after: TimeDelta) -> Result<Option<Self>> {
        if free == 0 {
            return Ok(None);
        }
        Ok(Some(Self { key: app.token_keys.hash(name)?, free: free.into(), forgotten_after }))
    }

    /// Counts one more failure.
    async fn add(
        &self,
        tx: &impl ConnectionTrait,
        before: Option<&entity::tally::Model>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let one = self.forgotten_after;
        let remembered = before.map_or(TimeDelta::zero(), |row| (row.expires_at - now).max(TimeDelta::zero())) + one;
        let failures = begun(remembered, one).min(self.free + MOST_FAILURES);
        let remembered = remembered.min(TimeDelta::seconds(one.num_seconds() * failures));
        let row = entity::tally::Model {
            key: self.key.clone(),
            count: failures,
            since: now,
            expires_at: now + remembered,
            knocked: false,
        };
        let mut row = row.into_active_model();
        if before.is_some() {
            row.key = Set(self.key.clone());
            row.reset_all().update(tx).await?;
        } else {
            // Where another server was faster, this is done again, and finds its row.
            entity::tally::Entity::insert(row).exec_without_returning(tx).await?;
        }
        Ok(())
    }

    /// For how long nobody may try after so many failures.
    fn wait_after(&self, failures: i64) -> TimeDelta {
        let seconds = match failures - self.free {
            ..=0 => 0,
            excess => 1 << (excess - 1).min(MOST_FAILURES),
        };
        TimeDelta::seconds(seconds.min(LONGEST_WAIT))
    }
}

/// How many units of time a span has, the last of them begun.
fn begun(span: TimeDelta, unit: TimeDelta) -> i64 {
    let (span, unit) = (span.num_milliseconds(), unit.num_milliseconds());
    (span + unit - 1) / unit
}

/// Who does something too often has to wait.
pub(crate) fn too_many_attempts(wait: TimeDelta) -> Refusal {
    let seconds = i32::try_from(seconds_of(wait)).unwrap_or(i32::MAX);
    let unit = if seconds == 1 { "second" } else { "seconds" };
    let message = format!("There were too many attempts. Try again in {seconds} {unit}.");
    Refusal { retry_after: Some(seconds), ..Refusal::new(Code::TooManyAttempts, "", message) }
}
