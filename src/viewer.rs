//! Who asks. The first argument of every operation, and where every finder starts from.

use std::net::IpAddr;

use crate::id::{Id, kind};

/// The user who asks, the book that they are in, and the session that they ask in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The user.
    pub user: Id<kind::User>,
    /// The book.
    pub book: Id<kind::Book>,
    /// The session; none when the program itself acts for them, on this machine's command line.
    pub session: Option<Id<kind::Session>>,
    /// The address that they ask from; none when that is this machine's command line.
    pub address: Option<IpAddr>,
}
