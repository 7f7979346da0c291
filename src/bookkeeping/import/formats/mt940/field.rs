//! The fields of a message: their tags, and the field NS. Pure.

use super::{super::text, details::Details};

/// A field and its lines.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) tag: String,
    pub(super) line: u64,
    pub(super) lines: Vec<String>,
}

impl Field {
    /// Whether it is a closing balance with both decimals. Many banks do not end the last line of a file.
    pub(super) fn is_whole_closing(&self) -> bool {
        let first = self.lines.first().map(|line| line.trim()).unwrap_or_default();
        self.tag.starts_with("62") && first.split_once(',').is_some_and(|(_, decimals)| decimals.len() == 2)
    }
}

/// The details in a field NS, as `StarMoney` writes them: lines with two digits each.
pub(super) fn star(lines: &[String]) -> Details {
    let (mut purpose, mut payee, mut booking) = (String::new(), String::new(), String::new());
    for line in lines {
        let Some((code, value)) = line.get(..2).zip(line.get(2..)) else { continue };
        let target = match code.parse::<u8>() {
            Ok(1..=14) => &mut purpose,
            Ok(15 | 16) => &mut payee,
            Ok(17) => &mut booking,
            _ => continue,
        };
        target.push(' ');
        target.push_str(value);
    }
    Details { payee: text::line(&payee), description: text::line(&purpose).or_else(|| text::line(&booking)) }
}

/// Splits `:61:rest` into its tag and the rest.
pub(in super::super) fn tag(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.strip_prefix(':')?.split_once(':')?;
    is_tag(tag).then_some((tag, rest))
}

pub(super) fn is_tag(tag: &str) -> bool {
    match tag.as_bytes() {
        [a, b] | [a, b, b'A'..=b'Z'] => a.is_ascii_digit() && b.is_ascii_digit() || tag == "NS",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{star, tag};

    #[test]
    fn a_tag_is_two_digits_between_colons() {
        for (line, expected) in [
            (":20:A", Some(("20", "A"))),
            (":60F:C:1", Some(("60F", "C:1"))),
            (":NS:01", Some(("NS", "01"))),
            (":2:A", None),
            (":20A", None),
            ("20:A", None),
            (":12:30 at noon", Some(("12", "30 at noon"))),
            (":1a:", None),
            (":é:", None),
        ] {
            assert_eq!(tag(line), expected, "{line}");
        }
    }

    #[test]
    fn details_of_starmoney_have_codes() {
        let lines = ["01Rent", "02November", "15Mueller", "17Transfer", "x", ""].map(str::to_owned);
        let details = star(&lines);
        assert_eq!(
            (details.payee.as_deref(), details.description.as_deref()),
            (Some("Mueller"), Some("Rent November"))
        );
    }
}
