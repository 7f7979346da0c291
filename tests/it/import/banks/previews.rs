//! Looking at a bank's file before it is imported.

use std::{fs, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::Case;
use crate::harness::{Database, TestApp, User, transactions};

const PREVIEW: &str = "query($input: PreviewImportInput!) { previewImport(input: $input) {
    format profile headerLine findings { field value confidence reason } questions { field message answers { value meaning } }
    offers { field column } transactions { line date valueDate amount currency description payee category bankId balance }
    problems { line column message } remarks { line message }
    totals { transactions skipped problems mismatches sum openingBalance closingBalance balanced } } }";

pub(super) async fn preview(user: &User, input: Value) -> Value {
    user.gql(PREVIEW, json!({ "input": input })).await["previewImport"].take()
}

pub(super) fn encoded(bytes: &[u8], say: &Value) -> Value {
    json!({ "csv": BASE64_STANDARD.encode(bytes), "base64": true, "say": say })
}

pub(super) fn words(preview: &Value) -> Vec<String> {
    let words = |transaction: &Value| {
        let text = |field: &str| transaction[field].as_str().unwrap_or_default();
        format!("{} {:.2} {}", text("date"), text("amount").parse::<f64>().unwrap(), text("description"))
    };
    preview["transactions"].as_array().unwrap().iter().map(words).collect()
}

#[apply(both_databases)]
async fn a_preview_shows_the_transactions_as_they_would_be(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let recorded = amina.recorded().await;
    for case in Case::all() {
        let found = preview(&amina, encoded(&case.bytes, &case.say())).await;
        assert_eq!((&found["questions"], words(&found)), (&json!([]), case.in_order()), "{}: {found}", case.name);
        assert_eq!(found["totals"]["transactions"], case.in_order().len(), "{}: {found}", case.name);
        assert_eq!((&found["format"], &found["totals"]["problems"]), (&json!("CSV"), &json!(0)), "{}", case.name);
        for (field, total) in [("openingBalance", "openingBalance"), ("closingBalance", "closingBalance")] {
            if let Some(balance) = case.expected[field].as_str() {
                let found: f64 = found["totals"][total].as_str().unwrap().parse().unwrap();
                assert!((found - balance.parse::<f64>().unwrap()).abs() < 0.001, "{}: {field}", case.name);
            }
        }
    }
    assert_eq!(amina.recorded().await, recorded, "a preview is not on record");
    assert_eq!(transactions(&amina).await, [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_preview_asks_with_the_answers_that_an_import_takes(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for case in Case::all() {
        let found = preview(&amina, encoded(&case.bytes, &json!([]))).await;
        let questions = found["questions"].as_array().unwrap();
        let asked: Vec<_> = questions.iter().map(|question| question["field"].as_str().unwrap()).collect();
        let said = case.said();
        assert_eq!(asked, said.iter().map(|(field, _)| *field).collect::<Vec<_>>(), "{}: {found}", case.name);
        for (question, (_, value)) in questions.iter().zip(&said) {
            let answers = question["answers"].as_array().unwrap();
            assert!(answers.iter().any(|answer| answer["value"] == *value), "{}: {found}", case.name);
            assert!(found["totals"].is_null() && !words(&found).is_empty(), "{}: {found}", case.name);
        }
    }
}

#[apply(both_databases)]
async fn a_preview_says_what_it_found_and_how_sure_it_is(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let csv = "My bank\nAccount 1\n\nBooked;Text;Amount;Balance;Reference\n20.11.2026;Rice;-12,50;87,50;000000\n\
               21.11.2026;Pay;1.000,00;1.087,50;000000\n";
    let found = preview(&amina, json!({ "csv": csv })).await;
    assert_eq!((&found["questions"], &found["headerLine"]), (&json!([]), &json!(4)), "{found}");
    let value = |field: &str| {
        let finding = found["findings"].as_array().unwrap().iter().find(|finding| finding["field"] == field);
        finding.map(|finding| finding["value"].as_str().unwrap().to_owned())
    };
    for (field, expected) in [("separator", ";"), ("columns.date", "booked"), ("columns.amount", "amount")] {
        assert_eq!(value(field).map(|value| value.to_lowercase()).as_deref(), Some(expected), "{field}: {found}");
    }
    for field in ["rows.header", "decimal", "dates", "order", "balance"] {
        assert!(value(field).is_some(), "{field}: {found}");
    }
    let sure = ["CERTAIN", "LIKELY", "UNSURE"];
    let findings = found["findings"].as_array().unwrap().iter();
    assert!(findings.into_iter().all(|finding| sure.contains(&finding["confidence"].as_str().unwrap())), "{found}");
    let closing: f64 = found["totals"]["closingBalance"].as_str().unwrap().parse().unwrap();
    assert!((closing - 1087.5).abs() < 0.001, "{found}");
    assert!(found["transactions"][0]["bankId"].is_null(), "{found}");
    // What is said outweighs what is found.
    let say = json!([{ "field": "columns.bankId", "value": "Reference" }, { "field": "columns.description", "value": "Text" }]);
    let said = preview(&amina, json!({ "csv": csv, "say": say })).await;
    assert_eq!(said["transactions"][0]["bankId"], "000000", "{said}");
    assert_eq!(said["transactions"][0]["description"], "Rice", "{said}");
}

#[apply(both_databases)]
async fn statements_and_workbooks_are_previewed_too(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/formats");
    let file = |name: &str| fs::read(folder.join(name)).unwrap();
    for (name, format) in [
        ("ofx2-one-line-with-times.ofx", "OFX"),
        ("mt940-ing-netherlands.sta", "MT940"),
        ("camt053-v08-batches-and-pending.xml", "CAMT053"),
        ("qif-french-dots.qif", "QIF"),
        ("xlsx-two-sheets.xlsx", "EXCEL"),
    ] {
        let found = preview(&amina, encoded(&file(name), &json!([]))).await;
        assert_eq!(found["format"], format, "{found}");
        assert_eq!(found["profile"].is_null(), format != "EXCEL", "{found}");
    }
    let asking = file("qif-day-or-month.qif");
    let found = preview(&amina, encoded(&asking, &json!([]))).await;
    let fields: Vec<_> = found["questions"].as_array().unwrap().iter().map(|question| &question["field"]).collect();
    assert!(fields.contains(&&json!("dates")) && found["totals"].is_null(), "{found}");
    let say: Vec<_> = found["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|question| json!({ "field": question["field"], "value": question["answers"][0]["value"] }))
        .collect();
    let answered = preview(&amina, encoded(&asking, &json!(say))).await;
    assert_eq!((&answered["questions"], answered["totals"].is_null()), (&json!([]), false), "{answered}");
    assert_eq!(answered["transactions"], found["transactions"]);
}

#[apply(both_databases)]
async fn a_preview_of_what_cannot_be_read_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let refused = async |input: Value| amina.error(PREVIEW, json!({ "input": input })).await;
    for input in [
        json!({ "csv": "" }),
        json!({ "csv": "%", "base64": true }),
        json!({ "csv": "a;b\n", "say": [{ "field": "colour", "value": "red" }] }),
        json!({ "csv": "a;b\n", "profileJson": "x" }),
    ] {
        assert_eq!(refused(input.clone()).await, "INVALID", "{input}");
    }
    assert_eq!(refused(json!({ "csv": "a;b\n", "profile": "None" })).await, "NOT_FOUND");
    assert_eq!(app.anonymous().error(PREVIEW, json!({ "input": { "csv": "a" } })).await, "UNAUTHENTICATED");
}
