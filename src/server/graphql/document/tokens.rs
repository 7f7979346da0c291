//! The tokens of a document, before it is parsed.

/// The number of tokens in a document. What is not a token of the language counts as well.
pub(super) fn count(text: &str) -> usize {
    Tokens { text, at: 0 }.count()
}

/// The tokens of a document with their offsets, without blanks, commas and comments.
#[derive(Clone)]
pub(super) struct Tokens<'a> {
    pub(super) text: &'a str,
    /// The offset of what is left.
    pub(super) at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.text.get(self.at..)?;
            let first = rest.chars().next()?;
            let start = self.at;
            let length = match first {
                ' ' | '\t' | '\n' | '\r' | ',' | '\u{feff}' => {
                    self.at += first.len_utf8();
                    continue;
                }
                '#' => {
                    self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
                    continue;
                }
                '"' => string_length(rest),
                '.' if rest.starts_with("...") => 3,
                c if is_of_word(c) => rest.find(|c| !is_of_word(c)).unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            self.at += length;
            return Some((start, rest.get(..length)?));
        }
    }
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+')
}

/// The length of the string that `text` begins with, quotes included. An unterminated string counts as its first quote.
/// See <https://spec.graphql.org/October2021/#StringValue>.
fn string_length(text: &str) -> usize {
    if let Some(block) = text.strip_prefix("\"\"\"") {
        let mut from = 0;
        while let Some(at) = block.get(from..).and_then(|rest| rest.find("\"\"\"")) {
            let end = from + at;
            if !block.get(..end).is_some_and(|before| before.ends_with('\\')) {
                return end + 6;
            }
            from = end + 3;
        }
        return 1;
    }
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            '\n' | '\r' => return 1,
            _ => {}
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn blanks_commas_and_comments_are_not_counted() {
        for (text, expected) in [
            ("", 0),
            (" , \u{feff}\n# { a }\r\n", 0),
            ("# no end", 0),
            ("{ a }", 3),
            ("query Q($x: Int = -1.5e+3) { a(b: $x) ...F }", 23),
            ("{a(b:\"c d \\\" e\",c:\"\"\" \" \\\"\"\" f g\"\"\")}", 11),
            ("\"not closed", 3),
            ("{ é }", 3),
        ] {
            assert_eq!(count(text), expected, "{text}");
        }
    }

    #[test]
    fn strings_without_an_end_take_no_time() {
        assert_eq!(count(&"\"\"\"".repeat(5000)), 2500);
        assert!(count(&"\"x\n".repeat(5000)) >= 5000);
    }
}
