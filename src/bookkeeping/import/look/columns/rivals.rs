//! Chooses among several columns that may be the amount, such as the amount abroad and the one that was billed.

use rust_decimal::Decimal;

use super::{
    super::{
        super::profile::{
            notation::{cell, number},
            record::Record,
        },
        content::Content,
        finding::Notes,
        vocabulary::Role,
    },
    Picked, Picker,
    amounts::NET,
};

/// Words of amounts in the currency of the other party.
const FOREIGN: [&str; 13] = [
    "foreign",
    "original",
    "orig",
    "originale",
    "origine",
    "extranjera",
    "estera",
    "zagraniczna",
    "oryginalna",
    "ursprung",
    "fremdwahrung",
    "иностранной",
    "исходная",
];

/// Words of amounts in the currency of the account.
const OF_ACCOUNT: [&str; 6] = ["account", "rachunku", "konta", "счета", "rekening", "cuenta"];

impl Picker<'_> {
    /// Takes one of the columns that are named as the amount, the best first. Running balances decide, or a name that says that it is
    /// the amount abroad; otherwise there is a question.
    pub(super) fn choose_amount(&self, amounts: &[usize], picked: &mut Picked, notes: &mut Notes) {
        let Some(first) = amounts.first().copied() else { return };
        let taxed = self.with_tax(first, notes);
        picked.amount = Some(taxed);
        if taxed != first || notes.questions.iter().any(|question| question.field == "columns.amount") {
            return;
        }
        let is_equal = |at: usize| self.has_role(at, Role::Amount) == self.has_role(first, Role::Amount);
        let rest = amounts.iter().skip(1).copied();
        let rivals: Vec<_> = rest.filter(|at| is_equal(*at) || self.is_rival(*at, first)).collect();
        let mut all = [vec![first], rivals].concat();
        let has = |at: &usize, words: &[&str]| {
            let name = self.names.get(*at).map(|name| cell::folded(name)).unwrap_or_default();
            name.split(' ').any(|word| words.contains(&word))
        };
        if !all.iter().all(|at| has(at, &FOREIGN)) {
            all.retain(|at| !has(at, &FOREIGN));
        }
        if all.iter().any(|at| has(at, &OF_ACCOUNT)) {
            all.retain(|at| has(at, &OF_ACCOUNT));
        }
        if has(&first, &NET) {
            all.retain(|at| *at == first || !self.is_with_fee(first, *at));
        }
        let balance = self.by_role(Role::Balance, Content::is_number).first().copied();
        let fits = |at: &&usize| balance.is_some_and(|balance| self.is_chain(**at, balance));
        let fitting: Vec<_> = all.iter().filter(fits).collect();
        match (all.as_slice(), fitting.as_slice()) {
            ([one], _) => picked.amount = Some(*one),
            (_, [one]) => picked.amount = Some(**one),
            ([one, others @ ..], _) => {
                picked.amount = Some(*one);
                if !self.have_equal_texts(*one, others) {
                    self.ask_amount(&all, notes);
                }
            }
            ([], _) => {}
        }
    }

    /// Whether a net amount is another amount with the fee beside it in each line.
    fn is_with_fee(&self, net: usize, gross: usize) -> bool {
        let fees = self.by_role(Role::Fee, Content::is_number);
        let difference =
            |record: &Record| value(net, record).checked_sub(value(gross, record)).unwrap_or_default().abs();
        let is_fee = |fee: &usize| self.data.iter().all(|record| difference(record) == value(*fee, record).abs());
        fees.iter().any(is_fee)
    }

    /// Whether a column with a less clear name has an amount of its own in each line.
    fn is_rival(&self, at: usize, amount: usize) -> bool {
        let content = self.content(at);
        let is_else = [Role::Other, Role::Fee, Role::Balance, Role::BalanceBefore, Role::Gross];
        content.filled == content.records
            && !is_else.iter().any(|role| self.has_role(at, *role).is_some())
            && self.data.iter().any(|record| !value(at, record).is_zero())
            && self.data.iter().any(|record| value(at, record).abs() != value(amount, record).abs())
    }
}

fn value(at: usize, record: &Record) -> Decimal {
    number::number(record.cell(at)).and_then(|number| number.point.or(number.comma)).unwrap_or_default()
}
