//! Worked cases of the sums of an invoice. Every expected figure was worked out by hand; the working is beside it.

use async_graphql::{InputType, Value};
use serde_json::json;

use super::{Sums, sums};
use crate::{
    bookkeeping::invoicing::{
        invoice_input::NewInvoice,
        tax::Taxes,
        totals::{postings::postings, shares::Share},
    },
    entity::account::AccountKind,
    error::{Error, Refusal, Result},
    money::{Currency, Decimal},
};

/// The sums of an invoice whose fields but the customer are written as JSON.
fn compute(fields: &str, currency: Currency, is_rounded: bool) -> Result<Sums> {
    let mut input: serde_json::Value = serde_json::from_str(fields).unwrap_or_else(|error| panic!("{error}: {fields}"));
    input["customerId"] = json!("");
    let input = NewInvoice::parse(Some(Value::from_json(input).unwrap()));
    sums(&input.unwrap_or_else(|_| panic!("no input: {fields}")), currency, is_rounded)
}

fn written(amounts: &[i64], currency: Currency) -> String {
    amounts.iter().map(|minor| Decimal::from_minor(*minor, currency).to_string()).collect::<Vec<_>>().join(" ")
}

/// The lines: amount, taxable amount, CGST and IGST. SGST must be equal to CGST.
fn lines(sums: &Sums, currency: Currency) -> Vec<String> {
    let lines = sums.lines.iter().map(|(line, Share { taxable, taxes: Taxes { cgst, sgst, igst } })| {
        assert_eq!(cgst, sgst);
        written(&[line.amount, *taxable, *cgst, *igst], currency)
    });
    lines.collect()
}

/// What must hold for every invoice.
fn check(sums: &Sums, case: &str) {
    let Sums { gross, discount, taxes: Taxes { cgst, sgst, igst }, other_charges, round_off, total, .. } = sums;
    assert_eq!(gross - discount.amount + cgst + sgst + igst + other_charges + round_off, *total, "{case}");
    if !sums.lines.is_empty() {
        let sum = |of: fn(&Share) -> i64| sums.lines.iter().map(|(_, share)| of(share)).sum::<i64>();
        assert_eq!(sums.lines.iter().map(|(line, _)| line.amount).sum::<i64>(), *gross, "{case}");
        assert_eq!(sum(|share| share.taxable), gross - discount.amount + other_charges, "{case}");
        assert_eq!(
            (sum(|share| share.taxes.cgst), sum(|share| share.taxes.sgst), sum(|share| share.taxes.igst)),
            (*cgst, *sgst, *igst),
            "{case}"
        );
        assert!(sums.lines.iter().all(|(_, share)| share.taxable >= 0 && share.taxes.igst >= 0), "{case}");
    }
    let postings = postings(&sums.parts());
    assert!(postings.iter().all(|(.., amount)| *amount > 0), "{case}");
    let of_customer = postings.iter().filter(|(debit, ..)| *debit == AccountKind::Receivable);
    assert_eq!(of_customer.map(|(.., amount)| amount).sum::<i64>(), *total, "{case}");
    let of_sales = postings.iter().filter(|(_, credit, _)| *credit == AccountKind::Sales);
    assert_eq!(of_sales.map(|(.., amount)| amount).sum::<i64>(), gross - discount.amount, "{case}");
}

/// A currency and whether totals are rounded, the input, the sums (gross amount, discount, charges, CGST, IGST, what the
/// total is rounded by, total), and the lines.
type Case = ((&'static str, bool), &'static str, &'static str, &'static [&'static str]);

const EXACT: (&str, bool) = ("INR", false);
const ROUNDED: (&str, bool) = ("INR", true);

const CASES: [Case; 26] = [
    // Freight is taxed: 9 % of 1000 + 100 is 99.
    (
        EXACT,
        r#"{"grossAmount": 1000, "gstRate": 18, "otherCharges": 100}"#,
        "1000.00 0.00 100.00 99.00 0.00 0.00 1298.00",
        &[],
    ),
    // Across states: 18 % of 1100 is 198.
    (
        EXACT,
        r#"{"grossAmount": 1000, "gstRate": 18, "otherCharges": 100, "interState": true}"#,
        "1000.00 0.00 100.00 0.00 198.00 0.00 1298.00",
        &[],
    ),
    // Freight over several rates: 50 x 0.6, 0.3 and 0.1. 9 % of 630 is 56.70, 2.5 % of 315 is 7.875; together 64.58.
    (
        EXACT,
        r#"{"otherCharges": 50, "lines": [{"description": "a", "quantity": 1, "unitPrice": 600, "rate": 18},
            {"description": "b", "quantity": 1, "unitPrice": 300, "rate": 5},
            {"description": "c", "quantity": 1, "unitPrice": 100, "rate": 0}]}"#,
        "1000.00 0.00 50.00 64.58 0.00 0.00 1179.16",
        &["600.00 630.00 56.70 0.00", "300.00 315.00 7.88 0.00", "100.00 105.00 0.00 0.00"],
    ),
    // A third of 1.00 for each rate; what is left goes to the lowest. 9 % of 100.33 is 9.0297, 6 % of 100.33 is 6.0198,
    // 2.5 % of 100.34 is 2.5085; together 17.56.
    (
        EXACT,
        r#"{"otherCharges": 1, "lines": [{"description": "a", "quantity": 1, "unitPrice": 100, "rate": 18},
            {"description": "b", "quantity": 1, "unitPrice": 100, "rate": 12},
            {"description": "c", "quantity": 1, "unitPrice": 100, "rate": 5}]}"#,
        "300.00 0.00 1.00 17.56 0.00 0.00 336.12",
        &["100.00 100.33 9.03 0.00", "100.00 100.33 6.02 0.00", "100.00 100.34 2.51 0.00"],
    ),
    // 10.01 x 2/3 is 6.6733, x 1/3 is 3.3367. 9 % of 139.99 is 12.5991, of which 93.33 have 8.4003 and 46.66 have 4.1997.
    (
        EXACT,
        r#"{"gstRate": 18, "discountAmount": "10.01", "lines": [{"description": "a", "quantity": 1, "unitPrice": 100},
            {"description": "b", "quantity": 1, "unitPrice": 50}]}"#,
        "150.00 10.01 0.00 12.60 0.00 0.00 165.19",
        &["100.00 93.33 8.40 0.00", "50.00 46.66 4.20 0.00"],
    ),
    // 10 % of 333.33 is 33.333. 6 % of 300.00 is 18.
    (
        EXACT,
        r#"{"grossAmount": "333.33", "discountPercent": 10, "gstRate": 12}"#,
        "333.33 33.33 0.00 18.00 0.00 0.00 336.00",
        &[],
    ),
    // Half a unit of a discount is rounded up: 12.5 % of 0.20 is 0.025.
    (EXACT, r#"{"grossAmount": "0.20", "discountPercent": "12.5"}"#, "0.20 0.03 0.00 0.00 0.00 0.00 0.17", &[]),
    // Discounts of lines: 5 % of 299.97 is 14.9985. 9 % of 334.47 is 30.1023, of which 284.97 have 25.6453 and 49.50 have
    // 4.4547; the last unit goes to the first.
    (
        EXACT,
        r#"{"gstRate": 18, "lines": [{"description": "a", "quantity": 3, "unitPrice": "99.99", "discountPercent": 5},
            {"description": "b", "quantity": 1, "unitPrice": 50, "discountAmount": "0.50"}]}"#,
        "334.47 0.00 0.00 30.10 0.00 0.00 394.67",
        &["284.97 284.97 25.65 0.00", "49.50 49.50 4.45 0.00"],
    ),
    // Everything at once, across states. The discount of 28.75 is shared 22.50 and 6.25; 40 by 427.50 and 118.75 is 31.3043
    // and 8.6957. 12 % of 458.80 is 55.056, 28 % of 127.45 is 35.686.
    (
        ROUNDED,
        r#"{"interState": true, "discountPercent": 5, "otherCharges": 40, "lines": [
            {"description": "a", "quantity": 2, "unitPrice": 250, "discountPercent": 10, "rate": 12},
            {"description": "b", "quantity": 10, "unitPrice": "12.50", "rate": 28}]}"#,
        "575.00 28.75 40.00 0.00 90.75 0.00 677.00",
        &["450.00 458.80 0.00 55.06", "125.00 127.45 0.00 35.69"],
    ),
    // A line without a rate has that of the invoice; the two lines at 12 % are taxed together: 6 % of 200.50 is 12.03.
    (
        EXACT,
        r#"{"gstRate": 12, "lines": [{"description": "a", "quantity": 1, "unitPrice": "100.25", "rate": 12},
            {"description": "b", "quantity": 1, "unitPrice": "100.25"},
            {"description": "c", "quantity": 1, "unitPrice": 7, "rate": 0}]}"#,
        "207.50 0.00 0.00 12.03 0.00 0.00 231.56",
        &["100.25 100.25 6.02 0.00", "100.25 100.25 6.01 0.00", "7.00 7.00 0.00 0.00"],
    ),
    // 9 % of 100.50 is 9.045. 118.60 is rounded up.
    (ROUNDED, r#"{"grossAmount": "100.50", "gstRate": 18}"#, "100.50 0.00 0.00 9.05 0.00 0.40 119.00", &[]),
    // 9 % of 100.30 is 9.027. 118.36 is rounded down.
    (ROUNDED, r#"{"grossAmount": "100.30", "gstRate": 18}"#, "100.30 0.00 0.00 9.03 0.00 -0.36 118.00", &[]),
    (ROUNDED, r#"{"grossAmount": "99.50"}"#, "99.50 0.00 0.00 0.00 0.00 0.50 100.00", &[]),
    (ROUNDED, r#"{"grossAmount": "99.49"}"#, "99.49 0.00 0.00 0.00 0.00 -0.49 99.00", &[]),
    (ROUNDED, r#"{"grossAmount": "0.50"}"#, "0.50 0.00 0.00 0.00 0.00 0.50 1.00", &[]),
    // 100.40 is rounded down by more than what is left of the goods.
    (
        ROUNDED,
        r#"{"grossAmount": 100, "discountAmount": "99.70", "otherCharges": "100.10"}"#,
        "100.00 99.70 100.10 0.00 0.00 -0.40 100.00",
        &[],
    ),
    // No decimals: 4.5 and 3 x 4.5 = 13.5 are rounded up. 5 % of 19 is 0.95, of which 14 have most. A total is whole anyway.
    (
        ("JPY", true),
        r#"{"gstRate": 10, "lines": [{"description": "a", "quantity": 1, "unitPrice": "4.5"},
            {"description": "b", "quantity": 3, "unitPrice": "4.5"}]}"#,
        "19 0 0 1 0 0 21",
        &["5 5 0 0", "14 14 1 0"],
    ),
    // Three decimals: 10 x 1.2345 is 12.345. 0.500 by 12.345 and 0.001 is 0.49996 and 0.00004. 2.5 % of 12.846 is 0.32115.
    (
        ("KWD", true),
        r#"{"gstRate": 5, "otherCharges": "0.5", "lines": [{"description": "a", "quantity": 10, "unitPrice": "1.2345"},
            {"description": "b", "quantity": 1, "unitPrice": "0.001"}]}"#,
        "12.346 0.000 0.500 0.321 0.000 -0.488 13.000",
        &["12.345 12.845 0.321 0.000", "0.001 0.001 0.000 0.000"],
    ),
    // Four decimals: 19 % of 1.2345 is 0.234555.
    (
        ("CLF", true),
        r#"{"grossAmount": "1.2345", "gstRate": 19, "interState": true}"#,
        "1.2345 0.0000 0.0000 0.0000 0.2346 -0.4691 1.0000",
        &[],
    ),
    // Taxes without a rate are shared too: 9.01 by 66 and 44 is 5.406 and 3.604.
    (
        EXACT,
        r#"{"cgst": "9.01", "sgst": "9.01", "otherCharges": 10, "lines": [
            {"description": "a", "quantity": 1, "unitPrice": 60}, {"description": "b", "quantity": 1, "unitPrice": 40}]}"#,
        "100.00 0.00 10.00 9.01 0.00 0.00 128.02",
        &["60.00 66.00 5.41 0.00", "40.00 44.00 3.60 0.00"],
    ),
    // Only the freight is left: 9 % of 50 is 4.50.
    (
        EXACT,
        r#"{"grossAmount": 100, "discountPercent": 100, "gstRate": 18, "otherCharges": 50}"#,
        "100.00 100.00 50.00 4.50 0.00 0.00 59.00",
        &[],
    ),
    // It is shared by the goods before the discount then: 7.50 and 2.50. 9 % of 7.50 is 0.675.
    (
        EXACT,
        r#"{"discountAmount": 100, "otherCharges": 10, "lines": [
            {"description": "a", "quantity": 1, "unitPrice": 75, "rate": 18},
            {"description": "b", "quantity": 1, "unitPrice": 25, "rate": 0}]}"#,
        "100.00 100.00 10.00 0.68 0.00 0.00 11.36",
        &["75.00 7.50 0.68 0.00", "25.00 2.50 0.00 0.00"],
    ),
    // A gift takes no part in the freight. 2.5 % of 21 is 0.525.
    (
        EXACT,
        r#"{"gstRate": 5, "otherCharges": 1, "lines": [
            {"description": "a", "quantity": 1, "unitPrice": 10, "discountPercent": 100},
            {"description": "b", "quantity": 1, "unitPrice": 20}]}"#,
        "20.00 0.00 1.00 0.53 0.00 0.00 22.06",
        &["0.00 0.00 0.00 0.00", "20.00 21.00 0.53 0.00"],
    ),
    // A fraction of the minor unit in the price: 3 x 0.125 is 0.375, 1000 x 0.125 is 125. 9 % of 125.38 is 11.2842.
    (
        EXACT,
        r#"{"gstRate": 18, "lines": [{"description": "a", "quantity": 3, "unitPrice": "0.125"},
            {"description": "b", "quantity": 1000, "unitPrice": "0.125"}]}"#,
        "125.38 0.00 0.00 11.28 0.00 0.00 147.94",
        &["0.38 0.38 0.03 0.00", "125.00 125.00 11.25 0.00"],
    ),
    // The largest amounts.
    (
        EXACT,
        r#"{"grossAmount": "10000000000000"}"#,
        "10000000000000.00 0.00 0.00 0.00 0.00 0.00 10000000000000.00",
        &[],
    ),
    (
        ("JPY", true),
        r#"{"discountPercent": 50, "gstRate": 100, "lines": [
            {"description": "a", "quantity": 1, "unitPrice": "1000000000000000"}]}"#,
        "1000000000000000 500000000000000 0 250000000000000 0 0 1000000000000000",
        &["1000000000000000 500000000000000 250000000000000 0"],
    ),
];

#[test]
fn each_worked_case_comes_out_as_by_hand() {
    for ((code, is_rounded), fields, expected, of_lines) in CASES {
        let currency = code.parse().unwrap();
        let sums = compute(fields, currency, is_rounded).unwrap_or_else(|error| panic!("{error:?}: {fields}"));
        let Sums { gross, discount, taxes, other_charges, round_off, total, .. } = &sums;
        assert_eq!(taxes.cgst, taxes.sgst, "{fields}");
        let found = [*gross, discount.amount, *other_charges, taxes.cgst, taxes.igst, *round_off, *total];
        assert_eq!(written(&found, currency), expected, "{fields}");
        assert_eq!(lines(&sums, currency), of_lines, "{fields}");
        check(&sums, fields);
    }
}

#[test]
fn a_tax_is_rounded_once_for_a_rate_however_the_rate_is_given() {
    let currency = "INR".parse().unwrap();
    let line = |rate: &str| format!(r#"{{"description": "sweet", "quantity": 1, "unitPrice": "0.45"{rate}}}"#);
    let free = r#"{"description": "stamp", "quantity": 1, "unitPrice": "10", "rate": 0}"#;
    let own = vec![line(r#", "rate": 5"#); 20].join(", ");
    let none = vec![line(""); 20].join(", ");
    for fields in [
        r#"{"grossAmount": 9, "gstRate": 5}"#.to_owned(),
        format!(r#"{{"gstRate": 5, "lines": [{none}]}}"#),
        format!(r#"{{"lines": [{own}]}}"#),
        format!(r#"{{"gstRate": 5, "lines": [{none}, {free}]}}"#),
        format!(r#"{{"gstRate": 28, "lines": [{free}, {own}]}}"#),
    ] {
        let sums = compute(&fields, currency, false).unwrap();
        // 2.5 % of 20 x 0.45 is 0.225.
        assert_eq!(sums.taxes, Taxes { cgst: 23, sgst: 23, igst: 0 }, "{fields}");
        check(&sums, &fields);
        // 0.23 / 20 is 0.0115: each line has one unit, and the first three have another.
        let taxed = sums.lines.iter().filter(|(line, _)| line.description == "sweet");
        let of_lines: Vec<_> = taxed.map(|(_, share)| share.taxes.cgst).collect();
        if !of_lines.is_empty() {
            assert_eq!(of_lines, [&[2; 3][..], &[1; 17]].concat(), "{fields}");
        }
    }
}

#[test]
fn what_is_no_invoice_is_refused_with_its_place() {
    let huge = "9".repeat(60);
    let lines = |more: &str| {
        format!(r#"{{"lines": [{{"description": "a", "quantity": 1, "unitPrice": 10{more}}}], "gstRate": 18}}"#)
    };
    for (fields, is_rounded, expected) in [
        (r#"{"grossAmount": 0}"#.to_owned(), false, "INVALID grossAmount"),
        (r#"{"grossAmount": -5}"#.to_owned(), false, "INVALID grossAmount"),
        (r#"{"grossAmount": 5, "discountAmount": -1}"#.to_owned(), false, "INVALID discountAmount"),
        (r#"{"grossAmount": 5, "discountAmount": "0.001"}"#.to_owned(), false, "INVALID discountAmount"),
        (r#"{"grossAmount": 5, "discountAmount": "5.01"}"#.to_owned(), false, "INVALID discountAmount"),
        (r#"{"grossAmount": 5, "discountPercent": -1}"#.to_owned(), false, "INVALID discountPercent"),
        (r#"{"grossAmount": 5, "discountPercent": "100.001"}"#.to_owned(), false, "INVALID discountPercent"),
        (r#"{"grossAmount": 5, "discountPercent": "1.0001"}"#.to_owned(), false, "INVALID discountPercent"),
        (
            r#"{"grossAmount": 5, "discountPercent": 0, "discountAmount": 0}"#.to_owned(),
            false,
            "INVALID discountPercent",
        ),
        // Nothing to pay.
        (r#"{"grossAmount": 5, "discountPercent": 100}"#.to_owned(), false, "INVALID discountPercent"),
        (r#"{"grossAmount": 5, "discountAmount": 5, "gstRate": 18}"#.to_owned(), false, "INVALID discountAmount"),
        (r#"{"grossAmount": "0.49"}"#.to_owned(), true, "INVALID grossAmount"),
        (r#"{"grossAmount": 9, "discountAmount": "8.60"}"#.to_owned(), true, "INVALID grossAmount"),
        (lines(r#", "discountPercent": 100"#), false, "INVALID lines"),
        // In a line.
        (lines(r#", "discountAmount": "10.01""#), false, "INVALID lines.0.discountAmount"),
        (lines(r#", "discountAmount": -1"#), false, "INVALID lines.0.discountAmount"),
        (lines(r#", "discountAmount": "0.001""#), false, "INVALID lines.0.discountAmount"),
        (lines(r#", "discountPercent": 101"#), false, "INVALID lines.0.discountPercent"),
        (lines(r#", "discountPercent": 1, "discountAmount": 1"#), false, "INVALID lines.0.discountPercent"),
        (lines(r#", "unitPrice": "0.0000001""#), false, "INVALID lines.0.unitPrice"),
        (lines(r#", "unitPrice": "-0.000001""#), false, "INVALID lines.0.unitPrice"),
        (lines(r#", "quantity": 0"#), false, "INVALID lines.0.quantity"),
        // Too much.
        (lines(&format!(r#", "unitPrice": "{huge}""#)), false, "INVALID lines.0.unitPrice"),
        (lines(r#", "unitPrice": "10000000000000.01""#), false, "LIMIT_REACHED lines.0.unitPrice"),
        (lines(r#", "quantity": "922337203685477.5807""#), false, "LIMIT_REACHED lines.0.quantity"),
        (
            lines(r#", "quantity": "922337203685477.5807", "unitPrice": "10000000000000""#),
            false,
            "LIMIT_REACHED lines.0.quantity",
        ),
        (lines(r#", "quantity": "922337203685477.5808""#), false, "INVALID lines.0.quantity"),
        (format!(r#"{{"grossAmount": 5, "discountAmount": "{huge}"}}"#), false, "INVALID discountAmount"),
        (format!(r#"{{"grossAmount": 5, "discountPercent": "{huge}"}}"#), false, "INVALID discountPercent"),
        (format!(r#"{{"grossAmount": 5, "otherCharges": "{huge}"}}"#), false, "INVALID otherCharges"),
        (
            r#"{"grossAmount": "9000000000000", "otherCharges": "9000000000000"}"#.to_owned(),
            false,
            "LIMIT_REACHED grossAmount",
        ),
        // Rounded up, it would be more than an invoice may be.
        (r#"{"grossAmount": "10000000000000.50"}"#.to_owned(), true, "LIMIT_REACHED grossAmount"),
    ] {
        let refused = match compute(&fields, "INR".parse().unwrap(), is_rounded) {
            Err(Error::Refused(refusals)) => refusals,
            other => panic!("{fields}: {other:?}"),
        };
        let words = |refusal: &Refusal| {
            format!("{} {}", serde_json::to_value(refusal.code).unwrap().as_str().unwrap(), refusal.path)
        };
        assert_eq!(refused.iter().map(words).collect::<Vec<_>>(), [expected], "{fields}");
    }
}
