//! Taxes: several rates, freight, unit prices with more decimals than the currency, and currencies with 0, 2 and 3 of them.
//!
//! Half of a rate is CGST and half SGST, each rounded once for each rate of the invoice, half a unit up.

use serde_json::json;

use super::case::{
    Case,
    Right::{Invoice, Lines},
    case, invoice, line, plain, times,
};

pub fn cases() -> Vec<Case> {
    let mut cases = rates();
    cases.extend(decimals());
    cases
}

/// Several rates, and freight.
fn rates() -> Vec<Case> {
    vec![
        // Central Goods and Services Tax Act 2017 (CGST Act), section 15(2)(c): what the supplier charges for packing and
        // the like is part of the taxable value. 9 % of 1000 + 100 is 99, 18 % is 198.
        case(
            "freight is taxed like the goods",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "1000", "gstRate": "18", "otherCharges": "100" })),
                invoice(
                    "B",
                    json!({ "grossAmount": "1000", "gstRate": "18", "otherCharges": "100", "interState": true }),
                ),
            ],
            vec![
                Invoice("A", "1000.00 0.00 100.00 1100.00 99.00 99.00 0.00 0.00 1298.00"),
                Invoice("B", "1000.00 0.00 100.00 1100.00 0.00 0.00 198.00 0.00 1298.00"),
            ],
            ["2596.00", "0.00", "2596.00 0.00 0.00 0.00 0.00"],
        ),
        // The same section. 33.33 by 700, 250 and 50 is 23.331, 8.3325 and 1.6665. 6 % of 723.33 is 43.3998, 9 % of 258.33
        // is 23.2497: 66.65.
        case(
            "freight is shared among several rates by taxable value",
            "INR",
            vec![invoice(
                "A",
                json!({ "otherCharges": "33.33", "lines": [
                    line("7", "100", "12"), line("2.5", "100", "18"), line("1", "50", "0") ] }),
            )],
            vec![
                Invoice("A", "1000.00 0.00 33.33 1033.33 66.65 66.65 0.00 0.00 1166.63"),
                Lines("A", &["700.00 723.33 43.40 0.00", "250.00 258.33 23.25 0.00", "50.00 51.67 0.00 0.00"]),
            ],
            ["1166.63", "0.00", "1166.63 0.00 0.00 0.00 0.00"],
        ),
        // 20 x 0.45 is 9.00. 2.5 % of it is 0.225, which is 0.23; 5 % is 0.45.
        case(
            "one more line without tax changes no tax, however the rates are given",
            "INR",
            vec![
                invoice("A", json!({ "gstRate": "5", "lines": times(20, plain("1", "0.45"), vec![]) })),
                invoice(
                    "B",
                    json!({ "gstRate": "5", "lines": times(20, plain("1", "0.45"), vec![line("1", "1", "0")]) }),
                ),
                invoice("C", json!({ "lines": times(20, line("1", "0.45", "5"), vec![line("1", "1", "0")]) })),
                invoice(
                    "D",
                    json!({ "interState": true, "lines": times(20, line("1", "0.45", "5"), vec![plain("1", "1")]) }),
                ),
            ],
            vec![
                Invoice("A", "9.00 0.00 0.00 9.00 0.23 0.23 0.00 0.00 9.46"),
                Invoice("B", "10.00 0.00 0.00 10.00 0.23 0.23 0.00 0.00 10.46"),
                Invoice("C", "10.00 0.00 0.00 10.00 0.23 0.23 0.00 0.00 10.46"),
                Invoice("D", "10.00 0.00 0.00 10.00 0.00 0.00 0.45 0.00 10.45"),
            ],
            ["40.83", "0.00", "40.83 0.00 0.00 0.00 0.00"],
        ),
        // The rates of rough diamonds (0.25 %), cut diamonds (1.5 %) and gold (3 %) are from the Central Government's
        // notification 1/2017 - Central Tax (Rate), as amended by 6/2022. Half of each:
        // 0.125 % of 12345.67 is 15.4320875, 0.75 % of 98765.43 is 740.740725, 1.5 % of 55555.55 is 833.33325: 1589.50.
        // The whole: 30.864175, 1481.48145, 1666.6665: 3179.01, which is one paisa more than twice that.
        case(
            "rates of a fraction of a per cent are rounded for each rate",
            "INR",
            vec![
                invoice(
                    "A",
                    json!({ "lines": [
                    line("1", "12345.67", "0.25"), line("1", "98765.43", "1.5"), line("1", "55555.55", "3") ] }),
                ),
                invoice(
                    "B",
                    json!({ "interState": true, "lines": [
                    line("1", "12345.67", "0.25"), line("1", "98765.43", "1.5"), line("1", "55555.55", "3") ] }),
                ),
            ],
            vec![
                Invoice("A", "166666.65 0.00 0.00 166666.65 1589.50 1589.50 0.00 0.00 169845.65"),
                Invoice("B", "166666.65 0.00 0.00 166666.65 0.00 0.00 3179.01 0.00 169845.66"),
            ],
            ["339691.31", "0.00", "339691.31 0.00 0.00 0.00 0.00"],
        ),
    ]
}

/// Amounts with more decimals than the currency has.
fn decimals() -> Vec<Case> {
    vec![
        // 3 x 4.5 is 13.5, so 14; 7 x 0.333333 is 2.333331, so 2; 1000 x 4.5 is 4500. 1.5 % of 4516 is 67.74, 3 % is 135.48.
        case(
            "a currency without decimals has unit prices with them",
            "JPY",
            vec![
                invoice(
                    "A",
                    json!({ "gstRate": "3", "lines": [
                    plain("3", "4.5"), plain("7", "0.333333"), plain("1000", "4.5") ] }),
                ),
                invoice(
                    "B",
                    json!({ "gstRate": "3", "interState": true, "lines": [
                    plain("3", "4.5"), plain("7", "0.333333"), plain("1000", "4.5") ] }),
                ),
            ],
            vec![
                Invoice("A", "4516 0 0 4516 68 68 0 0 4652"),
                Invoice("B", "4516 0 0 4516 0 0 135 0 4651"),
                // 135 by 14, 2 and 4500 is 0.42, 0.06 and 134.52: the unit that is missing goes to the last.
                Lines("B", &["14 14 0 0", "2 2 0 0", "4500 4500 0 135"]),
            ],
            ["9303", "0", "9303 0 0 0 0"],
        ),
        // 10 x 1.2345 is 12.345; 3 x 0.0005 is 0.0015, so 0.002. 2.5 % of 12.347 is 0.308675.
        case(
            "a currency with three decimals is taxed to the third",
            "KWD",
            vec![invoice("A", json!({ "gstRate": "5", "lines": [plain("10", "1.2345"), plain("3", "0.0005")] }))],
            vec![Invoice("A", "12.347 0.000 0.000 12.347 0.309 0.309 0.000 0.000 12.965")],
            ["12.965", "0.000", "12.965 0.000 0.000 0.000 0.000"],
        ),
        // 3 x 0.125 is 0.375, so 0.38; 7 x 0.125 is 0.875, so 0.88; 1000 x 0.125 is 125; 1000000 x 0.000001 is 1.
        // 9 % of 127.26 is 11.4534.
        case(
            "a unit price keeps six decimals until it is multiplied",
            "INR",
            vec![invoice(
                "A",
                json!({ "gstRate": "18", "lines": [
                    plain("3", "0.125"), plain("7", "0.125"), plain("1000", "0.125"), plain("1000000", "0.000001") ] }),
            )],
            vec![Invoice("A", "127.26 0.00 0.00 127.26 11.45 11.45 0.00 0.00 150.16")],
            ["150.16", "0.00", "150.16 0.00 0.00 0.00 0.00"],
        ),
        // 0.0001 x 50 is 0.005, so 0.01; 2.3333 x 3 is 6.9999, so 7.00. 14 % of 7.01 is 0.9814.
        case(
            "quantities have four decimals",
            "INR",
            vec![invoice("A", json!({ "lines": [line("0.0001", "50", "28"), line("2.3333", "3", "28")] }))],
            vec![Invoice("A", "7.01 0.00 0.00 7.01 0.98 0.98 0.00 0.00 8.97")],
            ["8.97", "0.00", "8.97 0.00 0.00 0.00 0.00"],
        ),
    ]
}
