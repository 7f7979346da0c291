//! Returns: credit notes in parts, whose taxes add up to those of the invoice, and debit notes (CGST Act 2017, section 34).

use serde_json::json;

use super::case::{
    Case,
    Right::{Credit, Debit, Invoice, Left, On, Stands},
    case, credit_note, debit_note, invoice, line, receipt, refund, void_credit_note, void_invoice,
};

pub fn cases() -> Vec<Case> {
    let mut cases = in_parts();
    cases.extend(of_other_sums());
    cases.extend(of_lines());
    cases.extend(beside_payments());
    cases.extend(beside_other_notes());
    cases
}

/// Amounts that come back, until nothing is left.
fn in_parts() -> Vec<Case> {
    vec![
        // 9 % of 100 is 9.
        case(
            "nothing is owed when all comes back, and neither is the tax",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "gstRate": "18" })),
                credit_note("C", "A", json!({ "full": true })),
                credit_note("D", "A", json!({ "grossAmount": "0.01" })).refused("NOT_ALLOWED invoiceId"),
            ],
            vec![
                Credit("C", "100.00 0.00 9.00 9.00 0.00 0.00 118.00"),
                Stands("A", "PAID 118.00 0.00"),
                Left("C", "118.00 0.00 0.00"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        // 2.5 % of 333.33 is 8.33325. 2.5 % of 111.11 is 2.77775, so 2.78 twice, and 8.33 - 5.56 with the last.
        case(
            "the taxes of three thirds are those of the whole",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "333.33", "gstRate": "5" })),
                credit_note("C", "A", json!({ "grossAmount": "111.11" })),
                credit_note("D", "A", json!({ "grossAmount": "111.11" })),
                credit_note("E", "A", json!({ "grossAmount": "111.11" })),
            ],
            vec![
                Invoice("A", "333.33 0.00 0.00 333.33 8.33 8.33 0.00 0.00 349.99"),
                Credit("C", "111.11 0.00 2.78 2.78 0.00 0.00 116.67"),
                Credit("D", "111.11 0.00 2.78 2.78 0.00 0.00 116.67"),
                Credit("E", "111.11 0.00 2.77 2.77 0.00 0.00 116.65"),
                Stands("A", "PAID 349.99 0.00"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        // 2.5 % of 0.60 is 0.015, so 0.02. 2.5 % of 0.20 is 0.005, so 0.01 twice, and then none is left.
        case(
            "no return takes back more tax than there is",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "0.60", "gstRate": "5" })),
                credit_note("C", "A", json!({ "grossAmount": "0.20" })),
                credit_note("D", "A", json!({ "grossAmount": "0.20" })),
                credit_note("E", "A", json!({ "grossAmount": "0.20" })),
            ],
            vec![
                Invoice("A", "0.60 0.00 0.00 0.60 0.02 0.02 0.00 0.00 0.64"),
                Credit("C", "0.20 0.00 0.01 0.01 0.00 0.00 0.22"),
                Credit("D", "0.20 0.00 0.01 0.01 0.00 0.00 0.22"),
                Credit("E", "0.20 0.00 0.00 0.00 0.00 0.00 0.20"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
    ]
}

/// What comes back of taxes that were given, and of rounded totals.
fn of_other_sums() -> Vec<Case> {
    vec![
        // 333 of 1000 is 25.641 of 77, so 26 twice, and 77 - 52 with the last.
        case(
            "a tax that was given without a rate comes back in proportion",
            "JPY",
            vec![
                invoice("A", json!({ "grossAmount": "1000", "igst": "77" })),
                credit_note("C", "A", json!({ "grossAmount": "333" })),
                credit_note("D", "A", json!({ "grossAmount": "333" })),
                credit_note("E", "A", json!({ "full": true })),
            ],
            vec![
                Invoice("A", "1000 0 0 1000 0 0 77 0 1077"),
                Credit("C", "333 0 0 0 26 0 359"),
                Credit("D", "333 0 0 0 26 0 359"),
                Credit("E", "334 0 0 0 25 0 359"),
            ],
            ["0", "0", "0 0 0 0 0"],
        ),
        // A: 2.5 % of 333.30 is 8.3325: 349.96, so 350. 2.5 % of 100 is 2.50 twice, and 8.33 - 5.00 with the last.
        // B: 6 % of 250.10 is 15.006: 280.12, so 280. 6 % of 125.05 is 7.503, and 15.01 - 7.50 with the last.
        case(
            "what a total was rounded by comes back with the last part",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "333.30", "gstRate": "5" })),
                credit_note("C", "A", json!({ "grossAmount": "100" })),
                credit_note("D", "A", json!({ "grossAmount": "100" })),
                credit_note("E", "A", json!({ "full": true })),
                invoice("B", json!({ "grossAmount": "250.10", "gstRate": "12" })),
                credit_note("F", "B", json!({ "grossAmount": "125.05" })),
                credit_note("G", "B", json!({ "full": true })),
            ],
            vec![
                Invoice("A", "333.30 0.00 0.00 333.30 8.33 8.33 0.00 0.04 350.00"),
                Credit("C", "100.00 0.00 2.50 2.50 0.00 0.00 105.00"),
                Credit("D", "100.00 0.00 2.50 2.50 0.00 0.00 105.00"),
                Credit("E", "133.30 0.00 3.33 3.33 0.00 0.04 140.00"),
                Invoice("B", "250.10 0.00 0.00 250.10 15.01 15.01 0.00 -0.12 280.00"),
                Credit("F", "125.05 0.00 7.50 7.50 0.00 0.00 140.05"),
                Credit("G", "125.05 0.00 7.51 7.51 0.00 -0.12 139.95"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        )
        .rounding(),
    ]
}

/// Lines that come back by quantity or amount.
fn of_lines() -> Vec<Case> {
    vec![
        // 0.100 by 3.333 and 3.535 is 0.04853 and 0.05147. 18 % of 3.382 is 0.60876, 5 % of 3.586 is 0.1793: 0.788.
        // C: 18 % of 1.111 is 0.19998. D: two of seven are 1.010; 0.040 by 0.049 and 0.051 is 0.0196 and 0.0204; 18 % of
        // 0.020 is 0.0036, 5 % of 1.030 is 0.0515. E: what is left, 0.609 - 0.200 - 0.004 and 0.179 - 0.052.
        case(
            "goods at two rates and their freight come back piece by piece",
            "KWD",
            vec![
                invoice(
                    "A",
                    json!({ "interState": true, "otherCharges": "0.1", "lines": [
                    line("3", "1.111", "18"), line("7", "0.505", "5") ] }),
                ),
                credit_note("C", "A", json!({ "lines": [{ "line": 1, "quantity": "1" }] })),
                credit_note("D", "A", json!({ "lines": [{ "line": 2, "quantity": "2" }], "otherCharges": "0.04" })),
                credit_note("E", "A", json!({ "full": true })),
            ],
            vec![
                Invoice("A", "6.868 0.000 0.100 6.968 0.000 0.000 0.788 0.000 7.756"),
                Credit("C", "1.111 0.000 0.000 0.000 0.200 0.000 1.311"),
                Credit("D", "1.010 0.040 0.000 0.000 0.056 0.000 1.106"),
                Credit("E", "4.747 0.060 0.000 0.000 0.532 0.000 5.339"),
                Stands("A", "PAID 7.756 0.000"),
            ],
            ["0.000", "0.000", "0.000 0.000 0.000 0.000 0.000"],
        ),
        // 4 x 30 less 5 % is 114, less 14 is 100; 9 % of it is 9. One of four is 25; 9 % of it is 2.25.
        case(
            "what comes back is worth what it cost after all discounts",
            "INR",
            vec![
                invoice(
                    "A",
                    json!({ "discountAmount": "14", "lines": [
                    { "description": "a", "quantity": "4", "unitPrice": "30", "discountPercent": "5", "rate": "18" } ] }),
                ),
                credit_note("C", "A", json!({ "lines": [{ "line": 1, "quantity": "1" }] })),
                receipt("R", json!({ "amount": "88.50" })),
            ],
            vec![
                Invoice("A", "114.00 14.00 0.00 100.00 9.00 9.00 0.00 0.00 118.00"),
                Credit("C", "25.00 0.00 2.25 2.25 0.00 0.00 29.50"),
                Stands("A", "PAID 118.00 0.00"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        // 9 % of 199.98 is 17.9982, 2.5 % of 100 is 2.50: 20.50. C: 9 % of 9.98 is 0.8982. D: 2.5 % of 40 is 1.
        // E: 190 and 60 are left, with 17.10 and 1.50.
        case(
            "a lower price for one line and pieces of another leave the rest to come back",
            "INR",
            vec![
                invoice("A", json!({ "lines": [line("2", "99.99", "18"), line("5", "20", "5")] })),
                credit_note("C", "A", json!({ "lines": [{ "line": 1, "amount": "9.98" }] })),
                credit_note("D", "A", json!({ "lines": [{ "line": 2, "quantity": "2" }] })),
                credit_note("E", "A", json!({ "full": true })),
            ],
            vec![
                Invoice("A", "299.98 0.00 0.00 299.98 20.50 20.50 0.00 0.00 340.98"),
                Credit("C", "9.98 0.00 0.90 0.90 0.00 0.00 11.78"),
                Credit("D", "40.00 0.00 1.00 1.00 0.00 0.00 42.00"),
                Credit("E", "250.00 0.00 18.60 18.60 0.00 0.00 287.20"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        // 2.5 % of 20 is 0.50, and of 10 it is 0.25.
        case(
            "no more comes back than was sold",
            "INR",
            vec![
                invoice("A", json!({ "lines": [line("3", "10", "5")] })),
                credit_note("C", "A", json!({ "lines": [{ "line": 1, "quantity": "2" }] })),
                credit_note("X", "A", json!({ "lines": [{ "line": 1, "quantity": "1.0001" }] }))
                    .refused("INVALID lines.0.quantity"),
                credit_note("X", "A", json!({ "lines": [{ "line": 1, "amount": "10.01" }] }))
                    .refused("INVALID lines.0.amount"),
                credit_note("X", "A", json!({ "grossAmount": "10.01" })).refused("INVALID grossAmount"),
                credit_note("X", "A", json!({ "otherCharges": "0.01" })).refused("INVALID otherCharges"),
                credit_note("D", "A", json!({ "lines": [{ "line": 1 }] })),
            ],
            vec![
                Credit("C", "20.00 0.00 0.50 0.50 0.00 0.00 21.00"),
                Credit("D", "10.00 0.00 0.25 0.25 0.00 0.00 10.50"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
    ]
}

/// Returns of goods that are paid.
fn beside_payments() -> Vec<Case> {
    vec![
        // The receipt that names the invoice leaves no room on it, so 50 + 2 x 4.50 are on account until they are given
        // back.
        case(
            "what comes back of a paid invoice is on account and can be given back",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "gstRate": "18", "date": "2026-11-01" })),
                receipt("R", json!({ "amount": "118", "date": "2026-11-02", "invoices": [{ "invoiceId": "@A" }] })),
                credit_note("C", "A", json!({ "grossAmount": "50", "date": "2026-11-10" })),
                refund("F", json!({ "amount": "59.01", "date": "2026-11-12" })).refused("NOT_ALLOWED amount"),
                refund("F", json!({ "amount": "59", "date": "2026-11-12" })),
            ],
            vec![
                Credit("C", "50.00 0.00 4.50 4.50 0.00 0.00 59.00"),
                Stands("A", "PAID 118.00 0.00"),
                Left("C", "59.00 0.00 0.00"),
                Left("F", "59.00 0.00 0.00"),
                On("2026-11-01", "118.00 118.00 0.00 0.00 0.00 0.00 0.00"),
                On("2026-11-10", "-59.00 0.00 0.00 0.00 0.00 0.00 59.00"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        // The note pays the invoice by name, and the receipt makes room: it pays 59 of each invoice.
        case(
            "what comes back of a paid invoice pays the next one",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "gstRate": "18" })),
                receipt("R", json!({ "amount": "118" })),
                credit_note("C", "A", json!({ "grossAmount": "50" })),
                invoice("B", json!({ "grossAmount": "50", "gstRate": "18" })),
            ],
            vec![
                Stands("A", "PAID 118.00 0.00"),
                Stands("B", "PAID 59.00 0.00"),
                Left("R", "118.00 0.00 0.00"),
                Left("C", "59.00 0.00 0.00"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
    ]
}

/// What was billed too low, and notes that are void.
fn beside_other_notes() -> Vec<Case> {
    vec![
        // 2.5 % of 1000 is 25, of 33.33 it is 0.83325. All comes back: 25.83 of each tax, and the receipt of 1084.99 is on
        // account.
        case(
            "what was billed too low is added, and comes back with the rest",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "1000", "gstRate": "5" })),
                debit_note("D", "A", json!({ "grossAmount": "33.33" })),
                receipt("R", json!({ "amount": "1084.99" })),
                credit_note("C", "A", json!({ "full": true })),
                credit_note("X", "A", json!({ "grossAmount": "1" })).refused("NOT_ALLOWED invoiceId"),
            ],
            vec![
                Invoice("A", "1000.00 0.00 0.00 1000.00 25.00 25.00 0.00 0.00 1050.00"),
                Debit("D", "33.33 0.00 0.83 0.83 0.00 0.00 34.99"),
                Credit("C", "1033.33 0.00 25.83 25.83 0.00 0.00 1084.99"),
                Stands("A", "PAID 1050.00 0.00"),
                Left("D", "34.99 0.00 0.00"),
            ],
            ["-1084.99", "1084.99", "0.00 0.00 0.00 0.00 0.00"],
        ),
        // 9 % of 40 is 3.60: 47.20 of 118 come back.
        case(
            "a credit note is voided and made anew, and the invoice stays while it has one",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "gstRate": "18" })),
                credit_note("C", "A", json!({ "grossAmount": "50" })),
                void_invoice("A").refused("NOT_ALLOWED id"),
                void_credit_note("C"),
                credit_note("D", "A", json!({ "grossAmount": "40" })),
            ],
            vec![
                Credit("D", "40.00 0.00 3.60 3.60 0.00 0.00 47.20"),
                Stands("A", "PARTIALLY_PAID 47.20 70.80"),
                Left("C", "0.00 0.00 0.00"),
            ],
            ["70.80", "0.00", "70.80 0.00 0.00 0.00 0.00"],
        ),
    ]
}
