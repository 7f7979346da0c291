//! Checks of the texts that users send. All inputs use them, so that the same characters and lengths are refused everywhere.
//! Texts that were stored before a rule stay as they are until they are changed.
//!
//! Invisible characters come along when people copy, so they are left out. Control characters are refused: nobody types them,
//! and what stands around them is as likely not a text at all. How texts are compared is in the crate `folding`.

use folding::invisible;
pub(crate) use folding::{name_key, search_key, search_text};

use crate::error::{Code, Refusal, Result};

const CONTROL: &str = "The text must not contain control characters, such as escapes or zero bytes.";

/// Checks a line of text for people: not empty, at most `most` characters, no control characters. Returns it trimmed and without
/// invisible characters.
///
/// # Errors
/// `INVALID` at `path`.
pub fn line(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    if value.chars().all(is_blank) {
        return Err(Refusal::new(Code::Invalid, path, "The text must not be empty."));
    }
    let line = within(value, most, path, Form { marks: false, trimmed: true })?;
    if !line.contains(char::is_control) {
        return Ok(line);
    }
    let is_broken = line.contains(['\n', '\r']);
    let message = if is_broken { "The text must be one line, without line breaks." } else { CONTROL };
    Err(Refusal::new(Code::Invalid, path, message))
}

/// Checks text for people that may have several lines: at most `most` characters, no control characters. Returns it without
/// invisible characters; marks of direction stay.
///
/// # Errors
/// `INVALID` at `path`.
pub fn paragraph(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    lines(value, most, path, false)
}

fn lines(value: &str, most: usize, path: &'static str, trimmed: bool) -> Result<String, Refusal> {
    let text = within(value, most, path, Form { marks: true, trimmed })?;
    if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Err(Refusal::new(Code::Invalid, path, CONTROL));
    }
    Ok(text)
}

/// Checks an optional note: like [`paragraph`], and trimmed and with `\n` as its line end. `None` when nothing is left.
///
/// # Errors
/// `INVALID` at `path`.
pub fn note(value: &str, most: usize, path: &'static str) -> Result<Option<String>, Refusal> {
    let note = lines(&value.replace("\r\n", "\n"), most, path, true)?;
    Ok(Some(note).filter(|note| !note.chars().all(is_blank)))
}

/// Checks text for people that may have several lines and must not be empty.
///
/// # Errors
/// `INVALID` at `path`.
pub fn required(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    if value.chars().all(is_blank) {
        return Err(Refusal::new(Code::Invalid, path, "The text must not be empty."));
    }
    lines(&value.replace("\r\n", "\n"), most, path, true)
}

/// Checks a search text: at most 100 characters. Returns the form in which texts are searched, see [`folding::search_key`]. `None` for
/// an empty text, which is what an empty form field sends.
///
/// # Errors
/// `INVALID` at `path`, also for a text that has only accents and the like: it would find everything.
pub fn search(value: Option<&str>, path: &'static str) -> Result<Option<String>, Refusal> {
    // While somebody types, the letter after a joiner is still missing.
    let value = value.map(|value| value.trim().trim_end_matches(['\u{200C}', '\u{200D}']));
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    let key = search_key(&line(value, 100, path)?);
    if key.is_empty() {
        let message = "The text has no letter, digit or sign to look for, only marks that a search ignores.";
        return Err(Refusal::new(Code::Invalid, path, message));
    }
    Ok(Some(key))
}

/// Checks the form of an e-mail address. It does not check whether the address exists.
///
/// # Errors
/// `INVALID` at `path`.
pub fn email(value: &str, path: &'static str) -> Result<String, Refusal> {
    let email = line(value, 254, path)?;
    let is_special = |c: char| c.is_whitespace() || "<>()[],;:\"\\".contains(c);
    let is_address = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !email.contains(is_special)
    });
    if is_address { Ok(email) } else { Err(Refusal::new(Code::Invalid, path, "This is not an e-mail address.")) }
}

/// Checks a token that a program generates: 1 to `most` visible ASCII characters, without spaces.
///
/// # Errors
/// `INVALID` at `path`.
pub fn token(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    if value.is_empty() || value.len() > most || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("The value must be 1 to {most} visible ASCII characters, without spaces.");
        return Err(Refusal::new(Code::Invalid, path, message));
    }
    Ok(value.to_owned())
}

/// Makes a text safe as a field of a CSV file, so that a spreadsheet does not run it as a formula: adds an apostrophe before a
/// text that begins with `=`, `+`, `-`, `@`, one of their full-width forms, a tab or a carriage return ([OWASP, CSV
/// Injection](https://owasp.org/www-community/attacks/CSV_Injection)). A text that begins with apostrophes followed by such a
/// character gets one more, so that [`from_field`] restores every text exactly.
#[must_use]
pub fn to_field(text: &str) -> String {
    if looks_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// Reverses [`to_field`]. Texts that `to_field` leaves alone are returned unchanged.
#[must_use]
pub fn from_field(field: &str) -> &str {
    field.strip_prefix('\'').filter(|text| looks_like_formula(text)).unwrap_or(field)
}

fn looks_like_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'])
}

/// Characters without a visible mark. A text that consists only of them looks empty.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}' || invisible::is_invisible(c)
}

/// What is left of a text.
#[derive(Clone, Copy)]
struct Form {
    /// Whether marks of direction stay.
    marks: bool,
    /// Whether blanks at the ends are left out.
    trimmed: bool,
}

/// Leaves invisible characters out, and checks the length of the rest.
fn within(value: &str, most: usize, path: &'static str, Form { marks, trimmed }: Form) -> Result<String, Refusal> {
    let trim = |text: &str| if trimmed { text.trim() } else { text }.to_owned();
    let value = trim(value);
    // A text that is much longer is not worth cleaning.
    let is_far_too_long = value.chars().nth(4 * most).is_some();
    let cleaned = if is_far_too_long { value } else { trim(&invisible::clean(&value, marks)) };
    if cleaned.chars().nth(most).is_some() {
        let message = format!("The text must have at most {most} characters.");
        return Err(Refusal::new(Code::Invalid, path, message));
    }
    Ok(cleaned)
}

#[cfg(test)]
mod tests {
    use super::{from_field, line, note, paragraph, required, search, to_field};

    #[test]
    fn what_cannot_be_seen_is_left_out_and_does_not_count() {
        assert_eq!(line(" \u{FEFF}Ami\u{200B}na\u{AD} ", 5, "name").unwrap(), "Amina");
        assert_eq!(line("\u{200B} Amina \u{2060}", 5, "name").unwrap(), "Amina");
        assert_eq!(line("می\u{200C}خواهم 👩\u{200D}🌾", 100, "name").unwrap(), "می\u{200C}خواهم 👩\u{200D}🌾");
        assert_eq!(note("a\u{202E}b\u{200B}\r\nc ", 4, "note").unwrap().unwrap(), "ab\nc");
        assert_eq!(paragraph("12 \u{200F}דוד", 7, "memo").unwrap(), "12 \u{200F}דוד");
        assert_eq!(note("\u{200B} \u{AD}", 1, "note").unwrap(), None);
        assert!(required("\u{200B} ", 9, "reason").is_err() && line("\u{200B}", 9, "name").is_err());
        assert!(line("aminas", 5, "name").is_err() && line(&"\u{200B}".repeat(99), 5, "name").is_err());
    }

    #[test]
    fn what_is_refused_is_told_why() {
        let message = |refused: Result<_, crate::error::Refusal>| refused.map(|_: String| ()).unwrap_err().message;
        assert_eq!(message(line("a\nb", 9, "name")), "The text must be one line, without line breaks.");
        assert!(message(line("a\u{7}b", 9, "name")).starts_with("The text must not contain control characters"));
        assert!(message(paragraph("a\u{1b}b", 9, "memo")).starts_with("The text must not contain control characters"));
        assert_eq!(message(line("", 9, "name")), "The text must not be empty.");
        assert!(message(search(Some("\u{640}\u{301}"), "text").map(Option::unwrap_or_default)).contains("to look for"));
    }

    #[test]
    fn a_search_is_for_what_was_meant() {
        let searched = |text: &str| search(Some(text), "text").unwrap();
        assert_eq!(searched(" İSTANBUL "), Some("istanbul".to_owned()));
        assert_eq!(searched("می\u{200C}"), searched("مي"));
        assert_eq!((searched(" "), search(None, "text").unwrap()), (None, None));
    }

    #[test]
    fn a_text_comes_back_from_a_field_as_it_was() {
        for text in [
            "", "rice", "'", "'tis", "=1+1", "'=1+1", "''=1", "+7", "-", "@x", "\tx", "\rx", "＝1", "'＋1", "－",
            "＠x", "a=1", "'a", "\"=\"",
        ] {
            assert_eq!(from_field(&to_field(text)), text);
        }
        assert_eq!(to_field("=1+1"), "'=1+1");
        assert_eq!(to_field("＠x"), "'＠x");
        assert_eq!(to_field("rice"), "rice");
    }
}
