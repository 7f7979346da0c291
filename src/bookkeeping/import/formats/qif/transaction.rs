//! One record of a QIF file. Pure.

use super::super::{
    answers::Answers,
    number::{self, Number},
    record::{Place, Split, Transaction},
    text,
};
use super::date;
use crate::money::Decimal;

/// The most lines of a record with splits.
const MOST_SPLITS: usize = 1_000;

/// What programs call the balance with which an account begins.
const OPENING: [&str; 9] = [
    "opening balance",
    "beginning balance",
    "solde initial",
    "anfangssaldo",
    "anfangsbestand",
    "eröffnungssaldo",
    "saldo inicial",
    "saldo iniziale",
    "beginsaldo",
];

/// A record whose lines are being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) line: u64,
    date: String,
    amount: String,
    /// `U`, which some programs write in place of `T`, and most in addition.
    other_amount: String,
    number: Option<String>,
    payee: Option<String>,
    memo: Option<String>,
    category: String,
    splits: Vec<Part>,
    has_too_many: bool,
}

#[derive(Debug, Default)]
struct Part {
    category: String,
    memo: Option<String>,
    amount: String,
}

impl Draft {
    /// Whether no line was read yet.
    pub(super) fn is_empty(&self) -> bool {
        self.line == 0
    }

    /// Takes a line: its first character says what it is.
    pub(super) fn take(&mut self, line: u64, code: char, content: &str) {
        if self.line == 0 {
            self.line = line;
        }
        let content = content.trim();
        match code {
            'D' => content.clone_into(&mut self.date),
            'T' => content.clone_into(&mut self.amount),
            'U' => content.clone_into(&mut self.other_amount),
            'N' => self.number = text::line(content),
            'P' => self.payee = text::line(content),
            'M' => self.memo = text::line(content),
            'L' => content.clone_into(&mut self.category),
            'S' if self.splits.len() == MOST_SPLITS => self.has_too_many = true,
            'S' => self.splits.push(Part { category: content.to_owned(), ..Part::default() }),
            'E' => {
                if let Some(part) = self.splits.last_mut() {
                    part.memo = text::line(content);
                }
            }
            '$' => {
                if let Some(part) = self.splits.last_mut() {
                    content.clone_into(&mut part.amount);
                }
            }
            // C is the state of reconciliation, A an address, F and % are repetitions, X belongs to invoices.
            _ => {}
        }
    }

    /// The name of the account and the balance, when the record is the balance with which the account begins.
    pub(super) fn opening(
        &self,
        account: Option<&str>,
        answers: &Answers,
    ) -> Option<(String, Decimal, Option<chrono::NaiveDate>)> {
        let (_, transfer) = category(&self.category);
        let transfer = transfer?;
        let payee = self.payee.as_deref().unwrap_or_default().to_lowercase();
        let is_opening = account == Some(transfer.as_str()) || (account.is_none() && OPENING.contains(&payee.as_str()));
        let amount = amount(self.amount(), answers).ok().filter(|_| is_opening && self.splits.is_empty())?;
        Some((transfer, amount, date(&self.date, answers).ok()))
    }

    fn amount(&self) -> &str {
        if self.amount.is_empty() { &self.other_amount } else { &self.amount }
    }

    /// The transaction, or what is wrong with it.
    pub(super) fn finish(self, place: Place, answers: &Answers) -> Result<Transaction, String> {
        let date = date(&self.date, answers)?;
        let whole = amount(self.amount(), answers)?;
        if self.has_too_many {
            return Err(format!("The transaction has more than {MOST_SPLITS} splits."));
        }
        let mut splits = Vec::new();
        let mut sum: Option<i128> = Some(0);
        for part in self.splits {
            let amount = match part.amount.as_str() {
                "" => return Err(format!("The split {} has no amount.", text::quoted(&part.category))),
                text => amount(text, answers)?,
            };
            sum = sum.zip(amount.scaled_wide(number::SCALE)).and_then(|(sum, amount)| sum.checked_add(amount));
            let (category, transfer) = category(&part.category);
            splits.push(Split { amount, category, transfer, note: part.memo });
        }
        if !splits.is_empty() && sum != whole.scaled_wide(number::SCALE) {
            let sum = sum.map(number::shown).unwrap_or_default();
            return Err(format!("The splits add up to {sum}, but the amount is {whole}."));
        }
        let (category, transfer) = if splits.is_empty() { category(&self.category) } else { (None, None) };
        Ok(Transaction {
            description: self.memo,
            payee: self.payee,
            number: self.number,
            category,
            transfer,
            splits,
            ..Transaction::new(place, date, whole)
        })
    }
}

/// A category, or the account of a transfer, which is in brackets. The class after a slash stays part of a category; `--Split--` is
/// none.
fn category(text: &str) -> (Option<String>, Option<String>) {
    let text = text.trim();
    if let Some((account, _)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (None, text::line(account));
    }
    (text::line(text).filter(|category| category != "--Split--"), None)
}

fn date(text: &str, answers: &Answers) -> Result<chrono::NaiveDate, String> {
    let read = match answers.dates {
        Some(order) => date::read(text, order),
        None => date::read_surely(text),
    };
    read.ok_or_else(|| match answers.dates {
        _ if text.is_empty() => "The transaction has no date.".to_owned(),
        None if date::ORDERS.iter().any(|order| date::read(text, *order).is_some()) => {
            format!("{} may be two days: say whether the day or the month comes first.", text::quoted(text))
        }
        _ => format!("{} is not a date like the others in the file.", text::quoted(text)),
    })
}

fn amount(text: &str, answers: &Answers) -> Result<Decimal, String> {
    let wrong = || match text {
        "" => "The transaction has no amount.".to_owned(),
        _ => format!("{} is not an amount.", text::quoted(text)),
    };
    match (number::guess(text), answers.mark) {
        (Number::Sure(amount, _), None) => Ok(amount),
        (Number::MarkOrThousands, None) => {
            Err(format!("{} may be two amounts: say which sign comes before the decimals.", text::quoted(text)))
        }
        (Number::Wrong, _) => Err(wrong()),
        (_, Some(mark)) => number::with_mark(text, mark).ok_or_else(wrong),
    }
}
