//! Characters that one cannot see: with them, two names look the same, or a text holds more than it shows. They come with what people
//! copy from web pages, messengers and the files of banks, so they are left out, not refused.
//!
//! Left out are the default-ignorable characters of Unicode (soft hyphen, zero-width space, direction overrides, fillers,
//! invisible operators, tags, variation selectors and others, see [UAX #44](https://www.unicode.org/reports/tr44/)) and the
//! interlinear annotations. Scripts and emoji need some of them; these are kept, but only where they have an effect:
//!
//! | character | kept | needed for |
//! |---|---|---|
//! | joiner, non-joiner | between letters of a script that joins | Persian, Arabic, Urdu, Syriac, N'Ko, Mongolian |
//! | joiner, non-joiner | after a virama, or between a letter and a virama | Hindi, Bengali, Malayalam, Sinhala and others |
//! | joiner | between two emoji | 👩‍🌾, 🏳️‍🌈 |
//! | variation selectors | after an emoji or a digit, after a Han character, after a Mongolian letter | ❤️, 1️⃣, 葛󠄀 |
//! | tags | in the flags of England, Scotland and Wales, the only ones in general use | 🏴󠁧󠁢󠁥󠁮󠁧󠁿 |
//! | left-to-right, right-to-left and Arabic letter mark | in text of several lines | numbers in Arabic or Hebrew text |
//!
//! The rules for joiners are those of RFC 5892, appendix A, but a non-joiner may also follow a letter that does not join, since
//! Persian keyboards write it there.

use std::borrow::Cow;

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{
        BinaryProperty, CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, EmojiModifier, EnumeratedProperty,
        ExtendedPictographic, JoiningType, Script,
    },
};

const NON_JOINER: char = '\u{200C}';
pub(crate) const JOINER: char = '\u{200D}';
const BLACK_FLAG: char = '\u{1F3F4}';
/// What follows the black flag in a flag of a part of the United Kingdom, in ASCII: its code in ISO 3166-2.
const FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];
const FIRST_TAG: u32 = 0xE0000;
const LAST_TAG: char = '\u{E007F}';

/// How many characters after a joiner are looked at. No word has more marks on one letter, and long texts stay cheap.
const FAR: usize = 32;

/// The text without invisible characters where nothing needs them. `marks` keeps direction marks.
#[must_use]
pub fn clean(text: &str, marks: bool) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_invisible) {
        return text.into();
    }
    let text: Vec<char> = text.chars().collect();
    let mut cleaned = Vec::with_capacity(text.len());
    for (at, c) in text.iter().enumerate() {
        // What comes before is clean already.
        if !is_invisible(*c) || is_needed(&cleaned, *c, &text[at + 1..], marks) {
            cleaned.push(*c);
        }
    }
    cleaned.into_iter().collect::<String>().into()
}

/// Whether a character has no mark of its own.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    // Nearly all text, and the soft hyphen is the first of these characters.
    c >= '\u{AD}' && (is::<DefaultIgnorableCodePoint>(c) || matches!(c, '\u{FFF9}'..='\u{FFFB}'))
}

pub(crate) fn is_tag(c: char) -> bool {
    ('\u{E0020}'..=LAST_TAG).contains(&c)
}

/// Whether the invisible `c` has an effect between these. What follows may have invisible characters that are not needed.
fn is_needed(before: &[char], c: char, after: &[char], marks: bool) -> bool {
    match c {
        NON_JOINER => joins_letters(before, after),
        JOINER => joins_letters(before, after) || joins_emoji(before, after),
        '\u{200E}' | '\u{200F}' | '\u{61C}' => marks,
        '\u{FE00}'..='\u{FE0F}' => before.last().is_some_and(|c| is::<Emoji>(*c) || script(*c) == Script::Han),
        '\u{E0100}'..='\u{E01EF}' => before.last().is_some_and(|c| script(*c) == Script::Han),
        '\u{180B}'..='\u{180D}' | '\u{180F}' => before.last().is_some_and(|c| script(*c) == Script::Mongolian),
        c if is_tag(c) => is_in_flag(before, c, after),
        _ => false,
    }
}

/// Whether a joiner or non-joiner between these has an effect on letters.
fn joins_letters(before: &[char], after: &[char]) -> bool {
    let Some(last) = before.last() else { return false };
    let after = || after.iter().take(FAR).filter(|c| !is_invisible(**c));
    let joins = |c: &&char| value::<JoiningType>(**c) != JoiningType::Transparent;
    let is_letter = |c: &char| value::<JoiningType>(*c) != JoiningType::NonJoining && !is_invisible(*c);
    let between_letters =
        before.iter().rev().take(FAR).find(joins).is_some_and(is_letter) && after().find(joins).is_some_and(is_letter);
    // Also a half form at the end of a word: a virama and a joiner.
    is_virama(*last) || (after().next().is_some_and(|next| is_virama(*next)) && last.is_alphabetic()) || between_letters
}

/// Whether a joiner between these makes one emoji of two.
fn joins_emoji(before: &[char], after: &[char]) -> bool {
    let mut before = before.iter().rev().take(FAR).skip_while(|c| **c == '\u{FE0F}' || is::<EmojiModifier>(**c));
    before.next().is_some_and(|c| is::<ExtendedPictographic>(*c))
        && after.iter().take(FAR).find(|c| !is_invisible(**c)).is_some_and(|c| is::<ExtendedPictographic>(*c))
}

/// Whether a tag belongs to one of the [`FLAGS`].
fn is_in_flag(before: &[char], tag: char, after: &[char]) -> bool {
    let start = before.len() - before.iter().rev().take(FAR).take_while(|c| is_tag(**c)).count();
    let is_after_flag = start.checked_sub(1).is_some_and(|at| before[at] == BLACK_FLAG);
    let rest = after.iter().take(FAR).take_while(|c| is_tag(**c));
    let tags = before[start..].iter().chain([&tag]).chain(rest);
    let code: Option<String> = tags.map(|c| char::from_u32(u32::from(*c) - FIRST_TAG)).collect();
    is_after_flag && code.is_some_and(|code| code.strip_suffix('\u{7F}').is_some_and(|code| FLAGS.contains(&code)))
}

fn is_virama(c: char) -> bool {
    value::<CanonicalCombiningClass>(c) == CanonicalCombiningClass::Virama
}

fn script(c: char) -> Script {
    value::<Script>(c)
}

fn is<P: BinaryProperty>(c: char) -> bool {
    CodePointSetData::new::<P>().contains(c)
}

fn value<P: EnumeratedProperty>(c: char) -> P {
    CodePointMapData::<P>::new().get(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{clean, is_invisible};

    #[test]
    fn names_of_all_scripts_and_emoji_are_kept() {
        for text in [
            "Amina",
            "علی‌رضا",
            "می‌خواهم",
            "برادر‌ها",
            "मुंबई",
            "क्‍ष",
            "श्री",
            "র‍্যাব",
            "ശ്രീ",
            "അവന്‍",
            "ශ්‍රී",
            "สมชาย ใจดี",
            "葛\u{E0100}城",
            "Müller-Łukasz O'Neill",
            "דוד",
            "👩‍🌾",
            "👩🏽‍🤝‍👩🏻",
            "🏳️‍🌈",
            "❤️",
            "1️⃣",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "🇾🇪",
            "ᠮᠣᠩᠭᠣᠯ\u{180B}",
        ] {
            assert_eq!(clean(text, false), text);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        for text in [
            "Ami\u{AD}na",
            "Ami\u{200B}na",
            "Ami\u{200C}na",
            "Ami\u{200D}na",
            "\u{200D}Amina",
            "\u{FEFF}Amina",
            "Amina\u{200D}",
            "Amina\u{FE0F}",
            "Amina\u{E0100}",
            "Amina\u{E0061}\u{E007F}",
            "Am\u{2062}ina",
            "Am\u{2066}ina\u{2069}",
            "Am\u{202E}ina",
            "Am\u{200F}ina",
            "Am\u{34F}ina",
            "Am\u{FFF9}ina",
            "\u{3164}Amina",
            "\u{115F}Amina",
            "Amina\u{17B4}",
            "Amina\u{1D173}",
        ] {
            assert_eq!(clean(text, false), "Amina", "{text:?}");
        }
        for (text, expected) in [
            ("محمد\u{200C}", "محمد"),
            ("👩\u{200D}", "👩"),
            ("👩\u{200D}a", "👩a"),
            ("👩\u{200D}\u{200B}🌾", "👩\u{200D}🌾"),
            ("می\u{200C}\u{200B}\u{200C}خواهم", "می\u{200C}خواهم"),
            ("🏴\u{E0061}\u{E007F}", "🏴"),
            ("🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}", "🏴"),
            ("\u{3164}\u{200B}", ""),
        ] {
            assert_eq!(clean(text, false), expected, "{text:?}");
        }
        assert_eq!(clean("דוד \u{200F}12", true), "דוד \u{200F}12");
        assert_eq!(clean("דוד \u{200F}12", false), "דוד 12");
    }

    proptest! {
        #[test]
        fn what_is_clean_stays_and_all_that_is_visible_does(
            parts in prop::collection::vec(prop::sample::select(vec![
                "a", " ", "م", "ا", "ि", "क", "्", "👩", "🌾", "🏽", "❤", "葛", "🏴", "\u{200C}", "\u{200D}", "\u{200B}", "\u{FE0F}", "\u{64E}",
                "\u{E0100}", "\u{E0067}", "\u{E0062}", "\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "\u{E007F}", "\u{200F}",
            ]), 0..12),
        ) {
            let text = parts.concat();
            let cleaned = clean(&text, false);
            prop_assert_eq!(&clean(&cleaned, false), &cleaned);
            let visible = |text: &str| text.chars().filter(|c| !is_invisible(*c)).collect::<String>();
            prop_assert_eq!(visible(&cleaned), visible(&text));
        }
    }
}
