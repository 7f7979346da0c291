//! Transactions that are paid from wallets or into them.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

/// A transaction in a wallet, in a category that is named by its name; its id.
async fn paid(user: &User, wallet: &str, category: &str, amount: &str) -> String {
    let input = json!({ "category": { "name": category }, "amount": amount, "walletId": wallet });
    id_of(&user.add_transaction(input).await, "transaction")
}

async fn set(user: &User, mutation: &str, input_type: &str, wallet: &str) {
    let done = user.mutate(mutation, input_type, "userErrors { code path }", json!({ "id": wallet })).await;
    assert_eq!(errors(&done), [""; 0]);
}

/// The latest of a wallet's history: type, status, amount, direction and balance after.
async fn latest(user: &User, wallet: &str) -> Value {
    let edge = user.history(wallet, Value::Null).await.swap_remove(0);
    let node = &edge["node"];
    json!([node["type"], node["status"], node["amount"]["amount"], edge["direction"], edge["balanceAfter"]["amount"]])
}

/// What stands: the number of transactions, and their sums.
async fn totals(user: &User) -> Value {
    let query = "{ transactions { totalCount totals { income { amount } expense { amount } } } }";
    let list = user.gql(query, json!({})).await["transactions"].take();
    json!([list["totalCount"], list["totals"]["income"]["amount"], list["totals"]["expense"]["amount"]])
}

#[apply(both_databases)]
async fn a_wallet_rises_by_income_and_falls_by_spending(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    let salary = paid(&amina, &wallet, "Salary", "100").await;
    assert_eq!(latest(&amina, &wallet).await, json!(["INCOME", "SUCCEEDED", "100.00", "IN", "100.00"]));
    let lines = json!([
        { "category": { "name": "Food" }, "amount": "25" },
        { "category": { "name": "Data" }, "amount": "5" },
    ]);
    let split = json!({ "lines": lines, "amount": "30", "walletId": wallet, "description": "market" });
    let split = amina.add_transaction(split).await;
    assert_eq!(split["transaction"]["wallet"]["id"], wallet);
    let split = id_of(&split, "transaction");
    assert_eq!(latest(&amina, &wallet).await, json!(["EXPENSE", "SUCCEEDED", "30.00", "OUT", "70.00"]));
    let node = amina.history(&wallet, json!({ "type": "EXPENSE" })).await.swap_remove(0)["node"].take();
    assert_eq!(node["memo"], "market");
    assert_eq!((&node["from"]["wallet"]["id"], &node["to"]), (&json!(wallet), &Value::Null));
    let node =
        amina.history(&wallet, json!({ "type": "INCOME", "direction": "IN" })).await.swap_remove(0)["node"].take();
    assert_eq!((&node["to"]["wallet"]["id"], &node["from"]), (&json!(wallet), &Value::Null));
    // The currency of the wallet goes without saying.
    let dollars = amina.new_wallet("USD").await;
    paid(&amina, &dollars, "Salary", "9.99").await;
    assert_eq!(latest(&amina, &dollars).await, json!(["INCOME", "SUCCEEDED", "9.99", "IN", "9.99"]));

    // What is deleted is given back, or taken away.
    id_of(&amina.delete_transaction(json!({ "id": split })).await, "transaction");
    assert_eq!(latest(&amina, &wallet).await, json!(["EXPENSE", "SUCCEEDED", "-30.00", "OUT", "100.00"]));
    id_of(&amina.delete_transaction(json!({ "id": salary })).await, "transaction");
    assert_eq!(latest(&amina, &wallet).await, json!(["INCOME", "SUCCEEDED", "-100.00", "IN", "0.00"]));
    let query = "query($id: ID!) { walletHistory(walletId: $id) { nodes { isReversal } } }";
    let nodes = amina.gql(query, json!({ "id": wallet })).await["walletHistory"]["nodes"].take();
    let reversals = [true, true, false, false].map(|is_reversal| json!({ "isReversal": is_reversal }));
    assert_eq!(nodes, json!(reversals));
    assert_eq!(totals(&amina).await, json!([1, "0.00", "0.00"]));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_wallet_that_does_not_pay_keeps_a_record_and_nothing_else_happens(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    amina.fund("10").await;
    let food = json!({ "name": "Food" });
    let new = json!({ "category": food, "amount": "10.01", "walletId": wallet, "description": "feast", "idempotencyKey": "k" });
    let refused = amina.add_transaction(new.clone()).await;
    assert_eq!(
        (errors(&refused), &refused["transaction"]),
        (vec!["INSUFFICIENT_FUNDS walletId".to_owned()], &Value::Null)
    );
    assert_eq!(latest(&amina, &wallet).await, json!(["EXPENSE", "FAILED", "10.01", "OUT", "10.00"]));
    let node = amina.history(&wallet, json!({ "status": "FAILED" })).await.swap_remove(0)["node"].take();
    assert_eq!((&node["failure"], &node["memo"]), (&json!("INSUFFICIENT_FUNDS"), &json!("feast")));
    assert_eq!(totals(&amina).await, json!([0, "0.00", "0.00"]));
    // The same request again has the same result, though there is enough by now; another one is another.
    amina.fund("10").await;
    let again = amina.add_transaction(new.clone()).await;
    assert_eq!((&again["userErrors"], &again["replayed"]), (&refused["userErrors"], &json!(true)));
    let mut other = new;
    other["amount"] = json!("10");
    assert_eq!(errors(&amina.add_transaction(other.clone()).await), ["IDEMPOTENCY_CONFLICT idempotencyKey"]);
    other["idempotencyKey"] = json!("l");
    let spent = id_of(&amina.add_transaction(other).await, "transaction");

    set(&amina, "freezeWallet", "FreezeWalletInput", &wallet).await;
    for (category, kind, way) in [("Food", "EXPENSE", "OUT"), ("Salary", "INCOME", "IN")] {
        let new = json!({ "category": { "name": category }, "amount": "1", "walletId": wallet });
        assert_eq!(errors(&amina.add_transaction(new).await), ["WALLET_NOT_ACTIVE walletId"]);
        assert_eq!(latest(&amina, &wallet).await, json!([kind, "FAILED", "1.00", way, "10.00"]));
    }
    // No money may move in it.
    for change in [json!({ "amount": "9" }), json!({ "walletId": null }), json!({ "category": { "name": "Salary" } })] {
        let mut input = change.clone();
        input["id"] = json!(spent);
        assert_eq!(errors(&amina.update_transaction(input).await), ["WALLET_NOT_ACTIVE walletId"], "{change}");
    }
    assert_eq!(errors(&amina.delete_transaction(json!({ "id": spent })).await), ["WALLET_NOT_ACTIVE id"]);
    // What leaves in it what there was may be put right, even when it is closed for good.
    let put_right = async |description: &str| {
        let input =
            json!({ "id": spent, "description": description, "category": { "name": "Data" }, "date": "2026-01-31" });
        assert_eq!(errors(&amina.update_transaction(input).await), [""; 0]);
    };
    put_right("frozen").await;
    set(&amina, "unfreezeWallet", "UnfreezeWalletInput", &wallet).await;
    assert_eq!(totals(&amina).await, json!([1, "0.00", "10.00"]));
    let rest = json!({ "wallet": { "id": wallet }, "amount": amina.balance(&wallet).await });
    assert_eq!(errors(&amina.withdraw(rest).await), [""; 0]);
    set(&amina, "closeWallet", "CloseWalletInput", &wallet).await;
    put_right("closed").await;
    assert_eq!(amina.balance(&wallet).await, "0.00");
    assert_eq!(totals(&amina).await, json!([1, "0.00", "10.00"]));
    let closed = amina.new_wallet("YEM").await;
    set(&amina, "closeWallet", "CloseWalletInput", &closed).await;
    let new = json!({ "category": { "name": "Salary" }, "amount": "1", "walletId": closed });
    assert_eq!(errors(&amina.add_transaction(new).await), ["WALLET_NOT_ACTIVE walletId"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn income_that_is_spent_is_neither_made_less_nor_deleted(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    let salary = paid(&amina, &wallet, "Salary", "60").await;
    paid(&amina, &wallet, "Food", "50").await;
    let query = "query($id: ID!) { transaction(id: $id) { version kind amount { amount } date description
        category { name } wallet { id } versions { nodes { version } } } }";
    // What leaves the wallet with as much is let: only what both sides leave counts.
    for change in [
        json!({ "description": "of November" }),
        json!({ "date": "2026-11-01" }),
        json!({ "category": { "name": "Other income" } }),
        json!({ "amount": "70" }),
        json!({ "amount": "50" }),
    ] {
        let mut input = change.clone();
        input["id"] = json!(salary);
        assert_eq!(errors(&amina.update_transaction(input).await), [""; 0], "{change}");
    }
    let before = amina.gql(query, json!({ "id": salary })).await;
    assert_eq!(before["transaction"]["version"], 6);
    let savings = amina.new_wallet("YEM").await;
    for (change, trace) in [
        (json!({ "amount": "49.99" }), ["INCOME", "FAILED", "49.99", "IN", "0.00"]),
        (json!({ "category": { "name": "Food" } }), ["EXPENSE", "FAILED", "50.00", "OUT", "0.00"]),
        // Out of the wallet: what the wallet refuses is to give the income back.
        (json!({ "walletId": null }), ["INCOME", "FAILED", "50.00", "OUT", "0.00"]),
        (json!({ "walletId": savings }), ["INCOME", "FAILED", "50.00", "OUT", "0.00"]),
        (
            json!({ "walletId": null, "category": { "name": "Food" }, "amount": "3" }),
            ["INCOME", "FAILED", "50.00", "OUT", "0.00"],
        ),
        (json!({ "walletId": null, "currency": "USD", "amount": "3" }), ["INCOME", "FAILED", "50.00", "OUT", "0.00"]),
    ] {
        let count = amina.history(&wallet, Value::Null).await.len();
        let mut input = change.clone();
        input["id"] = json!(salary);
        let refused = amina.update_transaction(input).await;
        assert_eq!(errors(&refused), ["INSUFFICIENT_FUNDS walletId"], "{change}");
        assert_eq!(latest(&amina, &wallet).await, json!(trace), "{change}");
        let mut history = amina.history(&wallet, Value::Null).await;
        assert_eq!(history.len(), count + 1, "{change}");
        let trace = history.swap_remove(0);
        let (own, other) = if trace["direction"] == "IN" { ("to", "from") } else { ("from", "to") };
        let parties = (&trace["node"][own]["wallet"]["id"], &trace["node"][other]);
        assert_eq!(parties, (&json!(wallet), &Value::Null), "{change}: {trace}");
        assert_eq!(amina.gql(query, json!({ "id": salary })).await, before, "{change}");
    }
    assert_eq!(amina.history(&savings, Value::Null).await, [] as [Value; 0]);
    let deletion = json!({ "id": salary, "idempotencyKey": "d" });
    let refused = amina.delete_transaction(deletion.clone()).await;
    assert_eq!((errors(&refused), &refused["transaction"]), (vec!["INSUFFICIENT_FUNDS id".to_owned()], &Value::Null));
    assert_eq!(latest(&amina, &wallet).await, json!(["INCOME", "FAILED", "50.00", "OUT", "0.00"]));
    assert_eq!(amina.gql(query, json!({ "id": salary })).await, before);
    let again = amina.delete_transaction(deletion).await;
    assert_eq!((&again["userErrors"], &again["replayed"]), (&refused["userErrors"], &json!(true)));
    assert_eq!(totals(&amina).await, json!([2, "50.00", "50.00"]));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_change_moves_money_among_wallets_and_the_till(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let (first, second) = (amina.wallet.clone(), amina.new_wallet("YEM").await);
    amina.fund("20").await;
    let id = paid(&amina, &first, "Food", "15").await;
    for (change, balances) in [
        // More than is left in it, but not more than is left when the first amount is given back.
        (json!({ "amount": "20" }), ["0.00", "0.00"]),
        (json!({ "walletId": null }), ["20.00", "0.00"]),
        (json!({ "amount": "500" }), ["20.00", "0.00"]),
        (json!({ "category": { "name": "Salary" }, "walletId": second, "amount": "5" }), ["20.00", "5.00"]),
        (json!({ "walletId": first }), ["25.00", "0.00"]),
        (json!({ "category": { "name": "Food" }, "amount": "20" }), ["0.00", "0.00"]),
        (json!({ "category": { "name": "Salary" } }), ["40.00", "0.00"]),
    ] {
        let mut input = change.clone();
        input["id"] = json!(id);
        assert_eq!(errors(&amina.update_transaction(input).await), [""; 0], "{change}");
        assert_eq!([amina.balance(&first).await, amina.balance(&second).await], balances, "{change}");
    }
    for (change, trace) in [
        (
            json!({ "category": { "name": "Food" }, "amount": "20.01" }),
            json!(["EXPENSE", "FAILED", "20.01", "OUT", "40.00"]),
        ),
        (
            json!({ "category": { "name": "Food" }, "amount": "41" }),
            json!(["EXPENSE", "FAILED", "41.00", "OUT", "40.00"]),
        ),
    ] {
        let mut input = change.clone();
        input["id"] = json!(id);
        assert_eq!(errors(&amina.update_transaction(input).await), ["INSUFFICIENT_FUNDS walletId"], "{change}");
        assert_eq!(latest(&amina, &first).await, trace);
    }
    // The other wallet has nothing to pay with: it is the one that keeps the record.
    let to_second = json!({ "id": id, "walletId": second, "category": { "name": "Food" }, "amount": "1" });
    assert_eq!(errors(&amina.update_transaction(to_second).await), ["INSUFFICIENT_FUNDS walletId"]);
    assert_eq!(latest(&amina, &second).await, json!(["EXPENSE", "FAILED", "1.00", "OUT", "0.00"]));
    // Into dollars and a wallet of dollars.
    let dollars = amina.new_wallet("USD").await;
    let change = json!({ "id": id, "walletId": dollars, "currency": "USD", "amount": "3.5" });
    assert_eq!(errors(&amina.update_transaction(change).await), [""; 0]);
    assert_eq!([amina.balance(&first).await, amina.balance(&dollars).await], ["20.00", "3.50"]);
    assert_eq!(totals(&amina).await, json!([1, "0.00", "0.00"]));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn of_ten_who_spend_what_is_enough_for_three_three_do(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("10").await;
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let amina = amina.clone();
            let input = json!({ "category": { "name": "Food" }, "amount": "3", "walletId": amina.wallet });
            tokio::spawn(async move { amina.add_transaction(input).await })
        })
        .collect();
    let mut spent = 0;
    for task in tasks {
        match errors(&task.await.unwrap()).as_slice() {
            [] => spent += 1,
            refused => assert_eq!(refused, ["INSUFFICIENT_FUNDS walletId"]),
        }
    }
    assert_eq!((spent, amina.balance(&amina.wallet).await.as_str()), (3, "1.00"));
    assert_eq!(amina.history(&amina.wallet, json!({ "type": "EXPENSE", "status": "FAILED" })).await.len(), 7);
    assert_eq!(totals(&amina).await, json!([3, "0.00", "9.00"]));
    app.assert_journal_is_whole().await;
}
