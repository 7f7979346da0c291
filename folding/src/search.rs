//! What a search finds.

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer, properties::CanonicalCombiningClassMap};
use icu_properties::{CodePointMapData, props::GeneralCategory};

use crate::{collapse_blanks, digits, fold_case, invisible, letters};

/// The tatweel, which stretches the line between Arabic letters.
const TATWEEL: char = '\u{640}';

/// A text in the form in which a search looks in it and for it. It ignores
///
/// - case, accents and other marks of Latin, Greek, Cyrillic, Arabic and Hebrew, nuktas,
/// - the forms of one letter: full-width, half-width, ligatures, at the end of a word, katakana and hiragana,
/// - the letters that Arabic keyboards write for one another, and the tatweel,
/// - the script of digits, curly quotes, kinds of hyphens, the number of blanks, and characters that one cannot see.
///
/// Vowel signs, viramas and the voicing marks of Japanese count: without them the word would be another. The key may be empty, for a
/// text that has nothing but marks.
#[must_use]
pub fn search_key(text: &str) -> String {
    if text.is_ascii() {
        return collapse_blanks(&text.to_ascii_lowercase());
    }
    let decompose = DecomposingNormalizer::new_nfkd();
    let lower = fold_case(&decompose.normalize(text));
    let mut folded = String::with_capacity(lower.len());
    for c in decompose.normalize(&lower).chars() {
        if c == TATWEEL || is_accent(c) || invisible::is_invisible(c) {
            continue;
        }
        match letters::base(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(letters::hiragana(c).or_else(|| digits::digit(c)).unwrap_or(c)),
        }
    }
    collapse_blanks(&ComposingNormalizer::new_nfc().normalize(&folded))
}

/// The text that searches look in, for several texts: their keys, each in a line of its own, so that nothing is found that begins in
/// one and ends in the next.
#[must_use]
pub fn search_text<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(search_key).filter(|key| !key.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Whether a character is a mark that a search ignores: one with a combining class of an accent, a nukta, or a point of Hebrew,
/// Arabic or Syriac. Vowel signs of other scripts have no class or one of their own.
fn is_accent(c: char) -> bool {
    // The marks of ASCII and Latin-1 are none.
    if c < '\u{300}' || CodePointMapData::<GeneralCategory>::new().get(c) != GeneralCategory::NonspacingMark {
        return false;
    }
    matches!(CanonicalCombiningClassMap::new().get_u8(c), 1 | 7 | 10..=36 | 200..=240)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{search_key, search_text};

    #[test]
    fn a_search_finds_what_people_mean() {
        for (typed, text) in [
            ("istanbul", "İstanbul"),
            ("istanbul", "ISTANBUL"),
            ("kizilay", "Kızılay"),
            ("KIZILAY", "kızılay"),
            ("jose", "José"),
            ("José", "Jose\u{301}"),
            ("Jose\u{301}", "JOSÉ"),
            ("strasse", "Straße"),
            ("straße", "STRASSE"),
            ("hoa", "Hoà"),
            ("da nang", "Đà Nẵng"),
            ("lodz", "Łódź"),
            ("oresund", "Øresund"),
            ("aether", "Æther"),
            ("francois", "François"),
            ("odos", "odós"),
            ("οδοσ", "ΟΔΌΣ"),
            ("οδος", "Οδός"),
            ("ежик", "Ёжик"),
            ("احمد", "أحمد"),
            ("امال", "آمال"),
            ("اسلام", "إسلام"),
            ("يوسف", "يــوســف"),
            ("محمد", "مُحَمَّد"),
            ("مدرسه", "مدرسة"),
            ("مستشفي", "مستشفى"),
            ("علي", "علی"),
            ("كريم", "کریم"),
            ("میخواهم", "می‌خواهم"),
            ("لا", "ﻻ"),
            ("لاحمد", "ﻷحمد"),
            ("الله", "ﷲ"),
            ("שלום", "שָׁלוֹם"),
            ("שלומ", "שלום"),
            ("finance", "ﬁnance"),
            ("abc123", "ＡＢＣ１２３"),
            ("カード", "ｶｰﾄﾞ"),
            ("かーど", "カード"),
            ("123", "١٢٣"),
            ("123", "۱۲۳"),
            ("123", "१२३"),
            ("2", "²"),
            ("no", "№"),
            ("ज़", "ज"),
            ("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"),
            ("o'neill", "O’Neill"),
            ("e-mail", "E‑mail"),
            ("rice", "ri\u{AD}ce\u{200B}"),
            ("a b", " a\u{A0}\n b "),
            ("❤", "❤️"),
        ] {
            assert_eq!(search_key(typed), search_key(text), "{typed} {text}");
        }
    }

    #[test]
    fn what_is_another_word_is_not_found() {
        for (typed, text) in
            [("は", "ば"), ("ハハ", "パパ"), ("के", "का"), ("कि", "कु"), ("ก", "กิ"), ("가", "각"), ("👩", "👨")]
        {
            assert_ne!(search_key(typed), search_key(text), "{typed} {text}");
            assert!(!search_key(text).is_empty(), "{text}");
        }
        assert_eq!(search_key("\u{640}\u{64B}\u{301} "), "");
    }

    #[test]
    fn several_texts_are_lines_of_one() {
        assert_eq!(search_text(["Café Rio", "\u{301}", "two\nlines"]), "cafe rio\ntwo lines");
        assert_eq!(search_text([]), "");
    }

    proptest! {
        #[test]
        fn a_key_is_the_key_of_itself(text in "\\PC{0,20}") {
            let key = search_key(&text);
            prop_assert_eq!(&search_key(&key), &key);
            prop_assert_eq!(&search_key(&text.to_lowercase()), &key);
        }

        #[test]
        fn names_that_are_equal_are_found_alike(name in "\\PC{0,20}") {
            prop_assert_eq!(search_key(&crate::name_key(&name)), search_key(&name));
        }
    }
}
