//! Months: which day is in which, what day it is where the book is, and the figures of a report.

use chrono::{DateTime, Utc};
use daybook::entity::{account_month, transaction};
use sea_orm::{EntityTrait, sea_query::Expr};
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

/// Lets time go by until a moment.
fn wait_until(app: &TestApp, moment: &str) {
    app.advance(moment.parse::<DateTime<Utc>>().unwrap() - app.now());
}

async fn move_to(user: &User, time_zone: Value) {
    let fields = "book { timeZone } userErrors { code path }";
    let moved = user.mutate("updateBook", "UpdateBookInput", fields, json!({ "timeZone": time_zone })).await;
    assert_eq!((errors(&moved), &moved["book"]["timeZone"]), (vec![], &json!(time_zone.as_str().unwrap_or("UTC"))));
}

/// The tokens of a user who logs in again: the clock was moved past those that they had.
async fn log_in_again(app: &TestApp, user: &User) -> User {
    let query = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
    let input = json!({ "identifier": "amina", "password": crate::harness::PASSWORD });
    let session = app.anonymous().gql(query, json!({ "input": input })).await["login"].take();
    let client = app.anonymous().with_token(session["accessToken"].as_str().unwrap());
    User { client, ..user.clone() }
}

#[apply(both_databases)]
async fn the_first_and_the_last_day_of_a_month_are_in_it(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for (amount, date) in [
        ("1", "2023-12-31"),
        ("2", "2024-01-01"),
        ("4", "2024-01-31"),
        ("8", "2024-02-01"),
        ("16", "2024-02-29"),
        ("32", "2024-03-01"),
        ("64", "2024-12-31"),
        ("128", "2025-01-01"),
        ("256", "1900-01-01"),
        ("512", "2199-12-31"),
    ] {
        amina.spend("Food", amount, date).await;
        id_of(&amina.set_budget(json!({ "category": { "name": "Food" }, "limit": "1000" })).await, "budget");
    }
    for (month, spent, before) in [
        ("2023-12", "1.00", "0.00"),
        ("2024-01", "6.00", "1.00"),
        ("2024-02", "24.00", "6.00"),
        ("2024-03", "32.00", "24.00"),
        ("2024-04", "0.00", "32.00"),
        ("2024-12", "64.00", "0.00"),
        ("2025-01", "128.00", "64.00"),
        ("1900-01", "256.00", "0.00"),
        ("2199-12", "512.00", "0.00"),
    ] {
        let report = amina.report(month).await;
        assert_eq!((&report["month"], &report["totalExpense"]["amount"]), (&json!(month), &json!(spent)));
        let food = &report["categories"][0];
        assert_eq!((&food["total"]["amount"], &food["previousTotal"]["amount"]), (&json!(spent), &json!(before)));
        assert_eq!(report["budgets"][0]["spent"]["amount"], spent);
    }
    assert_eq!(amina.report("2024-05").await["categories"], json!([]));
    let months = "query($from: YearMonth!, $to: YearMonth!) {
        monthlyReports(from: $from, to: $to) { month totalExpense { amount } } }";
    let year = amina.gql(months, json!({ "from": "2023-12", "to": "2024-03" })).await["monthlyReports"].take();
    let month = |month: &str, spent: &str| json!({ "month": month, "totalExpense": { "amount": spent } });
    let expected = [("2023-12", "1.00"), ("2024-01", "6.00"), ("2024-02", "24.00"), ("2024-03", "32.00")];
    assert_eq!(year, json!(expected.map(|(of, spent)| month(of, spent))));
    for (from, to) in [("2024-02", "2024-01"), ("2021-01", "2024-01"), ("1900-01", "2199-12")] {
        assert_eq!(amina.error(months, json!({ "from": from, "to": to })).await, "INVALID", "{from}");
    }
    let three_years = amina.gql(months, json!({ "from": "2022-01", "to": "2024-12" })).await;
    assert_eq!(three_years["monthlyReports"].as_array().unwrap().len(), 36);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn today_is_the_day_where_the_book_is_and_a_given_date_is_never_shifted(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    // Half past nine in the evening of the last day of the year in UTC: half past midnight in Aden.
    wait_until(&app, "2026-12-31T21:30:00Z");
    let amina = log_in_again(&app, &amina).await;
    let zones = [
        (Value::Null, "2026-12-31", "USD"),
        (json!("America/New_York"), "2026-12-31", "EUR"),
        (json!("Asia/Aden"), "2027-01-01", "INR"),
        (json!("Pacific/Kiritimati"), "2027-01-01", "SAR"),
        (json!("Pacific/Pago_Pago"), "2026-12-31", "AED"),
    ];
    for (time_zone, today, currency) in &zones {
        move_to(&amina, time_zone.clone()).await;
        let spent = amina.add_transaction(json!({ "category": { "name": "Food" }, "amount": "1" })).await;
        let entry = amina.add_entry(json!({ "customerId": customer, "type": "CREDIT", "amount": "1" })).await;
        let invoice = amina.create_invoice(json!({ "customerId": customer, "grossAmount": "1" })).await;
        let receipt = json!({ "customerId": customer, "amount": "1", "paymentType": "CASH" });
        let receipt = amina.create_receipt(receipt).await;
        let dates = [&spent["transaction"], &entry["entry"], &invoice["invoice"], &receipt["receipt"]];
        assert_eq!(dates.map(|document| &document["date"]), [*today; 4], "{time_zone}");
        // What is left of a budget is carried over from the month on in which it was set.
        let budget = json!({ "category": { "name": "Food" }, "limit": "1", "currency": currency });
        assert_eq!(amina.set_budget(budget).await["budget"]["rolloverFrom"], today[..7], "{time_zone}");
        // What is given is written down, whatever day it is.
        for date in ["2026-12-31", "2027-01-01"] {
            let id = amina.spend("Food", "10", date).await;
            let query = "query($id: ID!) { transaction(id: $id) { date versions { nodes { date } } } }";
            let found = amina.gql(query, json!({ "id": id })).await["transaction"].take();
            assert_eq!(found, json!({ "date": date, "versions": { "nodes": [{ "date": date }] } }), "{time_zone}");
        }
    }
    // Wherever the book is moved to, what was written stays where it was.
    for (time_zone, ..) in zones {
        move_to(&amina, time_zone).await;
        for (month, spent) in [("2026-12", "53.00"), ("2027-01", "52.00")] {
            assert_eq!(amina.report(month).await["totalExpense"]["amount"], spent);
        }
        let query = "{ transactions(filter: { to: \"2026-12-31\" }) { totalCount totals { expense { amount } } } }";
        let expected = json!({ "totalCount": 8, "totals": { "expense": { "amount": "53.00" } } });
        assert_eq!(amina.gql(query, json!({})).await["transactions"], expected);
    }
    let query = "mutation($zone: TimeZone) { updateBook(input: { timeZone: $zone }) { book { timeZone } } }";
    for bad in ["", "Asia/Nowhere", "+03:00", "🌼", "asia/aden\0"] {
        let answer = amina.client.request(query, json!({ "zone": bad })).await.json();
        assert!(answer["errors"].is_array(), "{bad}: {answer}");
    }
    app.assert_journal_is_whole().await;
}

/// All that is a number in an answer, by the names of the fields.
fn numbers<'a>(value: &'a Value, name: &'a str, found: &mut Vec<&'a str>) {
    match value {
        Value::Number(_) => found.push(name),
        Value::Array(list) => list.iter().for_each(|value| numbers(value, name, found)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| numbers(value, name, found)),
        _ => {}
    }
}

#[apply(both_databases)]
async fn the_figures_of_a_report_are_exact_texts_with_the_digits_of_the_currency(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    // Sums that a binary fraction has not, and one beyond the whole numbers that it has.
    for (currency, small, most, sums) in [
        ("USD", ["0.10", "0.20"], "9999999999999.99", ["0.00", "0.30", "99999999999999.90", "100000000000000.20"]),
        ("JPY", ["1", "2"], "999999999999999", ["0", "3", "9999999999999990", "9999999999999993"]),
        ("KWD", ["0.001", "0.002"], "999999999999.999", ["0.000", "0.003", "9999999999999.990", "9999999999999.993"]),
    ] {
        let add = async |category: &str, amount: &str, date: &str| {
            let input =
                json!({ "category": { "name": category }, "amount": amount, "currency": currency, "date": date });
            id_of(&amina.add_transaction(input).await, "transaction");
        };
        for amount in small {
            add("Food", amount, "2026-10-31").await;
            add("Food", amount, "2026-11-01").await;
        }
        for _ in 0..10 {
            add("Data", most, "2026-11-30").await;
        }
        let budget = json!({ "category": { "name": "Data" }, "limit": most, "currency": currency });
        id_of(&amina.set_budget(budget).await, "budget");
        let report = amina.report_in("2026-11", json!(currency)).await;
        let [zero, small, large, all] = sums;
        let money = |amount: &str| json!({ "amount": amount, "currency": currency });
        assert_eq!([&report["totalIncome"], &report["totalExpense"]], [&money(zero), &money(all)]);
        assert_eq!(report["netSavings"], money(&format!("-{all}")));
        assert_eq!(report["unbudgeted"]["amount"], small);
        let row = |name: &str, total: &str, share: &str, count: u32, before: &str, change: &str| {
            json!({
                "category": { "name": name }, "total": { "amount": total }, "share": share, "transactionCount": count,
                "previousTotal": { "amount": before }, "change": { "amount": change },
            })
        };
        let rows = [row("Data", large, "100.00", 10, zero, large), row("Food", small, "0.00", 2, small, zero)];
        assert_eq!(report["categories"], json!(rows));
        let budget = &report["budgets"][0];
        assert_eq!((&budget["usedShare"], &budget["state"]), (&json!("1000.00"), &json!("OVER")));
        assert_eq!((&budget["spent"]["amount"], &budget["limit"]["amount"]), (&json!(large), &json!(most)));
        let mut found = Vec::new();
        numbers(&report, "", &mut found);
        assert_eq!(found, ["transactionCount"; 2]);
        // Thirds are shared out to exactly a hundred.
        for category in ["Food", "Data", "Transport"] {
            add(category, small, "2026-12-01").await;
        }
        let report = amina.report_in("2026-12", json!(currency)).await;
        let shares = report["categories"].as_array().unwrap().iter().map(|row| row["share"].as_str().unwrap());
        assert_eq!(shares.collect::<Vec<_>>(), ["33.34", "33.33", "33.33"]);
    }
    let report = amina.report("2026-11").await;
    assert_eq!((&report["currency"], &report["otherCurrencies"]), (&json!("YEM"), &json!(["JPY", "KWD", "USD"])));
    assert_eq!(report["totalExpense"], json!({ "amount": "0.00", "currency": "YEM" }));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn sums_of_many_accounts_are_exact_beyond_64_bits(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for category in ["Salary", "Other income"] {
        let new = json!({ "category": { "name": category }, "amount": 1, "date": "2026-11-01" });
        assert_eq!(errors(&amina.add_transaction(new).await), [""; 0]);
    }
    // As much as an account can count would take thousands of the largest amounts.
    let most = Expr::value(i64::MAX);
    let db = sea_orm::Database::connect(&app.url).await.unwrap();
    let months = account_month::Entity::update_many().col_expr(account_month::Column::Credits, most.clone());
    months.exec(&db).await.unwrap();
    let transactions = transaction::Entity::update_many().col_expr(transaction::Column::Amount, most);
    transactions.exec(&db).await.unwrap();
    db.close().await.unwrap();
    let twice = "184467440737095516.14";
    let query = "{ monthlyReport(month: \"2026-11\") { totalIncome { amount } netSavings { amount } }
        transactions(filter: { minAmount: 1 }) { totals { income { amount } net { amount } } } }";
    let data = amina.gql(query, json!({})).await;
    assert_eq!(data["monthlyReport"], json!({ "totalIncome": { "amount": twice }, "netSavings": { "amount": twice } }));
    assert_eq!(data["transactions"]["totals"], json!({ "income": { "amount": twice }, "net": { "amount": twice } }));
}

#[apply(both_databases)]
async fn a_report_of_a_book_in_all_currencies_costs_no_more(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let report = "{ monthlyReport(month: \"2026-11\") { otherCurrencies totalExpense { amount } } }";
    amina.spend("Food", "1", "2026-11-01").await;
    // The first time the server does not know yet that it needs more than one statement.
    amina.gql(report, json!({})).await;
    let before = app.statements();
    amina.gql(report, json!({})).await;
    let costs = app.statements() - before;
    for currency in ["AED", "EUR", "INR", "JPY", "KWD", "SAR", "USD"] {
        for category in ["Food", "Data", "Transport"] {
            let new =
                json!({ "category": { "name": category }, "amount": 5, "currency": currency, "date": "2026-11-01" });
            assert_eq!(errors(&amina.add_transaction(new).await), [""; 0]);
        }
    }
    let before = app.statements();
    let data = amina.gql(report, json!({})).await["monthlyReport"].take();
    assert_eq!(app.statements() - before, costs);
    let others = json!(["AED", "EUR", "INR", "JPY", "KWD", "SAR", "USD"]);
    assert_eq!(data, json!({ "otherCurrencies": others, "totalExpense": { "amount": "1.00" } }));
}
