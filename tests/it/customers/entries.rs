//! Ledger entries: writing, changing and deleting them, and what they leave behind.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

/// What the customer owed after each entry, by the ids of the entries.
async fn balances(user: &User, entries: &[&str]) -> Vec<Value> {
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Entry { balanceAfter { amount } } } }";
    let nodes = user.gql(query, json!({ "ids": entries })).await["nodes"].take();
    nodes.as_array().unwrap().iter().map(|node| node["balanceAfter"]["amount"].clone()).collect()
}

#[apply(both_databases)]
async fn an_entry_keeps_its_id_and_all_that_it_was(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let new =
        json!({ "customerId": customer, "type": "CREDIT", "amount": "10.5", "date": "2026-11-20", "note": "tea 🍵" });
    let added = amina.add_entry(new).await;
    let id = id_of(&added, "entry");
    let expected = json!({
        "id": id, "type": "CREDIT", "source": "MANUAL", "amount": { "amount": "10.50", "currency": "YEM" },
        "date": "2026-11-20", "weekday": "FRIDAY", "note": "tea 🍵", "version": 1, "deletedAt": null,
        "balanceAfter": { "amount": "10.50" }, "customer": { "id": customer, "balance": { "amount": "10.50" } },
    });
    assert_eq!((&added["entry"], &added["replayed"]), (&expected, &json!(false)));

    // What is absent stays; nothing at all makes no version.
    let same = amina.update_entry(json!({ "id": id })).await;
    assert_eq!(same["entry"], expected);
    let changed = amina.update_entry(json!({ "id": id, "type": "DEBIT", "amount": "4" })).await;
    assert_eq!((&changed["entry"]["version"], &changed["entry"]["note"]), (&json!(2), &json!("tea 🍵")));
    assert_eq!(amina.owed(&customer).await, "-4.00");
    let changed = amina.update_entry(json!({ "id": id, "note": null, "date": "2026-11-22" })).await;
    assert_eq!((&changed["entry"]["version"], &changed["entry"]["note"]), (&json!(3), &Value::Null));
    assert_eq!(changed["entry"]["weekday"], "SUNDAY");
    for field in ["type", "amount", "date", "currency"] {
        let refused = amina.update_entry(json!({ "id": id, field: null })).await;
        assert_eq!(errors(&refused), [format!("REQUIRED {field}")]);
    }

    let deleted = amina.delete_entry(json!({ "id": id })).await;
    assert_ne!(deleted["entry"]["deletedAt"], Value::Null);
    assert_eq!(deleted["entry"]["balanceAfter"], Value::Null);
    assert_eq!(amina.owed(&customer).await, "0.00");
    let query = "query($id: ID!) { entry(id: $id) { version deletedAt
        versions { nodes { version type amount { amount } date note since until reference } } } }";
    let entry = amina.gql(query, json!({ "id": id })).await["entry"].take();
    let versions = entry["versions"]["nodes"].as_array().unwrap();
    let what =
        |version: &Value| json!([version["version"], version["type"], version["amount"]["amount"], version["note"]]);
    let what: Vec<_> = versions.iter().map(what).collect();
    let expected = [
        json!([1, "CREDIT", "10.50", "tea 🍵"]),
        json!([2, "DEBIT", "4.00", "tea 🍵"]),
        json!([3, "DEBIT", "4.00", null]),
    ];
    assert_eq!(what, expected);
    let until: Vec<_> = versions.iter().map(|version| &version["until"]).collect();
    assert_eq!(until, [&versions[1]["since"], &versions[2]["since"], &entry["deletedAt"]]);

    for refused in
        [amina.update_entry(json!({ "id": id, "amount": "1" })).await, amina.delete_entry(json!({ "id": id })).await]
    {
        assert_eq!(errors(&refused), ["NOT_ALLOWED id"]);
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_balance_after_an_entry_goes_by_dates_and_not_by_when_it_was_written(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let third = amina.entry(&customer, "CREDIT", "100", "2026-11-20").await;
    let first = amina.entry(&customer, "CREDIT", "10", "1999-12-31").await;
    let second = amina.entry(&customer, "DEBIT", "30", "2026-02-28").await;
    let fourth = amina.entry(&customer, "DEBIT", "50", "2026-11-20").await;
    let dollars =
        json!({ "customerId": customer, "type": "CREDIT", "amount": "7", "currency": "USD", "date": "2026-01-01" });
    let dollars = id_of(&amina.add_entry(dollars).await, "entry");
    let all = [first.as_str(), &second, &third, &fourth, &dollars];
    assert_eq!(balances(&amina, &all).await, ["10.00", "-20.00", "80.00", "30.00", "7.00"]);

    // Those behind move along when one is put before them, changed, moved or taken away.
    let zeroth = amina.entry(&customer, "CREDIT", "1", "1999-12-30").await;
    assert_eq!(balances(&amina, &all).await, ["11.00", "-19.00", "81.00", "31.00", "7.00"]);
    amina.update_entry(json!({ "id": second, "amount": "20" })).await;
    assert_eq!(balances(&amina, &all).await, ["11.00", "-9.00", "91.00", "41.00", "7.00"]);
    // On one day it keeps its place: by when it was written first.
    amina.update_entry(json!({ "id": first, "date": "2026-11-20" })).await;
    assert_eq!(balances(&amina, &all).await, ["91.00", "-19.00", "81.00", "41.00", "7.00"]);
    amina.delete_entry(json!({ "id": third })).await;
    let after = balances(&amina, &all).await;
    assert_eq!(after, [json!("-9.00"), json!("-19.00"), Value::Null, json!("-59.00"), json!("7.00")]);
    assert_eq!(balances(&amina, &[&zeroth]).await, ["1.00"]);
    assert_eq!(amina.owed(&customer).await, "-59.00");
    // Into another currency and back.
    amina.update_entry(json!({ "id": dollars, "currency": "YEM", "amount": "9" })).await;
    assert_eq!(balances(&amina, &[&dollars, &fourth]).await, ["10.00", "-50.00"]);
    assert_eq!(errors(&amina.update_entry(json!({ "id": dollars, "currency": "USD" })).await), ["REQUIRED amount"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_amount_or_a_date_that_nobody_means_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let kept = amina.entry(&customer, "CREDIT", "10", "2026-11-20").await;
    for (bad, expected) in [
        (json!({ "amount": "0" }), "INVALID amount"),
        (json!({ "amount": "0.00" }), "INVALID amount"),
        (json!({ "amount": "-1" }), "INVALID amount"),
        (json!({ "amount": "1.005" }), "INVALID amount"),
        (json!({ "amount": "0.001" }), "INVALID amount"),
        (json!({ "amount": "10000000000000.01" }), "LIMIT_REACHED amount"),
        (json!({ "amount": "9999999999999999999999999999999" }), "INVALID amount"),
        (json!({ "amount": "1.5", "currency": "JPY" }), "INVALID amount"),
        (json!({ "amount": "1.0005", "currency": "KWD" }), "INVALID amount"),
        (json!({ "date": "0001-01-01" }), "INVALID date"),
        (json!({ "date": "1899-12-31" }), "INVALID date"),
        (json!({ "date": "2200-01-01" }), "INVALID date"),
        (json!({ "date": "9999-12-31" }), "INVALID date"),
        (json!({ "note": "x".repeat(501) }), "INVALID note"),
        (json!({ "note": "nul\0l" }), "INVALID note"),
    ] {
        let mut new = json!({ "customerId": customer, "type": "CREDIT", "amount": "1" });
        new.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        let refused = errors(&amina.add_entry(new).await);
        // How large a number may be is the type's business; that it is refused is ours.
        assert!(
            refused == [expected] || (bad["amount"].to_string().len() > 30 && refused == ["LIMIT_REACHED amount"]),
            "{bad}: {refused:?}"
        );
        let mut change = bad.clone();
        change["id"] = json!(kept);
        assert_eq!(errors(&amina.update_entry(change).await), refused, "{bad}");
    }
    let query = "mutation($input: AddEntryInput!) { addEntry(input: $input) { replayed } }";
    for bad in [
        json!({ "amount": "x" }),
        json!({ "date": "2026-02-30" }),
        json!({ "date": "10000-01-01" }),
        json!({ "type": "GIFT" }),
    ] {
        let mut new = json!({ "customerId": customer, "type": "CREDIT", "amount": "1" });
        new.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        let answer = amina.client.request(query, json!({ "input": new })).await.json();
        assert!(answer["errors"].is_array(), "{bad}: {answer}");
    }
    for (date, amount, currency, weekday) in [
        ("1900-01-01", "10000000000000", "YEM", "MONDAY"),
        ("2199-12-31", "0.01", "YEM", "TUESDAY"),
        ("2024-02-29", "0.001", "KWD", "THURSDAY"),
        ("2026-11-20", "1", "JPY", "FRIDAY"),
    ] {
        let new =
            json!({ "customerId": customer, "type": "CREDIT", "amount": amount, "date": date, "currency": currency });
        let added = amina.add_entry(new).await;
        assert_eq!(errors(&added), [""; 0], "{date} {amount}");
        assert_eq!((&added["entry"]["date"], &added["entry"]["weekday"]), (&json!(date), &json!(weekday)));
    }
    assert_eq!(balances(&amina, &[&kept]).await, ["10000000000010.00"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_entry_is_of_a_customer_and_a_documents_is_the_documents(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let (own, theirs) = (amina.customer("Carim").await, badr.customer("Dana").await);
    for id in [theirs.as_str(), "customer_x", "", &amina.wallet] {
        let new = json!({ "customerId": id, "type": "CREDIT", "amount": "1" });
        assert_eq!(errors(&amina.add_entry(new).await), ["NOT_FOUND customerId"], "{id}");
    }
    assert_eq!(badr.owed(&theirs).await, "0.00");
    amina.invoice(&own, "10", "2026-11-20").await;
    amina.receipt(&own, "4", "2026-11-20").await;
    let query = "query($id: ID!) { customer(id: $id) { entries { nodes { id source type } } } }";
    let entries = amina.gql(query, json!({ "id": own })).await["customer"]["entries"]["nodes"].take();
    let [receipt, invoice] = [0, 1].map(|number| entries[number].clone());
    assert_eq!((&receipt["source"], &receipt["type"]), (&json!("RECEIPT"), &json!("DEBIT")));
    assert_eq!((&invoice["source"], &invoice["type"]), (&json!("INVOICE"), &json!("CREDIT")));
    for entry in [receipt, invoice] {
        let id = &entry["id"];
        assert_eq!(errors(&amina.update_entry(json!({ "id": id, "amount": "1" })).await), ["NOT_ALLOWED id"]);
        assert_eq!(errors(&amina.delete_entry(json!({ "id": id })).await), ["NOT_ALLOWED id"]);
        assert_eq!(errors(&badr.update_entry(json!({ "id": id, "amount": "1" })).await), ["NOT_FOUND id"]);
        assert_eq!(errors(&badr.delete_entry(json!({ "id": id })).await), ["NOT_FOUND id"]);
    }
    assert_eq!(amina.owed(&own).await, "6.00");
    app.assert_journal_is_whole().await;
}
