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
    },
    entity::{account::AccountKind, invoice, invoice_line, ledger_entry},
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
    let parts = [invoice.gross, invoice.cgst, invoice.sgst, invoice.igst, invoice.other_charges];
    let total = parts.into_iter().map(i128::from).sum();
    report.same(Check::InvoiceSums, id, "its total, by its parts", money(total), money(invoice.total.into()));
    check_lines(invoice, lines, report);
}

fn check_lines(invoice: &invoice::Model, lines: &[invoice_line::Model], report: &mut Report<'_>) {
    let id = invoice.id;
    let money = |minor: i128| Money::new(minor, invoice.currency);
    for (line, number) in lines.iter().zip(1..) {
        report.same(Check::DocumentLines, id, "the number of a line", number, line.line);
        let amount = tax::line_amount(line.quantity, line.unit_price).map(|amount| money(amount.into()));
        let what = format_args!("the amount of line {}, by its quantity and price", line.line);
        report.same(Check::DocumentLines, id, what, amount, Some(money(line.amount.into())));
    }
    if lines.is_empty() {
        return;
    }
    let gross = lines.iter().map(|line| i128::from(line.amount)).sum();
    let what = "its gross amount, by its lines";
    report.same(Check::DocumentLines, id, what, money(gross), money(invoice.gross.into()));
    // The rate that was given for the whole invoice is not stored, so taxes can be recomputed only when every line has
    // its own rate.
    let taxed = |line: &invoice_line::Model| Some(Taxed { amount: line.amount, rate: line.rate?.into() });
    let Some(goods) = lines.iter().map(taxed).collect::<Option<Vec<_>>>() else { return };
    let found = Taxes { cgst: invoice.cgst, sgst: invoice.sgst, igst: invoice.igst };
    let [within, across] = [false, true].map(|across_states| tax::taxes(&goods, across_states));
    if ![within, across].contains(&Some(found)) {
        let words = |taxes: Taxes| {
            let [cgst, sgst, igst] = [taxes.cgst, taxes.sgst, taxes.igst].map(|minor| money(minor.into()));
            format!("CGST {cgst}, SGST {sgst}, IGST {igst}")
        };
        let expected = if invoice.igst > 0 { across } else { within };
        let what = "its taxes, by the rates of its lines";
        report.differs(Check::InvoiceSums, id, what, expected.map(words), words(found));
    }
}

/// The postings that follow from an invoice.
pub(super) fn moves(invoice: &invoice::Model) -> Vec<Move> {
    let parts = [
        (AccountKind::Sales, invoice.gross),
        (AccountKind::Cgst, invoice.cgst),
        (AccountKind::Sgst, invoice.sgst),
        (AccountKind::Igst, invoice.igst),
        (AccountKind::Charges, invoice.other_charges),
    ];
    let debit = customer(invoice.customer_id);
    let part = |(account_kind, amount)| {
        let credit = (account_kind, invoice.book_id.cast());
        Move { debit, credit, amount, currency: invoice.currency }
    };
    parts.into_iter().filter(|(_, amount)| *amount != 0).map(part).collect()
}
