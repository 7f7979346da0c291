//! What single words of a file tell: its currency, and which of its transactions did not happen.

use super::{
    super::profile::{
        Column, SkipRule, TextMatch,
        notation::{cell, currency_sign},
        record::Record,
    },
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
/// The same in other languages; written into a profile where a file has them.
const NOT_BOOKED_ELSEWHERE: &[&str] = &[
    "vorgemerkt",
    "offen",
    "abgelehnt",
    "storniert",
    "nicht ausgefuhrt",
    "in behandeling",
    "geweigerd",
    "geannuleerd",
    "en attente",
    "refuse",
    "annule",
    "pendiente",
    "rechazado",
    "rechazada",
    "cancelado",
    "cancelada",
    "in attesa",
    "rifiutato",
    "annullato",
    "pendente",
    "recusado",
    "oczekujaca",
    "odrzucona",
    "anulowana",
    "в обработке",
    "отклонено",
    "отклонен",
    "отменено",
    "failed",
    "beklemede",
    "reddedildi",
    "iptal",
    "iptal edildi",
    "معلق",
    "مرفوض",
    "ملغي",
    "लंबित",
    "अस्वीकृत",
    "vykdoma",
    "atmesta",
    "vantande",
    "reserverad",
    "not completed",
    "unsuccessful",
    "authorised",
    "authorized",
    "hold",
    "blocked",
    "authorization",
    "refused",
    "denied",
    "removed",
];

/// What banks write beside transactions that are not booked yet, whatever the column is called.
const PENDING: &[&str] = &[
    "pending",
    "vorgemerkt",
    "vormerkung",
    "en attente",
    "in behandeling",
    "pendiente",
    "in attesa",
    "oczekujaca",
    "beklemede",
    "reserverad",
    "в обработке",
];

/// Whether a text of a status column says that the transaction did not happen.
pub(super) fn is_not_booked(text: &str) -> bool {
    let folded = cell::folded(text);
    has_any(&folded, NOT_BOOKED) || has_any(&folded, NOT_BOOKED_ELSEWHERE)
}

/// Whether one of a few short texts of a column says that the transaction is not booked yet.
pub(super) fn is_pending(text: &str) -> bool {
    let folded = cell::folded(text);
    folded.split(' ').count() <= 3 && has_any(&folded, PENDING)
}

/// Whether a text has one of the phrases as words of its own: `Umsatz vorgemerkt`.
fn has_any(folded: &str, phrases: &[&str]) -> bool {
    // `Not failed` and `nicht storniert` did happen.
    const NOT: [&str; 4] = ["not", "nicht", "no", "non"];
    phrases.iter().any(|phrase| {
        folded.match_indices(phrase).any(|(at, _)| {
            let (before, after) = (folded.get(..at).unwrap_or_default(), folded.get(at + phrase.len()..));
            let is_word = before.is_empty() || before.ends_with(' ');
            let is_whole = after.is_none_or(|after| after.is_empty() || after.starts_with(' '));
            is_word && is_whole && !before.trim_end().rsplit(' ').next().is_some_and(|word| NOT.contains(&word))
        })
    })
}

/// The rules by which transactions that did not happen are skipped.
pub(super) fn not_booked<'a>(column: &Column, texts: impl Iterator<Item = &'a String>) -> Vec<SkipRule> {
    let is_known = |text: &String| NOT_BOOKED.contains(&cell::folded(text).as_str());
    let mut present: Vec<_> = texts.filter(|text| is_not_booked(text) && !is_known(text)).cloned().collect();
    present.sort();
    let all = NOT_BOOKED.iter().map(|text| (*text).to_owned()).chain(present);
    all.map(|text| SkipRule { column: Some(column.clone()), text, is: TextMatch::Equal }).collect()
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
