//! The activity log (audit log) of each book: who did what, in which session, from which address, and which fields
//! changed.
//!
//! Owns the table `activity`. Rows are inserted and never edited, except that [`forget_person`] and
//! [`forget_fields`] erase personal data.
//!
//! | event | recorded by | transaction |
//! |---|---|---|
//! | an operation that succeeded, or repeated an earlier one with the same idempotency key | the operation, with an [`ActivityEvent`] | the operation's own |
//! | a wallet operation that was recorded as failed, a failed login, a refresh token that was used twice | the operation | the one that stores the failed entry, counts the attempt or ends the session |
//! | a refused change of password or deletion of an account | the operation, with [`refuse`], so that a client that disconnects cannot avoid the row | a separate one |
//! | any other refusal | the code that reports the refusal to the client, with [`refuse`] | a separate one, since the operation's was rolled back |
//!
//! Logins and registrations that are rejected because of too many attempts are recorded only once per waiting period,
//! so that an attacker cannot flood the log.
//!
//! Rules: every change has a row, and no row claims a change that did not happen. No secret may be written to a row: no
//! password, no token, and nothing that was typed into a field for a user name, since that may be a password. Therefore
//! each noun lists the fields that may be recorded ([`AuditFields`]); never write an entity as a whole.
//!
//! Not recorded here: unauthenticated and malformed requests, and faults. These are in the request log.

mod change;
mod event;
mod list;
mod stored;

pub use self::{
    change::{AuditFields, Change, Field, field, time},
    event::{ActivityEvent, forget_fields, forget_person, record_alone, refuse},
    list::{Filter, History, changed_by, count, find_many, key_text, page, parse_key},
    stored::{changes, codes, thing},
};
pub(crate) use self::{event::add_all, list::with_action};
