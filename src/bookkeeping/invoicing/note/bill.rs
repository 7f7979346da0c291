//! What an invoice consists of, and what notes leave of it. Pure.
//!
//! A *part* is a line of the invoice, or all of an invoice without lines. Parts that are taxed together have one *group*:
//!
//! | invoice | groups | the tax of a note |
//! |---|---|---|
//! | with rates | one for each rate | by the rate |
//! | with a tax that was given without a rate | one | in proportion to the value |
//! | older than taxes by rate, with a rate on every line | one for each line, since each line was taxed by itself | by the rate |
//! | older than taxes by rate, any other | one: its rates are not stored | in proportion to the value |
//!
//! The charges of an invoice that is older than taxes by rate are not taxed. They are a part of their own.

use std::collections::{BTreeMap, HashMap};

use crate::{
    bookkeeping::invoicing::{
        invoice_list::is_inter_state,
        tax::{self, Taxed, Taxes},
        totals::shares::Basis,
    },
    entity::{
        invoice::{self, TaxMethod},
        invoice_line,
    },
};

/// In place of the number of a line: all goods of an invoice without lines.
const WHOLE: i32 = 0;
/// In place of the number of a line: charges that are not taxed.
const UNTAXED: i32 = -1;

/// Amounts of a part in minor units, and its quantity in ten-thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::bookkeeping) struct Amounts {
    /// Zero where there is no line.
    pub(in crate::bookkeeping) quantity: i64,
    /// The price of the goods, after all discounts.
    pub(in crate::bookkeeping) goods: i64,
    /// The share of the charges.
    pub(in crate::bookkeeping) charges: i64,
    pub(in crate::bookkeeping) taxes: Taxes,
}

impl Amounts {
    /// What the taxes are on.
    pub(in crate::bookkeeping) fn taxable(self) -> i128 {
        i128::from(self.goods) + i128::from(self.charges)
    }

    /// The sum; `None` when it exceeds 64 bits.
    pub(in crate::bookkeeping) fn plus(self, more: Self) -> Option<Self> {
        Some(Self {
            quantity: self.quantity.checked_add(more.quantity)?,
            goods: self.goods.checked_add(more.goods)?,
            charges: self.charges.checked_add(more.charges)?,
            taxes: self.taxes.plus(more.taxes)?,
        })
    }

    /// The difference; `None` when it exceeds 64 bits.
    fn minus(self, less: Self) -> Option<Self> {
        Some(Self {
            quantity: self.quantity.checked_sub(less.quantity)?,
            goods: self.goods.checked_sub(less.goods)?,
            charges: self.charges.checked_sub(less.charges)?,
            taxes: self.taxes.minus(less.taxes)?,
        })
    }
}

/// A part of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping) struct Part {
    /// The number of the line; zero or less where there is no line.
    pub(in crate::bookkeeping) line: i32,
    /// Tells the groups apart.
    pub(in crate::bookkeeping) group: i64,
    /// The tax rate of the group in thousandths of a per cent; `None` when its tax is in proportion to the value.
    pub(super) rate: Option<i64>,
    /// As the invoice says.
    pub(super) billed: Amounts,
}

/// An invoice as notes see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping) struct Bill {
    pub(in crate::bookkeeping) parts: Vec<Part>,
    /// Whether its tax is IGST.
    pub(super) across_states: bool,
    /// The total in minor units.
    pub(super) total: i64,
}

/// The sums of several notes on one invoice.
#[derive(Clone, Debug, Default)]
pub(in crate::bookkeeping) struct Noted {
    /// Of all that they say. Quantities are not counted here.
    pub(in crate::bookkeeping) whole: Amounts,
    /// Of each line, by its number.
    pub(in crate::bookkeeping) lines: HashMap<i32, Amounts>,
    /// Of their totals.
    pub(in crate::bookkeeping) total: i64,
}

/// What notes leave of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping) struct Left {
    /// Of each part. The taxes are right for a group as a whole: how they are shared among its lines depends on the notes.
    pub(in crate::bookkeeping) parts: Vec<Amounts>,
    pub(in crate::bookkeeping) total: i64,
}

impl Bill {
    /// An invoice with its lines. `None` when its sums are not those of an invoice.
    pub(in crate::bookkeeping) fn of(invoice: &invoice::Model, lines: &[invoice_line::Model]) -> Option<Self> {
        let is_by_rate = invoice.tax_method == TaxMethod::ByRate;
        let across_states = is_inter_state(invoice);
        let mut parts = match (lines.is_empty(), is_by_rate) {
            (true, _) => vec![whole(invoice, is_by_rate)?],
            (false, true) => by_rate(invoice, lines)?,
            (false, false) => by_line(invoice, lines, across_states)?,
        };
        if !is_by_rate {
            let billed = Amounts { charges: invoice.other_charges, ..Amounts::default() };
            parts.push(Part { line: UNTAXED, group: UNTAXED.into(), rate: Some(0), billed });
        }
        Some(Self { parts, across_states, total: invoice.total })
    }

    /// What is left of the invoice when some notes add to it and others take from it. `None` when a sum exceeds 64 bits.
    pub(in crate::bookkeeping) fn left(&self, added: &Noted, taken: &Noted) -> Option<Left> {
        let left = |part: &Part| part.billed.plus(self.noted(part, added))?.minus(self.noted(part, taken));
        let total = self.total.checked_add(added.total)?.checked_sub(taken.total)?;
        Some(Left { parts: self.parts.iter().map(left).collect::<Option<_>>()?, total })
    }

    /// Whether it can be what notes leave: nothing is below zero, and when nothing of a group is left, nothing is left of its tax.
    pub(in crate::bookkeeping) fn can_leave(&self, left: &Left) -> bool {
        let mut groups: BTreeMap<i64, Group> = BTreeMap::new();
        for (part, left) in self.parts.iter().zip(&left.parts) {
            if left.quantity < 0 || left.goods < 0 || left.charges < 0 {
                return false;
            }
            let group = groups.entry(part.group).or_default();
            group.billed += part.billed.taxable();
            group.taxable += left.taxable();
            for (sum, tax) in group.taxes.iter_mut().zip([left.taxes.cgst, left.taxes.sgst, left.taxes.igst]) {
                *sum += i128::from(tax);
            }
        }
        // A tax that was given may be all that is billed.
        let can_be = |group: &Group| match group.taxes.iter().min() {
            Some(least) if *least < 0 => false,
            _ => group.taxable > 0 || group.billed == 0 || group.taxes == [0; 3],
        };
        let is_nothing = |group: &Group| group.taxable == 0 && group.taxes == [0; 3];
        let total_can_be = if groups.values().all(is_nothing) { left.total == 0 } else { left.total >= 0 };
        groups.values().all(can_be) && total_can_be
    }

    /// What notes say of a part.
    fn noted(&self, part: &Part, noted: &Noted) -> Amounts {
        let has_untaxed = self.parts.iter().any(|part| part.line == UNTAXED);
        match part.line {
            UNTAXED => Amounts { charges: noted.whole.charges, ..Amounts::default() },
            WHOLE if has_untaxed => Amounts { charges: 0, ..noted.whole },
            WHOLE => noted.whole,
            line => noted.lines.get(&line).copied().unwrap_or_default(),
        }
    }
}

impl Part {
    /// Whether it is a line.
    pub(in crate::bookkeeping) fn is_line(&self) -> bool {
        self.line > WHOLE
    }

    /// Whether it has goods. Otherwise it is the charges that are not taxed.
    pub(super) fn is_goods(&self) -> bool {
        self.line != UNTAXED
    }
}

/// The sums of a group: what the invoice taxes, and what is left of it.
#[derive(Default)]
struct Group {
    billed: i128,
    taxable: i128,
    taxes: [i128; 3],
}

/// What the lines are taxed on, or the gross amount: without the charges.
fn basis(invoice: &invoice::Model, lines: &[invoice_line::Model]) -> Basis {
    let mut goods: Vec<_> = lines.iter().map(|line| Taxed { amount: line.amount, rate: 0 }).collect();
    if goods.is_empty() {
        goods.push(Taxed { amount: invoice.gross, rate: 0 });
    }
    Basis { goods, discount: invoice.discount, charges: 0 }
}

fn taxes(invoice: &invoice::Model) -> Taxes {
    Taxes { cgst: invoice.cgst, sgst: invoice.sgst, igst: invoice.igst }
}

fn whole(invoice: &invoice::Model, is_by_rate: bool) -> Option<Part> {
    let goods = invoice.gross.checked_sub(invoice.discount)?;
    let charges = if is_by_rate { invoice.other_charges } else { 0 };
    let billed = Amounts { quantity: 0, goods, charges, taxes: taxes(invoice) };
    Some(Part { line: WHOLE, group: 0, rate: invoice.rate.map(i64::from), billed })
}

fn by_rate(invoice: &invoice::Model, lines: &[invoice_line::Model]) -> Option<Vec<Part>> {
    let has_rates = invoice.rate.is_some() || lines.iter().any(|line| line.rate.is_some());
    let part = |(line, goods): (&invoice_line::Model, i64)| {
        let rate = has_rates.then(|| line.rate.or(invoice.rate).unwrap_or_default().into());
        let charges = line.taxable?.checked_sub(goods)?;
        let taxes = Taxes { cgst: line.cgst?, sgst: line.sgst?, igst: line.igst? };
        let billed = Amounts { quantity: line.quantity, goods, charges, taxes };
        Some(Part { line: line.line, group: rate.unwrap_or_default(), rate, billed })
    };
    lines.iter().zip(basis(invoice, lines).nets()?).map(part).collect()
}

fn by_line(invoice: &invoice::Model, lines: &[invoice_line::Model], across_states: bool) -> Option<Vec<Part>> {
    let rates: Option<Vec<i64>> = lines.iter().map(|line| line.rate.map(i64::from)).collect();
    let basis = basis(invoice, lines);
    let shares = basis.share(taxes(invoice))?.shares;
    let part = |((line, goods), (place, share)): ((&invoice_line::Model, i64), (usize, Taxes))| {
        let rate = rates.as_ref().and_then(|rates| rates.get(place)).copied();
        let (group, taxes) = match rate {
            Some(rate) => (line.line.into(), tax::taxes(&[Taxed { amount: line.amount, rate }], across_states)?),
            None => (0, share),
        };
        let billed = Amounts { quantity: line.quantity, goods, charges: 0, taxes };
        Some(Part { line: line.line, group, rate, billed })
    };
    let shares = shares.into_iter().map(|share| share.taxes).enumerate();
    lines.iter().zip(basis.nets()?).zip(shares).map(part).collect()
}
