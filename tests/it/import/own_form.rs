//! Files in our own form that are not quite: with a bank's ids, or with the newest line first.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, transactions};

const HEAD: &str = "date,amount,category,description\n";

/// The descriptions of all transactions in the order of the list, the newest first.
async fn listed(user: &User) -> Vec<String> {
    let query = "{ transactions(first: 100) { nodes { description } } }";
    let nodes = user.gql(query, json!({})).await["transactions"]["nodes"].take();
    nodes.as_array().unwrap().iter().map(|node| node["description"].as_str().unwrap_or_default().to_owned()).collect()
}

#[apply(both_databases)]
async fn a_banks_own_ids_are_not_used_unasked(on: Database) {
    let (app, _amina) = TestApp::with_owner(on).await;
    for (header, first) in [("Id", "a"), ("ID", "b")] {
        let file = format!(
            "{header},date,amount,category,description\n000000,2026-11-01,-5,Food,{first}\n000000,2026-11-01,-3,Food,{first}\n\
             17,2026-11-02,-1,Food,{first}\n000000,2026-11-03,-2,Data,{first}\n"
        );
        let done = app.import("amina", &file, &[]);
        assert_eq!(done.statuses(), "2 ADDED, 3 ADDED, 4 ADDED, 5 ADDED", "{header}: {done:?}");
        assert_ne!(done.lines[0][2], done.lines[1][2]);
        assert_eq!(app.import("amina", &file, &[]).count("DUPLICATE"), 4);
        // An id that comes again in another month says nothing.
        let later = file.replace("2026-11", "2026-12");
        assert_eq!(app.import("amina", &later, &[]).count("ADDED"), 4);
    }
    // Where they are asked for, they are ids.
    let asked = "Id,date,amount,category,description\n8,2026-11-01,-5,Food,c\n8,2026-11-01,-3,Food,c\n";
    let done = app.import("amina", asked, &["--column", "id=Id"]);
    assert_eq!(done.statuses(), "2 ADDED, 3 ADDED");
    assert_eq!(done.lines[0][2], done.lines[1][2]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn lines_with_one_id_that_may_be_transactions_of_their_own_are_asked_about(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let defaults = ["--expense-category", "Food"];
    for (file, count) in [
        ("id,date,amount,category,description\n000000,2026-11-01,-5,,x\n000000,2026-11-01,-3,,x\n", 2),
        ("id,date,amount,category,description\n000000,2026-11-01,-5,Food,x\n000000,2026-11-01,-3,food,x\n", 2),
        (
            "id,date,amount,category,description\n1,2026-11-01,-5,Food,x\n1,2026-11-01,-3,Data,x\n1,2026-11-01,-3,,x\n",
            3,
        ),
    ] {
        let done = app.import("amina", file, &defaults);
        assert_eq!((done.count("REFUSED"), done.code), (count, Some(1)), "{done:?}");
        assert!(done.lines[0][3].starts_with("id: Lines 2 to "), "{done:?}");
        let fields = "lines { line userErrors { code path } } added";
        let input = json!({ "csv": file, "expenseCategory": { "name": "Food" }, "dryRun": true });
        let told = amina.mutate("importTransactions", "ImportTransactionsInput", fields, input).await;
        assert_eq!(told["lines"][0]["userErrors"], json!([{ "code": "REQUIRED", "path": ["id"] }]), "{told}");
        let one = app.import("amina", file, &[&defaults[..], &["--column", "id=id", "--dry-run"]].concat());
        assert_eq!(one.count("GOOD"), count, "{one:?}");
        let each = app.import("amina", file, &[&defaults[..], &["--column", "id=", "--dry-run"]].concat());
        assert_eq!(each.count("GOOD"), count, "{each:?}");
    }
    let file = "id,date,amount,category,description\n000000,2026-11-01,-5,Food,x\n000000,2026-11-01,-3,Food,x\n";
    assert_eq!(app.import("amina", file, &["--column", "id="]).count("ADDED"), 2);
    assert_eq!(transactions(&amina).await.len(), 2);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_id_stands_for_a_line_in_its_wallet_alone(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("100").await;
    let other = amina.new_wallet("YEM").await;
    amina.deposit(json!({ "wallet": { "id": other }, "amount": "100" })).await;
    let file = "id,date,amount,category,description\n1,2026-11-01,-2.95,Food,fee\n2,2026-11-02,-5,Food,tea\n";
    let second = "id,date,amount,category,description\n1,2026-11-01,-2.95,Food,fee\n2,2026-11-03,-7,Food,bus\n";
    for (file, wallet) in [(file, &amina.wallet), (second, &other)] {
        let flags = ["--default-wallet", wallet.as_str()];
        assert_eq!(app.import("amina", file, &flags).statuses(), "2 ADDED, 3 ADDED");
        assert_eq!(app.import("amina", file, &flags).statuses(), "2 DUPLICATE, 3 DUPLICATE");
    }
    assert_eq!(app.import("amina", file, &[]).statuses(), "2 ADDED, 3 ADDED");
    let changed = app.import("amina", file.replace("-5", "-6"), &["--default-wallet", &amina.wallet]);
    assert_eq!(changed.statuses(), "2 DUPLICATE, 3 DUPLICATE");
    assert!(changed.lines[1][3].contains("with other values") && changed.lines[0][3].is_empty(), "{changed:?}");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_file_that_begins_with_the_newest_line_is_imported_from_its_end(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = format!(
        "{HEAD}2026-10-30,-400.00,Food,rent\n2026-10-15,-300.00,Food,second of a day\n2026-10-15,-1.00,Food,first of a day\n\
         2026-10-01,1000.00,Salary,pay\n"
    );
    let wallet = ["--default-wallet", &amina.wallet];
    let done = app.import("amina", &file, &wallet);
    assert_eq!(done.statuses(), "5 ADDED, 4 ADDED, 3 ADDED, 2 ADDED", "{done:?}");
    assert_eq!(listed(&amina).await, ["rent", "second of a day", "first of a day", "pay"]);
    assert_eq!(amina.balance(&amina.wallet).await, "299.00");
    let fields = "lines { line status }";
    let input = json!({ "csv": file, "defaultWalletId": amina.wallet });
    let again = amina.mutate("importTransactions", "ImportTransactionsInput", fields, input).await;
    let lines: Vec<Value> = (2..=5).map(|line| json!({ "line": line, "status": "DUPLICATE" })).collect();
    assert_eq!(again["lines"], json!(lines));
    // Also in cash, where no money can be lacking.
    app.user("badr").await;
    assert_eq!(app.import("badr", &file, &[]).statuses(), "5 ADDED, 4 ADDED, 3 ADDED, 2 ADDED");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_file_is_judged_by_its_end_where_its_dates_leave_its_order_open(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for (file, statuses) in [
        // Of one day, which may be listed either way.
        ("2026-11-01,-40,Food,b\n2026-11-01,100,Salary,a\n", "3 ADDED, 2 ADDED"),
        ("2026-11-01,100,Salary,a\n2026-11-01,-40,Food,b\n", "2 ADDED, 3 ADDED"),
        // Of several days, which are not sorted.
        ("2026-11-02,-40,Food,b\n2026-11-01,100,Salary,a\n2026-11-03,-50,Food,c\n", "3 ADDED, 2 ADDED, 4 ADDED"),
        // The newest first by its dates, but only the other way round is there enough money.
        ("2026-11-03,100,Salary,a\n2026-11-01,-40,Food,b\n", "2 ADDED, 3 ADDED"),
    ] {
        let wallet = amina.new_wallet("YEM").await;
        let done = app.import("amina", format!("{HEAD}{file}"), &["--default-wallet", &wallet]);
        assert_eq!(done.statuses(), statuses, "{file}: {done:?}");
        let again = app.import("amina", format!("{HEAD}{file}"), &["--default-wallet", &wallet, "--dry-run"]);
        assert_eq!(again.count("DUPLICATE"), file.lines().count(), "{again:?}");
    }
    let wallet = amina.new_wallet("YEM").await;
    let lacking = format!("{HEAD}2026-11-01,-40,Food,b\n2026-11-01,30,Salary,a\n");
    let refused = app.import("amina", &lacking, &["--default-wallet", &wallet]);
    assert_eq!(refused.statuses(), "2 REFUSED");
    // The wallet may be named by the lines.
    let named = format!(
        "date,amount,category,description,wallet\n2026-11-01,-40,Food,b,{wallet}\n2026-11-01,100,Salary,a,{wallet}\n"
    );
    assert_eq!(app.import("amina", &named, &[]).statuses(), "3 ADDED, 2 ADDED");
    app.assert_journal_is_whole().await;
}
