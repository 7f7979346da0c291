//! The texts by which banks say whether an amount is money out or in.

use super::cell;

/// Texts for money out, in lower case.
const OUT: &[&str] = &[
    "-",
    "d",
    "dr",
    "db",
    "dt",
    "dbt",
    "deb",
    "debit",
    "debits",
    "debet",
    "debetas",
    "debito",
    "débito",
    "débit",
    "debe",
    "s",
    "soll",
    "lastschrift",
    "belastung",
    "af",
    "uit",
    "out",
    "outgoing",
    "moneyout",
    "money out",
    "withdrawal",
    "wd",
    "cargo",
    "adeudo",
    "dare",
    "addebito",
    "wn",
    "winien",
    "obciążenie",
    "uznanie -",
    "borç",
    "ut",
    "uttag",
    "д",
    "дт",
    "дебет",
    "расход",
    "списание",
    "مدين",
    "خصم",
    "नामे",
    "निकासी",
    "debit card",
    "saída",
    "expense",
    "spent",
    "sent",
    "debit -",
];

/// Texts for money in, in lower case.
const IN: &[&str] = &[
    "+",
    "c",
    "cr",
    "ct",
    "crd",
    "cred",
    "credit",
    "credits",
    "kredit",
    "kreditas",
    "crédito",
    "credito",
    "crédit",
    "k",
    "h",
    "haben",
    "gutschrift",
    "bij",
    "in",
    "incoming",
    "moneyin",
    "money in",
    "deposit",
    "abono",
    "haber",
    "avere",
    "accredito",
    "ma",
    "uznanie",
    "alacak",
    "insättning",
    "к",
    "кт",
    "кредит",
    "приход",
    "зачисление",
    "пополнение",
    "دائن",
    "إيداع",
    "जमा",
    "entrada",
    "income",
    "received",
];

/// Whether a text of a flag column means money out (true) or in (false); `None` for other texts.
#[must_use]
pub fn known(text: &str) -> Option<bool> {
    const LONGEST: usize = 40;
    if text.len() > LONGEST {
        return None;
    }
    let mut short = [0_u8; LONGEST];
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '.');
    // Nearly all flags are ASCII, and are compared without taking memory.
    if text.is_ascii() {
        let lower = short.get_mut(..text.len())?;
        lower.copy_from_slice(text.as_bytes());
        lower.make_ascii_lowercase();
        return of_lower(std::str::from_utf8(lower).ok()?);
    }
    of_lower(&cell::name(text))
}

fn of_lower(text: &str) -> Option<bool> {
    if OUT.contains(&text) { Some(true) } else { IN.contains(&text).then_some(false) }
}

/// Whether a word beside an amount means money out or in: `DR`, `CR`, `D`, `C`, `S`, `H`.
#[must_use]
pub fn of_amount(text: &str) -> Option<bool> {
    let text = text.trim_end_matches('.');
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(&["dr", "db", "d", "s"]) { Some(true) } else { is(&["cr", "c", "h"]).then_some(false) }
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn flags_of_many_banks_are_known() {
        for text in ["D", "DR", "Debit", "Af", "S", "Soll", "-", "ДЕБЕТ", "Debetas", " dr. "] {
            assert_eq!(known(text), Some(true), "{text}");
        }
        for text in ["C", "CR", "Credit", "Bij", "H", "Haben", "+", "K", "Кредит", "जमा"] {
            assert_eq!(known(text), Some(false), "{text}");
        }
        // `A` is money in for Turkish banks and money out for Dutch ones.
        for text in ["", "A", "B", "x", "1", "Transfer"] {
            assert_eq!(known(text), None, "{text}");
        }
    }
}
