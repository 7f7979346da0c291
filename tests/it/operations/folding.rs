//! The step that made the keys by which names are compared and texts are searched.

use chrono::{DateTime, Utc};
use daybook::{
    entity::{category, customer, ledger_entry, transaction},
    id::{Id, kind},
};
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::Expr,
};
use serde_json::json;

use super::migration::down_and_up;
use crate::harness::{Database, TestApp, errors, id_of};

/// Names a category as an earlier version did.
async fn rename(connection: &DatabaseConnection, from: &str, to: &str) {
    let renamed = category::Entity::update_many()
        .col_expr(category::Column::Name, Expr::value(to))
        .col_expr(category::Column::NameKey, Expr::value(to.to_lowercase()))
        .filter(category::Column::Name.eq(from));
    assert_eq!(renamed.exec(connection).await.unwrap().rows_affected, 1, "{from}");
}

/// The names of the categories that were made for the test, with their keys, the oldest first.
async fn keys(app: &TestApp) -> Vec<(String, String)> {
    let categories = category::Entity::find().order_by_asc(category::Column::CreatedAt);
    let categories = categories.order_by_asc(category::Column::Id).all(app.app.db.read()).await.unwrap();
    categories.into_iter().skip(7).map(|category| (category.name, category.name_key)).collect()
}

#[apply(both_databases)]
async fn categories_whose_names_became_equal_both_stay(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let mut ids = Vec::new();
    for name in ["one", "two", "three", "four", "five", "six", "ÄÖÜ"] {
        ids.push(amina.category(name, "EXPENSE").await);
    }
    let theirs = badr.category("seven", "EXPENSE").await;
    amina.spend("five", "5", "2026-11-20").await;
    amina.spend("six", "6", "2026-11-20").await;
    amina.delete_category(&ids[4]).await;
    down_and_up(&app, "_folding", async || {
        let connection = sea_orm::Database::connect(&app.url).await.unwrap();
        for (from, to) in [
            // The new key of the oldest is the old key of the next.
            ("one", "Cafe\u{301}"),
            ("two", "Café"),
            ("three", "STRASSE"),
            ("four", "Straße"),
            // The first of these two is archived.
            ("five", "Việt"),
            ("six", "Vie\u{323}\u{302}t"),
            ("seven", "Cafe\u{301}"),
        ] {
            rename(&connection, from, to).await;
        }
        connection.close().await.unwrap();
        let before = keys(&app).await;
        assert!(before.iter().all(|(name, key)| *key == name.to_lowercase()), "{before:?}");
    })
    .await;
    let expected = [
        ("Cafe\u{301}", "café"),
        ("Café", "café\n2"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse\n2"),
        ("Việt", "việt\n2"),
        ("Vie\u{323}\u{302}t", "việt"),
        ("ÄÖÜ", "äöü"),
        ("Cafe\u{301}", "café"),
    ];
    let kept = keys(&app).await;
    for (name, key) in expected {
        assert!(kept.contains(&(name.to_owned(), key.to_owned())), "{name} {key:?}: {kept:?}");
    }

    // The oldest is found by the name; the others by their ids, and all with their names.
    let spent = amina.add_transaction(json!({ "category": { "name": "CAFÉ" }, "amount": "1" })).await;
    assert_eq!(spent["transaction"]["category"], json!({ "id": ids[0], "name": "Cafe\u{301}" }));
    let spent = amina.add_transaction(json!({ "category": { "id": ids[1] }, "amount": "1" })).await;
    assert_eq!(spent["transaction"]["category"], json!({ "id": ids[1], "name": "Café" }));
    let spent = amina.add_transaction(json!({ "category": { "name": "việt" }, "amount": "1" })).await;
    assert_eq!(spent["transaction"]["category"]["id"], json!(ids[5]));
    let refused = amina.create_category(json!({ "name": "café", "kind": "EXPENSE" })).await;
    assert_eq!(errors(&refused), ["TAKEN name"]);
    // What a change does not name stays, and a new name has a key of its own again.
    assert_eq!(errors(&amina.update_category(json!({ "id": ids[1] })).await), [""; 0]);
    assert_eq!(errors(&amina.update_category(json!({ "id": ids[1], "name": "Café" })).await), [""; 0]);
    assert_eq!(errors(&amina.update_category(json!({ "id": ids[1], "name": "CAFÉ" })).await), ["TAKEN name"]);
    assert_eq!(errors(&amina.restore_category(&ids[4]).await), [""; 0]);
    assert_eq!(errors(&amina.update_category(json!({ "id": ids[4], "name": "Saigon" })).await), [""; 0]);
    assert_eq!(errors(&amina.update_category(json!({ "id": ids[1], "name": "Bistro" })).await), [""; 0]);
    let spent = amina.add_transaction(json!({ "category": { "name": "BISTRO" }, "amount": "1" })).await;
    assert_eq!(spent["transaction"]["category"]["id"], json!(ids[1]));
    let spent = badr.add_transaction(json!({ "category": { "name": "Café" }, "amount": "1" })).await;
    assert_eq!(spent["transaction"]["category"]["id"], json!(theirs));
    app.assert_journal_is_whole().await;

    // Taken back and done once more, it comes to the same.
    let before = keys(&app).await;
    down_and_up(&app, "_folding", async || {}).await;
    assert_eq!(keys(&app).await, before);
}

#[apply(both_databases)]
async fn what_was_written_before_texts_were_folded_is_found(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let new = json!({ "name": "José", "firmName": "İstanbul", "city": "Łódź", "phone": "+967711234567" });
    let jose = id_of(&amina.create_customer(new).await, "customer");
    let new = json!({ "customerId": jose, "type": "CREDIT", "amount": "1", "note": "يــوسف" });
    id_of(&amina.add_entry(new).await, "entry");
    let note = |note: &str| json!({ "category": { "name": "Food" }, "amount": "1", "note": note });
    let new = json!({ "amount": "2", "description": "Straße", "lines": [note("Phở"), note("Crème")] });
    id_of(&amina.add_transaction(new).await, "transaction");
    amina.spend("Food", "1", "2026-11-20").await;
    // By columns, since the tables of that time had fewer.
    let stored = async || {
        use {customer::Column as Customer, ledger_entry::Column as Entry, transaction::Column as Transaction};
        let read = app.app.db.read();
        let customers = customer::Entity::find().select_only().order_by_asc(Customer::Id);
        let customers = customers.columns([Customer::Name, Customer::NameKey, Customer::SearchText, Customer::CityKey]);
        let customers: Vec<(String, String, String, Option<String>)> = customers.into_tuple().all(read).await.unwrap();
        let entries = ledger_entry::Entity::find().select_only().column(Entry::SearchText).order_by_asc(Entry::Id);
        let entries: Vec<Option<String>> = entries.into_tuple().all(read).await.unwrap();
        let transactions = transaction::Entity::find().select_only().column(Transaction::SearchText);
        let transactions = transactions.order_by_asc(Transaction::Id).into_tuple().all(read).await.unwrap();
        (customers, entries, transactions)
    };
    let text = |text: &str| Some(text.to_owned());
    down_and_up(&app, "_folding", async || {
        let (customers, entries, transactions): (_, _, Vec<Option<String>>) = stored().await;
        let jose = ("José", "josé", "josé\ni\u{307}stanbul\n+967711234567", Some("łódź"));
        assert_eq!(customers, [(jose.0.to_owned(), jose.1.to_owned(), jose.2.to_owned(), jose.3.map(str::to_owned))]);
        assert_eq!(entries, [text("يــوسف")]);
        assert_eq!(transactions, [text("straße\nphở\ncrème"), None]);
        // More rows than are read together.
        let connection = sea_orm::Database::connect(&app.url).await.unwrap();
        let of_jose = customer::Entity::find().select_only();
        let of_jose = of_jose.columns([customer::Column::BookId, customer::Column::CreatedAt]).into_tuple();
        let (book, created_at): (Id<kind::Book>, DateTime<Utc>) = of_jose.one(&connection).await.unwrap().unwrap();
        let more = (0..1200).map(|number| customer::ActiveModel {
            id: Set(Id::generate()),
            position: Set(Id::<kind::Customer>::generate().uuid()),
            book_id: Set(book),
            name: Set(format!("Zoë {number}")),
            name_key: Set(format!("zoë {number}")),
            search_text: Set(format!("zoë {number}")),
            last_activity_at: Set(created_at),
            created_at: Set(created_at),
            ..Default::default()
        });
        let more: Vec<_> = more.collect();
        for some in more.chunks(100) {
            customer::Entity::insert_many(some.to_vec()).exec_without_returning(&connection).await.unwrap();
        }
        connection.close().await.unwrap();
    })
    .await;
    let found = async |query: &str| amina.gql(&format!("{{ {query} {{ totalCount }} }}"), json!({})).await;
    for (query, count) in [
        ("customers(filter: { search: \"jose\" })", 1),
        ("customers(filter: { search: \"istanbul\" })", 1),
        ("customers(filter: { search: \"711 234\" })", 1),
        ("customers(filter: { city: \"lodz\" })", 1),
        ("customers(filter: { search: \"zoe\" })", 1200),
        ("customers(filter: { search: \"ZOË 1199\" })", 1),
        ("entries(filter: { text: \"يوسف\" })", 1),
        ("transactions(filter: { text: \"strasse\" })", 1),
        ("transactions(filter: { text: \"pho\" })", 1),
        ("transactions(filter: { text: \"creme\" })", 1),
        ("transactions(filter: { text: \"e\" })", 1),
    ] {
        let name = query.split('(').next().unwrap();
        assert_eq!(found(query).await[name]["totalCount"], count, "{query}");
    }
    // The step makes what the program makes.
    let (customers, entries, transactions) = stored().await;
    let jose = customers.iter().find(|(name, ..)| name == "José").unwrap();
    let expected = ("josé", "jose\nistanbul\n+967711234567", Some("lodz"));
    assert_eq!((jose.1.as_str(), jose.2.as_str(), jose.3.as_deref()), expected);
    let others = customers.iter().filter(|(name, ..)| name != "José");
    for (name, _, search_text, _) in others {
        assert_eq!(*search_text, folding::search_text([name.as_str()].into_iter()));
    }
    assert_eq!(entries, [text("يوسف")]);
    assert_eq!(transactions, [text("strasse\npho\ncreme"), None]);
}
