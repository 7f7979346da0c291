//! Digits of all scripts.

use std::borrow::Cow;

use icu_properties::{CodePointMapData, props::GeneralCategory};

use crate::invisible::is_invisible;

/// A number, date or phone number with ASCII digits in place of the decimal digits of other scripts, and with the ASCII forms of the
/// signs that are written with them: the Arabic decimal separator, full-width signs, the minus sign and kinds of hyphens, kinds of
/// spaces. Characters that one cannot see are left out, such as the direction marks around a phone number that was copied.
#[must_use]
pub fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    text.chars().filter(|c| !is_invisible(*c)).map(ascii_char).collect()
}

fn ascii_char(c: char) -> char {
    match c {
        '\u{66B}' | '\u{FF0E}' => '.',
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}' => '-',
        '\u{FE62}' | '\u{FF0B}' => '+',
        '\u{FF08}' => '(',
        '\u{FF09}' => ')',
        '\u{FF0C}' => ',',
        '\u{FF0F}' => '/',
        // A line separator is no blank of a number.
        _ if c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}') => ' ',
        _ => digit(c).unwrap_or(c),
    }
}

/// A decimal number as [`ascii`] returns it, without Arabic thousands separators, which stand between groups of three digits. `None`
/// when one stands elsewhere.
#[must_use]
pub fn number(text: &str) -> Option<Cow<'_, str>> {
    const SEPARATOR: char = '\u{66C}';
    let text = ascii(text);
    if !text.contains(SEPARATOR) {
        return Some(text);
    }
    let (whole, decimals) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut groups = whole.trim_start_matches(['-', '+']).split(SEPARATOR);
    let is_first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    let is_grouped = is_first && groups.all(|group| group.len() == 3) && !decimals.contains(SEPARATOR);
    is_grouped.then(|| text.replace(SEPARATOR, "").into())
}

/// The ASCII digit with the value of a decimal digit. Unicode guarantees that the digits of a script follow one another, from zero
/// to nine, so the value is the distance from the first of them.
pub(crate) fn digit(c: char) -> Option<char> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_digit = |c: char| categories.get(c) == GeneralCategory::DecimalNumber;
    let before = |distance| char::from_u32(u32::from(c).checked_sub(distance)?).filter(|c| is_digit(*c));
    is_digit(c)
        .then(|| (1..).map_while(before).count())
        .and_then(|before| char::from_digit(u32::try_from(before % 10).ok()?, 10))
}

#[cfg(test)]
mod tests {
    use super::{ascii, number};

    #[test]
    fn digits_of_all_scripts_are_read() {
        for text in
            ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯", "０１２３４５６７８９", "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡"]
        {
            assert_eq!(ascii(text), "0123456789", "{text}");
        }
        assert_eq!(ascii("−١٢٫٥٠"), "-12.50");
        assert_eq!(ascii("–12.50"), "-12.50");
        assert_eq!(ascii("\u{61C}-\u{200F}١٢"), "-12");
        assert_eq!(ascii("２０２６－１１－２０"), "2026-11-20");
        assert_eq!(ascii("＋９６７　（７１１）　２３／４５．６７"), "+967 (711) 23/45.67");
        assert_eq!(ascii("\u{202A}+967\u{A0}711\u{2009}234‑567\u{202C}"), "+967 711 234-567");
        // What has the value of a number but is no decimal digit stays.
        for text in ["½", "Ⅻ", "²", "一", "😀", "1\u{85}2", "1\u{2028}2"] {
            assert_eq!(ascii(text), text);
        }
    }

    #[test]
    fn arabic_thousands_are_read_where_they_can_stand() {
        for (text, expected) in [
            ("١٬٢٣٤٫٥٠", "1234.50"),
            ("-١٢٬٣٤٥٬٦٧٨", "-12345678"),
            ("١٢٫٥", "12.5"),
            ("1234", "1234"),
            ("१२.५०", "12.50"),
        ] {
            assert_eq!(number(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["١٬٢٣", "٬١٢٣", "١٢٣٤٬٥٦٧", "١٢٫٥٠٠٬٠٠٠", "١٬٢٣٤٬", "١٬٬٢٣٤"]
        {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
