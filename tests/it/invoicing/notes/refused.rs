//! Notes that are refused.

use serde_json::{Value, json};

use super::{billed, credit, debit, noted, set_book, sums};
use crate::harness::{Database, TestApp, errors, messages};

/// An invoice of two lines and charges, with taxes.
fn fields() -> Value {
    json!({ "date": "2026-11-10", "gstRate": "18", "otherCharges": "5", "lines": [
        { "description": "tea", "quantity": "2", "unitPrice": "10" },
        { "description": "rice", "quantity": "1", "unitPrice": "30" } ] })
}

#[apply(both_databases)]
async fn a_note_that_cannot_be_is_refused_with_all_that_is_wrong_and_nothing_is_written(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = billed(&amina, &customer, fields()).await;
    let line = |line: Value| json!({ "lines": [line] });
    let huge = "9".repeat(60);
    let long = "x".repeat(501);
    let gross = |gross: &str| json!({ "grossAmount": gross });
    let mut both = vec![
        (json!({}), vec!["REQUIRED grossAmount"]),
        (json!({ "lines": [] }), vec!["REQUIRED grossAmount"]),
        (json!({ "otherCharges": "0" }), vec!["INVALID grossAmount"]),
        (json!({ "grossAmount": "1", "reason": " " }), vec!["INVALID reason"]),
        (json!({ "grossAmount": "1", "reason": long }), vec!["INVALID reason"]),
        (json!({ "grossAmount": "1", "reason": "a\u{0}b" }), vec!["INVALID reason"]),
        (json!({ "grossAmount": "1", "number": "" }), vec!["INVALID number"]),
        (json!({ "grossAmount": "1", "number": "x".repeat(41) }), vec!["INVALID number"]),
        (json!({ "grossAmount": "1", "date": "2026-11-09" }), vec!["INVALID date"]),
        (json!({ "grossAmount": "1", "date": "2200-01-01" }), vec!["INVALID date"]),
        (json!({ "grossAmount": "1", "idempotencyKey": "a b" }), vec!["INVALID idempotencyKey"]),
        (json!({ "grossAmount": "1", "id": "credit" }), vec!["INVALID id"]),
        (json!({ "grossAmount": "1", "lines": [{ "line": 1, "quantity": "1" }] }), vec!["INVALID grossAmount"]),
        (json!({ "grossAmount": "1", "otherCharges": "-1" }), vec!["INVALID otherCharges"]),
        (json!({ "grossAmount": "1", "otherCharges": "0.001" }), vec!["INVALID otherCharges"]),
        (gross("0"), vec!["INVALID grossAmount"]),
        (gross("-1"), vec!["INVALID grossAmount"]),
        (gross("0.001"), vec!["INVALID grossAmount"]),
        (gross(&huge), vec!["INVALID grossAmount"]),
        (line(json!({ "line": 0, "amount": "1" })), vec!["NOT_FOUND lines.0.line"]),
        (line(json!({ "line": 3, "amount": "1" })), vec!["NOT_FOUND lines.0.line"]),
        (line(json!({ "line": -1, "amount": "1" })), vec!["NOT_FOUND lines.0.line"]),
        (line(json!({ "line": 1, "amount": "1", "quantity": "1" })), vec!["INVALID lines.0.amount"]),
        (line(json!({ "line": 1, "amount": "0" })), vec!["INVALID lines.0.amount"]),
        (line(json!({ "line": 1, "amount": "-5" })), vec!["INVALID lines.0.amount"]),
        (line(json!({ "line": 1, "amount": "0.005" })), vec!["INVALID lines.0.amount"]),
        (line(json!({ "line": 1, "amount": huge })), vec!["INVALID lines.0.amount"]),
        (line(json!({ "line": 1, "quantity": "0" })), vec!["INVALID lines.0.quantity"]),
        (line(json!({ "line": 1, "quantity": "-1" })), vec!["INVALID lines.0.quantity"]),
        (line(json!({ "line": 1, "quantity": "0.00001" })), vec!["INVALID lines.0.quantity"]),
        (line(json!({ "line": 1, "quantity": huge })), vec!["INVALID lines.0.quantity"]),
        (json!({ "lines": vec![json!({ "line": 1, "amount": "1" }); 101] }), vec!["LIMIT_REACHED lines"]),
        (
            json!({ "lines": [{ "line": 1, "amount": "1" }, { "line": 1, "amount": "1" }, { "line": 9, "amount": "1" },
                { "line": 2, "amount": "0" }], "otherCharges": "-1", "reason": " ", "number": " " }),
            vec![
                "INVALID reason",
                "INVALID number",
                "INVALID otherCharges",
                "INVALID lines.1.line",
                "NOT_FOUND lines.2.line",
                "INVALID lines.3.amount",
            ],
        ),
    ];
    for (fields, expected) in &both {
        let refused = credit(&amina, &invoice, fields.clone()).await;
        assert_eq!((&errors(&refused), &refused["creditNote"]), (&strings(expected), &Value::Null), "{fields}");
    }
    both.retain(|(fields, _)| fields["id"].is_null());
    for (fields, expected) in &both {
        let refused = debit(&amina, &invoice, fields.clone()).await;
        assert_eq!((&errors(&refused), &refused["debitNote"]), (&strings(expected), &Value::Null), "{fields}");
    }
    // More than there is, which a debit note may add.
    for (fields, expected, says) in [
        (gross("50.01"), "INVALID grossAmount", "Only 50.00 YEM of the goods"),
        (json!({ "grossAmount": "1", "otherCharges": "5.01" }), "INVALID otherCharges", "Only 5.00 YEM of the charges"),
        (line(json!({ "line": 1, "amount": "20.01" })), "INVALID lines.0.amount", "Only 20.00 YEM of this line"),
        (line(json!({ "line": 1, "quantity": "2.0001" })), "INVALID lines.0.quantity", "Only 2 of this line"),
        (json!({ "full": true, "grossAmount": "1" }), "INVALID full", "give it without"),
        (json!({ "full": true, "otherCharges": "0" }), "INVALID full", "give it without"),
        (json!({ "full": true, "lines": [{ "line": 1 }] }), "INVALID full", "give it without"),
    ] {
        let refused = credit(&amina, &invoice, fields.clone()).await;
        assert_eq!(errors(&refused), [expected], "{fields}");
        assert!(messages(&refused).contains(says), "{refused}");
    }
    let refused = debit(&amina, &invoice, line(json!({ "line": 1 }))).await;
    assert_eq!(errors(&refused), ["REQUIRED lines.0.amount"]);
    assert_eq!((noted(&amina, &invoice).await, amina.owed(&customer).await), ("0.00 0.00".into(), "64.90".into()));
    // No refused request took a number along.
    assert_eq!(credit(&amina, &invoice, gross("1")).await["creditNote"]["number"], "CRN-0001");
    app.assert_journal_is_whole().await;
}

fn strings(expected: &[&str]) -> Vec<String> {
    expected.iter().map(|error| (*error).to_owned()).collect()
}

#[apply(both_databases)]
async fn only_an_own_invoice_that_stands_and_whose_customer_is_there_gets_notes(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let customer = amina.customer("Badr").await;
    let void = billed(&amina, &customer, fields()).await;
    amina.void_invoice(json!({ "id": void, "reason": "wrong" })).await;
    let theirs = billed(&badr, &badr.customer("Carim").await, fields()).await;
    let receipt = amina.receipt(&customer, "1", "2026-11-20").await;
    let own = billed(&amina, &customer, fields()).await;
    let as_entry = own.replace("invoice_", "entry_");
    for (id, expected) in [
        (void.as_str(), "NOT_ALLOWED invoiceId"),
        (theirs.as_str(), "NOT_FOUND invoiceId"),
        (&receipt, "NOT_FOUND invoiceId"),
        (&receipt.replace("receipt_", "invoice_"), "NOT_FOUND invoiceId"),
        (&as_entry, "NOT_FOUND invoiceId"),
        ("invoice_01h455vb4pex5vsknk084sn02q", "NOT_FOUND invoiceId"),
        ("", "NOT_FOUND invoiceId"),
        ("💰", "NOT_FOUND invoiceId"),
    ] {
        for payload in [
            credit(&amina, id, json!({ "grossAmount": "1" })).await,
            credit(&amina, id, json!({ "full": true })).await,
            debit(&amina, id, json!({ "grossAmount": "1" })).await,
        ] {
            assert_eq!(errors(&payload), [expected], "{id}");
        }
    }
    // What does not depend on the invoice is told with it.
    let refused = credit(&amina, "x", json!({ "grossAmount": "1", "reason": "", "date": "1899-12-31" })).await;
    assert_eq!(errors(&refused), ["NOT_FOUND invoiceId", "INVALID date", "INVALID reason"]);
    amina.archive(&customer).await;
    for payload in [
        credit(&amina, &own, json!({ "grossAmount": "1" })).await,
        debit(&amina, &own, json!({ "grossAmount": "1" })).await,
    ] {
        assert_eq!(errors(&payload), ["NOT_ALLOWED invoiceId"]);
        assert!(messages(&payload).contains("archived"), "{payload}");
    }
    amina.restore(&customer).await;
    let note = amina.credit_note(&own, "1").await;
    amina.archive(&customer).await;
    // What is there can still be corrected.
    assert_eq!(errors(&amina.void_credit_note(json!({ "id": note, "reason": "wrong" })).await), [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_note_that_cannot_be_voided_is_not(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let customer = amina.customer("Badr").await;
    let invoice = billed(&amina, &customer, fields()).await;
    let (credit_note, debit_note) = (amina.credit_note(&invoice, "1").await, amina.debit_note(&invoice, "1").await);
    let input = |id: &str, reason: &str| json!({ "id": id, "reason": reason });
    for (id, reason, expected) in [
        (credit_note.as_str(), " ", "INVALID reason"),
        (&credit_note, &"x".repeat(501), "INVALID reason"),
        (&debit_note, "wrong", "NOT_FOUND id"),
        (&debit_note.replace("debit_note_", "credit_note_"), "wrong", "NOT_FOUND id"),
        (&invoice, "wrong", "NOT_FOUND id"),
        (&invoice.replace("invoice_", "credit_note_"), "wrong", "NOT_FOUND id"),
        ("credit_note_", "wrong", "NOT_FOUND id"),
    ] {
        assert_eq!(errors(&amina.void_credit_note(input(id, reason)).await), [expected], "{id}");
    }
    for payload in [
        badr.void_credit_note(input(&credit_note, "mine")).await,
        badr.void_debit_note(input(&debit_note, "mine")).await,
        amina.void_debit_note(input(&credit_note, "wrong")).await,
        amina.void_invoice(input(&credit_note.replace("credit_note_", "invoice_"), "wrong")).await,
        amina.void_receipt(input(&credit_note.replace("credit_note_", "receipt_"), "wrong")).await,
    ] {
        assert_eq!(errors(&payload), ["NOT_FOUND id"]);
    }
    assert_eq!(noted(&amina, &invoice).await, "1.18 1.18");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_part_that_leaves_goods_but_nothing_of_the_rounded_total_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    set_book(&amina, json!({ "roundInvoiceTotals": true })).await;
    let customer = amina.customer("Badr").await;
    // 84.30 and twice 7.59 are 99.48, which is rounded to 99.00.
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "84.30", "gstRate": "18" })).await;
    let most = credit(&amina, &invoice, json!({ "grossAmount": "84" })).await;
    assert_eq!(errors(&most), ["INVALID grossAmount"]);
    // 83.80 and twice 7.54 are 98.88.
    assert_eq!(errors(&credit(&amina, &invoice, json!({ "grossAmount": "83.80" })).await), [""; 0]);
    let rest = credit(&amina, &invoice, json!({ "full": true })).await;
    assert_eq!(sums(&rest), "0.50 0.05 0.00 0.00 -0.48 0.12");
    app.assert_journal_is_whole().await;
}
