//! Checks invoices: sums, lines, and ledger entry. Pure.

use super::ledger_entries::{LedgerCopy, customer};
use crate::bookkeeping::verify::{
    difference::{Check, Money, Report},
    posted::Move,
};
use crate::{
    bookkeeping::invoicing::{
        numbering,
        tax::{self, Taxed, Taxes},
        totals::{
            discount::part,
            postings::{Parts, postings},
            round_off::round_off,
            shares::{Assessed, Basis, Share},
            unit_price::UnitPrice,
        },
    },
    entity::{
        account::AccountKind,
        invoice::{self, TaxMethod},
        invoice_line, ledger_entry,
    },
};

pub(super) fn check(
    invoice: &invoice::Model,
    lines: &[invoice_line::Model],
    entry: &ledger_entry::Model,
    report: &mut Report<'_>,
) {
    let id = invoice.id;
    let money = |minor: i128| Money::new(minor, invoice.currency);
    let copy = LedgerCopy {
        id: id.to_string(),
        fields: [
            ("book", entry.book_id.to_string(), invoice.book_id.to_string()),
            ("customer", entry.customer_id.to_string(), invoice.customer_id.to_string()),
            ("date", entry.date.to_string(), invoice.date.to_string()),
            ("position", entry.position.to_string(), invoice.position.to_string()),
            ("total", Money::new(entry.amount, entry.currency).to_string(), money(invoice.total.into()).to_string()),
            ("time of voiding", format!("{:?}", entry.deleted_at), format!("{:?}", invoice.voided_at)),
            (
                "settled amount",
                Money::new(entry.settled, entry.currency).to_string(),
                money(invoice.paid.into()).to_string(),
            ),
            ("number as it is compared", numbering::key(&invoice.number), invoice.number_key.clone()),
        ],
        notes: [entry.note.as_deref(), invoice.note.as_deref()],
    };
    copy.check(report);
    check_total(invoice, report);
    check_lines(invoice, lines, report);
    match invoice.tax_method {
        TaxMethod::ByLine => check_taxes_by_line(invoice, lines, report),
        TaxMethod::ByRate => check_taxes_by_rate(invoice, lines, report),
    }
}

fn check_total(invoice: &invoice::Model, report: &mut Report<'_>) {
    let id = invoice.id;
    let money = |minor: i128| Money::new(minor, invoice.currency);
    let added = [invoice.gross, invoice.cgst, invoice.sgst, invoice.igst, invoice.other_charges];
    let exact = added.into_iter().map(i128::from).sum::<i128>() - i128::from(invoice.discount);
    let total = exact + i128::from(invoice.round_off);
    report.same(Check::InvoiceSums, id, "its total, by its parts", money(total), money(invoice.total.into()));
    // Whether the book rounded totals at that time is not stored, so a total that was not rounded may be any.
    if invoice.round_off != 0 {
        let expected = i64::try_from(exact).ok().map(|exact| money(round_off(exact, invoice.currency).into()));
        let what = "what its total was rounded by";
        report.same(Check::InvoiceSums, id, what, expected, Some(money(invoice.round_off.into())));
    }
    if let Some(percent) = invoice.discount_percent {
        let expected = money(part(invoice.gross, percent).into());
        report.same(Check::InvoiceSums, id, "its discount, by its part", expected, money(invoice.discount.into()));
    }
}

fn check_lines(invoice: &invoice::Model, lines: &[invoice_line::Model], report: &mut Report<'_>) {
    let id = invoice.id;
    let money = |minor: i64| Money::new(minor, invoice.currency);
    for (line, number) in lines.iter().zip(1..) {
        report.same(Check::DocumentLines, id, "the number of a line", number, line.line);
        let price = UnitPrice { minor: line.unit_price, fraction: line.unit_price_fraction };
        let whole = price.times(line.quantity, invoice.currency);
        let amount = whole.and_then(|whole| whole.checked_sub(line.discount)).map(money);
        let what = format_args!("the amount of line {}, by its quantity, price and discount", line.line);
        report.same(Check::DocumentLines, id, what, amount, Some(money(line.amount)));
        if let (Some(whole), Some(percent)) = (whole, line.discount_percent) {
            let what = format_args!("the discount of line {}, by its part", line.line);
            report.same(Check::DocumentLines, id, what, money(part(whole, percent)), money(line.discount));
        }
    }
    if !lines.is_empty() {
        let gross = lines.iter().map(|line| i128::from(line.amount)).sum::<i128>();
        let what = "its gross amount, by its lines";
        let expected = Money::new(gross, invoice.currency);
        report.same(Check::DocumentLines, id, what, expected, money(invoice.gross));
    }
}

fn stored_taxes(invoice: &invoice::Model) -> Taxes {
    Taxes { cgst: invoice.cgst, sgst: invoice.sgst, igst: invoice.igst }
}

fn words(invoice: &invoice::Model, taxes: Taxes) -> String {
    let [cgst, sgst, igst] = [taxes.cgst, taxes.sgst, taxes.igst].map(|minor| Money::new(minor, invoice.currency));
    format!("CGST {cgst}, SGST {sgst}, IGST {igst}")
}

/// Checks the taxes of an invoice that is older than taxes by rate. Its rate was not stored, nor whether the goods went to
/// another state, so taxes can be recomputed only when every line has its own rate.
fn check_taxes_by_line(invoice: &invoice::Model, lines: &[invoice_line::Model], report: &mut Report<'_>) {
    let taxed = |line: &invoice_line::Model| Some(Taxed { amount: line.amount, rate: line.rate?.into() });
    let Some(goods) = lines.iter().map(taxed).collect::<Option<Vec<_>>>() else { return };
    let found = stored_taxes(invoice);
    let [within, across] = [false, true].map(|across_states| tax::taxes(&goods, across_states));
    if !goods.is_empty() && ![within, across].contains(&Some(found)) {
        let expected = if invoice.igst > 0 { across } else { within };
        let expected = expected.map(|taxes| words(invoice, taxes));
        let what = "its taxes, by the rates of its lines";
        report.differs(Check::InvoiceSums, invoice.id, what, expected, words(invoice, found));
    }
}

/// Checks the taxes and the shares of the lines. Taxes that were given without a rate are taken as they are.
fn check_taxes_by_rate(invoice: &invoice::Model, lines: &[invoice_line::Model], report: &mut Report<'_>) {
    let has_rates = invoice.rate.is_some() || lines.iter().any(|line| line.rate.is_some());
    let taxed = |amount, rate: Option<i32>| Taxed { amount, rate: rate.or(invoice.rate).unwrap_or_default().into() };
    let mut goods: Vec<_> = lines.iter().map(|line| taxed(line.amount, line.rate)).collect();
    if goods.is_empty() {
        goods.push(taxed(invoice.gross, None));
    }
    let basis = Basis { goods, discount: invoice.discount, charges: invoice.other_charges };
    let found = stored_taxes(invoice);
    let assessed = if has_rates { basis.assess(invoice.inter_state) } else { basis.share(found) };
    let expected = assessed.as_ref().map(|assessed| words(invoice, assessed.taxes));
    let what = "its taxes, by its rates";
    report.same(Check::InvoiceSums, invoice.id, what, expected, Some(words(invoice, found)));
    let Some(Assessed { shares, .. }) = assessed else { return };
    let words = |Share { taxable, taxes }| {
        format!("taxable {}, {}", Money::new(taxable, invoice.currency), words(invoice, taxes))
    };
    for (line, expected) in lines.iter().zip(shares) {
        let what = format_args!("the share of line {} in its sums", line.line);
        report.same(Check::InvoiceSums, invoice.id, what, Some(words(expected)), stored_share(line).map(words));
    }
}

fn stored_share(line: &invoice_line::Model) -> Option<Share> {
    Some(Share { taxable: line.taxable?, taxes: Taxes { cgst: line.cgst?, sgst: line.sgst?, igst: line.igst? } })
}

/// The postings that follow from an invoice.
pub(super) fn moves(invoice: &invoice::Model) -> Vec<Move> {
    let parts = Parts {
        sales: invoice.gross.saturating_sub(invoice.discount),
        taxes: stored_taxes(invoice),
        charges: invoice.other_charges,
        round_off: invoice.round_off,
    };
    let account = |account_kind| match account_kind {
        AccountKind::Receivable => customer(invoice.customer_id),
        other => (other, invoice.book_id.cast()),
    };
    let posting = |(debit, credit, amount)| Move {
        debit: account(debit),
        credit: account(credit),
        amount,
        currency: invoice.currency,
    };
    postings(&parts).into_iter().map(posting).collect()
}
