//! The estimated width of texts, and shortening texts to a width.
//!
//! The font that will show the picture is unknown. So widths are measured in the font that the charting crate contains, plus an
//! allowance for the widest of the usual sans-serif fonts. Characters that this font lacks get an average width for their
//! script. A single word may be wider than estimated, but the names that are long enough to be shortened are not.

use charts_rs::{Color, DEFAULT_FONT_FAMILY, measure_text_width_family};

/// Added where a text is shortened.
const ELLIPSIS: char = '…';
/// How much wider than the measured font the widest usual fonts are: regular and bold.
const ALLOWANCE: (f32, f32) = (1.2, 1.3);
/// The smallest font size that is still readable.
const SMALLEST: f32 = 9.0;

/// An upper estimate of the width of a text.
pub(super) fn width(text: &str, set: &Type) -> f32 {
    let known: String = text.chars().filter(|c| is_known(*c)).collect();
    let unknown: f32 = text.chars().filter(|c| !is_known(*c)).map(ems).sum();
    // Measured at a large size, because the crate rounds the width of each letter up to a whole pixel.
    let known =
        measure_text_width_family(DEFAULT_FONT_FAMILY, 100.0, &known).map_or(0.0, |space| space.width() / 100.0);
    let allowance = if set.bold { ALLOWANCE.1 } else { ALLOWANCE.0 };
    (known + unknown) * allowance * set.size
}

/// Whether the measuring font has this character: Latin, Greek and Cyrillic.
fn is_known(c: char) -> bool {
    c < '\u{590}'
}

/// The width of a character that the measuring font lacks, in ems, without the allowance.
fn ems(c: char) -> f32 {
    match c {
        // Joiners, variation selectors, direction marks, and Arabic vowel signs, which are above or below the letters.
        '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{64B}'..='\u{65F}' => 0.0,
        '\u{590}'..='\u{5FF}' => 0.5,
        // The wide Arabic letters. All others are narrow when joined, which is nearly always.
        'س' | 'ش' | 'ص' | 'ض' | 'ط' | 'ظ' => 0.85,
        '\u{600}'..='\u{8FF}' => 0.48,
        // In the scripts from Devanagari to Lao, vowel signs are separate characters with little or no width.
        '\u{900}'..='\u{DFF}' => 0.6,
        '\u{E00}'..='\u{EFF}' => 0.45,
        '\u{F00}'..='\u{10FF}' => 0.75,
        '\u{1100}'..='\u{FFFF}' => 0.9,
        // Mostly emoji.
        _ => 1.2,
    }
}

/// The text, shortened to fit into `room` if necessary.
pub(super) fn cut(text: &str, room: f32, set: &Type) -> String {
    if width(text, set) <= room {
        return text.to_owned();
    }
    let room = room - width(&ELLIPSIS.to_string(), set);
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let fitting = ends.partition_point(|end| width(&text[..*end], set) <= room);
    let end = ends.get(fitting.saturating_sub(1)).copied().unwrap_or_default();
    // A joiner at the end would affect the ellipsis.
    let kept = text[..end].trim_end_matches(|c: char| c.is_whitespace() || c == '\u{200D}');
    format!("{kept}{ELLIPSIS}")
}

/// A smaller font size at which a text fits into `room`. For amounts, which must never be shortened.
pub(super) fn shrunk(text: &str, room: f32, mut set: Type) -> Type {
    while set.size > SMALLEST && width(text, &set) > room {
        set.size -= 1.0;
    }
    set
}

/// The style of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Type {
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) ink: Color,
}

#[cfg(test)]
mod tests {
    use super::{super::paper::NORMAL, Type, cut, shrunk, width};

    #[test]
    fn what_fits_is_not_cut() {
        assert_eq!(cut("Groceries", 200.0, &NORMAL), "Groceries");
        assert_eq!(cut("", 200.0, &NORMAL), "");
    }

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis_and_fits() {
        for letter in ["m", "i", "W", "食", "😀", "إ", "é", "👨\u{200D}"] {
            let short = cut(&letter.repeat(100), 150.0, &NORMAL);
            assert!(short.ends_with('…') && !short.ends_with("\u{200D}…"), "{short}");
            assert!(short.chars().count() > 4 && width(&short, &NORMAL) <= 150.0, "{short}");
        }
    }

    /// Widths in ems, regular and bold, measured in a browser with fonts as wide as `DejaVu Sans`. The estimate must not be
    /// lower, and not so much higher that names are shortened although half of the space is free.
    #[test]
    fn the_scripts_of_the_world_are_as_wide_as_browsers_make_them() {
        for (text, regular, bold) in [
            ("إيجار الشقة والكهرباء والماء والإنترنت والهاتف وغيرها من المصاريف الشهرية", 33.7, 38.3),
            ("مدارس الأطفال ومستلزمات الدراسة", 15.4, 18.0),
            ("رسوم المدرسة", 6.3, 7.4),
            ("هزینه‌های خانه و خوراک", 10.3, 11.7),
            ("گھر کا کرایہ اور بجلی", 9.6, 10.8),
            ("שכר דירה וחשמל", 7.4, 7.9),
            ("किराना और सब्ज़ी का ख़र्च", 9.8, 10.3),
            ("বাড়ি ভাড়া ও বিদ্যুৎ", 7.8, 8.1),
            ("வீட்டு வாடகை மின்சாரம்", 12.8, 14.0),
            ("ค่าเช่าบ้านและค่าไฟฟ้า", 8.4, 9.0),
            ("食費と外食", 5.0, 5.0),
        ] {
            for (bold, measured) in [(false, regular), (true, bold)] {
                let width = width(text, &Type { size: 1.0, bold, ..NORMAL });
                assert!(width >= measured && width < measured * 1.85, "{text}: {width}, measured {measured}");
            }
        }
    }

    #[test]
    fn where_there_is_no_room_only_the_ellipsis_is_left() {
        assert_eq!(cut("Groceries", 3.0, &NORMAL), "…");
    }

    #[test]
    fn figures_shrink_until_they_fit() {
        assert_eq!(shrunk("1.00", 150.0, NORMAL), NORMAL);
        let long = "-92233720368547758.08";
        assert!(width(long, &shrunk(long, 150.0, NORMAL)) <= 150.0);
    }
}
