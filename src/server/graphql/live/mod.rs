//! Subscriptions, over WebSockets (`graphql-transport-ws`), server-sent events and `multipart/mixed`; and other operations over
//! WebSockets.
//!
//! | module | owns |
//! |---|---|
//! | `events` | a subscription: its changes in order, and the execution of its document for each of them |
//! | `session` | whether the session of a client lasts |
//! | `stream` | the bodies of responses with several results |
//! | `socket` | the conversation over a WebSocket |
//! | `message` | its messages |
//! | `close` | the codes that it ends with |
//! | `operation` | one operation over a WebSocket |
//!
//! Little is kept for a slow client. A subscription reads a page of changes from the database, and the next one only when the client
//! has taken the results of the last; one result of each is ready, and is given up when others need the memory (`in_flight`). A client
//! that takes nothing for some time is disconnected: over a WebSocket by `socket`, and otherwise like all that take no answer
//! (`connections`).

mod close;
mod events;
mod message;
mod operation;
mod session;
mod socket;
mod stream;

pub(super) use self::{
    events::Events,
    session::Session,
    socket::{is_wanted, open_socket},
    stream::{stream, stream_errors, stream_one},
};
