//! Field 86, which says what an entry was for. Each country has a form of its own. Pure.

use super::super::text;

/// The length of a full line of free text, which goes on in the next line without a blank.
const FULL_LINE: usize = 65;

/// The length of a full part of a purpose in the German form.
const FULL_PART: usize = 27;

/// The names of the parts of a SEPA purpose, before a plus sign.
const SEPA: [&str; 13] =
    ["EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC", "PURP"];

/// The names of the parts of the Dutch form, between slashes.
const DUTCH: [&str; 26] = [
    "EREF", "KREF", "MARF", "PREF", "ORDP", "BENM", "CNTP", "NAME", "IBAN", "BIC", "REMI", "ISDT", "CSID", "TRTP",
    "TRCD", "ADDR", "PURP", "ULTB", "ULTC", "ULTD", "RTRN", "SVCL", "TRAN", "OCMT", "CHGS", "EXCH",
];

/// What a field 86 says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Details {
    pub(super) payee: Option<String>,
    pub(super) description: Option<String>,
}

/// Parses the lines of a field 86.
pub(super) fn parse(lines: &[String]) -> Details {
    // Lines break anywhere in the German form, also within the name of a part.
    let together = lines.concat();
    if let Some(details) = german(&together) {
        return details;
    }
    let mut joined = String::new();
    let mut last_is_full = false;
    for line in lines {
        if !last_is_full {
            joined.push(' ');
        }
        joined.push_str(line);
        last_is_full = line.chars().count() >= FULL_LINE;
    }
    let joined = joined.trim();
    dutch(joined).unwrap_or_else(|| Details { payee: None, description: text::line(joined) })
}

/// Whether a field has the German form.
pub(super) fn is_german(field: &str) -> bool {
    german(field).is_some()
}

/// `166?00GUTSCHRIFT?20SVWZ+Rent?32MUELLER`: three digits, then parts with two digits each. Other countries have other signs in
/// place of the question mark.
fn german(field: &str) -> Option<Details> {
    let field = field.trim_start();
    let digits = field.bytes().take_while(u8::is_ascii_digit).count().min(3);
    let parts = field.get(digits..)?;
    let sign = parts.chars().next().filter(|sign| "?>~<^|".contains(*sign))?;
    let is_code = |part: &str| part.get(..2).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_code(parts.get(1..)?) {
        return None;
    }
    let (mut booking, mut purpose, mut payee) = (String::new(), String::new(), String::new());
    let mut last_is_full = true;
    let mut target = 0;
    for part in parts.split(sign).skip(1) {
        let (code, value) = match part.get(..2).filter(|_| is_code(part)) {
            Some(code) => (code.parse().unwrap_or_default(), part.get(2..).unwrap_or_default()),
            // The sign stands in the text itself.
            None => (target, part),
        };
        match code {
            0 => booking.push_str(value),
            20..=29 | 60..=65 => {
                if !last_is_full
                    || SEPA.iter().any(|name| value.strip_prefix(name).is_some_and(|rest| rest.starts_with('+')))
                {
                    purpose.push(' ');
                }
                purpose.push_str(value);
                last_is_full = value.chars().count() >= FULL_PART;
            }
            32 | 33 => payee.push_str(value),
            _ => {}
        }
        target = code;
    }
    let description = text::line(&sepa(&purpose)).or_else(|| text::line(&booking));
    Some(Details { payee: text::line(&payee), description })
}

/// The text for people in a SEPA purpose: what follows `SVWZ+`, up to the next part. Any other purpose as it is.
fn sepa(purpose: &str) -> String {
    let Some((_, text)) = purpose.split_once("SVWZ+") else { return purpose.to_owned() };
    let ends = SEPA.iter().filter_map(|name| text.find(&format!("{name}+")));
    let text = text.get(..ends.min().unwrap_or(text.len())).unwrap_or(text);
    if text.trim().is_empty() { purpose.to_owned() } else { text.to_owned() }
}

/// `/EREF/4711/BENM//NAME/JOHN DOE/REMI/Rent`: names between slashes, each followed by its text.
fn dutch(field: &str) -> Option<Details> {
    let mut parts: Vec<(&str, &str)> = Vec::new();
    let mut rest = field.strip_prefix('/')?;
    let (mut name, mut text) = name_of(rest)?;
    loop {
        rest = text;
        // The next name, if there is one.
        let next = rest.match_indices('/').find_map(|(at, _)| Some((at, name_of(rest.get(at + 1..)?)?)));
        let Some((at, (next_name, next_text))) = next else {
            parts.push((name, rest));
            break;
        };
        parts.push((name, rest.get(..at).unwrap_or_default()));
        (name, text) = (next_name, next_text);
    }
    let find = |wanted: &str| parts.iter().find(|(name, _)| *name == wanted).map(|(_, text)| *text);
    // ING writes the account, the bank, the name and the town of the other party into one part.
    let other = find("CNTP").and_then(|text| text.split('/').nth(2));
    let purpose = find("REMI").map(|text| text.strip_prefix("USTD//").unwrap_or(text).trim_end_matches('/'));
    let payee = find("NAME").or(other).and_then(text::line);
    Some(Details { payee, description: purpose.and_then(text::line).or_else(|| text::line(field)) })
}

/// Splits `NAME/text`, when the name is one of the known ones.
fn name_of(rest: &str) -> Option<(&'static str, &str)> {
    let (name, text) = rest.split_once('/')?;
    let name = DUTCH.iter().find(|known| **known == name)?;
    Some((name, text))
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn read(lines: &[&str]) -> (String, String) {
        let lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        let details = parse(&lines);
        (details.payee.unwrap_or_default(), details.description.unwrap_or_default())
    }

    #[test]
    fn the_forms_of_several_countries_are_read() {
        for (lines, payee, description) in [
            (
                vec![
                    "166?00GUTSCHRIFT?109310?20EREF+NOTPROVIDED?21SVWZ+Miete November Wohn?22ung 3 ABWA+Amt",
                    "?30BANKDEFF?31DE00?3",
                    "2Mueller?33 GmbH",
                ],
                "Mueller GmbH",
                "Miete November Wohn ung 3",
            ),
            (vec!["166?20SVWZ+Vertrag 12345678 Beitr?21ag Mai?32Huber"], "Huber", "Vertrag 12345678 Beitrag Mai"),
            (vec!["805?00ENTGELTABSCHLUSS?106666?3012345678"], "", "ENTGELTABSCHLUSS"),
            (
                vec!["000>100987654321", ">20ALGEMENE TUSSENREKENING KOS>21TEN VAN 01-10-2010>310390123456"],
                "",
                "ALGEMENE TUSSENREKENING KOSTEN VAN 01-10-2010",
            ),
            (vec!["020~00PRZELEW~20Czynsz~32JAN NOWAK"], "JAN NOWAK", "Czynsz"),
            (
                vec!["/EREF/01-01-2013 12:00/BENM//NAME/CONTRA ACCOUN T HOLDER/REMI/Factuur 7/ISDT/2013-07-11"],
                "CONTRA ACCOUN T HOLDER",
                "Factuur 7",
            ),
            (vec!["/EREF/EV1/CNTP/NL12INGB/INGBNL2A/J. Jansen///REMI/USTD//Huur mei/"], "J. Jansen", "Huur mei"),
            (
                vec!["BEA   NR:XXX1234   21.05.11/12.54 SHOP", "2500 KATWIJK"],
                "",
                "BEA NR:XXX1234 21.05.11/12.54 SHOP 2500 KATWIJK",
            ),
            (vec![&"x".repeat(65), "yz"], "", &("x".repeat(65) + "yz")),
            (vec!["2026 was a year"], "", "2026 was a year"),
            (vec![""], "", ""),
        ] {
            assert_eq!(read(&lines), (payee.to_owned(), description.to_owned()), "{lines:?}");
        }
    }
}
