//! Invoices: sums and taxes, filters, and voiding them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Database, PASSWORD, TestApp, User, errors, id_of, messages};

/// The input of an invoice with some fields more.
fn with(base: &Value, more: &Value) -> Value {
    let mut input = base.clone();
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// The sums of an invoice: gross, the three taxes, other charges and the total.
fn sums(payload: &Value) -> String {
    id_of(payload, "invoice");
    ["grossAmount", "cgst", "sgst", "igst", "otherCharges", "totalAmount"]
        .map(|field| payload["invoice"][field]["amount"].as_str().unwrap())
        .join(" ")
}

#[apply(both_databases)]
async fn the_server_works_out_every_sum(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let line = |quantity: &str, price: &str, rate: Value| json!({ "description": "tea", "hsnCode": "0902", "quantity": quantity, "unitPrice": price, "rate": rate });
    let null = Value::Null;
    for (input, expected) in [
        (json!({ "grossAmount": "100" }), "100.00 0.00 0.00 0.00 0.00 100.00"),
        (json!({ "grossAmount": "100", "gstRate": "18" }), "100.00 9.00 9.00 0.00 0.00 118.00"),
        (json!({ "grossAmount": "100", "gstRate": "18", "interState": true }), "100.00 0.00 0.00 18.00 0.00 118.00"),
        (json!({ "grossAmount": "100", "gstRate": "0", "otherCharges": "2.5" }), "100.00 0.00 0.00 0.00 2.50 102.50"),
        (json!({ "grossAmount": "100", "cgst": "9", "sgst": "9" }), "100.00 9.00 9.00 0.00 0.00 118.00"),
        (json!({ "grossAmount": "100", "igst": "5", "interState": true }), "100.00 0.00 0.00 5.00 0.00 105.00"),
        // Half a unit is rounded up, in each tax alike.
        (json!({ "grossAmount": "0.10", "gstRate": "10" }), "0.10 0.01 0.01 0.00 0.00 0.12"),
        (json!({ "grossAmount": "0.09", "gstRate": "10" }), "0.09 0.00 0.00 0.00 0.00 0.09"),
        (json!({ "grossAmount": "0.05", "gstRate": "10", "interState": true }), "0.05 0.00 0.00 0.01 0.00 0.06"),
        (json!({ "grossAmount": "333.33", "gstRate": "5" }), "333.33 8.33 8.33 0.00 0.00 349.99"),
        (json!({ "grossAmount": "1000", "gstRate": "0.125" }), "1000.00 0.63 0.63 0.00 0.00 1001.26"),
        // As many decimals as the currency has.
        (json!({ "grossAmount": "99", "gstRate": "5", "currency": "JPY" }), "99 2 2 0 0 103"),
        (json!({ "grossAmount": "1.001", "gstRate": "5", "currency": "KWD" }), "1.001 0.025 0.025 0.000 0.000 1.051"),
        // Lines, each rounded; with rates of their own or the invoice's.
        (json!({ "lines": [line("2.5", "10", null.clone())] }), "25.00 0.00 0.00 0.00 0.00 25.00"),
        (
            json!({ "lines": [line("0.0001", "50", null.clone()), line("1", "0", null.clone())] }),
            "0.01 0.00 0.00 0.00 0.00 0.01",
        ),
        (
            json!({ "lines": [line("3", "33.33", json!("5")), line("1", "10", json!("28"))], "grossAmount": "109.99" }),
            "109.99 3.90 3.90 0.00 0.00 117.79",
        ),
        (
            json!({ "lines": [line("1", "100", json!("0")), line("1", "100", null)], "gstRate": "12", "interState": true }),
            "200.00 0.00 0.00 12.00 0.00 212.00",
        ),
    ] {
        let made = amina.create_invoice(with(&json!({ "customerId": customer }), &input)).await;
        assert_eq!(sums(&made), expected, "{input}");
        assert_eq!(made["invoice"]["totalAmount"]["amount"], made["invoice"]["outstanding"]["amount"]);
        // The client that works out the same is agreed with.
        let figures = ["cgst", "sgst", "igst", "grossAmount", "totalAmount"];
        let figures = figures.map(|field| (field.to_owned(), made["invoice"][field]["amount"].clone()));
        let agreeing =
            with(&with(&json!({ "customerId": customer }), &input), &Value::Object(figures.into_iter().collect()));
        assert_eq!(sums(&amina.create_invoice(agreeing).await), expected, "{input}");
    }
    let query = "query($id: ID!) { customer(id: $id) { balances { amount currency } } }";
    let owed = amina.gql(query, json!({ "id": customer })).await["customer"]["balances"].take();
    assert_eq!(owed[0], json!({ "amount": "206", "currency": "JPY" }));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_sum_that_the_client_has_wrong_is_refused_with_the_right_one(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let base = json!({ "customerId": customer, "grossAmount": "100", "gstRate": "18", "otherCharges": "3" });
    let lines = json!({ "lines": [{ "description": "tea", "quantity": "3", "unitPrice": "33.33" }] });
    for (more, path, right) in [
        (json!({ "cgst": "9.01" }), "cgst", "9.27 YEM"),
        (json!({ "sgst": "0" }), "sgst", "9.27 YEM"),
        (json!({ "igst": "18" }), "igst", "0.00 YEM"),
        (json!({ "totalAmount": "121" }), "totalAmount", "121.54 YEM"),
        (json!({ "totalAmount": "121.53" }), "totalAmount", "121.54 YEM"),
        (json!({ "interState": true, "igst": "9" }), "igst", "18.54 YEM"),
        (json!({ "interState": true, "cgst": "9" }), "cgst", "0.00 YEM"),
        (lines.clone(), "grossAmount", "99.99 YEM"),
    ] {
        let refused = amina.create_invoice(with(&base, &more)).await;
        assert_eq!(errors(&refused), [format!("INVALID {path}")], "{more}");
        assert!(messages(&refused).contains(right), "{more}: {}", messages(&refused));
    }
    let both = amina.create_invoice(with(&base, &json!({ "cgst": "1", "sgst": "2" }))).await;
    assert_eq!(errors(&both), ["INVALID cgst", "INVALID sgst"]);

    // Taxes without a rate: both halves or the whole, never both of these and never one half.
    let base = json!({ "customerId": customer, "grossAmount": "100" });
    for (more, path) in [
        (json!({ "cgst": "9" }), "sgst"),
        (json!({ "sgst": "9" }), "sgst"),
        (json!({ "cgst": "9", "sgst": "8.99" }), "sgst"),
        (json!({ "cgst": "9", "sgst": "9", "igst": "18" }), "igst"),
        (json!({ "cgst": "9", "igst": "9" }), "igst"),
        (json!({ "cgst": "9", "sgst": "9", "interState": true }), "interState"),
        (json!({ "cgst": "-9", "sgst": "-9" }), "cgst"),
        (json!({ "igst": "0.001" }), "igst"),
        (json!({ "otherCharges": "-1" }), "otherCharges"),
        (json!({ "grossAmount": "0" }), "grossAmount"),
        (json!({ "grossAmount": "-1" }), "grossAmount"),
        (json!({ "grossAmount": "1.005" }), "grossAmount"),
        (json!({ "gstRate": "-1" }), "gstRate"),
        (json!({ "gstRate": "100.001" }), "gstRate"),
        (json!({ "gstRate": "1.0001" }), "gstRate"),
        (json!({ "date": "2026-11-20", "dueDate": "2026-11-19" }), "dueDate"),
        (json!({ "date": "1899-12-31", "dueDate": "2026-11-19" }), "date"),
        (json!({ "date": "2026-11-20", "dueDate": "2200-01-01" }), "dueDate"),
        (json!({ "note": "nul\0l" }), "note"),
        (json!({ "number": "" }), "number"),
        (json!({ "number": "x".repeat(41) }), "number"),
        (json!({ "number": "a\nb" }), "number"),
    ] {
        let refused = errors(&amina.create_invoice(with(&base, &more)).await);
        assert!(refused.contains(&format!("INVALID {path}")), "{more}: {refused:?}");
    }
    let base = json!({ "customerId": customer });
    assert_eq!(errors(&amina.create_invoice(base.clone()).await), ["REQUIRED grossAmount"]);
    for (field, bad) in [
        ("quantity", json!("0")),
        ("quantity", json!("-1")),
        ("quantity", json!("1.00001")),
        ("unitPrice", json!("-1")),
        ("unitPrice", json!("0.0000001")),
        ("rate", json!("101")),
        ("description", json!(" ")),
        ("hsnCode", json!("1")),
        ("hsnCode", json!("12ab")),
    ] {
        let mut lines = lines.clone();
        lines["lines"][0][field] = bad.clone();
        let refused = amina.create_invoice(with(&base, &lines)).await;
        assert_eq!(errors(&refused), [format!("INVALID lines.0.{field}")], "{bad}");
    }
    let nothing = json!({ "lines": [{ "description": "gift", "quantity": "1", "unitPrice": "0" }] });
    assert_eq!(errors(&amina.create_invoice(with(&base, &nothing)).await), ["INVALID lines"]);
    let many = json!({ "lines": vec![lines["lines"][0].clone(); 101] });
    assert_eq!(errors(&amina.create_invoice(with(&base, &many)).await), ["LIMIT_REACHED lines"]);
    let huge = json!({ "grossAmount": "9999999999999", "gstRate": "100" });
    assert_eq!(errors(&amina.create_invoice(with(&base, &huge)).await), ["LIMIT_REACHED grossAmount"]);
    assert_eq!(amina.owed(&customer).await, "0.00");
    // What was refused left no gap behind.
    let first = amina.create_invoice(with(&base, &json!({ "grossAmount": "1" }))).await;
    assert_eq!(first["invoice"]["number"], "INV-0001");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_invoice_is_voided_once_and_counts_no_more(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let new = json!({
        "customerId": customer, "gstRate": "18", "otherCharges": "1", "idempotencyKey": "make",
        "lines": [{ "description": "tea", "quantity": "10", "unitPrice": "10" }],
    });
    let made = amina.create_invoice(new.clone()).await;
    let id = id_of(&made, "invoice");
    assert_eq!(amina.owed(&customer).await, "119.18");
    let again = amina.create_invoice(new.clone()).await;
    assert_eq!((&again["invoice"], &again["replayed"]), (&made["invoice"], &json!(true)));
    let refused = amina.create_invoice(with(&new, &json!({ "gstRate": "5" }))).await;
    assert_eq!(errors(&refused), ["IDEMPOTENCY_CONFLICT idempotencyKey"]);

    assert_eq!(errors(&amina.void_invoice(json!({ "id": id, "reason": " " })).await), ["INVALID reason"]);
    let long = "x".repeat(501);
    assert_eq!(errors(&amina.void_invoice(json!({ "id": id, "reason": long })).await), ["INVALID reason"]);
    let voiding = json!({ "id": id, "reason": "wrong price", "idempotencyKey": "void" });
    let voided = amina.void_invoice(voiding.clone()).await;
    let invoice = &voided["invoice"];
    assert_eq!((&invoice["status"], &invoice["voidReason"]), (&json!("VOID"), &json!("wrong price")));
    assert_eq!((&invoice["outstanding"]["amount"], &invoice["paid"]["amount"]), (&json!("0.00"), &json!("0.00")));
    assert_eq!((&invoice["totalAmount"]["amount"], &invoice["number"]), (&json!("119.18"), &json!("INV-0001")));
    assert_eq!(amina.void_invoice(voiding).await["replayed"], true);
    assert_eq!(errors(&amina.void_invoice(json!({ "id": id, "reason": "again" })).await), ["NOT_ALLOWED id"]);
    assert_eq!(amina.owed(&customer).await, "0.00");
    // An entry by hand is no invoice, although it has an id of the same form.
    let entry = amina.entry(&customer, "CREDIT", "1", "2026-11-20").await;
    let as_invoice = entry.replace("entry_", "invoice_");
    assert_eq!(errors(&amina.void_invoice(json!({ "id": as_invoice, "reason": "?" })).await), ["NOT_FOUND id"]);
    assert_eq!(errors(&amina.void_invoice(json!({ "id": entry, "reason": "?" })).await), ["NOT_FOUND id"]);
    assert_eq!(amina.owed(&customer).await, "1.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_invoice_stands_as_its_payments_and_the_day_say(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let new = |due: &str| json!({ "customerId": customer, "grossAmount": "100", "dueDate": due });
    let [paid, part, open, void] = [
        amina.create_invoice(new("2026-11-22")).await,
        amina.create_invoice(new("2026-11-22")).await,
        amina.create_invoice(new("2026-11-23")).await,
        amina.create_invoice(new("2026-11-22")).await,
    ]
    .map(|made| id_of(&made, "invoice"));
    amina.void_invoice(json!({ "id": void, "reason": "wrong" })).await;
    amina.receipt(&customer, "130", "2026-11-21").await;
    let all = [&paid, &part, &open, &void];
    let statuses = async |user: &User| {
        let mut statuses = Vec::new();
        for invoice in all {
            let status = user.standing(invoice).await.split(' ').next().unwrap().to_owned();
            let query =
                "query($status: InvoiceStatus) { invoices(filter: { status: $status }) { nodes { id } totalCount } }";
            let listed = user.gql(query, json!({ "status": status })).await["invoices"].take();
            let nodes = listed["nodes"].as_array().unwrap();
            assert!(nodes.iter().any(|node| node["id"] == **invoice), "{status} {listed}");
            assert_eq!(listed["totalCount"], nodes.len());
            statuses.push(status);
        }
        statuses
    };
    let before = ["PAID", "PARTIALLY_PAID", "OPEN", "VOID"];
    assert_eq!(statuses(&amina).await, before);
    app.advance(TimeDelta::days(1));
    let amina = User { client: login(&app).await, ..amina };
    // On the day itself it may still be paid.
    assert_eq!(statuses(&amina).await, before);
    app.advance(TimeDelta::days(1));
    let amina = User { client: login(&app).await, ..amina };
    assert_eq!(statuses(&amina).await, ["PAID", "OVERDUE", "OPEN", "VOID"]);
    app.advance(TimeDelta::days(1));
    let amina = User { client: login(&app).await, ..amina };
    assert_eq!(statuses(&amina).await, ["PAID", "OVERDUE", "OVERDUE", "VOID"]);
    assert_eq!(amina.standing(&part).await, "OVERDUE 30.00 70.00");
    amina.receipt(&customer, "70", "2026-11-24").await;
    assert_eq!(statuses(&amina).await, ["PAID", "PAID", "OVERDUE", "VOID"]);
    app.assert_journal_is_whole().await;
}

/// The token of the first day has expired.
async fn login(app: &TestApp) -> Client {
    let query = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
    let input = json!({ "identifier": "amina", "password": PASSWORD });
    let session = app.anonymous().gql(query, json!({ "input": input })).await;
    app.anonymous().with_token(session["login"]["accessToken"].as_str().unwrap())
}
