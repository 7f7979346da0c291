//! Finds the other side where the header names only the debits or only the credits, and asks where lines would vanish.

use rust_decimal::Decimal;

use super::{
    super::{
        super::profile::{BalanceKind, Sign, notation::number, record::Record},
        content::Content,
        evidence::chain::Chain,
        finding::{Answer, Notes},
        hints::Hints,
        vocabulary::Role,
    },
    Picked, Picker,
};

/// Roles of columns whose numbers are no money that moves.
const EXPLAINED: [Role; 7] =
    [Role::Other, Role::Balance, Role::BalanceBefore, Role::BankId, Role::Account, Role::Date, Role::ValueDate];
const MONEY: [Role; 4] = [Role::Amount, Role::Gross, Role::Debit, Role::Credit];

impl Picker<'_> {
    /// Finds the second side when there is one side only. Without it, half of the transactions would be lost.
    pub(super) fn complete_sides(&self, picked: &mut Picked, hints: &Hints, notes: &mut Notes) {
        let (at, is_debit) = match (picked.amount, picked.debit, picked.credit) {
            (None, Some(at), None) => (at, true),
            (None, None, Some(at)) => (at, false),
            _ => return,
        };
        let columns = &hints.columns;
        let (said, other_said) =
            if is_debit { (&columns.debit, &columns.credit) } else { (&columns.credit, &columns.debit) };
        if other_said.is_some() {
            return;
        }
        let (role, opposite) = if is_debit { (Role::Debit, Role::Credit) } else { (Role::Credit, Role::Debit) };
        let is_side = |content: &Content| content.is_number();
        let named = self.by_role(opposite, is_side).into_iter().find(|other| *other != at);
        let others: Vec<_> = self.unexplained().filter(|other| *other != at).collect();
        let fitting: Vec<_> = others.iter().copied().filter(|other| self.complement(at, *other)).collect();
        let found = match fitting.as_slice() {
            [one] => Some(*one),
            _ => named,
        };
        if let Some(other) = found {
            let (debit, credit) = if is_debit { (at, other) } else { (other, at) };
            (picked.debit, picked.credit) = (Some(debit), Some(credit));
            if self.has_role(other, opposite).is_none() {
                picked.derived = Some((other, self.prove(debit, credit)));
            }
            // Both names say the same side, or the first name says both.
            let is_open = self.has_role(other, opposite).is_none()
                && (self.has_role(other, role).is_some() || self.has_role(at, opposite).is_some());
            if is_open && said.is_none() {
                self.ask_debit([debit, credit], notes);
            }
            return;
        }
        let is_balance = |other: usize| self.is_chain(at, other);
        let is_money = |other: usize| self.content(other).money * 2 >= self.content(other).numbers;
        let open: Vec<_> = if fitting.is_empty() {
            others.into_iter().filter(|at| is_money(*at) && !is_balance(*at)).collect()
        } else {
            fitting
        };
        if open.is_empty() {
            return;
        }
        let (field, message, none) = if is_debit {
            ("columns.credit", "Which column is money in?", "The file has no money in.")
        } else {
            ("columns.debit", "Which column is money out?", "The file has no money out.")
        };
        let answers = open.into_iter().map(|at| self.answer(at)).chain([Answer::new("", none)]);
        notes.ask(field, message, answers.collect());
    }

    pub(super) fn ask_debit(&self, columns: [usize; 2], notes: &mut Notes) {
        let answers = columns.map(|at| self.answer(at));
        notes.ask("columns.debit", "Which of these columns is money out?", answers.to_vec());
    }

    /// Asks when the amount is zero in lines in which a column that nothing explains has a number: the lines would be skipped.
    pub(super) fn ask_for_vanishing(&self, picked: &Picked, hints: &Hints, notes: &mut Notes) {
        let amounts = [picked.amount, picked.debit, picked.credit].map(|at| at.filter(|_| picked.flag.is_none()));
        let amounts: Vec<_> = amounts.into_iter().flatten().collect();
        let columns = &hints.columns;
        let said = [&columns.amount, &columns.debit, &columns.credit].into_iter().flatten().next();
        let (Some(first), None) = (amounts.first(), said) else { return };
        let is_zero = |record: &&&Record| {
            amounts.iter().all(|at| moved(record, *at).is_none()) && amounts.iter().any(|at| is_number(record, *at))
        };
        let zeros: Vec<_> = self.data.iter().filter(is_zero).collect();
        let is_lost = |at: &usize| {
            let content = self.content(*at);
            Some(*at) != picked.open_fee
                && !amounts.contains(at)
                && content.money * 2 >= content.numbers
                && zeros.iter().any(|record| moved(record, *at).is_some())
        };
        let lost: Vec<_> = self.unexplained().filter(is_lost).collect();
        if lost.is_empty() || notes.questions.iter().any(|question| question.field.starts_with("columns.")) {
            return;
        }
        let field = if picked.amount.is_some() { "columns.amount" } else { "columns.debit" };
        let kept = Answer::new(self.column(*first).to_string(), "The lines in which it is zero are skipped.");
        let answers = [kept].into_iter().chain(lost.into_iter().map(|at| self.answer(at)));
        let message = "In some lines the amount is zero, and another column has a number. Which column is right?";
        notes.ask(field, message, answers.collect());
    }

    fn answer(&self, at: usize) -> Answer {
        let first = self.data.iter().find(|record| moved(record, at).is_some());
        let example = first.map_or("", |record| record.cell(at)).trim();
        let meaning = if example.is_empty() { String::new() } else { format!("Its first value is {example}.") };
        Answer::new(self.column(at).to_string(), meaning)
    }

    /// The free columns with numbers that may be money that moves.
    fn unexplained(&self) -> impl Iterator<Item = usize> {
        let has = |at: usize, roles: &[Role]| roles.iter().any(|role| self.has_role(at, *role).is_some());
        self.free().filter(move |at| {
            let is_number = self.content(*at).is_number() && self.content(*at).numbers > 0;
            is_number && (has(*at, &MONEY) || !has(*at, &EXPLAINED))
        })
    }

    /// Whether in each line at most one of two columns has a number other than zero, and each line with a number in the second
    /// one has none in the first one.
    pub(super) fn complement(&self, one: usize, other: usize) -> bool {
        let mut filled = 0;
        for record in &self.data {
            match (moved(record, one), moved(record, other)) {
                (None, Some(_)) => filled += 1,
                (Some(_), None) => {}
                // A line of zeros is a note of the bank; lines without any number say that a third column has it.
                (None, None) if is_number(record, one) || is_number(record, other) => {}
                (Some(_), Some(_)) | (None, None) => return false,
            }
        }
        filled > 0
    }

    /// Whether running balances prove that these are money out and money in.
    fn prove(&self, debit: usize, credit: usize) -> bool {
        let named = self.by_role(Role::Balance, Content::is_number).first().copied();
        let chain = named.and_then(|balance| self.follows(debit, credit, balance));
        chain.is_some_and(|chain| chain.total > 1 && chain.way(None).is_some())
    }

    /// The chain of balances that all follow from money out and money in.
    pub(super) fn follows(&self, debit: usize, credit: usize, balance: usize) -> Option<Chain> {
        let mut chain = Chain::default();
        for record in &self.data {
            let [debit, credit] = [debit, credit].map(|at| moved(record, at).unwrap_or_default());
            chain.add(credit.checked_sub(debit.abs())?, value(record, balance));
        }
        Some(chain).filter(Chain::is_whole)
    }

    /// Takes the only two of several columns without a known name of which each line has a number in one, and asks which of them is
    /// money out. The balance may be what is owed, so it does not tell.
    pub(super) fn pick_unnamed_sides(&self, candidates: &[usize], picked: &mut Picked, notes: &mut Notes) -> bool {
        let after = |one: usize| candidates.iter().copied().filter(move |other| *other > one);
        let pairs = candidates.iter().flat_map(|one| after(*one).map(move |other| (*one, other)));
        let fitting: Vec<_> =
            pairs.filter(|(one, other)| self.complement(*one, *other) && self.complement(*other, *one)).collect();
        let [(one, other)] = fitting.as_slice() else { return false };
        let (one, other) = (*one, *other);
        let is_of_account = |balance: &usize| {
            let way = self.follows(other, one, *balance).and_then(|chain| chain.way(None));
            way.is_some_and(|way| way.sign == Sign::NegativeOut && way.kind == BalanceKind::After)
        };
        let mut balances = candidates.iter().filter(|at| **at != one && **at != other);
        let sides = if balances.any(is_of_account) { [other, one] } else { [one, other] };
        (picked.debit, picked.credit) = (Some(sides[0]), Some(sides[1]));
        self.ask_debit(sides, notes);
        true
    }
}

fn value(record: &Record, at: usize) -> Option<Decimal> {
    number::number(record.cell(at)).and_then(|number| number.point.or(number.comma))
}

fn is_number(record: &Record, at: usize) -> bool {
    value(record, at).is_some()
}

/// The number of a cell, unless it is zero.
fn moved(record: &Record, at: usize) -> Option<Decimal> {
    value(record, at).filter(|value| !value.is_zero())
}
