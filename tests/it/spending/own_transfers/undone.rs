//! What a transfer counts as, and what is left when it is undone.

use std::slice;

use serde_json::{Value, json};

use super::{CONFIRM, UNDO, decide, history, listed, reports};
use crate::harness::{Database, TestApp, User, changes, errors, id_of, named};

/// The lines of the expense, without their amounts.
fn parts() -> Value {
    json!([
        { "category": { "name": "Food" }, "note": "rice" }, { "category": { "name": "Data" }, "note": null } ])
}

/// Each half keeps its own date and its versions, and the wallets and the download tell of the other half.
async fn each_half_knows_what_it_was(amina: &User, halves: &[String; 2], [wallet, savings]: [&String; 2]) {
    let [outgoing, incoming] = halves;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Transaction { date kind
        versions { nodes { version isTransfer kind date amount { amount } wallet { id } lines { category { name } note } } } } } }";
    let nodes = amina.gql(query, json!({ "ids": halves })).await["nodes"].take();
    let version = |version: i64, is_transfer: bool, kind: &str, date: &str, wallet: &str, lines: Value| {
        json!({ "version": version, "isTransfer": is_transfer, "kind": kind, "date": date, "amount": { "amount": "30.00" },
            "wallet": { "id": wallet }, "lines": lines })
    };
    let was = version(1, false, "EXPENSE", "2026-10-31", wallet, parts());
    let is = version(2, true, "EXPENSE", "2026-10-31", wallet, json!([]));
    assert_eq!(nodes[0]["versions"]["nodes"], json!([was, is]));
    let is = version(2, true, "INCOME", "2026-11-02", savings, json!([]));
    assert_eq!(nodes[1]["versions"]["nodes"][1], is);
    let query = "query($id: ID!) { walletHistory(walletId: $id, filter: { type: TRANSFER_OUT }) { nodes {
        memo from { wallet { id } } to { wallet { id } } transaction { id counterpart { wallet { id } } } } } }";
    let nodes = amina.gql(query, json!({ "id": wallet })).await["walletHistory"]["nodes"].take();
    let expected = json!([{ "memo": "to savings", "from": { "wallet": { "id": wallet } }, "to": null,
        "transaction": { "id": outgoing, "counterpart": { "wallet": { "id": savings } } } }]);
    assert_eq!(nodes, expected);
    let file = amina.download("/transactions.csv").await.text;
    let row = |half: &String, end: &str| {
        assert!(file.lines().any(|line| line.starts_with(half) && line.ends_with(end)), "{file}");
    };
    row(outgoing, &format!("{wallet},{incoming}"));
    row(incoming, &format!("{savings},{outgoing}"));
}

#[apply(both_databases)]
async fn an_expense_and_an_income_count_as_such_until_they_are_confirmed_and_after_that_is_undone(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    amina.fund("100").await;
    let savings = amina.new_wallet("YEM").await;
    id_of(&amina.set_budget(json!({ "category": { "name": "Food" }, "limit": "50" })).await, "budget");
    let split = json!({
        "lines": [
            { "category": { "name": "Food" }, "amount": "20", "note": "rice" },
            { "category": { "name": "Data" }, "amount": "10" },
        ],
        "amount": "30", "date": "2026-10-31", "walletId": wallet, "description": "to savings",
    });
    let outgoing = id_of(&amina.add_transaction(split).await, "transaction");
    let incoming = amina.pay_from(&savings, "Salary", "30", "2026-11-02").await;
    let halves = [outgoing.clone(), incoming.clone()];
    assert_eq!(amina.proposed().await, slice::from_ref(&halves));
    let before = reports(&amina).await;
    let sums = |reports: &[Value; 2]| {
        json!([
            reports[0]["totalExpense"]["amount"],
            reports[1]["totalIncome"]["amount"],
            reports[0]["budgets"][0]["spent"]["amount"]
        ])
    };
    assert_eq!(sums(&before), json!(["30.00", "30.00", "20.00"]));

    let fields =
        "outgoing { id version counterpart { id counterpart { id } } } incoming { id version counterpart { id } }
        affectedBudgets { category { name } spent { amount } } replayed userErrors { code path }";
    let confirmed = amina.mutate(CONFIRM, "ConfirmTransferInput", fields, named(&halves)).await;
    let expected = json!({
        "outgoing": { "id": outgoing, "version": 2, "counterpart": { "id": incoming, "counterpart": { "id": outgoing } } },
        "incoming": { "id": incoming, "version": 2, "counterpart": { "id": outgoing } },
        "affectedBudgets": [{ "category": { "name": "Food" }, "spent": { "amount": "0.00" } }],
        "replayed": false, "userErrors": [],
    });
    assert_eq!(confirmed, expected);
    let latest = amina.latest().await;
    assert_eq!((&latest["action"], &latest["thingId"]), (&json!("CONFIRM_TRANSFER"), &json!(outgoing)));
    assert_eq!(changes(&latest), [format!("counterpart - -> {incoming}")]);
    let after = reports(&amina).await;
    assert_eq!(sums(&after), json!(["0.00", "0.00", "0.00"]));
    assert_eq!((&after[0]["categories"], &after[1]["categories"]), (&json!([]), &json!([])));
    assert_eq!(amina.proposed().await, [[""; 2]; 0]);
    assert_eq!((amina.balance(&wallet).await, amina.balance(&savings).await), ("70.00".into(), "30.00".into()));
    assert_eq!(
        history(&amina, &wallet).await,
        [
            "TRANSFER_OUT 30.00 OUT 70.00",
            "EXPENSE -30.00 OUT 100.00",
            "EXPENSE 30.00 OUT 70.00",
            "DEPOSIT 100.00 IN 100.00"
        ],
    );
    assert_eq!(
        history(&amina, &savings).await,
        ["INCOME -30.00 IN 30.00", "TRANSFER_IN 30.00 IN 60.00", "INCOME 30.00 IN 30.00"],
    );
    // They stay in the list of transactions, but are neither income nor spending, and in no category.
    for (filter, expected) in [
        (json!({}), "2 +0.00 -0.00"),
        (json!({ "minAmount": "1" }), "2 +0.00 -0.00"),
        (json!({ "walletId": savings }), "1 +0.00 -0.00"),
        (json!({ "kind": "EXPENSE" }), "0 +0.00 -0.00"),
        (json!({ "kind": "INCOME", "minAmount": "1" }), "0 +0.00 -0.00"),
        (json!({ "category": { "name": "Food" } }), "0 +0.00 -0.00"),
        (json!({ "isTransfer": true }), "2 +0.00 -0.00"),
        (json!({ "isTransfer": false }), "0 +0.00 -0.00"),
    ] {
        assert_eq!(listed(&amina, filter.clone()).await, expected, "{filter}");
    }
    app.assert_journal_is_whole().await;

    each_half_knows_what_it_was(&amina, &halves, [&wallet, &savings]).await;

    let undone = decide(&amina, UNDO, &halves).await;
    assert_eq!((&undone["outgoing"]["version"], &undone["outgoing"]["counterpart"]), (&json!(3), &Value::Null));
    assert_eq!(
        undone["outgoing"]["lines"][0],
        json!({ "category": { "name": "Food" }, "amount": { "amount": "20.00" }, "note": "rice" })
    );
    assert_eq!(reports(&amina).await, before);
    assert_eq!(amina.proposed().await, slice::from_ref(&halves));
    assert_eq!((amina.balance(&wallet).await, amina.balance(&savings).await), ("70.00".into(), "30.00".into()));
    assert_eq!(listed(&amina, json!({})).await, "2 +30.00 -30.00");
    let query = "query($id: ID!) { transaction(id: $id) { versions { nodes { isTransfer lines { category { name } note } } } } }";
    let versions = amina.gql(query, json!({ "id": outgoing })).await["transaction"]["versions"]["nodes"].take();
    assert_eq!(versions[2], json!({ "isTransfer": false, "lines": parts() }));
    app.assert_journal_is_whole().await;
    // And so on.
    decide(&amina, CONFIRM, &halves).await;
    decide(&amina, UNDO, &halves).await;
    id_of(&amina.delete_transaction(json!({ "id": incoming })).await, "transaction");
    assert_eq!(reports(&amina).await[0], before[0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn wallets_that_are_empty_or_frozen_do_not_stand_in_the_way(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let halves = amina.halves("5").await;
    let wallets = amina.gql("{ wallets { id } }", json!({})).await["wallets"].take();
    // All that came into the second wallet is spent again.
    let second = wallets.as_array().unwrap().iter().find(|wallet| wallet["id"] != amina.wallet.as_str()).unwrap();
    let second = second["id"].as_str().unwrap().to_owned();
    amina.pay_from(&second, "Food", "5", "2026-11-30").await;
    for wallet in [&amina.wallet, &second] {
        let frozen =
            amina.mutate("freezeWallet", "FreezeWalletInput", "userErrors { code path }", json!({ "id": wallet }));
        assert_eq!(errors(&frozen.await), [""; 0]);
    }
    decide(&amina, CONFIRM, &halves).await;
    app.assert_journal_is_whole().await;
    decide(&amina, UNDO, &halves).await;
    decide(&amina, CONFIRM, &halves).await;
    assert_eq!((amina.balance(&amina.wallet).await, amina.balance(&second).await), ("0.00".into(), "0.00".into()));
    app.assert_journal_is_whole().await;
}
