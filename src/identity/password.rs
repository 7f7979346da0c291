//! Passwords: hashed with Argon2id, away from the threads that serve requests, and only a few at a time.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use sea_orm::DbErr;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Code, Error, Refusal, Result};

/// How many callers may wait for a free place before the next is turned away.
const QUEUE: usize = 512;

/// Hashes and checks passwords.
///
/// Argon2id with 19 MiB, 2 passes and 1 lane, as the OWASP Password Storage Cheat Sheet recommends and as the `argon2`
/// crate has for its default. A hash takes one core for tens of milliseconds, so at most half of the cores hash at
/// once: a burst of logins waits for itself, and transfers go on.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// Who hashes now.
    places: Arc<Semaphore>,
    /// Who hashes or waits.
    queue: Arc<Semaphore>,
    /// The hash of no password, to be checked when there is no user, so that this takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    /// # Errors
    /// When the machine gives no randomness.
    pub fn new() -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let places = (cores / 2).max(1);
        Ok(Self {
            places: Arc::new(Semaphore::new(places)),
            queue: Arc::new(Semaphore::new(places + QUEUE)),
            nobody: hash("nobody has this password")?.into(),
        })
    }

    /// The hash of a password with a new salt, as a PHC string.
    ///
    /// # Errors
    /// `TRY_AGAIN` when too many wait.
    pub async fn hash(&self, password: String) -> Result<String> {
        let place = self.place().await?;
        Ok(in_place(place, move || hash(&password)).await?.0)
    }

    /// A place to hash at, as soon as there is one.
    ///
    /// # Errors
    /// `TRY_AGAIN` when too many wait.
    pub(super) async fn place(&self) -> Result<Place> {
        let busy = |_| Refusal::new(Code::TryAgain, "", "Too many people are logging in. Try again.");
        let in_queue = self.queue.clone().try_acquire_owned().map_err(busy)?;
        let place = self.places.clone().acquire_owned().await.map_err(fault)?;
        Ok(Place { _in_queue: in_queue, _place: place })
    }

    /// Whether a password is the one of a hash. Without a hash it is not, and finding that out takes as long. Gives the place
    /// back, to be left when that is written down.
    pub(super) async fn verify(&self, place: Place, password: String, hash: Option<String>) -> Result<(bool, Place)> {
        let exists = hash.is_some();
        let hash = hash.map_or_else(|| self.nobody.clone(), Into::into);
        let check = move || {
            let hash = PasswordHash::new(&hash).map_err(fault)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        };
        let (matches, place) = in_place(place, check).await?;
        Ok((matches && exists, place))
    }
}

/// A place to hash at, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _in_queue: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// Does some hashing. The place is taken until it is done, whether or not anybody waits for it.
async fn in_place<T: Send + 'static>(
    place: Place,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<(T, Place)> {
    tokio::task::spawn_blocking(move || Ok((work()?, place))).await.map_err(fault)?
}

fn hash(password: &str) -> Result<String> {
    Ok(Argon2::default().hash_password(password.as_bytes()).map_err(fault)?.to_string())
}

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Fault(DbErr::Custom(format!("password hashing: {error}")))
}
