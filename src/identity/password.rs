//! Passwords: hashed with Argon2id, away from the threads that serve requests, and only a few at a time.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use sea_orm::DbErr;
use tokio::sync::Semaphore;

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
        self.in_a_place(move || hash(&password)).await
    }

    /// Whether a password is the one of a hash. Without a hash it is not, and finding that out takes as long.
    ///
    /// # Errors
    /// `TRY_AGAIN` when too many wait.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        let exists = hash.is_some();
        let hash = hash.map_or_else(|| self.nobody.clone(), Into::into);
        let matches = self
            .in_a_place(move || {
                let hash = PasswordHash::new(&hash).map_err(fault)?;
                Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(matches && exists)
    }

    async fn in_a_place<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let busy = || Refusal::new(Code::TryAgain, "", "Too many people are logging in. Try again.");
        let _in_queue = self.queue.try_acquire().map_err(|_| busy())?;
        let place = self.places.clone().acquire_owned().await.map_err(fault)?;
        tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        })
        .await
        .map_err(fault)?
    }
}

fn hash(password: &str) -> Result<String> {
    Ok(Argon2::default().hash_password(password.as_bytes()).map_err(fault)?.to_string())
}

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Fault(DbErr::Custom(format!("password hashing: {error}")))
}
