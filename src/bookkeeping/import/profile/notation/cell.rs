//! Cleans the texts of cells.

use std::borrow::Cow;

/// The text of a cell without the wrapping that spreadsheets need (`="0012"`, `'0012`), and without blanks and invisible
/// characters around it.
#[must_use]
pub fn bare(text: &str) -> &str {
    let text = text.trim_matches(is_blank);
    let formula = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"'));
    formula
        .or_else(|| text.strip_prefix('\'').filter(|text| !text.contains('\'')))
        .unwrap_or(text)
        .trim_matches(is_blank)
}

/// A description: one line, with single blanks between its words, without control characters and invisible blanks.
#[must_use]
pub fn tidy(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(is_blank);
    let is_plain = |byte: u8| (b' '..0x7F).contains(&byte);
    if text.bytes().all(is_plain) && !text.contains("  ") {
        return text.into();
    }
    let mut tidy = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let before = tidy.len();
        if before > 0 {
            tidy.push(' ');
        }
        let begin = tidy.len();
        tidy.extend(word.chars().filter(|c| !is_hidden(*c)));
        if tidy.len() == begin {
            tidy.truncate(before);
        }
    }
    tidy.into()
}

/// A name of a column in the form in which names are compared: lower case, single blanks.
#[must_use]
pub fn name(text: &str) -> String {
    tidy(bare(text)).to_lowercase()
}

/// A text in the form in which words are compared: lower case, without the accents of Latin letters, and with single blanks in
/// place of all that is no letter or digit.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let is_word = c.is_alphanumeric() || ('\u{900}'..='\u{963}').contains(&c);
        match plain_letter(c) {
            Some(plain) => folded.push_str(plain),
            None if is_word => folded.push(c),
            // Accents of their own, as in decomposed text, and invisible characters.
            None if is_hidden(c) || ('\u{300}'..='\u{36F}').contains(&c) => {}
            None if folded.ends_with(' ') || folded.is_empty() => {}
            None => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn plain_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' | 'ģ' => "g",
        'ì'..='ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ł' | 'ļ' | 'ĺ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ò'..='ö' | 'ø' | 'ő' | 'ō' => "o",
        'œ' => "oe",
        'ŕ' | 'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ё' => "е",
        'ά' => "α",
        'έ' => "ε",
        'ή' => "η",
        'ί' | 'ϊ' | 'ΐ' => "ι",
        'ό' => "ο",
        'ύ' | 'ϋ' | 'ΰ' => "υ",
        'ώ' => "ω",
        'ς' => "σ",
        'أ' | 'إ' | 'آ' => "ا",
        _ => return None,
    })
}

/// Quotes a text of the file for a message: shortened, with control characters escaped.
#[must_use]
pub fn quoted(text: &str) -> String {
    const MOST: usize = 40;
    let dots = if text.chars().nth(MOST).is_some() { "..." } else { "" };
    format!("\"{}{dots}\"", text.chars().take(MOST).collect::<String>().escape_debug())
}

/// A blank, or a character that shows nothing.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_hidden(c)
}

/// A zero-width space, word joiner, byte order mark, soft hyphen or direction mark. None of them changes what a text says.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' | '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{202A}'..='\u{202E}'
    )
}

#[cfg(test)]
mod tests {
    use super::{bare, folded, name, tidy};

    #[test]
    fn texts_are_freed_of_what_does_not_belong_to_them() {
        for (text, expected) in
            [(" a ", "a"), ("=\"0012\"", "0012"), ("'0012", "0012"), ("'a'", "'a'"), ("\u{200B}1\u{A0}", "1"), ("", "")]
        {
            assert_eq!(bare(text), expected, "{text}");
        }
        for (text, expected) in [
            ("  a  b\r\nc\t", "a b c"),
            ("a \u{200B} b", "a b"),
            ("Ca\u{200B}fé", "Café"),
            ("a\0b", "a b"),
            ("\u{200B}", ""),
        ] {
            assert_eq!(tidy(text), expected, "{text}");
        }
        for (text, expected) in [
            ("Währung", "wahrung"),
            (" Libelle\u{301} (€)", "libelle"),
            ("Soll/Haben", "soll haben"),
            ("TRANSACTION\u{A0}DATE:", "transaction date"),
            ("विवरण", "विवरण"),
            ("Счёт", "счет"),
            ("Ημερομηνία", "ημερομηνια"),
            ("İşlem Açıklaması", "islem aciklamasi"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
        assert_eq!(name(" \u{FEFF}Betrag  (EUR) "), "betrag (eur)");
    }
}
