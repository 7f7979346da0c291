//! Tests of what notes take back and add.

use proptest::prelude::*;

use super::{
    bill::{Amounts, Bill, Left, Noted},
    sums::{Asked, Sums, goods_weights, sums},
};
use crate::{
    bookkeeping::invoicing::{
        tax::{Taxed, Taxes},
        totals::{apportion::apportion, shares::Basis},
    },
    entity::{
        invoice::{self, TaxMethod},
        invoice_line,
        note::NoteKind,
    },
    id::Id,
    money::Currency,
};

/// An invoice without lines and without tax. Its total is not worked out.
fn invoice(gross: i64) -> invoice::Model {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    invoice::Model {
        id: Id::generate(),
        position: uuid::Uuid::nil(),
        book_id: Id::generate(),
        customer_id: Id::generate(),
        buyer_id: uuid::Uuid::nil(),
        seller_id: uuid::Uuid::nil(),
        number: "INV-0001".to_owned(),
        number_key: "inv-0001".to_owned(),
        date: day,
        currency: Currency::Yem,
        note: None,
        voided_at: None,
        void_reason: None,
        created_at: chrono::DateTime::UNIX_EPOCH,
        due_date: day,
        gross,
        discount: 0,
        discount_percent: None,
        tax_method: TaxMethod::ByRate,
        rate: None,
        inter_state: false,
        cgst: 0,
        sgst: 0,
        igst: 0,
        other_charges: 0,
        round_off: 0,
        total: gross,
        paid: 0,
        credited: 0,
        debited: 0,
    }
}

fn line(number: i32, amount: i64, rate: Option<i32>) -> invoice_line::Model {
    invoice_line::Model {
        invoice_id: Id::generate(),
        line: number,
        description: "tea".to_owned(),
        hsn_code: None,
        quantity: 30_000,
        unit_price: amount,
        unit_price_fraction: 0,
        rate,
        discount: 0,
        discount_percent: None,
        amount,
        taxable: None,
        cgst: None,
        sgst: None,
        igst: None,
    }
}

/// Works out the taxes and the total of an invoice by its rates.
fn assessed(invoice: invoice::Model, lines: &mut [invoice_line::Model]) -> invoice::Model {
    let taxed = |amount, rate: Option<i32>| Taxed { amount, rate: rate.or(invoice.rate).unwrap_or_default().into() };
    let mut goods: Vec<_> = lines.iter().map(|line| taxed(line.amount, line.rate)).collect();
    if goods.is_empty() {
        goods.push(taxed(invoice.gross, None));
    }
    let basis = Basis { goods, discount: invoice.discount, charges: invoice.other_charges };
    let assessed = basis.assess(invoice.inter_state).unwrap();
    for (line, share) in lines.iter_mut().zip(assessed.shares) {
        line.taxable = Some(share.taxable);
        line.cgst = Some(share.taxes.cgst);
        line.sgst = Some(share.taxes.sgst);
        line.igst = Some(share.taxes.igst);
    }
    let Taxes { cgst, sgst, igst } = assessed.taxes;
    let total = invoice.gross - invoice.discount + cgst + sgst + igst + invoice.other_charges + invoice.round_off;
    invoice::Model { cgst, sgst, igst, total, ..invoice }
}

/// An invoice and what notes say of it.
struct Book {
    bill: Bill,
    added: Noted,
    taken: Noted,
}

impl Book {
    fn of(invoice: &invoice::Model, lines: &[invoice_line::Model]) -> Self {
        let bill = Bill::of(invoice, lines).unwrap();
        Self { bill, added: Noted::default(), taken: Noted::default() }
    }

    fn left(&self) -> Left {
        let left = self.bill.left(&self.added, &self.taken).unwrap();
        assert!(self.bill.can_leave(&left), "{left:?}");
        left
    }

    fn note(&mut self, kind: NoteKind, asked: &Asked) -> Sums {
        let sums = sums(&self.bill, &self.left(), kind, asked).unwrap();
        let noted = if kind == NoteKind::Credit { &mut self.taken } else { &mut self.added };
        let whole = Amounts { quantity: 0, goods: sums.gross, charges: sums.other_charges, taxes: sums.taxes };
        noted.whole = noted.whole.plus(whole).unwrap();
        noted.total += sums.total;
        for line in &sums.lines {
            let amounts = Amounts { quantity: line.quantity.unwrap_or_default(), ..line.amounts };
            let entry = noted.lines.entry(line.number).or_default();
            *entry = entry.plus(amounts).unwrap();
        }
        sums
    }

    /// Takes back an amount of the goods and of the charges.
    fn credit(&mut self, goods: i64, charges: i64) -> Sums {
        self.write(NoteKind::Credit, goods, charges)
    }

    fn write(&mut self, kind: NoteKind, goods: i64, charges: i64) -> Sums {
        let shares = apportion(goods.into(), &goods_weights(&self.bill, &self.left(), kind)).unwrap();
        let goods = shares.into_iter().map(|share| (None, i64::try_from(share).unwrap())).collect();
        self.note(kind, &Asked { goods, charges, is_all: false })
    }

    /// Takes back all that is left.
    fn credit_all(&mut self) -> Sums {
        let left = self.left();
        let goods = left.parts.iter().map(|part| (None, part.goods)).collect();
        let charges = left.parts.iter().map(|part| part.charges).sum();
        self.note(NoteKind::Credit, &Asked { goods, charges, is_all: true })
    }
}

fn taxes(cgst: i64, igst: i64) -> Taxes {
    Taxes { cgst, sgst: cgst, igst }
}

/// Goods, taxes, charges, round-off and total of a note.
fn words(sums: &Sums) -> (i64, Taxes, i64, i64, i64) {
    (sums.gross, sums.taxes, sums.other_charges, sums.round_off, sums.total)
}

#[test]
fn all_of_an_invoice_is_taken_back_as_it_was_billed() {
    let taxed = invoice::Model { rate: Some(18_000), ..invoice(10_000) };
    let mut book = Book::of(&assessed(taxed, &mut []), &[]);
    assert_eq!(words(&book.credit_all()), (10_000, taxes(900, 0), 0, 0, 11_800));
    let left = book.left();
    assert_eq!((left.total, left.parts[0]), (0, Amounts::default()));
}

#[test]
fn the_last_note_takes_back_what_rounding_leaves_of_the_tax() {
    // 5 % within a state on 3 times 0.45: 0.03375 is 0.03, and 0.01125 is 0.01 each.
    let taxed = invoice::Model { rate: Some(5000), ..invoice(135) };
    let mut book = Book::of(&assessed(taxed, &mut []), &[]);
    assert_eq!(words(&book.credit(45, 0)), (45, taxes(1, 0), 0, 0, 47));
    assert_eq!(words(&book.credit(45, 0)), (45, taxes(1, 0), 0, 0, 47));
    assert_eq!(words(&book.credit(45, 0)), (45, taxes(1, 0), 0, 0, 47));
    // 0.20 at 5 % is 0.005 each, which is rounded up while there is a tax to take back: 0.15 of the 6.00.
    let taxed = invoice::Model { rate: Some(5000), ..invoice(600) };
    let mut book = Book::of(&assessed(taxed, &mut []), &[]);
    for number in 0..30 {
        let expected = if number < 15 { taxes(1, 0) } else { taxes(0, 0) };
        assert_eq!(book.credit(20, 0).taxes, expected, "{number}");
    }
    assert_eq!(book.left().total, 0);
    // Rounded down, so that the last one takes more.
    let taxed = invoice::Model { rate: Some(5000), inter_state: true, ..invoice(900) };
    let mut book = Book::of(&assessed(taxed, &mut []), &[]);
    let all: Vec<_> = (0..100).map(|_| book.credit(9, 0).taxes.igst).collect();
    assert_eq!((all[..99].iter().sum::<i64>(), all[99]), (0, 45));
}

#[test]
fn each_group_is_taxed_at_its_own_rate() {
    let mut lines = [line(1, 60_000, Some(18_000)), line(2, 30_000, Some(5000)), line(3, 10_000, Some(0))];
    let charged = invoice::Model { other_charges: 5000, inter_state: true, ..invoice(100_000) };
    let charged = assessed(charged, &mut lines);
    let mut book = Book::of(&charged, &lines);
    // A half of each line, without the charges: 18 % of 300.00 and 5 % of 150.00.
    let half = book.credit(50_000, 0);
    assert_eq!(words(&half), (50_000, taxes(0, 5400 + 750), 0, 0, 56_150));
    let shares: Vec<_> =
        half.lines.iter().map(|line| (line.number, line.amounts.goods, line.amounts.taxes.igst)).collect();
    assert_eq!(shares, [(1, 30_000, 5400), (2, 15_000, 750), (3, 5000, 0)]);
    // The charges are shared as on the invoice: 30, 15 and 5.
    assert_eq!(words(&book.credit(0, 5000)), (0, taxes(0, 540 + 75), 5000, 0, 5615));
    assert_eq!(words(&book.credit_all()), (50_000, taxes(0, 6150), 0, 0, 56_150));
}

#[test]
fn what_a_total_was_rounded_by_goes_with_the_last_note() {
    for round_off in [-40, 40] {
        let rounded = invoice::Model { round_off, ..invoice(11_840) };
        let mut book = Book::of(&assessed(rounded, &mut []), &[]);
        assert_eq!(words(&book.credit(1840, 0)), (1840, taxes(0, 0), 0, 0, 1840));
        assert_eq!(words(&book.credit_all()), (10_000, taxes(0, 0), 0, round_off, 10_000 + round_off));
    }
    // No note takes back more than what is left of the total.
    let rounded = invoice::Model { round_off: -40, ..invoice(11_840) };
    let mut book = Book::of(&assessed(rounded, &mut []), &[]);
    assert_eq!(words(&book.credit(11_830, 0)), (11_830, taxes(0, 0), 0, -30, 11_800));
    assert_eq!(book.left().total, 0);
}

#[test]
fn taxes_without_a_rate_are_shared_by_value() {
    // Given as they are.
    let given = invoice::Model { cgst: 901, sgst: 901, total: 11_802, ..invoice(10_000) };
    let mut book = Book::of(&given, &[]);
    assert_eq!(book.credit(3333, 0).taxes, taxes(300, 0));
    assert_eq!(book.credit(3333, 0).taxes, taxes(300, 0));
    assert_eq!(book.credit_all().taxes, taxes(301, 0));
    // Of an invoice that is older than taxes by rate, the charges are not taxed.
    let older = invoice::Model {
        tax_method: TaxMethod::ByLine,
        other_charges: 500,
        igst: 1800,
        total: 12_300,
        ..invoice(10_000)
    };
    let mut book = Book::of(&older, &[]);
    assert_eq!(words(&book.credit(5000, 100)), (5000, taxes(0, 900), 100, 0, 6000));
    assert_eq!(words(&book.credit_all()), (5000, taxes(0, 900), 400, 0, 6300));
    // With lines without rates, by value; with a rate on each, line by line: 0.025 twice was 0.06, and not 0.05.
    let mut lines = [line(1, 100, None), line(2, 300, Some(5000))];
    let older = invoice::Model { tax_method: TaxMethod::ByLine, cgst: 10, sgst: 10, total: 420, ..invoice(400) };
    let mut book = Book::of(&older, &lines);
    let shares: Vec<_> = book.credit_all().lines.iter().map(|line| line.amounts.taxes.cgst).collect();
    assert_eq!(shares, [3, 7]);
    lines = [line(1, 100, Some(5000)), line(2, 100, Some(5000))];
    let older = invoice::Model { tax_method: TaxMethod::ByLine, cgst: 6, sgst: 6, total: 212, ..invoice(200) };
    let mut book = Book::of(&older, &lines);
    let first = Asked { goods: vec![(None, 100), (None, 0), (None, 0)], charges: 0, is_all: false };
    assert_eq!(book.note(NoteKind::Credit, &first).taxes, taxes(3, 0));
    assert_eq!(book.credit_all().taxes, taxes(3, 0));
}

#[test]
fn a_tax_that_is_all_of_an_invoice_is_taken_back_at_once() {
    let given = invoice::Model { discount: 100, cgst: 9, sgst: 9, total: 18, ..invoice(100) };
    let mut book = Book::of(&given, &[]);
    assert_eq!(words(&book.credit_all()), (0, taxes(9, 0), 0, 0, 18));
    assert_eq!(book.left().total, 0);
}

#[test]
fn a_debit_note_adds_to_what_can_be_taken_back() {
    let taxed = invoice::Model { rate: Some(18_000), other_charges: 1000, ..invoice(10_000) };
    let mut book = Book::of(&assessed(taxed, &mut []), &[]);
    assert_eq!(words(&book.write(NoteKind::Debit, 5000, 500)), (5000, taxes(495, 0), 500, 0, 6490));
    assert_eq!(words(&book.credit(15_000, 0)), (15_000, taxes(1350, 0), 0, 0, 17_700));
    assert_eq!(words(&book.credit_all()), (0, taxes(135, 0), 1500, 0, 1770));
}

#[test]
fn what_cannot_be_left_is_known() {
    let taxed = invoice::Model { rate: Some(18_000), ..invoice(10_000) };
    let book = Book::of(&assessed(taxed, &mut []), &[]);
    let all = book.left();
    let with = |total: i64, change: fn(&mut Amounts)| {
        let mut left = Left { total, ..all.clone() };
        change(&mut left.parts[0]);
        book.bill.can_leave(&left)
    };
    assert!(with(11_800, |_| {}));
    assert!(with(0, |part| *part = Amounts::default()));
    assert!(!with(-1, |_| {}));
    assert!(!with(1, |part| *part = Amounts::default()));
    assert!(!with(11_800, |part| part.goods = -1));
    assert!(!with(11_800, |part| part.charges = -1));
    assert!(!with(11_800, |part| part.quantity = -1));
    assert!(!with(11_800, |part| part.taxes.cgst = -1));
    assert!(!with(900, |part| part.goods = 0));
}

proptest! {
    #[test]
    fn notes_take_back_exactly_what_was_billed_in_whatever_parts(
        lines in prop::collection::vec((0..100_000_i64, prop::sample::select(vec![0, 250, 5000, 12_000, 18_000])), 0..8),
        (off, charges) in (0..=1000_i64, 0..20_000_i64),
        across in any::<bool>(),
        round_off in -49..=50_i64,
        steps in prop::collection::vec((any::<bool>(), 0..=100_i64, 0..=100_i64), 0..12),
    ) {
        let mut lines: Vec<_> =
            lines.into_iter().zip(1..).map(|((amount, rate), number)| line(number, amount, Some(rate))).collect();
        let gross = if lines.is_empty() { 54_321 } else { lines.iter().map(|line| line.amount).sum() };
        prop_assume!(gross > 100);
        let billed = invoice::Model {
            discount: gross * off / 2000,
            other_charges: charges,
            rate: Some(5000),
            inter_state: across,
            round_off,
            ..invoice(gross)
        };
        let billed = assessed(billed, &mut lines);
        let mut book = Book::of(&billed, &lines);
        for (is_debit, goods, charges) in steps {
            let left = book.left();
            if left.total == 0 {
                break;
            }
            let part = |of: fn(&Amounts) -> i64, per_cent| left.parts.iter().map(of).sum::<i64>() * per_cent / 100;
            let (goods, charges) = (part(|part| part.goods, goods), part(|part| part.charges, charges));
            let kind = if is_debit { NoteKind::Debit } else { NoteKind::Credit };
            if goods + charges > 0 {
                let sums = book.write(kind, goods, charges);
                prop_assert_eq!((sums.gross, sums.other_charges), (goods, charges));
                prop_assert!(sums.total > 0 && (kind == NoteKind::Credit || sums.round_off == 0));
                let of_lines = |of: fn(&Amounts) -> i64| sums.lines.iter().map(|line| of(&line.amounts)).sum::<i64>();
                if !lines.is_empty() {
                    let sum = (of_lines(|line| line.goods), of_lines(|line| line.charges), of_lines(|line| line.taxes.cgst));
                    prop_assert_eq!(sum, (sums.gross, sums.other_charges, sums.taxes.cgst));
                }
            }
        }
        if book.left().total > 0 {
            book.credit_all();
        }
        let (added, taken) = (&book.added, &book.taken);
        prop_assert_eq!(taken.total, billed.total + added.total);
        // Unless rounding down has used up the total before the goods.
        if book.left().parts.iter().all(|part| part.taxable() == 0) {
            let expected = taxes(billed.cgst, billed.igst).plus(added.whole.taxes);
            prop_assert_eq!(Some(taken.whole.taxes), expected);
        }
    }
}
