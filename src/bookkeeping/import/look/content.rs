//! What is in the columns of a file.

use std::collections::HashSet;

use super::super::profile::{
    notation::{cell, currency_sign, date, flag, number},
    record::Record,
};

/// How many different texts of a column are kept.
const MOST_TEXTS: usize = 20;

/// What is in a column. All counts are of records that are transactions.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub(super) records: usize,
    pub(super) filled: usize,
    pub(super) dates: usize,
    pub(super) numbers: usize,
    /// Numbers with decimals, a sign or a currency.
    pub(super) money: usize,
    pub(super) below_zero: usize,
    pub(super) currencies: usize,
    pub(super) flags: usize,
    /// Texts with letters.
    pub(super) texts: usize,
    /// Codes: texts with digits and without blanks.
    pub(super) codes: usize,
    pub(super) length: usize,
    /// The first different texts.
    pub(super) different: HashSet<String>,
}

impl Content {
    pub(super) fn of<'a>(records: impl Iterator<Item = &'a Record>, at: usize) -> Self {
        let mut content = Self::default();
        for record in records {
            content.add(cell::bare(record.cell(at)));
        }
        content
    }

    fn add(&mut self, text: &str) {
        self.records += 1;
        if text.is_empty() || text == "-" || text == "--" {
            // A lone minus may be a flag, or an empty amount.
            self.flags += usize::from(text == "-");
            self.filled += usize::from(text == "-");
            if text == "-" && self.different.len() < MOST_TEXTS {
                self.different.insert(text.to_owned());
            }
            return;
        }
        self.filled += 1;
        let is_date = date::date(text).is_some_and(|date| !date.is_short || date.separator != '\0');
        let number = number::number(text).filter(|_| !is_date);
        self.dates += usize::from(is_date);
        self.numbers += usize::from(number.is_some());
        self.money += usize::from(number.is_some_and(|number| number.is_like_money));
        let is_below =
            |number: number::Number| number.point.or(number.comma).is_some_and(|value| value.is_sign_negative());
        self.below_zero += usize::from(number.is_some_and(is_below));
        self.currencies += usize::from(currency_sign::find(text).is_some());
        self.flags += usize::from(flag::known(text).is_some());
        let has_letters = text.chars().any(char::is_alphabetic);
        self.texts += usize::from(has_letters && !is_date && number.is_none());
        let is_code = text.chars().any(|c| c.is_ascii_digit()) && !text.contains(char::is_whitespace);
        self.codes += usize::from(is_code && number.is_none() && !is_date);
        self.length += text.chars().count();
        if self.different.len() < MOST_TEXTS {
            self.different.insert(cell::name(text));
        }
    }

    /// Whether this many of the filled cells are nearly all of them.
    fn is_most(&self, count: usize) -> bool {
        count > 0 && count * 10 >= self.filled * 9
    }

    pub(super) fn is_date(&self) -> bool {
        self.is_most(self.dates)
    }

    pub(super) fn is_number(&self) -> bool {
        self.is_most(self.numbers + (if self.numbers > 0 { self.flags.min(self.filled - self.numbers) } else { 0 }))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.filled == 0
    }

    pub(super) fn is_currency(&self) -> bool {
        self.is_most(self.currencies)
    }

    pub(super) fn is_flag(&self) -> bool {
        self.is_most(self.flags) && self.filled == self.flags && self.numbers == 0
    }

    pub(super) fn is_text(&self) -> bool {
        self.texts > 0 && self.texts * 2 >= self.filled && !self.is_date()
    }
}
