//! Cleans texts of files. Pure.

/// A text as one line: without control characters, with single spaces. `None` when nothing is left.
pub(super) fn line(text: &str) -> Option<String> {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    Some(line).filter(|line| !line.is_empty())
}

/// A text without any blanks, such as an IBAN or a code. `None` when nothing is left.
pub(super) fn code(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    Some(code).filter(|code| !code.is_empty())
}

/// A currency code: three letters, as capitals.
pub(super) fn currency(text: &str) -> Option<String> {
    let text = text.trim();
    let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| text.to_ascii_uppercase())
}

/// An id of a transaction. Banks without ids write zeros or a word for none.
pub(super) fn id(text: &str) -> Option<String> {
    let id = line(text)?;
    let is_none = id.bytes().all(|byte| byte == b'0') || ["NONREF", "NOTPROVIDED", "NONE"].contains(&id.as_str());
    (!is_none).then_some(id)
}

/// Quotes a text of the file for a message: shortened, with control characters escaped, since a terminal would interpret them.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 40;
    let dots = if text.chars().nth(MOST).is_some() { "..." } else { "" };
    format!("\"{}{dots}\"", text.chars().take(MOST).collect::<String>().escape_debug())
}

#[cfg(test)]
mod tests {
    use super::{currency, id, line, quoted};

    #[test]
    fn texts_become_one_line() {
        assert_eq!(line(" a\t\n b\u{0}c  ").as_deref(), Some("a b c"));
        assert_eq!(line("\r\n"), None);
        assert_eq!(currency(" eur ").as_deref(), Some("EUR"));
        assert_eq!(currency("euro"), None);
        assert_eq!(id("000000"), None);
        assert_eq!(id("0001").as_deref(), Some("0001"));
        assert_eq!(quoted("a\u{1b}[1m"), "\"a\\u{1b}[1m\"");
    }
}
