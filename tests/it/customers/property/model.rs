//! A shop's ledger in memory, written without a look at the real one: nothing is kept but what was entered, and every figure
//! is worked out anew from that.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

/// A day, counted from the first that the game knows.
pub type Day = u64;

pub fn date(day: Day) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 8, 1).unwrap() + Days::new(day)
}

/// The day on which the game is played.
pub const TODAY: Day = 112;

/// Whose ledger, and in which currency: two customers, two currencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    pub customer: usize,
    pub dollars: bool,
}

#[derive(Clone, Debug)]
pub struct Document {
    pub ledger: Ledger,
    pub day: Day,
    pub amount: i64,
    pub what: What,
    /// Whether it still counts.
    pub stands: bool,
}

#[derive(Clone, Debug)]
pub enum What {
    Entry {
        credit: bool,
    },
    Invoice {
        due: Day,
    },
    /// With the invoices that it named, by their places in the model, and what it gave to each.
    Receipt {
        named: Vec<(usize, i64)>,
    },
}

impl Document {
    /// What it adds to what is owed.
    pub fn owed(&self) -> i64 {
        match self.what {
            What::Entry { credit: true } | What::Invoice { .. } => self.amount,
            What::Entry { credit: false } | What::Receipt { .. } => -self.amount,
        }
    }
}

/// All that was ever entered, in the order in which it was.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub documents: Vec<Document>,
}

/// What was given to which: receipt and invoice by their places.
pub type Allocations = BTreeMap<(usize, usize), i64>;

impl Model {
    /// The documents that stand in a ledger up to a day, in the order of the statement.
    pub fn lines(&self, ledger: Ledger, until: Day) -> Vec<(usize, &Document)> {
        let stands =
            |(_, document): &(usize, &Document)| document.ledger == ledger && document.stands && document.day <= until;
        let mut lines: Vec<_> = self.documents.iter().enumerate().filter(stands).collect();
        lines.sort_by_key(|(place, document)| (document.day, *place));
        lines
    }

    pub fn balance(&self, ledger: Ledger, until: Day) -> i64 {
        self.lines(ledger, until).iter().map(|(_, document)| document.owed()).sum()
    }

    /// What a receipt that names invoices gives to each; none when one of them takes nothing.
    pub fn name(&self, ledger: Ledger, amount: i64, invoices: &[usize]) -> Option<Vec<(usize, i64)>> {
        let mut left = amount;
        let mut shares: Vec<(usize, i64)> = Vec::new();
        for &place in invoices {
            let invoice = &self.documents[place];
            let taken: i64 = self.named().iter().filter(|((_, to), _)| *to == place).map(|(_, amount)| amount).sum();
            let share = (invoice.amount - taken).min(left);
            let is_twice = shares.iter().any(|(other, _)| *other == place);
            if !invoice.stands || invoice.ledger != ledger || is_twice || share == 0 {
                return None;
            }
            left -= share;
            shares.push((place, share));
        }
        Some(shares)
    }

    fn named(&self) -> Allocations {
        let mut named = Allocations::new();
        for (place, receipt) in self.documents.iter().enumerate().filter(|(_, document)| document.stands) {
            if let What::Receipt { named: shares } = &receipt.what {
                let stands = |(invoice, _): &&(usize, i64)| self.documents[*invoice].stands;
                named.extend(shares.iter().filter(stands).map(|(invoice, amount)| ((place, *invoice), *amount)));
            }
        }
        named
    }

    /// What receipts up to a day pay of invoices up to that day, cent by cent: those that are named, then the oldest.
    pub fn allocations(&self, ledger: Ledger, until: Day) -> Allocations {
        let lines = self.lines(ledger, until);
        let is_seen = |place: usize| lines.iter().any(|(seen, _)| *seen == place);
        let mut pairs = self.named();
        pairs.retain(|(receipt, invoice), _| is_seen(*receipt) && is_seen(*invoice));
        for (receipt, document) in &lines {
            if !matches!(&document.what, What::Receipt { named } if named.is_empty()) {
                continue;
            }
            for _ in 0..document.amount {
                let is_open = |(place, invoice): &&(usize, &Document)| {
                    let paid: i64 = pairs.iter().filter(|((_, to), _)| to == place).map(|(_, amount)| amount).sum();
                    matches!(invoice.what, What::Invoice { .. }) && paid < invoice.amount
                };
                let Some((invoice, _)) = lines.iter().find(is_open) else { break };
                *pairs.entry((*receipt, *invoice)).or_default() += 1;
            }
        }
        pairs
    }

    /// What the documents up to a day leave owed, by how long that has been due on a day: current, to 30, to 60, to 90, over
    /// 90, and paid in advance.
    pub fn aging(&self, ledger: Ledger, until: Day, on: Day) -> [i64; 6] {
        let lines = self.lines(ledger, until);
        let pairs = self.allocations(ledger, until);
        let (mut owed, mut free) = (Vec::new(), 0);
        for (place, document) in &lines {
            let given: i64 = pairs
                .iter()
                .filter(|((receipt, invoice), _)| receipt == place || invoice == place)
                .map(|(_, amount)| amount)
                .sum();
            match document.what {
                What::Invoice { due } => owed.push((due, document.amount - given)),
                What::Entry { credit: true } => owed.push((document.day, document.amount)),
                What::Entry { credit: false } | What::Receipt { .. } => free += document.amount - given,
            }
        }
        owed.sort_unstable();
        let mut aging = [0; 6];
        for (due, mut amount) in owed {
            let paid = amount.min(free);
            amount -= paid;
            free -= paid;
            let bucket = match on.saturating_sub(due) {
                0 => 0,
                1..=30 => 1,
                31..=60 => 2,
                61..=90 => 3,
                _ => 4,
            };
            aging[bucket] += amount;
        }
        aging[5] = free;
        aging
    }
}
