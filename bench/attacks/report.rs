//! The figures of one scenario, and whether they are good.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::{
    attack::Tally,
    canary::{Phase, Series, Times},
    watch::{MOST, Usage},
};
use crate::harness::Database;

/// What the canary's p99 must not exceed.
const LONGEST: Duration = Duration::from_secs(1);

pub struct Report {
    pub scenario: &'static str,
    pub database: Database,
    pub series: Vec<Series>,
    pub tally: Tally,
    /// What the server used before the attack, at most, and some time after it.
    pub before: Usage,
    pub peak: Usage,
    pub after: Usage,
    /// How long after the attack that was.
    pub waited: Duration,
}

impl Report {
    /// The names of the columns of the table. Times are p99 in milliseconds, without and with the attack.
    pub const HEAD: &'static str = "scenario      database     read p99    write p99  errors  \
                                    memory before, peak, after (MB)  WAL (MB)  result";

    /// All that is not as it must be.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, phases) in &self.series {
            let during = phases.get(&Phase::Attack);
            for (error, count) in during.iter().flat_map(|times| &times.errors) {
                problems.push(format!("{count} of the canary's requests ({name}) failed: {error}"));
            }
            let time = during.map(|times| times.percentile(99)).unwrap_or_default();
            if time > LONGEST {
                problems.push(format!("the p99 of the canary's {name} was {} ms", time.as_millis()));
            }
        }
        if self.after.memory.is_none() {
            let was_killed = self.peak.memory > Some(MOST);
            let why = if was_killed { format!("was killed at more than {MOST} MB") } else { "has ended".to_owned() };
            problems.push(format!("the server {why}"));
        } else if !self.after.is_near(&self.before) {
            problems.push("memory did not go back".to_owned());
        }
        problems.extend(self.tally.record().reached.clone());
        problems
    }

    pub fn is_good(&self) -> bool {
        self.problems().is_empty()
    }

    /// The line in the table.
    pub fn row(&self) -> String {
        let none = Times::default();
        let of = |wanted: &str, phase| {
            let phases = self.series.iter().find(|(name, _)| *name == wanted).map(|(_, phases)| phases);
            phases.and_then(|phases| phases.get(&phase)).unwrap_or(&none).percentile(99).as_millis()
        };
        let [read, write] =
            ["read", "write"].map(|name| format!("{} -> {}", of(name, Phase::Idle), of(name, Phase::Attack)));
        let phases = self.series.iter().filter_map(|(_, phases)| phases.get(&Phase::Attack));
        let errors: usize = phases.flat_map(|times| times.errors.values()).sum();
        let [before, peak, after] = [self.before, self.peak, self.after]
            .map(|usage| usage.memory.map_or_else(|| "ended".to_owned(), |memory| memory.to_string()));
        format!(
            "{:<12}  {:<8}  {read:>11}  {write:>11}  {errors:>6}  {:>31}  {:>8}  {}",
            self.scenario,
            format!("{:?}", self.database),
            format!("{before}, {peak}, {after}"),
            self.peak.wal,
            if self.is_good() { "good" } else { "BAD" }
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {:?}", self.scenario, self.database)?;
        for (name, phases) in &self.series {
            for (phase, times) in phases.iter().filter(|(phase, _)| **phase != Phase::WarmUp) {
                write!(f, "\n  {name:<10} {:<8} {times}", if *phase == Phase::Idle { "idle" } else { "attacked" })?;
            }
        }
        let record = self.tally.record();
        write!(f, "\n  the attack got: {}", in_words(&record.outcomes))?;
        for note in &record.notes {
            write!(f, "\n  {note}")?;
        }
        write!(
            f,
            "\n  memory: {} before, {} at most, {} after {} s; descriptors: {}, {}, {}; WAL: {} MB, {} MB, {} MB",
            self.before.words(),
            self.peak.words(),
            self.after.words(),
            self.waited.as_secs(),
            self.before.descriptors,
            self.peak.descriptors,
            self.after.descriptors,
            self.before.wal,
            self.peak.wal,
            self.after.wal,
        )?;
        drop(record);
        for problem in self.problems() {
            write!(f, "\n  BAD: {problem}")?;
        }
        Ok(())
    }
}

fn in_words(outcomes: &BTreeMap<String, usize>) -> String {
    let words: Vec<_> = outcomes.iter().map(|(outcome, count)| format!("{count} x {outcome}")).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}
