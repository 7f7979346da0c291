//! Checks the lines of an invoice, and works out their amounts. Pure.

use folding::digits;

use super::{
    check::{per_cent, too_large},
    discount::{self, Discount},
    unit_price::UnitPrice,
};
use crate::{
    bookkeeping::{document, invoicing::invoice_input::NewInvoiceLine},
    error::{Code, Refusal, Refusals, Result},
    money::Currency,
    text,
};

/// The number of decimals of a quantity.
pub const QUANTITY_DIGITS: u32 = 4;

/// A line with checked values: quantity in ten-thousandths, amounts in minor units, rate in thousandths of a per cent.
#[derive(Clone, Debug)]
pub(in crate::bookkeeping::invoicing) struct Line {
    pub(in crate::bookkeeping::invoicing) description: String,
    pub(in crate::bookkeeping::invoicing) hsn_code: Option<String>,
    pub(in crate::bookkeeping::invoicing) quantity: i64,
    pub(in crate::bookkeeping::invoicing) unit_price: UnitPrice,
    pub(in crate::bookkeeping::invoicing) rate: Option<i32>,
    pub(in crate::bookkeeping::invoicing) discount: Discount,
    /// Quantity times price, less the discount.
    pub(in crate::bookkeeping::invoicing) amount: i64,
}

/// Checks the line with this number, counted from 0.
///
/// # Errors
/// `INVALID` and `LIMIT_REACHED`.
pub(super) fn line(input: &NewInvoiceLine, number: usize, currency: Currency) -> Result<Line> {
    let prefix = format!("lines.{number}.");
    let path = |field: &str| format!("{prefix}{field}");
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
    let unit_price = refusals.check(UnitPrice::check(&input.unit_price, currency, &path("unitPrice")));
    let discount = (input.discount_amount.as_ref(), input.discount_percent.as_ref());
    let discount = refusals.check(discount::check(discount.0, discount.1, currency, &prefix));
    let rate = input.rate.as_ref().and_then(|rate| refusals.check(per_cent(rate, "rate", &path("rate"))));
    let (Some(description), Some(quantity), Some(unit_price), Some(discount)) =
        (description, quantity, unit_price, discount)
    else {
        return Err(refusals.into());
    };
    refusals.none()?;
    let whole = unit_price.times(quantity, currency).ok_or_else(|| too_large(path("quantity")))?;
    let whole = document::within_limit(whole, currency, &path("quantity"))?;
    let discount = discount.of(whole, currency, &prefix)?;
    let amount = whole - discount.amount;
    Ok(Line { description, hsn_code, quantity, unit_price, rate, discount, amount })
}

fn hsn_code(code: &str) -> Result<String, Refusal> {
    let code = digits::ascii(code);
    let is_code = (2..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    is_code
        .then(|| code.into_owned())
        .ok_or_else(|| Refusal::new(Code::Invalid, "", "An HSN code must have 2 to 8 digits."))
}
