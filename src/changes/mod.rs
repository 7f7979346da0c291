//! The changes of books: what was created, changed and deleted, in one order for all readers. Subscriptions, the query `changes`
//! and the cursor of a book read them; `docs/live.md` tells users about them.
//!
//! A row is written in the transaction that changes the object:
//!
//! | object | written by |
//! |---|---|
//! | a wallet transaction, in each book whose wallets it concerns | the journal, with the entry |
//! | whatever else an activity is about | [`crate::activity::ActivityEvent::record`] |
//! | what an import adds or its undoing takes back, and what an erasure overwrites | the import and the erasure |
//!
//! | module | owns |
//! |---|---|
//! | `event` | the changes that an activity makes |
//! | `noun` | what an object is, from its id and back |
//! | `place` | the position of a change, which cursors carry |
//! | `read` | pages of changes, and whether a position is still known |
//! | `by_book` | queries of the changes of one book |
//! | `filing` | files the changes of SQLite under their books |
//! | `feed` | tells those who wait when their book has changes |
//! | `prune` | deletes old changes |
//! | `things` | the changes of many objects at once |
//!
//! Figures that are computed, such as balances, have no changes of their own: they change with what they are computed from. Rows
//! hold no personal data, only ids.

mod by_book;
mod event;
mod feed;
mod filing;
mod noun;
mod place;
mod prune;
mod read;
mod things;

pub(crate) use self::{
    event::changes_of,
    read::{Of, committed, latest, page, require_known},
    things::{Thing, write_all},
};
pub use self::{
    feed::{Feed, Waiter},
    filing::{file, file_all},
    place::Place,
    prune::prune,
    read::Change,
};
