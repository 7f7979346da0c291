//! [`Viewer`]: the authenticated user of a request. Every operation takes it, and every query starts from its book.

use std::net::IpAddr;

use crate::id::{Id, kind};

/// The user of a request, the book that they work in, and their session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// The user.
    pub user: Id<kind::User>,
    /// The book.
    pub book: Id<kind::Book>,
    /// The session. `None` when an operator acts for the user on the command line.
    pub session: Option<Id<kind::Session>>,
    /// The address of the client. `None` on the command line.
    pub address: Option<IpAddr>,
}
