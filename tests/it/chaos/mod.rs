//! Chaos: what is acknowledged is kept, and nothing is done twice, whatever is killed meanwhile.
//!
//! Many clients move money and write documents, and send each request again until it is acknowledged, as real ones do.
//! Meanwhile something is killed again and again. In the end each acknowledgement is looked for in the database.
//!
//! | module | owns |
//! |---|---|
//! | `operation` | what clients ask for, and what it changes |
//! | `answer` | what an answer promises |
//! | `load` | the clients, and the record of what was promised to them |
//! | `target` | the server that they talk to, and its database |
//! | `scenario` | what is killed, and how often |
//! | `gone` | clients that go away in the middle of requests |
//! | `check` | whether the promises were kept |
//! | `report` | the table |
//!
//! The long form is a command, `cargo bench --bench chaos`; the short form is a test. No time is measured: a deadline
//! only ends what would last for ever.

mod answer;
mod check;
mod gone;
mod load;
mod operation;
mod report;
mod scenario;
mod target;

pub use self::{report::Report, scenario::Scenario};
use crate::harness::Database;

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// How often something is killed.
    pub kills: usize,
    /// How often the disk is filled.
    pub fills: usize,
    /// How many requests go away.
    pub gone: usize,
    /// How many clients there are.
    pub clients: usize,
    /// How many users they act for.
    pub users: usize,
    /// What is to be acknowledged between one kill and the next, at least.
    pub between: usize,
}

/// For every day.
pub const SHORT: Form = Form { kills: 2, fills: 1, gone: 500, clients: 32, users: 4, between: 40 };

/// Runs a scenario on a database that it is for.
pub async fn run(scenario: Scenario, on: Database, form: Form) -> Report {
    scenario.run(on, form).await
}
