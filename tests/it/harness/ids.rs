//! Ids as clients make them.

use std::sync::atomic::{AtomicU64, Ordering};

use daybook::id::{Id, kind};
use uuid::Uuid;

/// An id with this prefix.
pub fn id_with(prefix: &str, uuid: Uuid) -> String {
    format!("{prefix}_{}", suffix(&Id::<kind::Wallet>::from_uuid(uuid).to_string()))
}

/// What follows the prefix of an id.
pub fn suffix(id: &str) -> &str {
    id.rsplit_once('_').unwrap().1
}

/// A UUID v7 with this time in milliseconds since 1970. Only the first one with a time is right to be used.
pub fn uuid_at(millis: u64) -> Uuid {
    Uuid::from_u128(u128::from(millis) << 80 | 0x7000_8000_0000_0000_0000)
}

/// A new id with this prefix.
pub fn new_id(prefix: &str) -> String {
    static MADE: AtomicU64 = AtomicU64::new(1_700_000_000_000);
    id_with(prefix, uuid_at(MADE.fetch_add(1, Ordering::SeqCst)))
}
