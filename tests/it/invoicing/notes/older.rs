//! Notes on invoices that are older than taxes by rate, and the step of the schema that brings notes.

use migration::{Migrator, MigratorTrait};
use sea_orm::DbErr;
use serde_json::{Value, json};

use super::{billed, credit, debit, noted, posted, sums};
use crate::harness::{Database, TestApp, errors, id_of};

/// Takes the schema back to before a step, and brings it up to date.
async fn down_and_up(app: &TestApp, step: &str) -> Result<(), DbErr> {
    let connection = sea_orm::Database::connect(&app.url).await.unwrap();
    let later = Migrator::migrations().iter().rev().position(|other| other.name().ends_with(step)).unwrap();
    let down = Migrator::down(&connection, Some(u32::try_from(later).unwrap() + 1)).await;
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
    down
}

#[apply(both_databases)]
async fn invoices_from_before_taxes_by_rate_are_taken_back_by_their_own_rule(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let line =
        |price: &str, rate: Value| json!({ "description": "tea", "quantity": "2", "unitPrice": price, "rate": rate });
    let rated = json!({ "lines": [line("50.12", json!("18")), line("16.66", json!("5"))] });
    let rated = billed(&amina, &customer, rated).await;
    let charged = json!({ "grossAmount": "100", "gstRate": "18", "otherCharges": "10" });
    let charged = billed(&amina, &customer, charged).await;
    let given = json!({ "lines": [line("30", Value::Null), line("20", Value::Null)], "cgst": "9", "sgst": "9" });
    let given = billed(&amina, &customer, given).await;
    let across = billed(&amina, &customer, json!({ "grossAmount": "100", "igst": "12.01" })).await;
    down_and_up(&app, "_totals").await.unwrap();
    let before = posted(&app).await;

    // Each line was taxed by itself, by its rate.
    let first = json!({ "lines": [{ "line": 1 }] });
    assert_eq!(sums(&credit(&amina, &rated, first).await), "100.24 9.02 0.00 0.00 0.00 118.28");
    let half = json!({ "lines": [{ "line": 2, "quantity": "1" }] });
    assert_eq!(sums(&credit(&amina, &rated, half).await), "16.66 0.42 0.00 0.00 0.00 17.50");
    assert_eq!(sums(&credit(&amina, &rated, json!({ "full": true })).await), "16.66 0.41 0.00 0.00 0.00 17.48");
    // No rate was stored, and charges were not taxed.
    assert_eq!(sums(&credit(&amina, &charged, json!({ "otherCharges": "4" })).await), "0.00 0.00 0.00 4.00 0.00 4.00");
    assert_eq!(
        sums(&credit(&amina, &charged, json!({ "grossAmount": "33" })).await),
        "33.00 3.27 0.00 0.00 0.00 39.54"
    );
    assert_eq!(sums(&credit(&amina, &charged, json!({ "full": true })).await), "67.00 6.63 0.00 6.00 0.00 86.26");
    // Neither were rates when the taxes were given.
    let one = json!({ "lines": [{ "line": 1, "quantity": "1" }] });
    assert_eq!(sums(&credit(&amina, &given, one).await), "30.00 2.70 0.00 0.00 0.00 35.40");
    assert_eq!(sums(&credit(&amina, &given, json!({ "full": true })).await), "70.00 6.30 0.00 0.00 0.00 82.60");
    assert_eq!(sums(&credit(&amina, &across, json!({ "grossAmount": "50" })).await), "50.00 0.00 6.01 0.00 0.00 56.01");
    assert_eq!(sums(&credit(&amina, &across, json!({ "full": true })).await), "50.00 0.00 6.00 0.00 0.00 56.00");
    assert_eq!((amina.owed(&customer).await.as_str(), posted(&app).await), ("0.00", vec![]));
    app.assert_journal_is_whole().await;

    // What is added follows the same rules.
    let second = json!({ "lines": [{ "line": 2, "amount": "10" }] });
    let mut added = Vec::new();
    for (invoice, fields, expected) in [
        (&rated, second, "10.00 0.25 0.00 0.00 0.00 10.50"),
        (&charged, json!({ "grossAmount": "10", "otherCharges": "5" }), "10.00 0.99 0.00 5.00 0.00 16.98"),
        (&given, json!({ "grossAmount": "10" }), "10.00 0.90 0.00 0.00 0.00 11.80"),
        (&across, json!({ "grossAmount": "10" }), "10.00 0.00 1.20 0.00 0.00 11.20"),
    ] {
        let note = debit(&amina, invoice, fields).await;
        assert_eq!(sums(&note), expected);
        added.push(id_of(&note, "debitNote"));
    }
    app.assert_journal_is_whole().await;
    for id in added {
        assert_eq!(errors(&amina.void_debit_note(json!({ "id": id, "reason": "wrong" })).await), [""; 0]);
    }
    for invoice in [&rated, &charged, &given, &across] {
        let query = "query($id: ID!) { invoice(id: $id) { creditNotes { nodes { id } } } }";
        let data = amina.gql(query, json!({ "id": invoice })).await;
        for note in data["invoice"]["creditNotes"]["nodes"].as_array().unwrap() {
            let voiding = json!({ "id": note["id"], "reason": "wrong" });
            assert_eq!(errors(&amina.void_credit_note(voiding).await), [""; 0]);
        }
        assert_eq!(noted(&amina, invoice).await, "0.00 0.00");
    }
    assert_eq!(posted(&app).await, before);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn notes_are_not_lost_by_taking_the_schema_back(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "100", "gstRate": "18" })).await;
    // Without notes it goes back and forth.
    down_and_up(&app, "_notes").await.unwrap();
    let note = amina.credit_note(&invoice, "1").await;
    amina.void_credit_note(json!({ "id": note, "reason": "wrong" })).await;
    let refused = down_and_up(&app, "_notes").await.unwrap_err();
    assert!(refused.to_string().contains("there are credit notes or debit notes"), "{refused}");
    let again = credit(&amina, &invoice, json!({ "full": true })).await;
    assert_eq!((&again["creditNote"]["number"], amina.owed(&customer).await), (&json!("CRN-0002"), "0.00".into()));
    app.assert_journal_is_whole().await;
}
