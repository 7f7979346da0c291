//! What the household does with files and between its wallets: imports, undoing them, importing again, and transfers.

use serde_json::{Value, json};

use super::{
    Household, currency, decimal,
    model::{CATEGORIES, Day, Purse, State, Transaction, date},
    pick,
};
use crate::harness::errors;

/// A file that was imported.
pub struct Imported {
    id: String,
    csv: String,
    lines: Vec<Transaction>,
    /// The places of what it made.
    places: Vec<usize>,
    undone: bool,
}

impl Household {
    /// Moves an amount from the wallet to the savings, or back: writes both halves, and says that they are one transfer.
    pub(super) async fn move_between(&mut self, amount: i64, day: Day, back: bool) {
        let (from, to) = if back { (Purse::Savings, Purse::Wallet) } else { (Purse::Wallet, Purse::Savings) };
        let outgoing = Transaction::new(vec![(1, amount)], day, false, from);
        let incoming = Transaction::new(vec![(0, amount)], day, false, to);
        if !self.allows(Some(&outgoing), None) {
            return;
        }
        let halves = [self.add(outgoing).await, self.add(incoming).await];
        let done = self.call("confirmTransfer", "outgoing { id }", self.named(halves)).await;
        assert_eq!(errors(&done), [""; 0]);
        for half in halves {
            self.model.transactions[half].state = State::Half;
        }
        self.moves.push(halves);
    }

    pub(super) async fn unmove(&mut self, place: usize) {
        let Some(place) = pick(&self.moves, place) else { return };
        let halves = self.moves.swap_remove(place);
        let done = self.call("undoTransfer", "outgoing { id }", self.named(halves)).await;
        assert_eq!(errors(&done), [""; 0]);
        for half in halves {
            self.model.transactions[half].state = State::Counts;
        }
    }

    fn named(&self, [outgoing, incoming]: [usize; 2]) -> Value {
        json!({ "outgoingId": self.transactions[outgoing], "incomingId": self.transactions[incoming] })
    }

    /// Imports a file that is another one than all before it.
    pub(super) async fn import(&mut self, mut lines: Vec<Transaction>) {
        for line in &mut lines {
            line.lines.truncate(1);
        }
        let file = self.imports.len();
        let row = |(number, line): (usize, &Transaction)| {
            let (category, amount) = line.lines[0];
            // As a bank writes it: below zero is what went out.
            let moved = if category == 0 { amount } else { -amount };
            let wallet = self.wallet(line.purse).cloned().unwrap_or_default();
            let (date, amount, name) = (date(line.day), decimal(moved), CATEGORIES[category]);
            format!("{date},{amount},{name},file {file} line {number},{},{wallet}\n", currency(line.dollars))
        };
        let rows: String = lines.iter().enumerate().map(row).collect();
        let csv = format!("date,amount,category,description,currency,wallet\n{rows}");
        self.send(csv, lines).await;
    }

    /// Imports a file of which nothing stands.
    async fn send(&mut self, csv: String, lines: Vec<Transaction>) {
        let fields = "added duplicates refused import { id } lines { line transaction { id } }";
        let done = self.call("importTransactions", fields, json!({ "csv": csv })).await;
        assert_eq!(errors(&done), [""; 0], "{done}");
        // A line that the wallet cannot pay is refused, and with it the file, unless another order of its lines is as likely.
        let refused: Vec<_> = orders(&lines).iter().map(|order| self.refused(order)).collect();
        if !refused.contains(&0) {
            assert_eq!((&done["added"], &done["refused"]), (&json!(0), &json!(refused[0])), "{done}");
            return;
        }
        assert_eq!((&done["added"], &done["duplicates"]), (&json!(lines.len()), &json!(0)), "{done}");
        let id = |thing: &Value| thing["id"].as_str().unwrap().to_owned();
        let mut places = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            // The first line of the file is its header.
            let made = done["lines"].as_array().unwrap().iter().find(|made| made["line"] == number + 2).unwrap();
            places.push(self.transactions.len());
            self.transactions.push(id(&made["transaction"]));
            self.model.transactions.push(line.clone());
        }
        self.imports.push(Imported { id: id(&done["import"]), csv, lines, places, undone: false });
    }

    /// How many lines the wallet cannot pay, if they are written in this order.
    fn refused(&self, lines: &[&Transaction]) -> usize {
        let mut holds = self.model.wallet(Purse::Wallet);
        let is_refused = |line: &&&Transaction| {
            let brings = line.brings(Purse::Wallet);
            let is_refused = brings < 0 && holds + brings < 0;
            holds += if is_refused { 0 } else { brings };
            is_refused
        };
        lines.iter().filter(is_refused).count()
    }

    pub(super) async fn undo(&mut self, place: usize) {
        let Some(place) = pick(&self.imports, place) else { return };
        let import = &self.imports[place];
        let done = self.call("undoImport", "import { id }", json!({ "id": import.id })).await;
        let made: Vec<_> = import.places.iter().map(|place| &self.model.transactions[*place]).collect();
        let brought: i64 = made.iter().map(|made| made.brings(Purse::Wallet)).sum();
        let touched = made.iter().filter(|made| made.changed || made.state == State::Deleted).count();
        let expected = match () {
            () if import.undone => vec!["NOT_ALLOWED id"],
            () if touched > 0 => vec!["CONFLICT id"; touched.min(5)],
            () if brought > self.model.wallet(Purse::Wallet) => vec!["INSUFFICIENT_FUNDS id"],
            () => vec![],
        };
        assert_eq!(errors(&done), expected, "{made:?}");
        if expected.is_empty() {
            for place in import.places.clone() {
                self.model.transactions[place].state = State::Deleted;
            }
            self.imports[place].undone = true;
        }
    }

    /// Imports a file again: it adds nothing, unless the last import of it was undone.
    pub(super) async fn again(&mut self, place: usize) {
        let Some(place) = pick(&self.imports, place) else { return };
        let Imported { csv, lines, .. } = &self.imports[place];
        let last = self.imports.iter().rfind(|other| other.csv == *csv).unwrap();
        if last.undone {
            let (csv, lines) = (csv.clone(), lines.clone());
            self.send(csv, lines).await;
            return;
        }
        let done = self.call("importTransactions", "added duplicates", json!({ "csv": csv })).await;
        assert_eq!((&done["added"], &done["duplicates"]), (&json!(0), &json!(lines.len())), "{done}");
    }
}

/// The orders in which the lines of a file may have been made, the likeliest first: banks list the oldest line first, or the newest.
fn orders(lines: &[Transaction]) -> Vec<Vec<&Transaction>> {
    let as_is: Vec<_> = lines.iter().collect();
    let turned: Vec<_> = lines.iter().rev().collect();
    let sorted = |lines: &Vec<_>| {
        let mut sorted: Vec<&Transaction> = lines.clone();
        sorted.sort_by_key(|line| line.day);
        sorted
    };
    let rises = lines.windows(2).filter(|pair| pair[0].day < pair[1].day).count();
    let falls = lines.windows(2).filter(|pair| pair[0].day > pair[1].day).count();
    match (rises, falls) {
        (0, 0) => vec![as_is, turned],
        (_, 0) => vec![as_is],
        (0, _) => vec![turned, as_is],
        _ if falls > rises => vec![turned.clone(), sorted(&turned), as_is],
        _ => vec![as_is.clone(), sorted(&as_is)],
    }
}
