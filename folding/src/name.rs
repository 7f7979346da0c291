//! Names that are equal.

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use icu_properties::{CodePointSetData, props::ExtendedPictographic};

use crate::{collapse_blanks, fold_case, invisible};

/// A name in the form in which names are compared. Two names are equal when they differ only in case, in the way in which an accent
/// is written (Unicode's canonical caseless matching), in the number of blanks, or in characters that one cannot see. Accents count:
/// `Hoa` and `Hoà` are two names.
#[must_use]
pub fn name_key(name: &str) -> String {
    if name.is_ascii() {
        return collapse_blanks(&name.to_ascii_lowercase());
    }
    let folded = fold_case(&DecomposingNormalizer::new_nfd().normalize(&visible(name)));
    collapse_blanks(&ComposingNormalizer::new_nfc().normalize(&folded))
}

/// Without invisible characters, but for those without which an emoji is another one: tags of flags, and joiners between emoji.
fn visible(name: &str) -> String {
    let name: Vec<char> = invisible::clean(name, false).chars().collect();
    let joins_emoji = |at: usize| {
        name.get(at + 1).is_some_and(|next| CodePointSetData::new::<ExtendedPictographic>().contains(*next))
    };
    let is_kept = |at: usize, c: char| match c {
        invisible::JOINER => joins_emoji(at),
        c if invisible::is_tag(c) => true,
        c => !invisible::is_invisible(c),
    };
    name.iter().enumerate().filter(|(at, c)| is_kept(*at, **c)).map(|(_, c)| c).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::name_key;

    #[test]
    fn names_that_people_take_for_one_are_equal() {
        for (one, other) in [
            ("Transport", "TRANSPORT"),
            ("Café", "Cafe\u{301}"),
            ("CAFÉ", "cafe\u{301}"),
            ("Straße", "STRASSE"),
            ("Straße", "STRAẞE"),
            ("ΟΔΟΣ", "οδος"),
            ("Οδός", "ΟΔΌΣ"),
            ("ﬁnance", "FINANCE"),
            ("İstanbul", "i\u{307}stanbul"),
            ("Hoà", "hoa\u{300}"),
            ("Việt", "VIE\u{323}\u{302}T"),
            ("Việt", "Vie\u{302}\u{323}t"),
            ("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"),
            ("Å", "\u{212B}"),
            ("می‌خواهم", "میخواهم"),
            ("Ami\u{200B}na", "Amina"),
            ("\u{FEFF}Amina", "Amina"),
            ("Eating  out", " eating out"),
            ("Eating\u{A0}out", "eating out"),
            ("❤️ Family", "❤ family"),
            ("ДЕНЬГИ", "деньги"),
            ("Ա", "ա"),
        ] {
            assert_eq!(name_key(one), name_key(other), "{one} {other}");
        }
    }

    #[test]
    fn names_that_differ_in_what_one_sees_are_not() {
        for (one, other) in [
            ("Hoa", "Hoà"),
            ("Hoà", "Hòa"),
            ("Jose", "José"),
            ("Istanbul", "İstanbul"),
            ("kız", "kiz"),
            ("أحمد", "احمد"),
            ("مدرسة", "مدرسه"),
            ("علی", "علي"),
            ("１", "1"),
            ("Ａ", "A"),
            ("x²", "x2"),
            ("👩‍🌾", "👩🌾"),
            ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
            ("が", "か"),
            ("Lodz", "Łódź"),
        ] {
            assert_ne!(name_key(one), name_key(other), "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_the_key_of_itself_and_of_its_other_cases(name in "\\PC{0,20}") {
            let key = name_key(&name);
            prop_assert_eq!(&name_key(&key), &key);
            prop_assert_eq!(&name_key(&format!(" {name}\u{200B} ")), &key);
        }

        #[test]
        fn ascii_takes_a_shorter_way_to_the_same_key(name in "[ -~]{0,20}") {
            let long_way = name_key(&format!("{name} é"));
            prop_assert_eq!(long_way.trim_end_matches('é').trim_end(), name_key(&name));
        }
    }
}
