//! Characters that one cannot see: with them, two names look the same, or a text holds more than it shows.
//!
//! Refused are the default-ignorable characters of Unicode (soft hyphen, zero-width space, direction overrides, fillers,
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

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{
        BinaryProperty, CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, EmojiModifier, EnumeratedProperty,
        ExtendedPictographic, JoiningType, Script,
    },
};

const NON_JOINER: char = '\u{200C}';
const JOINER: char = '\u{200D}';
const BLACK_FLAG: char = '\u{1F3F4}';
/// What follows the black flag in a flag of a part of the United Kingdom, in ASCII: its code in ISO 3166-2.
const FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];
const FIRST_TAG: u32 = 0xE0000;
const LAST_TAG: char = '\u{E007F}';

/// Whether a text has an invisible character where nothing needs it. `marks` allows direction marks.
pub(super) fn has_any(text: &str, marks: bool) -> bool {
    if text.is_ascii() {
        return false;
    }
    let text: Vec<char> = text.chars().collect();
    (0..text.len()).any(|at| is_invisible(text[at]) && !is_needed(&text, at, marks))
}

/// Whether a character has no mark of its own.
pub(super) fn is_invisible(c: char) -> bool {
    is::<DefaultIgnorableCodePoint>(c) || matches!(c, '\u{FFF9}'..='\u{FFFB}')
}

fn is_needed(text: &[char], at: usize, marks: bool) -> bool {
    let (before, after) = (&text[..at], &text[at + 1..]);
    match text[at] {
        NON_JOINER => joins_letters(before, after),
        JOINER => joins_letters(before, after) || joins_emoji(before, after),
        '\u{200E}' | '\u{200F}' | '\u{61C}' => marks,
        '\u{FE00}'..='\u{FE0F}' => before.last().is_some_and(|c| is::<Emoji>(*c) || script(*c) == Script::Han),
        '\u{E0100}'..='\u{E01EF}' => before.last().is_some_and(|c| script(*c) == Script::Han),
        '\u{180B}'..='\u{180D}' | '\u{180F}' => before.last().is_some_and(|c| script(*c) == Script::Mongolian),
        '\u{E0020}'..='\u{E007F}' => is_in_flag(before, &text[at..]),
        _ => false,
    }
}

/// Whether a joiner or non-joiner between these has an effect on letters.
fn joins_letters(before: &[char], after: &[char]) -> bool {
    let (Some(last), Some(next)) = (before.last(), after.first()) else {
        // A half form at the end of a word: a virama and a joiner.
        return before.last().is_some_and(|last| is_virama(*last));
    };
    let joins = |c: &&char| value::<JoiningType>(**c) != JoiningType::Transparent;
    let is_letter = |c: &char| value::<JoiningType>(*c) != JoiningType::NonJoining && !is_invisible(*c);
    let between_letters =
        before.iter().rev().find(joins).is_some_and(is_letter) && after.iter().find(joins).is_some_and(is_letter);
    is_virama(*last) || (is_virama(*next) && last.is_alphabetic()) || between_letters
}

/// Whether a joiner between these makes one emoji of two.
fn joins_emoji(before: &[char], after: &[char]) -> bool {
    let mut before = before.iter().rev().skip_while(|c| **c == '\u{FE0F}' || is::<EmojiModifier>(**c));
    before.next().is_some_and(|c| is::<ExtendedPictographic>(*c))
        && after.first().is_some_and(|c| is::<ExtendedPictographic>(*c))
}

/// Whether a tag belongs to one of the [`FLAGS`]. `rest` begins with the tag.
fn is_in_flag(before: &[char], rest: &[char]) -> bool {
    let is_tag = |c: &char| ('\u{E0020}'..=LAST_TAG).contains(c);
    let start = before.len() - before.iter().rev().take_while(|c| is_tag(c)).count();
    let is_after_flag = start.checked_sub(1).is_some_and(|at| before[at] == BLACK_FLAG);
    let tags = before[start..].iter().chain(rest).take_while(|c| is_tag(c));
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
    use super::has_any;

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
            assert!(!has_any(text, false), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_found() {
        for text in [
            "Ami\u{AD}na",
            "Ami\u{200B}na",
            "Ami\u{200C}na",
            "Ami\u{200D}na",
            "\u{200D}Amina",
            "Amina\u{200D}",
            "محمد\u{200C}",
            "👩\u{200D}",
            "👩\u{200D}a",
            "Amina\u{FE0F}",
            "Amina\u{E0100}",
            "Amina\u{E0061}\u{E007F}",
            "🏴\u{E0061}\u{E007F}",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}",
            "Am\u{2062}ina",
            "Am\u{2066}ina",
            "Am\u{202E}ina",
            "Am\u{200F}ina",
            "Am\u{34F}ina",
            "Am\u{FFF9}ina",
            "\u{3164}",
            "\u{115F}",
            "\u{17B4}",
            "\u{1D173}",
        ] {
            assert!(has_any(text, false), "{text:?}");
        }
        assert!(!has_any("דוד \u{200F}12", true));
    }
}
