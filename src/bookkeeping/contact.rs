//! Checks of contact data (phone and GST numbers) that books and customers share.

use crate::{
    app::Defaults,
    error::{Code, Refusal, Result},
    identity::normalize_phone,
    text::{self, digits},
};

/// Normalizes a phone number to E.164. When the number has no country code and no default country is set, returns only
/// its digits.
///
/// # Errors
/// `INVALID` at `phone`.
pub(super) fn phone(value: &str, defaults: Defaults) -> Result<String, Refusal> {
    if let Some(phone) = normalize_phone(value, defaults.phone_region) {
        return Ok(phone);
    }
    let written = digits::ascii(value.trim());
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let is_number = written.chars().all(|c| c.is_ascii_digit() || " -.()/".contains(c));
    if is_number && (3..=15).contains(&digits.len()) {
        return Ok(digits);
    }
    Err(Refusal::new(Code::Invalid, "phone", "This is not a phone number. Start with `+` and the country code."))
}

/// Checks a GST registration number. Accepts any letters, digits and hyphens, since the form differs from country to
/// country.
///
/// # Errors
/// `INVALID` at `gstNumber`.
pub(super) fn gst_number(value: &str) -> Result<String, Refusal> {
    let number = text::line(value, 20, "gstNumber")?.to_ascii_uppercase();
    if number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Ok(number);
    }
    Err(Refusal::new(Code::Invalid, "gstNumber", "A GST number may contain only letters, digits and hyphens."))
}
