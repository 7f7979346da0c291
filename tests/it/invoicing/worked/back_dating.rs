//! Documents that are dated back. What is not named is set off as if all had been written in the order of their dates. On a
//! past day the documents up to that day count, and an allocation counts from the later of its two dates.

use serde_json::json;

use super::case::{
    Case,
    Right::{Credit, Debit, Left, On, Stands},
    allocate, case, change_entry, credit_note, debit_note, delete_entry, entry, invoice, opening, receipt, refund,
    release, void_invoice, write_off,
};

pub fn cases() -> Vec<Case> {
    let mut cases = charges();
    cases.extend(charges_and_names());
    cases.extend(payments());
    cases.extend(changes());
    cases.push(everything());
    cases
}

/// Charges that are dated back.
fn charges() -> Vec<Case> {
    vec![
        // A is due for 4 days on 5 November, B for 2 on the 12th and for 11 today.
        case(
            "an older invoice takes the payment of a newer one",
            "INR",
            vec![
                invoice("B", json!({ "grossAmount": "100", "date": "2026-11-10" })),
                receipt("R", json!({ "amount": "100", "date": "2026-11-12" })),
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-01" })),
            ],
            vec![
                Stands("A", "PAID 100.00 0.00"),
                Stands("B", "OVERDUE 0.00 100.00"),
                On("2026-11-05", "100.00 0.00 100.00 0.00 0.00 0.00 0.00"),
                On("2026-11-10", "200.00 100.00 100.00 0.00 0.00 0.00 0.00"),
                On("2026-11-12", "100.00 0.00 100.00 0.00 0.00 0.00 0.00"),
            ],
            ["100.00", "0.00", "0.00 100.00 0.00 0.00 0.00"],
        ),
        case(
            "an older invoice leaves a newer one the payment that names it",
            "INR",
            vec![
                invoice("B", json!({ "grossAmount": "100", "date": "2026-11-10" })),
                receipt("R", json!({ "amount": "100", "date": "2026-11-12", "invoices": [{ "invoiceId": "@B" }] })),
                invoice("A", json!({ "grossAmount": "100", "date": "2026-09-01" })),
            ],
            vec![
                Stands("A", "OVERDUE 0.00 100.00"),
                Stands("B", "PAID 100.00 0.00"),
                // 30, 60 and 61 days.
                On("2026-10-01", "100.00 0.00 100.00 0.00 0.00 0.00 0.00"),
                On("2026-10-31", "100.00 0.00 0.00 100.00 0.00 0.00 0.00"),
                On("2026-11-01", "100.00 0.00 0.00 0.00 100.00 0.00 0.00"),
            ],
            // 81 days.
            ["100.00", "0.00", "0.00 0.00 0.00 100.00 0.00"],
        ),
        // 600, 300 and 100 of the refund use up the 1000. 300 of the refund are open, 11 days later.
        case(
            "an invoice that is older than the refund of an advance is paid before it",
            "INR",
            vec![
                receipt("R", json!({ "amount": "1000", "date": "2026-11-01" })),
                invoice("A", json!({ "grossAmount": "600", "date": "2026-11-02" })),
                refund("F", json!({ "amount": "400", "date": "2026-11-10" })),
                invoice("B", json!({ "grossAmount": "300", "date": "2026-11-05" })),
            ],
            vec![
                Stands("A", "PAID 600.00 0.00"),
                Stands("B", "PAID 300.00 0.00"),
                Left("F", "100.00 300.00 0.00"),
                On("2026-11-05", "-100.00 0.00 0.00 0.00 0.00 0.00 100.00"),
                On("2026-11-10", "300.00 300.00 0.00 0.00 0.00 0.00 0.00"),
            ],
            ["300.00", "0.00", "0.00 300.00 0.00 0.00 0.00"],
        ),
    ]
}

/// Charges that are dated back, beside what is named and held.
fn charges_and_names() -> Vec<Case> {
    vec![
        // The 70 are paid first, so 30 of the 100 are left for A.
        case(
            "an opening balance that is entered late is paid before what was billed since",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-01" })),
                receipt("R", json!({ "amount": "100", "date": "2026-11-02" })),
                opening("O", json!({ "type": "CREDIT", "amount": "70", "date": "2026-04-01" })),
            ],
            vec![
                Left("O", "70.00 0.00 0.00"),
                Stands("A", "OVERDUE 30.00 70.00"),
                // 214 days after 1 April.
                On("2026-11-01", "170.00 100.00 0.00 0.00 0.00 70.00 0.00"),
                On("2026-11-02", "70.00 0.00 70.00 0.00 0.00 0.00 0.00"),
            ],
            ["70.00", "0.00", "0.00 70.00 0.00 0.00 0.00"],
        ),
        // B gets what A no longer needs, and C, which is older than B, takes it back: 100 of 120 are paid. Then 60 are named
        // for B, and 40 are left for C.
        case(
            "an invoice that is made anew on its old date comes first again, but for what is named",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-01" })),
                receipt("R", json!({ "amount": "100", "date": "2026-11-05", "invoices": [{ "invoiceId": "@A" }] })),
                invoice("B", json!({ "grossAmount": "60", "date": "2026-11-02" })),
                void_invoice("A"),
                invoice("C", json!({ "grossAmount": "120", "date": "2026-11-01" })),
                allocate("R", json!({ "charges": [{ "chargeId": "@B" }] })),
            ],
            vec![
                Stands("A", "VOID 0.00 0.00"),
                Stands("B", "PAID 60.00 0.00"),
                Stands("C", "OVERDUE 40.00 80.00"),
                On("2026-11-02", "180.00 60.00 120.00 0.00 0.00 0.00 0.00"),
                On("2026-11-05", "80.00 0.00 80.00 0.00 0.00 0.00 0.00"),
            ],
            ["80.00", "0.00", "0.00 80.00 0.00 0.00 0.00"],
        ),
        // 60 are named for A, and 40 stay held. The allocation is made today, and counts from the day of the receipt.
        case(
            "what is held stays so when an older invoice comes",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-05" })),
                receipt("R", json!({ "amount": "100", "date": "2026-11-06" })),
                release("R", json!({})),
                invoice("B", json!({ "grossAmount": "40", "date": "2026-11-01" })),
                allocate("R", json!({ "charges": [{ "chargeId": "@A", "amount": "60" }] })),
            ],
            vec![
                Stands("A", "OVERDUE 60.00 40.00"),
                Stands("B", "OVERDUE 0.00 40.00"),
                Left("R", "60.00 40.00 40.00"),
                On("2026-11-05", "140.00 100.00 40.00 0.00 0.00 0.00 0.00"),
                On("2026-11-06", "40.00 0.00 80.00 0.00 0.00 0.00 40.00"),
            ],
            ["40.00", "40.00", "0.00 80.00 0.00 0.00 0.00"],
        ),
    ]
}

/// Payments that are dated back.
fn payments() -> Vec<Case> {
    vec![
        // R pays 50 of A, and S the other 50 and 70 of B.
        case(
            "an older receipt makes room for a newer one",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-01" })),
                invoice("B", json!({ "grossAmount": "100", "date": "2026-11-02" })),
                receipt("S", json!({ "amount": "120", "date": "2026-11-20" })),
                receipt("R", json!({ "amount": "50", "date": "2026-11-03" })),
            ],
            vec![
                Left("R", "50.00 0.00 0.00"),
                Left("S", "120.00 0.00 0.00"),
                Stands("A", "PAID 100.00 0.00"),
                Stands("B", "OVERDUE 70.00 30.00"),
                On("2026-11-01", "100.00 100.00 0.00 0.00 0.00 0.00 0.00"),
                On("2026-11-03", "150.00 0.00 150.00 0.00 0.00 0.00 0.00"),
                On("2026-11-20", "30.00 0.00 30.00 0.00 0.00 0.00 0.00"),
            ],
            ["30.00", "0.00", "0.00 30.00 0.00 0.00 0.00"],
        ),
        // 40 of the 60 are named for A, and 20 pay B. On 31 October B is due for 30 days, on 1 November for 31, today for
        // 51.
        case(
            "a receipt is on account until the invoice that it names is dated",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "40", "date": "2026-11-10" })),
                receipt("R", json!({ "amount": "60", "date": "2026-11-03", "invoices": [{ "invoiceId": "@A" }] })),
                invoice("B", json!({ "grossAmount": "100", "date": "2026-10-01" })),
            ],
            vec![
                Stands("A", "PAID 40.00 0.00"),
                Stands("B", "OVERDUE 20.00 80.00"),
                On("2026-09-30", "0.00 0.00 0.00 0.00 0.00 0.00 0.00"),
                On("2026-10-31", "100.00 0.00 100.00 0.00 0.00 0.00 0.00"),
                On("2026-11-01", "100.00 0.00 0.00 100.00 0.00 0.00 0.00"),
                On("2026-11-03", "40.00 0.00 0.00 80.00 0.00 0.00 40.00"),
                On("2026-11-10", "80.00 0.00 0.00 80.00 0.00 0.00 0.00"),
            ],
            ["80.00", "0.00", "0.00 0.00 80.00 0.00 0.00"],
        ),
    ]
}

/// What is changed, comes back or is deleted on a past day.
fn changes() -> Vec<Case> {
    vec![
        // First R pays 50 of A, and P 10 of A and all of B. Moved to the front, P pays all of A and 20 of B, R 40 of B.
        case(
            "a payment that is moved back pays the oldest instead of others",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "60", "date": "2026-11-02" })),
                invoice("B", json!({ "grossAmount": "60", "date": "2026-11-03" })),
                receipt("R", json!({ "amount": "50", "date": "2026-11-05" })),
                entry("P", json!({ "type": "DEBIT", "amount": "80", "date": "2026-11-20" })),
                change_entry("P", json!({ "date": "2026-11-01" })),
            ],
            vec![
                Left("P", "80.00 0.00 0.00"),
                Left("R", "40.00 10.00 0.00"),
                On("2026-11-01", "-80.00 0.00 0.00 0.00 0.00 0.00 80.00"),
                On("2026-11-02", "-20.00 0.00 0.00 0.00 0.00 0.00 20.00"),
                On("2026-11-03", "40.00 40.00 0.00 0.00 0.00 0.00 0.00"),
                On("2026-11-05", "-10.00 0.00 0.00 0.00 0.00 0.00 10.00"),
            ],
            ["-10.00", "10.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        // 9 % of 10 is 0.90: 11.80 of 118 come back.
        case(
            "goods come back on the day of their invoice and not before",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "gstRate": "18", "date": "2026-11-10" })),
                credit_note("X", "A", json!({ "grossAmount": "10", "date": "2026-11-09" })).refused("INVALID date"),
                credit_note("C", "A", json!({ "grossAmount": "10", "date": "2026-11-10" })),
            ],
            vec![
                Credit("C", "10.00 0.00 0.90 0.90 0.00 0.00 11.80"),
                Stands("A", "OVERDUE 11.80 106.20"),
                On("2026-11-09", "0.00 0.00 0.00 0.00 0.00 0.00 0.00"),
                On("2026-11-10", "106.20 106.20 0.00 0.00 0.00 0.00 0.00"),
            ],
            ["106.20", "0.00", "0.00 106.20 0.00 0.00 0.00"],
        ),
        // Without the write-off R pays the 30 of A, and without the refund its other 10 are on account.
        case(
            "a refund and a write-off that are deleted were never made",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "30", "date": "2026-10-20" })),
                write_off("W", json!({ "amount": "30", "date": "2026-10-25" })),
                receipt("R", json!({ "amount": "40", "date": "2026-11-01" })),
                refund("F", json!({ "amount": "40", "date": "2026-11-02" })),
                delete_entry("W"),
                delete_entry("F"),
            ],
            vec![
                Stands("A", "PAID 30.00 0.00"),
                Left("R", "30.00 10.00 0.00"),
                On("2026-10-25", "30.00 0.00 30.00 0.00 0.00 0.00 0.00"),
            ],
            ["-10.00", "10.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
    ]
}

/// All kinds of documents, none in the order of its date.
///
/// | date | what | owed | given |
/// |---|---|---|---|
/// | 1 April | opening balance O | 300 | |
/// | 1 June | entry E | 50 | |
/// | 1 July | entry G | 72 | |
/// | 1 August | invoice A, 1000 at 18 %, due on 31 August | 1180 | |
/// | 15 September | credit note C on A, 500 at 18 % | | 590 |
/// | 1 October | debit note D on A, 100 at 18 %, due at once | 118 | |
/// | 20 November | receipt R | | 1180 |
/// | 21 November | refund F, write-off W | 60 | 10 |
///
/// C pays 590 of A. R pays 300, 50, 72, the other 590 of A, 118, and 50 of F. W pays the last 10 of F.
fn everything() -> Case {
    case(
        "all kinds of documents that are dated back come out as if they had been written in order",
        "INR",
        vec![
            invoice(
                "A",
                json!({ "grossAmount": "1000", "gstRate": "18", "date": "2026-08-01", "dueDate": "2026-08-31" }),
            ),
            receipt("R", json!({ "amount": "1180", "date": "2026-11-20" })),
            credit_note("C", "A", json!({ "grossAmount": "500", "date": "2026-09-15" })),
            debit_note("D", "A", json!({ "grossAmount": "100", "date": "2026-10-01" })),
            entry("G", json!({ "type": "CREDIT", "amount": "72", "date": "2026-07-01" })),
            opening("O", json!({ "type": "CREDIT", "amount": "300", "date": "2026-04-01" })),
            refund("F", json!({ "amount": "60", "date": "2026-11-21" })),
            entry("E", json!({ "type": "CREDIT", "amount": "50", "date": "2026-06-01" })),
            write_off("W", json!({ "amount": "10", "date": "2026-11-21" })),
        ],
        vec![
            Credit("C", "500.00 0.00 45.00 45.00 0.00 0.00 590.00"),
            Debit("D", "100.00 0.00 9.00 9.00 0.00 0.00 118.00"),
            Stands("A", "PAID 1180.00 0.00"),
            Left("R", "1180.00 0.00 0.00"),
            Left("F", "60.00 0.00 0.00"),
            // A is not due yet; G is 61 days old, E 91 and O 152.
            On("2026-08-31", "1602.00 1180.00 0.00 0.00 72.00 350.00 0.00"),
            // D is due on this day; 590 of A are due for 31 days, G for 92.
            On("2026-10-01", "1130.00 118.00 0.00 590.00 0.00 422.00 0.00"),
            // R pays all but 50.
            On("2026-11-20", "-50.00 0.00 0.00 0.00 0.00 0.00 50.00"),
        ],
        ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
    )
}
