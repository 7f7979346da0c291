//! The arguments of the command.

use std::{path::PathBuf, str::FromStr, time::Duration};

use super::scenarios::{SCENARIOS, Scenario};
use crate::harness::{Database, postgres, program};

/// What to run, and how.
#[derive(Debug)]
pub struct Options {
    pub scenarios: Vec<&'static Scenario>,
    pub databases: Vec<Database>,
    /// How long an attack lasts that would go on for ever.
    pub length: Duration,
    /// How many rows an attacker has whose attack needs many.
    pub rows: usize,
    /// The server.
    pub program: PathBuf,
}

impl Options {
    /// Reads the arguments; `None` when they ask only for the list of scenarios.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut options = Self {
            scenarios: Vec::new(),
            databases: Vec::new(),
            length: Duration::from_secs(20),
            rows: 100_000,
            program: program().get_program().into(),
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--bench" => {}
                "--list" => {
                    for scenario in &SCENARIOS {
                        println!("{:<12}  {}", scenario.name, scenario.what);
                    }
                    return Ok(None);
                }
                "--database" => options.databases.push(match value()?.as_str() {
                    "sqlite" => Database::Sqlite,
                    "postgres" => Database::Postgres,
                    other => return Err(format!("{other} is neither sqlite nor postgres")),
                }),
                "--seconds" => options.length = Duration::from_secs(number(&value()?)?),
                "--rows" => options.rows = number(&value()?)?,
                "--program" => options.program = value()?.into(),
                name => {
                    let found = SCENARIOS.iter().find(|scenario| scenario.name == name);
                    options.scenarios.push(found.ok_or_else(|| format!("{name} is no scenario; see --list"))?);
                }
            }
        }
        if options.scenarios.is_empty() {
            options.scenarios = SCENARIOS.iter().collect();
        }
        if options.databases.is_empty() {
            options.databases = vec![Database::Sqlite, Database::Postgres];
        }
        if options.databases.contains(&Database::Postgres) && !postgres::is_installed() {
            return Err("PostgreSQL is not installed; `--database sqlite` does without it".to_owned());
        }
        Ok(Some(options))
    }

    /// How long the canary is measured without an attack.
    pub fn idle(&self) -> Duration {
        (self.length / 2).clamp(Duration::from_secs(2), Duration::from_secs(10))
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}
