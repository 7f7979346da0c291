//! Importing transactions by a mutation.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, file_of, transactions};

const FIELDS: &str = "lines { line status note transaction { id amount { amount } category { name } }
        userErrors { code path message } }
    added good duplicates refused userErrors { code path message }";

async fn import(user: &User, input: Value) -> Value {
    user.mutate("importTransactions", "ImportTransactionsInput", FIELDS, input).await
}

fn statuses(payload: &Value) -> String {
    let lines = payload["lines"].as_array().unwrap().iter();
    lines.map(|line| format!("{} {}", line["line"], line["status"].as_str().unwrap())).collect::<Vec<_>>().join(", ")
}

fn counts(payload: &Value) -> [i64; 4] {
    ["added", "good", "duplicates", "refused"].map(|name| payload[name].as_i64().unwrap())
}

#[apply(both_databases)]
async fn a_request_imports_as_the_program_does(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let csv = "Tag;Betrag;Zweck\n01.11.2026;-1,50;tea\n01.11.2026;-1,50;tea\n02.11.2026;x;tea\n٠٣.١١.٢٠٢٦;٩;pay\n";
    let food = json!({ "name": "food" });
    let input = |more: Value| {
        let mut input = json!({
            "csv": csv, "delimiter": ";", "decimalComma": true, "dateFormat": "%d.%m.%Y",
            "columns": { "date": "tag", "amount": "betrag", "category": "", "description": "zweck" },
            "expenseCategory": food, "incomeCategory": { "name": "Salary" }, "defaultCurrency": "USD",
        });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let dry = import(&amina, input(json!({ "dryRun": true }))).await;
    assert_eq!((statuses(&dry).as_str(), counts(&dry)), ("2 GOOD, 3 GOOD, 4 REFUSED, 5 GOOD", [0, 3, 0, 1]));
    let refused = import(&amina, input(json!({}))).await;
    assert_eq!((statuses(&refused).as_str(), counts(&refused)), ("4 REFUSED", [0, 0, 0, 1]));
    assert_eq!(errors(&refused["lines"][0]), ["INVALID amount"]);
    assert_eq!(errors(&refused), [""; 0]);
    assert_eq!(transactions(&amina).await, [""; 0]);
    let good = import(&amina, input(json!({ "mode": "GOOD_LINES" }))).await;
    assert_eq!((statuses(&good).as_str(), counts(&good)), ("2 ADDED, 3 ADDED, 4 REFUSED, 5 ADDED", [3, 0, 0, 1]));
    assert_eq!(good["lines"][3]["transaction"]["category"]["name"], "Salary");
    let again = import(&amina, input(json!({ "mode": "GOOD_LINES" }))).await;
    assert_eq!((counts(&again), &again["lines"][0]["transaction"]), ([0, 0, 3, 1], &good["lines"][0]["transaction"]));
    assert_eq!(transactions(&amina).await[2], "2026-11-03 INCOME 9.00 USD pay - [Salary 9.00 -]");
    // The program sees the same lines.
    let flags = [
        "--delimiter",
        ";",
        "--decimal-comma",
        "--date-format",
        "%d.%m.%Y",
        "--column",
        "date=tag",
        "--column",
        "amount=betrag",
        "--column",
        "category=",
        "--column",
        "description=zweck",
        "--mode",
        "good-lines",
    ];
    assert_eq!(app.import("amina", csv, &flags).statuses(), "2 DUPLICATE, 3 DUPLICATE, 4 REFUSED, 5 DUPLICATE");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_is_wrong_with_a_request_is_at_its_place_in_the_input(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let csv = "date,amount,category,description\n2026-11-01,-1,,x\n";
    for (input, expected) in [
        (json!({ "csv": "" }), vec!["INVALID csv"]),
        (json!({ "csv": "date,category\n" }), vec!["REQUIRED columns.amount", "REQUIRED columns.description"]),
        (json!({ "csv": csv, "columns": { "date": "day" } }), vec!["INVALID columns.date"]),
        (json!({ "csv": csv, "delimiter": "", "dateFormat": "%" }), vec!["INVALID delimiter", "INVALID dateFormat"]),
        (json!({ "csv": csv, "delimiter": "é" }), vec!["INVALID delimiter"]),
        (json!({ "csv": csv, "defaultWalletId": badr.wallet }), vec!["NOT_FOUND defaultWalletId"]),
        (json!({ "csv": csv, "expenseCategory": { "name": "Rent" } }), vec!["NOT_FOUND expenseCategory.name"]),
        (json!({ "csv": csv, "expenseCategory": { "name": "Salary" } }), vec!["INVALID expenseCategory"]),
        (json!({ "csv": csv, "incomeCategory": { "id": "category_x" } }), vec!["NOT_FOUND incomeCategory.id"]),
    ] {
        for mode in ["ALL_OR_NOTHING", "GOOD_LINES"] {
            let mut input = input.clone();
            input["mode"] = json!(mode);
            let payload = import(&amina, input.clone()).await;
            assert_eq!(
                (errors(&payload), statuses(&payload)),
                (expected.iter().map(ToString::to_string).collect(), String::new()),
                "{input}"
            );
        }
    }
    let default = import(&amina, json!({ "csv": csv })).await;
    assert_eq!(errors(&default["lines"][0]), ["REQUIRED category"]);
}

#[apply(both_databases)]
async fn a_request_has_at_most_five_thousand_lines(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = |lines| file_of(lines, |number| format!("2026-11-01,-1,Food,{number}"));
    let fields = "lines { line status } added userErrors { code path message }";
    let send = async |lines: usize| {
        let input = json!({ "csv": file(lines), "mode": "GOOD_LINES" });
        amina.mutate("importTransactions", "ImportTransactionsInput", fields, input).await
    };
    let payload = send(5001).await;
    assert_eq!(errors(&payload), ["LIMIT_REACHED csv"]);
    assert!(payload["userErrors"][0]["message"].as_str().unwrap().contains("daybook import"), "{payload}");
    assert_eq!(transactions(&amina).await, [""; 0]);
    assert_eq!(send(5000).await["added"], 5000);
    let query = "mutation($csv: String!) { importTransactions(input: { csv: $csv }) { lines {
        transaction { lines { note } } } } }";
    assert_eq!(amina.error(query, json!({ "csv": file(5000) })).await, "QUERY_TOO_COMPLEX");
    app.assert_journal_is_whole().await;
}
