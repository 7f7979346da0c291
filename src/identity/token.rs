//! Access tokens (JWT) and refresh tokens (random).

use std::{fmt, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    entity::session,
    error::{Error, Result},
    viewer::Viewer,
};

/// How long an access token is good for.
pub(super) const ACCESS_TOKEN_LIFE: TimeDelta = TimeDelta::minutes(60);
/// How long a refresh token is good for.
pub(super) const REFRESH_TOKEN_LIFE: TimeDelta = TimeDelta::hours(24);

/// A secret that access tokens are signed with: 32 bytes or more (RFC 7518 section 3.2 asks for as many as the hash has).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// What it is called in the tokens that it signs (`kid`, RFC 7515 section 4.1.4).
    pub id: Option<String>,
    /// The secret itself.
    pub bytes: Vec<u8>,
}

/// The keys of access tokens. The first signs, and all verify, so that a secret can be replaced while tokens that it signed are
/// still about.
#[derive(Clone)]
pub struct TokenKeys(Arc<[TokenKey]>);

struct TokenKey {
    id: Option<String>,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// What an access token says (RFC 7519).
#[derive(Serialize, Deserialize)]
struct Claims {
    /// The user's id.
    sub: String,
    username: String,
    session: String,
    book: String,
    iat: i64,
    exp: i64,
}

impl TokenKeys {
    /// The keys that are made from some secrets. Without any, no token is given and none is valid.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let key = |Secret { id, bytes }| TokenKey {
            id,
            encoding: EncodingKey::from_secret(&bytes),
            decoding: DecodingKey::from_secret(&bytes),
        };
        Self(secrets.into_iter().map(key).collect())
    }

    pub(super) fn sign(&self, session: &session::Model, username: &str, now: DateTime<Utc>) -> Result<String> {
        let claims = Claims {
            sub: session.user_id.to_string(),
            username: username.to_owned(),
            session: session.id.to_string(),
            book: session.book_id.to_string(),
            iat: now.timestamp(),
            exp: (now + ACCESS_TOKEN_LIFE).timestamp(),
        };
        let fault = |error: &str| Error::Fault(DbErr::Custom(format!("cannot sign a token: {error}")));
        let key = self.0.first().ok_or_else(|| fault("there is no secret"))?;
        let header = Header { kid: key.id.clone(), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(|error| fault(&error.to_string()))
    }

    /// What stands for a text where the text itself is not to be kept: only who has the key can tell which text it is. No text
    /// of ours looks like a token, which has no spaces.
    pub(crate) fn hash(&self, text: &str) -> Result<String> {
        let fault = |error: &str| Error::Fault(DbErr::Custom(format!("cannot hash a key: {error}")));
        let key = self.0.first().ok_or_else(|| fault("there is no secret"))?;
        let text = format!("the hash of {text}");
        let hash = jsonwebtoken::crypto::sign(text.as_bytes(), &key.encoding, Algorithm::HS256);
        hash.map_err(|error| fault(&error.to_string()))
    }

    /// Who a token was given to; none unless it is signed with the key that it names, by our algorithm, and not expired. One
    /// that names none was signed when the secret had no id yet, on this server or on another.
    pub(super) fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Viewer> {
        let mut validation = Validation::new(Algorithm::HS256);
        // Against our clock, not the library's.
        validation.validate_exp = false;
        let kid = jsonwebtoken::decode_header(token).ok()?.kid;
        let mut keys = self.0.iter().filter(|key| kid.is_none() || key.id.is_none() || key.id == kid);
        let claims =
            keys.find_map(|key| jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).ok())?.claims;
        let viewer = Viewer {
            user: claims.sub.parse().ok()?,
            book: claims.book.parse().ok()?,
            session: Some(claims.session.parse().ok()?),
            address: None,
        };
        (now.timestamp() < claims.exp).then_some(viewer)
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

/// A new refresh token: 256 random bits.
pub(crate) fn new_refresh_token() -> Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)
        .map_err(|error| Error::Fault(DbErr::Custom(format!("no randomness for a token: {error}"))))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random))
}

/// What is kept of a refresh token. It is random, so a plain hash cannot be searched for.
pub(super) fn hash_refresh_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
