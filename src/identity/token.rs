//! Access tokens (JWT) and refresh tokens (random).

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Viewer;
use crate::{
    entity::session,
    error::{Error, Result},
};

/// How long an access token is good for.
pub(super) const ACCESS_TOKEN_LIFE: TimeDelta = TimeDelta::minutes(60);
/// How long a refresh token is good for.
pub(super) const REFRESH_TOKEN_LIFE: TimeDelta = TimeDelta::hours(24);

/// The key that access tokens are signed with.
#[derive(Clone)]
pub struct TokenKey {
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

impl TokenKey {
    /// A key made from a secret of at least 32 bytes (RFC 7518 section 3.2 asks for as many as the hash has).
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret) }
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
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|error| Error::Fault(DbErr::Custom(format!("cannot sign a token: {error}"))))
    }

    /// Who a token was given to; none unless it is signed with this key, by this algorithm, and not expired.
    pub(super) fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Viewer> {
        let mut validation = Validation::new(Algorithm::HS256);
        // Against our clock, not the library's.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).ok()?.claims;
        let viewer = Viewer {
            user: claims.sub.parse().ok()?,
            book: claims.book.parse().ok()?,
            session: Some(claims.session.parse().ok()?),
            address: None,
        };
        (now.timestamp() < claims.exp).then_some(viewer)
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey")
    }
}

/// A new refresh token: 256 random bits.
pub(super) fn new_refresh_token() -> Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)
        .map_err(|error| Error::Fault(DbErr::Custom(format!("no randomness for a token: {error}"))))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random))
}

/// What is kept of a refresh token. It is random, so a plain hash cannot be searched for.
pub(super) fn hash_refresh_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
