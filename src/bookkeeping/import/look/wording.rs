//! What single words of a file tell: its currency, and which of its transactions did not happen.

use std::collections::BTreeSet;

use super::{
    super::profile::{
        Column, SkipRule, TextMatch,
        notation::{cell, currency_sign, status_word},
        record::Record,
    },
    finding::{Answer, Notes},
    header,
    vocabulary::Role,
};
use crate::money::Currency;

/// What banks write beside transactions that did not happen, or not yet. Written into every profile of a file with such a
/// column, since the next file may have them although this one has not.
const NOT_BOOKED: &[&str] = &[
    "pending",
    "reverted",
    "declined",
    "failed",
    "cancelled",
    "canceled",
    "rejected",
    "expired",
    "reversed",
    "in progress",
];
/// The text of a rule that says that lines with all other texts, also unknown ones, are booked.
const ALL_OTHERS: &str = "not a payment";

/// What banks write beside transactions that are not booked yet, whatever the column is called. Only words that say nothing
/// else: a column with `Processing fee` is no status.
const PENDING: &[&str] = &[
    "pending",
    "vorgemerkt",
    "vormerkung",
    "en attente",
    "in behandeling",
    "pendiente",
    "in attesa",
    "in sospeso",
    "non contabilizzato",
    "pendente",
    "oczekujaca",
    "beklemede",
    "reserverad",
    "reserverat",
    "reserveret",
    "reservert",
    "venter",
    "afventer",
    "vantar",
    "fuggoben",
    "в обработке",
    "معلق",
    "معلقة",
    "قيد الانتظار",
    "लंबित",
    "处理中",
    "處理中",
    "処理中",
];

/// Whether a text of a status column says that the transaction did not happen.
pub(super) fn is_not_booked(text: &str) -> bool {
    status_word::is_not_booked(text)
}

/// Whether one of a few short texts of a column says that the transaction is not booked yet.
pub(super) fn is_pending(text: &str) -> bool {
    let folded = cell::folded(text);
    folded.split(' ').count() <= 3 && status_word::has_any(&folded, PENDING)
}

/// The rules by which transactions that did not happen are skipped.
pub(super) fn not_booked<'a>(column: &Column, texts: impl Iterator<Item = &'a String>) -> Vec<SkipRule> {
    let is_known = |text: &String| NOT_BOOKED.contains(&cell::folded(text).as_str());
    let mut present: Vec<_> = texts.filter(|text| is_not_booked(text) && !is_known(text)).cloned().collect();
    present.sort();
    let all = NOT_BOOKED.iter().map(|text| (*text).to_owned()).chain(present);
    all.map(|text| SkipRule { column: Some(column.clone()), text, is: TextMatch::Equal }).collect()
}

/// Whether the header says that a column is a status.
pub(super) fn is_status(name: &str, texts: &BTreeSet<String>) -> bool {
    // A state may be one of a country.
    let is_of_country = || cell::folded(name) == "state" && !texts.iter().any(|text| is_known_status(text));
    header::meanings(name).iter().any(|meaning| meaning.role == Role::Status) && !is_of_country()
}

fn is_known_status(text: &str) -> bool {
    status_word::is_booked(text) || is_not_booked(text)
}

/// Asks about texts of a status of which it is not known whether the transaction is booked, where there are others. A rule
/// for each of them answers it, or the rule that all others are booked. The answers keep the rules that the user gave before.
pub(super) fn ask_status(column: &Column, texts: &BTreeSet<String>, said: &[SkipRule], notes: &mut Notes) {
    // More texts are no status.
    const MOST: usize = 8;
    let is_here = |rule: &SkipRule| rule.column.as_ref().is_none_or(|of| of == column);
    let skips = |rule: &SkipRule, text: &str| is_here(rule) && (rule.text == ALL_OTHERS || is_skipped(text, rule));
    let is_unknown = |text: &&String| !is_known_status(text) && !said.iter().any(|rule| skips(rule, text));
    let unknown: Vec<_> = texts.iter().filter(is_unknown).collect();
    if unknown.is_empty() || !(2..=MOST).contains(&texts.len()) {
        return;
    }
    let answer = |text: &str, meaning: String| {
        let kept = said.iter().filter(|rule| rule.column.as_ref() != Some(column) || !is_not_booked(&rule.text));
        let rule = SkipRule { column: Some(column.clone()), text: text.to_owned(), is: TextMatch::Equal };
        let rules: Vec<_> = kept.cloned().chain([rule]).collect();
        Answer::new(serde_json::to_string(&rules).unwrap_or_default(), meaning)
    };
    let out = |text: &&String| answer(text, format!("{} is not booked, and is left out.", cell::quoted(text)));
    let booked = answer(ALL_OTHERS, "All of them are booked, and are read.".to_owned());
    let answers = unknown.iter().map(out).chain([booked]).collect();
    let quoted = unknown.iter().map(|text| cell::quoted(text)).collect::<Vec<_>>().join(", ");
    notes.ask("skip", format!("Are lines booked that have {quoted} as {column}?"), answers);
}

/// Whether a rule skips a text.
fn is_skipped(text: &str, rule: &SkipRule) -> bool {
    let (text, of_rule) = (cell::name(text), cell::name(&rule.text));
    match rule.is {
        TextMatch::Equal => text == of_rule,
        TextMatch::Beginning => text.starts_with(&of_rule),
        TextMatch::Part => text.contains(&of_rule),
    }
}

/// The currency that the name of a column says: `Betrag (EUR)`, `Amount £`.
pub(super) fn currency_of_name(name: &str) -> Option<Currency> {
    // Words of headers that are codes of currencies, too.
    const WORDS: [&str; 4] = ["ALL", "TOP", "TRY", "CUP"];
    let words = name.split(|c: char| c.is_whitespace() || "()[]{},:;/".contains(c)).filter(|word| !word.is_empty());
    let is_code = |word: &&str| word.bytes().all(|byte| byte.is_ascii_uppercase()) && !WORDS.contains(word);
    let is_sign = |word: &&str| word.chars().all(|c| !c.is_alphanumeric());
    let mut found =
        words.filter(|word| is_code(word) || is_sign(word)).filter_map(|word| currency_sign::find(word).flatten());
    found.next()
}

/// The currency that the records before the header say.
pub(super) fn currency_before<'a>(records: impl Iterator<Item = &'a Record>) -> Option<Currency> {
    for record in records {
        let cells: Vec<_> = record.cells().map(cell::bare).filter(|text| !text.is_empty()).collect();
        let parts: Vec<&str> =
            cells.iter().flat_map(|text| text.split(':')).map(str::trim).filter(|text| !text.is_empty()).collect();
        for pair in parts.windows(2) {
            let [name, value] = pair else { continue };
            let is_currency = header::meanings(name).first().is_some_and(|meaning| meaning.role == Role::Currency);
            if let (true, Some(currency)) = (is_currency, currency_sign::code(value)) {
                return Some(currency);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::currency_of_name;

    #[test]
    fn names_of_columns_tell_the_currency() {
        let code = |name| currency_of_name(name).map(|currency| currency.code());
        for (name, expected) in [
            ("Betrag (EUR)", Some("EUR")),
            ("Amount GBP", Some("GBP")),
            ("Balance (£)", Some("GBP")),
            ("Importe €", Some("EUR")),
            ("Amount", None),
            ("AMOUNT ALL", None),
            ("Amount ($)", None),
            ("Soll", None),
        ] {
            assert_eq!(code(name), expected, "{name}");
        }
    }
}
