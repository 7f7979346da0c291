//! Works out the sums of a note from what is asked for. Pure.
//!
//! | step | rule |
//! |---|---|
//! | charges | shared among the parts: those of a credit note in proportion to what is left of each, those of a debit note as on the invoice |
//! | tax of a group | that of a positive amount, rounded as on an invoice. A credit note takes back at most what is left, and with the last of a group all that is left |
//! | shares of the lines | the tax of a group is shared in proportion to the taxable amounts |
//! | round-off | the last credit note takes back what is left of the total, which may have been rounded. No credit note takes back more than that |

use super::bill::{Amounts, Bill, Left, Part};
use crate::{
    bookkeeping::invoicing::{
        tax::{self, Taxed, Taxes},
        totals::{
            apportion::apportion,
            postings::{Parts, postings},
        },
    },
    entity::{account::AccountKind, note::NoteKind},
};

/// What a note is to lower or raise an invoice by, before taxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Of each part: the quantity, if one was named, and the price of the goods.
    pub(super) goods: Vec<(Option<i64>, i64)>,
    /// The charges.
    pub(super) charges: i64,
    /// Whether it is all that is left.
    pub(super) is_all: bool,
}

/// A line of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The number of the line on the invoice.
    pub(super) number: i32,
    pub(super) quantity: Option<i64>,
    pub(super) amounts: Amounts,
}

/// The sums of a note, in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) lines: Vec<Line>,
    pub(super) gross: i64,
    pub(super) taxes: Taxes,
    pub(super) other_charges: i64,
    pub(super) round_off: i64,
    pub(super) total: i64,
}

impl Sums {
    /// What accounts are credited with, or debited with by a credit note.
    pub(super) fn parts(&self) -> Parts {
        Parts { sales: self.gross, taxes: self.taxes, charges: self.other_charges, round_off: self.round_off }
    }
}

/// A part of the invoice with what the note says of it.
struct Row<'a> {
    place: usize,
    part: &'a Part,
    left: Amounts,
    quantity: Option<i64>,
    note: Amounts,
}

/// The sums of a note. What a credit note asks for must be left. `None` when a sum exceeds 64 bits.
pub(super) fn sums(bill: &Bill, left: &Left, kind: NoteKind, asked: &Asked) -> Option<Sums> {
    let charges = apportion(asked.charges.into(), &charge_weights(bill, left, kind))?;
    let mut rows = Vec::with_capacity(bill.parts.len());
    let of_each = bill.parts.iter().zip(&left.parts).zip(&asked.goods).zip(charges).enumerate();
    for (place, (((part, left), (quantity, goods)), charges)) in of_each {
        let charges = i64::try_from(charges).ok()?;
        let note = Amounts { quantity: 0, goods: *goods, charges, taxes: Taxes::default() };
        rows.push(Row { place, part, left: *left, quantity: *quantity, note });
    }
    // The sort is stable, so the lines of a group stay in their order.
    rows.sort_by_key(|row| row.part.group);
    for group in rows.chunk_by_mut(|row, next| row.part.group == next.part.group) {
        let taxes = tax_of(group, bill.across_states, kind, asked.is_all)?;
        share(group, taxes)?;
    }
    rows.sort_by_key(|row| row.place);

    let mut sum = Amounts::default();
    for row in &rows {
        sum = sum.plus(row.note)?;
    }
    let exact = sum.taxable() + of_taxes(sum.taxes);
    let is_last = rows.iter().all(|row| (row.note.goods, row.note.charges) == (row.left.goods, row.left.charges));
    let over = i128::from(left.total) - exact;
    let round_off = match kind {
        NoteKind::Debit => 0,
        NoteKind::Credit if is_last && (exact > 0 || asked.is_all) => over,
        NoteKind::Credit => over.min(0),
    };
    Some(Sums {
        lines: rows.iter().filter_map(Row::line).collect(),
        gross: sum.goods,
        taxes: sum.taxes,
        other_charges: sum.charges,
        round_off: i64::try_from(round_off).ok()?,
        total: i64::try_from(exact + round_off).ok()?,
    })
}

/// What the charges of a note are shared by.
fn charge_weights(bill: &Bill, left: &Left, kind: NoteKind) -> Vec<i128> {
    if kind == NoteKind::Credit {
        return left.parts.iter().map(|left| left.charges.into()).collect();
    }
    if bill.parts.iter().any(|part| !part.is_goods()) {
        return bill.parts.iter().map(|part| i128::from(!part.is_goods())).collect();
    }
    let of = |amount: fn(&Amounts) -> i64| bill.parts.iter().map(|part| amount(&part.billed).into()).collect();
    first_with_any([of(|billed| billed.charges), of(|billed| billed.goods)], bill.parts.len())
}

/// What an amount for the goods of all parts is shared by.
pub(super) fn goods_weights(bill: &Bill, left: &Left, kind: NoteKind) -> Vec<i128> {
    if kind == NoteKind::Credit {
        return left.parts.iter().map(|left| left.goods.into()).collect();
    }
    let by_value = bill.parts.iter().map(|part| part.billed.goods.into()).collect();
    let equally = bill.parts.iter().map(|part| i128::from(part.is_goods())).collect();
    first_with_any([by_value, equally], bill.parts.len())
}

/// The first of several lists of weights that has one; otherwise equal ones.
fn first_with_any<const N: usize>(lists: [Vec<i128>; N], length: usize) -> Vec<i128> {
    lists.into_iter().find(|weights| weights.iter().any(|weight| *weight > 0)).unwrap_or_else(|| vec![1; length])
}

/// The taxes of a group.
fn tax_of(group: &[Row<'_>], across_states: bool, kind: NoteKind, is_all: bool) -> Option<Taxes> {
    let taxable: i128 = group.iter().map(|row| row.note.taxable()).sum();
    let taxes = exact_tax(group, taxable, across_states)?;
    if kind == NoteKind::Debit {
        return Some(taxes);
    }
    let left_taxable: i128 = group.iter().map(|row| row.left.taxable()).sum();
    let mut left = Taxes::default();
    for row in group {
        left = left.plus(row.left.taxes)?;
    }
    Some(if taxable == left_taxable && (taxable > 0 || is_all) { left } else { taxes.at_most(left) })
}

/// The taxes on a taxable amount: by the rate of the group, or in proportion to what the invoice says.
fn exact_tax(group: &[Row<'_>], taxable: i128, across_states: bool) -> Option<Taxes> {
    if let Some(rate) = group.first()?.part.rate {
        return tax::taxes(&[Taxed { amount: i64::try_from(taxable).ok()?, rate }], across_states);
    }
    let mut billed = Amounts::default();
    for row in group {
        billed = billed.plus(Amounts { quantity: 0, ..row.part.billed })?;
    }
    if billed.taxable() <= 0 {
        return Some(Taxes::default());
    }
    let part = |tax: i64| i64::try_from(tax::round(taxable.checked_mul(tax.into())?, billed.taxable())).ok();
    Some(Taxes { cgst: part(billed.taxes.cgst)?, sgst: part(billed.taxes.sgst)?, igst: part(billed.taxes.igst)? })
}

/// Shares the taxes of a group among its rows.
fn share(group: &mut [Row<'_>], taxes: Taxes) -> Option<()> {
    let of = |tax: i64, left: fn(Taxes) -> i64| {
        let by_value = group.iter().map(|row| row.note.taxable()).collect();
        // Where nothing is taxable, the taxes were given, and all of them are taken back.
        let by_tax = group.iter().map(|row| left(row.left.taxes).max(0).into()).collect();
        apportion(tax.into(), &first_with_any([by_value, by_tax], group.len()))
    };
    let cgst = of(taxes.cgst, |left| left.cgst)?;
    let sgst = of(taxes.sgst, |left| left.sgst)?;
    let igst = of(taxes.igst, |left| left.igst)?;
    for (((row, cgst), sgst), igst) in group.iter_mut().zip(cgst).zip(sgst).zip(igst) {
        let minor = |share: i128| i64::try_from(share).ok();
        row.note.taxes = Taxes { cgst: minor(cgst)?, sgst: minor(sgst)?, igst: minor(igst)? };
    }
    Some(())
}

fn of_taxes(taxes: Taxes) -> i128 {
    [taxes.cgst, taxes.sgst, taxes.igst].into_iter().map(i128::from).sum()
}

impl Row<'_> {
    /// The line of the note, if it says anything of a line.
    fn line(&self) -> Option<Line> {
        let says_something = self.quantity.is_some() || self.note != Amounts::default();
        let Self { part, quantity, note, .. } = *self;
        (part.is_line() && says_something).then_some(Line { number: part.line, quantity, amounts: note })
    }
}

/// The kind of the debited account, the kind of the credited account, and the amount of each posting of a note: those of an invoice
/// with the same sums, and for a credit note the other way round.
pub(in crate::bookkeeping) fn posted(kind: NoteKind, parts: &Parts) -> Vec<(AccountKind, AccountKind, i64)> {
    let turned = |(debit, credit, amount)| match kind {
        NoteKind::Credit => (credit, debit, amount),
        NoteKind::Debit => (debit, credit, amount),
    };
    postings(parts).into_iter().map(turned).collect()
}
