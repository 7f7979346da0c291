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

const OPENING: &str = "letzter kontostand|kontostand am anfang|opening balance|balance brought forward|brought forward|b f|balance b f|balance bf\
    |balance forward|opening book balance|anfangssaldo|saldovortrag|vortrag|ubertrag|ubertrag vom vormonat|startsaldo|beginsaldo\
    |report a nouveau|solde reporte|solde d ouverture|saldo a conto|riporto|saldo riportato|suma z przeniesienia|остаток на начало\
    |devir|nakil|likutis pradziai|likutis laikotarpio pradziai|alkusaldo|algsaldo|saldo pindahan\
    |前日残高|前月残高|前回残高|前残高|前期繰越|前月繰越|前頁繰越|前ページ繰越|繰越|繰越残高|繰越金額|期首残高|期初余额|期初餘額|上期余额|上期餘額|上期结余|上期結餘\
    |上月余额|上月结余|上月結餘|承前页|承前頁|昨日余额|前日余额|起始余额|초기잔액|기초잔액|전일잔액|전월잔액|전월이월|이월잔액|이월|전기이월|ยอดยกมา\
    |ยอดเงินยกมา|ยอดคงเหลือยกมา|số dư đầu|số dư đầu kỳ|số dư đầu ngày|số dư đầu tháng|số dư trước|υπολοιπο εκ μεταφορας|εκ μεταφορας";
const CLOSING: &str = "balance carried forward|carried forward|c f|balance c f|balance cf|closing book balance|endsaldo|schlusssaldo|abschlusssaldo|abschlusssaldo\
    |eindsaldo|solde de cloture|solde fin de periode|a reporter|solde a reporter|da riportare|do przeniesienia|остаток на конец\
    |likutis pabaigai|likutis laikotarpio pabaigai|loppusaldo|lopsaldo|loppsaldo|lopp saldo\
    |期末残高|次月繰越|次期繰越|翌月繰越|翌日繰越|当日残高|当月残高|最終残高|期末余额|期末餘額|本期余额|本期餘額|本期结余|本期結餘|本月余额|本月结余|过次页|過次頁|转下页\
    |기말잔액|당일잔액|차월이월|차기이월|최종잔액|ยอดยกไป|ยอดคงเหลือยกไป|số dư cuối|số dư cuối kỳ|số dư cuối ngày|số dư cuối tháng|số dư mới";
const TURNOVER: &str = "turnover|debit turnover|credit turnover|total turnover|total debits|total credits|total debit|total credit\
    |umsatz soll|umsatz haben|summe soll|summe haben|apyvarta|debeto apyvarta|kredito apyvarta|обороты|оборот|оборот по дебету\
    |оборот по кредиту|obroty|suma obciazen|suma uznan|total des debits|total des credits|totaal af|totaal bij\
    |balance|saldo|kontostand|kontosaldo|solde|остаток|сальдо|залишок|bakiye|likutis|الرصيد|رصيد|kaive|turnovers|total deposits\
    |total withdrawals|toplam borc|toplam alacak|stan konta|stan rachunku|zustatek|zostatok|egyenleg|stanje|υπολοιπο|शेष राशि\
    |残高|現在残高|差引残高|余额|餘額|结余|結餘|账户余额|当前余额|可用余额|잔액|현재잔액|계좌잔액|ยอดคงเหลือ|số dư|số dư hiện tại|sisa saldo";
const TOTAL: &str = "total|totals|grand total|subtotal|sub total|summe|gesamt|gesamtsumme|umsatz|totaal|totale|totales|sous total|suma|razem\
    |итого|всего|toplam|is viso|viso|summa|ukupno|celkem|osszesen|الاجمالي|المجموع|कुल|end of statement|end of report|end of file|end\
    |fine|fin|ende|number of transactions|transaction count|records|sum|합계|총계|合計|合计|总计|總計|小計|小计|รวม|tổng cộng|tổng|jumlah|συνολο|spolu|σύνολα";

/// Words for a balance. With one of the words below beside them, and nothing else, they are that balance.
const BALANCES: &str = "balance|balances|bal|saldo|saldi|saldos|saldot|salden|salda|kontostand|kontosaldo|solde|soldes|sold|soldul|stan\
    |zustatek|zustatku|zostatok|stanje|egyenleg|bakiye|bakiyesi|остаток|сальдо|баланс|залишок|салдо|υπολοιπο|likutis|atlikums|jaak|balans|رصيد|शेष";
const OPENING_WORDS: &str = "open|opening|start|starting|begin|beginning|initial|previous|prev|prior|old|last|brought|bf\
    |anfang|anfanglicher|anfangs|alter|alte|altes|alt|vorheriger|vorherige|voriger|bisheriger|letzter|letztes\
    |inicial|anterior|previo|apertura|inicio|comienzo|iniziale|precedente|precedent|anterieur|ancien|ouverture|debut|abertura\
    |poczatkowy|poczatkowe|poprzedni|poprzednie|otwarcia|poczatek|pocatecni|pociatocny|predchozi|predchadzajuci|minuly\
    |pocetno|pocetni|prethodno|prethodni|zacetno|nyito|elozo|indulo|vorig|vorige|oud|oude\
    |ingaende|foregaende|forra|tidigare|indgaende|forrige|primo|inngaende|forste|alku|edellinen|aloitus|sakuma|pradinis\
    |αρχικο|προηγουμενο|начальный|начальное|входящий|входящее|предыдущий|предыдущее|начало|початковий|вхідний|попередній\
    |acilis|devir|devreden|onceki|baslangic|ilk|awal|sebelumnya|lalu|افتتاحي|سابق|مرحل|اول|بداية|منقول|प्रारंभिक|आरंभिक|पिछला|initiala|precedenta|deschidere";
const CLOSING_WORDS: &str = "close|closing|end|ending|final|new|carried|cf|ende|endgultiger|neuer|neue|neues|schluss|abschluss|abschliessender\
    |actual|nuevo|cierre|fin|finale|nuovo|chiusura|nouveau|cloture|novo|fecho|encerramento|atual|eind|nieuw|nieuwe\
    |koncowy|koncowe|zamkniecia|nowy|nowe|koniec|konecny|konecne|novy|zaverecny|zavrsno|zavrsni|koncno|novo|zaro|uj\
    |utgaende|nytt|ny|nya|udgaende|slut|ultimo|loppu|uusi|lopp|beigu|galutinis|τελικο|νεο\
    |конечный|конечное|исходящий|исходящее|конец|новый|кінцевий|вихідний|новий|kapanis|son|yeni|akhir|baru\
    |ختامي|نهائي|جديد|اغلاق|अंतिम|नया|finala|inchidere|final|noul";
/// Words by which a balance is another one, or a total is one of something.
const OTHER_WORDS: &str = "available|ledger|current|book|cleared|aktueller|verfugbarer|verfugbar|disponible|disponibles|disponivel|disponibile\
    |contable|contabile|contabilistico|contabil|comptable|dostepne|biezace|dostupny|текущий|доступный|поточний|доступний|kullanilabilir|guncel\
    |حالي|متاح|متوفر|دفتري|حساب|actuel|corrente|beschikbaar|huidig|huidige|aktuellt|disponibelt|tillgangligt|disponibel|aktuel|उपलब्ध|वर्तमान|saatavilla";
const TOTALS: &str =
    "total|totals|totaal|totale|totales|summe|gesamt|suma|summa|toplam|итого|всего|ukupno|celkem|osszesen";
const OF_TOTALS: &str = "transaction|transactions|debit|debits|credit|credits|dr|cr|amount|amounts|deposits|withdrawals|payments|receipts|general|page\
    |and|charges|fees|soll|haben|ausgaben|einnahmen|debe|haber|cargos|abonos|debitos|creditos|movimientos|movimentos|operations|mouvements\
    |uitgaven|inkomsten|entrate|uscite|addebiti|accrediti|operazioni|geral|generale|op|дебет|кредит|по|дебету|кредиту|расход|приход|obciazen|uznan|borc|alacak";

/// Words that may be beside the others: `closing balance as of 20.11.2026`.
const FILLERS: &[&str] = &[
    "on", "as", "of", "at", "per", "am", "zum", "vom", "au", "al", "a", "le", "du", "op", "il", "dnia", "na", "от",
    "на", "the", "date", "за", "к", "iki", "for", "account", "de", "d", "di", "do", "el", "la", "der", "des", "του",
];

static WORDS: LazyLock<HashMap<String, StatementWord>> = LazyLock::new(|| {
    let lists = [
        (OPENING, StatementWord::Opening),
        (CLOSING, StatementWord::Closing),
        (TURNOVER, StatementWord::Turnover),
        (TOTAL, StatementWord::Total),
    ];
    lists.into_iter().flat_map(|(list, word)| list.split('|').map(move |text| (cell::folded(text), word))).collect()
});

/// What a word says about a balance or a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Balance,
    Opening,
    Closing,
    Other,
    Total,
    OfTotal,
}

static PARTS: LazyLock<HashMap<String, Part>> = LazyLock::new(|| {
    let lists = [
        (OF_TOTALS, Part::OfTotal),
        (OTHER_WORDS, Part::Other),
        (CLOSING_WORDS, Part::Closing),
        (OPENING_WORDS, Part::Opening),
        (TOTALS, Part::Total),
        (BALANCES, Part::Balance),
    ];
    lists.into_iter().flat_map(|(list, part)| list.split('|').map(move |text| (cell::folded(text), part))).collect()
});

/// The first words of all phrases, so that most texts are told apart at once.
static FIRST_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let firsts = WORDS.keys().filter_map(|text| text.split(' ').next());
    firsts.chain(PARTS.keys().map(String::as_str)).chain(FILLERS.iter().copied()).collect()
});

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
    if are_letters(&words) {
        return of_letters(&words.concat());
    }
    let found = WORDS.get(words.join(" ").as_str()).copied();
    found.or_else(|| {
        let rest: Vec<_> = words.into_iter().filter(|word| !FILLERS.contains(word)).collect();
        WORDS.get(rest.join(" ").as_str()).copied().or_else(|| of_parts(&rest))
    })
}

fn part(word: &str) -> Option<Part> {
    let article = || word.strip_prefix("ال").and_then(|word| PARTS.get(word));
    PARTS.get(word).or_else(article).copied()
}

/// What words say together, each of which is known: `Vorheriger Kontostand`, `Transaction total Dr/Cr`.
fn of_parts(words: &[&str]) -> Option<StatementWord> {
    let parts: Vec<_> = words.iter().map(|word| part(word)).collect::<Option<_>>()?;
    let has = |part| parts.contains(&part);
    match (has(Part::Balance), has(Part::Total), has(Part::OfTotal)) {
        (true, _, false) if has(Part::Opening) => Some(StatementWord::Opening),
        (true, _, false) if has(Part::Closing) => Some(StatementWord::Closing),
        (true, _, false) if parts.len() > 1 => Some(StatementWord::Turnover),
        (false, true, true) if !has(Part::Opening) && !has(Part::Closing) => Some(StatementWord::Total),
        _ => None,
    }
}

/// Whether a text is one of single letters with blanks between them: `S A L D O`.
fn are_letters(words: &[&str]) -> bool {
    words.len() >= 3 && words.iter().all(|word| word.chars().count() == 1)
}

/// What a text says whose blanks are lost.
fn of_letters(text: &str) -> Option<StatementWord> {
    let whole = WORDS.iter().find(|(phrase, _)| phrase.replace(' ', "") == text).map(|(_, word)| *word);
    whole.or_else(|| {
        BALANCES.split('|').find_map(|balance| {
            let rest = text.strip_prefix(balance).or_else(|| text.strip_suffix(balance))?;
            of_parts(&[balance, rest])
        })
    })
}

/// Whether the first word begins a phrase. Called for every cell of a file, so words of ASCII are compared without taking
/// memory.
fn begins_phrase(text: &str) -> bool {
    let mut short = [0_u8; 32];
    let end = text.find(|c: char| !c.is_alphanumeric() && c.is_ascii()).unwrap_or(text.len());
    let word = text.get(..end).unwrap_or(text);
    match (word.is_ascii(), short.get_mut(..word.len())) {
        (true, _) if word.len() == 1 => true,
        (true, Some(lower)) => {
            lower.copy_from_slice(word.as_bytes());
            lower.make_ascii_lowercase();
            std::str::from_utf8(lower).is_ok_and(|word| FIRST_WORDS.contains(word))
        }
        (true, None) => false,
        (false, _) => {
            let folded = cell::folded(word);
            let first = folded.split(' ').next().unwrap_or_default();
            FIRST_WORDS.contains(first) || part(first).is_some()
        }
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
            ("S A L D O", Some(Turnover)),
            ("S A L D O  A N T E R I O R", Some(Opening)),
            ("OPEN BALANCE", Some(Opening)),
            ("CLOSE BAL", Some(Closing)),
            ("رصيد افتتاحي", Some(Opening)),
            ("رصيد ختامي", Some(Closing)),
            ("الرصيد المرحل", Some(Opening)),
            ("الرصيد الحالي", Some(Turnover)),
            ("前日残高", Some(Opening)),
            ("残高", Some(Turnover)),
            ("期初余额", Some(Opening)),
            ("期末余额", Some(Closing)),
            ("Stan początkowy", Some(Opening)),
            ("Stan końcowy", Some(Closing)),
            ("Übertrag", Some(Opening)),
            ("Vorheriger Kontostand", Some(Opening)),
            ("Report à nouveau", Some(Opening)),
            ("Nouveau solde au 30/11/2026", Some(Closing)),
            ("Saldo de apertura", Some(Opening)),
            ("Počáteční zůstatek", Some(Opening)),
            ("Záró egyenleg", Some(Closing)),
            ("Sold inițial", Some(Opening)),
            ("Αρχικό υπόλοιπο", Some(Opening)),
            ("Входящий остаток", Some(Opening)),
            ("Önceki bakiye", Some(Opening)),
            ("기말잔액", Some(Closing)),
            ("ยอดยกมา", Some(Opening)),
            ("Saldo akhir", Some(Closing)),
            ("Số dư đầu kỳ", Some(Opening)),
            ("प्रारंभिक शेष", Some(Opening)),
            ("Saldo contabilístico", Some(Turnover)),
            ("TRANSACTION TOTAL DR/CR", Some(Total)),
            ("Total Energies", None),
            ("Final payment", None),
            ("A B C", None),
            ("Stan", None),
            ("New", None),
            ("Last", None),
            ("Closing", None),
            ("", None),
            ("20.11.2026", None),
        ] {
            assert_eq!(find(text), expected, "{text}");
        }
    }
}
