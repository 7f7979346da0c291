//! Finds out whether an amount below zero or above zero is money out, where no balance, flag or column tells.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::super::{
    super::profile::{
        BalanceKind, Sign,
        notation::{cell, number::Number},
    },
    finding::{Answer, Confidence, Notes},
};

/// Words of money that comes in. On an amount below zero, they tell that the signs are turned.
const IN: &str = "salary|wages|payroll|gehalt|lohn|lohn gehalt|bezuge|salaire|nomina|stipendio|salaris|loon|wynagrodzenie|pensja\
    |зарплата|заработная плата|maas|maas odemesi|راتب|رواتب|वेतन|alga|atlyginimas|darbo uzmokestis|lon|palkka|plat|mzda|fizetes\
    |employer|cashback|rente|dividend|dividende|kindergeld|payment received|thank you|autopay\
    |zahlung dankend erhalten|zahlung erhalten|zahlungseingang|paiement recu|pago recibido|betaling ontvangen|pagamento ricevuto|pagamento recebido\
    |refund|returned|erstattung|gutschrift|remboursement|reembolso|rimborso|zwrot|возврат|iade|terugbetaling|payment thank you\
    |incoming|received money|eingang|ontvangen|inbetalning|virement recu|directdep|direct deposit|interest earned|interest paid|faster payment received";
/// Those of them that no shop has in its name, and no charge.
const SURE: &str = "salary|wages|payroll|gehalt|lohn|lohn gehalt|bezuge|salaire|nomina|stipendio|salaris|wynagrodzenie|pensja|зарплата\
    |заработная плата|maas|maas odemesi|راتب|رواتب|वेतन|atlyginimas|darbo uzmokestis|palkka|mzda|employer|directdep|direct deposit\
    |received money|refund|returned|erstattung|gutschrift|remboursement|reembolso|rimborso|zwrot|возврат|iade|terugbetaling";
/// Words of money that goes out. On an amount above zero, they tell that the signs are turned.
const OUT: &str = "atm|withdrawal|fee|fees|rent|miete|loyer|alquiler|huur|affitto|czynsz|purchase|pos purchase|card purchase\
    |bargeld|bargeldauszahlung|geldautomat|geldautomaat|retrait|retrait dab|cajero|prelievo|bancomat|wyplata|wyplata z bankomatu\
    |снятие|снятие наличных|gebuhr|entgelt|frais|comision|commissione|prowizja|комиссия|komisyon|supermarket|supermarkt|supermercado\
    |supermarche|grocery|groceries|grocer|restaurant|fuel|petrol|tankstelle|kontofuhrung|electricity|insurance|versicherung|kartenzahlung\
    |lastschrift|betaalautomaat|achat|compra|zakup|покупка|alisveris|uttag|kortkop|coffee|cafe|pharmacy|bakery\
    |backerei|account fee|debit card|subscription|dr";
/// Words of payments, to a shop or to a card.
const PAYMENT: &str = "payment|zahlung|paiement|pago|pagamento|betaling|platba|оплата|odeme";
/// Words of the headers and first lines of statements of cards.
const CARD: &str = "card member|card no|card number|cardholder|cardmember|credit card|kreditkarte|carte de credit|tarjeta|carta di credito\
    |merchant|card|kaart|kreditkort|karta kredytowa|account ending|kreditkartenabrechnung|kreditkartennummer|cartao|card transactions|mcc";
/// Words of the headers and first lines of statements of accounts that are no cards.
const ACCOUNT: &str = "iban|bic|swift|sort code|checking|savings|current account|girokonto|tagesgeldkonto|sparkonto|auftragskonto|tegenrekening\
    |rekening|iban bban|compte courant|cuenta corriente|conto corrente|guthaben|rachunek|расчетный счет|vadesiz hesap|counterparty account";

/// How many descriptions are searched for these words.
const MOST_DESCRIPTIONS: usize = 2_000;

/// What the amounts of a file say about the meaning of their signs.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Signs {
    above: usize,
    below: usize,
    /// Amounts with a plus, or with a word such as `CR`.
    marked: usize,
    /// Those of them with a word.
    words: usize,
    /// Lines whose words fit the sign: a salary above zero.
    usual: usize,
    /// Those of them that are above zero.
    usual_in: usize,
    /// Those of them that are a salary, or as clear.
    sure: usize,
    /// Lines whose words fit the opposite sign: a salary below zero.
    turned: usize,
    /// Whether an amount below zero is named as a payment, which may be one to a card.
    has_payment: bool,
    is_card: bool,
    is_account: bool,
}

impl Signs {
    pub(in super::super) fn add<'a>(&mut self, number: &Number, value: Decimal, texts: impl Iterator<Item = &'a str>) {
        if value.is_zero() {
            return;
        }
        let is_below = value.is_sign_negative();
        self.below += usize::from(is_below);
        self.above += usize::from(!is_below);
        self.marked += usize::from(number.has_plus);
        self.words += usize::from(number.has_plus && number.has_word);
        if self.above + self.below > MOST_DESCRIPTIONS {
            return;
        }
        let folded = cell::folded(&texts.collect::<Vec<_>>().join(" "));
        self.has_payment |= is_below && has(PAYMENT, &folded);
        let is_sure = has(SURE, &folded);
        match (has(IN, &folded), has(OUT, &folded) && !is_sure) {
            (true, false) if is_below => self.turned += 1,
            (true, false) => {
                self.usual += 1;
                self.usual_in += 1;
                self.sure += usize::from(is_sure);
            }
            (false, true) if is_below => self.usual += 1,
            (false, true) => self.turned += 1,
            _ => {}
        }
    }

    /// Takes a name of the header, or a text before it.
    pub(in super::super) fn add_heading(&mut self, text: &str) {
        let folded = cell::folded(text);
        self.is_card |= has(CARD, &folded);
        self.is_account |= has(ACCOUNT, &folded);
    }

    /// How many amounts tell nothing: they are above zero, and have no mark.
    fn unmarked(&self) -> usize {
        self.above - self.marked.min(self.above)
    }

    /// Whether amounts have no sign, or a plus: a plus means money in then, and says nothing of the others.
    pub(in super::super) fn has_pluses_only(&self) -> bool {
        self.below == 0 && self.marked > self.words && self.unmarked() > 0
    }

    /// Whether no amount has a sign or a mark.
    pub(in super::super) fn are_missing(&self) -> bool {
        self.below == 0 && self.marked == 0 && self.above > 0
    }

    /// Whether amounts above and below zero both have a mark.
    fn is_marked(&self) -> bool {
        let may_be_card = self.is_card && self.turned > self.usual;
        self.marked > 0 && self.unmarked() == 0 && (self.turned == 0 || (self.below > 0 && !may_be_card))
    }

    /// Whether most of the lines have words that fit their signs. One line tells nothing: a hotel may be called Pension.
    fn is_told(&self) -> bool {
        let Self { above, below, usual, usual_in, sure, turned, is_card, is_account, .. } = *self;
        if turned > 0 {
            return turned * 5 <= usual && below >= above;
        }
        let is_most = usual * 2 > above + below || (is_account && !is_card && usual > 0);
        match above.cmp(&below) {
            Ordering::Less => usual > 0,
            Ordering::Equal => is_most || sure > 0,
            Ordering::Greater => is_most && usual >= 3 && usual > usual_in && usual_in > 0,
        }
    }

    /// Whether a balance that rises by amounts above zero is that of an account. What is owed on a card rises by charges in the
    /// same way, and there most amounts are charges. Balances before the transaction are known of accounts only.
    pub(in super::super) fn is_like_account(&self, kind: BalanceKind) -> bool {
        if self.is_marked() || self.is_told() {
            return true;
        }
        let is_account = self.is_account && !self.is_card;
        let is_likely = match self.above.cmp(&self.below) {
            Ordering::Less => !self.is_card,
            Ordering::Equal => {
                is_account || kind == BalanceKind::Before || (!self.is_card && (self.usual > 0 || !self.has_payment))
            }
            Ordering::Greater => is_account,
        };
        is_likely && self.turned == 0
    }

    /// Whether a balance that falls by amounts above zero may be what is owed: most amounts are below zero, and would be income.
    pub(in super::super) fn is_like_turned_debt(&self) -> bool {
        self.below > self.above && self.turned == 0
    }

    /// What an amount below zero means, or a question.
    pub(in super::super) fn decide(&self, notes: &mut Notes) -> Option<Sign> {
        let Self { above, below, marked, words, turned, is_card, .. } = *self;
        if below == 0 && words > 0 && words == marked && self.unmarked() > 0 {
            let reason = "Some amounts are marked as credits, so those without a mark are charges.";
            notes.found("sign", "POSITIVE_OUT", Confidence::Likely, reason);
            return Some(Sign::PositiveOut);
        }
        let reason = match (above, below) {
            (0, 0) => Some("There are no amounts."),
            (0, _) if turned == 0 && !is_card => Some("All amounts are below zero."),
            _ if self.is_marked() => Some("Amounts above zero have a plus."),
            (0, _) | (_, 0) => None,
            _ if marked > 0 && self.unmarked() > 0 => None,
            _ if self.is_told() => Some("The descriptions fit it."),
            _ if below > above && !is_card && turned == 0 => Some("Most amounts are below zero."),
            _ => None,
        };
        if let Some(reason) = reason {
            notes.found("sign", "NEGATIVE_OUT", Confidence::Likely, reason);
            return Some(Sign::NegativeOut);
        }
        notes.found("sign", "NEGATIVE_OUT", Confidence::Unsure, "Nothing in the file tells what the signs mean.");
        self.ask(notes);
        None
    }

    pub(in super::super) fn ask(&self, notes: &mut Notes) {
        self.ask_as("Are amounts below zero money out, or amounts above zero?", notes);
    }

    pub(in super::super) fn ask_as(&self, message: &str, notes: &mut Notes) {
        let (above, below) = (self.above, self.below);
        let negative = format!(
            "As in most accounts: the {below} amounts below zero are money out, the {above} above zero are money in."
        );
        let positive = format!(
            "As in some cards: the {above} amounts above zero are charges, the {below} below zero are money in."
        );
        let answers = vec![Answer::new("NEGATIVE_OUT", negative), Answer::new("POSITIVE_OUT", positive)];
        notes.ask("sign", message, answers);
    }
}

/// Whether a text has one of the phrases as words of its own.
fn has(phrases: &str, text: &str) -> bool {
    let is_in = |phrase: &str| {
        text.match_indices(phrase).any(|(at, _)| {
            let before = text.get(..at).is_none_or(|before| before.is_empty() || before.ends_with(' '));
            let after = text.get(at + phrase.len()..).is_none_or(|after| after.is_empty() || after.starts_with(' '));
            before && after
        })
    };
    !text.is_empty() && phrases.split('|').any(is_in)
}

#[cfg(test)]
mod tests {
    use super::Signs;
    use crate::bookkeeping::import::{
        look::finding::Notes,
        profile::{Sign, notation::number},
    };

    fn decided(rows: &[(&str, &str)], heading: &str) -> Option<Sign> {
        let mut signs = Signs::default();
        signs.add_heading(heading);
        for (amount, text) in rows {
            let number = number::number(amount).unwrap();
            signs.add(&number, number.value(None).unwrap(), [*text].into_iter());
        }
        signs.decide(&mut Notes::default())
    }

    #[test]
    fn signs_are_known_or_asked_for() {
        let out = Some(Sign::NegativeOut);
        for (rows, heading, expected) in [
            (&[("-8.78", "Tea house"), ("+1250.00", "Employer")][..], "", out),
            (&[("-3.20", "Bäckerei"), ("2100.00", "Gehalt")], "", out),
            (&[("-80.00", "shoes"), ("80.00", "returned"), ("-15.00", "socks")], "", out),
            (&[("-5", "tea"), ("-6", "x")], "", out),
            (&[("45.10", "Grocer"), ("-45.10", "Payment received"), ("30.00", "Fuel")], "Merchant", None),
            (&[("5", "tea"), ("6", "x")], "", None),
            (&[("5", "a"), ("-6", "b")], "", None),
            (&[("5", "a"), ("-6", "b"), ("-7", "c")], "", out),
            (&[("5", "a"), ("-6", "b"), ("-7", "c")], "Card Member", None),
        ] {
            assert_eq!(decided(rows, heading), expected, "{rows:?}");
        }
    }
}
