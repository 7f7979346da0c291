//! What was measured, by name, in each round.

use std::collections::BTreeMap;

use super::load::Measured;

/// What was measured on one database.
pub(crate) struct Results {
    pub(crate) database: &'static str,
    rounds: BTreeMap<String, Vec<Measured>>,
    /// The names in the order in which they were measured first.
    names: Vec<String>,
    /// What is known besides, each with its unit.
    pub(crate) facts: Vec<(String, String)>,
}

/// A row of the table: the round with the median rate, and how far the rates of the rounds lie apart.
pub(crate) struct Row<'a> {
    pub(crate) name: &'a str,
    pub(crate) median: &'a Measured,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Results {
    pub(crate) fn new(database: &'static str) -> Self {
        Self { database, rounds: BTreeMap::new(), names: Vec::new(), facts: Vec::new() }
    }

    pub(crate) fn add(&mut self, name: &str, measured: Measured) {
        if !self.rounds.contains_key(name) {
            self.names.push(name.to_owned());
        }
        self.rounds.entry(name.to_owned()).or_default().push(measured);
    }

    pub(crate) fn note(&mut self, what: &str, figure: String) {
        self.facts.push((what.to_owned(), figure));
    }

    /// Notes the greatest of several figures.
    pub(crate) fn most(&mut self, what: &str, figure: u64) {
        if let Some((_, known)) = self.facts.iter_mut().find(|(name, _)| name == what) {
            let most = known.parse().map_or(figure, |known: u64| known.max(figure));
            *known = most.to_string();
        } else {
            self.note(what, figure.to_string());
        }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.names.iter().filter_map(|name| self.row(name))
    }

    pub(crate) fn row(&self, name: &str) -> Option<Row<'_>> {
        let (name, rounds) = self.rounds.get_key_value(name)?;
        let mut rounds: Vec<_> = rounds.iter().collect();
        rounds.sort_by(|a, b| a.rate.total_cmp(&b.rate));
        let (least, most) = (rounds.first()?.rate, rounds.last()?.rate);
        Some(Row { name, median: rounds.get(rounds.len() / 2)?, least, most })
    }

    /// How many times the rate of the second the rate of the first is: the median of the rounds, each compared with itself.
    pub(crate) fn ratio(&self, of: &str, to: &str) -> Option<f64> {
        let pairs = self.rounds.get(of)?.iter().zip(self.rounds.get(to)?);
        let mut ratios: Vec<_> = pairs.map(|(of, to)| of.rate / to.rate).collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied()
    }

    /// The best of several, by their medians.
    pub(crate) fn best<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let rate = |name: &str| self.row(name).map_or(0.0, |row| row.median.rate);
        names.into_iter().max_by(|a, b| rate(a).total_cmp(&rate(b)))
    }
}
