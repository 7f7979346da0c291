//! No query costs one SQL statement per row.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, any_price};

async fn create(owner: &User, mutation: &str, thing: &str, input: Value) -> String {
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let payload =
        owner.mutate(mutation, &input_type, &format!("{thing} {{ id }} userErrors {{ message }}"), input).await;
    payload[thing]["id"].as_str().unwrap_or_else(|| panic!("{payload}")).to_owned()
}

/// What is asked for at the same moment is loaded together, and moments may fall together: so one or two more or less.
fn are_alike((few, many): (&usize, &usize)) -> bool {
    few.abs_diff(*many) <= 2
}

/// Customers with something in every list.
async fn add_customers(owner: &User, count: usize) {
    for number in 0..count {
        let customer =
            create(owner, "createCustomer", "customer", json!({ "name": format!("Customer {number:03}") })).await;
        for (kind, currency) in [("CREDIT", "YEM"), ("CREDIT", "YEM"), ("DEBIT", "USD")] {
            let input = json!({ "customerId": customer, "type": kind, "amount": "5", "currency": currency });
            create(owner, "addEntry", "entry", input).await;
        }
        let lines = json!([{ "description": "Rice", "quantity": "2", "unitPrice": "10" }]);
        create(owner, "createInvoice", "invoice", json!({ "customerId": customer, "lines": lines })).await;
        let wallet = if number % 2 == 0 { json!(owner.wallet) } else { Value::Null };
        let input = json!({ "customerId": customer, "amount": "7", "paymentType": "UPI", "walletId": wallet });
        create(owner, "createReceipt", "receipt", input).await;
    }
}

#[apply(both_databases)]
async fn a_page_of_100_customers_costs_no_more_statements_than_one_of_2(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let mut counts = Vec::new();
    let selections = [
        "balance { amount }",
        "balance { amount } balances { amount } entries(first: 2) { totalCount nodes { amount { amount } balanceAfter { amount } } }",
        "summary(from: \"2026-01-01\") { openingBalance { amount } closingBalance { amount } entryCount lastEntryDate }",
        "entries(first: 2, filter: { minAmount: \"1\" }) { totalCount nodes {
            versions { totalCount nodes { reference } } customer { name } invoice { number } receipt { number } } }",
        "invoices(first: 2) { totalCount nodes { status customer { name } buyer { name } seller { name } entry { note } lines { description }
            allocations { totalCount nodes { amount { amount } receipt { number } } } } }",
        "receipts(first: 2, filter: { minAmount: \"1\" }) { totalCount nodes { wallet { name } buyer { name } seller { name } entry { note }
            allocations(last: 2) { totalCount nodes { invoice { number } } } } }",
        "activities(first: 3) { totalCount nodes { action actor { displayName } thing { ... on Customer { name } } changes { field } } }
            entries(first: 2) { nodes { activities { nodes { codes } } customer { activities(last: 1) { nodes { createdAt } } } } }",
    ];
    for more in [2, 98] {
        add_customers(&owner, more).await;
        let mut counted = Vec::new();
        for selection in selections {
            let before = app.statements();
            let query = format!("{{ customers(first: 100) {{ nodes {{ name {selection} }} }} }}");
            let data = owner.gql(&query, json!({})).await;
            assert!(data["customers"]["nodes"].as_array().unwrap().len() >= more);
            counted.push(app.statements() - before);
        }
        counts.push(counted);
    }
    assert!(counts[0].iter().zip(&counts[1]).all(are_alike), "{counts:?}");
    // One to see that the session lasts, the book (for the order and for the lists), the customers, and the lists.
    assert!(counts[1].iter().all(|count| (4..=16).contains(count)), "{counts:?}");
}

/// Transactions of every kind, each in a category of its own, that were changed.
async fn add_transactions(owner: &User, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let is_income = number % 2 == 0;
        let (kind, other, wallet) =
            if is_income { ("INCOME", "Salary", json!(owner.wallet)) } else { ("EXPENSE", "Food", Value::Null) };
        let category = owner.category(&format!("Category {number:03}"), kind).await;
        let lines = json!([
            { "category": { "id": category }, "amount": "2", "note": "n" },
            { "category": { "name": other }, "amount": "3" },
        ]);
        let input = json!({ "lines": lines, "amount": "5", "date": "2026-11-20", "walletId": wallet });
        let id = create(owner, "addTransaction", "transaction", input).await;
        create(owner, "updateTransaction", "transaction", json!({ "id": id, "description": "changed" })).await;
        if !is_income {
            let category = json!({ "id": category });
            let budget = json!({ "category": category, "limit": "9", "rolloverFrom": "2026-01", "rollover": "FULL" });
            create(owner, "setBudget", "budget", budget).await;
        }
    }
}

#[apply(both_databases)]
async fn a_page_of_100_transactions_costs_no_more_statements_than_one_of_2(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let report = "month totalExpense { amount } categories { category { name } total { amount } }
        budgets { budget { category { name } } category { name } spent { amount } }";
    let queries = [
        "{ transactions(first: 100) { totalCount totals { net { amount } } nodes { id
            category { name } lines { category { name } amount { amount } note } wallet { name balance { amount } } } } }"
            .to_owned(),
        "{ transactions(first: 100, orderBy: { field: AMOUNT }, filter: { text: \"changed\" }) {
            totals { expense { amount } } nodes { versions(first: 5) { totalCount
                nodes { reference amount { amount } lines { category { name } amount { amount } } } } } } }"
            .to_owned(),
        "{ activities(first: 100) { nodes { actor { displayName } changes { to }
            thing { ... on Transaction { description } ... on Category { name activities { nodes { action } } }
                ... on Budget { limit { amount } } ... on User { username } ... on Book { name } } } } }"
            .to_owned(),
        "{ transactions(first: 100) { nodes { activities { nodes { outcome } } wallet { activities { nodes { outcome } } } } } }".to_owned(),
        "{ categories { name } budgets(month: \"2026-11\", first: 100) { totalCount nodes { category { name } } } }".to_owned(),
        format!("{{ monthlyReport(month: \"2026-11\") {{ {report} }} }}"),
        format!("{{ monthlyReports(from: \"2025-01\", to: \"2027-12\") {{ {report} }} }}"),
    ];
    let mut counts = Vec::new();
    for numbers in [0..2, 2..100] {
        let many = numbers.end;
        add_transactions(&owner, numbers).await;
        let mut counted = Vec::new();
        for query in &queries {
            let before = app.statements();
            let data = owner.gql(query, json!({})).await;
            counted.push(app.statements() - before);
            let nodes = data["transactions"]["nodes"].as_array();
            assert!(nodes.is_none_or(|nodes| nodes.len() == many), "{data}");
        }
        counts.push(counted);
    }
    assert!(counts[0].iter().zip(&counts[1]).all(are_alike), "{counts:?}");
    assert!(counts[1].iter().all(|count| (3..=16).contains(count)), "{counts:?}");
    app.assert_journal_is_whole().await;
}

/// Customers, entries, invoices, receipts and transactions with everything that their lists show.
async fn add_documents(owner: &User, numbers: std::ops::Range<usize>) {
    add_transactions(owner, numbers.clone()).await;
    for number in numbers {
        let customer = owner.customer(&format!("Customer {number:03}")).await;
        let lines = json!([{ "description": "Rice", "quantity": "2", "unitPrice": "10" }]);
        let billed = json!({ "customerId": customer, "lines": lines, "date": "2026-11-01" });
        let billed = create(owner, "createInvoice", "invoice", billed).await;
        for _ in 0..2 {
            owner.credit_note(&billed, "1").await;
            owner.debit_note(&billed, "1").await;
        }
        let entry = owner.entry(&customer, "CREDIT", "5", "2026-11-01").await;
        owner.update_entry(json!({ "id": entry, "amount": "6" })).await;
        owner.invoice(&customer, "10", "2026-11-02").await;
        owner.invoice(&customer, "10", "2026-11-03").await;
        owner.receipt(&customer, "15", "2026-11-04").await;
        owner.receipt(&customer, "5", "2026-11-05").await;
    }
}

#[apply(both_databases)]
async fn the_largest_debts_in_all_currencies_are_read_together(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let query = "{ book { receivables { currency largest { customer { name } balance { amount } } }
        again: receivables { largest { balance { amount } } } } }";
    let mut counts = Vec::new();
    for (number, currencies) in [(12, &["YEM", "USD"][..]), (3, &["EUR", "INR", "KWD"])] {
        for customer in 0..number {
            let customer =
                create(&owner, "createCustomer", "customer", json!({ "name": format!("{number} {customer}") })).await;
            for currency in currencies {
                let input = json!({ "customerId": customer, "type": "CREDIT", "amount": "5", "currency": currency });
                create(&owner, "addEntry", "entry", input).await;
            }
        }
        // The fewest of several times, since the server itself asks the database something now and then.
        let (mut fewest, mut data) = (usize::MAX, Value::Null);
        for _ in 0..4 {
            let before = app.statements();
            data = owner.gql(query, json!({})).await;
            fewest = fewest.min(app.statements() - before);
        }
        counts.push(fewest);
        for receivables in data["book"]["receivables"].as_array().unwrap() {
            let expected = if ["YEM", "USD"].contains(&receivables["currency"].as_str().unwrap()) { 10 } else { 3 };
            assert_eq!(receivables["largest"].as_array().unwrap().len(), expected, "{receivables}");
        }
    }
    assert!(are_alike((&counts[0], &counts[1])), "{counts:?}");
}

#[apply(both_databases)]
async fn the_lists_of_many_objects_are_read_by_one_statement_for_each_page_that_is_asked_for(on: Database) {
    let app = TestApp::with(on, any_price).await;
    let owner = app.user("amina").await;
    // The fewest of several times, since the server itself asks the database something now and then.
    let statements = async |list: &str, fields: &str| {
        let mut fewest = usize::MAX;
        for _ in 0..4 {
            let before = app.statements();
            owner.gql(&format!("{{ {list}(first: 60) {{ nodes {{ id {fields} }} }} }}"), json!({})).await;
            fewest = fewest.min(app.statements() - before);
        }
        fewest
    };
    for numbers in [0..2, 2..30] {
        add_documents(&owner, numbers).await;
        for (list, field) in [
            ("customers", "activities"),
            ("entries", "activities"),
            ("transactions", "activities"),
            ("entries", "versions"),
            ("transactions", "versions"),
            ("invoices", "allocations"),
            ("receipts", "allocations"),
            ("invoices", "creditNotes"),
            ("invoices", "debitNotes"),
            ("creditNotes", "allocations"),
            ("debitNotes", "activities"),
        ] {
            let none = statements(list, "").await;
            for (fields, expected) in [
                (format!("{field} {{ edges {{ cursor }} }}"), 1),
                (format!("{field} {{ edges {{ cursor }} totalCount }}"), 2),
                (format!("{field}(first: 0) {{ totalCount }} a: {field}(first: 0) {{ totalCount }}"), 2),
                (format!("{field}(first: 2) {{ edges {{ cursor }} }} a: {field}(last: 2) {{ edges {{ cursor }} }}"), 2),
            ] {
                let more = statements(list, &fields).await - none;
                // A history of entries is that of the entry, the invoice or the receipt, and still one statement.
                assert_eq!(more, expected, "{list} {{ {fields} }}");
            }
        }
    }
}
