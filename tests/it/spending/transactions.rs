//! Transactions of income and spending: writing them, whole and split.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, errors, id_of, messages};

/// An input with other fields in it, or in place of its own.
fn with(input: &Value, other: &Value) -> Value {
    let mut input = input.clone();
    input.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    input
}

/// Lines in categories that are named by their names.
fn lines(lines: &[(&str, &str)]) -> Value {
    let line = |(category, amount): &(&str, &str)| json!({ "category": { "name": category }, "amount": amount });
    lines.iter().map(line).collect()
}

#[apply(both_databases)]
async fn a_transaction_shows_what_was_said_of_it(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let new = json!({
        "category": { "name": " FOOD " }, "amount": "10.5", "date": "2024-02-29", "description": " tea 🍵\r\nand rice ",
    });
    let added = amina.add_transaction(new).await;
    let id = id_of(&added, "transaction");
    let category = added["transaction"]["category"].clone();
    assert_eq!(category["name"], "Food");
    let expected = json!({
        "id": id, "kind": "EXPENSE", "amount": { "amount": "10.50", "currency": "YEM" }, "category": category,
        "date": "2024-02-29", "weekday": "THURSDAY", "description": "tea 🍵\nand rice",
        "lines": [{ "category": category, "amount": { "amount": "10.50" }, "note": null }], "wallet": null,
        "version": 1, "deletedAt": null,
    });
    assert_eq!((&added["transaction"], &added["replayed"]), (&expected, &json!(false)));
    assert!(id.starts_with("transaction_"), "{id}");
    let query = "query($id: ID!) { transaction(id: $id) { id amount { amount } createdAt updatedAt
            versions { nodes { version kind amount { amount } lines { category { name } amount { amount } } until } } }
        node(id: $id) { __typename id } }";
    let found = amina.gql(query, json!({ "id": id })).await;
    assert_eq!(found["node"], json!({ "__typename": "Transaction", "id": id }));
    assert_eq!(found["transaction"]["createdAt"], found["transaction"]["updatedAt"]);
    let version = json!({
        "version": 1, "kind": "EXPENSE", "amount": { "amount": "10.50" }, "until": null,
        "lines": [{ "category": { "name": "Food" }, "amount": { "amount": "10.50" } }],
    });
    assert_eq!(found["transaction"]["versions"]["nodes"], json!([version]));

    // Income by its category, today, in another currency, with nothing said.
    let salary = json!({ "category": { "name": "salary" }, "amount": "1500", "currency": "JPY", "description": " " });
    let salary = amina.add_transaction(salary).await["transaction"].take();
    let shown = json!([salary["kind"], salary["amount"], salary["date"], salary["description"]]);
    assert_eq!(shown, json!(["INCOME", { "amount": "1500", "currency": "JPY" }, "2026-11-21", null]));
    assert_eq!(amina.balance(&amina.wallet).await, "0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_split_goes_into_its_categories_and_sums_to_the_whole(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let noted = json!([
        { "category": { "name": "Food" }, "amount": "7", "note": " rice 🍚 " },
        { "category": { "name": "transport" }, "amount": "2.50", "note": "" },
        { "category": { "name": "Food" }, "amount": "0.5" },
    ]);
    let added = amina.add_transaction(json!({ "lines": noted, "amount": "10.00", "date": "2026-11-01" })).await;
    let id = id_of(&added, "transaction");
    assert_eq!((&added["transaction"]["category"], &added["transaction"]["kind"]), (&Value::Null, &json!("EXPENSE")));
    let line = |line: &Value| json!([line["category"]["name"], line["amount"]["amount"], line["note"]]);
    let shown: Vec<_> = added["transaction"]["lines"].as_array().unwrap().iter().map(line).collect();
    let expected =
        [json!(["Food", "7.00", "rice 🍚"]), json!(["Transport", "2.50", null]), json!(["Food", "0.50", null])];
    assert_eq!(shown, expected);
    // One transaction in a category, however many of its lines are in it.
    let report = amina.report("2026-11").await;
    let row = |row: &Value| json!([row["category"]["name"], row["total"]["amount"], row["transactionCount"]]);
    let rows: Vec<_> = report["categories"].as_array().unwrap().iter().map(row).collect();
    assert_eq!(rows, [json!(["Food", "7.50", 1]), json!(["Transport", "2.50", 1])]);
    assert_eq!(report["totalExpense"]["amount"], "10.00");

    let fifty = vec![("Food", "0.02"); 50];
    let many = amina.add_transaction(json!({ "lines": lines(&fifty), "amount": "1" })).await;
    assert_eq!((errors(&many), &many["transaction"]["category"]), (vec![], &Value::Null));
    let one = amina.add_transaction(json!({ "lines": lines(&[("Food", "1")]), "amount": "1" })).await;
    assert_eq!(one["transaction"]["category"]["name"], "Food");

    for (bad, expected) in [
        (json!({ "lines": lines(&[("Food", "4"), ("Data", "5.99")]) }), vec!["INVALID amount"]),
        (json!({ "lines": lines(&[("Food", "4"), ("Data", "6.01")]) }), vec!["INVALID amount"]),
        (json!({ "lines": lines(&[("Food", "4"), ("Salary", "6")]) }), vec!["INVALID lines.1.category"]),
        (json!({ "lines": lines(&[("Food", "10"), ("Data", "0")]) }), vec!["INVALID lines.1.amount"]),
        (json!({ "lines": lines(&[("Food", "-10"), ("Data", "-0.001")]) }), vec!["INVALID lines.1.amount"]),
        (json!({ "lines": lines(&[("Food", "10"), ("Data", "-10")]) }), vec!["INVALID amount"]),
        (json!({ "lines": lines(&[("Food", "-10000000000000.01")]) }), vec!["LIMIT_REACHED lines.0.amount"]),
        (
            json!({ "lines": lines(&[("Food", "9.995"), ("Data", "0.005")]) }),
            vec!["INVALID lines.0.amount", "INVALID lines.1.amount"],
        ),
        (json!({ "lines": lines(&[("Food", "10"), ("nothing", "1")]) }), vec!["NOT_FOUND lines.1.category.name"]),
        (json!({ "lines": lines(&[("Food", "10000000000000.01")]) }), vec!["LIMIT_REACHED lines.0.amount"]),
        (json!({ "lines": lines(&[("Food", "0.1"); 51]) }), vec!["INVALID lines"]),
        (json!({ "lines": [] }), vec!["INVALID lines"]),
        (json!({ "lines": lines(&[("Food", "10")]), "category": { "name": "Food" } }), vec!["INVALID lines"]),
        (
            json!({ "lines": [{ "category": { "name": "Food" }, "amount": "10", "note": "x".repeat(501) }] }),
            vec!["INVALID lines.0.note"],
        ),
        (
            json!({ "lines": [{ "category": { "name": "Food" }, "amount": "10", "note": "nul\0l" }] }),
            vec!["INVALID lines.0.note"],
        ),
    ] {
        let refused = amina.add_transaction(with(&json!({ "amount": "10" }), &bad)).await;
        assert_eq!(errors(&refused), expected, "{bad}");
        let refused = amina.update_transaction(with(&json!({ "id": id }), &bad)).await;
        assert_eq!(errors(&refused), expected, "{bad}");
    }
    assert_eq!(errors(&amina.add_transaction(json!({ "amount": "10" })).await), ["REQUIRED category"]);
    let most = vec![("Food", "10000000000000"); 50];
    let refused = amina.add_transaction(json!({ "lines": lines(&most), "amount": "1" })).await;
    assert_eq!(messages(&refused), "The amount must be the sum of the lines, which is 500000000000000.00 YEM.");
    assert_eq!(amina.report("2026-11").await["totalExpense"]["amount"], "12.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_transaction_that_nobody_means_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let dollars = amina.new_wallet("USD").await;
    let kept = amina.spend("Food", "10", "2026-11-20").await;
    for (bad, expected) in [
        (json!({ "amount": "0" }), "INVALID amount"),
        (json!({ "amount": "0.00" }), "INVALID amount"),
        (json!({ "amount": "-0" }), "INVALID amount"),
        (json!({ "amount": "1.005" }), "INVALID amount"),
        (json!({ "amount": "-1.005" }), "INVALID amount"),
        (json!({ "amount": "-10000000000000.01" }), "LIMIT_REACHED amount"),
        (json!({ "amount": "10000000000000.01" }), "LIMIT_REACHED amount"),
        (json!({ "amount": "92233720368547758.07" }), "LIMIT_REACHED amount"),
        (json!({ "amount": "1.5", "currency": "JPY" }), "INVALID amount"),
        (json!({ "amount": "1.0005", "currency": "KWD" }), "INVALID amount"),
        (json!({ "date": "0001-01-01" }), "INVALID date"),
        (json!({ "date": "1899-12-31" }), "INVALID date"),
        (json!({ "date": "2200-01-01" }), "INVALID date"),
        (json!({ "date": "9999-12-31" }), "INVALID date"),
        (json!({ "description": "🌼".repeat(501) }), "INVALID description"),
        (json!({ "description": "nul\0l" }), "INVALID description"),
        (json!({ "category": { "name": "nothing" } }), "NOT_FOUND category.name"),
        (json!({ "category": { "name": "" } }), "NOT_FOUND category.name"),
        (json!({ "category": { "id": "category_x" } }), "NOT_FOUND category.id"),
        (json!({ "category": { "id": amina.wallet } }), "NOT_FOUND category.id"),
        (json!({ "walletId": "wallet_x" }), "NOT_FOUND walletId"),
        (json!({ "walletId": "" }), "NOT_FOUND walletId"),
        (json!({ "walletId": dollars, "amount": "1", "currency": "YEM" }), "CURRENCY_MISMATCH walletId"),
        (json!({ "walletId": amina.wallet, "amount": "1", "currency": "USD" }), "CURRENCY_MISMATCH walletId"),
    ] {
        let new = with(&json!({ "category": { "name": "Food" }, "amount": "1" }), &bad);
        assert_eq!(errors(&amina.add_transaction(new).await), [expected], "{bad}");
        let change = with(&json!({ "id": kept }), &bad);
        assert_eq!(errors(&amina.update_transaction(change).await), [expected], "{bad}");
    }
    // All of it at once.
    let all = json!({
        "category": { "name": "nothing" }, "amount": "0", "date": "0001-01-01", "description": "\u{0}", "walletId": "x",
        "idempotencyKey": "a b",
    });
    let mut all = errors(&amina.add_transaction(all).await);
    all.sort_unstable();
    let expected = [
        "INVALID amount",
        "INVALID date",
        "INVALID description",
        "INVALID idempotencyKey",
        "NOT_FOUND category.name",
        "NOT_FOUND walletId",
    ];
    assert_eq!(all, expected);
    let query = "mutation($input: AddTransactionInput!) { addTransaction(input: $input) { replayed } }";
    for bad in [
        json!({ "amount": "x" }),
        json!({ "date": "2026-02-29" }),
        json!({ "date": "2026-11" }),
        json!({ "currency": "XXX" }),
        json!({ "category": { "name": "Food", "id": "x" } }),
        json!({ "category": {} }),
        json!({ "category": { "name": null } }),
    ] {
        let new = with(&json!({ "category": { "name": "Food" }, "amount": "1" }), &bad);
        let answer = amina.client.request(query, json!({ "input": new })).await.json();
        assert!(answer["errors"].is_array(), "{bad}: {answer}");
    }
    for (date, amount, currency, description) in [
        ("1900-01-01", "10000000000000", "YEM", "🌼".repeat(500)),
        ("2199-12-31", "0.01", "YEM", "' OR 1=1 -- \" \\ %_ <b>".to_owned()),
        ("2024-02-29", "0.001", "KWD", "line\nand\tline".to_owned()),
        ("2026-11-20", "1000000000000000", "JPY", "مرحبا".to_owned()),
    ] {
        let new = json!({
            "category": { "name": "Food" }, "amount": amount, "date": date, "currency": currency,
            "description": description,
        });
        let added = amina.add_transaction(new).await;
        assert_eq!(errors(&added), [""; 0], "{date} {amount}");
        assert_eq!(
            (&added["transaction"]["date"], &added["transaction"]["description"]),
            (&json!(date), &json!(description))
        );
    }
    assert_eq!(amina.report("1900-01").await["totalExpense"]["amount"], "10000000000000.00");
    assert_eq!(amina.report("2199-12").await["totalExpense"]["amount"], "0.01");
    assert_eq!(amina.history(&amina.wallet, Value::Null).await, [] as [Value; 0]);
    app.assert_journal_is_whole().await;
}
