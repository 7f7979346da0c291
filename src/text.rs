//! Checks of the texts that users send, so that the same things are refused everywhere.

use crate::error::{Code, Refusal, Result};

/// A line of text for people: trimmed, not empty, at most `most` characters, no control characters.
///
/// # Errors
/// `INVALID` at `path`.
pub fn line(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    let value = value.trim();
    if value.is_empty() {
        return Err(Refusal::new(Code::Invalid, path, "It must not be empty."));
    }
    within(value, most, path, char::is_control)
}

/// Text for people that may run over several lines.
///
/// # Errors
/// `INVALID` at `path`.
pub fn paragraph(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    within(value, most, path, |c| c.is_control() && c != '\n' && c != '\t')
}

/// A word that programs make: visible ASCII characters, no spaces.
///
/// # Errors
/// `INVALID` at `path`.
pub fn token(value: &str, most: usize, path: &'static str) -> Result<String, Refusal> {
    if value.is_empty() || value.len() > most || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("It must be 1 to {most} letters, digits or signs of ASCII, without spaces.");
        return Err(Refusal::new(Code::Invalid, path, message));
    }
    Ok(value.to_owned())
}

fn within(value: &str, most: usize, path: &'static str, refused: fn(char) -> bool) -> Result<String, Refusal> {
    if value.chars().count() > most {
        return Err(Refusal::new(Code::Invalid, path, format!("It must have at most {most} characters.")));
    }
    if value.contains(refused) {
        return Err(Refusal::new(Code::Invalid, path, "It must not contain control characters."));
    }
    Ok(value.to_owned())
}
