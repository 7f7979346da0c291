//! Names of categories, and texts and amounts of transactions, as people write them.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

/// The descriptions of the transactions that are found, joined.
async fn found(user: &User, text: &str) -> String {
    let query = "query($text: String) { transactions(filter: { text: $text }) { nodes { description } totalCount } }";
    let list = user.gql(query, json!({ "text": text })).await["transactions"].take();
    let nodes = list["nodes"].as_array().unwrap().iter();
    let texts: Vec<_> = nodes.map(|node| node["description"].as_str().unwrap_or_default()).collect();
    assert_eq!(list["totalCount"], texts.len(), "{text}");
    texts.join(", ")
}

#[apply(both_databases)]
async fn a_category_is_one_in_all_cases_and_encodings_of_its_name(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for (name, others) in [
        ("Café", &["Cafe\u{301}", "CAFÉ", "cafe\u{301}", "Ca\u{200B}fé"][..]),
        ("Straße", &["STRASSE", "strasse", "STRAẞE"]),
        ("Οδός", &["ΟΔΌΣ", "οδόσ"]),
        ("İş", &["i\u{307}ş", "I\u{307}S\u{327}"]),
        ("Việt", &["VIE\u{323}\u{302}T", "vie\u{302}\u{323}t"]),
        ("می‌خواهم", &["میخواهم"]),
        ("Eating out", &["EATING  OUT", "eating\u{A0}out"]),
        ("❤️ Family", &["❤ family"]),
        ("한국", &["\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"]),
    ] {
        let id = amina.category(name, "EXPENSE").await;
        let kept = amina.gql("query($id: ID!) { category(id: $id) { name } }", json!({ "id": id })).await;
        assert_eq!(kept["category"]["name"], name);
        for other in others {
            let refused = amina.create_category(json!({ "name": other, "kind": "EXPENSE" })).await;
            assert_eq!(errors(&refused), ["TAKEN name"], "{other}");
            let input = json!({ "category": { "name": other }, "amount": "1", "date": "2026-11-20" });
            let spent = amina.add_transaction(input).await;
            assert_eq!(spent["transaction"]["category"]["id"], json!(id), "{other}");
            let budget = json!({ "category": { "name": other }, "limit": "5" });
            assert_eq!(amina.set_budget(budget).await["budget"]["category"]["id"], json!(id), "{other}");
        }
        let report = amina.report("2026-11").await;
        let lines = report["categories"].as_array().unwrap().iter().filter(|line| line["category"]["name"] == name);
        assert_eq!(lines.count(), 1, "{report}");
        let budgets = report["budgets"].as_array().unwrap().iter().filter(|line| line["category"]["name"] == name);
        assert_eq!(budgets.count(), 1, "{report}");
    }
}

#[apply(both_databases)]
async fn accents_and_letters_make_names_of_their_own(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let names = ["Hoa", "Hoà", "Hòa", "Kız", "Kiz", "أحمد", "احمد", "مدرسة", "مدرسه", "１", "1", "か", "が"];
    let mut ids = Vec::new();
    for name in names {
        ids.push(amina.category(name, "EXPENSE").await);
    }
    for (name, id) in names.iter().zip(&ids) {
        let spent = amina.add_transaction(json!({ "category": { "name": name }, "amount": "1" })).await;
        assert_eq!(spent["transaction"]["category"], json!({ "id": id, "name": name }));
    }
}

#[apply(both_databases)]
async fn transactions_are_found_however_their_texts_are_written(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for description in ["Hôtel İstanbul", "قَهوة يــوسف", "ｶﾌｪ", "Straße 7", "Crème brûlée", "१२३ रुपये"]
    {
        let input = json!({ "category": { "name": "Food" }, "amount": "1", "description": description });
        id_of(&amina.add_transaction(input).await, "transaction");
    }
    let line = |note: &str| json!({ "category": { "name": "Food" }, "amount": "1", "note": note });
    let lines = json!({ "amount": "2", "lines": [line("Phở bò"), line("Łosoś")] });
    let split = id_of(&amina.add_transaction(lines).await, "transaction");
    for (text, expected) in [
        ("hotel istanbul", "Hôtel İstanbul"),
        ("قهوه يوسف", "قَهوة يــوسف"),
        ("カフェ", "ｶﾌｪ"),
        ("かふぇ", "ｶﾌｪ"),
        ("STRASSE", "Straße 7"),
        ("creme BRULEE", "Crème brûlée"),
        ("123", "१२३ रुपये"),
        ("रुपये", "१२३ रुपये"),
    ] {
        assert_eq!(found(&amina, text).await, expected, "{text}");
    }
    let count = async |text: &str| {
        let query = "query($text: String) { transactions(filter: { text: $text }) { totalCount } }";
        amina.gql(query, json!({ "text": text })).await["transactions"]["totalCount"].take()
    };
    assert_eq!((count("pho bo").await, count("losos").await, count("bo lo").await), (json!(1), json!(1), json!(0)));
    amina.update_transaction(json!({ "id": split, "description": "Ægir" })).await;
    assert_eq!((found(&amina, "aegir").await, count("pho bo").await), ("Ægir".to_owned(), json!(1)));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn numbers_are_read_in_digits_of_any_script(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for (amount, expected) in [
        ("١٢٫٥٠", "12.50"),
        ("١٬٢٣٤٫٥", "1234.50"),
        ("۱۲۳", "123.00"),
        ("१२.५०", "12.50"),
        ("１２．５", "12.50"),
        ("\u{200F}١٢\u{200F}", "12.00"),
        ("১২", "12.00"),
    ] {
        let input = json!({ "category": { "name": "Food" }, "amount": amount, "date": "٢٠٢٦-١١-٢٠" });
        let spent = amina.add_transaction(input).await;
        assert_eq!(spent["transaction"]["amount"]["amount"], expected, "{amount}");
        assert_eq!(spent["transaction"]["date"], "2026-11-20");
    }
    let query = "mutation($input: AddTransactionInput!) { addTransaction(input: $input) { replayed } }";
    for wrong in ["١٬٢٣", "١٢٫٥٫٠", "½", "1,000"] {
        let input = json!({ "category": { "name": "Food" }, "amount": wrong });
        assert_eq!(amina.error(query, json!({ "input": input })).await, "BAD_USER_INPUT", "{wrong}");
    }
    let customer = amina.customer("Badr").await;
    let line = json!({ "description": "चावल", "quantity": "२.५", "unitPrice": "١٠", "rate": "१८", "hsnCode": "١٠٠٦" });
    let invoice = amina.create_invoice(json!({ "customerId": customer, "lines": [line] })).await;
    let id = id_of(&invoice, "invoice");
    let query = "query($id: ID!) { invoice(id: $id) { grossAmount { amount } lines { quantity unitPrice hsnCode } } }";
    let invoice = amina.gql(query, json!({ "id": id })).await["invoice"].take();
    let lines = json!([{ "quantity": "2.5", "unitPrice": "10.00", "hsnCode": "1006" }]);
    assert_eq!(invoice, json!({ "grossAmount": { "amount": "25.00" }, "lines": lines }));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_cannot_be_seen_is_left_out_of_descriptions(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for (written, kept) in [
        ("ri\u{200B}ce", json!("rice")),
        ("\u{FEFF}tea\u{AD}", json!("tea")),
        ("turned \u{202E}round", json!("turned round")),
        ("می‌خواهم 👩‍🌾", json!("می‌خواهم 👩‍🌾")),
        ("two\r\nlines", json!("two\nlines")),
        ("\u{200B}", Value::Null),
    ] {
        let input = json!({ "category": { "name": "Food" }, "amount": "1", "description": written });
        assert_eq!(amina.add_transaction(input).await["transaction"]["description"], kept, "{written:?}");
    }
}
