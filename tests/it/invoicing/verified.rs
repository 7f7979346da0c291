//! What `daybook verify` finds wrong in the sums of an invoice: by the rule that holds for the invoice.

use std::collections::BTreeSet;

use daybook::bookkeeping::verify::Difference;
use migration::{Migrator, MigratorTrait};
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, id_of};

/// The codes of differences, in their order.
fn codes(differences: &[Difference]) -> String {
    let codes: BTreeSet<_> = differences.iter().map(|difference| json!(difference.check).to_string()).collect();
    Vec::from_iter(codes).join(" ").replace('"', "")
}

async fn create(user: &User, customer: &str, fields: Value) {
    let mut input = fields;
    input["customerId"] = json!(customer);
    id_of(&user.create_invoice(input).await, "invoice");
}

#[apply(both_databases)]
async fn each_difference_in_the_sums_of_an_invoice_is_found(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let fields = "book { id } userErrors { code }";
    let round = json!({ "roundInvoiceTotals": true });
    id_of(&amina.mutate("updateBook", "UpdateBookInput", fields, round).await, "book");
    let lines = json!([
        { "description": "tea", "quantity": "3", "unitPrice": "33.335", "discountPercent": "10" },
        { "description": "rice", "quantity": "1", "unitPrice": "50", "rate": "5" } ]);
    // 90.01 + 50.00 less 4.20, and 10 for freight, with taxes at 18 and 5 per cent.
    let fields =
        json!({ "number": "L", "lines": lines, "discountPercent": "3", "gstRate": "18", "otherCharges": "10" });
    create(&amina, &customer, fields).await;
    create(&amina, &customer, json!({ "number": "G", "grossAmount": "100", "gstRate": "18", "interState": true }))
        .await;
    create(&amina, &customer, json!({ "number": "T", "grossAmount": "100.40", "cgst": "9", "sgst": "9" })).await;
    app.assert_journal_is_whole().await;
    let tamperer = app.tamperer().await;
    let of_line = |set: &str, line: i32| format!("UPDATE invoice_line SET {set} WHERE line = {line}");
    let of = |number: &str, set: &str| format!("UPDATE invoice SET {set} WHERE number = '{number}'");
    let mut wrong = Vec::new();
    for (sql, expected) in [
        (of_line("unit_price_fraction = unit_price_fraction + 4000", 1), "DOCUMENT_LINES"),
        (of_line("discount = discount + 1", 1), "DOCUMENT_LINES"),
        (of_line("discount = discount + 1, amount = amount - 1", 2), "DOCUMENT_LINES INVOICE_SUMS"),
        (of_line("discount_percent = 20000", 1), "DOCUMENT_LINES"),
        (of_line("rate = 12000", 1), "INVOICE_SUMS"),
        (of_line("taxable = taxable + 1", 1), "INVOICE_SUMS"),
        (of_line("taxable = NULL", 1), "INVOICE_SUMS"),
        (of_line("cgst = cgst + 1, sgst = sgst + 1", 2), "INVOICE_SUMS"),
        (of_line("igst = igst + 1", 2), "INVOICE_SUMS"),
        (of("L", "discount = discount + 1, gross = gross + 1"), "DOCUMENT_LINES INVOICE_SUMS"),
        (of("L", "discount_percent = 4000"), "INVOICE_SUMS"),
        (of("L", "rate = 12000"), "INVOICE_SUMS"),
        (
            of("L", "other_charges = other_charges + 1, gross = gross - 1"),
            "DOCUMENT_LINES DOCUMENT_POSTINGS INVOICE_SUMS",
        ),
        (of("L", "round_off = round_off + 100, total = total + 100"), "DOCUMENT_FIELD DOCUMENT_POSTINGS INVOICE_SUMS"),
        (of("L", "round_off = 0"), "DOCUMENT_POSTINGS INVOICE_SUMS"),
        (of("G", "inter_state = FALSE"), "INVOICE_SUMS"),
        (of("G", "rate = 12000"), "INVOICE_SUMS"),
        (of("G", "igst = igst - 1, gross = gross + 1"), "DOCUMENT_POSTINGS INVOICE_SUMS"),
        // Taxes that were given are right as they are, but the postings say what they were.
        (of("T", "cgst = 950, sgst = 950, gross = gross - 100"), "DOCUMENT_POSTINGS"),
    ] {
        let differences = tamperer.differences(&sql).await;
        if codes(&differences) != expected {
            let words: Vec<_> = differences.iter().map(ToString::to_string).collect();
            wrong.push(format!(
                "{sql}\n  expected {expected}\n  found {}\n    {}",
                codes(&differences),
                words.join("\n    ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Takes the schema back to before discounts and taxes by rate, and brings it up to date.
async fn down_and_up(app: &TestApp) {
    let connection = sea_orm::Database::connect(&app.url).await.unwrap();
    let later = Migrator::migrations().iter().rev().position(|step| step.name().ends_with("_totals")).unwrap();
    Migrator::down(&connection, Some(u32::try_from(later).unwrap() + 1)).await.unwrap();
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
}

#[apply(both_databases)]
async fn an_invoice_that_is_older_keeps_its_sums_and_its_rule(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    // One line for each rate, and no charges: the same by both rules.
    let line =
        |price: &str, rate: &str| json!({ "description": "tea", "quantity": "1", "unitPrice": price, "rate": rate });
    create(&amina, &customer, json!({ "lines": [line("100.25", "18"), line("33.33", "5")] })).await;
    // The charges were not taxed, but the rate was not stored.
    create(&amina, &customer, json!({ "grossAmount": "100", "gstRate": "18", "otherCharges": "10" })).await;
    let query = "{ invoices { nodes { number totalAmount { amount } taxableAmount { amount } gstRate
        lines { unitPrice amount { amount } taxableAmount { amount } cgst { amount } sgst { amount } igst { amount } } } } }";
    let mut before = amina.gql(query, json!({})).await["invoices"]["nodes"].take();
    down_and_up(&app).await;
    app.assert_journal_is_whole().await;
    for invoice in before.as_array_mut().unwrap() {
        invoice["gstRate"] = Value::Null;
        for line in invoice["lines"].as_array_mut().unwrap() {
            for field in ["taxableAmount", "cgst", "sgst", "igst"] {
                line[field] = Value::Null;
            }
        }
    }
    assert_eq!(before[0]["taxableAmount"]["amount"].take(), "110.00");
    let mut after = amina.gql(query, json!({})).await["invoices"]["nodes"].take();
    assert_eq!(after[0]["taxableAmount"]["amount"].take(), "100.00");
    assert_eq!(after, before);
    // New ones follow the new rule beside them.
    let both = json!({ "lines": [line("1", "5"), line("1", "5")], "number": "N" });
    create(&amina, &customer, both).await;
    app.assert_journal_is_whole().await;
    // By the rule of before, the tax of each line was rounded: 0.025 twice makes 0.06, and not 0.05.
    let tamperer = app.tamperer().await;
    let found = tamperer.differences("UPDATE invoice SET tax_method = 'BY_LINE' WHERE number = 'N'").await;
    assert_eq!(codes(&found), "INVOICE_SUMS");
    assert_eq!(found[0].expected, "CGST 0.06 YEM, SGST 0.06 YEM, IGST 0.00 YEM");
    assert_eq!(found[0].found, "CGST 0.05 YEM, SGST 0.05 YEM, IGST 0.00 YEM");
    let found = tamperer.differences("UPDATE invoice SET tax_method = 'BY_RATE' WHERE number = 'INV-0001'").await;
    assert_eq!(codes(&found), "INVOICE_SUMS");
}

#[apply(both_databases)]
async fn an_invoice_says_whether_its_goods_go_to_another_state(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    for (number, fields) in [
        ("A", json!({ "gstRate": "18", "interState": true })),
        ("B", json!({ "gstRate": "18" })),
        ("C", json!({ "igst": "5" })),
        ("D", json!({ "cgst": "5", "sgst": "5" })),
        ("E", json!({ "interState": true })),
        ("F", json!({})),
    ] {
        let mut input = fields;
        (input["number"], input["grossAmount"]) = (json!(number), json!("100"));
        create(&amina, &customer, input).await;
    }
    let across = async || {
        let data = amina.gql("{ invoices { nodes { number interState } } }", json!({})).await;
        let nodes = data["invoices"]["nodes"].as_array().unwrap();
        let across = nodes.iter().filter(|node| node["interState"] == true);
        let mut numbers: Vec<_> = across.map(|node| node["number"].as_str().unwrap().to_owned()).collect();
        numbers.sort();
        (nodes.len(), numbers.concat())
    };
    assert_eq!(across().await, (6, "ACE".to_owned()));
    // What was said was not stored: only the tax tells.
    down_and_up(&app).await;
    assert_eq!(across().await, (6, "AC".to_owned()));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_discount_is_not_lost_by_taking_the_schema_back(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    create(&amina, &customer, json!({ "grossAmount": "100", "discountAmount": "10" })).await;
    let connection = sea_orm::Database::connect(&app.url).await.unwrap();
    let later = Migrator::migrations().iter().rev().position(|step| step.name().ends_with("_totals")).unwrap();
    let refused = Migrator::down(&connection, Some(u32::try_from(later).unwrap() + 1)).await.unwrap_err();
    assert!(refused.to_string().contains("there are rows in invoice with discount"), "{refused}");
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(amina.owed(&customer).await, "90.00");
    app.assert_journal_is_whole().await;
}
