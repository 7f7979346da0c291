//! Categories: making, naming, archiving and bringing them back.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

/// The names of the categories in the list, joined.
async fn names(user: &User, arguments: &str) -> String {
    let data = user.gql(&format!("{{ categories{arguments} {{ name }} }}"), json!({})).await;
    let names = data["categories"].as_array().unwrap().iter();
    names.map(|category| category["name"].as_str().unwrap()).collect::<Vec<_>>().join(",")
}

#[apply(both_databases)]
async fn a_new_book_has_seven_categories(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let income = "Other income,Salary";
    let expense = "Data,Food,Miscellaneous,Savings,Transport";
    assert_eq!(names(&amina, "").await, format!("{income},{expense}"));
    assert_eq!(names(&amina, "(kind: INCOME)").await, income);
    assert_eq!(names(&amina, "(kind: EXPENSE)").await, expense);
    assert_eq!(names(&amina, "(archived: true)").await, "");
}

#[apply(both_databases)]
async fn a_name_is_one_categorys_however_it_is_written(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let made = amina.create_category(json!({ "name": "  Épicerie 🌼 ", "kind": "EXPENSE" })).await;
    let id = id_of(&made, "category");
    let expected = json!({ "id": id, "name": "Épicerie 🌼", "kind": "EXPENSE", "archivedAt": null });
    assert_eq!(made["category"], expected);
    let other = amina.category("Other", "INCOME").await;
    for name in ["Épicerie 🌼", "ÉPICERIE 🌼", "épicerie 🌼", " épiCERIE 🌼\t"] {
        // Of whichever kind.
        for kind in ["INCOME", "EXPENSE"] {
            let refused = amina.create_category(json!({ "name": name, "kind": kind })).await;
            assert_eq!((errors(&refused), &refused["category"]), (vec!["TAKEN name".to_owned()], &Value::Null));
        }
        assert_eq!(
            errors(&amina.update_category(json!({ "id": other, "name": name })).await),
            ["TAKEN name"],
            "{name}"
        );
        // One's own name is not taken, in whichever case; and what is spent under any of them is spent there.
        let renamed = amina.update_category(json!({ "id": id, "name": name })).await;
        assert_eq!((errors(&renamed), &renamed["category"]["name"]), (vec![], &json!(name.trim())));
        amina.spend(name, "1", "2026-11-20").await;
    }
    assert_eq!(amina.report("2026-11").await["categories"][0]["total"]["amount"], "4.00");
    assert_eq!(amina.update_category(json!({ "id": id })).await["category"]["name"], "épiCERIE 🌼");
    // A name that was given up is free, and so is one of another book.
    id_of(&amina.update_category(json!({ "id": id, "name": "Grocer" })).await, "category");
    amina.category("ÉPICERIE 🌼", "INCOME").await;
    app.user("badr").await.category("Grocer", "EXPENSE").await;
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_name_that_cannot_be_read_is_refused(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let id = amina.category("x", "EXPENSE").await;
    let (longest, longer) = ("🌼".repeat(60), "🌼".repeat(61));
    for name in ["", " ", "\t \n", "\u{200B}", "\u{2800}", &longer, "nul\0l", "two\nlines", "bell\u{7}"] {
        let refused = amina.create_category(json!({ "name": name, "kind": "EXPENSE" })).await;
        assert_eq!(errors(&refused), ["INVALID name"], "{name:?}");
        assert_eq!(
            errors(&amina.update_category(json!({ "id": id, "name": name })).await),
            ["INVALID name"],
            "{name:?}"
        );
        // Nothing is called so, and asking for it is no fault.
        let spent = amina.add_transaction(json!({ "category": { "name": name }, "amount": "1" })).await;
        assert_eq!(errors(&spent), ["NOT_FOUND category.name"], "{name:?}");
    }
    for name in [longest.as_str(), "عائلة", "a & b <c> 'd' \"e\" %_\\", "👨‍👩‍👧‍👦"] {
        let id = amina.category(name, "EXPENSE").await;
        let query = "query($id: ID!) { category(id: $id) { name } node(id: $id) { id ... on Category { name } } }";
        let found = amina.gql(query, json!({ "id": id })).await;
        assert_eq!(found, json!({ "category": { "name": name }, "node": { "id": id, "name": name } }));
    }
}

#[apply(both_databases)]
#[threads(4)]
async fn of_eight_who_take_one_name_at_once_one_gets_it(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let idle = amina.category("idle", "EXPENSE").await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (amina, idle) = (amina.clone(), idle.clone());
            tokio::spawn(async move {
                let name = if number % 2 == 0 { "ÉPICERIE" } else { "épicerie" };
                // Making and renaming both ask for it.
                match number {
                    0 => amina.update_category(json!({ "id": idle, "name": name })).await,
                    _ => amina.create_category(json!({ "name": name, "kind": "EXPENSE" })).await,
                }
            })
        })
        .collect();
    let mut granted = 0;
    for task in tasks {
        match errors(&task.await.unwrap()).as_slice() {
            [] => granted += 1,
            refused => assert_eq!(refused, ["TAKEN name"]),
        }
    }
    assert_eq!(granted, 1);
    assert_eq!(names(&amina, "").await.to_lowercase().matches("épicerie").count(), 1);
}

#[apply(both_databases)]
async fn a_category_in_which_nothing_ever_was_is_gone_and_another_is_archived(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let unused = amina.category("unused", "EXPENSE").await;
    let gone = amina.delete_category(&unused).await;
    assert_eq!((&gone["deletedCategoryId"], &gone["category"]), (&json!(unused), &Value::Null));
    for id in [unused.as_str(), "category_x", "", &amina.wallet] {
        assert_eq!(errors(&amina.delete_category(id).await), ["NOT_FOUND id"]);
        assert_eq!(errors(&amina.restore_category(id).await), ["NOT_FOUND id"]);
        assert_eq!(errors(&amina.update_category(json!({ "id": id, "name": "n" })).await), ["NOT_FOUND id"]);
    }
    // What was deleted or moved away leaves its versions behind.
    for name in ["used", "deleted", "moved", "split", "limited"] {
        let id = amina.category(name, "EXPENSE").await;
        let (food, own) = (json!({ "name": "Food" }), json!({ "id": id }));
        let lines = json!([{ "category": food, "amount": "1" }, { "category": own, "amount": "2" }]);
        let done = match name {
            "limited" => amina.set_budget(json!({ "category": own, "limit": "1" })).await,
            "split" => amina.add_transaction(json!({ "lines": lines, "amount": "3" })).await,
            _ => {
                let spent = amina.spend(name, "1", "2026-11-20").await;
                match name {
                    "deleted" => amina.delete_transaction(json!({ "id": spent })).await,
                    "moved" => amina.update_transaction(json!({ "id": spent, "category": food })).await,
                    _ => amina.update_transaction(json!({ "id": spent, "amount": "2" })).await,
                }
            }
        };
        assert_eq!(errors(&done), [""; 0], "{name}");
        let archived = amina.delete_category(&id).await;
        assert_eq!((errors(&archived), &archived["deletedCategoryId"]), (vec![], &Value::Null), "{name}");
        assert_ne!(archived["category"]["archivedAt"], Value::Null, "{name}");
        // A second time changes nothing.
        assert_eq!(amina.delete_category(&id).await, archived, "{name}");
        assert_eq!(errors(&amina.create_category(json!({ "name": name, "kind": "EXPENSE" })).await), ["TAKEN name"]);
    }
    assert_eq!(names(&amina, "").await, "Other income,Salary,Data,Food,Miscellaneous,Savings,Transport");
    assert_eq!(names(&amina, "(archived: true)").await, "deleted,limited,moved,split,used");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_archived_category_takes_nothing_new_and_what_is_in_it_can_be_changed(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let id = amina.category("Old", "EXPENSE").await;
    let spent = amina.spend("Old", "10", "2026-11-20").await;
    let elsewhere = amina.spend("Food", "5", "2026-11-20").await;
    amina.delete_category(&id).await;

    let named = json!({ "name": "old" });
    let lines = json!([{ "category": { "name": "Food" }, "amount": "4" }, { "category": named, "amount": "1" }]);
    for (payload, path) in [
        (amina.add_transaction(json!({ "category": named, "amount": "1" })).await, "category"),
        (amina.add_transaction(json!({ "category": { "id": id }, "amount": "1" })).await, "category"),
        (amina.add_transaction(json!({ "lines": lines, "amount": "5" })).await, "lines.1.category"),
        (amina.update_transaction(json!({ "id": elsewhere, "category": named })).await, "category"),
        (amina.update_transaction(json!({ "id": elsewhere, "lines": lines })).await, "lines.1.category"),
        (amina.set_budget(json!({ "category": named, "limit": "1" })).await, "category"),
    ] {
        assert_eq!(errors(&payload), [format!("NOT_ALLOWED {path}")], "{payload}");
    }
    for change in [
        json!({ "amount": "11" }),
        json!({ "description": "late" }),
        json!({ "category": named }),
        json!({ "lines": [{ "category": named, "amount": "7" }, { "category": { "name": "Food" }, "amount": "4" }] }),
        json!({ "date": "2026-11-19" }),
    ] {
        let mut input = change.clone();
        input["id"] = json!(spent);
        assert_eq!(errors(&amina.update_transaction(input).await), [""; 0], "{change}");
    }
    // It stays in the lists and the reports, and it may be renamed.
    id_of(&amina.update_category(json!({ "id": id, "name": "Older" })).await, "category");
    let row = amina.report("2026-11").await["categories"][1].take();
    assert_eq!((&row["category"]["name"], &row["total"]["amount"]), (&json!("Older"), &json!("7.00")));
    let list = "{ transactions(filter: { category: { name: \"Older\" } }) { totalCount } }";
    assert_eq!(amina.gql(list, json!({})).await["transactions"]["totalCount"], 1);
    // What left it does not come back.
    amina.update_transaction(json!({ "id": spent, "category": { "name": "Food" } })).await;
    let back = amina.update_transaction(json!({ "id": spent, "category": { "id": id } })).await;
    assert_eq!(errors(&back), ["NOT_ALLOWED category"]);

    let restored = amina.restore_category(&id).await;
    assert_eq!((errors(&restored), &restored["category"]["archivedAt"]), (vec![], &Value::Null));
    assert_eq!(amina.restore_category(&id).await, restored);
    amina.spend("Older", "1", "2026-11-20").await;
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn a_book_has_at_most_two_hundred_categories(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for number in 7..196 {
        amina.category(&format!("{number}"), "EXPENSE").await;
    }
    // Four are left, one of which an archived one takes.
    amina.spend("7", "1", "2026-11-20").await;
    let archived = amina.gql("{ transactions { nodes { category { id } } } }", json!({})).await;
    let archived = archived["transactions"]["nodes"][0]["category"]["id"].as_str().unwrap();
    assert_ne!(amina.delete_category(archived).await["category"], Value::Null);
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let amina = amina.clone();
            tokio::spawn(async move {
                amina.create_category(json!({ "name": format!("more {number}"), "kind": "INCOME" })).await
            })
        })
        .collect();
    let mut made = Vec::new();
    for task in tasks {
        let payload = task.await.unwrap();
        match errors(&payload).as_slice() {
            [] => made.push(id_of(&payload, "category")),
            refused => assert_eq!(refused, ["LIMIT_REACHED"]),
        }
    }
    assert_eq!(made.len(), 4);
    amina.delete_category(&made[0]).await;
    amina.category("the last", "EXPENSE").await;
    assert_eq!(errors(&amina.create_category(json!({ "name": "x", "kind": "INCOME" })).await), ["LIMIT_REACHED"]);
}

#[apply(both_databases)]
#[threads(4)]
async fn a_category_that_is_deleted_while_it_is_used_leaves_nothing_without_one(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for round in 0..6 {
        let name = format!("round {round}");
        let id = amina.category(&name, "EXPENSE").await;
        let fill = |number: usize| {
            let (amina, name) = (amina.clone(), name.clone());
            tokio::spawn(async move {
                let category = json!({ "name": name });
                match number {
                    0 | 5 => amina.set_budget(json!({ "category": category, "limit": "1" })).await,
                    _ => amina.add_transaction(json!({ "category": category, "amount": "1" })).await,
                }
            })
        };
        let mut tasks: Vec<_> = (0..4).map(fill).collect();
        let deleting = {
            let (amina, id) = (amina.clone(), id.clone());
            tokio::spawn(async move { amina.delete_category(&id).await })
        };
        tasks.extend((4..8).map(fill));
        let mut written = 0;
        for task in tasks {
            match errors(&task.await.unwrap()).as_slice() {
                [] => written += 1,
                [refused] if refused == "NOT_FOUND category.name" => {}
                refused => assert_eq!(refused, ["NOT_ALLOWED category"]),
            }
        }
        let deleted = deleting.await.unwrap();
        assert_eq!(errors(&deleted), [""; 0]);
        assert_eq!(deleted["category"].is_null(), written == 0, "{written} in {deleted}");
    }
    let query = "{ transactions(first: 100) { nodes { category { name } } } budgets(first: 100) { nodes { category { name } } } }";
    let data = amina.gql(query, json!({})).await;
    let [transactions, budgets] =
        [&data["transactions"]["nodes"], &data["budgets"]["nodes"]].map(|list| list.as_array().unwrap());
    for thing in transactions.iter().chain(budgets) {
        assert!(thing["category"]["name"].is_string(), "{thing}");
    }
    app.assert_journal_is_whole().await;
}
