//! A shop's ledger in memory, written without a look at the real one: nothing is kept but what was entered, and every figure
//! is worked out anew from that. What notes do is in `notes`.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::notes::{Bill, Note};

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Entry { credit: bool },
    Opening { credit: bool },
    Invoice(Bill),
    Receipt,
    Refund,
    WriteOff,
    CreditNote(Note),
    DebitNote(Note),
}

impl Document {
    /// Whether the customer owes more by it.
    pub fn is_charge(&self) -> bool {
        match self.what {
            What::Entry { credit } | What::Opening { credit } => credit,
            What::Invoice(_) | What::DebitNote(_) | What::Refund => true,
            What::Receipt | What::CreditNote(_) | What::WriteOff => false,
        }
    }

    /// What it adds to what is owed.
    pub fn owed(&self) -> i64 {
        if self.is_charge() { self.amount } else { -self.amount }
    }

    /// The day on which it is due.
    fn due(&self) -> Day {
        match self.what {
            What::Invoice(Bill { due, .. }) | What::DebitNote(Note { due, .. }) => due,
            _ => self.day,
        }
    }
}

/// What is set off: payment and charge by their places, and an amount.
pub type Allocations = BTreeMap<(usize, usize), i64>;

/// All that was ever entered, in the order in which it was.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub documents: Vec<Document>,
    /// What was named and not released.
    pub named: Allocations,
    /// What is held of payments.
    pub held: BTreeMap<usize, i64>,
}

fn of(pairs: &Allocations, place: usize) -> i64 {
    pairs.iter().filter(|((from, to), _)| *from == place || *to == place).map(|(_, amount)| amount).sum()
}

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

    /// What is named of a document.
    pub fn named_of(&self, place: usize) -> i64 {
        of(&self.named, place)
    }

    pub fn held_of(&self, place: usize) -> i64 {
        self.held.get(&place).copied().unwrap_or_default()
    }

    /// What an amount of a payment gives to each of the charges that it names; none when one of them takes nothing.
    pub fn shares(&self, ledger: Ledger, amount: i64, charges: &[usize]) -> Option<Vec<(usize, i64)>> {
        let mut left = amount;
        let mut shares: Vec<(usize, i64)> = Vec::new();
        for &place in charges {
            let charge = &self.documents[place];
            let share = (charge.amount - self.named_of(place)).min(left);
            let is_twice = shares.iter().any(|(other, _)| *other == place);
            if !charge.is_charge() || !charge.stands || charge.ledger != ledger || is_twice || share == 0 {
                return None;
            }
            left -= share;
            shares.push((place, share));
        }
        Some(shares)
    }

    pub fn name(&mut self, payment: usize, shares: &[(usize, i64)]) {
        for (charge, amount) in shares {
            *self.named.entry((payment, *charge)).or_default() += amount;
        }
    }

    /// Deletes a document.
    pub fn delete(&mut self, place: usize) {
        self.named.retain(|(from, to), _| *from != place && *to != place);
        self.held.remove(&place);
        self.documents[place].stands = false;
    }

    /// What pays what, cent by cent: what is named, then the oldest.
    pub fn allocations(&self, ledger: Ledger) -> Allocations {
        let lines = self.lines(ledger, Day::MAX);
        let mut pairs = self.named.clone();
        pairs.retain(|(payment, _), _| self.documents[*payment].ledger == ledger);
        for (payment, document) in lines.iter().filter(|(_, document)| !document.is_charge()) {
            for _ in 0..document.amount - self.named_of(*payment) - self.held_of(*payment) {
                let is_open =
                    |(place, charge): &&(usize, &Document)| charge.is_charge() && of(&pairs, *place) < charge.amount;
                let Some((charge, _)) = lines.iter().find(is_open) else { break };
                *pairs.entry((*payment, *charge)).or_default() += 1;
            }
        }
        pairs
    }

    /// What is not set off of a document.
    pub fn open(&self, place: usize) -> i64 {
        let document = &self.documents[place];
        if document.stands { document.amount - of(&self.allocations(document.ledger), place) } else { 0 }
    }

    /// What is on account of the customer, held or not.
    pub fn unallocated(&self, ledger: Ledger) -> i64 {
        let pairs = self.allocations(ledger);
        let lines = self.lines(ledger, Day::MAX);
        let payments = lines.iter().filter(|(_, document)| !document.is_charge());
        payments.map(|(place, document)| document.amount - of(&pairs, *place)).sum()
    }

    /// What is not set off of write-offs.
    pub fn let_off(&self, ledger: Ledger) -> i64 {
        let lines = self.lines(ledger, Day::MAX);
        lines.iter().filter(|(_, line)| line.what == What::WriteOff).map(|(place, _)| self.open(*place)).sum()
    }

    /// What the documents up to a day leave owed, by how long that has been due on a day: current, to 30, to 60, to 90, over
    /// 90, and what is on account.
    pub fn aging(&self, ledger: Ledger, until: Day, on: Day) -> [i64; 6] {
        let lines = self.lines(ledger, until);
        let is_seen = |place: usize| lines.iter().any(|(seen, _)| *seen == place);
        let mut pairs = self.allocations(ledger);
        pairs.retain(|(payment, charge), _| is_seen(*payment) && is_seen(*charge));
        let mut aging = [0; 6];
        for (place, document) in lines {
            let open = document.amount - of(&pairs, place);
            let bucket = match on.saturating_sub(document.due()) {
                _ if !document.is_charge() => 5,
                0 => 0,
                1..=30 => 1,
                31..=60 => 2,
                61..=90 => 3,
                _ => 4,
            };
            aging[bucket] += open;
        }
        aging
    }
}
