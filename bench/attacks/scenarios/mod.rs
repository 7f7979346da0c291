//! The attacks. Each prepares what it needs, and gives what is to run beside the canary.

mod bodies;
mod chains;
mod deletion;
mod documents;
mod downloads;
mod health;
mod imports;
mod logins;
mod payments;
mod phones;
mod prices;
mod refresh;
mod reports;
mod silent;
mod sockets;

use std::{fmt, future::ready};

use futures_util::{FutureExt, future::BoxFuture};

use super::{attack::Attack, stage::Stage};

/// An attack that can be chosen by its name.
pub struct Scenario {
    pub name: &'static str,
    pub what: &'static str,
    pub prepare: for<'a> fn(&'a Stage) -> BoxFuture<'a, Attack>,
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All attacks.
pub static SCENARIOS: [Scenario; 21] = [
    Scenario {
        name: "bodies",
        what: "a stranger opens 5 HTTP/2 connections with 1,000 unfinished bodies each",
        prepare: |stage| ready(bodies::of_stranger(stage)).boxed(),
    },
    Scenario {
        name: "own-bodies",
        what: "the same, sent by a user who is logged in",
        prepare: |stage| bodies::of_user(stage).boxed(),
    },
    Scenario {
        name: "silent",
        what: "1,100 connections send nothing, half a header, half a body, or nothing more; the server has 1,024 descriptors",
        prepare: |stage| ready(silent::many(stage)).boxed(),
    },
    Scenario {
        name: "idle",
        what: "500 connections with half a request stay open",
        prepare: |stage| ready(silent::half_open(stage)).boxed(),
    },
    Scenario {
        name: "subscribers",
        what: "20 users follow their books over 50 sockets each: a third waits, a third reads nothing, a third subscribes on and on",
        prepare: |stage| sockets::subscribers(stage).boxed(),
    },
    Scenario {
        name: "searches",
        what: "a user sends 16 documents at once with 300 searches of customers each",
        prepare: |stage| documents::searches(stage).boxed(),
    },
    Scenario {
        name: "lists",
        what: "a user sends 16 documents at once with 250 lists of transactions each",
        prepare: |stage| documents::lists(stage).boxed(),
    },
    Scenario {
        name: "users",
        what: "six users send 4 documents at once with 250 lists of transactions each",
        prepare: |stage| documents::users(stage).boxed(),
    },
    Scenario {
        name: "huge-answer",
        what: "a user asks for an answer of 368 MB: 900 aliases of the id of 100 x 100 rows",
        prepare: |stage| documents::huge_answer(stage).boxed(),
    },
    Scenario {
        name: "schema",
        what: "a stranger asks for the schema with possibleTypes and interfaces nested six times",
        prepare: |stage| ready(reports::introspection(stage)).boxed(),
    },
    Scenario {
        name: "report",
        what: "a user asks for a monthly report with the history of the histories of a category",
        prepare: |stage| reports::history(stage).boxed(),
    },
    Scenario {
        name: "prices",
        what: "a user sends the dearest operations that are allowed, made from the schema",
        prepare: |stage| prices::dearest(stage).boxed(),
    },
    Scenario {
        name: "downloads",
        what: "four downloads of one user are read slowly; the canary downloads a small file",
        prepare: |stage| downloads::slow(stage).boxed(),
    },
    Scenario {
        name: "logins",
        what: "600 wrong logins for other names wait from 60 addresses; the canary logs in",
        prepare: |stage| logins::of_others(stage).boxed(),
    },
    Scenario {
        name: "own-logins",
        what: "the same with the canary's name",
        prepare: |stage| logins::of_canary(stage).boxed(),
    },
    Scenario {
        name: "imports",
        what: "a user imports 20 files of 4,900 lines at once, each all or nothing",
        prepare: |stage| imports::many(stage).boxed(),
    },
    Scenario {
        name: "health",
        what: "16 connections ask /health/ready without a pause",
        prepare: |stage| ready(health::ready(stage)).boxed(),
    },
    Scenario {
        name: "payments",
        what: "9,300 payments of 10^13.00 go into the canary's wallet, which is used afterwards",
        prepare: |stage| payments::largest(stage).boxed(),
    },
    Scenario {
        name: "phones",
        what: "1,120 transfers from an empty wallet to phone numbers; 20 of them belong to users",
        prepare: |stage| phones::guess(stage).boxed(),
    },
    Scenario {
        name: "refresh",
        what: "each of 20 sessions is renewed twice at once with the same refresh token",
        prepare: |stage| refresh::twice(stage).boxed(),
    },
    Scenario {
        name: "deletion",
        what: "a payer pays into accounts whose owners try to delete them, 20 times each",
        prepare: |stage| deletion::hinder(stage).boxed(),
    },
];
