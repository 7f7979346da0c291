//! What `daybook verify` finds wrong in notes.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{billed, credit, debit};
use crate::harness::{Database, TestApp, id_of};

#[apply(both_databases)]
async fn each_difference_in_notes_is_found(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let lines = json!([
        { "description": "tea", "quantity": "3", "unitPrice": "33.33", "rate": "18" },
        { "description": "rice", "quantity": "1", "unitPrice": "50", "rate": "5" } ]);
    let lined = billed(&amina, &customer, json!({ "number": "L", "lines": lines, "otherCharges": "10" })).await;
    let plain = billed(&amina, &customer, json!({ "number": "P", "grossAmount": "100", "gstRate": "18" })).await;
    let tea = json!({ "lines": [{ "line": 1, "quantity": "2" }], "otherCharges": "4" });
    id_of(&credit(&amina, &lined, tea).await, "creditNote");
    id_of(&credit(&amina, &plain, json!({ "full": true })).await, "creditNote");
    let rice = json!({ "lines": [{ "line": 2, "amount": "5" }], "number": "D" });
    id_of(&debit(&amina, &lined, rice).await, "debitNote");
    id_of(&debit(&amina, &lined, json!({ "grossAmount": "7" })).await, "debitNote");
    app.assert_journal_is_whole().await;

    let tamperer = app.tamperer().await;
    let of = |number: &str, set: &str| format!("UPDATE note SET {set} WHERE number = '{number}'");
    let tea = |set: &str| format!("UPDATE note_line SET {set} WHERE quantity IS NOT NULL");
    let invoice = |set: &str| format!("UPDATE invoice SET {set} WHERE number = 'L'");
    let mut wrong = Vec::new();
    for (sql, expected) in [
        (of("CRN-0001", "reason = 'x'"), "DOCUMENT_FIELD"),
        (of("CRN-0001", "position = seller_id"), "DOCUMENT_FIELD"),
        (of("D", "date = '2026-11-02'"), "DOCUMENT_FIELD"),
        (of("CRN-0001", "settled = settled - 1"), "DOCUMENT_FIELD"),
        (of("CRN-0001", "number = 'X', number_key = 'x'"), "NUMBER_MISSING"),
        (of("DBN-0001", "number = 'X', number_key = 'x'"), "NUMBER_MISSING"),
        (of("D", "number_key = 'x'"), "DOCUMENT_FIELD"),
        (of("CRN-0001", "buyer_id = seller_id"), "DOCUMENT_PARTY"),
        (of("D", "seller_id = id"), "DOCUMENT_PARTY"),
        (of("CRN-0001", "gross = gross + 1"), "DOCUMENT_LINES DOCUMENT_POSTINGS NOTE_SUMS"),
        (of("CRN-0001", "total = total + 1"), "DOCUMENT_FIELD INVOICE_NOTES NOTE_SUMS"),
        (of("CRN-0001", "other_charges = other_charges - 1, round_off = 1"), "DOCUMENT_POSTINGS INVOICE_NOTES"),
        (of("CRN-0002", "cgst = cgst - 1, sgst = sgst + 1"), "DOCUMENT_POSTINGS INVOICE_NOTES"),
        (of("CRN-0002", "cgst = 0, sgst = 0, gross = total"), "DOCUMENT_POSTINGS INVOICE_NOTES"),
        (of("CRN-0001", "voided_at = created_at"), "DOCUMENT_FIELD INVOICE_NOTES"),
        (of("CRN-0001", "kind = 'DEBIT'"), "DOCUMENT_FIELD DOCUMENT_POSTINGS INVOICE_NOTES NUMBER_MISSING"),
        (of("D", "invoice_id = (SELECT id FROM invoice WHERE number = 'P')"), "INVOICE_NOTES"),
        (of("D", "invoice_id = id"), "DOCUMENT_MISSING INVOICE_NOTES"),
        (tea("amount = amount + 1"), "DOCUMENT_LINES"),
        (tea("cgst = cgst + 1"), "DOCUMENT_LINES"),
        (tea("charges = charges + 1"), "INVOICE_NOTES"),
        (tea("line = 9"), "INVOICE_NOTES"),
        (tea("quantity = 40000"), "INVOICE_NOTES"),
        ("DELETE FROM note_line".to_owned(), "INVOICE_NOTES"),
        (of("D", "id = seller_id"), "DOCUMENT_MISSING DOCUMENT_POSTINGS INVOICE_NOTES"),
        (invoice("credited = credited + 1"), "INVOICE_NOTES"),
        (invoice("debited = 0"), "INVOICE_NOTES"),
        (
            "DROP INDEX note_book_id_kind_number_key_key; UPDATE note SET number = 'D', number_key = 'd'".to_owned(),
            "NUMBER_MISSING NUMBER_TWICE",
        ),
        (
            "UPDATE ledger_entry SET source = 'MANUAL' WHERE source = 'DEBIT_NOTE'".to_owned(),
            "DOCUMENT_FIELD DOCUMENT_MISSING",
        ),
    ] {
        let differences = tamperer.differences(&sql).await;
        let codes: BTreeSet<_> = differences.iter().map(|difference| json!(difference.check).to_string()).collect();
        let codes = Vec::from_iter(codes).join(" ").replace('"', "");
        if codes != expected {
            let words: Vec<_> = differences.iter().map(ToString::to_string).collect();
            wrong.push(format!("{sql}\n  expected {expected}\n  found {codes}\n    {}", words.join("\n    ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[apply(both_databases)]
async fn the_database_keeps_notes_and_refuses_sums_that_cannot_be(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let lines = json!([{ "description": "tea", "quantity": "3", "unitPrice": "33.33" }]);
    let invoice = billed(&amina, &customer, json!({ "lines": lines, "gstRate": "18" })).await;
    amina.credit_note(&invoice, "10").await;
    amina.credit_note(&invoice, "10").await;
    amina.debit_note(&invoice, "5").await;
    for nonsense in [
        "DELETE FROM note",
        "DELETE FROM invoice",
        "UPDATE note SET kind = 'GIFT'",
        "UPDATE note SET number_key = 'same'",
        "UPDATE note SET number_key = ''",
        "UPDATE note SET reason = ''",
        "UPDATE note SET total = total + 1",
        "UPDATE note SET cgst = cgst + 1, total = total + 1",
        "UPDATE note SET igst = 1, total = total + 1",
        "UPDATE note SET gross = -gross, total = total - 2 * gross",
        "UPDATE note SET total = 0, round_off = round_off - total",
        "UPDATE note SET settled = total + 1",
        "UPDATE note SET settled = total, voided_at = created_at",
        "UPDATE note SET void_reason = 'wrong'",
        "UPDATE note SET due_date = date WHERE kind = 'CREDIT'",
        "UPDATE note SET due_date = NULL WHERE kind = 'DEBIT'",
        "UPDATE note SET due_date = '1999-01-01' WHERE kind = 'DEBIT'",
        "UPDATE note SET invoice_id = id",
        "UPDATE note SET customer_id = invoice_id",
        "UPDATE note_line SET line = 0",
        "UPDATE note_line SET quantity = 0",
        "UPDATE note_line SET amount = -1",
        "UPDATE note_line SET cgst = cgst + 1",
        "INSERT INTO note_line SELECT * FROM note_line",
        "UPDATE invoice SET credited = -1",
        "UPDATE invoice SET debited = -1",
        "UPDATE invoice SET credited = total + debited + 1",
    ] {
        let refused = app.app.db.write(|tx| async move { Ok(tx.execute_unprepared(nonsense).await?) }).await;
        assert!(refused.is_err(), "{nonsense}");
    }
    app.assert_journal_is_whole().await;
}
