//! The history of a wallet, in pages and through filters, and balances in the past.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, large_documents};

const PAGE: &str =
    "query($id: ID!, $filter: WalletTransactionFilter, $first: Int, $after: String, $last: Int, $before: String) {
    walletHistory(walletId: $id, filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        nodes { amount { amount } } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

/// A wallet that took 1, 2, ... 25, in this order.
async fn with_deposits(on: Database) -> (TestApp, User) {
    let (app, amina) = TestApp::with_owner(on).await;
    for amount in 1..=25 {
        amina.fund(&amount.to_string()).await;
    }
    (app, amina)
}

/// The amounts on a page, and what it says of itself.
async fn page(user: &User, mut variables: Value) -> (Vec<i64>, Value) {
    variables["id"] = json!(user.wallet);
    let mut history = user.gql(PAGE, variables).await["walletHistory"].take();
    let amount = |node: &Value| node["amount"]["amount"].as_str().unwrap().trim_end_matches(".00").parse().unwrap();
    let amounts = history["nodes"].as_array().unwrap().iter().map(amount).collect();
    let mut info = history["pageInfo"].take();
    info["totalCount"] = history["totalCount"].take();
    (amounts, info)
}

fn down(from: i64, to: i64) -> Vec<i64> {
    (to..=from).rev().collect()
}

#[apply(both_databases)]
async fn pages_run_from_the_latest_to_the_earliest_and_back(on: Database) {
    let (_app, amina) = with_deposits(on).await;
    let (amounts, info) = page(&amina, json!({})).await;
    assert_eq!(amounts, down(25, 6));
    assert_eq!(info["totalCount"], 25);
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(true), &json!(false)));

    let (amounts, info) = page(&amina, json!({ "first": 10, "after": info["endCursor"] })).await;
    assert_eq!(amounts, down(5, 1));
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(false), &json!(true)));

    let (amounts, info) = page(&amina, json!({ "last": 4, "before": info["startCursor"] })).await;
    assert_eq!(amounts, down(9, 6));
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(true), &json!(true)));

    let (amounts, info) = page(&amina, json!({ "last": 3 })).await;
    assert_eq!(amounts, down(3, 1));
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(false), &json!(true)));

    let (amounts, info) = page(&amina, json!({ "first": 0 })).await;
    assert_eq!((amounts, &info["endCursor"], &info["hasNextPage"]), (vec![], &Value::Null, &json!(true)));
}

#[apply(both_databases)]
async fn a_page_that_makes_no_sense_is_refused(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for mut variables in [
        json!({ "first": 101 }),
        json!({ "first": -1 }),
        json!({ "last": 101 }),
        json!({ "first": 1, "last": 1 }),
        json!({ "after": "" }),
        json!({ "after": "🌼" }),
        json!({ "before": "bm90IGEgbnVtYmVy" }),
        json!({ "filter": { "from": "2026-11-22T00:00:00Z", "to": "2026-11-21T00:00:00Z" } }),
    ] {
        variables["id"] = json!(amina.wallet);
        assert_eq!(amina.error(PAGE, variables.clone()).await, "INVALID", "{variables}");
    }
    for filter in [json!({ "from": "yesterday" }), json!({ "type": "GIFT" }), json!({ "direction": "UP" })] {
        let code = amina.error(PAGE, json!({ "id": amina.wallet, "filter": filter })).await;
        assert!(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&code.as_str()), "{filter} {code}");
    }
}

#[apply(both_databases)]
async fn a_history_is_filtered_by_type_status_direction_and_time(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("100").await;
    let noon = app.now();
    amina.pay(&badr, "10").await;
    badr.pay(&amina, "3").await;
    amina.pay(&badr, "1000").await;
    let evening = app.now();
    amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "5" })).await;

    let (noon, evening) = (json!(noon), json!(evening));
    for (filter, expected) in [
        (json!({}), vec!["OUT 88.00", "OUT 93.00", "IN 93.00", "OUT 90.00", "IN 100.00"]),
        (json!({ "type": "TRANSFER" }), vec!["OUT 93.00", "IN 93.00", "OUT 90.00"]),
        (json!({ "type": "WITHDRAWAL" }), vec!["OUT 88.00"]),
        (json!({ "status": "FAILED" }), vec!["OUT 93.00"]),
        (json!({ "direction": "IN" }), vec!["IN 93.00", "IN 100.00"]),
        (json!({ "type": "TRANSFER", "direction": "OUT", "status": "SUCCEEDED" }), vec!["OUT 90.00"]),
        (json!({ "from": noon }), vec!["OUT 88.00", "OUT 93.00", "IN 93.00", "OUT 90.00"]),
        (json!({ "to": noon }), vec!["IN 100.00"]),
        (json!({ "from": noon, "to": evening }), vec!["OUT 93.00", "IN 93.00", "OUT 90.00"]),
        (json!({ "from": noon, "to": evening, "direction": "IN" }), vec!["IN 93.00"]),
        (json!({ "from": noon, "to": noon }), vec![]),
        (json!({ "from": "9999-12-31T23:59:59.999999999Z" }), vec![]),
        (json!({ "from": "0000-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z", "type": "DEPOSIT" }), vec!["IN 100.00"]),
    ] {
        let edges = amina.history(&amina.wallet, filter.clone()).await;
        let seen = |edge: &Value| {
            format!("{} {}", edge["direction"].as_str().unwrap(), edge["balanceAfter"]["amount"].as_str().unwrap())
        };
        assert_eq!(edges.iter().map(seen).collect::<Vec<_>>(), expected, "{filter}");
        let (_, info) = page(&amina, json!({ "filter": filter })).await;
        assert_eq!(info["totalCount"], expected.len(), "{filter}");
    }
    // Pages and filters go together.
    let (amounts, info) = page(&amina, json!({ "filter": { "direction": "OUT" }, "first": 2 })).await;
    assert_eq!(amounts, [5, 1000]);
    let (amounts, _) = page(&amina, json!({ "filter": { "direction": "OUT" }, "after": info["endCursor"] })).await;
    assert_eq!(amounts, [10]);
}

#[apply(both_databases)]
async fn a_balance_is_known_for_every_moment(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let other = amina.new_wallet("YEM").await;
    let mut moments = vec![(json!("0000-01-01T00:00:00Z"), "0.00".to_owned()), (json!(app.now()), "0.00".to_owned())];
    for amount in 1..=9 {
        let done = amina.deposit(json!({ "wallet": { "id": amina.wallet }, "amount": amount })).await;
        let balance = amina.balance(&amina.wallet).await;
        // At the very moment, and after it.
        moments.push((done["transaction"]["createdAt"].clone(), balance.clone()));
        moments.push((json!(app.now()), balance));
    }
    moments.push((json!("9999-12-31T23:59:59Z"), "45.00".to_owned()));
    for (time, expected) in &moments {
        let data = amina
            .gql("query($time: DateTime!) { wallets { balanceAt(time: $time) { amount } } }", json!({ "time": time }))
            .await;
        let held = json!([{ "balanceAt": { "amount": expected } }, { "balanceAt": { "amount": "0.00" } }]);
        assert_eq!(data["wallets"], held, "{time}");
    }
    // Many moments of many wallets in one request.
    let fields: Vec<_> = moments
        .iter()
        .enumerate()
        .map(|(n, (time, _))| format!("at{n}: balanceAt(time: {time}) {{ amount }}"))
        .collect();
    let query = format!("query($id: ID!) {{ wallet(id: $id) {{ {} }} }}", fields.join(" "));
    let held = amina.gql(&query, json!({ "id": amina.wallet })).await;
    for (number, (_, expected)) in moments.iter().enumerate() {
        assert_eq!(held["wallet"][format!("at{number}")]["amount"], json!(expected));
    }
    assert_eq!(amina.balance(&other).await, "0.00");
}

#[apply(both_databases)]
async fn a_thousand_moments_are_known_in_one_request(on: Database) {
    let app = TestApp::with(on, large_documents).await;
    let amina = app.user("amina").await;
    let mut moments = Vec::new();
    for _ in 0..5 {
        amina.new_wallet("YEM").await;
        amina.fund("1").await;
        moments.push(app.now());
    }
    amina.fund("1").await;
    let at =
        |number: usize| format!("a{number}: balanceAt(time: \"{}\") {{ amount }}", moments[number % 5].to_rfc3339());
    let fields: Vec<_> = (0..150).map(at).collect();
    let data = amina.gql(&format!("{{ wallets {{ {} }} }}", fields.join(" ")), json!({})).await;
    for (number, wallet) in data["wallets"].as_array().unwrap().iter().enumerate() {
        for field in 0..150 {
            let expected = if number == 0 { format!("{}.00", field % 5 + 1) } else { "0.00".to_owned() };
            assert_eq!(wallet[format!("a{field}")]["amount"], json!(expected));
        }
    }
}
