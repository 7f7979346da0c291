//! Checks of the texts that users send. All inputs use them, so that the same characters and lengths are refused everywhere.
//! Texts that were stored before a rule stay as they are until they are changed.

pub(crate) mod digits;
mod invisible;

use crate::error::{Code, Refusal, Result};

/// Checks a line of text for people: trimmed, not empty, at most `most` characters, no control or invisible characters.
///
/// # Errors
/// `INVALID` at `path`.
pub fn line(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    let value = value.trim();
    if value.chars().all(is_blank) {
        return Err(Refusal::new(Code::Invalid, path, "The text must not be empty."));
    }
    within(value, most, path, false, char::is_control)
}

/// Checks text for people that may have several lines: at most `most` characters, no control or invisible characters.
///
/// # Errors
/// `INVALID` at `path`.
pub fn paragraph(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    within(value, most, path, true, |c| c.is_control() && c != '\n' && c != '\t')
}

/// Checks an optional note: like [`paragraph`], and trimmed and with `\n` as its line end. `None` when nothing is left.
///
/// # Errors
/// `INVALID` at `path`.
pub fn note(value: &str, most: usize, path: &'static str) -> Result<Option<String>, Refusal> {
    let note = paragraph(value.replace("\r\n", "\n").trim(), most, path)?;
    Ok(Some(note).filter(|note| !note.is_empty()))
}

/// Checks text for people that may have several lines and must not be empty.
///
/// # Errors
/// `INVALID` at `path`.
pub fn required(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    if value.trim().is_empty() {
        return Err(Refusal::new(Code::Invalid, path, "The text must not be empty."));
    }
    paragraph(value.replace("\r\n", "\n").trim(), most, path)
}

/// Checks a search text: trimmed, at most 100 characters, converted to lower case. `None` for an empty text, which is what an
/// empty form field sends.
///
/// # Errors
/// `INVALID` at `path`.
pub fn search(value: Option<&str>, path: &'static str) -> Result<Option<String>, Refusal> {
    // While somebody types, the letter after a joiner is still missing.
    let value = value.map(|value| value.trim().trim_end_matches(['\u{200C}', '\u{200D}']));
    let value = value.filter(|value| !value.is_empty());
    value.map(|value| Ok(line(value, 100, path)?.to_lowercase())).transpose()
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

fn within(
    value: &str,
    most: usize,
    path: &'static str,
    marks: bool,
    refused: fn(char) -> bool,
) -> Result<String, Refusal> {
    if value.chars().count() > most {
        return Err(Refusal::new(Code::Invalid, path, format!("The text must have at most {most} characters.")));
    }
    if value.contains(refused) || invisible::has_any(value, marks) {
        return Err(Refusal::new(
            Code::Invalid,
            path,
            "The text must not contain control characters or invisible characters.",
        ));
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{from_field, to_field};

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
