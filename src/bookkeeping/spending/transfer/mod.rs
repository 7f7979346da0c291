//! Transfers between wallets of the book that came into it as two transactions: an expense whose money left one wallet, and an
//! income whose money came into another, as the files of two banks have them. A refund in place of one of them does as well.
//!
//! `proposed` finds such pairs; nothing happens to them until a user confirms one. Then both halves are posted again: what was
//! income and expense becomes a move out of one wallet, to the account of the money that is on its way, and a move from there into
//! the other wallet, each on its own date. Both transactions stay, with their ids and their categories, and each names the other.
//! `undo` posts them as they were before. Both halves are always posted in one database transaction, so in the end nothing is on its
//! way.
//!
//! | file | owns |
//! |---|---|
//! | `proposed` | the list of pairs that look like transfers |
//! | `pairing` | which transactions make a pair; pure |
//! | `confirm`, `undo`, `decline` | what a user decides about a pair |
//! | `halves` | finds, locks and checks the two halves |
//! | `repost` | reverses the entries of both halves and posts new ones |

pub mod confirm;
pub mod decline;
pub mod halves;
pub(super) mod pairing;
pub mod proposed;
mod repost;
pub mod undo;
