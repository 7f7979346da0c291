//! Checks of the texts that users send, so that the same things are refused everywhere.

use crate::error::{Code, Refusal, Result};

/// A line of text for people: trimmed, not empty, at most `most` characters, no control characters.
///
/// # Errors
/// `INVALID` at `path`.
pub fn line(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    let value = value.trim();
    if value.chars().all(is_blank) {
        return Err(Refusal::new(Code::Invalid, path, "The text must not be empty."));
    }
    within(value, most, path, |c| c.is_control() || is_deceptive(c))
}

/// Text for people that may run over several lines.
///
/// # Errors
/// `INVALID` at `path`.
pub fn paragraph(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    within(value, most, path, |c| (c.is_control() && c != '\n' && c != '\t') || is_deceptive(c))
}

/// The same, trimmed and with one kind of line end; none when nothing is left.
///
/// # Errors
/// `INVALID` at `path`.
pub fn note(value: &str, most: usize, path: &'static str) -> Result<Option<String>, Refusal> {
    let note = paragraph(value.replace("\r\n", "\n").trim(), most, path)?;
    Ok(Some(note).filter(|note| !note.is_empty()))
}

/// Text for people that must not be empty.
///
/// # Errors
/// `INVALID` at `path`.
pub fn required(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    if value.trim().is_empty() {
        return Err(Refusal::new(Code::Invalid, path, "The text must not be empty."));
    }
    paragraph(value.replace("\r\n", "\n").trim(), most, path)
}

/// A text to be looked for: trimmed, at most 100 characters, in lower case. An empty one, which is what an empty field of a
/// form sends, looks for nothing.
///
/// # Errors
/// `INVALID` at `path`.
pub fn search(value: Option<&str>, path: &'static str) -> Result<Option<String>, Refusal> {
    let value = value.map(str::trim).filter(|value| !value.is_empty());
    value.map(|value| Ok(line(value, 100, path)?.to_lowercase())).transpose()
}

/// An e-mail address by its form. Whether mail arrives there, only mail can tell.
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

/// A word that programs make: visible ASCII characters, no spaces.
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

/// A text as a field of a CSV file, so that a spreadsheet does not take it for a formula: an apostrophe goes before what begins
/// with `=`, `+`, `-`, `@`, a tab or a return ([OWASP, CSV Injection](https://owasp.org/www-community/attacks/CSV_Injection)).
/// Where apostrophes stand there already it is one more, so that [`from_field`] gives back each text as it was.
#[must_use]
pub fn to_field(text: &str) -> String {
    if looks_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text of a field that [`to_field`] made. Other texts stay as they are.
#[must_use]
pub fn from_field(field: &str) -> &str {
    field.strip_prefix('\'').filter(|text| looks_like_formula(text)).unwrap_or(field)
}

fn looks_like_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Characters that cannot be seen, or that turn others round: by them one name passes for another. Joiners and direction
/// marks, which scripts need, are not among them.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Characters that show nothing by themselves: a text of nothing else looks empty.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2800}' | '\u{FE00}'..='\u{FE0F}')
}

fn within(value: &str, most: usize, path: &'static str, refused: fn(char) -> bool) -> Result<String, Refusal> {
    if value.chars().count() > most {
        return Err(Refusal::new(Code::Invalid, path, format!("The text must have at most {most} characters.")));
    }
    if value.contains(refused) {
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
        for text in
            ["", "rice", "'", "'tis", "=1+1", "'=1+1", "''=1", "+7", "-", "@x", "\tx", "\rx", "a=1", "'a", "\"=\""]
        {
            assert_eq!(from_field(&to_field(text)), text);
        }
        assert_eq!(to_field("=1+1"), "'=1+1");
        assert_eq!(to_field("rice"), "rice");
    }
}
