//! Amounts and dates as people type them, and what a request is told when they have a wrong form.

use serde_json::json;

use crate::harness::{Database, TestApp, errors};

#[apply(both_databases)]
async fn digits_of_other_scripts_are_read(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Zahra").await;
    for (amount, date) in [("١٢٫٥٠", "٢٠٢٦-١١-٢٠"), ("१२.५०", "२०२६-११-२०"), ("１２．５０", "２０２６－１１－２０")]
    {
        let input = json!({ "customerId": customer, "type": "CREDIT", "amount": amount, "date": date });
        let added = amina.add_entry(input).await;
        assert_eq!(errors(&added), [""; 0]);
        let entry = &added["entry"];
        assert_eq!((&entry["amount"]["amount"], &entry["date"]), (&json!("12.50"), &json!("2026-11-20")));
    }
    let query = format!(
        "mutation {{ addEntry(input: {{ customerId: \"{customer}\", type: DEBIT, amount: \"۷٫۵\", date: \"۲۰۲۶-۱۱-۲۰\" }}) {{ entry {{ amount {{ amount }} date }} }} }}"
    );
    let expected = json!({ "amount": { "amount": "7.50" }, "date": "2026-11-20" });
    assert_eq!(amina.gql(&query, json!({})).await["addEntry"]["entry"], expected);
}

#[apply(both_databases)]
async fn an_amount_or_date_of_a_wrong_form_is_named_by_its_path_with_an_example(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let (amount, date) = ("a decimal number, such as \"12.50\"", "a day of the calendar, such as \"2026-11-20\"");
    let line = |price: &str| json!({ "description": "Lamp", "quantity": "1", "unitPrice": price });
    let input = json!({ "customerId": "customer_", "date": "20.11.2026", "lines": [line("5"), line("5,00")] });
    let query = "mutation($input: CreateInvoiceInput!) { createInvoice(input: $input) { replayed } }";
    let answer = amina.client.request(query, json!({ "input": input })).await.json();
    let found = |answer: &serde_json::Value| -> Vec<(String, String)> {
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let errors = answer["errors"].as_array().unwrap().iter();
        errors.map(|error| (text(&error["extensions"]["code"]), text(&error["message"]))).collect()
    };
    let wrong = |path: &str, example: &str| {
        let message = format!("Variable \"$input\" got an invalid value at \"{path}\": expected {example}.");
        ("BAD_USER_INPUT".to_owned(), message)
    };
    let mut errors = found(&answer);
    errors.sort();
    assert_eq!(errors, [wrong("$input.date", date), wrong("$input.lines[1].unitPrice", amount)]);

    let query = "mutation { createInvoice(input: { customerId: \"customer_\", date: \"2026-13-01\", lines: [
        { description: \"Lamp\", quantity: \"1\", unitPrice: \"five\" } ] }) { replayed } }";
    let wrong = |path: &str, example: &str| {
        let message = format!("Argument \"{path}\" has an invalid value: expected {example}.");
        ("BAD_USER_INPUT".to_owned(), message)
    };
    let errors = found(&amina.client.request(query, json!({})).await.json());
    assert_eq!(errors, [wrong("input.date", date), wrong("input.lines[0].unitPrice", amount)]);
}

#[apply(both_databases)]
async fn an_amount_with_too_many_digits_is_told_how_many_it_may_have(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let text = "expected a decimal number of at most 100 characters.";
    let number = "expected a number of at most 15 digits; send a longer one as a string of at most 100 characters.";
    let wallet = format!("wallet: {{ id: \"{}\" }}", amina.wallet);
    let digits = "9".repeat(400);
    let query =
        format!("mutation($amount: Decimal!) {{ deposit(input: {{ {wallet}, amount: $amount }}) {{ replayed }} }}");
    for (amount, expected) in [(json!(digits), text), (json!(1e30), number), (json!(0.123_456_789_012_345_6), number)] {
        let error = amina.client.request(&query, json!({ "amount": amount })).await.json()["errors"][0].take();
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{error}");
        assert_eq!(error["message"], format!("Variable \"$amount\" got an invalid value: {expected}"));
    }
    for (amount, expected) in [(format!("\"{digits}\""), text), (digits, text), ("1e400".to_owned(), number)] {
        let query = format!("mutation {{ deposit(input: {{ {wallet}, amount: {amount} }}) {{ replayed }} }}");
        let error = amina.client.request(&query, json!({})).await.json()["errors"][0].take();
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{error}");
        assert_eq!(error["message"], format!("Argument \"input.amount\" has an invalid value: {expected}"));
    }
    // What can be read and is no amount of the currency is an error of the user.
    let query =
        format!("mutation {{ deposit(input: {{ {wallet}, amount: 1e30 }}) {{ userErrors {{ code path message }} }} }}");
    let refused = amina.gql(&query, json!({})).await["deposit"]["userErrors"].take();
    let message = "An amount in YEM is at most 92233720368547758.07.";
    assert_eq!(refused, json!([{ "code": "INVALID", "path": ["amount"], "message": message }]));
    assert_eq!(amina.balance(&amina.wallet).await, "0.00");
}
