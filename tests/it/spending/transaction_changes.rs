//! Changes of transactions: what they leave behind, when they are repeated, and when they meet.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

const VERSIONS: &str = "query($id: ID!) { transaction(id: $id) { version deletedAt versions { totalCount nodes {
    version kind amount { amount currency } lines { category { name } amount { amount } note } date description since until } } } }";

async fn update(user: &User, id: &str, change: Value) -> Value {
    let mut input = change;
    input["id"] = json!(id);
    user.update_transaction(input).await
}

/// Sends requests at the same moment.
async fn at_once(user: &User, mutation: &'static str, inputs: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let send = |input| {
        let user = user.clone();
        tokio::spawn(async move {
            match mutation {
                "add" => user.add_transaction(input).await,
                "update" => user.update_transaction(input).await,
                _ => user.delete_transaction(input).await,
            }
        })
    };
    let tasks: Vec<_> = inputs.into_iter().map(send).collect();
    let mut payloads = Vec::new();
    for task in tasks {
        payloads.push(task.await.unwrap());
    }
    payloads
}

#[apply(both_databases)]
async fn a_transaction_keeps_its_id_and_all_that_it_was(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let id = amina.spend("Food", "10", "2026-11-20").await;
    let food = json!({ "category": { "name": "Food" }, "amount": "8" });
    let data = json!({ "category": { "name": "Data" }, "amount": "4", "note": "sim" });
    for (change, expected) in [
        (json!({}), json!([1, "EXPENSE", "10.00", "2026-11-20", null, "Food"])),
        (json!({ "description": "tea 🍵" }), json!([2, "EXPENSE", "10.00", "2026-11-20", "tea 🍵", "Food"])),
        (json!({ "date": "2026-10-31" }), json!([3, "EXPENSE", "10.00", "2026-10-31", "tea 🍵", "Food"])),
        (
            json!({ "lines": [food, data], "amount": "12", "description": null }),
            json!([4, "EXPENSE", "12.00", "2026-10-31", null, "Food,Data"]),
        ),
        (json!({ "lines": [data, food] }), json!([5, "EXPENSE", "12.00", "2026-10-31", null, "Data,Food"])),
        (json!({ "date": "2026-11-02" }), json!([6, "EXPENSE", "12.00", "2026-11-02", null, "Data,Food"])),
        // As it is.
        (
            json!({ "amount": "12.00", "lines": [data, food] }),
            json!([6, "EXPENSE", "12.00", "2026-11-02", null, "Data,Food"]),
        ),
        (json!({ "category": { "name": "Salary" } }), json!([7, "INCOME", "12.00", "2026-11-02", null, "Salary"])),
        (json!({ "amount": "3", "currency": "USD" }), json!([8, "INCOME", "3.00", "2026-11-02", null, "Salary"])),
    ] {
        let changed = update(&amina, &id, change.clone()).await;
        assert_eq!(errors(&changed), [""; 0], "{change}");
        let now = &changed["transaction"];
        let names = now["lines"].as_array().unwrap().iter().map(|line| line["category"]["name"].as_str().unwrap());
        let names = names.collect::<Vec<_>>().join(",");
        let shown =
            json!([now["version"], now["kind"], now["amount"]["amount"], now["date"], now["description"], names]);
        assert_eq!((shown, &now["id"]), (expected, &json!(id)), "{change}");
    }
    for field in ["amount", "currency", "date"] {
        assert_eq!(errors(&update(&amina, &id, json!({ field: null })).await), [format!("REQUIRED {field}")]);
    }
    assert_eq!(errors(&update(&amina, &id, json!({ "currency": "YEM" })).await), ["REQUIRED amount"]);

    let deleted = amina.delete_transaction(json!({ "id": id })).await;
    assert_eq!((errors(&deleted), deleted["transaction"]["deletedAt"].is_null()), (vec![], false));
    let found = amina.gql(VERSIONS, json!({ "id": id })).await["transaction"].take();
    let versions = found["versions"]["nodes"].as_array().unwrap();
    let lines = |version: &Value| {
        let lines = version["lines"].as_array().unwrap().iter();
        let line = |line: &Value| {
            let note = line["note"].as_str().map_or(String::new(), |note| format!(" {note}"));
            format!(
                "{} {}{note}",
                line["category"]["name"].as_str().unwrap(),
                line["amount"]["amount"].as_str().unwrap()
            )
        };
        lines.map(line).collect::<Vec<_>>().join(",")
    };
    let shown: Vec<_> =
        versions.iter().map(|version| json!([version["version"], version["date"], lines(version)])).collect();
    let expected = [
        json!([1, "2026-11-20", "Food 10.00"]),
        json!([2, "2026-11-20", "Food 10.00"]),
        json!([3, "2026-10-31", "Food 10.00"]),
        json!([4, "2026-10-31", "Food 8.00,Data 4.00 sim"]),
        json!([5, "2026-10-31", "Data 4.00 sim,Food 8.00"]),
        json!([6, "2026-11-02", "Data 4.00 sim,Food 8.00"]),
        json!([7, "2026-11-02", "Salary 12.00"]),
        json!([8, "2026-11-02", "Salary 3.00"]),
    ];
    assert_eq!(shown, expected);
    assert_eq!((&versions[1]["description"], &versions[6]["kind"]), (&json!("tea 🍵"), &json!("INCOME")));
    assert_eq!(versions[7]["amount"], json!({ "amount": "3.00", "currency": "USD" }));
    let mut since = versions[1..].iter().map(|version| &version["since"]).chain([&found["deletedAt"]]);
    assert!(versions.iter().all(|version| Some(&version["until"]) == since.next()), "{versions:?}");

    assert_eq!(errors(&update(&amina, &id, json!({ "amount": "1" })).await), ["NOT_ALLOWED id"]);
    assert_eq!(errors(&amina.delete_transaction(json!({ "id": id })).await), ["NOT_ALLOWED id"]);
    for id in ["transaction_x", "", &amina.wallet] {
        assert_eq!(errors(&update(&amina, id, json!({ "amount": "1" })).await), ["NOT_FOUND id"]);
        assert_eq!(errors(&amina.delete_transaction(json!({ "id": id })).await), ["NOT_FOUND id"]);
    }
    for month in ["2026-10", "2026-11"] {
        assert_eq!(amina.report(month).await["categories"], json!([]), "{month}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_amount_of_a_split_is_changed_together_with_its_lines(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let lines = |first: &str, second: &str| {
        json!([
            { "category": { "name": "Food" }, "amount": first, "note": "n" },
            { "category": { "name": "Food" }, "amount": second },
        ])
    };
    let id = id_of(&amina.add_transaction(json!({ "lines": lines("4", "6"), "amount": "10" })).await, "transaction");
    for (change, expected) in [
        (json!({ "amount": "11" }), "REQUIRED lines"),
        (json!({ "amount": "10", "currency": "USD" }), "REQUIRED lines"),
        (json!({ "amount": "11", "lines": lines("4", "6") }), "INVALID amount"),
        (json!({ "lines": lines("4", "7") }), "INVALID amount"),
    ] {
        assert_eq!(errors(&update(&amina, &id, change.clone()).await), [expected], "{change}");
    }
    for change in [
        json!({ "amount": "10.00", "description": "the same" }),
        json!({ "amount": "11", "lines": lines("4", "7") }),
        json!({ "amount": "2", "currency": "USD", "lines": lines("1", "1") }),
    ] {
        assert_eq!(errors(&update(&amina, &id, change.clone()).await), [""; 0], "{change}");
    }
    // Whole again, with a note that a split of one line keeps when its amount changes.
    let one = json!({ "lines": [{ "category": { "name": "Data" }, "amount": "2", "note": "sim" }] });
    assert_eq!(errors(&update(&amina, &id, one).await), [""; 0]);
    let changed = update(&amina, &id, json!({ "amount": "5" })).await;
    let shown = json!([changed["transaction"]["category"]["name"], changed["transaction"]["lines"][0]["note"]]);
    assert_eq!(shown, json!(["Data", "sim"]));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_request_that_is_sent_again_is_done_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let category = json!({ "name": "Food" });
    let new = json!({ "category": category, "amount": "10", "idempotencyKey": "add" });
    let added = amina.add_transaction(new.clone()).await;
    let id = id_of(&added, "transaction");
    let mut rewritten = new.clone();
    rewritten["amount"] = json!("010.00");
    for again in [new.clone(), rewritten] {
        let again = amina.add_transaction(again).await;
        assert_eq!((&again["transaction"], &again["replayed"]), (&added["transaction"], &json!(true)));
    }
    let change = json!({ "id": id, "amount": "20", "expectedVersion": 1, "idempotencyKey": "update" });
    let changed = amina.update_transaction(change.clone()).await;
    // The version is another by now; but the request was done.
    let again = amina.update_transaction(change.clone()).await;
    assert_eq!((&again["transaction"], &again["replayed"]), (&changed["transaction"], &json!(true)));
    assert_eq!(again["transaction"]["version"], 2);
    // A change that changes nothing uses its key too.
    let same = json!({ "id": id, "amount": "20", "idempotencyKey": "same" });
    assert_eq!(errors(&amina.update_transaction(same.clone()).await), [""; 0]);
    update(&amina, &id, json!({ "amount": "30" })).await;
    assert_eq!(amina.update_transaction(same).await["transaction"]["amount"]["amount"], "30.00");
    let deletion = json!({ "id": id, "idempotencyKey": "delete" });
    let deleted = amina.delete_transaction(deletion.clone()).await;
    assert_eq!((errors(&deleted), &deleted["replayed"]), (vec![], &json!(false)));
    for again in [amina.delete_transaction(deletion).await, amina.add_transaction(new.clone()).await] {
        assert_eq!((&again["transaction"], &again["replayed"]), (&deleted["transaction"], &json!(true)));
    }

    // Another input under a key that was used, in the same mutation and in others.
    let conflict = ["IDEMPOTENCY_CONFLICT idempotencyKey"];
    for (field, value) in [
        ("amount", json!("11")),
        ("category", json!({ "name": "food" })),
        ("description", json!("d")),
        ("date", json!("2026-11-21")),
        ("currency", json!("YEM")),
        ("walletId", json!(amina.wallet)),
    ] {
        let mut other = new.clone();
        other[field] = value;
        assert_eq!(errors(&amina.add_transaction(other).await), conflict, "{field}");
    }
    let second = amina.spend("Food", "1", "2026-11-20").await;
    for key in ["add", "update", "delete"] {
        let change = json!({ "id": second, "amount": "2", "idempotencyKey": key });
        assert_eq!(errors(&amina.update_transaction(change).await), conflict, "{key}");
        let deletion = json!({ "id": second, "idempotencyKey": key });
        assert_eq!(errors(&amina.delete_transaction(deletion).await), conflict, "{key}");
    }
    let customer = amina.customer("Badr").await;
    let entry = json!({ "customerId": customer, "type": "CREDIT", "amount": "10", "idempotencyKey": "add" });
    assert_eq!(errors(&amina.add_entry(entry.clone()).await), conflict);
    let deposit = json!({ "wallet": { "id": amina.wallet }, "amount": "10", "idempotencyKey": "add" });
    assert_eq!(errors(&amina.deposit(deposit).await), conflict);
    let mut entry = entry;
    entry["idempotencyKey"] = json!("entry");
    id_of(&amina.add_entry(entry).await, "entry");
    let mut other = new;
    other["idempotencyKey"] = json!("entry");
    assert_eq!(errors(&amina.add_transaction(other).await), conflict);
    for key in ["", "a b", "🌼", &"x".repeat(256)] {
        let bad = json!({ "id": second, "idempotencyKey": key });
        assert_eq!(errors(&amina.update_transaction(bad.clone()).await), ["INVALID idempotencyKey"], "{key:?}");
        assert_eq!(errors(&amina.delete_transaction(bad).await), ["INVALID idempotencyKey"], "{key:?}");
    }
    assert_eq!(amina.report("2026-11").await["totalExpense"]["amount"], "1.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn of_twelve_clients_with_one_key_at_once_one_does_it(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("100").await;
    let category = json!({ "name": "Food" });
    let new = json!({ "category": category, "amount": "7", "walletId": amina.wallet, "idempotencyKey": "a" });
    let added = at_once(&amina, "add", vec![new; 12]).await;
    let id = id_of(&added[0], "transaction");
    // To the one that it is for, each of them says what it came to.
    let change = json!({ "id": id, "amount": "9", "expectedVersion": 1, "idempotencyKey": "u" });
    let updated = at_once(&amina, "update", vec![change; 12]).await;
    assert_eq!(amina.balance(&amina.wallet).await, "91.00");
    let deleted = at_once(&amina, "delete", vec![json!({ "id": id, "idempotencyKey": "d" }); 12]).await;
    for payloads in [added, updated, deleted] {
        assert!(payloads.iter().all(|payload| id_of(payload, "transaction") == id), "{payloads:?}");
        assert_eq!(payloads.iter().filter(|payload| payload["replayed"] == false).count(), 1);
    }
    assert_eq!(amina.balance(&amina.wallet).await, "100.00");
    let found = amina.gql(VERSIONS, json!({ "id": id })).await["transaction"].take();
    assert_eq!((&found["version"], &found["versions"]["totalCount"]), (&json!(2), &json!(2)));
    // Of twelve without a key one deletes, and the others come too late.
    let id = amina.spend("Food", "1", "2026-11-20").await;
    let deleted = at_once(&amina, "delete", vec![json!({ "id": id }); 12]).await;
    let (done, late): (Vec<_>, Vec<_>) = deleted.iter().partition(|payload| errors(payload).is_empty());
    assert_eq!((done.len(), late.len()), (1, 11));
    assert!(late.iter().all(|payload| errors(payload) == ["NOT_ALLOWED id"]), "{late:?}");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn changes_at_once_come_one_after_the_other(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("1000").await;
    let id = amina.spend("Food", "1", "2026-11-20").await;
    let changes = (0..10).map(|number| {
        let category = if number % 2 == 0 { "Data" } else { "Salary" };
        let wallet = if number % 3 == 0 { Value::Null } else { json!(amina.wallet) };
        json!({ "id": id, "amount": (number + 10).to_string(), "category": { "name": category }, "walletId": wallet,
            "date": format!("2026-{}-15", number % 3 + 10) })
    });
    let payloads = at_once(&amina, "update", changes).await;
    let mut versions: Vec<_> =
        payloads.iter().map(|payload| payload["transaction"]["version"].as_i64().unwrap()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=11).collect::<Vec<_>>());
    // The list, the wallet and the reports agree with the last one, whichever it is.
    let last = payloads.iter().find(|payload| payload["transaction"]["version"] == 11).unwrap();
    let last = &last["transaction"];
    let (amount, date) = (last["amount"]["amount"].as_str().unwrap(), last["date"].as_str().unwrap());
    for month in ["2026-10", "2026-11", "2026-12"] {
        let report = amina.report(month).await;
        let rows: Vec<_> =
            report["categories"].as_array().unwrap().iter().filter(|row| row["transactionCount"] != 0).collect();
        assert_eq!(rows.len(), usize::from(date.starts_with(month)), "{last} {report}");
        assert!(
            rows.iter()
                .all(|row| row["total"]["amount"] == amount && row["category"]["name"] == last["category"]["name"])
        );
    }
    let whole: i64 = amount.strip_suffix(".00").unwrap().parse().unwrap();
    let moved = match (last["wallet"].is_null(), last["kind"].as_str().unwrap()) {
        (true, _) => 0,
        (false, "INCOME") => whole,
        (false, _) => -whole,
    };
    assert_eq!(amina.balance(&amina.wallet).await, format!("{}.00", 1000 + moved));

    // Of those that saw one version one wins.
    let changes = (0..10).map(|number| json!({ "id": id, "amount": (number + 50).to_string(), "expectedVersion": 11 }));
    let payloads = at_once(&amina, "update", changes).await;
    let (won, lost): (Vec<_>, Vec<_>) = payloads.iter().partition(|payload| errors(payload).is_empty());
    assert_eq!((won.len(), lost.len()), (1, 9));
    assert!(lost.iter().all(|payload| errors(payload) == ["CONFLICT expectedVersion"]), "{lost:?}");
    for version in [11, 13, 0, -1, i32::MAX] {
        let late = update(&amina, &id, json!({ "amount": "5", "expectedVersion": version })).await;
        assert_eq!(errors(&late), ["CONFLICT expectedVersion"], "{version}");
    }
    assert_eq!(errors(&update(&amina, &id, json!({ "amount": "5", "expectedVersion": 12 })).await), [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_note_stays_in_the_version_that_had_it(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("100").await;
    let line = |note: Value| json!({ "category": { "name": "Food" }, "amount": "5", "note": note });
    let input = json!({ "lines": [line(json!("rice")), line(Value::Null)], "amount": "10", "walletId": amina.wallet });
    let id = id_of(&amina.add_transaction(input).await, "transaction");
    for lines in [json!([line(Value::Null), line(json!("tea"))]), json!([line(json!("rice")), line(json!("tea"))])] {
        assert_eq!(errors(&update(&amina, &id, json!({ "lines": lines })).await), [""; 0]);
    }
    assert_eq!(errors(&update(&amina, &id, json!({ "date": "2026-11-01" })).await), [""; 0]);
    let versions = amina.gql(VERSIONS, json!({ "id": id })).await["transaction"]["versions"]["nodes"].take();
    let notes = |version: &Value| {
        let lines = version["lines"].as_array().unwrap().iter();
        lines.map(|line| line["note"].clone()).collect::<Vec<_>>()
    };
    let notes: Vec<_> = versions.as_array().unwrap().iter().map(notes).collect();
    assert_eq!(json!(notes), json!([["rice", null], [null, "tea"], ["rice", "tea"], ["rice", "tea"]]));
    app.assert_journal_is_whole().await;
}
