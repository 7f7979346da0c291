//! Access tokens (JWT) and refresh tokens.
//!
//! An access token is verified by its signature; a refresh token is looked up by its hash. The first refresh token of a session
//! is random. Each later one is derived from the one before and the servers' secret, so that a server can answer a repeated use
//! of a token with the same successor although only hashes are stored.

use std::{
    fmt,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use lru::LruCache;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::cursor::CursorKey;
use crate::{
    entity::session,
    error::{Error, Result},
    viewer::Viewer,
};

/// The lifetime of an access token.
pub(crate) const ACCESS_TOKEN_LIFE: TimeDelta = TimeDelta::minutes(60);
/// The lifetime of a refresh token.
pub(crate) const REFRESH_TOKEN_LIFE: TimeDelta = TimeDelta::hours(24);

/// A secret that signs access tokens: at least 32 bytes, the length of the hash (RFC 7518 section 3.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// The id of the secret, which the tokens that it signs carry as `kid` (RFC 7515 section 4.1.4).
    pub id: Option<String>,
    /// The secret itself.
    pub bytes: Vec<u8>,
}

/// The keys of access tokens. The first one signs and all of them verify, so that a secret can be replaced while tokens that it
/// signed are still in use.
#[derive(Clone)]
pub struct TokenKeys {
    keys: Arc<[TokenKey]>,
    /// What valid tokens say that were read before. Each is sent with many requests, and its signature is checked once.
    read: Arc<Mutex<LruCache<String, Contents>>>,
}

/// The viewer of a token, and when it expires.
type Contents = (Viewer, DateTime<Utc>);

/// How many tokens are kept that were read: some 700 KB.
const KEPT: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

struct TokenKey {
    id: Option<String>,
    encoding: EncodingKey,
    decoding: DecodingKey,
    cursors: Option<CursorKey>,
}

/// Makes and opens the cursors of one list.
#[derive(Debug)]
pub struct Cursors<'a> {
    keys: &'a TokenKeys,
    list: String,
}

impl Cursors<'_> {
    /// The opaque cursor for a sort key.
    ///
    /// # Errors
    /// When there is no secret.
    pub fn seal(&self, key: &str) -> Result<String> {
        let cursor = self.keys.keys.first().and_then(|first| first.cursors.as_ref()?.seal(&self.list, key));
        cursor.ok_or_else(|| Error::Fault(DbErr::Custom("cannot seal a cursor: there is no secret".to_owned())))
    }

    /// The sort key that a cursor carries. `None` unless these servers have made the cursor for this list.
    pub(crate) fn open(&self, cursor: &str) -> Option<String> {
        self.keys.keys.iter().find_map(|key| key.cursors.as_ref()?.open(&self.list, cursor))
    }
}

/// The contents of an access token (RFC 7519).
#[derive(Serialize, Deserialize)]
struct Claims {
    /// The id of the user.
    sub: String,
    username: String,
    session: String,
    book: String,
    iat: i64,
    exp: i64,
}

impl TokenKeys {
    /// Keys made from these secrets. Without any secret, no token can be signed and none is valid.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let key = |Secret { id, bytes }| {
            let encoding = EncodingKey::from_secret(&bytes);
            let cursors = CursorKey::derive(&encoding);
            TokenKey { id, encoding, decoding: DecodingKey::from_secret(&bytes), cursors }
        };
        Self { keys: secrets.into_iter().map(key).collect(), read: Arc::new(Mutex::new(LruCache::new(KEPT))) }
    }

    pub(crate) fn sign(&self, session: &session::Model, username: &str, now: DateTime<Utc>) -> Result<String> {
        let claims = Claims {
            sub: session.user_id.to_string(),
            username: username.to_owned(),
            session: session.id.to_string(),
            book: session.book_id.to_string(),
            iat: now.timestamp(),
            exp: (now + ACCESS_TOKEN_LIFE).timestamp(),
        };
        let fault = |error: &str| Error::Fault(DbErr::Custom(format!("cannot sign a token: {error}")));
        let key = self.keys.first().ok_or_else(|| fault("there is no secret"))?;
        let header = Header { kid: key.id.clone(), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(|error| fault(&error.to_string()))
    }

    /// The refresh tokens that may succeed this one: one for each key, the signing key's first. Several servers, or one after a
    /// restart, derive the same ones, also while a secret is being replaced. As in [`TokenKeys::hash`], the derived text
    /// contains spaces; it begins differently, so that neither function can produce a result of the other.
    pub(crate) fn successors(&self, refresh_token: &str) -> Result<Vec<String>> {
        let text = format!("the successor of {refresh_token}");
        let derive = |key: &TokenKey| jsonwebtoken::crypto::sign(text.as_bytes(), &key.encoding, Algorithm::HS256);
        let derived = self.keys.iter().map(derive).collect::<Result<_, _>>();
        derived.map_err(|error| Error::Fault(DbErr::Custom(format!("cannot derive a token: {error}"))))
    }

    /// A keyed hash of a text, stored where the text itself must not be: only a holder of the key can find out which text it
    /// is. The hashed text contains spaces, so this can never produce the signature of a token.
    pub(crate) fn hash(&self, text: &str) -> Result<String> {
        let fault = |error: &str| Error::Fault(DbErr::Custom(format!("cannot hash a key: {error}")));
        let key = self.keys.first().ok_or_else(|| fault("there is no secret"))?;
        let text = format!("the hash of {text}");
        let hash = jsonwebtoken::crypto::sign(text.as_bytes(), &key.encoding, Algorithm::HS256);
        hash.map_err(|error| fault(&error.to_string()))
    }

    /// The cursors of a list. `list` names the book too, so that a cursor is of no use in another one.
    #[must_use]
    pub fn cursors(&self, list: String) -> Cursors<'_> {
        Cursors { keys: self, list }
    }

    /// The viewer that a token was issued to. `None` unless the token has not expired and is signed, by HS256, with the key
    /// that it names. A token that names no key was signed while the secret had no id, so all keys are tried.
    pub(crate) fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Viewer> {
        Some(self.read(token, now)?.0)
    }

    /// The viewer of a valid token, and when it expires.
    pub(crate) fn read(&self, token: &str, now: DateTime<Utc>) -> Option<(Viewer, DateTime<Utc>)> {
        let known = self.known().get(token).copied();
        let contents = match known {
            Some(contents) => contents,
            None => self.contents(token)?,
        };
        if now >= contents.1 {
            self.known().pop(token);
            return None;
        }
        if known.is_none() {
            self.known().put(token.to_owned(), contents);
        }
        Some(contents)
    }

    fn known(&self) -> MutexGuard<'_, LruCache<String, Contents>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a token says that is signed as it should be.
    fn contents(&self, token: &str) -> Option<Contents> {
        let mut validation = Validation::new(Algorithm::HS256);
        // Whoever asks compares the expiry with the injected clock, not with the library's.
        validation.validate_exp = false;
        let kid = jsonwebtoken::decode_header(token).ok()?.kid;
        let mut keys = self.keys.iter().filter(|key| kid.is_none() || key.id.is_none() || key.id == kid);
        let claims =
            keys.find_map(|key| jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).ok())?.claims;
        let viewer = Viewer {
            user: claims.sub.parse().ok()?,
            book: claims.book.parse().ok()?,
            session: Some(claims.session.parse().ok()?),
            address: None,
        };
        Some((viewer, DateTime::from_timestamp(claims.exp, 0)?))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self { id: None, bytes: text.as_bytes().to_vec() }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKeys")
    }
}

/// The first refresh token of a session: 256 random bits.
pub(crate) fn new_refresh_token() -> Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)
        .map_err(|error| Error::Fault(DbErr::Custom(format!("no randomness for a token: {error}"))))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random))
}

/// The hash of a refresh token, which is all that is stored of it. The token is random (or derived with the
/// servers' secret) and long, so a plain hash cannot be reversed.
pub(crate) fn hash_refresh_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
