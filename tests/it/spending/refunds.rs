//! Refunds: amounts below zero, which lower what was spent, and income that is given back.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

/// The latest of a wallet's history: type, status, amount, direction and balance after.
async fn latest(user: &User, wallet: &str) -> Value {
    let edge = user.history(wallet, Value::Null).await.swap_remove(0);
    let node = &edge["node"];
    json!([node["type"], node["status"], node["amount"]["amount"], edge["direction"], edge["balanceAfter"]["amount"]])
}

/// The categories of a month: name, total, refunds, share and number of transactions.
async fn categories(user: &User, month: &str) -> Value {
    let query = "query($month: YearMonth!) { monthlyReport(month: $month) { categories { category { name }
        total { amount } refunded { amount } share transactionCount } } }";
    let report = user.gql(query, json!({ "month": month })).await["monthlyReport"].take();
    let row = |row: &Value| {
        let (total, refunded) = (&row["total"]["amount"], &row["refunded"]["amount"]);
        json!([row["category"]["name"], total, refunded, row["share"], row["transactionCount"]])
    };
    report["categories"].as_array().unwrap().iter().map(row).collect()
}

fn line(category: &str, amount: &str) -> Value {
    json!({ "category": { "name": category }, "amount": amount })
}

#[apply(both_databases)]
async fn what_is_returned_lowers_what_was_spent(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let budget = json!({ "category": { "name": "Food" }, "limit": "100", "rollover": "FULL" });
    id_of(&amina.set_budget(budget).await, "budget");
    amina.spend("Food", "80", "2026-11-07").await;
    let returned =
        json!({ "category": { "name": "Food" }, "amount": "-80", "date": "2026-11-08", "description": "returned" });
    let returned = amina.add_transaction(returned).await;
    assert_eq!((errors(&returned), &returned["transaction"]["kind"]), (vec![], &json!("EXPENSE")));
    assert_eq!(returned["transaction"]["amount"], json!({ "amount": "-80.00", "currency": "YEM" }));
    assert_eq!(returned["transaction"]["lines"][0]["amount"]["amount"], "-80.00");
    amina.spend("Food", "15", "2026-11-09").await;
    assert_eq!(categories(&amina, "2026-11").await, json!([["Food", "15.00", "80.00", "100.00", 3]]));
    let report = amina.report("2026-11").await;
    assert_eq!(report["totalExpense"]["amount"], "15.00");
    assert_eq!(report["budgets"][0]["remaining"]["amount"], "85.00");

    // The lists count it, and find it by its amount.
    let query = "query($filter: TransactionFilter, $order: TransactionOrder) {
        transactions(filter: $filter, orderBy: $order) { totals { expense { amount } net { amount } }
            nodes { amount { amount } } } }";
    let found = async |filter: Value| {
        let order = json!({ "field": "AMOUNT", "direction": "ASC" });
        let list = amina.gql(query, json!({ "filter": filter, "order": order })).await["transactions"].take();
        let nodes = list["nodes"].as_array().unwrap().iter().map(|node| node["amount"]["amount"].clone());
        json!([list["totals"]["expense"]["amount"], nodes.collect::<Vec<_>>()])
    };
    assert_eq!(found(json!({})).await, json!(["15.00", ["-80.00", "15.00", "80.00"]]));
    assert_eq!(found(json!({ "maxAmount": "0" })).await, json!(["-80.00", ["-80.00"]]));
    assert_eq!(found(json!({ "minAmount": "-80", "maxAmount": "20" })).await, json!(["-65.00", ["-80.00", "15.00"]]));
    assert_eq!(found(json!({ "text": "RETURNED" })).await, json!(["-80.00", ["-80.00"]]));
    assert_eq!(found(json!({ "minAmount": "80" })).await, json!(["80.00", ["80.00"]]));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_comes_back_a_month_later_makes_that_month_negative(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let budget =
        json!({ "category": { "name": "Food" }, "limit": "100", "rollover": "FULL", "rolloverFrom": "2026-10" });
    id_of(&amina.set_budget(budget).await, "budget");
    amina.spend("Food", "90", "2026-10-30").await;
    amina.spend("Food", "-80", "2026-11-02").await;
    amina.spend("Transport", "-5", "2026-11-02").await;
    amina.spend("Data", "30", "2026-11-03").await;
    amina.spend("Savings", "10", "2026-11-03").await;
    let expected = json!([
        ["Data", "30.00", "0.00", "75.00", 1],
        ["Savings", "10.00", "0.00", "25.00", 1],
        ["Transport", "-5.00", "5.00", "0.00", 1],
        ["Food", "-80.00", "80.00", "0.00", 1],
    ]);
    assert_eq!(categories(&amina, "2026-11").await, expected);
    let report = amina.report("2026-11").await;
    let sums = ["totalIncome", "totalExpense", "netSavings", "unbudgeted"].map(|sum| report[sum]["amount"].clone());
    assert_eq!(sums, ["0.00", "-45.00", "45.00", "35.00"]);
    let food = report["categories"].as_array().unwrap().last().unwrap();
    assert_eq!((&food["previousTotal"]["amount"], &food["change"]["amount"]), (&json!("90.00"), &json!("-170.00")));
    // 100 and the 10 that were left, of which less than nothing was spent.
    let budget = &report["budgets"][0];
    let figures = ["limit", "spent", "remaining"].map(|figure| budget[figure]["amount"].clone());
    assert_eq!(figures, ["110.00", "-80.00", "190.00"]);
    assert_eq!((&budget["usedShare"], &budget["state"]), (&json!("-72.73"), &json!("UNDER")));
    assert_eq!(amina.report("2026-12").await["budgets"][0]["limit"]["amount"], "290.00");

    let picture = amina.download("/reports/2026-11.svg").await.text;
    let document = roxmltree::Document::parse(&picture).unwrap();
    let says = document.descendants().find(|node| node.tag_name().name() == "desc").unwrap().text().unwrap();
    for sentence in [
        "Spending: -45.00.",
        "Data: 30.00 YEM, 75.00%.",
        "Not in the ring, since more was refunded than spent: Transport -5.00 YEM, Food -80.00 YEM.",
        "Food: -80.00 of 110.00 YEM spent, under: more was refunded than spent.",
    ] {
        assert!(says.contains(sentence), "{sentence}: {says}");
    }
    assert!(!says.contains("Food: -80.00 YEM, "), "{says}");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_wallet_gets_a_refund_and_gives_income_back(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    let add = async |category: &str, amount: &str| {
        let input = json!({ "category": { "name": category }, "amount": amount, "walletId": wallet });
        amina.add_transaction(input).await
    };
    let refund = id_of(&add("Food", "-20").await, "transaction");
    assert_eq!(latest(&amina, &wallet).await, json!(["EXPENSE", "SUCCEEDED", "20.00", "IN", "20.00"]));
    let query = "query($id: ID!) { walletHistory(walletId: $id) { nodes { isReversal amount { amount }
        from { wallet { id } } to { wallet { id } } } } }";
    let newest = async || amina.gql(query, json!({ "id": wallet })).await["walletHistory"]["nodes"][0].take();
    let (own, nobody) = (json!({ "wallet": { "id": wallet } }), Value::Null);
    let shown = |reversal: bool, amount: &str, from: &Value, to: &Value| {
        let amount = json!({ "amount": amount });
        json!({ "isReversal": reversal, "amount": amount, "from": from, "to": to })
    };
    assert_eq!(newest().await, shown(false, "20.00", &nobody, &own));
    // Nobody gives back what is not there, and that is on record.
    assert_eq!(errors(&add("Salary", "-20.01").await), ["INSUFFICIENT_FUNDS walletId"]);
    assert_eq!(latest(&amina, &wallet).await, json!(["INCOME", "FAILED", "20.01", "OUT", "20.00"]));
    assert_eq!(newest().await, shown(false, "20.01", &own, &nobody));
    let given = id_of(&add("Salary", "-15").await, "transaction");
    assert_eq!(latest(&amina, &wallet).await, json!(["INCOME", "SUCCEEDED", "15.00", "OUT", "5.00"]));
    assert_eq!(newest().await, shown(false, "15.00", &own, &nobody));
    assert_eq!(amina.report("2026-11").await["totalIncome"]["amount"], "-15.00");

    // The refund is spent by now, so it cannot be taken away.
    assert_eq!(errors(&amina.delete_transaction(json!({ "id": refund })).await), ["INSUFFICIENT_FUNDS id"]);
    assert_eq!(latest(&amina, &wallet).await, json!(["EXPENSE", "FAILED", "20.00", "OUT", "5.00"]));
    assert_eq!(newest().await, shown(false, "20.00", &own, &nobody));
    id_of(&amina.delete_transaction(json!({ "id": given })).await, "transaction");
    assert_eq!(newest().await, shown(true, "-15.00", &own, &nobody));
    id_of(&amina.delete_transaction(json!({ "id": refund })).await, "transaction");
    assert_eq!(newest().await, shown(true, "-20.00", &nobody, &own));
    assert_eq!(amina.balance(&wallet).await, "0.00");

    // A frozen wallet takes no refund.
    let freeze =
        amina.mutate("freezeWallet", "FreezeWalletInput", "userErrors { code }", json!({ "id": wallet })).await;
    assert_eq!(freeze["userErrors"], json!([]));
    assert_eq!(errors(&add("Food", "-1").await), ["WALLET_NOT_ACTIVE walletId"]);
    assert_eq!(latest(&amina, &wallet).await, json!(["EXPENSE", "FAILED", "1.00", "IN", "0.00"]));
    assert_eq!(newest().await, shown(false, "1.00", &nobody, &own));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_transaction_may_become_a_refund_and_the_other_way_round(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    amina.fund("100").await;
    let new = json!({ "category": { "name": "Food" }, "amount": "30", "date": "2026-11-02", "walletId": wallet });
    let id = id_of(&amina.add_transaction(new).await, "transaction");
    for (change, balance, spent, income) in [
        (json!({ "amount": "-30" }), "130.00", "-30.00", "0.00"),
        (json!({ "amount": "-50", "date": "2026-11-03" }), "150.00", "-50.00", "0.00"),
        (json!({ "category": { "name": "Salary" } }), "50.00", "0.00", "-50.00"),
        (json!({ "amount": "50" }), "150.00", "0.00", "50.00"),
        (json!({ "category": { "name": "Food" }, "amount": "-1" }), "101.00", "-1.00", "0.00"),
        (json!({ "walletId": null }), "100.00", "-1.00", "0.00"),
        (json!({ "walletId": wallet, "amount": "100" }), "0.00", "100.00", "0.00"),
    ] {
        let mut input = change.clone();
        input["id"] = json!(id);
        assert_eq!(errors(&amina.update_transaction(input).await), [""; 0], "{change}");
        assert_eq!(amina.balance(&wallet).await, balance, "{change}");
        let report = amina.report("2026-11").await;
        let sums = ["totalExpense", "totalIncome"].map(|sum| report[sum]["amount"].clone());
        assert_eq!(sums, [spent, income], "{change}");
    }
    let query = "query($id: ID!) { transaction(id: $id) { versions { nodes { kind amount { amount } wallet { id }
        lines { amount { amount } } } } } }";
    let versions = amina.gql(query, json!({ "id": id })).await["transaction"]["versions"]["nodes"].take();
    let amounts = versions.as_array().unwrap().iter().map(|version| {
        assert_eq!(version["lines"], json!([{ "amount": version["amount"] }]));
        format!("{} {}", version["kind"].as_str().unwrap(), version["amount"]["amount"].as_str().unwrap())
    });
    let expected = [
        "EXPENSE 30.00",
        "EXPENSE -30.00",
        "EXPENSE -50.00",
        "INCOME -50.00",
        "INCOME 50.00",
        "EXPENSE -1.00",
        "EXPENSE -1.00",
        "EXPENSE 100.00",
    ];
    assert_eq!(amounts.collect::<Vec<_>>(), expected);
    // A refund takes with it what it brought, and a wallet never gives more than it has.
    id_of(&amina.update_transaction(json!({ "id": id, "amount": "-10" })).await, "transaction");
    assert_eq!(amina.balance(&wallet).await, "110.00");
    amina.withdraw(json!({ "wallet": { "id": wallet }, "amount": "105" })).await;
    for change in [json!({ "walletId": null }), json!({ "amount": "-4" }), json!({ "amount": "1" })] {
        let mut input = change.clone();
        input["id"] = json!(id);
        assert_eq!(errors(&amina.update_transaction(input).await), ["INSUFFICIENT_FUNDS walletId"], "{change}");
    }
    id_of(&amina.update_transaction(json!({ "id": id, "amount": "-5" })).await, "transaction");
    assert_eq!(amina.balance(&wallet).await, "0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn lines_of_a_split_may_be_below_zero(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    amina.fund("100").await;
    // A bottle is bought, and the deposit for two others comes back.
    let split = |lines: Value, amount: &str| json!({ "lines": lines, "amount": amount, "walletId": wallet });
    let bought = json!([line("Food", "10.50"), line("Miscellaneous", "-0.50"), line("Food", "-1")]);
    let added = amina.add_transaction(split(bought, "9")).await;
    let id = id_of(&added, "transaction");
    let amounts = added["transaction"]["lines"].as_array().unwrap().iter().map(|line| line["amount"]["amount"].clone());
    assert_eq!(amounts.collect::<Vec<_>>(), ["10.50", "-0.50", "-1.00"]);
    assert_eq!(amina.balance(&wallet).await, "91.00");
    let expected = json!([["Food", "9.50", "1.00", "100.00", 1], ["Miscellaneous", "-0.50", "0.50", "0.00", 1]]);
    assert_eq!(categories(&amina, "2026-11").await, expected);
    // What comes back may be more than what is bought, but not as much: nothing would be paid.
    let more = json!([line("Food", "10"), line("Miscellaneous", "-30")]);
    let added = amina.add_transaction(split(more, "-20")).await;
    assert_eq!((errors(&added), &added["transaction"]["amount"]["amount"]), (vec![], &json!("-20.00")));
    assert_eq!(amina.balance(&wallet).await, "111.00");
    let swapped = json!([line("Food", "10"), line("Miscellaneous", "-10")]);
    for amount in ["0", "10", "-10"] {
        assert_eq!(
            errors(&amina.add_transaction(split(swapped.clone(), amount)).await),
            ["INVALID amount"],
            "{amount}"
        );
    }
    assert_eq!(amina.report("2026-11").await["totalExpense"]["amount"], "-11.00");
    let query = "query($id: ID!) { transaction(id: $id) { versions { nodes { amount { amount }
        lines { category { name } amount { amount } } } } } }";
    let versions = amina.gql(query, json!({ "id": id })).await["transaction"]["versions"]["nodes"].take();
    let shown = |name: &str, amount: &str| json!({ "category": { "name": name }, "amount": { "amount": amount } });
    let lines = [shown("Food", "10.50"), shown("Miscellaneous", "-0.50"), shown("Food", "-1.00")];
    assert_eq!(versions, json!([{ "amount": { "amount": "9.00" }, "lines": lines }]));
    id_of(&amina.delete_transaction(json!({ "id": id })).await, "transaction");
    assert_eq!(categories(&amina, "2026-11").await[1], json!(["Miscellaneous", "-30.00", "30.00", "0.00", 1]));
    app.assert_journal_is_whole().await;
}
