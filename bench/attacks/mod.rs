//! Attacks: what one user or a stranger sends must not stop anybody else.
//!
//! | module | owns |
//! |---|---|
//! | `options` | the arguments of the command |
//! | `scenarios` | the attacks |
//! | `attack` | what an attack consists of, and the count of what it got |
//! | `stage` | a server of its own for each scenario, with the user who is the canary |
//! | `fixture` | much data for an attacker |
//! | `wire` | requests whose every outcome is counted, never a panic |
//! | `canary` | the user who reads and writes all the time |
//! | `watch` | memory, descriptors and the write-ahead log of the server |
//! | `report` | the figures, and whether they are good |
//!
//! An attacker has other addresses (`127.x.y.z`) than the canary (`127.0.0.1`), since limits are counted per address.

mod attack;
mod canary;
mod fixture;
mod options;
mod report;
mod scenarios;
mod stage;
mod watch;
mod wire;

use std::time::Duration;

use self::{
    canary::{Canary, Phase},
    scenarios::Scenario,
    stage::Stage,
    watch::Watch,
};
pub use self::{options::Options, report::Report};
use crate::harness::Database;

/// How long the canary runs before anything is recorded: connections open, and caches fill.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long the server's memory has time to go back.
const RECOVERY: Duration = Duration::from_mins(1);

/// Runs one scenario on one database.
pub async fn run(scenario: &Scenario, database: Database, options: &Options) -> Report {
    eprintln!("{} on {database:?}: {}", scenario.name, scenario.what);
    let stage = Stage::set_up(scenario.name, database, options).await;
    let attack = (scenario.prepare)(&stage).await;
    let probes = [stage.read_and_write(attack.with_new_connections), attack.probes].concat();
    let canary = Canary::start(probes);
    tokio::time::sleep(WARM_UP).await;
    canary.enter(Phase::Idle);
    tokio::time::sleep(options.idle()).await;

    let watch = Watch::start(stage.pid(), stage.wal());
    let before = watch.now();
    canary.enter(Phase::Attack);
    // Of an attack that is over at once, too few of the canary's requests would be measured.
    tokio::join!(attack.run, tokio::time::sleep(options.idle()));
    let series = canary.stop();
    let (after, waited) = watch.until_memory_is_back(&before, RECOVERY).await;
    let peak = watch.stop().await;
    Report { scenario: scenario.name, database, series, tally: attack.tally, before, peak, after, waited }
}
