//! Settings of subscriptions, and of the changes that they read.

use chrono::TimeDelta;
use clap::Args;

use super::{
    http::{number, seconds},
    setting::{BadSetting, count},
};
use crate::app::SocketLimits;

/// The highest number of operations over one socket.
const MOST_OPERATIONS: u32 = 10_000;
/// The largest message, in bytes.
const LARGEST_MESSAGE: u32 = 64 * 1024 * 1024;
/// For how long changes can be kept at most, in days.
const LONGEST: u32 = 3650;

/// The settings as given on the command line and in the environment, not checked yet.
#[derive(Args, Clone, Debug)]
pub(super) struct LiveSettings {
    /// For how long the changes of books are kept. An app that was away for longer loads everything again
    #[arg(long, global = true, env = "DAYBOOK_CHANGES_KEPT", value_name = "DAYS", default_value = "30")]
    changes_kept: String,

    /// Whether servers on one PostgreSQL tell each other of changes by NOTIFY: on, or off, where a pooler does not support it.
    /// Then each server looks for changes of the others four times a second
    #[arg(long, global = true, env = "DAYBOOK_NOTIFY", value_name = "WHEN", default_value = "on")]
    notify: String,

    /// How long the client of a WebSocket may take until it sends `connection_init`
    #[arg(long, global = true, env = "DAYBOOK_SOCKET_INIT", value_name = "SECONDS", default_value = "3")]
    socket_init: String,

    /// How often the client of a WebSocket is asked whether it is still there. One that does not answer until the next time is
    /// disconnected. Also how often something is sent over other subscriptions
    #[arg(long, global = true, env = "DAYBOOK_SOCKET_PING", value_name = "SECONDS", default_value = "30")]
    socket_ping: String,

    /// Maximum number of operations under way over one WebSocket
    #[arg(long, global = true, env = "DAYBOOK_SOCKET_OPERATIONS", value_name = "COUNT", default_value = "100")]
    socket_operations: String,

    /// Maximum size of a message of the client of a WebSocket
    #[arg(long, global = true, env = "DAYBOOK_SOCKET_MESSAGE_MAX", value_name = "BYTES", default_value = "1048576")]
    socket_message_max: String,

    /// How long the client of a WebSocket may take no message that was sent to it
    #[arg(long, global = true, env = "DAYBOOK_SOCKET_STALL", value_name = "SECONDS", default_value = "10")]
    socket_stall: String,

    /// How often it is looked up whether the session of a subscription lasts
    #[arg(long, global = true, env = "DAYBOOK_SOCKET_CHECK", value_name = "SECONDS", default_value = "10")]
    socket_check: String,
}

impl LiveSettings {
    pub(super) fn sockets(&self) -> Result<SocketLimits, BadSetting> {
        let (operations, message) = (&self.socket_operations, &self.socket_message_max);
        Ok(SocketLimits {
            init: seconds("DAYBOOK_SOCKET_INIT", "--socket-init", &self.socket_init)?,
            ping: seconds("DAYBOOK_SOCKET_PING", "--socket-ping", &self.socket_ping)?,
            operations: number("DAYBOOK_SOCKET_OPERATIONS", "--socket-operations", operations, MOST_OPERATIONS)?,
            message: number("DAYBOOK_SOCKET_MESSAGE_MAX", "--socket-message-max", message, LARGEST_MESSAGE)?,
            stalled: seconds("DAYBOOK_SOCKET_STALL", "--socket-stall", &self.socket_stall)?,
            check: seconds("DAYBOOK_SOCKET_CHECK", "--socket-check", &self.socket_check)?,
        })
    }

    pub(super) fn changes_kept(&self) -> Result<TimeDelta, BadSetting> {
        let days = count("DAYBOOK_CHANGES_KEPT", "--changes-kept", &self.changes_kept, 1..=LONGEST)?;
        Ok(TimeDelta::days(days.into()))
    }

    pub(super) fn notify(&self) -> Result<bool, BadSetting> {
        match self.notify.as_str() {
            "on" => Ok(true),
            "off" => Ok(false),
            other => Err(BadSetting::new("DAYBOOK_NOTIFY", "--notify", other, "on or off")),
        }
    }
}
