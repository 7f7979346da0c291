//! Reads the cells of a record by a profile.

use rust_decimal::Decimal;

use super::{
    layout::Layout,
    model::{Profile, Sign},
    notation::{
        cell, currency_sign, date, flag,
        number::{self, Number},
    },
    record::Record,
    row::Problem,
};
use crate::money::Currency;

/// A record, and how it is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    pub(super) record: &'a Record,
    pub(super) profile: &'a Profile,
    pub(super) layout: &'a Layout,
    /// The currency of amounts that have none in the file.
    pub(super) currency: Option<Currency>,
}

/// What the cells with amounts say.
#[derive(Clone, Copy, Debug)]
pub(super) enum Amount {
    /// They are empty.
    None,
    /// The amount, below zero for money out, and its currency.
    Value(Decimal, Option<Currency>),
}

impl<'a> Reading<'a> {
    pub(super) fn amount_cells(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let cells = [self.layout.amount, self.layout.debit, self.layout.credit];
        let record = self.record;
        cells.into_iter().flatten().map(move |at| cell::bare(record.cell(at)))
    }

    /// An amount in a column that is not read, of a profile that has only debits or only credits.
    pub(super) fn other_side(&self) -> Option<&'a str> {
        let record = self.record;
        let is_one_sided = self.layout.debit.is_some() != self.layout.credit.is_some();
        let is_amount = |text: &&str| {
            let number = number::number(text).filter(|number| number.is_like_money && date::date(text).is_none());
            number.is_some_and(|number| number.point.or(number.comma).is_some_and(|value| !value.is_zero()))
        };
        let mut others = record.cells().enumerate().filter(|(at, _)| !self.layout.has(*at)).map(|(_, text)| text);
        others.find(is_amount).filter(|_| is_one_sided)
    }

    /// Whether a record whose amounts are empty is a note of the bank, such as the check of a card: a column that is not read
    /// says zero, and none has an amount.
    pub(super) fn is_note(&self) -> bool {
        let others = self.record.cells().enumerate().filter(|(at, _)| !self.layout.has(*at));
        let numbers =
            others.filter(|(_, text)| date::date(text).is_none()).filter_map(|(_, text)| number::number(text));
        let is_zero = |number: &Number| number.point.or(number.comma).is_some_and(|value| value.is_zero());
        let money: Vec<_> = numbers.filter(|number| number.is_like_money).collect();
        self.layout.amount.is_none() && !money.is_empty() && money.iter().all(is_zero)
    }

    /// Reads a cell with a number; `None` when it is empty.
    fn number(&self, at: Option<usize>, column: &'static str) -> Result<Option<(Decimal, Number)>, Problem> {
        let Some(at) = at else { return Ok(None) };
        let text = cell::bare(self.record.cell(at));
        if text.is_empty() || text == "-" || text == "--" {
            return Ok(None);
        }
        let wrong = |message: &str| Problem::new(self.record.line, column, format!("{} {message}", cell::quoted(text)));
        let number = number::number(text).ok_or_else(|| wrong("is not an amount."))?;
        match (number.value(self.profile.decimal), self.profile.decimal) {
            (Some(value), _) => Ok(Some((value, number))),
            (None, None) => Err(wrong("can be read in two ways. Say whether a point or a comma is the decimal sign.")),
            (None, Some(_)) => Err(wrong("is not an amount with the decimal sign of the profile.")),
        }
    }

    /// The amount of the record, below zero for money out.
    pub(super) fn amount(&self) -> Result<Amount, Problem> {
        let line = self.record.line;
        let Layout { amount, debit, credit, flag, fee, .. } = *self.layout;
        let too_large = || Problem::new(line, "amount", "The amount is too large.");
        let (value, currency) = if amount.is_some() {
            let Some((value, number)) = self.number(amount, "amount")? else { return Ok(Amount::None) };
            let is_negated = match flag {
                Some(at) => self.is_out(self.record.cell(at)).map_err(|text| {
                    let message = format!(
                        "{} does not say whether this is money out or in. Say it as `flagOut` or `flagIn`, or skip such lines \
                         by a rule.",
                        cell::quoted(text)
                    );
                    Problem::new(line, "flag", message)
                })?,
                None => self.profile.sign == Some(Sign::PositiveOut) && !self.is_marked(&number),
            };
            (if is_negated { -value } else { value }, number.currency)
        } else {
            let [out, income] = [self.number(debit, "debit")?, self.number(credit, "credit")?];
            if out.is_none() && income.is_none() {
                return Ok(Amount::None);
            }
            let currency = out.or(income).and_then(|(_, number)| number.currency);
            let [out, income] = [out, income].map(|cell| cell.map_or(Decimal::ZERO, |(value, _)| value));
            if !out.is_zero() && !income.is_zero() {
                return Err(Problem::new(line, "debit", "The line has both a debit and a credit."));
            }
            let out = match self.profile.sign {
                Some(Sign::NegativeOut) => -out,
                None if out.is_sign_negative() => {
                    let message = "The debit is below zero. Say whether the bank writes debits with a minus sign.";
                    return Err(Problem::new(line, "debit", message));
                }
                Some(Sign::PositiveOut) | None => out,
            };
            let income = match self.profile.credit_sign {
                Some(Sign::PositiveOut) => -income,
                None if income.is_sign_negative() && !income.is_zero() => {
                    let message = "The credit is below zero. Say as `creditSign` whether the bank writes credits with a minus sign.";
                    return Err(Problem::new(line, "credit", message));
                }
                Some(Sign::NegativeOut) | None => income,
            };
            (income.checked_sub(out).ok_or_else(too_large)?, currency)
        };
        let fee = self.number(fee, "fee")?.map_or(Decimal::ZERO, |(fee, _)| fee.abs());
        Ok(Amount::Value(value.checked_sub(fee).ok_or_else(too_large)?, currency))
    }

    /// Whether an amount says by itself whether it is money out or in: by a word such as `CR`, or by a plus, where the profile
    /// says that a plus means money in.
    fn is_marked(&self, number: &Number) -> bool {
        number.has_word || (number.has_plus && self.profile.flag_in.iter().any(|flag| flag == "+"))
    }

    /// Whether a flag means money out; its text when it is not known.
    fn is_out<'t>(&self, text: &'t str) -> Result<bool, &'t str> {
        let is_one_of = |flags: &[String]| {
            flags.iter().any(|flag| flag.eq_ignore_ascii_case(text) || cell::name(flag) == cell::name(text))
        };
        if is_one_of(&self.profile.flag_out) {
            return Ok(true);
        }
        if is_one_of(&self.profile.flag_in) {
            return Ok(false);
        }
        flag::known(text).ok_or(text)
    }

    pub(super) fn currency_of(&self, of_amount: Option<Currency>) -> Result<Option<Currency>, Problem> {
        let text = self.layout.currency.map_or("", |at| cell::bare(self.record.cell(at)));
        if text.is_empty() {
            return Ok(of_amount.or(self.currency));
        }
        if let Some(currency) = currency_sign::find(text) {
            return Ok(currency.or(of_amount).or(self.currency));
        }
        let message = format!("{} is not a currency code such as USD.", cell::quoted(text));
        Err(Problem::new(self.record.line, "currency", message))
    }

    pub(super) fn value_date(&self) -> Result<Option<chrono::NaiveDate>, Problem> {
        let text = self.layout.value_date.map_or("", |at| cell::bare(self.record.cell(at)));
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = || Problem::new(self.record.line, "valueDate", format!("{} is not a date.", cell::quoted(text)));
        date::date(text)
            .filter(|date| date.doubt.is_none())
            .and_then(|date| date.value(self.profile.dates))
            .map(Some)
            .ok_or_else(wrong)
    }

    pub(super) fn balance(&self) -> Result<Option<Decimal>, Problem> {
        Ok(self.number(self.layout.balance, "balance")?.map(|(value, _)| value))
    }

    pub(super) fn text(&self, at: Option<usize>) -> Option<String> {
        at.map(|at| cell::tidy(cell::bare(self.record.cell(at))).into_owned()).filter(|text| !text.is_empty())
    }

    /// The texts of the columns of the description, without repetitions.
    pub(super) fn description(&self) -> Option<String> {
        let mut texts = self.layout.description.iter().map(|at| cell::tidy(cell::bare(self.record.cell(*at))));
        let mut description = texts.next()?.into_owned();
        for text in texts.filter(|text| !text.is_empty()) {
            if !description.contains(&*text) {
                if !description.is_empty() {
                    description.push(' ');
                }
                description.push_str(&text);
            }
        }
        Some(description).filter(|description| !description.is_empty())
    }
}
