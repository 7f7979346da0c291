//! Computes the sums of an invoice from the input, and compares the sums that the client sent with them. Pure.

use super::{
    invoice_input::{NewInvoice, NewInvoiceLine},
    tax::{self, Taxed, Taxes},
};
use crate::{
    bookkeeping::document,
    error::{Code, Detail, Refusal, Refusals, Result},
    money::{Currency, Decimal},
    text,
};

/// The most lines that an invoice may have.
const MOST_LINES: usize = 100;
/// The number of decimals of a quantity.
pub const QUANTITY_DIGITS: u32 = 4;
/// The number of decimals of a tax rate in per cent.
pub const RATE_DIGITS: u32 = 3;

/// The sums of an invoice, in minor units.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    pub(super) gross: i64,
    pub(super) taxes: Taxes,
    pub(super) other_charges: i64,
    pub(super) total: i64,
    pub(super) lines: Vec<Line>,
}

/// A line with checked values: quantity in ten-thousandths, prices in minor units, rate in thousandths of a per cent.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) description: String,
    pub(super) hsn_code: Option<String>,
    pub(super) quantity: i64,
    pub(super) unit_price: i64,
    pub(super) rate: Option<i32>,
    pub(super) amount: i64,
}

/// Computes the sums.
///
/// # Errors
/// `REQUIRED`, `INVALID` and `LIMIT_REACHED`. The refusal of a wrong sum names the right one.
pub(super) fn sums(new: &NewInvoice, currency: Currency) -> Result<Sums> {
    let mut refusals = Refusals::default();
    let inputs = new.lines.as_deref().unwrap_or_default();
    if inputs.len() > MOST_LINES {
        let message = format!("An invoice can have at most {MOST_LINES} lines.");
        let most = Detail::MostItems(MOST_LINES as u64);
        return Err(Refusal::new(Code::LimitReached, "lines", message).with(most).into());
    }
    let mut lines = Vec::with_capacity(inputs.len());
    for (input, number) in inputs.iter().zip(0..) {
        lines.extend(refusals.take(line(input, number, currency))?);
    }
    let rate = new.gst_rate.as_ref().and_then(|rate| refusals.check(self::rate(rate, "gstRate")));
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
    let has_rates = rate.is_some() || lines.iter().any(|line| line.rate.is_some());
    let taxes = if has_rates {
        let goods = goods(gross, &lines, rate);
        let taxes = tax::taxes(&goods, new.inter_state).ok_or_else(|| too_large("gstRate"))?;
        refusals.extend(wrong_taxes(&taxes, given, currency));
        taxes
    } else {
        taxes_as_given(given, new.inter_state)?
    };
    let parts = [gross, taxes.cgst, taxes.sgst, taxes.igst, other_charges];
    let total = parts.into_iter().map(i128::from).sum::<i128>();
    let total = i64::try_from(total).map_err(|_| too_large("grossAmount"))?;
    let total = document::within_limit(total, currency, "grossAmount")?;
    if let Some(given) = given_total {
        refusals.check(agree(given, total, currency, "totalAmount", "total"));
    }
    refusals.none()?;
    Ok(Sums { gross, taxes, other_charges, total, lines })
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

/// The amounts to be taxed with their rates: the gross amount as a whole, or line by line when any line has its own
/// rate.
fn goods(gross: i64, lines: &[Line], rate: Option<i32>) -> Vec<Taxed> {
    if lines.iter().all(|line| line.rate.is_none()) {
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

fn line(input: &NewInvoiceLine, number: usize, currency: Currency) -> Result<Line> {
    let path = |field: &str| format!("lines.{number}.{field}");
    let mut refusals = Refusals::default();
    let mut check = |checked: Result<String, Refusal>, field: &str| {
        refusals.check(checked.map_err(|refusal| Refusal { path: path(field), ..refusal }))
    };
    let description = check(text::line(&input.description, 200, ""), "description");
    let hsn_code = input.hsn_code.as_deref().and_then(|code| check(hsn_code(code), "hsnCode"));
    let quantity = input.quantity.scaled(QUANTITY_DIGITS as usize).filter(|quantity| *quantity > 0);
    if quantity.is_none() {
        let message = format!("The quantity must be more than zero and have at most {QUANTITY_DIGITS} decimals.");
        refusals.push(Refusal::new(Code::Invalid, path("quantity"), message));
    }
    let unit_price = refusals.check(document::amount_or_zero(&input.unit_price, currency, &path("unitPrice")));
    let rate = input.rate.as_ref().and_then(|rate| refusals.check(self::rate(rate, &path("rate"))));
    let (Some(description), Some(quantity), Some(unit_price)) = (description, quantity, unit_price) else {
        return Err(refusals.into());
    };
    refusals.none()?;
    let amount = tax::line_amount(quantity, unit_price).ok_or_else(|| too_large(path("quantity")))?;
    let amount = document::within_limit(amount, currency, &path("quantity"))?;
    Ok(Line { description, hsn_code, quantity, unit_price, rate, amount })
}

fn rate(rate: &Decimal, path: &str) -> Result<i32, Refusal> {
    let rate = rate.scaled(RATE_DIGITS as usize).filter(|rate| (0..=tax::WHOLE).contains(rate));
    rate.and_then(|rate| i32::try_from(rate).ok()).ok_or_else(|| {
        let message = format!("The rate must be from 0 to 100 per cent, with at most {RATE_DIGITS} decimals.");
        Refusal::new(Code::Invalid, path, message)
    })
}

fn hsn_code(code: &str) -> Result<String, Refusal> {
    let is_code = (2..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    is_code
        .then(|| code.to_owned())
        .ok_or_else(|| Refusal::new(Code::Invalid, "", "An HSN code must have 2 to 8 digits."))
}

fn too_large(path: impl Into<String>) -> Refusal {
    Refusal::new(Code::LimitReached, path, "The amount is too large.")
}
