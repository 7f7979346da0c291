//! Checks what a note asks for against what is left of its invoice. Pure.

use super::{
    bill::{Amounts, Bill, Left, Noted, Part},
    input::{Input, NoteLine, NoteTerms},
    sums::{Asked, Sums, goods_weights, sums},
};
use crate::{
    bookkeeping::{
        document,
        invoicing::{
            tax,
            totals::{QUANTITY_DIGITS, apportion::apportion},
        },
    },
    entity::note::NoteKind,
    error::{Code, Detail, Refusal, Refusals, Result},
    money::{Currency, Decimal},
};

/// The most lines that a note may name: as many as an invoice may have.
const MOST_LINES: usize = 100;

/// The invoice that a note is about, with what its notes that stand say.
#[derive(Debug)]
pub(super) struct Target {
    /// The kind of the new note.
    pub(super) kind: NoteKind,
    pub(super) currency: Currency,
    pub(super) bill: Bill,
    /// What debit notes add.
    pub(super) added: Noted,
    /// What is left of the invoice.
    pub(super) left: Left,
}

impl Target {
    /// The sums of a new note.
    ///
    /// # Errors
    /// `REQUIRED`, `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` and `LIMIT_REACHED`.
    pub(super) fn sums(&self, input: &Input<'_>) -> Result<Sums> {
        if self.kind == NoteKind::Credit && self.left.total <= 0 {
            let message = "Credit notes have taken back all of this invoice.";
            return Err(Refusal::new(Code::NotAllowed, "invoiceId", message).into());
        }
        let asked = self.asked(input)?;
        let sums = sums(&self.bill, &self.left, self.kind, &asked).ok_or_else(too_large)?;
        if sums.total <= 0 {
            let path = if input.terms.lines.is_some() { "lines" } else { "grossAmount" };
            let message = "The total of the note would be zero. It must be more than zero.";
            return Err(Refusal::new(Code::Invalid, path, message).into());
        }
        let takes_all = || {
            let left: i128 = self.left.parts.iter().map(|part| part.taxable()).sum();
            left == i128::from(sums.gross) + i128::from(sums.other_charges)
        };
        if self.kind == NoteKind::Credit && sums.total >= self.left.total && !takes_all() {
            let path = if input.terms.lines.is_some() { "lines" } else { "grossAmount" };
            let message = "This would take back all of the rounded total, but not all of the goods and taxes. Take back less, or \
                           all with `full: true`.";
            return Err(Refusal::new(Code::Invalid, path, message).into());
        }
        if self.kind == NoteKind::Debit {
            // Together with the invoice, so that what is left of it fits into 64 bits.
            let total = self.bill.total.checked_add(self.added.total).and_then(|total| total.checked_add(sums.total));
            document::within_limit(total.ok_or_else(too_large)?, self.currency, "grossAmount")?;
        }
        Ok(sums)
    }

    fn asked(&self, input: &Input<'_>) -> Result<Asked> {
        let NoteTerms { lines, gross_amount, other_charges, .. } = input.terms;
        let lines = lines.as_deref().unwrap_or_default();
        let mut refusals = Refusals::default();
        if input.full {
            if !lines.is_empty() || gross_amount.is_some() || other_charges.is_some() {
                let message =
                    "`full` takes back all that is left: give it without `lines`, `grossAmount` and `otherCharges`.";
                return Err(Refusal::new(Code::Invalid, "full", message).into());
            }
            return Ok(self.all());
        }
        if lines.is_empty() && gross_amount.is_none() && other_charges.is_none() {
            let all = if self.kind == NoteKind::Credit { ", or `full: true`" } else { "" };
            let message = format!("Give `lines`, `grossAmount` or `otherCharges`{all}.");
            return Err(Refusal::new(Code::Required, "grossAmount", message).into());
        }
        let charges = other_charges.as_ref().and_then(|charges| refusals.check(self.charges(charges)));
        let goods = match (lines.is_empty(), gross_amount) {
            (false, Some(_)) => {
                let message = "Give `lines` or `grossAmount`, not both.";
                refusals.push(Refusal::new(Code::Invalid, "grossAmount", message));
                None
            }
            (false, None) => refusals.take(self.of_lines(lines))?,
            (true, Some(gross)) => refusals.check(self.of_amount(gross)),
            (true, None) => Some(vec![(None, 0); self.bill.parts.len()]),
        };
        refusals.none()?;
        Ok(Asked { goods: goods.unwrap_or_default(), charges: charges.unwrap_or_default(), is_all: false })
    }

    /// All that is left.
    fn all(&self) -> Asked {
        let all = |left: &Amounts| (Some(left.quantity).filter(|quantity| *quantity > 0), left.goods);
        let charges = self.left.parts.iter().map(|left| left.charges).sum();
        Asked { goods: self.left.parts.iter().map(all).collect(), charges, is_all: true }
    }

    fn charges(&self, charges: &Decimal) -> Result<i64, Refusal> {
        let charges = document::amount_or_zero(charges, self.currency, "otherCharges")?;
        let left = self.left.parts.iter().map(|left| left.charges).sum();
        self.at_most(charges, left, "otherCharges", "of the charges of this invoice")
    }

    /// An amount for the goods, shared among the parts.
    fn of_amount(&self, gross: &Decimal) -> Result<Vec<(Option<i64>, i64)>, Refusal> {
        let gross = document::amount(gross, self.currency, "grossAmount")?;
        let left = self.left.parts.iter().map(|left| left.goods).sum();
        let gross = self.at_most(gross, left, "grossAmount", "of the goods of this invoice, before taxes,")?;
        let shares = apportion(gross.into(), &goods_weights(&self.bill, &self.left, self.kind));
        let part = |share: i128| Some((None, i64::try_from(share).ok()?));
        shares.and_then(|shares| shares.into_iter().map(part).collect()).ok_or_else(too_large)
    }

    fn of_lines(&self, lines: &[NoteLine]) -> Result<Vec<(Option<i64>, i64)>> {
        if lines.len() > MOST_LINES {
            let message = format!("A note can name at most {MOST_LINES} lines.");
            let most = Detail::MostItems(MOST_LINES as u64);
            return Err(Refusal::new(Code::LimitReached, "lines", message).with(most).into());
        }
        let mut refusals = Refusals::default();
        let mut goods = vec![None; self.bill.parts.len()];
        for (line, number) in lines.iter().zip(0..) {
            let path = |field: &str| format!("lines.{number}.{field}");
            let mut parts = self.bill.parts.iter().zip(&self.left.parts).zip(&mut goods);
            let found = parts.find(|((part, _), _)| part.is_line() && part.line == line.line);
            let Some(((part, left), goods)) = found else {
                let message = format!("The invoice has no line {}.", line.line);
                refusals.push(Refusal::new(Code::NotFound, path("line"), message));
                continue;
            };
            if goods.is_some() {
                refusals.push(Refusal::new(Code::Invalid, path("line"), "This line is named twice."));
                continue;
            }
            *goods = refusals.check(self.of_line(line, (part, left), &path));
        }
        refusals.none()?;
        Ok(goods.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// The quantity of a line, if one is given, and its price.
    fn of_line(
        &self,
        line: &NoteLine,
        (part, left): (&Part, &Amounts),
        path: &dyn Fn(&str) -> String,
    ) -> Result<(Option<i64>, i64), Refusal> {
        match (&line.quantity, &line.amount) {
            (Some(_), Some(_)) => {
                let message = "Give the quantity or the amount, not both.";
                Err(Refusal::new(Code::Invalid, path("amount"), message))
            }
            (Some(quantity), None) => {
                let quantity = quantity.scaled(QUANTITY_DIGITS as usize).filter(|quantity| *quantity > 0);
                let quantity = quantity.ok_or_else(|| {
                    let message =
                        format!("The quantity must be more than zero and have at most {QUANTITY_DIGITS} decimals.");
                    Refusal::new(Code::Invalid, path("quantity"), message)
                })?;
                let goods = self.price(quantity, (part, left), &path("quantity"))?;
                Ok((Some(quantity), goods))
            }
            (None, Some(amount)) => {
                let goods = document::amount(amount, self.currency, &path("amount"))?;
                Ok((None, self.at_most(goods, left.goods, &path("amount"), "of this line, before taxes,")?))
            }
            (None, None) if self.kind == NoteKind::Debit => {
                let message = "Give the quantity or the amount.";
                Err(Refusal::new(Code::Required, path("amount"), message))
            }
            (None, None) if left.quantity == 0 && left.goods == 0 => {
                let message = "Credit notes have taken back all of this line.";
                Err(Refusal::new(Code::NotAllowed, path("line"), message))
            }
            (None, None) => Ok((Some(left.quantity).filter(|quantity| *quantity > 0), left.goods)),
        }
    }

    /// The price of a quantity of a line.
    fn price(&self, quantity: i64, (part, left): (&Part, &Amounts), path: &str) -> Result<i64, Refusal> {
        let (whole, goods) = match self.kind {
            NoteKind::Credit => {
                if quantity > left.quantity {
                    let left = Decimal::from_scaled(left.quantity, QUANTITY_DIGITS);
                    let message = format!("Only {left} of this line is left.");
                    return Err(Refusal::new(Code::Invalid, path, message));
                }
                (left.quantity, left.goods)
            }
            NoteKind::Debit => {
                let added = self.added.lines.get(&part.line).map_or(0, |added| added.quantity);
                let sum = part.billed.quantity.checked_add(added).and_then(|sum| sum.checked_add(quantity));
                if sum.is_none() {
                    return Err(Refusal::new(Code::LimitReached, path, "The quantity is too large."));
                }
                (part.billed.quantity, part.billed.goods)
            }
        };
        let price = tax::round(i128::from(goods) * i128::from(quantity), whole.into());
        let price =
            i64::try_from(price).map_err(|_| Refusal::new(Code::LimitReached, path, "The amount is too large."))?;
        document::within_limit(price, self.currency, path)
    }

    /// Checks that a credit note takes back no more than what is left. `what` it is of.
    fn at_most(&self, amount: i64, left: i64, path: &str, what: &str) -> Result<i64, Refusal> {
        if self.kind == NoteKind::Debit || amount <= left {
            return Ok(amount);
        }
        let left = Decimal::from_minor(left, self.currency);
        let message = format!("Only {left} {} {what} is left.", self.currency);
        Err(Refusal::new(Code::Invalid, path, message))
    }
}

fn too_large() -> Refusal {
    Refusal::new(Code::LimitReached, "grossAmount", "The amount is too large.")
}
