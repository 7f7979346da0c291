//! Checks that several inputs of an invoice share. Pure.

use crate::{
    bookkeeping::invoicing::tax,
    error::{Code, Refusal},
    money::Decimal,
};

/// The number of decimals of a tax rate, and of a discount in per cent.
pub const RATE_DIGITS: u32 = 3;

/// Converts a rate in per cent into thousandths of a per cent. `what` names it in the message.
///
/// # Errors
/// `INVALID` at `path` when it is below 0 or above 100, or has too many decimals.
pub(super) fn per_cent(rate: &Decimal, what: &str, path: &str) -> Result<i32, Refusal> {
    let rate = rate.scaled(RATE_DIGITS as usize).filter(|rate| (0..=tax::WHOLE).contains(rate));
    rate.and_then(|rate| i32::try_from(rate).ok()).ok_or_else(|| {
        let message = format!("The {what} must be from 0 to 100 per cent, with at most {RATE_DIGITS} decimals.");
        Refusal::new(Code::Invalid, path, message)
    })
}

/// The refusal of an amount that exceeds 64 bits.
pub(super) fn too_large(path: impl Into<String>) -> Refusal {
    Refusal::new(Code::LimitReached, path, "The amount is too large.")
}
