//! Phone numbers: accepted in the usual notations, in digits of any script, and stored in E.164 form (`+967711234567`).

use folding::digits;
use phonenumber::{Mode, country};

/// The maximum length of the input, in characters. Every usual notation is shorter.
const LONGEST: usize = 40;

/// Converts a phone number into E.164 form. A number without a country code is taken as one of `region`. `None` when the text
/// cannot be a phone number.
#[must_use]
pub fn normalize(text: &str, region: Option<country::Id>) -> Option<String> {
    let text = text.trim();
    if text.chars().nth(LONGEST).is_some() || text.chars().any(|c| c.is_alphabetic() || c.is_control()) {
        return None;
    }
    let text = digits::ascii(text);
    let text = text.trim();
    let is_international = text.starts_with('+');
    let number = phonenumber::parse(region.filter(|_| !is_international), text).ok()?;
    let mut e164 = number.format().mode(Mode::E164).to_string();
    if is_international {
        // The parser strips a leading digit that looks like a trunk prefix, even after a country code, although it may be the
        // first digit of the number (+7 812 345 67 89). After a country code, only a zero is a trunk prefix: +44 (0)20 7946
        // 0018.
        let typed: String = text.chars().filter(|c| *c == '+' || c.is_ascii_digit()).collect();
        let code = format!("+{}", number.code().value());
        if typed.strip_prefix(&code).is_some_and(|national| !national.starts_with('0')) {
            e164 = typed;
        }
    }
    // ITU-T E.164 allows at most 15 digits. Whether a number is in use is not checked, because numbering plans change.
    (8..=16).contains(&e164.len()).then_some(e164)
}

#[cfg(test)]
mod tests {
    use phonenumber::country;

    use super::normalize;

    #[test]
    fn a_phone_number_is_kept_in_one_form() {
        for text in ["+967711234567", "+967 711 234 567", "711234567", " (711) 234-567 "] {
            assert_eq!(normalize(text, Some(country::YE)).as_deref(), Some("+967711234567"), "{text}");
        }
        for text in [
            "+٩٦٧٧١١٢٣٤٥٦٧",
            "+۹۶۷ ۷۱۱ ۲۳۴ ۵۶۷",
            "+९६७७११२३४५६७",
            "＋９６７（７１１）２３４－５６７",
            "٧١١٢٣٤٥٦٧",
            "\u{202A}+967\u{A0}711\u{A0}234‑567\u{202C}",
        ] {
            assert_eq!(normalize(text, Some(country::YE)).as_deref(), Some("+967711234567"), "{text}");
        }
        assert_eq!(normalize("+1 650-253-0000", Some(country::YE)).as_deref(), Some("+16502530000"));
        for (text, kept) in [
            ("+7 812 345 67 89", "+78123456789"),
            ("+375 800 123 4567", "+3758001234567"),
            ("+44 (0)20 7946 0018", "+442079460018"),
            ("+967 0711 234 567", "+967711234567"),
        ] {
            assert_eq!(normalize(text, None).as_deref(), Some(kept), "{text}");
        }
        assert_eq!(normalize("+44 20 7946 0018", None).as_deref(), Some("+442079460018"));
    }

    #[test]
    fn what_is_no_phone_number_is_not_taken_for_one() {
        for text in ["", "+", "12", "alice", "+967", "😀", "711234567\0", &"9".repeat(41), "²½Ⅻ", &"٩".repeat(41)]
        {
            assert_eq!(normalize(text, Some(country::YE)), None, "{text:?}");
        }
        assert_eq!(normalize("711234567", None), None);
    }
}
