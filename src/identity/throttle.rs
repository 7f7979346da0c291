//! Throttling of password guesses: repeated failures lead to longer and longer waiting times.
//!
//! | what | rule |
//! |---|---|
//! | counted | each failed attempt, once under the identifier that was typed and once under the client's network address |
//! | apart | failures under an identifier from networks where its owner has logged in before, so that strangers cannot lock the owner out |
//! | free | the first failures, up to the configured number, so that a typing error has no consequence |
//! | wait | after that, each failure delays the next attempt: 1 s, 2 s, 4 s, up to 15 minutes |
//! | during a wait | the password is not checked and the wait does not grow; only the first attempt of each wait is written to the audit log |
//! | forgotten | one failure of an identifier per hour, one of an address per minute; all of an identifier after its right password |
//!
//! A successful login does not clear the failures of the address, because an attacker could log in to an account of their own
//! to clear them. Identifiers of users who do not exist are counted in the same way, so that nobody can find out which users
//! exist. Existing sessions are not affected: only attempts to give a password wait.
//!
//! **Parallel attempts.** An attempt holds a hashing slot while it checks the throttle, verifies the password and records a
//! failure. So at most as many guesses as there are slots, on each server, can get past the throttle at once. Right passwords
//! are not limited in this way.

use super::{counter, familiar, user};
use crate::{
    activity::ActivityEvent,
    app::App,
    cancel::shield,
    client::Client,
    clock::seconds_of,
    credentials::Claim,
    db::Transaction,
    entity,
    error::{Code, Detail, Refusal, Result},
    viewer::Viewer,
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set, sea_query::Expr,
};

/// The longest waiting time, in seconds.
const LONGEST_WAIT: i64 = 15 * 60;
/// The number of failures, beyond the free ones, after which the wait stops growing. Further failures are not counted.
const MOST_FAILURES: i64 = 11;

/// One attempt to give a password: the counters for its failure, and its entry in the audit log.
#[derive(Clone, Debug)]
pub(crate) struct Guess {
    /// The counter of the identifier or the session. `None` when failures are not limited.
    owner: Option<Count>,
    /// The counter of the client's address. `None` when the address is unknown, or when failures are not limited.
    address: Option<Count>,
    /// On whose account the attempt waits for hashing.
    claim: Claim,
    /// The entry of the audit log for a failed attempt. `None` when the caller writes it.
    act: Option<ActivityEvent>,
}

/// A counter of failures: of one identifier, session or address.
#[derive(Clone, Debug)]
struct Count {
    key: String,
    /// How many failures have no consequence.
    free: i64,
    /// How long it takes until one failure is forgotten.
    forgotten_after: TimeDelta,
}

impl Guess {
    /// An attempt to log in with this identifier, as typed. `user` is whom the identifier belongs to. `act` is recorded in the
    /// audit log when the attempt fails.
    pub(super) async fn at_login(
        app: &App,
        client: &Client,
        identifier: &str,
        user: Option<&entity::user::Model>,
        act: ActivityEvent,
    ) -> Result<Self> {
        let comparable = user::comparable(app, identifier);
        let is_known = familiar::is_familiar(app.db.read(), user.map(|user| user.id), client.network()).await?;
        // Strangers who guess at a name do not make its owner wait where the owner has logged in before.
        let owner = match client.network().filter(|_| is_known) {
            Some(network) => Count::at(app, &format!("login {comparable} from {network}"))?,
            None => Count::at(app, &format!("login {comparable}"))?,
        };
        let free = app.limits.login_failures_per_address;
        let address = match client.network() {
            Some(network) => Count::of(app, &format!("guesses from {network}"), free, TimeDelta::minutes(1))?,
            None => None,
        };
        // A hash is shorter than an identifier may be.
        let name = app.token_keys.hash(&format!("name {comparable}"))?;
        let claim = Claim { is_known, network: client.network(), name };
        Ok(Self { owner, address, claim, act: Some(act) })
    }

    /// A logged-in user's attempt to confirm a sensitive operation with their password. It is counted under the session, so
    /// that failures in one session do not make the user wait in another.
    pub(crate) fn of_viewer(app: &App, viewer: &Viewer) -> Result<Self> {
        let session = viewer.session.map(|id| id.to_string()).unwrap_or_default();
        let owner = Count::at(app, &format!("{} in {session}", viewer.user))?;
        Ok(Self { owner, address: None, claim: claim_of(viewer), act: None })
    }

    /// Records the attempt in the audit log as refused, unless the caller does so.
    async fn record_refusal(&self, tx: &Transaction, app: &App, why: Code) -> Result<()> {
        match self.act.clone() {
            Some(act) => act.refused([why]).record(tx, &app.clock).await,
            None => Ok(()),
        }
    }

    /// Checks a password against a hash. A wrong password counts as one more failure, even if the client disconnects.
    ///
    /// # Errors
    /// `TOO_MANY_ATTEMPTS` with the time to wait, without checking the password; `TRY_AGAIN` when the server is too busy.
    pub(crate) async fn verify(self, app: &App, password: String, hash: Option<String>) -> Result<Option<Verified>> {
        shield(async {
            // Checked before waiting for a hashing slot too, so that throttled attempts do not lengthen the queue.
            check(app, &self).await?;
            let place = app.passwords.place(&self.claim).await?;
            check(app, &self).await?;
            // The slot is held until the failure is recorded.
            let (matches, _place) = app.passwords.verify(place, password, hash).await?;
            if matches {
                return Ok(Some(Verified(self)));
            }
            record_failure(app, &self).await?;
            Ok(None)
        })
        .await
    }

    fn counts(&self) -> impl Iterator<Item = &Count> {
        self.owner.iter().chain(&self.address)
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.counts().map(|count| count.key.as_str())
    }
}

/// A guess that was right. Only [`Guess::verify`] makes one, so that nothing that needs it can be done before the check.
#[derive(Debug)]
pub(crate) struct Verified(Guess);

impl Verified {
    /// Deletes the failures that were counted for the identifier or session.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn forget_failures(&self, tx: &Transaction) -> Result<()> {
        if let Some(count) = &self.0.owner {
            entity::tally::Entity::delete_by_id(count.key.as_str()).exec(tx).await?;
        }
        Ok(())
    }

    /// Records that the right password was refused after all: it was changed in the meantime.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn record_refusal(&self, tx: &Transaction, app: &App) -> Result<()> {
        self.0.record_refusal(tx, app, Code::WrongCredentials).await
    }
}

/// On whose account a logged-in user waits for hashing.
pub(crate) fn claim_of(viewer: &Viewer) -> Claim {
    let network = Client::new(viewer.address, None).network();
    Claim { is_known: true, network, name: viewer.user.to_string() }
}

/// Refuses an attempt during a wait.
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
        app.db.write(|tx| async move { record_early_attempt(&tx, app, guess, fresh).await }).await?;
    }
    Err(too_many_attempts(longest).into())
}

/// Logs only the first attempt of each wait, so that an attacker cannot flood the audit log.
async fn record_early_attempt(tx: &Transaction, app: &App, guess: &Guess, fresh: &[&str]) -> Result<()> {
    let first = entity::tally::Entity::update_many()
        .col_expr(entity::tally::Column::Knocked, Expr::value(true))
        .filter(entity::tally::Column::Key.is_in(fresh.iter().copied()))
        .filter(entity::tally::Column::Knocked.eq(false))
        .exec(tx)
        .await?;
    if first.rows_affected > 0 { guess.record_refusal(tx, app, Code::TooManyAttempts).await } else { Ok(()) }
}

/// Records a failed attempt: in the audit log and in the counters.
async fn record_failure(app: &App, guess: &Guess) -> Result<()> {
    app.db
        .write(|tx| async move {
            guess.record_refusal(&tx, app, Code::WrongCredentials).await?;
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
    /// The counter of an identifier or session.
    fn at(app: &App, owner: &str) -> Result<Option<Self>> {
        let free = app.limits.login_failures_per_identifier;
        Self::of(app, &format!("guesses at {owner}"), free, TimeDelta::hours(1))
    }

    /// The counter with this name. `None` when failures are not limited.
    fn of(app: &App, name: &str, free: u32, forgotten_after: TimeDelta) -> Result<Option<Self>> {
        if free == 0 {
            return Ok(None);
        }
        Ok(Some(Self { key: app.token_keys.hash(name)?, free: free.into(), forgotten_after }))
    }

    /// Adds one failure to the counter.
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
            // If another server inserts the row first, this transaction is retried and then finds that row.
            entity::tally::Entity::insert(row).exec_without_returning(tx).await?;
        }
        Ok(())
    }

    /// How long the next attempt must wait after this many failures.
    fn wait_after(&self, failures: i64) -> TimeDelta {
        let seconds = match failures - self.free {
            ..=0 => 0,
            excess => 1 << (excess - 1).min(MOST_FAILURES),
        };
        TimeDelta::seconds(seconds.min(LONGEST_WAIT))
    }
}

/// How many units of time a time span contains, counting a part of a unit as a whole one.
fn begun(span: TimeDelta, unit: TimeDelta) -> i64 {
    let (span, unit) = (span.num_milliseconds(), unit.num_milliseconds());
    (span + unit - 1) / unit
}

/// The refusal of a throttled attempt. `wait` is the time until the next attempt is allowed.
pub(crate) fn too_many_attempts(wait: TimeDelta) -> Refusal {
    let seconds = i32::try_from(seconds_of(wait)).unwrap_or(i32::MAX);
    let unit = if seconds == 1 { "second" } else { "seconds" };
    let message = format!("There were too many attempts. Try again in {seconds} {unit}.");
    Refusal::new(Code::TooManyAttempts, "", message).with(Detail::RetryAfter(seconds))
}
