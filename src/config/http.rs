//! Settings of connections, and of what one request may take: time, memory and turns.

use std::time::Duration;

use clap::Args;

use super::setting::{BadSetting, count};
use crate::app::{BodyLimits, ConnectionLimits, ExecutionLimits};

/// The highest value of a setting that counts something.
const MOST: u32 = 1_000_000;
/// The longest time, in seconds.
const LONGEST: u32 = 24 * 60 * 60;
/// The largest body or answer, in bytes.
const LARGEST: u32 = 1024 * MEBIBYTE;
/// The smallest limit of heads, in bytes: hyper needs so much.
const SMALLEST_HEAD: u32 = 8 * 1024;
/// One mebibyte, in bytes.
const MEBIBYTE: u32 = 1024 * 1024;

/// The settings as given on the command line and in the environment, not checked yet.
#[derive(Args, Clone, Debug)]
pub(super) struct HttpSettings {
    /// Maximum number of open connections. When there are more, one of a client that is not logged in and sends nothing is
    /// closed. At start it is lowered to what the system's limit of open files allows
    #[arg(long, global = true, env = "DAYBOOK_CONNECTIONS", value_name = "COUNT", default_value = "4096")]
    connections: String,

    /// Maximum number of open connections from one address (IPv6: one /64 network). Trusted proxies have no such maximum
    #[arg(long, global = true, env = "DAYBOOK_CONNECTIONS_PER_ADDRESS", value_name = "COUNT", default_value = "256")]
    connections_per_address: String,

    /// How long the head of a request may take to arrive, from its first byte or from the beginning of the connection
    #[arg(long, global = true, env = "DAYBOOK_HEAD_TIMEOUT", value_name = "SECONDS", default_value = "10")]
    head_timeout: String,

    /// Maximum size of the head of a request
    #[arg(long, global = true, env = "DAYBOOK_HEAD_MAX", value_name = "BYTES", default_value = "32768")]
    head_max: String,

    /// Maximum number of requests under way over one HTTP/2 connection
    #[arg(long, global = true, env = "DAYBOOK_STREAMS", value_name = "COUNT", default_value = "100")]
    streams: String,

    /// How long the body of a request may take to arrive
    #[arg(long, global = true, env = "DAYBOOK_BODY_TIMEOUT", value_name = "SECONDS", default_value = "20")]
    body_timeout: String,

    /// How long a connection may be idle, or an answer may wait for its client, before the connection is closed
    #[arg(long, global = true, env = "DAYBOOK_IDLE_TIMEOUT", value_name = "SECONDS", default_value = "60")]
    idle_timeout: String,

    /// Maximum size of the body of a request
    #[arg(long, global = true, env = "DAYBOOK_BODY_MAX", value_name = "BYTES", default_value = "1048576")]
    body_max: String,

    /// Maximum number of requests under way, from the head of the request to the end of the answer. When there are more,
    /// the oldest whose body has not arrived, or whose answer is not taken, is given up
    #[arg(long, global = true, env = "DAYBOOK_REQUESTS", value_name = "COUNT", default_value = "4096")]
    requests: String,

    /// Maximum number of requests under way for one user or, without a login, one address
    #[arg(long, global = true, env = "DAYBOOK_REQUESTS_PER_USER", value_name = "COUNT", default_value = "256")]
    requests_per_user: String,

    /// How much memory the bodies and answers of the requests under way may take
    #[arg(long, global = true, env = "DAYBOOK_REQUEST_MEMORY", value_name = "MEBIBYTES", default_value = "256")]
    request_memory: String,

    /// How much memory the bodies and answers of one user or, without a login, one address may take
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_REQUEST_MEMORY_PER_USER",
        value_name = "MEBIBYTES",
        default_value = "32"
    )]
    request_memory_per_user: String,

    /// How long a request may take from the end of its body, waiting included
    #[arg(long, global = true, env = "DAYBOOK_REQUEST_TIMEOUT", value_name = "SECONDS", default_value = "10")]
    request_timeout: String,

    /// How many requests of one user (or of one address, when not logged in) are executed at once. Others wait in order
    #[arg(long, global = true, env = "DAYBOOK_REQUESTS_AT_ONCE", value_name = "COUNT", default_value = "4")]
    requests_at_once: String,

    /// Maximum size of an answer, counting at least 256 bytes for each field
    #[arg(long, global = true, env = "DAYBOOK_ANSWER_MAX", value_name = "BYTES", default_value = "16777216")]
    answer_max: String,
}

impl HttpSettings {
    pub(super) fn connections(&self) -> Result<ConnectionLimits, BadSetting> {
        let per_address = &self.connections_per_address;
        Ok(ConnectionLimits {
            in_all: number("DAYBOOK_CONNECTIONS", "--connections", &self.connections, MOST)?,
            per_address: number("DAYBOOK_CONNECTIONS_PER_ADDRESS", "--connections-per-address", per_address, MOST)?,
            head: seconds("DAYBOOK_HEAD_TIMEOUT", "--head-timeout", &self.head_timeout)?,
            largest_head: count("DAYBOOK_HEAD_MAX", "--head-max", &self.head_max, SMALLEST_HEAD..=MEBIBYTE)?,
            streams: count("DAYBOOK_STREAMS", "--streams", &self.streams, 1..=MOST)?,
            idle: seconds("DAYBOOK_IDLE_TIMEOUT", "--idle-timeout", &self.idle_timeout)?,
        })
    }

    pub(super) fn bodies(&self) -> Result<BodyLimits, BadSetting> {
        let (per_user, memory_per_user) = (&self.requests_per_user, &self.request_memory_per_user);
        Ok(BodyLimits {
            largest: number("DAYBOOK_BODY_MAX", "--body-max", &self.body_max, LARGEST)?,
            time: seconds("DAYBOOK_BODY_TIMEOUT", "--body-timeout", &self.body_timeout)?,
            at_once: number("DAYBOOK_REQUESTS", "--requests", &self.requests, MOST)?,
            at_once_per_user: number("DAYBOOK_REQUESTS_PER_USER", "--requests-per-user", per_user, MOST)?,
            bytes: mebibytes("DAYBOOK_REQUEST_MEMORY", "--request-memory", &self.request_memory, MOST)?,
            bytes_per_user: mebibytes(
                "DAYBOOK_REQUEST_MEMORY_PER_USER",
                "--request-memory-per-user",
                memory_per_user,
                MOST,
            )?,
        })
    }

    pub(super) fn execution(&self) -> Result<ExecutionLimits, BadSetting> {
        Ok(ExecutionLimits {
            time: seconds("DAYBOOK_REQUEST_TIMEOUT", "--request-timeout", &self.request_timeout)?,
            at_once_per_user: number("DAYBOOK_REQUESTS_AT_ONCE", "--requests-at-once", &self.requests_at_once, MOST)?,
            answer: number("DAYBOOK_ANSWER_MAX", "--answer-max", &self.answer_max, LARGEST)?,
        })
    }
}

pub(super) fn number(variable: &'static str, flag: &'static str, text: &str, most: u32) -> Result<usize, BadSetting> {
    Ok(usize::try_from(count(variable, flag, text, 1..=most)?).unwrap_or(usize::MAX))
}

pub(super) fn seconds(variable: &'static str, flag: &'static str, text: &str) -> Result<Duration, BadSetting> {
    Ok(Duration::from_secs(count(variable, flag, text, 1..=LONGEST)?.into()))
}

pub(super) fn mebibytes(
    variable: &'static str,
    flag: &'static str,
    text: &str,
    most: u32,
) -> Result<usize, BadSetting> {
    Ok(number(variable, flag, text, most)?.saturating_mul(1024 * 1024))
}
