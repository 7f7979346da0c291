//! Digits of all scripts.

use std::borrow::Cow;

use icu_properties::{CodePointMapData, props::GeneralCategory};

/// A number, date or phone number with ASCII digits in place of the decimal digits of other scripts, and with the ASCII forms of the
/// signs that keyboards of these scripts write: the Arabic decimal separator, the minus sign, and full-width signs.
pub(crate) fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { text.into() } else { text.chars().map(ascii_char).collect() }
}

fn ascii_char(c: char) -> char {
    match c {
        '\u{66B}' | '\u{FF0E}' => '.',
        '\u{2212}' | '\u{FF0D}' => '-',
        '\u{FF0B}' => '+',
        '\u{FF08}' => '(',
        '\u{FF09}' => ')',
        '\u{FF0F}' => '/',
        '\u{3000}' => ' ',
        _ => digit(c).unwrap_or(c),
    }
}

/// The ASCII digit with the value of a decimal digit. Unicode guarantees that the digits of a script follow one another, from zero
/// to nine, so the value is the distance from the first of them.
fn digit(c: char) -> Option<char> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_digit = |c: char| categories.get(c) == GeneralCategory::DecimalNumber;
    let before = |distance| char::from_u32(u32::from(c).checked_sub(distance)?).filter(|c| is_digit(*c));
    is_digit(c)
        .then(|| (1..).map_while(before).count())
        .and_then(|before| char::from_digit(u32::try_from(before % 10).ok()?, 10))
}

#[cfg(test)]
mod tests {
    use super::ascii;

    #[test]
    fn digits_of_all_scripts_are_read() {
        for text in
            ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯", "０１２３４５６７８９", "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡"]
        {
            assert_eq!(ascii(text), "0123456789", "{text}");
        }
        assert_eq!(ascii("−١٢٫٥٠"), "-12.50");
        assert_eq!(ascii("２０２６－１１－２０"), "2026-11-20");
        assert_eq!(ascii("＋９６７　（７１１）　２３／４５．６７"), "+967 (711) 23/45.67");
        // What has the value of a number but is no decimal digit stays.
        for text in ["½", "Ⅻ", "²", "一", "😀"] {
            assert_eq!(ascii(text), text);
        }
    }
}
