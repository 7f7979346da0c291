//! [`App`]: the handles and settings that every operation receives.
//!
//! Built once at start-up by `main.rs` (and by the test harness) and cheap to clone. It holds no business rules.

use std::{sync::Arc, time::Duration};

use axum::http::HeaderValue;
use chrono::TimeDelta;
use ipnet::IpNet;
use tokio_util::task::TaskTracker;

use crate::{
    changes::Feed,
    clock::Clock,
    credentials::{Passwords, TokenKeys},
    db::Db,
    documents::TrustedDocuments,
    identity::Sessions,
    money::Currency,
};

/// The handles and settings that operations share.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Whether wallet operations are done in batches.
    pub in_batches: bool,
    /// The wallet operations that are queued or being done.
    pub under_way: TaskTracker,
    /// Tells those who follow a book of its changes.
    pub feed: Feed,
    /// For how long the changes of a book are kept.
    pub changes_kept: TimeDelta,
    /// The source of the current time.
    pub clock: Clock,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Signs and checks access tokens.
    pub token_keys: TokenKeys,
    /// For how long after its first use a refresh token returns the same successor again. Zero: a second use ends the session.
    pub refresh_grace: TimeDelta,
    /// Finds out whether sessions last.
    pub sessions: Sessions,
    /// The values used where a user leaves an optional input out.
    pub defaults: Defaults,
    /// The limits against abuse.
    pub limits: Limits,
    /// The proxies whose `X-Forwarded-For` header is trusted. With any other peer, the client address is the peer's address.
    pub trusted_proxies: Arc<[IpNet]>,
    /// How much the server shows of itself.
    pub profile: Profile,
    /// The documents that the operator trusts.
    pub trusted_documents: TrustedDocuments,
    /// The origins of the web pages that may read responses.
    pub origins: Origins,
}

/// How much the server shows of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Everything that developers of clients use.
    #[default]
    Open,
    /// No more than the clients in use need: no queries by GET, no introspection, no schema for download, no suggestions in
    /// messages.
    Locked,
}

impl Profile {
    /// Whether the server is locked.
    #[must_use]
    pub fn is_locked(self) -> bool {
        self == Self::Locked
    }
}

/// The origins of the web pages that may read responses (CORS).
#[derive(Clone, Debug, Default)]
pub enum Origins {
    /// The server's own, which needs no permission.
    #[default]
    Own,
    /// Also these, as browsers write them in the header `Origin`.
    Listed(Arc<[HeaderValue]>),
    /// All.
    Any,
}

/// The values used where a user leaves an optional input out.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// The currency of a new book.
    pub currency: Currency,
    /// The region used to read a phone number without a country code, where the book has none of its own. `None`: such numbers of
    /// users are refused, and of those of customers only the digits are kept.
    pub phone_region: Option<phonenumber::country::Id>,
}

/// Limits that keep one user or one address from harming the others. Zero means no limit.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many failed logins under one identifier have no consequence. Each further failure adds a waiting time.
    pub login_failures_per_identifier: u32,
    /// How many failed logins from one address, under any identifiers, have no consequence.
    pub login_failures_per_address: u32,
    /// How many users may register from one address in a day.
    pub registrations_per_address: u32,
    /// How many phone numbers and usernames of others a user may look up in a day.
    pub payee_lookups_per_day: u32,
    /// How many times a day a user may be told that a username, phone number or e-mail address is taken.
    pub taken_names_per_day: u32,
    /// How many points the requests of one user (or of one address, for unauthenticated requests) may cost in a minute.
    pub request_cost_per_minute: u32,
    /// Limits of connections.
    pub connections: ConnectionLimits,
    /// Limits of what is held in memory for requests.
    pub bodies: BodyLimits,
    /// Limits of the execution of requests.
    pub execution: ExecutionLimits,
    /// Limits of downloads.
    pub downloads: DownloadLimits,
    /// Limits of uploads.
    pub uploads: UploadLimits,
    /// Limits of documents.
    pub documents: DocumentLimits,
    /// Limits of WebSockets and of subscriptions.
    pub sockets: SocketLimits,
}

/// Limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// How many may be open. When another client connects, one of them that does nothing is closed.
    pub in_all: usize,
    /// How many may be open from one address, unless it is a trusted proxy's.
    pub per_address: usize,
    /// How long the head of a request may take, from its first byte or from the beginning of the connection.
    pub head: Duration,
    /// How long a connection may be idle.
    pub idle: Duration,
    /// The maximum size of a head, in bytes.
    pub largest_head: u32,
    /// How many requests may be under way over one HTTP/2 connection.
    pub streams: u32,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            in_all: 4096,
            per_address: 256,
            head: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            largest_head: 32 * 1024,
            streams: 100,
        }
    }
}

/// Limits of what is held in memory for requests: bodies that arrive, and answers that are sent. Where they say "user", requests
/// without a login count for their address.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimits {
    /// The maximum size of a body, in bytes.
    pub largest: usize,
    /// How long a body may take to arrive.
    pub time: Duration,
    /// How many requests may be under way.
    pub at_once: usize,
    /// How many requests of one user may be under way.
    pub at_once_per_user: usize,
    /// How many bytes all bodies and answers may have together.
    pub bytes: usize,
    /// How many bytes the bodies and answers of one user may have together. A single answer may be larger.
    pub bytes_per_user: usize,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self {
            largest: 1024 * 1024,
            time: Duration::from_secs(20),
            at_once: 4096,
            at_once_per_user: 256,
            bytes: 256 * 1024 * 1024,
            bytes_per_user: 32 * 1024 * 1024,
        }
    }
}

/// Limits of the execution of requests.
#[derive(Clone, Copy, Debug)]
pub struct ExecutionLimits {
    /// How long a request may take from the end of its body, waiting included.
    pub time: Duration,
    /// How many requests of one user, or of one address without a login, are executed at once. Others wait.
    pub at_once_per_user: usize,
    /// The maximum size of an answer, in bytes.
    pub answer: usize,
}

impl Default for ExecutionLimits {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), at_once_per_user: 4, answer: 16 * 1024 * 1024 }
    }
}

/// The maximum sizes of a document.
#[derive(Clone, Copy, Debug)]
pub struct DocumentLimits {
    /// The size of the text in bytes.
    pub bytes: usize,
    /// The number of tokens, without blanks, commas and comments.
    pub tokens: usize,
    /// The nesting of brackets of any kind, and of fragments.
    pub nesting: usize,
    /// The nesting of fields. The standard introspection query has 15.
    pub depth: usize,
    /// The number of fields of an operation after its fragments are expanded, `__typename` included.
    pub fields: usize,
    /// The number of aliases in the document.
    pub aliases: usize,
    /// The number of directives in the document.
    pub directives: usize,
    /// The number of directives on one field, fragment or definition.
    pub directives_at_once: usize,
    /// The number of root fields of a query.
    pub query_fields: usize,
    /// The number of root fields of a mutation.
    pub mutation_fields: usize,
    /// How many lists of types may stand in each other in an introspection query. Each list of fields leads to types with lists
    /// of fields again, so the answer grows exponentially. The standard introspection query nests none of them.
    pub introspection: usize,
    /// What an operation of a user may cost, see [`crate::graphql`].
    pub price: usize,
    /// What an operation without a login may cost.
    pub anonymous_price: usize,
    /// The total size of the documents that are kept, in bytes of memory.
    pub kept: usize,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self {
            bytes: 16 * 1024,
            tokens: 2000,
            nesting: 100,
            depth: 15,
            fields: 1000,
            aliases: 30,
            directives: 50,
            directives_at_once: 10,
            query_fields: 20,
            mutation_fields: 5,
            introspection: 3,
            price: 25_000,
            anonymous_price: 5000,
            kept: 16 * 1024 * 1024,
        }
    }
}

/// Limits of downloads.
#[derive(Clone, Copy, Debug)]
pub struct DownloadLimits {
    /// How many files are sent at once.
    pub at_once: usize,
    /// How many files are sent at once to one user. Others wait.
    pub at_once_per_user: usize,
    /// How long a download may take.
    pub time: Duration,
    /// How long a download waits to start.
    pub wait: Duration,
    /// How long the client may read nothing.
    pub stalled: Duration,
}

impl Default for DownloadLimits {
    fn default() -> Self {
        Self {
            at_once: 16,
            at_once_per_user: 2,
            time: Duration::from_mins(10),
            wait: Duration::from_secs(10),
            stalled: Duration::from_secs(30),
        }
    }
}

/// Limits of WebSockets and of subscriptions.
#[derive(Clone, Copy, Debug)]
pub struct SocketLimits {
    /// How long a client may take until it begins the conversation with `connection_init`.
    pub init: Duration,
    /// How often a client is asked whether it is still there, and for how long it may be silent then.
    pub ping: Duration,
    /// How many operations may be under way over one socket.
    pub operations: usize,
    /// The maximum size of a message of a client, in bytes.
    pub message: usize,
    /// How long a client may take no message.
    pub stalled: Duration,
    /// How often it is looked up whether the session of a client lasts.
    pub check: Duration,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            init: Duration::from_secs(3),
            ping: Duration::from_secs(30),
            operations: 100,
            message: 1024 * 1024,
            stalled: Duration::from_secs(10),
            check: Duration::from_secs(10),
        }
    }
}

/// Limits of uploads.
#[derive(Clone, Copy, Debug)]
pub struct UploadLimits {
    /// The maximum size of a file, in bytes.
    pub largest: u64,
    /// How many files are received and imported at once, each of another user. Others wait.
    pub at_once: usize,
    /// How long an upload waits to start.
    pub wait: Duration,
    /// How long a file may take to arrive.
    pub time: Duration,
    /// How long the client may send nothing.
    pub stalled: Duration,
}

impl Default for UploadLimits {
    fn default() -> Self {
        Self {
            largest: 64 * 1024 * 1024,
            at_once: 4,
            wait: Duration::from_secs(10),
            time: Duration::from_mins(10),
            stalled: Duration::from_secs(30),
        }
    }
}
