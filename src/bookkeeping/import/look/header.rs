//! Finds the header of a file, and what its names mean.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    super::profile::{
        Column, Columns,
        notation::{cell, currency_sign, date, number},
        record::Record,
    },
    dialect::{Sheet, is_transaction},
    hints::Hints,
    vocabulary::{Role, WORDS},
};

/// The most words of a phrase.
const LONGEST_PHRASE: usize = 5;

/// The phrases with their roles, and whether they are English.
static PHRASES: LazyLock<HashMap<String, Vec<(Role, bool)>>> = LazyLock::new(|| {
    let mut phrases: HashMap<_, Vec<_>> = HashMap::new();
    for (role, english, others) in WORDS {
        for (list, is_english) in [(english, true), (others, false)] {
            for phrase in list.split('|') {
                phrases.entry(cell::folded(phrase)).or_default().push((*role, is_english));
            }
        }
    }
    phrases
});

/// A role that a name may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) role: Role,
    /// The longer the phrase that is known, the higher.
    pub(super) score: usize,
    pub(super) is_english: bool,
}

/// What a name of a column may mean, the most likely first.
pub(super) fn meanings(name: &str) -> Vec<Meaning> {
    let folded = cell::folded(&spaced(name));
    if folded.is_empty() {
        // `+/-`, and nothing else that is no word, says what kind the amount is.
        let is_flag = name.contains('+') && name.contains('-');
        return is_flag.then_some(Meaning { role: Role::Flag, score: 20, is_english: false }).into_iter().collect();
    }
    let is_kept = |word: &&str| currency_sign::code(word).is_none() || !has_upper_code(name, word);
    let words: Vec<_> = folded.split(' ').filter(is_kept).collect();
    let mut found: Vec<Meaning> = Vec::new();
    for length in (1..=words.len().min(LONGEST_PHRASE)).rev() {
        for part in words.windows(length) {
            let phrase = part.join(" ");
            let is_whole = length == words.len();
            // A short word says little beside others: `in` is money in only when it stands alone. Words of Chinese, Japanese and
            // Korean are short.
            let is_short = phrase.chars().count() < if phrase.chars().all(|c| c >= '\u{2E80}') { 2 } else { 4 };
            if !is_whole && is_short {
                continue;
            }
            for (role, is_english) in PHRASES.get(&phrase).into_iter().flatten() {
                let score = 10 * length + if is_whole { 5 } else { 0 };
                match found.iter_mut().find(|other| other.role == *role) {
                    Some(other) if other.score == score => other.is_english |= is_english,
                    Some(_) => {}
                    None => found.push(Meaning { role: *role, score, is_english: *is_english }),
                }
            }
        }
    }
    let best = found.iter().map(|meaning| meaning.score).max().unwrap_or_default();
    // `Foreign amount` is no amount: what is known by more words counts alone.
    found.retain(|meaning| meaning.score / 10 == best / 10);
    found.sort_by_key(|meaning| std::cmp::Reverse(meaning.score));
    found
}

/// A name with blanks between its words: `RunningBalance`.
fn spaced(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 2);
    let mut was_lower = false;
    for c in name.chars() {
        if was_lower && c.is_uppercase() {
            spaced.push(' ');
        }
        was_lower = c.is_lowercase();
        spaced.push(c);
    }
    spaced
}

/// Whether a name has this word in capital letters, as the codes of currencies are written.
fn has_upper_code(name: &str, word: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|other| other.eq_ignore_ascii_case(word) && other.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// The position of the header among the records, and whether its words are known.
pub(super) fn find(sheet: &Sheet, hints: &Hints) -> Option<(usize, bool)> {
    if hints.header == Some(false) {
        return None;
    }
    let begin = hints.skip_leading.unwrap_or_default();
    let records = || sheet.records.iter().enumerate().skip(begin).take(60);
    let named = |columns: &Columns| {
        let names = columns.all().filter_map(|column| match column {
            Column::Named(name) if !name.is_empty() => Some(cell::name(name)),
            _ => None,
        });
        names.collect::<Vec<_>>()
    };
    let named = named(&hints.columns);
    let has_all = |record: &Record| named.iter().all(|name| record.cells().any(|cell| cell::name(cell) == *name));
    if !named.is_empty()
        && let Some((at, _)) = records().find(|(_, record)| has_all(record))
    {
        return Some((at, true));
    }
    let scored = records().map(|(at, record)| (at, score(record))).filter(|(_, score)| *score > 1);
    // Of equals the first one counts.
    if let Some((at, _)) = scored.rev().max_by_key(|(_, score)| *score) {
        return Some((at, true));
    }
    before_data(sheet, begin).map(|at| (at, false))
}

/// How many columns a record names, if it is a header: it names a date or an amount, and has no date or number.
fn score(record: &Record) -> usize {
    let is_value =
        |text: &str| date::date(text).is_some() || number::number(text).is_some_and(|number| number.is_like_money);
    if record.len() < 2 || record.cells().any(is_value) {
        return 0;
    }
    let roles: Vec<_> =
        record.cells().map(|text| meanings(text).into_iter().map(|meaning| meaning.role).collect::<Vec<_>>()).collect();
    let has = |wanted: &[Role]| roles.iter().any(|roles| roles.iter().any(|role| wanted.contains(role)));
    let amounts = [Role::Amount, Role::Debit, Role::Credit, Role::Gross];
    let count = roles.iter().filter(|roles| !roles.is_empty()).count();
    if has(&[Role::Date, Role::ValueDate]) && has(&amounts) { count } else { 0 }
}

/// A record with names that are not known, right before the first transaction.
fn before_data(sheet: &Sheet, begin: usize) -> Option<usize> {
    let first = (begin..sheet.records.len()).find(|at| sheet.records.get(*at).is_some_and(is_transaction))?;
    let at = first.checked_sub(1).filter(|at| *at >= begin)?;
    let (header, data) = (sheet.records.get(at)?, sheet.records.get(first)?);
    let is_name =
        |text: &str| !text.trim().is_empty() && text.chars().any(char::is_alphabetic) && date::date(text).is_none();
    let names = header.cells().filter(|text| is_name(text)).count();
    (header.len() == data.len() && names >= 2 && names * 2 > header.len()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::{Role, meanings};

    #[test]
    fn names_of_columns_are_understood_in_many_languages() {
        for (name, expected) in [
            ("Buchungstag", Role::Date),
            ("Transaction date", Role::Date),
            ("Дата операции", Role::Date),
            ("التاريخ", Role::Date),
            ("दिनांक", Role::Date),
            ("Value date", Role::ValueDate),
            ("Date valeur", Role::ValueDate),
            ("Betrag (EUR)", Role::Amount),
            ("Amount GBP", Role::Amount),
            ("Montant (EUR)", Role::Amount),
            ("المبلغ", Role::Amount),
            ("Kwota operacji", Role::Amount),
            ("Débit euros", Role::Debit),
            ("Withdrawal Amt.", Role::Debit),
            ("Paid out", Role::Debit),
            ("Crédit", Role::Credit),
            ("Money In", Role::Credit),
            ("Debit/Credit", Role::Flag),
            ("D/K", Role::Flag),
            ("Af Bij", Role::Flag),
            ("+/-", Role::Flag),
            ("Amount in foreign currency", Role::Other),
            ("Verwendungszweck", Role::Description),
            ("Transaction Details", Role::Description),
            ("Begünstigter/Zahlungspflichtiger", Role::Payee),
            ("Merchant", Role::Payee),
            ("Saldo nach Buchung", Role::Balance),
            ("Balance (GBP)", Role::Balance),
            ("Währung", Role::Currency),
            ("Ref No.", Role::BankId),
        ] {
            assert_eq!(
                meanings(name).first().map(|meaning| meaning.role),
                Some(expected),
                "{name}: {:?}",
                meanings(name)
            );
        }
        assert_eq!(meanings("xyz"), []);
        assert_eq!(meanings(""), []);
    }
}
