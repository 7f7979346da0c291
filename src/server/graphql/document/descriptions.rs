//! Descriptions of operations, fragments and variables, which the specification allows since September 2025 and the parser does
//! not know. They mean nothing for the execution, so blanks take their place before the document is parsed.

use std::borrow::Cow;

use super::tokens::Tokens;

/// The document without descriptions. All other parts keep their places.
pub(super) fn without_descriptions(text: &str) -> Cow<'_, str> {
    let mut blank: Option<String> = None;
    let (mut braces, mut brackets, mut before) = (0_usize, 0_usize, "");
    let mut tokens = Tokens { text, at: 0 };
    while let Some((at, token)) = tokens.next() {
        match token {
            "{" => braces += 1,
            "}" => braces = braces.saturating_sub(1),
            "(" | "[" => brackets += 1,
            ")" | "]" => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        if token.len() > 1 && token.starts_with('"') && braces == 0 {
            let next = tokens.clone().next().map_or("", |(_, next)| next);
            let is_description = match brackets {
                0 => matches!(next, "query" | "mutation" | "subscription" | "fragment"),
                // In the list of variables, where a default may stand before a variable as well.
                1 => next == "$" && before != "=",
                _ => false,
            };
            if is_description {
                let blanks = token.chars().map(|c| if matches!(c, '\n' | '\r') { c } else { ' ' });
                let mut blanks: String = blanks.collect();
                blanks.extend(std::iter::repeat_n(' ', token.len() - blanks.len()));
                blank.get_or_insert_with(|| text.to_owned()).replace_range(at..at + token.len(), &blanks);
            }
        }
        before = token;
    }
    blank.map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::without_descriptions;

    #[test]
    fn descriptions_become_blanks_and_other_strings_stay() {
        for (text, expected) in [
            ("\"a\" query { b }", "    query { b }"),
            ("\"\"\"é\n\"\"\"fragment F on A { b }", "   \n     fragment F on A { b }"),
            ("query(\"a\" $b: Int) { c }", "query(    $b: Int) { c }"),
            ("query($b: String = \"a\" $c: Int) { c }", "query($b: String = \"a\" $c: Int) { c }"),
            ("query($b: [String] = [\"a\" \"d\"] $c: Int) { c }", "query($b: [String] = [\"a\" \"d\"] $c: Int) { c }"),
            ("query($a: Int \"b\" $c: Int) { c }", "query($a: Int     $c: Int) { c }"),
            ("{ a(b: \"c\" d: $e) }", "{ a(b: \"c\" d: $e) }"),
            ("\"a\" { b }", "\"a\" { b }"),
        ] {
            let without = without_descriptions(text);
            assert_eq!(without.len(), text.len(), "{text}");
            assert_eq!(without.split_whitespace().collect::<Vec<_>>(), expected.split_whitespace().collect::<Vec<_>>());
        }
    }
}
