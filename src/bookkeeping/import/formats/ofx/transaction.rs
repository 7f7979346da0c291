//! One transaction (`STMTTRN`). Pure.

use super::super::{
    day, number,
    out::Out,
    record::{Place, Transaction},
    text,
};
use crate::money::Decimal;

/// The kinds of transactions in which money goes out. Others go either way: a payment reaches a card.
const OUT: [&str; 2] = ["DEBIT", "CHECK"];

/// A transaction whose elements are being read.
#[derive(Debug, Default)]
pub(super) struct Trn {
    place: Place,
    kind: String,
    posted: String,
    user: String,
    available: String,
    pub(super) amount: String,
    id: Option<String>,
    name: Option<String>,
    memo: Option<String>,
    check: Option<String>,
    correction: String,
    /// The currency of the amount, when it is not that of the account.
    currency: Option<String>,
}

impl Trn {
    pub(super) fn new(place: Place) -> Self {
        Self { place, ..Self::default() }
    }

    /// Takes an element. `within` is the aggregate that it stands in directly.
    pub(super) fn take(&mut self, within: &str, name: &str, content: String) {
        match (within, name) {
            ("STMTTRN", "TRNTYPE") => self.kind = content.to_ascii_uppercase(),
            ("STMTTRN", "DTPOSTED") => self.posted = content,
            ("STMTTRN", "DTUSER") => self.user = content,
            ("STMTTRN", "DTAVAIL") => self.available = content,
            ("STMTTRN", "TRNAMT") => self.amount = content,
            ("STMTTRN", "FITID") => self.id = text::id(&content),
            ("STMTTRN" | "PAYEE", "NAME" | "PAYEE") => self.name = text::line(&content).or_else(|| self.name.take()),
            ("STMTTRN", "EXTDNAME") if self.name.is_none() => self.name = text::line(&content),
            ("STMTTRN", "MEMO" | "MEMO2") => {
                self.memo = text::line(&format!("{} {content}", self.memo.take().unwrap_or_default()));
            }
            ("STMTTRN", "CHECKNUM") => self.check = text::id(&content),
            ("STMTTRN", "CORRECTACTION") => self.correction = content,
            ("CURRENCY", "CURSYM") => self.currency = text::currency(&content),
            _ => {}
        }
    }

    /// The kind and the amount, when the kind says that money goes out and the amount is not zero.
    pub(super) fn out_amount(&self) -> Option<Decimal> {
        OUT.contains(&self.kind.as_str())
            .then(|| number::of_any_mark(&self.amount))
            .flatten()
            .filter(|amount| !is_zero(amount))
    }

    /// The transaction is complete.
    pub(super) fn finish(self, account_currency: Option<&str>, unsigned_debits: Option<bool>, out: &mut Out) {
        let place = self.place;
        if !self.correction.is_empty() {
            let message = "The transaction corrects an earlier one (CORRECTACTION). Correct the earlier one by hand.";
            return out.bad_entry(place, message);
        }
        let Some(amount) = number::of_any_mark(&self.amount) else {
            return out.bad_entry(place, format!("{} is not an amount.", text::quoted(&self.amount)));
        };
        let Some(date) = day::iso(&self.posted).or_else(|| day::iso(&self.user)) else {
            return out.bad_entry(place, format!("{} is not a date.", text::quoted(&self.posted)));
        };
        let is_out = OUT.contains(&self.kind.as_str());
        let is_odd = is_out && !amount.is_below_zero() && !is_zero(&amount);
        let amount = match unsigned_debits {
            Some(true) if is_odd => number::signed(&amount, true),
            Some(true) if self.kind == "CREDIT" => number::signed(&amount, false),
            _ => amount,
        };
        out.transaction(Transaction {
            value_date: day::iso(&self.available),
            currency: self.currency.or_else(|| account_currency.map(str::to_owned)),
            // Many banks repeat the name.
            description: self.memo.filter(|memo| Some(memo) != self.name.as_ref()),
            payee: self.name,
            bank_id: self.id,
            number: self.check,
            ..Transaction::new(place, date, amount)
        });
    }
}

fn is_zero(amount: &Decimal) -> bool {
    amount.scaled_wide(number::SCALE) == Some(0)
}
