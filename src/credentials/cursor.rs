//! Seals the cursors of lists, which hold sort keys such as a customer's name and pass through URLs and logs.
//!
//! A cursor is encrypted and authenticated with a key that is derived from the servers' secret, so it can be opened by each
//! server, also after a restart, and while a secret is being replaced. The same place always has the same cursor: AES-GCM-SIV
//! (RFC 8452) needs no other nonce for each, and reveals nothing but whether two cursors are equal. It is bound to its list, so a
//! cursor of somebody else's list cannot be compared with one's own rows, and filled up, so that it does not tell how long a name
//! is.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};

/// Texts are filled up to a multiple of this many bytes.
const STEP: usize = 32;
const FILLING: u8 = 0xff;

/// A key of cursors.
pub(super) struct CursorKey(LessSafeKey);

impl CursorKey {
    /// The key that is derived from a secret. The derived text contains spaces, so it is no token and no hash of
    /// [`super::token`].
    pub(super) fn derive(secret: &EncodingKey) -> Option<Self> {
        let derived = jsonwebtoken::crypto::sign(b"the key of cursors", secret, Algorithm::HS256).ok()?;
        let derived = BASE64_URL_SAFE_NO_PAD.decode(derived).ok()?;
        Some(Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, &derived).ok()?)))
    }

    /// The cursor of a list that carries a text.
    pub(super) fn seal(&self, list: &str, text: &str) -> Option<String> {
        let mut bytes = text.as_bytes().to_vec();
        // The first byte of the filling is told from the text by its value, which no UTF-8 text has.
        bytes.push(FILLING);
        bytes.resize(bytes.len().next_multiple_of(STEP), 0);
        self.0.seal_in_place_append_tag(nonce(), Aad::from(list), &mut bytes).ok()?;
        Some(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The text that a cursor carries. `None` unless it was sealed with this key for this list.
    pub(super) fn open(&self, list: &str, cursor: &str) -> Option<String> {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let filled = self.0.open_in_place(nonce(), Aad::from(list), &mut bytes).ok()?;
        let end = filled.iter().rposition(|byte| *byte == FILLING)?;
        String::from_utf8(filled.get(..end)?.to_vec()).ok()
    }
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}
