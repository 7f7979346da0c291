//! Summaries and statements of a customer, also as CSV.

use std::fmt::Write;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::harness::{Answer, Database, TestApp, User, large_documents};

async fn customer(owner: &User) -> String {
    let input = json!({ "name": "Salma" });
    let made = owner.mutate("createCustomer", "CreateCustomerInput", "customer { id }", input).await;
    made["customer"]["id"].as_str().unwrap().to_owned()
}

async fn add(owner: &User, customer: &str, kind: &str, amount: &str, date: &str, more: Value) {
    let mut input = json!({ "customerId": customer, "type": kind, "amount": amount, "date": date });
    input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let added = owner.mutate("addEntry", "AddEntryInput", "userErrors { message }", input).await;
    assert_eq!(added["userErrors"], json!([]));
}

async fn download(owner: &User, customer: &str, parameters: &str) -> Answer {
    let uri = format!("/customers/{customer}/statement.csv?{parameters}");
    let mut request = Request::get(uri);
    if let Some(token) = &owner.client.token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    owner.client.send(request.body(Body::empty()).unwrap()).await
}

const SUMMARY: &str = "query($id: ID!, $from: Date, $to: Date, $currency: CurrencyCode) {
    customerSummary(customerId: $id, from: $from, to: $to, currency: $currency) {
        currency otherCurrencies from to totalCredit { amount currency } totalDebit { amount } balance { amount }
        openingBalance { amount } closingBalance { amount } entryCount lastEntryDate } }";

#[apply(both_databases)]
async fn a_summary_counts_the_days_that_are_asked_for_and_names_other_currencies(on: Database) {
    let (_app, owner) = TestApp::with_owner(on).await;
    let id = customer(&owner).await;
    add(&owner, &id, "CREDIT", "100", "2026-01-31", json!({})).await;
    add(&owner, &id, "DEBIT", "30", "2026-02-28", json!({})).await;
    add(&owner, &id, "CREDIT", "5", "2026-03-01", json!({})).await;
    add(&owner, &id, "CREDIT", "7", "2026-03-01", json!({ "currency": "USD" })).await;
    let figures = |summary: &Value| {
        let figure = |name: &str| summary[name]["amount"].as_str().unwrap().to_owned();
        let names = ["openingBalance", "totalCredit", "totalDebit", "balance", "closingBalance"];
        (names.map(figure).join(" "), summary["entryCount"].clone(), summary["lastEntryDate"].clone())
    };
    for (from, to, expected, count, last) in [
        (None, None, "0.00 105.00 30.00 75.00 75.00", 3, json!("2026-03-01")),
        // A start without an end is not ignored, and neither is an end without a start.
        (Some("2026-02-01"), None, "100.00 5.00 30.00 -25.00 75.00", 2, json!("2026-03-01")),
        (None, Some("2026-02-28"), "0.00 100.00 30.00 70.00 70.00", 2, json!("2026-02-28")),
        (Some("2026-02-01"), Some("2026-02-27"), "100.00 0.00 0.00 0.00 100.00", 0, Value::Null),
        (Some("2026-01-31"), Some("2026-01-31"), "0.00 100.00 0.00 100.00 100.00", 1, json!("2026-01-31")),
        (Some("0001-01-01"), Some("9999-12-31"), "0.00 105.00 30.00 75.00 75.00", 3, json!("2026-03-01")),
        (Some("2026-04-01"), None, "75.00 0.00 0.00 0.00 75.00", 0, Value::Null),
    ] {
        let data = owner.gql(SUMMARY, json!({ "id": id, "from": from, "to": to })).await;
        let summary = &data["customerSummary"];
        assert_eq!(figures(summary), (expected.to_owned(), json!(count), last), "{from:?} {to:?}");
        assert_eq!(summary["otherCurrencies"], json!(["USD"]));
    }
    let data = owner.gql(SUMMARY, json!({ "id": id, "currency": "USD" })).await;
    assert_eq!(data["customerSummary"]["totalCredit"], json!({ "amount": "7.00", "currency": "USD" }));
    assert_eq!(data["customerSummary"]["otherCurrencies"], json!(["YEM"]));
    let data = owner.gql(SUMMARY, json!({ "id": id, "currency": "JPY" })).await;
    assert_eq!(data["customerSummary"]["closingBalance"]["amount"], "0");
    assert_eq!(data["customerSummary"]["otherCurrencies"], json!(["USD", "YEM"]));

    assert_eq!(owner.error(SUMMARY, json!({ "id": id, "from": "2026-02-02", "to": "2026-02-01" })).await, "INVALID");
    for from in ["2026-02-30", "0000-01-01", "10000-01-01", "", "yesterday"] {
        let answer = owner.client.request(SUMMARY, json!({ "id": id, "from": from })).await.json();
        assert!(answer.get("data").is_none() && answer["errors"].is_array(), "{from}: {answer}");
    }
}

#[apply(both_databases)]
async fn a_statement_can_be_downloaded(on: Database) {
    let (_app, owner) = TestApp::with_owner(on).await;
    let id = customer(&owner).await;
    add(&owner, &id, "CREDIT", "100", "2026-09-30", json!({ "note": "rice, \"two\" bags\nand a sack" })).await;
    add(&owner, &id, "DEBIT", "30", "2026-10-02", json!({ "note": "=1+1" })).await;
    let input = json!({ "customerId": id, "grossAmount": "50", "gstRate": "18", "date": "2026-10-05", "number": "+7" });
    owner.mutate("createInvoice", "CreateInvoiceInput", "userErrors { code }", input).await;
    let input = json!({ "customerId": id, "amount": "20", "paymentType": "UPI", "date": "2026-10-06" });
    owner.mutate("createReceipt", "CreateReceiptInput", "userErrors { code }", input).await;

    let answer = download(&owner, &id, "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/csv"));
    assert!(answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment; filename="));
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    let expected = "date,type,source,number,note,credit,debit,balance,currency
,OPENING,,,,,,0.00,YEM
2026-09-30,CREDIT,MANUAL,,\"rice, \"\"two\"\" bags
and a sack\",100.00,,100.00,YEM
2026-10-02,DEBIT,MANUAL,,'=1+1,,30.00,70.00,YEM
2026-10-05,CREDIT,INVOICE,'+7,,59.00,,129.00,YEM
2026-10-06,DEBIT,RECEIPT,RCT-0001,,,20.00,109.00,YEM
,CLOSING,,,,,,109.00,YEM
,AGING_CURRENT,,,,,,0.00,YEM
,AGING_1_TO_30_DAYS,,,,,,0.00,YEM
,AGING_31_TO_60_DAYS,,,,,,109.00,YEM
,AGING_61_TO_90_DAYS,,,,,,0.00,YEM
,AGING_OVER_90_DAYS,,,,,,0.00,YEM
,IN_ADVANCE,,,,,,0.00,YEM
";
    assert_eq!(answer.text, expected);

    let answer = download(&owner, &id, "from=2026-10-01&to=2026-10-03&currency=").await;
    let lines: Vec<_> = answer.text.lines().skip(1).take(3).collect();
    let expected = [
        "2026-10-01,OPENING,,,,,,100.00,YEM",
        "2026-10-02,DEBIT,MANUAL,,'=1+1,,30.00,70.00,YEM",
        "2026-10-03,CLOSING,,,,,,70.00,YEM",
    ];
    assert_eq!(lines, expected);
    let answer = download(&owner, &id, "currency=USD").await;
    assert!(answer.text.contains(",CLOSING,,,,,,0.00,USD"), "{}", answer.text);
}

#[apply(both_databases)]
async fn what_cannot_be_downloaded_is_refused(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let id = customer(&owner).await;
    let stranger = app.user("badr").await;
    let refused = async |user: &User, id: &str, parameters: &str| {
        let answer = download(user, id, parameters).await;
        (answer.status.as_u16(), answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused(&stranger, &id, "").await, (404, "NOT_FOUND".to_owned()));
    assert_eq!(refused(&owner, "customer_x", "").await, (404, "NOT_FOUND".to_owned()));
    for parameters in [
        "from=yesterday",
        "to=2026-02-30",
        "from=2026-02-02&to=2026-02-01",
        "currency=usd",
        "from=%FF",
        "from=2026-01-01&from=2026-01-02",
    ] {
        assert_eq!(refused(&owner, &id, parameters).await, (400, "INVALID".to_owned()), "{parameters}");
    }
    for token in [None, Some(""), Some("x.y.z")] {
        let mut nobody = owner.clone();
        nobody.client.token = token.map(str::to_owned);
        assert_eq!(refused(&nobody, &id, "").await, (401, "UNAUTHENTICATED".to_owned()), "{token:?}");
    }
    owner.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    assert_eq!(refused(&owner, &id, "").await, (401, "UNAUTHENTICATED".to_owned()));
}

#[apply(both_databases)]
async fn a_long_statement_is_written_whole(on: Database) {
    let app = TestApp::with(on, large_documents).await;
    let owner = app.user("amina").await;
    let id = customer(&owner).await;
    // More than two portions, many lines on one day.
    for part in 0..55 {
        let entry = |number: usize| {
            let input =
                format!("{{ customerId: \"{id}\", type: CREDIT, amount: 1, date: \"2026-10-{:02}\" }}", number % 3 + 1);
            format!("e{number}: addEntry(input: {input}) {{ userErrors {{ code }} }}")
        };
        let entries: Vec<_> = (0..20).map(|number| entry(part * 20 + number)).collect();
        owner.gql(&format!("mutation {{ {} }}", entries.join(" ")), json!({})).await;
    }
    let answer = download(&owner, &id, "").await;
    let balances: Vec<_> = answer.text.lines().filter(|line| line.contains(",CREDIT,")).collect();
    assert_eq!(balances.len(), 1100);
    for (line, number) in balances.iter().zip(1..) {
        assert!(line.ends_with(&format!(",1.00,,{number}.00,YEM")), "{line}");
    }
    assert!(answer.text.contains(",CLOSING,,,,,,1100.00,YEM"));
}

#[apply(both_databases)]
#[threads(4)]
async fn a_statement_is_of_one_moment_whatever_is_written_meanwhile(on: Database) {
    let app = TestApp::with(on, large_documents).await;
    let owner = app.user("amina").await;
    let id = customer(&owner).await;
    for part in 0..30 {
        let entry = |number: usize| {
            let input = format!("{{ customerId: \"{id}\", type: CREDIT, amount: 1, date: \"2026-10-05\" }}");
            format!("e{number}: addEntry(input: {input}) {{ userErrors {{ code }} }}")
        };
        let entries: Vec<_> = (0..20).map(|number| entry(part * 20 + number)).collect();
        owner.gql(&format!("mutation {{ {} }}", entries.join(" ")), json!({})).await;
    }
    let input = json!({ "customerId": id, "type": "CREDIT", "amount": "1000", "date": "2026-10-01" });
    let moved = owner.mutate("addEntry", "AddEntryInput", "entry { id }", input).await["entry"]["id"].take();

    // The large entry goes to and fro, over the portions that are read: what is owed is always the same.
    let writing = async {
        for number in 0..30 {
            let date = if number % 2 == 0 { "2026-10-09" } else { "2026-10-01" };
            let input = json!({ "id": moved, "date": date });
            owner.mutate("updateEntry", "UpdateEntryInput", "userErrors { code }", input).await;
        }
    };
    let downloading = async {
        for _ in 0..8 {
            let file = download(&owner, &id, "").await.text;
            assert!(file.contains(",CLOSING,,,,,,1600.00,YEM"), "{}", &file[file.len() - 400..]);
            assert!(file.contains(",AGING_31_TO_60_DAYS,,,,,,1600.00,YEM"));
        }
    };
    let reading = async {
        for _ in 0..20 {
            let query = "query($id: ID!) { customerStatement(customerId: $id) { closingBalance { amount }
                aging { overdue { amount } } lines(last: 2) { nodes { amount { amount } balanceAfter { amount } } } } }";
            let statement = owner.gql(query, json!({ "id": id })).await["customerStatement"].take();
            assert_eq!(statement["closingBalance"]["amount"], "1600.00");
            assert_eq!(statement["aging"]["overdue"]["amount"], "1600.00");
            let lines = &statement["lines"]["nodes"];
            assert_eq!(lines[1]["balanceAfter"]["amount"], "1600.00");
            let before = if lines[1]["amount"]["amount"] == "1.00" { "1599.00" } else { "600.00" };
            assert_eq!(lines[0]["balanceAfter"]["amount"], before);
        }
    };
    tokio::join!(writing, downloading, reading);
}

#[apply(both_databases)]
async fn the_balance_after_each_line_is_right_wherever_in_a_long_day_a_page_is(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let id = customer(&owner).await;
    let (mut file, mut balances, mut balance) = ("date,type,amount,customer,note\n".to_owned(), Vec::new(), 0_i64);
    // A day with more than twice as many entries as are read from its beginning, between two short ones.
    for number in 0..252_i64 {
        let date = match number {
            0 => "2026-11-01",
            251 => "2026-11-03",
            _ => "2026-11-02",
        };
        let (kind, amount) = if number % 3 == 0 { ("DEBIT", -(number + 1)) } else { ("CREDIT", number + 2) };
        writeln!(file, "{date},{kind},{},Salma,", amount.abs()).unwrap();
        balance += amount;
        balances.push(format!("{balance}.00"));
    }
    assert_eq!(app.import_of("entries", "amina", file, &[]).count("ADDED"), 252);
    let query = "query($id: ID!, $first: Int, $after: String) { customerStatement(customerId: $id) {
        lines(first: $first, after: $after) { nodes { id balanceAfter { amount } } pageInfo { endCursor } } } }";
    let (mut after, mut found, mut ids) = (Value::Null, Vec::new(), Vec::new());
    for size in [1, 1, 99, 20, 20, 100, 10, 1] {
        let variables = json!({ "id": id, "first": size, "after": after });
        let mut lines = owner.gql(query, variables).await["customerStatement"]["lines"].take();
        for line in lines["nodes"].as_array().unwrap() {
            found.push(line["balanceAfter"]["amount"].as_str().unwrap().to_owned());
            ids.push(line["id"].clone());
        }
        after = lines["pageInfo"]["endCursor"].take();
    }
    assert_eq!(found, balances);
    // Some of the middle that do not follow each other.
    let some = [130, 250, 125, 251, 0, 1];
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Entry { balanceAfter { amount } } } }";
    let nodes = owner.gql(query, json!({ "ids": some.map(|at| ids[at].clone()) })).await["nodes"].take();
    let expected = some.map(|at| json!({ "balanceAfter": { "amount": balances[at] } }));
    assert_eq!(nodes, json!(expected));
}
