//! Computes the sums of an invoice from the input, and compares the sums that the client sent with them. Pure.
//!
//! | step | where |
//! |---|---|
//! | amount of a line: quantity times price, rounded, less the line's discount | `line`, `unit_price`, `discount` |
//! | gross amount: the sum of the lines, or as given | here |
//! | the invoice's discount, taken from the gross amount | `discount` |
//! | taxes by rate on what is left and on the charges; the shares of the lines | `shares` |
//! | total: gross amount, less the discount, with taxes and charges | here |
//! | rounding the total to the whole unit of the currency, if the book wants that | `round_off` |
//! | what is posted | `postings` |
//!
//! `daybook verify` goes the same steps with what is stored.

pub(super) mod apportion;
mod check;
pub(in crate::bookkeeping) mod discount;
mod line;
pub(in crate::bookkeeping) mod postings;
pub(in crate::bookkeeping) mod round_off;
pub(in crate::bookkeeping) mod shares;
#[cfg(test)]
mod tests;
pub mod unit_price;

use self::{
    check::{per_cent, too_large},
    discount::Discount,
    line::Line,
    postings::Parts,
    round_off::round_off,
    shares::{Basis, Share},
};
use super::{
    invoice_input::NewInvoice,
    tax::{Taxed, Taxes},
};
use crate::{
    bookkeeping::document,
    error::{Code, Detail, Refusal, Refusals, Result},
    money::{Currency, Decimal},
};

pub use self::{check::RATE_DIGITS, line::QUANTITY_DIGITS};

/// The most lines that an invoice may have.
const MOST_LINES: usize = 100;

/// The sums of an invoice, in minor units.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    pub(super) gross: i64,
    /// The discount on the whole invoice.
    pub(super) discount: Discount,
    /// The rate of the whole invoice, in thousandths of a per cent.
    pub(super) rate: Option<i32>,
    pub(super) taxes: Taxes,
    pub(super) other_charges: i64,
    /// What the total was rounded by.
    pub(super) round_off: i64,
    pub(super) total: i64,
    /// Each line with its share of the sums.
    pub(super) lines: Vec<(Line, Share)>,
}

impl Sums {
    /// What accounts are credited with.
    pub(super) fn parts(&self) -> Parts {
        Parts {
            sales: self.gross - self.discount.amount,
            taxes: self.taxes,
            charges: self.other_charges,
            round_off: self.round_off,
        }
    }
}

/// Computes the sums. `is_rounded` says whether the total is rounded to the whole unit of the currency.
///
/// # Errors
/// `REQUIRED`, `INVALID` and `LIMIT_REACHED`. The refusal of a wrong sum names the right one.
pub(super) fn sums(new: &NewInvoice, currency: Currency, is_rounded: bool) -> Result<Sums> {
    let mut refusals = Refusals::default();
    let inputs = new.lines.as_deref().unwrap_or_default();
    if inputs.len() > MOST_LINES {
        let message = format!("An invoice can have at most {MOST_LINES} lines.");
        let most = Detail::MostItems(MOST_LINES as u64);
        return Err(Refusal::new(Code::LimitReached, "lines", message).with(most).into());
    }
    let mut lines = Vec::with_capacity(inputs.len());
    for (input, number) in inputs.iter().zip(0..) {
        lines.extend(refusals.take(line::line(input, number, currency))?);
    }
    let rate = new.gst_rate.as_ref().and_then(|rate| refusals.check(per_cent(rate, "rate", "gstRate")));
    let discount = (new.discount_amount.as_ref(), new.discount_percent.as_ref());
    let discount = refusals.check(discount::check(discount.0, discount.1, currency, "")).unwrap_or_default();
    let mut amount = |amount: &Option<Decimal>, path: &str| {
        amount.as_ref().and_then(|amount| refusals.check(document::amount_or_zero(amount, currency, path)))
    };
    let other_charges = amount(&new.other_charges, "otherCharges").unwrap_or_default();
    let given =
        [("cgst", amount(&new.cgst, "cgst")), ("sgst", amount(&new.sgst, "sgst")), ("igst", amount(&new.igst, "igst"))];
    let given_total = amount(&new.total_amount, "totalAmount");
    let gross =
        new.gross_amount.as_ref().and_then(|gross| refusals.check(document::amount(gross, currency, "grossAmount")));
    refusals.none()?;

    let mut refusals = Refusals::default();
    let gross = gross_of(gross, &lines, currency)?;
    let discount = discount.of(gross, currency, "")?;
    let has_rates = rate.is_some() || lines.iter().any(|line| line.rate.is_some());
    let basis = Basis { goods: goods(gross, &lines, rate), discount: discount.amount, charges: other_charges };
    let assessed = if has_rates {
        let assessed = basis.assess(new.inter_state).ok_or_else(|| too_large("gstRate"))?;
        refusals.extend(wrong_taxes(&assessed.taxes, given, currency));
        assessed
    } else {
        basis.share(taxes_as_given(given, new.inter_state)?).ok_or_else(|| too_large("grossAmount"))?
    };
    let taxes = assessed.taxes;
    let parts = [gross, -discount.amount, taxes.cgst, taxes.sgst, taxes.igst, other_charges];
    let exact = i64::try_from(parts.into_iter().map(i128::from).sum::<i128>()).map_err(|_| too_large("grossAmount"))?;
    let exact = document::within_limit(exact, currency, "grossAmount")?;
    let round_off = if is_rounded { round_off(exact, currency) } else { 0 };
    let total = document::within_limit(exact + round_off, currency, "grossAmount")?;
    if total == 0 {
        refusals.push(nothing_to_pay(exact, discount, currency));
    } else if let Some(given) = given_total {
        refusals.check(agree(given, total, currency, "totalAmount", "total"));
    }
    refusals.none()?;
    let lines = lines.into_iter().zip(assessed.shares).collect();
    Ok(Sums { gross, discount, rate, taxes, other_charges, round_off, total, lines })
}

fn gross_of(given: Option<i64>, lines: &[Line], currency: Currency) -> Result<i64, Refusal> {
    if lines.is_empty() {
        return given.ok_or_else(|| Refusal::new(Code::Required, "grossAmount", "Give `grossAmount` or `lines`."));
    }
    let sum = lines.iter().map(|line| i128::from(line.amount)).sum::<i128>();
    let sum = i64::try_from(sum).map_err(|_| too_large("lines"))?;
    let sum = document::within_limit(sum, currency, "lines")?;
    if sum == 0 {
        return Err(Refusal::new(Code::Invalid, "lines", "The sum of the lines must be more than zero."));
    }
    match given {
        Some(given) => agree(given, sum, currency, "grossAmount", "sum of the lines").map(|()| sum),
        None => Ok(sum),
    }
}

/// The amounts to be taxed with their rates: the lines, or the gross amount when there are none.
fn goods(gross: i64, lines: &[Line], rate: Option<i32>) -> Vec<Taxed> {
    if lines.is_empty() {
        return vec![Taxed { amount: gross, rate: rate.unwrap_or_default().into() }];
    }
    let rate = |line: &Line| line.rate.or(rate).unwrap_or_default().into();
    lines.iter().map(|line| Taxed { amount: line.amount, rate: rate(line) }).collect()
}

type Given = [(&'static str, Option<i64>); 3];

fn wrong_taxes(taxes: &Taxes, given: Given, currency: Currency) -> Vec<Refusal> {
    let right = [taxes.cgst, taxes.sgst, taxes.igst];
    let wrong = |((path, given), right): ((&'static str, Option<i64>), i64)| {
        agree(given?, right, currency, path, &path.to_uppercase()).err()
    };
    given.into_iter().zip(right).filter_map(wrong).collect()
}

/// The taxes of an invoice without a rate, as the client sent them: CGST and SGST, which must be equal, or IGST, or
/// none.
fn taxes_as_given(given: Given, inter_state: bool) -> Result<Taxes, Refusal> {
    let [cgst, sgst, igst] = given.map(|(_, amount)| amount.unwrap_or_default());
    let refused = |path, message| Err(Refusal::new(Code::Invalid, path, message));
    if igst > 0 && (cgst > 0 || sgst > 0) {
        return refused("igst", "An invoice can have CGST and SGST, or IGST, but not both.");
    }
    if inter_state && (cgst > 0 || sgst > 0) {
        return refused("interState", "An invoice with `interState` cannot have CGST and SGST, only IGST.");
    }
    if cgst != sgst {
        return refused("sgst", "CGST and SGST must be equal, because each is half of the tax.");
    }
    Ok(Taxes { cgst, sgst, igst })
}

fn agree(given: i64, right: i64, currency: Currency, path: &str, what: &str) -> Result<(), Refusal> {
    if given == right {
        return Ok(());
    }
    let right = Decimal::from_minor(right, currency);
    Err(Refusal::new(Code::Invalid, path, format!("The {what} is {right} {currency}; give this amount or none.")))
}

/// The refusal of an invoice whose total is zero. The gross amount is more than zero, so the discount or the rounding
/// is to blame.
fn nothing_to_pay(exact: i64, discount: Discount, currency: Currency) -> Refusal {
    if exact == 0 {
        let message = "The discount leaves nothing to pay. The total of an invoice must be more than zero.";
        return Refusal::new(Code::Invalid, discount.path(), message);
    }
    let exact = Decimal::from_minor(exact, currency);
    let message = format!(
        "The total of {exact} {currency} would be rounded to zero, since the book rounds totals. It must be more than zero."
    );
    Refusal::new(Code::Invalid, "grossAmount", message)
}
