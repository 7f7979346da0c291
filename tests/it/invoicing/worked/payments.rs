//! Payments: what a customer owes is set off against what they gave, once. What is named comes first, then the oldest payment
//! pays the oldest charge, by date and then by creation.

use serde_json::json;

use super::case::{
    Case,
    Right::{Left, On, Stands},
    allocate, case, entry, invoice, opening, receipt, refund, release, void_invoice, void_receipt, write_off,
};

pub fn cases() -> Vec<Case> {
    let mut cases = receipts();
    cases.extend(several_receipts());
    cases.extend(given_back());
    cases.extend(of_before());
    cases.extend(written_off());
    cases.extend(by_hand());
    cases
}

/// Receipts and other payments, and what they pay.
fn receipts() -> Vec<Case> {
    vec![
        // 150 - 100 is 50.
        case(
            "the rest of a receipt that names an invoice pays the next one",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-01" })),
                receipt("R", json!({ "amount": "150", "date": "2026-11-03", "invoices": [{ "invoiceId": "@A" }] })),
                invoice("B", json!({ "grossAmount": "50", "date": "2026-11-04" })),
            ],
            vec![
                Stands("A", "PAID 100.00 0.00"),
                Stands("B", "PAID 50.00 0.00"),
                Left("R", "150.00 0.00 0.00"),
                On("2026-11-03", "-50.00 0.00 0.00 0.00 0.00 0.00 50.00"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        case(
            "an invoice that is voided and made anew is paid by the receipt that named the first",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-01" })),
                receipt("R", json!({ "amount": "100", "date": "2026-11-02", "invoices": [{ "invoiceId": "@A" }] })),
                void_invoice("A"),
                invoice("B", json!({ "grossAmount": "100", "date": "2026-11-01" })),
            ],
            vec![
                Stands("A", "VOID 0.00 0.00"),
                Stands("B", "PAID 100.00 0.00"),
                On("2026-11-01", "100.00 100.00 0.00 0.00 0.00 0.00 0.00"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        case(
            "a payment that is an entry pays an invoice",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "500", "date": "2026-11-01" })),
                entry("P", json!({ "type": "DEBIT", "amount": "500", "date": "2026-11-02" })),
            ],
            vec![Stands("A", "PAID 500.00 0.00"), Left("P", "500.00 0.00 0.00")],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        // B is the older one by its date. A is due for 11 days.
        case(
            "the date decides which invoice is paid first, and the due date plays no part",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-02", "dueDate": "2026-11-10" })),
                invoice("B", json!({ "grossAmount": "100", "date": "2026-11-01", "dueDate": "2026-12-31" })),
                receipt("R", json!({ "amount": "100", "date": "2026-11-15" })),
            ],
            vec![Stands("A", "OVERDUE 0.00 100.00"), Stands("B", "PAID 100.00 0.00")],
            ["100.00", "0.00", "0.00 100.00 0.00 0.00 0.00"],
        ),
    ]
}

/// Several receipts and invoices, in one currency or in two.
fn several_receipts() -> Vec<Case> {
    vec![
        // 30 and 20 pay the 50; 20, 9 and 51 are the rest of the 100.
        case(
            "two receipts pay three invoices and leave the rest on account",
            "INR",
            vec![
                receipt("R", json!({ "amount": "30", "date": "2026-11-01" })),
                receipt("S", json!({ "amount": "100", "date": "2026-11-02" })),
                invoice("A", json!({ "grossAmount": "50", "date": "2026-11-03" })),
                invoice("B", json!({ "grossAmount": "20", "date": "2026-11-04" })),
                invoice("C", json!({ "grossAmount": "9", "date": "2026-11-05" })),
            ],
            vec![
                Left("R", "30.00 0.00 0.00"),
                Left("S", "49.00 51.00 0.00"),
                Stands("A", "PAID 50.00 0.00"),
                Stands("B", "PAID 20.00 0.00"),
                Stands("C", "PAID 9.00 0.00"),
                On("2026-11-02", "-130.00 0.00 0.00 0.00 0.00 0.00 130.00"),
                On("2026-11-03", "-80.00 0.00 0.00 0.00 0.00 0.00 80.00"),
            ],
            ["-51.00", "51.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        // 2.500 - 2.002 is 0.498 of 1.001, so 0.503 is open.
        case(
            "a receipt pays the invoices that it names in the order in which it names them",
            "KWD",
            vec![
                invoice("A", json!({ "grossAmount": "1.001" })),
                invoice("B", json!({ "grossAmount": "2.002" })),
                receipt("R", json!({ "amount": "2.5", "invoices": [{ "invoiceId": "@B" }, { "invoiceId": "@A" }] })),
                receipt("S", json!({ "amount": "1", "invoices": [{ "invoiceId": "@A", "amount": "0.504" }] }))
                    .refused("INVALID invoices.0.amount"),
            ],
            vec![Stands("A", "PARTIALLY_PAID 0.498 0.503"), Stands("B", "PAID 2.002 0.000")],
            ["0.503", "0.000", "0.503 0.000 0.000 0.000 0.000"],
        ),
        // S pays A. Without R nothing pays B, which is due for 19 days.
        case(
            "what a voided receipt paid is open again",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-01" })),
                invoice("B", json!({ "grossAmount": "100", "date": "2026-11-02" })),
                receipt("R", json!({ "amount": "100", "date": "2026-11-03", "invoices": [{ "invoiceId": "@B" }] })),
                receipt("S", json!({ "amount": "100", "date": "2026-11-04" })),
                void_receipt("R"),
            ],
            vec![
                Stands("A", "PAID 100.00 0.00"),
                Stands("B", "OVERDUE 0.00 100.00"),
                Left("R", "0.00 0.00 0.00"),
                Left("S", "100.00 0.00 0.00"),
            ],
            ["100.00", "0.00", "0.00 100.00 0.00 0.00 0.00"],
        ),
        case(
            "money in one currency pays nothing in another",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "currency": "USD", "date": "2026-11-01" })),
                receipt("R", json!({ "amount": "100", "date": "2026-11-02" })),
                receipt("X", json!({ "amount": "100", "invoices": [{ "invoiceId": "@A" }] }))
                    .refused("CURRENCY_MISMATCH invoices.0.invoiceId"),
            ],
            vec![Stands("A", "OVERDUE 0.00 100.00"), Left("R", "0.00 100.00 0.00")],
            ["-100.00", "100.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
    ]
}

/// Advances that are given back.
fn given_back() -> Vec<Case> {
    vec![
        // 1000 - 600 - 400 is 0, so nothing is left for the 300, which are due for 17 days.
        case(
            "an advance that an entry gives back pays no invoice",
            "INR",
            vec![
                receipt("R", json!({ "amount": "1000", "date": "2026-11-01" })),
                invoice("A", json!({ "grossAmount": "600", "date": "2026-11-02" })),
                entry("F", json!({ "type": "CREDIT", "amount": "400", "date": "2026-11-03" })),
                invoice("B", json!({ "grossAmount": "300", "date": "2026-11-04" })),
            ],
            vec![Stands("A", "PAID 600.00 0.00"), Stands("B", "OVERDUE 0.00 300.00")],
            ["300.00", "0.00", "0.00 300.00 0.00 0.00 0.00"],
        ),
        // Then 120 of the 300 are paid.
        case(
            "an advance that is refunded pays no invoice, and no more than it is given back",
            "INR",
            vec![
                receipt("R", json!({ "amount": "1000", "date": "2026-11-01" })),
                invoice("A", json!({ "grossAmount": "600", "date": "2026-11-02" })),
                refund("X", json!({ "amount": "400.01", "date": "2026-11-03" })).refused("NOT_ALLOWED amount"),
                refund("F", json!({ "amount": "400", "date": "2026-11-03" })),
                invoice("B", json!({ "grossAmount": "300", "date": "2026-11-04" })),
                receipt("S", json!({ "amount": "120", "date": "2026-11-05" })),
            ],
            vec![
                Stands("A", "PAID 600.00 0.00"),
                Stands("B", "OVERDUE 120.00 180.00"),
                Left("F", "400.00 0.00 0.00"),
                On("2026-11-02", "-400.00 0.00 0.00 0.00 0.00 0.00 400.00"),
                On("2026-11-03", "0.00 0.00 0.00 0.00 0.00 0.00 0.00"),
            ],
            ["180.00", "0.00", "0.00 180.00 0.00 0.00 0.00"],
        ),
    ]
}

/// What was owed or paid before the book was begun.
fn of_before() -> Vec<Case> {
    vec![
        // 80 pays the 70 and 10 of the 30. On 31 October the 70 are 30 days old, on 1 November 31.
        case(
            "what was owed before the book was begun is paid first",
            "INR",
            vec![
                opening("O", json!({ "type": "CREDIT", "amount": "70", "date": "2026-10-01" })),
                opening("X", json!({ "type": "DEBIT", "amount": "1" })).refused("TAKEN customerId"),
                invoice("A", json!({ "grossAmount": "30", "date": "2026-11-01" })),
                receipt("R", json!({ "amount": "80", "date": "2026-11-02" })),
            ],
            vec![
                Left("O", "70.00 0.00 0.00"),
                Stands("A", "OVERDUE 10.00 20.00"),
                On("2026-10-31", "70.00 0.00 70.00 0.00 0.00 0.00 0.00"),
                On("2026-11-01", "100.00 30.00 0.00 70.00 0.00 0.00 0.00"),
            ],
            ["20.00", "0.00", "0.00 20.00 0.00 0.00 0.00"],
        ),
        // 30 - 25 is 5.
        case(
            "what was paid in advance before the book was begun pays the first invoice",
            "INR",
            vec![
                opening("O", json!({ "type": "DEBIT", "amount": "25", "date": "2026-10-01" })),
                invoice("A", json!({ "grossAmount": "30" })),
                refund("X", json!({ "amount": "0.01" })).refused("NOT_ALLOWED amount"),
            ],
            vec![Stands("A", "PARTIALLY_PAID 25.00 5.00"), On("2026-10-01", "-25.00 0.00 0.00 0.00 0.00 0.00 25.00")],
            ["5.00", "0.00", "5.00 0.00 0.00 0.00 0.00"],
        ),
    ]
}

/// Debts that are written off.
fn written_off() -> Vec<Case> {
    vec![
        // 333.33 + 2 x 8.33 - 349 is 0.99.
        case(
            "the paise that a customer left out are written off, and no more",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "333.33", "gstRate": "5", "date": "2026-11-01" })),
                receipt("R", json!({ "amount": "349", "date": "2026-11-05", "invoices": [{ "invoiceId": "@A" }] })),
                write_off("X", json!({ "amount": "1" })).refused("NOT_ALLOWED amount"),
                write_off("W", json!({ "amount": "0.99" })),
            ],
            vec![
                Stands("A", "PAID 349.99 0.00"),
                Left("W", "0.99 0.00 0.00"),
                On("2026-11-05", "0.99 0.00 0.99 0.00 0.00 0.00 0.00"),
            ],
            ["0.00", "0.00", "0.00 0.00 0.00 0.00 0.00"],
        ),
        case(
            "a write-off that names an invoice leaves the older one",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-01" })),
                invoice("B", json!({ "grossAmount": "30", "date": "2026-11-02" })),
                write_off("W", json!({ "amount": "30", "charges": [{ "chargeId": "@B" }] })),
            ],
            vec![Stands("A", "OVERDUE 0.00 100.00"), Stands("B", "PAID 30.00 0.00")],
            ["100.00", "0.00", "0.00 100.00 0.00 0.00 0.00"],
        ),
    ]
}

/// What a user allocates and releases.
fn by_hand() -> Vec<Case> {
    let paid = || {
        vec![
            invoice("A", json!({ "grossAmount": "100", "date": "2026-11-01" })),
            invoice("B", json!({ "grossAmount": "50", "date": "2026-11-02" })),
            receipt("R", json!({ "amount": "50", "date": "2026-11-03" })),
        ]
    };
    let mut named = paid();
    named.push(allocate("R", json!({ "charges": [{ "chargeId": "@B" }] })));
    let mut held = paid();
    held.push(release("R", json!({})));
    let mut let_go = paid();
    let_go.push(release("R", json!({})));
    let_go.push(allocate("R", json!({ "autoAllocate": true })));
    vec![
        case(
            "a payment pays what it names instead of the oldest",
            "INR",
            named,
            vec![Stands("A", "OVERDUE 0.00 100.00"), Stands("B", "PAID 50.00 0.00"), Left("R", "50.00 0.00 0.00")],
            ["100.00", "0.00", "0.00 100.00 0.00 0.00 0.00"],
        ),
        case(
            "what is released is on account and pays nothing",
            "INR",
            held,
            vec![
                Stands("A", "OVERDUE 0.00 100.00"),
                Stands("B", "OVERDUE 0.00 50.00"),
                Left("R", "0.00 50.00 50.00"),
                On("2026-11-03", "100.00 0.00 150.00 0.00 0.00 0.00 50.00"),
            ],
            ["100.00", "50.00", "0.00 150.00 0.00 0.00 0.00"],
        ),
        case(
            "what is let go pays the oldest again",
            "INR",
            let_go,
            vec![Stands("A", "OVERDUE 50.00 50.00"), Stands("B", "OVERDUE 0.00 50.00"), Left("R", "50.00 0.00 0.00")],
            ["100.00", "0.00", "0.00 100.00 0.00 0.00 0.00"],
        ),
        // 60 of the 100 are given back, and the other 40 stay held.
        case(
            "what is held can be given back",
            "INR",
            vec![
                invoice("A", json!({ "grossAmount": "100", "date": "2026-11-01" })),
                receipt("R", json!({ "amount": "100", "date": "2026-11-02" })),
                release("R", json!({})),
                refund("F", json!({ "amount": "60", "date": "2026-11-03" })),
            ],
            vec![
                Left("R", "60.00 40.00 40.00"),
                Left("F", "60.00 0.00 0.00"),
                Stands("A", "OVERDUE 0.00 100.00"),
                On("2026-11-02", "0.00 0.00 100.00 0.00 0.00 0.00 100.00"),
            ],
            ["60.00", "40.00", "0.00 100.00 0.00 0.00 0.00"],
        ),
    ]
}
