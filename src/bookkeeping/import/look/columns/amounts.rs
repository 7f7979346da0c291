//! Finds the columns of amounts, flags and balances.

use super::{
    super::{
        super::profile::{
            BalanceKind,
            notation::{cell, number},
        },
        content::Content,
        evidence::chain::Chain,
        finding::{Answer, Notes},
        hints::Hints,
        vocabulary::Role,
    },
    Picked, Picker,
};

/// Words of an amount before taxes or after fees.
pub(super) const NET: [&str; 8] = ["net", "netto", "nett", "neto", "netta", "liquido", "нетто", "ht"];
/// Taxes that are in an amount.
const TAX: [&str; 16] = [
    "vat",
    "tax",
    "taxes",
    "gst",
    "mwst",
    "ust",
    "umsatzsteuer",
    "mehrwertsteuer",
    "steuer",
    "tva",
    "iva",
    "btw",
    "moms",
    "kdv",
    "ндс",
    "pvm",
];

/// The question about the amount.
pub(super) const ASK_AMOUNT: &str = "Which column has the amount? If money out and money in have columns of their own, say \
                                     `columns.debit` and `columns.credit`.";

impl Picker<'_> {
    pub(super) fn pick_amounts(&mut self, picked: &mut Picked, said: &Picked, hints: &Hints, notes: &mut Notes) {
        (picked.amount, picked.debit, picked.credit, picked.flag) = (said.amount, said.debit, said.credit, said.flag);
        if picked.amount.is_none() && picked.debit.is_none() && picked.credit.is_none() {
            let is_side = |content: &Content| content.is_number() || content.is_empty();
            let first = |found: Vec<usize>| found.first().copied();
            let debit = first(self.by_role(Role::Debit, is_side));
            let credit = first(self.by_role(Role::Credit, |content| is_side(content))).filter(|at| Some(*at) != debit);
            let amounts = self.by_role(Role::Amount, Content::is_number);
            let has_both = debit.is_some() && credit.is_some();
            let has_one = |at: Option<usize>| at.is_some_and(|at| !self.content(at).is_empty());
            if has_both && (has_one(debit) || has_one(credit)) {
                (picked.debit, picked.credit) = (debit, credit);
            } else if !amounts.is_empty() {
                self.choose_amount(&amounts, picked, notes);
            } else if has_one(debit) || has_one(credit) {
                (picked.debit, picked.credit) =
                    (debit.filter(|at| has_one(Some(*at))), credit.filter(|at| has_one(Some(*at))));
            } else if let Some(gross) = first(self.by_role(Role::Gross, Content::is_number)) {
                picked.amount = Some(gross);
            } else {
                self.pick_unnamed_amount(picked, notes);
            }
        }
        self.complete_sides(picked, hints, notes);
        for at in [picked.amount, picked.debit, picked.credit] {
            self.take(at);
        }
        if let (Some(amount), None) = (picked.amount, picked.flag) {
            picked.flag = self.pick_flag(amount);
        }
        self.take(picked.flag);
    }

    /// The amount with taxes, where the header has an amount before taxes. The money that moved has the taxes in it; fees are
    /// taken from it before.
    pub(super) fn with_tax(&self, amount: usize, notes: &mut Notes) -> usize {
        let words = |at: usize| self.names.get(at).map(|name| cell::folded(name)).unwrap_or_default();
        let has = |at: usize, phrases: &[&str]| words(at).split(' ').any(|word| phrases.contains(&word));
        let gross = self.by_role(Role::Gross, Content::is_number).first().copied();
        let Some(gross) = gross.filter(|_| has(amount, &NET)) else { return amount };
        let balance = self.by_role(Role::Balance, Content::is_number).first().copied();
        let fits = |at: usize| balance.is_some_and(|balance| self.data.len() > 1 && self.is_chain(at, balance));
        let has_fee = !self.by_role(Role::Fee, Content::is_number).is_empty();
        let has_tax = self.free().any(|at| has(at, &TAX) && self.content(at).is_number());
        match (fits(amount), fits(gross)) {
            (true, false) => return amount,
            (false, true) => return gross,
            _ => {}
        }
        match (has_fee, has_tax) {
            (true, false) => amount,
            (false, true) => gross,
            _ if self.have_equal_texts(amount, &[gross]) => amount,
            _ => {
                self.ask_amount(&[gross, amount], notes);
                amount
            }
        }
    }

    pub(super) fn have_equal_texts(&self, first: usize, others: &[usize]) -> bool {
        others
            .iter()
            .all(|at| self.data.iter().all(|record| cell::bare(record.cell(first)) == cell::bare(record.cell(*at))))
    }

    pub(super) fn ask_amount(&self, candidates: &[usize], notes: &mut Notes) {
        let example = |at: &usize| self.data.first().map_or("", |record| record.cell(*at)).trim();
        let answers = candidates
            .iter()
            .map(|at| Answer::new(self.column(*at).to_string(), format!("Its first value is {}.", example(at))));
        notes.ask("columns.amount", ASK_AMOUNT, answers.collect());
    }

    /// Finds the amount among columns whose names say nothing. A balance that follows from it tells which one it is.
    pub(super) fn pick_unnamed_amount(&mut self, picked: &mut Picked, notes: &mut Notes) {
        let has_name =
            |at: usize| self.has_role(at, Role::Balance).or(self.has_role(at, Role::BalanceBefore)).is_some();
        let numbers: Vec<_> = self.free().filter(|at| self.content(*at).is_number()).collect();
        let unnamed: Vec<_> = numbers.iter().copied().filter(|at| self.is_unnamed(*at)).collect();
        let is_money = |at: &usize| self.content(*at).money * 2 >= self.content(*at).numbers;
        let money: Vec<_> = unnamed.iter().copied().filter(is_money).collect();
        let candidates = if money.is_empty() { unnamed } else { money };
        let balances = numbers.iter().copied().filter(|at| has_name(*at) || candidates.contains(at));
        let balances: Vec<_> = balances.collect();
        let pairs = candidates.iter().flat_map(|amount| balances.iter().map(move |balance| (*amount, *balance)));
        let fitting: Vec<_> =
            pairs.filter(|(amount, balance)| amount != balance && self.is_chain(*amount, *balance)).collect();
        let is_of_one = fitting.iter().all(|(amount, _)| fitting.first().is_some_and(|(first, _)| first == amount));
        // A file may have the balances before and after the transaction.
        let is_after = |(amount, balance): &&(usize, usize)| self.is_after(*amount, *balance);
        match (fitting.iter().find(is_after).or(fitting.first()), candidates.as_slice()) {
            (Some((amount, balance)), _) if is_of_one => {
                (picked.amount, picked.balance) = (Some(*amount), Some(*balance));
            }
            (_, [one]) => picked.amount = Some(*one),
            (_, []) => self.ask_amount(&numbers, notes),
            (_, [one, other]) if self.complement(*one, *other) && self.complement(*other, *one) => {
                (picked.debit, picked.credit) = (Some(*one), Some(*other));
                self.ask_debit([*one, *other], notes);
            }
            _ if self.pick_unnamed_sides(&candidates, picked, notes) => {}
            _ => self.ask_amount(&candidates, notes),
        }
    }

    pub(super) fn is_chain(&self, amount: usize, balance: usize) -> bool {
        self.chain(amount, balance).is_some_and(|chain| chain.is_whole())
    }

    fn is_after(&self, amount: usize, balance: usize) -> bool {
        let way = self.chain(amount, balance).and_then(|chain| chain.way(None));
        way.is_some_and(|way| way.kind == BalanceKind::After)
    }

    /// The chain of a balance, if each line has an amount.
    fn chain(&self, amount: usize, balance: usize) -> Option<Chain> {
        let mut chain = Chain::default();
        for record in &self.data {
            let value = |at: usize| number::number(record.cell(at)).and_then(|number| number.point.or(number.comma));
            chain.add(value(amount)?, value(balance));
        }
        Some(chain)
    }

    pub(super) fn pick_balance(&mut self, picked: &mut Picked, said: &Picked) {
        let named = |role| self.by_role(role, Content::is_number).first().copied();
        let before = named(Role::BalanceBefore);
        let after = named(Role::Balance);
        picked.is_before = after.is_none() && before.is_some() && said.balance.is_none() && picked.balance.is_none();
        let found = said.balance.or(picked.balance).or(after).or(before);
        picked.balance = found.or_else(|| {
            let unnamed = self.free().filter(|at| self.is_unnamed(*at) && self.content(*at).is_number());
            let fits = |at: &usize| match (picked.amount, picked.debit, picked.credit) {
                (Some(amount), ..) => self.is_chain(amount, *at),
                (None, Some(debit), Some(credit)) => self.follows(debit, credit, *at).is_some(),
                _ => false,
            };
            let fitting: Vec<_> = unnamed.filter(fits).collect();
            (fitting.len() == 1 && self.data.len() > 2).then(|| fitting.first().copied()).flatten()
        });
        self.take(picked.balance);
    }
}
