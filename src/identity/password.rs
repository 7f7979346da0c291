//! Passwords: hashed with Argon2id, away from the threads that serve requests, and only a few at a time.

use std::{str::FromStr, sync::Arc, thread};

use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::strength;
use crate::{
    entity::user,
    error::{Code, Error, Refusal, Result},
};

/// How many callers may wait for a free place before the next is turned away.
const QUEUE: usize = 512;

/// What nobody has for a password.
const NOBODY: &str = "nobody has this password";

/// How far hashing steps back: a tenth of the share of a core that others get who want it too. See setpriority(2), sched(7).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// What a hash costs: memory in KiB, passes and lanes, written as in the PHC string format, `m=19456,t=2,p=1`.
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

    /// Memory up to 4 GiB, and up to 100 passes: more than that is a mistake.
    fn from_str(text: &str) -> Result<Self, ()> {
        let params: Params = text.parse().map_err(|_| ())?;
        let is_written_so = written(&params) == text;
        let is_sane = params.m_cost() <= 4 * 1024 * 1024 && params.t_cost() <= 100 && params.p_cost() <= 64;
        if is_written_so && is_sane { Ok(Self(params)) } else { Err(()) }
    }
}

/// Hashes and checks passwords.
///
/// A hash takes one core for tens of milliseconds, so at most half of the cores hash at once, and with a low priority: a burst
/// of logins waits for itself, and transfers go on.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// How new hashes are made.
    hasher: Argon2<'static>,
    /// Where passwords are hashed and checked.
    hashing: Line,
    /// Where it is found out how hard they are to guess: apart, since whoever registers may make that take long.
    judging: Line,
    /// A hash of no password of each cost that users' hashes have: to be checked beside, so that a wrong password takes as long
    /// for any user and for none.
    nobody: Arc<[String]>,
}

impl Passwords {
    /// Makes hashes by Argon2id with some parameters.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn new(cost: HashCost) -> Result<Self> {
        let hasher = Argon2::from(cost.0);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let places = (cores / 2).max(1);
        Ok(Self {
            hashing: Line::of(places),
            judging: Line::of(places),
            nobody: [hash(&hasher, NOBODY)?].into(),
            hasher,
        })
    }

    /// As [`Passwords::new`], knowing the costs of the hashes that users have from earlier settings.
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

    /// Whether a hash is made as new ones are. If not, it is to be made again when its password is at hand.
    #[must_use]
    pub fn is_current(&self, hash: &str) -> bool {
        params(hash).is_some_and(|params| written(&params) == written(self.hasher.params()))
    }

    /// Checks that a password is good enough for a user.
    ///
    /// # Errors
    /// `INVALID` at `path`, with what would help; `TRY_AGAIN` when too many wait.
    pub(super) async fn judge(&self, password: &str, user: &user::Model, path: &'static str) -> Result<()> {
        let (password, user) = (password.to_owned(), user.clone());
        self.judging.run(move || Ok(strength::check(&password, &user, path)?)).await
    }

    /// The hash of a password with a new salt, as a PHC string.
    ///
    /// # Errors
    /// `TRY_AGAIN` when too many wait.
    pub async fn hash(&self, password: String) -> Result<String> {
        let hasher = self.hasher.clone();
        self.hashing.run(move || hash(&hasher, &password)).await
    }

    /// A place to hash at, as soon as there is one.
    ///
    /// # Errors
    /// `TRY_AGAIN` when too many wait.
    pub(super) async fn place(&self) -> Result<Place> {
        self.hashing.place().await
    }

    /// Whether a password is the one of a hash. Without a hash it is not, and finding that out takes as long. Gives the place
    /// back, to be left when that is written down.
    pub(super) async fn verify(&self, place: Place, password: String, hash: Option<String>) -> Result<(bool, Place)> {
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

/// A few places, and a queue before them.
#[derive(Clone, Debug)]
struct Line {
    /// Who has a place.
    places: Arc<Semaphore>,
    /// Who has a place or waits.
    queue: Arc<Semaphore>,
}

impl Line {
    fn of(places: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), queue: Arc::new(Semaphore::new(places + QUEUE)) }
    }

    async fn place(&self) -> Result<Place> {
        let busy = |_| Refusal::new(Code::TryAgain, "", "Too many users are logging in at once. Try again.");
        let in_queue = self.queue.clone().try_acquire_owned().map_err(busy)?;
        let place = self.places.clone().acquire_owned().await.map_err(fault)?;
        Ok(Place { _in_queue: in_queue, _place: place })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        Ok(in_place(self.place().await?, work).await?.0)
    }
}

/// A place to hash at, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _in_queue: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// Does some hashing, on a thread of its own. The place is taken until it is done, whether or not anybody waits for it.
async fn in_place<T: Send + 'static>(
    place: Place,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<(T, Place)> {
    let (done, result) = oneshot::channel();
    let hashing = move || {
        step_back();
        // Nobody waits any more when this fails.
        done.send(work().map(|result| (result, place))).ok();
    };
    thread::Builder::new().name("hashing".to_owned()).spawn(hashing).map_err(fault)?;
    result.await.map_err(fault)?
}

/// Lets the threads that serve requests, and the database, go before this one. On Linux the priority is that of the thread;
/// elsewhere it would be that of the whole program, so there it stays.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "hashing goes on with the priority of the program");
    }
}

/// The parameters of a hash; none when it is not by Argon2.
fn params(hash: &str) -> Option<Params> {
    Params::try_from(&PasswordHash::new(hash).ok()?).ok()
}

/// What a hash costs, as the PHC string format writes it.
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
