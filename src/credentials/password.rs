//! Passwords: hashed with Argon2id, on threads of their own and only a few at a time.
//!
//! Hashing is slow on purpose, so it must never run on the threads that serve requests.

use std::{str::FromStr, sync::Arc, thread};

use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use tokio::sync::oneshot;

use super::{
    fair_queue::{Claim, FairQueue, Place, QueueLimits},
    password_strength,
};
use crate::{
    entity::user,
    error::{Error, Result},
};

/// The password of the dummy hashes. It need not be secret, because the result of verifying a dummy hash is ignored.
const NOBODY: &str = "nobody has this password";

/// The `nice` value of hashing threads: while other threads want the same core, hashing gets about a tenth of their share. See
/// setpriority(2) and sched(7).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// The cost of a hash: memory in KiB, passes and lanes, written as in the PHC string format: `m=19456,t=2,p=1`.
#[derive(Clone, Debug)]
pub struct HashCost(Params);

impl Default for HashCost {
    /// 19 MiB, 2 passes and 1 lane, as the
    /// [OWASP Password Storage Cheat Sheet](https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html)
    /// recommends.
    fn default() -> Self {
        Self(Params::DEFAULT)
    }
}

impl FromStr for HashCost {
    type Err = ();

    /// Accepts at most 4 GiB of memory, 100 passes and 64 lanes. Anything higher is taken for a mistake.
    fn from_str(text: &str) -> Result<Self, ()> {
        let params: Params = text.parse().map_err(|_| ())?;
        let is_written_so = written(&params) == text;
        let is_sane = params.m_cost() <= 4 * 1024 * 1024 && params.t_cost() <= 100 && params.p_cost() <= 64;
        if is_written_so && is_sane { Ok(Self(params)) } else { Err(()) }
    }
}

/// Hashes and verifies passwords.
///
/// Computing a hash takes one core for tens of milliseconds. So at most half of the cores hash at once, and with a low
/// priority: a burst of logins delays other logins, but not transfers.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// The parameters of new hashes.
    hasher: Argon2<'static>,
    /// The slots for hashing and verifying passwords.
    hashing: FairQueue,
    /// The slots for estimating how easy a password is to guess. They are separate, because someone who registers can choose a
    /// password for which this takes long, and must not delay logins by it.
    judging: FairQueue,
    /// Dummy hashes, one for each cost that the users' hashes have. They are verified in addition, so that a wrong password
    /// takes equally long for every user, and also when the user does not exist.
    nobody: Arc<[String]>,
}

impl Passwords {
    /// Hashes with Argon2id at this cost.
    ///
    /// # Errors
    /// When the operating system provides no random numbers.
    pub fn new(cost: HashCost) -> Result<Self> {
        let hasher = Argon2::from(cost.0);
        Ok(Self {
            hashing: FairQueue::new(places(), QueueLimits::default()),
            judging: FairQueue::new(places(), QueueLimits::default()),
            nobody: [hash(&hasher, NOBODY)?].into(),
            hasher,
        })
    }

    /// The same, with other limits of the queues.
    #[must_use]
    pub fn with_queues(self, limits: QueueLimits) -> Self {
        let queue = || FairQueue::new(places(), limits);
        Self { hashing: queue(), judging: queue(), ..self }
    }

    /// Like [`Passwords::new`], with dummy hashes also for the costs of hashes that were made under earlier settings.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_users(cost: HashCost, conn: &impl ConnectionTrait) -> Result<Self> {
        let mut passwords = Self::new(cost)?;
        let mut nobody = passwords.nobody.to_vec();
        loop {
            let known = nobody.iter().filter_map(|hash| params(hash)).map(|params| format!("%${}$%", written(&params)));
            let others =
                known.fold(Condition::all(), |others, known| others.add(user::Column::PasswordHash.not_like(known)));
            let other = user::Entity::find().filter(user::Column::DeletedAt.is_null()).filter(others).one(conn).await?;
            let Some(params) = other.and_then(|user| params(&user.password_hash)) else { break };
            nobody.push(hash(&Argon2::from(params), NOBODY)?);
        }
        passwords.nobody = nobody.into();
        Ok(passwords)
    }

    /// Whether a hash has the current cost. If not, the caller should hash the password again when it has the password.
    #[must_use]
    pub fn is_current(&self, hash: &str) -> bool {
        params(hash).is_some_and(|params| written(&params) == written(self.hasher.params()))
    }

    /// Checks that a password is hard enough to guess for others.
    ///
    /// # Errors
    /// `INVALID` at `path`, with advice in the message; `TRY_AGAIN` when the queue is full.
    pub(crate) async fn judge(
        &self,
        claim: &Claim,
        password: &str,
        user: &user::Model,
        path: &'static str,
    ) -> Result<()> {
        let (password, user) = (password.to_owned(), user.clone());
        run(&self.judging, claim, move || Ok(password_strength::check(&password, &user, path)?)).await
    }

    /// Hashes a password with a new salt. Returns a PHC string.
    ///
    /// # Errors
    /// `TRY_AGAIN` when the queue is full.
    pub(crate) async fn hash(&self, claim: &Claim, password: String) -> Result<String> {
        let hasher = self.hasher.clone();
        run(&self.hashing, claim, move || hash(&hasher, &password)).await
    }

    /// Waits for a hashing slot.
    ///
    /// # Errors
    /// `TRY_AGAIN` when the queue is full.
    pub(crate) async fn place(&self, claim: &Claim) -> Result<Place> {
        self.hashing.place(claim).await
    }

    /// Whether a password matches a hash. Without a hash the answer is no, after the same time. Returns the slot too, so that
    /// the caller can record a failure before releasing it.
    pub(crate) async fn verify(&self, place: Place, password: String, hash: Option<String>) -> Result<(bool, Place)> {
        let nobody = self.nobody.clone();
        let check = move || {
            let of_user = hash.as_deref().and_then(params).as_ref().map(written);
            if let Some(hash) = hash
                && is_of(&password, &hash)?
            {
                return Ok(true);
            }
            for hash in nobody.iter().filter(|hash| params(hash).as_ref().map(written) != of_user) {
                is_of(&password, hash)?;
            }
            Ok(false)
        };
        in_place(place, check).await
    }
}

/// How many passwords are hashed at once.
fn places() -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    (cores / 2).max(1)
}

/// Waits for a slot and runs work in it.
async fn run<T: Send + 'static>(
    queue: &FairQueue,
    claim: &Claim,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    Ok(in_place(queue.place(claim).await?, work).await?.0)
}

/// Runs hashing work on a thread of its own. The slot stays taken until the work is done, even if nobody waits for the result.
async fn in_place<T: Send + 'static>(
    place: Place,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<(T, Place)> {
    let (done, result) = oneshot::channel();
    let hashing = move || {
        step_back();
        // Sending fails only when the caller has stopped waiting. Then the slot is dropped here.
        done.send(work().map(|result| (result, place))).ok();
    };
    thread::Builder::new().name("hashing".to_owned()).spawn(hashing).map_err(fault)?;
    result.await.map_err(fault)?
}

/// Lowers the priority of the current thread, so that the threads that serve requests and the database run first. Only on
/// Linux: on other systems this would lower the priority of the whole process.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "cannot lower the priority of a hashing thread");
    }
}

/// The parameters of a hash. `None` when it is not an Argon2 hash.
fn params(hash: &str) -> Option<Params> {
    Params::try_from(&PasswordHash::new(hash).ok()?).ok()
}

/// The parameters as written in the PHC string format.
fn written(params: &Params) -> String {
    format!("m={},t={},p={}", params.m_cost(), params.t_cost(), params.p_cost())
}

fn is_of(password: &str, hash: &str) -> Result<bool> {
    let hash = PasswordHash::new(hash).map_err(fault)?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn hash(hasher: &Argon2<'_>, password: &str) -> Result<String> {
    Ok(hasher.hash_password(password.as_bytes()).map_err(fault)?.to_string())
}

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Fault(DbErr::Custom(format!("password hashing: {error}")))
}
