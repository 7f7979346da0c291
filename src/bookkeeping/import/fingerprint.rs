//! Idempotency keys for lines, so that each line is written exactly once. The journal stores the key of each line for
//! ever; a line whose key is stored already was imported before.
//!
//! The key of a line is made from its content and the number of equal lines before it in the file. So importing the
//! same file again adds nothing, and two equal lines in one file are both imported. Options such as the default
//! currency are not part of the key. The key of a line with an id is made from the id and the wallet alone.
//!
//! Memory grows with the file by about 50 bytes per line.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt::Write,
};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::bookkeeping::journal::Idempotency;

type Hash = [u8; 16];

/// Hashes of what a line says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content {
    /// The one from which its key is made.
    pub(super) now: [u8; 32],
    /// The one from which an earlier version made its key, where that is another one.
    pub(super) former: Option<[u8; 32]>,
}

/// The lines of a file seen so far.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    /// How many lines with the same content were seen so far, by a hash of the content.
    counts: HashMap<Hash, u32>,
    /// The line number at which each id first occurs.
    ids: HashMap<Hash, u64>,
}

impl Fingerprints {
    /// The key of a line without an id.
    pub(super) fn of_content(&mut self, noun: &str, content: [u8; 32]) -> Idempotency {
        let count = self.counts.entry(short(&content)).or_default();
        let key = key(&[noun.as_bytes(), b"content", &content, &count.to_be_bytes()]);
        *count += 1;
        Idempotency { key, request_hash: content.to_vec() }
    }

    /// Records the line number of an id. Returns the earlier line number as an error when the id has occurred before.
    pub(super) fn enter(&mut self, id: &str, line: u64) -> Result<(), u64> {
        match self.ids.entry(short(&digest(&[id.as_bytes()]))) {
            Entry::Occupied(before) => Err(*before.get()),
            Entry::Vacant(place) => {
                place.insert(line);
                Ok(())
            }
        }
    }
}

/// The key of a line with an id, which stands for it in its wallet. `wallet` is empty for lines without one.
pub(super) fn of_id(noun: &str, id: &str, wallet: &str, content: [u8; 32]) -> Idempotency {
    let parts = [noun.as_bytes(), b"id", id.as_bytes(), wallet.as_bytes()];
    // Lines without a wallet keep the keys of earlier versions.
    let parts = if wallet.is_empty() { parts.get(..3).unwrap_or_default() } else { &parts };
    Idempotency { key: key(parts), request_hash: content.to_vec() }
}

/// The key of a line whose import was undone, for when it is imported again: the journal keeps its former key for ever, with what
/// was undone.
pub(super) fn again(former: &Idempotency, undone: Uuid) -> Idempotency {
    let key = key(&[b"again", former.key.as_bytes(), undone.as_bytes()]);
    Idempotency { key, request_hash: former.request_hash.clone() }
}

/// A hash of texts that also covers their lengths, so that `ab`, `c` differs from `a`, `bc`.
pub(super) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

fn key(parts: &[&[u8]]) -> String {
    let mut key = "import:".to_owned();
    for byte in digest(parts) {
        // Writing to a `String` never fails.
        let _ = write!(key, "{byte:02x}");
    }
    key
}

fn short(digest: &[u8; 32]) -> Hash {
    digest.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Fingerprints, digest, of_id};

    #[test]
    fn equal_lines_of_one_file_differ_and_those_of_two_files_do_not() {
        let content = digest(&[&b"2026-11-20"[..], b"-5"]);
        let keys = || {
            let mut file = Fingerprints::default();
            [0; 3].map(|_| file.of_content("transaction", content).key)
        };
        let first = keys();
        assert!(first[0] != first[1] && first[1] != first[2]);
        assert_eq!(first, keys());
        assert_ne!(first[0], Fingerprints::default().of_content("entry", content).key);
        // Stored keys never change, so this value must not either.
        assert_eq!(first[0], "import:cea712cc66f8e77052a4956378a3c52081904f62461130e9e24bfd6911f5ca85");
    }

    #[test]
    fn an_id_stands_for_its_line_and_stands_once() {
        let mut file = Fingerprints::default();
        assert_eq!(file.enter("a", 2), Ok(()));
        assert_eq!(file.enter("a", 7), Err(2));
        assert_eq!(file.enter("a", 9), Err(2));
        let (one, other) = (digest(&[&b"1"[..]]), digest(&[&b"2"[..]]));
        for wallet in ["", "w"] {
            assert_eq!(of_id("transaction", "a", wallet, one).key, of_id("transaction", "a", wallet, other).key);
        }
        assert_ne!(of_id("transaction", "a", "", one).key, of_id("transaction", "a", "w", one).key);
    }

    #[test]
    fn a_digest_tells_where_its_parts_end() {
        assert_ne!(digest(&[&b"ab"[..], b"c"]), digest(&[&b"a"[..], b"bc"]));
    }
}
