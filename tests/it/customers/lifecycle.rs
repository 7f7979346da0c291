//! Customers: entering, changing, archiving and bringing them back.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, errors, id_of};

#[apply(both_databases)]
async fn what_is_absent_stays_what_is_null_is_cleared_and_a_name_must_be(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let all = json!({
        "name": " Badr 🌼 ", "phone": "711 234 567", "email": "badr@example.org", "firmName": "Badr & Sons",
        "address": "1 Main Road\nSecond floor", "city": "Aden", "state": "Aden", "gstNumber": "27aapfu0939f1zv",
        "note": "pays\nlate",
    });
    let made = customer_of(&amina.create_customer(all).await);
    let expected = json!({
        "id": made["id"], "name": "Badr 🌼", "phone": "+967711234567", "email": "badr@example.org",
        "firmName": "Badr & Sons", "address": "1 Main Road\nSecond floor", "city": "Aden", "state": "Aden",
        "gstNumber": "27AAPFU0939F1ZV", "note": "pays\nlate", "archivedAt": null,
        "balance": { "amount": "0.00", "currency": "YEM" },
    });
    assert_eq!(made, expected);
    let id = &made["id"];
    // Nothing is given, so nothing changes.
    assert_eq!(customer_of(&amina.update_customer(json!({ "id": id })).await), expected);

    let mut changed = expected;
    for (field, value) in [("name", json!("Carim")), ("phone", json!("+16502530000")), ("city", json!("Sanaa"))] {
        changed[field] = value.clone();
        assert_eq!(customer_of(&amina.update_customer(json!({ "id": id, field: value })).await), changed, "{field}");
    }
    for field in ["phone", "email", "firmName", "address", "city", "state", "gstNumber", "note"] {
        changed[field] = Value::Null;
        assert_eq!(customer_of(&amina.update_customer(json!({ "id": id, field: null })).await), changed, "{field}");
    }
    let refused = amina.update_customer(json!({ "id": id, "name": null, "note": "kept?" })).await;
    assert_eq!((errors(&refused), &refused["customer"]), (vec!["REQUIRED name".to_owned()], &Value::Null));
    let query = "query($id: ID!) { customer(id: $id) { name note } }";
    let kept = amina.gql(query, json!({ "id": id })).await;
    assert_eq!(kept["customer"], json!({ "name": "Carim", "note": null }));
    app.assert_journal_is_whole().await;
}

/// The customer of a payload without user errors.
fn customer_of(payload: &Value) -> Value {
    id_of(payload, "customer");
    payload["customer"].clone()
}

#[apply(both_databases)]
async fn all_that_is_wrong_with_a_customer_is_said_at_once(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let id = amina.customer("Badr").await;
    let long = "x".repeat(2001);
    for (bad, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": " \t " }), "name"),
        (json!({ "name": &long[..101] }), "name"),
        (json!({ "name": "nul\0l" }), "name"),
        (json!({ "name": "two\nlines" }), "name"),
        (json!({ "phone": "" }), "phone"),
        (json!({ "phone": "12" }), "phone"),
        (json!({ "phone": "alice" }), "phone"),
        (json!({ "phone": "😀" }), "phone"),
        (json!({ "phone": "9".repeat(41) }), "phone"),
        (json!({ "email": "nobody" }), "email"),
        (json!({ "email": "a b@example.org" }), "email"),
        (json!({ "firmName": &long[..101] }), "firmName"),
        (json!({ "address": &long[..301] }), "address"),
        (json!({ "address": "bell\u{7}" }), "address"),
        (json!({ "city": &long[..101] }), "city"),
        (json!({ "city": " " }), "city"),
        (json!({ "state": &long[..101] }), "state"),
        (json!({ "gstNumber": "27 AAPFU" }), "gstNumber"),
        (json!({ "gstNumber": &long[..21] }), "gstNumber"),
        (json!({ "note": long }), "note"),
        (json!({ "note": "escape\u{1b}[2J" }), "note"),
    ] {
        let mut new = json!({ "name": "Carim" });
        new.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        assert_eq!(errors(&amina.create_customer(new).await), [format!("INVALID {field}")], "{bad}");
        let mut change = bad.clone();
        change["id"] = json!(id);
        assert_eq!(errors(&amina.update_customer(change).await), [format!("INVALID {field}")], "{bad}");
    }
    let all = json!({ "name": "", "phone": "x", "email": "x", "gstNumber": "!" });
    let all = errors(&amina.create_customer(all).await);
    assert_eq!(all, ["INVALID name", "INVALID phone", "INVALID email", "INVALID gstNumber"]);
    let total = amina.gql("{ customers { totalCount } }", json!({})).await;
    assert_eq!(total["customers"]["totalCount"], 1);
}

#[apply(both_databases)]
async fn an_archived_customer_leaves_the_lists_and_takes_the_past_along(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let id = amina.customer("Badr").await;
    amina.customer("Carim").await;
    amina.entry(&id, "CREDIT", "40", "2026-11-01").await;
    let invoice = amina.invoice(&id, "60", "2026-11-02").await;
    let names_of = async |given: Value| {
        let query =
            "query($archived: Boolean) { customers(filter: { archived: $archived }) { nodes { name } totalCount } }";
        amina.gql(query, given).await["customers"].take()
    };
    let names = async |archived: bool| names_of(json!({ "archived": archived })).await;
    let archived = amina.archive(&id).await;
    assert!(!customer_of(&archived)["archivedAt"].is_null());
    // A second time changes nothing.
    assert_eq!(customer_of(&amina.archive(&id).await), archived["customer"]);
    assert_eq!(names(false).await, json!({ "nodes": [{ "name": "Carim" }], "totalCount": 1 }));
    assert_eq!(names(true).await, json!({ "nodes": [{ "name": "Badr" }], "totalCount": 1 }));
    // Null is both, and a variable that was not sent is absent, which is false.
    let both = json!({ "nodes": [{ "name": "Badr" }, { "name": "Carim" }], "totalCount": 2 });
    assert_eq!(names_of(json!({ "archived": null })).await, both);
    assert_eq!(names_of(json!({})).await, names(false).await);
    let written = amina.gql("{ customers(filter: { archived: null }) { nodes { name } totalCount } }", json!({})).await;
    assert_eq!(written["customers"], both);

    let query =
        "query($id: ID!) { customer(id: $id) { balance { amount } entries { totalCount } invoices { totalCount } }
        customerSummary(customerId: $id) { closingBalance { amount } }
        book { receivables { total { amount } customerCount } } }";
    let past = json!({
        "customer": {
            "balance": { "amount": "100.00" }, "entries": { "totalCount": 2 }, "invoices": { "totalCount": 1 },
        },
        "customerSummary": { "closingBalance": { "amount": "100.00" } },
        "book": { "receivables": [{ "total": { "amount": "100.00" }, "customerCount": 1 }] },
    });
    assert_eq!(amina.gql(query, json!({ "id": id })).await, past);

    let entry = json!({ "customerId": id, "type": "CREDIT", "amount": "1" });
    assert_eq!(errors(&amina.add_entry(entry.clone()).await), ["NOT_ALLOWED customerId"]);
    let new = json!({ "customerId": id, "grossAmount": "1" });
    assert_eq!(errors(&amina.create_invoice(new).await), ["NOT_ALLOWED customerId"]);
    let new = json!({ "customerId": id, "amount": "1", "paymentType": "CASH" });
    assert_eq!(errors(&amina.create_receipt(new).await), ["NOT_ALLOWED customerId"]);
    assert_eq!(amina.gql(query, json!({ "id": id })).await, past);
    // What was wrong is put right in an archived ledger too.
    assert_eq!(errors(&amina.void_invoice(json!({ "id": invoice, "reason": "wrong" })).await), [""; 0]);

    assert_eq!(customer_of(&amina.restore(&id).await)["archivedAt"], Value::Null);
    assert_eq!(names(false).await["totalCount"], 2);
    assert_eq!(errors(&amina.add_entry(entry).await), [""; 0]);
    assert_eq!(amina.owed(&id).await, "41.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_phone_number_is_one_customers_however_it_is_written(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let first = amina.create_customer(json!({ "name": "Badr", "phone": "+967 711 234 567" })).await;
    let first = id_of(&first, "customer");
    let second = amina.customer("Carim").await;
    for phone in ["+967711234567", "711234567", " (711) 234-567 ", "+967 0711 234 567", "+٩٦٧٧١١٢٣٤٥٦٧"] {
        let refused = amina.create_customer(json!({ "name": "Dana", "phone": phone })).await;
        assert_eq!(errors(&refused), ["TAKEN phone"], "{phone}");
        let refused = amina.update_customer(json!({ "id": second, "phone": phone })).await;
        assert_eq!(errors(&refused), ["TAKEN phone"], "{phone}");
        // One's own is not taken.
        assert_eq!(errors(&amina.update_customer(json!({ "id": first, "phone": phone })).await), [""; 0], "{phone}");
    }
    // Another book has its own customers.
    let dana = app.user("dana").await;
    assert_eq!(errors(&dana.create_customer(json!({ "name": "Badr", "phone": "711234567" })).await), [""; 0]);

    amina.archive(&first).await;
    assert_eq!(errors(&amina.update_customer(json!({ "id": second, "phone": "711234567" })).await), [""; 0]);
    // Who is archived may have a number that another one has, until they are brought back.
    assert_eq!(errors(&amina.update_customer(json!({ "id": first, "note": "gone" })).await), [""; 0]);
    assert_eq!(errors(&amina.restore(&first).await), ["TAKEN phone"]);
    let query = "query($id: ID!) { customer(id: $id) { archivedAt } }";
    assert_ne!(amina.gql(query, json!({ "id": first })).await["customer"]["archivedAt"], Value::Null);
    amina.update_customer(json!({ "id": second, "phone": null })).await;
    assert_eq!(errors(&amina.restore(&first).await), [""; 0]);
}

#[apply(both_databases)]
#[threads(4)]
async fn of_ten_who_enter_one_number_at_once_one_gets_it(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let idle = amina.customer("idle").await;
    let tasks: Vec<_> = (0..10)
        .map(|number| {
            let (amina, idle) = (amina.clone(), idle.clone());
            // Entering and changing both ask for it.
            tokio::spawn(async move {
                let phone = if number % 2 == 0 { "711234567" } else { "+967 711 234 567" };
                if number == 0 {
                    return amina.update_customer(json!({ "id": idle, "phone": phone })).await;
                }
                amina.create_customer(json!({ "name": format!("customer {number}"), "phone": phone })).await
            })
        })
        .collect();
    let mut granted = 0;
    for task in tasks {
        match errors(&task.await.unwrap()).as_slice() {
            [] => granted += 1,
            refused => assert_eq!(refused, ["TAKEN phone"]),
        }
    }
    assert_eq!(granted, 1);
    let found = amina.gql("{ customers(filter: { search: \"711234567\" }) { totalCount } }", json!({})).await;
    assert_eq!(found["customers"]["totalCount"], 1);
}
