//! Changes of ledger entries that are repeated, or that meet.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

#[apply(both_databases)]
async fn a_request_that_is_sent_again_is_done_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let new = json!({ "customerId": customer, "type": "CREDIT", "amount": "10", "idempotencyKey": "add" });
    let added = amina.add_entry(new.clone()).await;
    let id = id_of(&added, "entry");
    let mut rewritten = new.clone();
    rewritten["amount"] = json!("010.00");
    for again in [new.clone(), rewritten] {
        let again = amina.add_entry(again).await;
        assert_eq!((&again["entry"], &again["replayed"]), (&added["entry"], &json!(true)));
    }
    let change = json!({ "id": id, "amount": "20", "expectedVersion": 1, "idempotencyKey": "update" });
    let changed = amina.update_entry(change.clone()).await;
    assert_eq!((errors(&changed), &changed["replayed"]), (vec![], &json!(false)));
    // The version was another by now; but the request was done.
    let again = amina.update_entry(change.clone()).await;
    assert_eq!((&again["entry"], &again["replayed"]), (&changed["entry"], &json!(true)));
    assert_eq!(again["entry"]["version"], 2);

    let deletion = json!({ "id": id, "idempotencyKey": "delete" });
    let deleted = amina.delete_entry(deletion.clone()).await;
    assert_eq!((errors(&deleted), &deleted["replayed"]), (vec![], &json!(false)));
    let again = amina.delete_entry(deletion.clone()).await;
    assert_eq!((&again["entry"], &again["replayed"]), (&deleted["entry"], &json!(true)));

    // Another input under a key that was used, in the same mutation and in another one.
    let conflict = ["IDEMPOTENCY_CONFLICT idempotencyKey"];
    for (field, value) in
        [("amount", json!("11")), ("type", json!("DEBIT")), ("note", json!("n")), ("date", json!("2026-01-01"))]
    {
        let mut other = new.clone();
        other[field] = value;
        let refused = amina.add_entry(other).await;
        assert_eq!(
            (errors(&refused), &refused["entry"]),
            (conflict.map(str::to_owned).to_vec(), &Value::Null),
            "{field}"
        );
    }
    let mut other = change;
    other["amount"] = json!("21");
    assert_eq!(errors(&amina.update_entry(other.clone()).await), conflict);
    other["idempotencyKey"] = json!("add");
    assert_eq!(errors(&amina.update_entry(other).await), conflict);
    let second = amina.entry(&customer, "CREDIT", "1", "2026-11-20").await;
    assert_eq!(errors(&amina.delete_entry(json!({ "id": second, "idempotencyKey": "delete" })).await), conflict);
    assert_eq!(amina.owed(&customer).await, "1.00");
    for key in ["", "a b", "🌼", &"x".repeat(256)] {
        let mut bad = new.clone();
        bad["idempotencyKey"] = json!(key);
        assert_eq!(errors(&amina.add_entry(bad).await), ["INVALID idempotencyKey"], "{key:?}");
        let bad = json!({ "id": second, "idempotencyKey": key });
        assert_eq!(errors(&amina.update_entry(bad.clone()).await), ["INVALID idempotencyKey"], "{key:?}");
        assert_eq!(errors(&amina.delete_entry(bad).await), ["INVALID idempotencyKey"], "{key:?}");
    }
    app.assert_journal_is_whole().await;
}

/// Sends changes of an entry at the same moment.
async fn at_once(user: &User, changes: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let changes = changes.into_iter().map(|change| {
        let user = user.clone();
        tokio::spawn(async move { user.update_entry(change).await })
    });
    let changes: Vec<_> = changes.collect();
    let mut payloads = Vec::new();
    for change in changes {
        payloads.push(change.await.unwrap());
    }
    payloads
}

#[apply(both_databases)]
#[threads(4)]
async fn changes_at_once_come_one_after_the_other(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let id = amina.entry(&customer, "CREDIT", "1", "2026-11-20").await;
    let changes = (0..8).map(|number| {
        let kind = if number % 2 == 0 { "CREDIT" } else { "DEBIT" };
        json!({ "id": id, "amount": (100 + number).to_string(), "type": kind, "date": format!("2026-11-{}", 10 + number) })
    });
    let payloads = at_once(&amina, changes).await;
    let mut versions: Vec<_> = payloads.iter().map(|payload| payload["entry"]["version"].as_i64().unwrap()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=9).collect::<Vec<_>>());
    // The ledger, the balance and the days agree with the last one, whichever it is.
    let query = "query($id: ID!, $customer: ID!) { entry(id: $id) { version type amount { amount } versions { totalCount }
            balanceAfter { amount } }
        customerSummary(customerId: $customer) { closingBalance { amount } entryCount totalCredit { amount } totalDebit { amount } }
        customer(id: $customer) { balance { amount } entries { totalCount } } }";
    let data = amina.gql(query, json!({ "id": id, "customer": customer })).await;
    let last = payloads.iter().find(|payload| payload["entry"]["version"] == 9).unwrap();
    assert_eq!(data["entry"]["amount"]["amount"], last["entry"]["amount"]["amount"]);
    assert_eq!(data["entry"]["versions"]["totalCount"], 9);
    let amount = data["entry"]["amount"]["amount"].as_str().unwrap();
    let (credit, debit, owed) = match data["entry"]["type"].as_str().unwrap() {
        "CREDIT" => (amount, "0.00", amount.to_owned()),
        _ => ("0.00", amount, format!("-{amount}")),
    };
    assert_eq!(data["entry"]["balanceAfter"]["amount"], owed);
    let summary = json!({
        "closingBalance": { "amount": owed }, "entryCount": 1, "totalCredit": { "amount": credit },
        "totalDebit": { "amount": debit },
    });
    assert_eq!(data["customerSummary"], summary);
    assert_eq!(data["customer"], json!({ "balance": { "amount": owed }, "entries": { "totalCount": 1 } }));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn of_changes_at_once_that_saw_one_version_one_wins(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let id = amina.entry(&customer, "CREDIT", "1", "2026-11-20").await;
    let changes = (0..6).map(|number| json!({ "id": id, "amount": (100 + number).to_string(), "expectedVersion": 1 }));
    let payloads = at_once(&amina, changes).await;
    let (won, lost): (Vec<_>, Vec<_>) = payloads.iter().partition(|payload| errors(payload).is_empty());
    assert_eq!((won.len(), lost.len()), (1, 5));
    assert!(lost.iter().all(|payload| errors(payload) == ["CONFLICT expectedVersion"]), "{lost:?}");
    assert_eq!(won[0]["entry"]["version"], 2);
    assert_eq!(amina.owed(&customer).await, won[0]["entry"]["amount"]["amount"].as_str().unwrap());
    for version in [1, 3, 0, -1, i32::MAX] {
        let late = amina.update_entry(json!({ "id": id, "amount": "5", "expectedVersion": version })).await;
        assert_eq!(errors(&late), ["CONFLICT expectedVersion"], "{version}");
    }
    assert_eq!(errors(&amina.update_entry(json!({ "id": id, "amount": "5", "expectedVersion": 2 })).await), [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn an_entry_that_is_deleted_by_many_at_once_is_deleted_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    amina.entry(&customer, "CREDIT", "7", "2026-11-20").await;
    let id = amina.entry(&customer, "CREDIT", "1", "2026-11-20").await;
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let (amina, id) = (amina.clone(), id.clone());
            tokio::spawn(async move { amina.delete_entry(json!({ "id": id })).await })
        })
        .collect();
    let mut deleted = 0;
    for task in tasks {
        match errors(&task.await.unwrap()).as_slice() {
            [] => deleted += 1,
            refused => assert_eq!(refused, ["NOT_ALLOWED id"]),
        }
    }
    assert_eq!((deleted, amina.owed(&customer).await.as_str()), (1, "7.00"));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_key_of_a_change_that_changes_nothing_is_used_too(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let id = amina.entry(&customer, "CREDIT", "10", "2026-11-20").await;
    let change = json!({ "id": id, "amount": "10", "idempotencyKey": "k" });
    assert_eq!(errors(&amina.update_entry(change.clone()).await), [""; 0]);
    amina.update_entry(json!({ "id": id, "amount": "30" })).await;
    let again = amina.update_entry(change).await;
    assert_eq!((&again["replayed"], amina.owed(&customer).await.as_str()), (&json!(true), "30.00"));
    let other = amina.update_entry(json!({ "id": id, "amount": "11", "idempotencyKey": "k" })).await;
    assert_eq!(errors(&other), ["IDEMPOTENCY_CONFLICT idempotencyKey"]);
}
