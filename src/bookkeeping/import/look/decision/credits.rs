//! Decides what credits below zero are, in a column for credits.

use std::{
    cmp::Ordering,
    io::{self, Read, Seek},
};

use super::{
    super::{
        super::profile::{DecimalSign, Order, Sign},
        evidence::{Amounts, chain::Chain},
        finding::{Answer, Confidence, Notes},
    },
    Decision,
};

impl Decision<'_> {
    /// The sign of credits, and the amounts by it. Credits all of which are below zero, beside debits above zero, have a minus because
    /// they lower what is owed on a card. Beside debits below zero, or other credits above zero, they were taken back.
    pub(super) fn credits<R: Read + Seek>(
        &self,
        file: &mut R,
        written: Amounts,
        decimal: DecimalSign,
        order: Option<Order>,
        notes: &mut Notes,
    ) -> io::Result<(Option<Sign>, Amounts)> {
        if written.credits[1] == 0 {
            return Ok((self.hints.credit_sign, written));
        }
        let turned = self.body.amounts(file, Some(decimal), true)?;
        let sign = self.hints.credit_sign.or_else(|| decide(&written, &turned, order, notes));
        Ok((sign, if sign == Some(Sign::NegativeOut) { written } else { turned }))
    }
}

fn decide(written: &Amounts, turned: &Amounts, order: Option<Order>, notes: &mut Notes) -> Option<Sign> {
    let best = |amounts: &Amounts| proof(&amounts.chain, order).max(proof(&amounts.plain, order));
    let (as_written, as_turned) = (best(written), best(turned));
    let is_disproved = as_written == 0 && as_turned == 0 && written.chain.total > 0;
    let [above, below] = written.credits;
    let has = |counts: [usize; 2]| counts.map(|count| count > 0);
    let by_column = match (has(written.debits), has(written.credits)) {
        _ if is_disproved => None,
        ([true, false], [false, _]) => Some(Sign::PositiveOut),
        ([false, true], [true, _]) => Some(Sign::NegativeOut),
        _ => (below * 10 <= above).then_some(Sign::NegativeOut),
    };
    let (sign, confidence) = match as_written.cmp(&as_turned) {
        Ordering::Less => (Some(Sign::PositiveOut), Confidence::Certain),
        Ordering::Greater => (Some(Sign::NegativeOut), Confidence::Certain),
        Ordering::Equal => (by_column, Confidence::Likely),
    };
    match sign {
        Some(Sign::PositiveOut) => {
            notes.found(
                "creditSign",
                "POSITIVE_OUT",
                confidence,
                "All credits have a minus sign, and no debit has one.",
            );
        }
        Some(Sign::NegativeOut) => {
            notes.found("creditSign", "NEGATIVE_OUT", confidence, "The credits below zero were taken back.");
        }
        None => {
            let minus = format!("The {below} credits below zero are money in, the {above} above zero are money out.");
            let plain = format!("The {below} credits below zero are money out, the {above} above zero are money in.");
            let answers = vec![Answer::new("POSITIVE_OUT", minus), Answer::new("NEGATIVE_OUT", plain)];
            notes.ask("creditSign", "Some credits are below zero. What are they?", answers);
        }
    }
    sign
}

/// How well running balances prove the amounts: 2 as those of an account, 1 as what is owed, 0 not at all.
fn proof(chain: &Chain, order: Option<Order>) -> u8 {
    let is_of_account = || chain.way(order).is_some_and(|way| way.sign == Sign::NegativeOut);
    if chain.is_whole() { 1 + u8::from(is_of_account()) } else { 0 }
}
