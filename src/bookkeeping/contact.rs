//! Checks of contact data (phone and GST numbers) that books and customers share.

use folding::digits;
use phonenumber::country;

use crate::{
    error::{Code, Refusal, Result},
    identity::normalize_phone,
    text,
};

/// Normalizes a phone number to E.164. When the number has no country code and the region is not known, returns only its digits.
///
/// # Errors
/// `INVALID` at `phone`.
pub(super) fn phone(value: &str, region: Option<country::Id>) -> Result<String, Refusal> {
    if let Some(phone) = normalize_phone(value, region) {
        return Ok(phone);
    }
    let written = digits::ascii(value);
    let written = written.trim();
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let message = if !written.chars().all(|c| c.is_ascii_digit() || "+ -.()/".contains(c)) {
        "A phone number has only digits, spaces and the signs + - . ( ) /."
    } else if !(3..=15).contains(&digits.len()) {
        "A phone number has 3 to 15 digits."
    } else if written.contains('+') {
        "There is no phone number with this country code and as many digits."
    } else {
        return Ok(digits);
    };
    Err(Refusal::new(Code::Invalid, "phone", message))
}

/// The forms in which a phone number may be stored: as it is, and as its digits were kept while the book had no `region`.
pub(super) fn spellings(phone: &str, region: Option<country::Id>) -> Vec<String> {
    let mut spellings = vec![phone.to_owned()];
    if let (Some(digits), Some(_)) = (phone.strip_prefix('+'), region) {
        // The country code has 1 to 3 digits.
        let national = (1..=3).filter_map(|code| digits.get(code..));
        let written = national.flat_map(|national| [national.to_owned(), format!("0{national}")]);
        let written = written.chain([digits.to_owned(), format!("00{digits}")]);
        spellings.extend(written.filter(|written| normalize_phone(written, region).as_deref() == Some(phone)));
    }
    spellings
}

/// Checks a GST registration number. Accepts any letters, digits and hyphens, since the form differs from country to
/// country.
///
/// # Errors
/// `INVALID` at `gstNumber`.
pub(super) fn gst_number(value: &str) -> Result<String, Refusal> {
    let number = digits::ascii(&text::line(value, 20, "gstNumber")?).to_ascii_uppercase();
    if number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Ok(number);
    }
    Err(Refusal::new(Code::Invalid, "gstNumber", "A GST number may contain only letters, digits and hyphens."))
}

#[cfg(test)]
mod tests {
    use phonenumber::country;

    use super::{phone, spellings};

    #[test]
    fn spellings_of_one_number_are_one_in_a_region() {
        let region = Some(country::IN);
        for written in [
            "98765 43210",
            "098765-43210",
            "+91 98765 43210",
            "00919876543210",
            "९८७६५ ४३२१०",
            "\u{202A}+91 98765 43210\u{202C}",
        ] {
            assert_eq!(phone(written, region).unwrap(), "+919876543210", "{written}");
        }
        assert_eq!(phone("098765-43210", None).unwrap(), "09876543210");
        assert_eq!(spellings("+919876543210", None), ["+919876543210"]);
        let all = spellings("+919876543210", region);
        for stored in ["+919876543210", "9876543210", "09876543210", "919876543210", "00919876543210"] {
            assert!(all.contains(&stored.to_owned()), "{stored}: {all:?}");
        }
        // A number of another country is not written without its code.
        assert!(!spellings("+16502530000", region).contains(&"6502530000".to_owned()));
    }

    #[test]
    fn what_is_wrong_with_a_phone_number_is_told() {
        for (written, message) in [
            ("711 x", "only digits"),
            ("٧١١ س", "only digits"),
            ("12", "3 to 15 digits"),
            ("१२", "3 to 15 digits"),
            ("", "3 to 15 digits"),
            ("+999 123", "country code"),
        ] {
            assert!(phone(written, None).unwrap_err().message.contains(message), "{written}");
        }
    }
}
