//! Discounts, which are taken off before taxes (CGST Act 2017, section 15(3)(a)), and totals that are rounded to whole units.

use serde_json::json;

use super::case::{
    Case,
    Right::{Invoice, Lines, Stands},
    case, invoice, line, plain, receipt,
};

pub fn cases() -> Vec<Case> {
    let mut cases = discounts();
    cases.extend(rounded());
    cases
}

fn discounts() -> Vec<Case> {
    vec![
        // 3 x 33.335 is 100.005, so 100.01; 12.5 % of it is 12.50125: 87.51 is left. 4 x 25 less 0.01 is 99.99.
        // 10 % of 187.50 is 18.75, which by 87.51 and 99.99 is 8.751 and 9.999: 78.76 and 89.99 are left.
        // 9 % of 78.76 is 7.0884, 2.5 % of 89.99 is 2.24975.
        case(
            "discounts on lines come before that on the invoice, and both before taxes",
            "INR",
            vec![invoice(
                "A",
                json!({ "discountPercent": "10", "lines": [
                    { "description": "a", "quantity": "3", "unitPrice": "33.335", "discountPercent": "12.5", "rate": "18" },
                    { "description": "b", "quantity": "4", "unitPrice": "25", "discountAmount": "0.01", "rate": "5" } ] }),
            )],
            vec![
                Invoice("A", "187.50 18.75 0.00 168.75 9.34 9.34 0.00 0.00 187.43"),
                Lines("A", &["87.51 78.76 7.09 0.00", "99.99 89.99 2.25 0.00"]),
            ],
            ["187.43", "0.00", "187.43 0.00 0.00 0.00 0.00"],
        ),
        // 15 by 100, 0 and 50 is 10, 0 and 5. 9 by 90, 0 and 45 is 6, 0 and 3. 9 % of 96 is 8.64, 2.5 % of 48 is 1.20.
        case(
            "what is given free has no share of a discount and of freight",
            "INR",
            vec![invoice(
                "A",
                json!({ "discountAmount": "15", "otherCharges": "9", "lines": [
                    line("1", "100", "18"),
                    { "description": "c", "quantity": "1", "unitPrice": "20", "discountPercent": "100", "rate": "18" },
                    line("1", "50", "5") ] }),
            )],
            vec![
                Invoice("A", "150.00 15.00 9.00 144.00 9.84 9.84 0.00 0.00 163.68"),
                Lines("A", &["100.00 96.00 8.64 0.00", "0.00 0.00 0.00 0.00", "50.00 48.00 1.20 0.00"]),
            ],
            ["163.68", "0.00", "163.68 0.00 0.00 0.00 0.00"],
        ),
        // 50 and 50 are left, so 5 of the freight each. 9 % of 55 is 4.95, 2.5 % of 55 is 1.375.
        case(
            "freight is shared by what is left after discounts",
            "INR",
            vec![invoice(
                "A",
                json!({ "otherCharges": "10", "lines": [
                    { "description": "a", "quantity": "1", "unitPrice": "100", "discountPercent": "50", "rate": "18" },
                    line("1", "50", "5") ] }),
            )],
            vec![
                Invoice("A", "100.00 0.00 10.00 110.00 6.33 6.33 0.00 0.00 122.66"),
                Lines("A", &["50.00 55.00 4.95 0.00", "50.00 55.00 1.38 0.00"]),
            ],
            ["122.66", "0.00", "122.66 0.00 0.00 0.00 0.00"],
        ),
        // 0.05 % of 1000 is 0.5, so 1. 5 % of 999 is 49.95.
        case(
            "half a unit of a discount in per cent is rounded up",
            "JPY",
            vec![invoice("A", json!({ "grossAmount": "1000", "discountPercent": "0.05", "gstRate": "10" }))],
            vec![Invoice("A", "1000 1 0 999 50 50 0 0 1099")],
            ["1099", "0", "1099 0 0 0 0"],
        ),
        // 12.345 % of 10.000 - 0.005 + 1.500 is 1.41905775.
        case(
            "a discount of a few fils counts",
            "KWD",
            vec![invoice(
                "A",
                json!({ "grossAmount": "10", "discountAmount": "0.005", "otherCharges": "1.5", "gstRate": "12.345",
                    "interState": true }),
            )],
            vec![Invoice("A", "10.000 0.005 1.500 11.495 0.000 0.000 1.419 0.000 12.914")],
            ["12.914", "0.000", "12.914 0.000 0.000 0.000 0.000"],
        ),
    ]
}

fn rounded() -> Vec<Case> {
    vec![
        // CGST Act, section 170: fifty paise or more make a rupee, less is ignored.
        // 9 % of 100.50 is 9.045: 118.60. 9 % of 100.30 is 9.027: 118.36. A total of 0.49 would be nothing.
        case(
            "fifty paise or more make a rupee and less are ignored",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100.50", "gstRate": "18" })),
                invoice("B", json!({ "grossAmount": "100.30", "gstRate": "18" })),
                invoice("C", json!({ "grossAmount": "99.50" })),
                invoice("D", json!({ "grossAmount": "99.49" })),
                invoice("E", json!({ "grossAmount": "0.50" })),
                invoice("F", json!({ "grossAmount": "0.49" })).refused("INVALID grossAmount"),
            ],
            vec![
                Invoice("A", "100.50 0.00 0.00 100.50 9.05 9.05 0.00 0.40 119.00"),
                Invoice("B", "100.30 0.00 0.00 100.30 9.03 9.03 0.00 -0.36 118.00"),
                Invoice("C", "99.50 0.00 0.00 99.50 0.00 0.00 0.00 0.50 100.00"),
                Invoice("D", "99.49 0.00 0.00 99.49 0.00 0.00 0.00 -0.49 99.00"),
                Invoice("E", "0.50 0.00 0.00 0.50 0.00 0.00 0.00 0.50 1.00"),
            ],
            ["437.00", "0.00", "437.00 0.00 0.00 0.00 0.00"],
        )
        .rounding(),
        case(
            "a thousand fils are a whole unit",
            "KWD",
            vec![invoice("A", json!({ "grossAmount": "1.499" })), invoice("B", json!({ "grossAmount": "1.500" }))],
            vec![
                Invoice("A", "1.499 0.000 0.000 1.499 0.000 0.000 0.000 -0.499 1.000"),
                Invoice("B", "1.500 0.000 0.000 1.500 0.000 0.000 0.000 0.500 2.000"),
            ],
            ["3.000", "0.000", "3.000 0.000 0.000 0.000 0.000"],
        )
        .rounding(),
        // 4.5 is 5. 5 % of 5 is 0.25, so nothing.
        case(
            "a currency without decimals has nothing to round",
            "JPY",
            vec![invoice("A", json!({ "gstRate": "10", "lines": [plain("1", "4.5")] }))],
            vec![Invoice("A", "5 0 0 5 0 0 0 0 5")],
            ["5", "0", "5 0 0 0 0"],
        )
        .rounding(),
        // 5 % of 199.90 + 49.99 is 12.4945, which by them is 9.991 and 2.499: 189.91 and 47.49 are left.
        // 20 by these is 15.99916 and 4.00084. 6 % of 205.91 is 12.3546, 14 % of 51.49 is 7.2086: 19.56.
        // 257.40 + 39.12 is 296.52.
        case(
            "who pays the rounded total of discounts, freight and two rates owes nothing",
            "INR",
            vec![
                invoice(
                    "A",
                    json!({ "discountPercent": "5", "otherCharges": "20", "lines": [
                    line("2", "99.95", "12"), line("1", "49.99", "28") ] }),
                ),
                receipt("R", json!({ "amount": "297", "invoices": [{ "invoiceId": "@A" }] })),
            ],
            vec![
                Invoice("A", "249.89 12.49 20.00 257.40 19.56 19.56 0.00 0.48 297.00"),
                Lines("A", &["199.90 205.91 12.35 0.00", "49.99 51.49 7.21 0.00"]),
                Stands("A", "PAID 297.00 0.00"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        )
        .rounding(),
    ]
}
