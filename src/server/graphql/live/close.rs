//! The codes that a WebSocket ends with.

use axum::extract::ws::{CloseFrame, Utf8Bytes};

/// Why a conversation ends. The reason has at most 123 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Close(u16, &'static str);

impl Close {
    /// The server stops, or needs the place for another client; the client may come back.
    pub(super) const GOING_AWAY: Self = Self(1001, "Going away");
    /// The client has not answered to a ping.
    pub(super) const SILENT: Self = Self(1001, "No answer to a ping");
    /// What the client sent is no message of a WebSocket.
    pub(super) const BROKEN: Self = Self(1002, "Protocol error");
    /// A message is too large.
    pub(super) const TOO_LARGE: Self = Self(1009, "Message too big");
    /// The server failed.
    pub(super) const FAILED: Self = Self(1011, "Internal error");
    /// The client does not take what is sent to it.
    pub(super) const SLOW: Self = Self(1013, "Too slow; try again later");
    /// The client sends too much, or the server is too busy.
    pub(super) const BUSY: Self = Self(1013, "Try again later");
    /// A message that is not one of the protocol.
    pub(super) const INVALID: Self = Self(4400, "Invalid message received");
    /// An operation before the conversation was begun.
    pub(super) const UNAUTHORIZED: Self = Self(4401, "Unauthorized");
    /// The token is not valid, or not any more.
    pub(super) const FORBIDDEN: Self = Self(4403, "Forbidden");
    /// The client does not speak the protocol.
    pub(super) const PROTOCOL: Self = Self(4406, "Subprotocol not acceptable");
    /// The conversation was not begun in time.
    pub(super) const NOT_BEGUN: Self = Self(4408, "Connection initialisation timeout");
    /// An operation has the id of another one that is under way.
    pub(super) const DUPLICATE: Self = Self(4409, "Subscriber already exists");
    /// The conversation was begun twice.
    pub(super) const TWICE: Self = Self(4429, "Too many initialisation requests");

    pub(super) fn frame(self) -> CloseFrame {
        CloseFrame { code: self.0, reason: Utf8Bytes::from_static(self.1) }
    }
}
