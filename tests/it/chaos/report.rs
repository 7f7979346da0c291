//! The table.

use std::{fmt, path::PathBuf};

use crate::harness::Database;

/// How many of the things that are wrong are shown.
const SHOWN: usize = 10;

/// What became of a scenario.
#[derive(Debug)]
pub struct Report {
    pub scenario: &'static str,
    pub database: Database,
    /// How often something was killed, filled, or went away.
    pub kills: usize,
    pub sent: usize,
    pub acknowledged: usize,
    /// Acknowledged by saying that it had been done before.
    pub replayed: usize,
    /// Answers that said to try again, and connections that were refused.
    pub busy: usize,
    /// Answers that said that the server has a fault.
    pub faults: usize,
    /// What was acknowledged and is not there.
    pub lost: Vec<String>,
    /// What was done twice, or though the client was told that it was not.
    pub doubled: Vec<String>,
    /// What else is not as it should be.
    pub wrong: Vec<String>,
    pub is_whole: bool,
    /// What the servers wrote to standard error.
    pub log: PathBuf,
}

impl Report {
    /// The names of the columns.
    pub const HEAD: &'static str =
        "scenario    database  kills    sent  acknowledged  replayed   busy  faults  lost  doubled  whole";

    /// Whether all promises were kept.
    pub fn is_clean(&self) -> bool {
        self.is_whole && self.lost.is_empty() && self.doubled.is_empty() && self.wrong.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<10}  {:<8}  {:>5}  {:>6}  {:>12}  {:>8}  {:>5}  {:>6}  {:>4}  {:>7}  {:>5}",
            self.scenario,
            format!("{:?}", self.database),
            self.kills,
            self.sent,
            self.acknowledged,
            self.replayed,
            self.busy,
            self.faults,
            self.lost.len(),
            self.doubled.len(),
            if self.is_whole { "yes" } else { "NO" }
        )?;
        for (what, all) in [("lost", &self.lost), ("doubled", &self.doubled), ("wrong", &self.wrong)] {
            for one in all.iter().take(SHOWN) {
                write!(f, "\n  {what}: {one}")?;
            }
            if all.len() > SHOWN {
                write!(f, "\n  and {} more that are {what}", all.len() - SHOWN)?;
            }
        }
        if !self.is_clean() {
            write!(f, "\n  what the servers said: {}", self.log.display())?;
        }
        Ok(())
    }
}
