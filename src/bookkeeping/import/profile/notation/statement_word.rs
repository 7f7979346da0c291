//! The words by which files name records that are no transactions: balances, turnovers, totals.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::{cell, currency_sign};

/// What a record says that is no transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementWord {
    /// The balance before the first transaction.
    Opening,
    /// The balance after the last transaction.
    Closing,
    /// A turnover, or another balance.
    Turnover,
    /// A total, or the end of the list. A shop may have this name, so it counts only where there is no date.
    Total,
}

const OPENING: &str = "letzter kontostand|kontostand am anfang|opening balance|balance brought forward|brought forward|b f|balance b f|balance bf|previous balance\
    |starting balance|beginning balance|start balance|balance forward|initial balance|opening book balance|anfangssaldo\
    |alter kontostand|alter saldo|saldovortrag|kontostand alt|startsaldo|beginsaldo|vorig saldo|oud saldo|solde precedent\
    |ancien solde|solde initial|solde anterieur|solde d ouverture|saldo inicial|saldo anterior|saldo iniziale|saldo precedente\
    |saldo poczatkowe|saldo otwarcia|начальный остаток|входящий остаток|остаток на начало|входящее сальдо|acilis bakiyesi|devir\
    |devreden bakiye|onceki bakiye|likutis pradziai|pradinis likutis|likutis laikotarpio pradziai|pocatecni zustatek\
    |nyito egyenleg|ingaende saldo|ingaende balans|alkusaldo|الرصيد الافتتاحي|الرصيد السابق|प्रारंभिक शेष|saldo awal|algsaldo";
const CLOSING: &str = "closing balance|balance carried forward|carried forward|c f|balance c f|balance cf|ending balance|end balance\
    |new balance|final balance|closing book balance|endsaldo|neuer kontostand|neuer saldo|kontostand neu|schlusssaldo|abschlusssaldo\
    |eindsaldo|nieuw saldo|nouveau solde|solde final|solde de cloture|solde fin de periode|saldo final|saldo actual|saldo finale\
    |saldo koncowe|saldo zamkniecia|конечный остаток|исходящий остаток|остаток на конец|исходящее сальдо|kapanis bakiyesi\
    |son bakiye|likutis pabaigai|galutinis likutis|likutis laikotarpio pabaigai|konecny zustatek|zaro egyenleg|utgaende saldo\
    |utgaende balans|loppusaldo|الرصيد الختامي|الرصيد النهائي|अंतिम शेष|saldo akhir|lopsaldo|loppsaldo|lõppsaldo|lopp saldo";
const TURNOVER: &str = "turnover|debit turnover|credit turnover|total turnover|total debits|total credits|total debit|total credit\
    |umsatz soll|umsatz haben|summe soll|summe haben|apyvarta|debeto apyvarta|kredito apyvarta|обороты|оборот|оборот по дебету\
    |оборот по кредиту|obroty|suma obciazen|suma uznan|total des debits|total des credits|totaal af|totaal bij\
    |available balance|ledger balance|current balance|balance|saldo|kontostand|kontosaldo|aktueller kontostand|solde|saldo disponible\
    |остаток|bakiye|likutis|الرصيد|kaive|turnovers|total deposits|total withdrawals|toplam borc|toplam alacak";
const TOTAL: &str = "total|totals|grand total|subtotal|sub total|summe|gesamt|gesamtsumme|umsatz|totaal|totale|totales|sous total|suma|razem\
    |итого|всего|toplam|is viso|viso|summa|ukupno|celkem|osszesen|الاجمالي|المجموع|कुल|end of statement|end of report|end of file|end\
    |fine|fin|ende|number of transactions|transaction count|records";

/// What stands in the place of the date of a transaction that is not booked yet.
const PENDING: &[&str] = &[
    "pending",
    "processing",
    "authorised",
    "authorized",
    "vorgemerkt",
    "offen",
    "ausstehend",
    "in behandeling",
    "en attente",
    "pendiente",
    "in attesa",
    "pendente",
    "oczekujaca",
    "в обработке",
    "beklemede",
    "reserverad",
    "معلق",
    "vykdoma",
];

/// Words that may be beside the others: `closing balance as of 20.11.2026`.
const FILLERS: &[&str] = &[
    "on", "as", "of", "at", "per", "am", "zum", "vom", "au", "al", "a", "le", "du", "op", "il", "dnia", "na", "от",
    "на", "the", "date", "за", "к", "iki", "for", "account",
];

static WORDS: LazyLock<HashMap<&str, StatementWord>> = LazyLock::new(|| {
    let lists = [
        (OPENING, StatementWord::Opening),
        (CLOSING, StatementWord::Closing),
        (TURNOVER, StatementWord::Turnover),
        (TOTAL, StatementWord::Total),
    ];
    lists.into_iter().flat_map(|(list, word)| list.split('|').map(move |text| (text, word))).collect()
});

/// The first words of all phrases, so that most texts are told apart at once.
static FIRST_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| WORDS.keys().filter_map(|text| text.split(' ').next()).collect());

/// What a cell says, when it says nothing else. Dates, numbers and currencies beside the words do not count.
#[must_use]
pub fn find(text: &str) -> Option<StatementWord> {
    const LONGEST: usize = 100;
    let begin = text.find(char::is_alphabetic)?;
    if text.len() > LONGEST || !begins_phrase(text.get(begin..)?) {
        return None;
    }
    let folded = cell::folded(text);
    let is_kept = |word: &&str| !word.contains(|c: char| c.is_ascii_digit()) && currency_sign::code(word).is_none();
    let words: Vec<_> = folded.split(' ').filter(is_kept).collect();
    let exact = words.join(" ");
    let found = WORDS.get(exact.as_str()).copied();
    found.or_else(|| {
        let rest: Vec<_> = words.into_iter().filter(|word| !FILLERS.contains(word)).collect();
        WORDS.get(rest.join(" ").as_str()).copied()
    })
}

/// Whether a text that stands in the place of a date says that the transaction is not booked yet.
#[must_use]
pub fn is_pending(text: &str) -> bool {
    PENDING.contains(&cell::folded(text).as_str())
}

/// Whether the first word begins a phrase. Called for every cell of a file, so words of ASCII are compared without taking
/// memory.
fn begins_phrase(text: &str) -> bool {
    let mut short = [0_u8; 32];
    let end = text.find(|c: char| !c.is_alphanumeric() && c.is_ascii()).unwrap_or(text.len());
    let word = text.get(..end).unwrap_or(text);
    match (word.is_ascii(), short.get_mut(..word.len())) {
        (true, Some(lower)) => {
            lower.copy_from_slice(word.as_bytes());
            lower.make_ascii_lowercase();
            std::str::from_utf8(lower).is_ok_and(|word| FIRST_WORDS.contains(word))
        }
        (true, None) => false,
        (false, _) => cell::folded(word).split(' ').next().is_some_and(|word| FIRST_WORDS.contains(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        StatementWord::{Closing, Opening, Total, Turnover},
        find,
    };

    #[test]
    fn records_that_are_no_transactions_are_known_by_their_words() {
        for (text, expected) in [
            ("Opening balance", Some(Opening)),
            ("OPENING BALANCE:", Some(Opening)),
            ("Balance B/F", Some(Opening)),
            ("Closing balance as of 20.11.2026", Some(Closing)),
            ("Saldo final EUR", Some(Closing)),
            ("Neuer Kontostand vom 30.11.2026", Some(Closing)),
            ("Turnover", Some(Turnover)),
            ("Обороты", Some(Turnover)),
            ("TOTAL", Some(Total)),
            ("Total des débits", Some(Turnover)),
            ("Bread", None),
            ("Opening balance transfer to savings", None),
            ("Closing", None),
            ("", None),
            ("20.11.2026", None),
        ] {
            assert_eq!(find(text), expected, "{text}");
        }
    }
}
