//! Typed user errors: each carries the data that a client needs to act on it, and nothing that belongs to somebody else.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, id_of};

/// All data of a user error, but for its message.
const ERRORS: &str = "userErrors { __typename code path
    ... on InsufficientFundsError { balance { amount currency } wallet { id balance { amount } } }
    ... on ConflictError { current { __typename id } }
    ... on CurrencyMismatchError { expected actual }
    ... on LimitReachedError { maxCount maxAmount { amount currency } }
    ... on TooManyAttemptsError { retryAfter } }";

/// The user errors that a mutation is refused with.
async fn refused(user: &User, mutation: &str, input: Value) -> Value {
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    user.mutate(mutation, &input_type, ERRORS, input).await["userErrors"].take()
}

fn short(path: &str, wallet: &str, balance: &str, now: &str) -> Value {
    json!([{
        "__typename": "InsufficientFundsError", "code": "INSUFFICIENT_FUNDS", "path": [path],
        "balance": { "amount": balance, "currency": "YEM" }, "wallet": { "id": wallet, "balance": { "amount": now } },
    }])
}

fn conflict(code: &str, path: &str, current: &Value) -> Value {
    json!([{ "__typename": "ConflictError", "code": code, "path": [path], "current": current }])
}

#[apply(both_databases)]
async fn who_cannot_pay_is_told_what_the_wallet_held_also_when_the_request_is_repeated(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    let own = json!({ "id": amina.wallet });
    let withdrawal = json!({ "wallet": own, "amount": "11", "idempotencyKey": "w" });
    let transfer = json!({ "from": own, "to": { "id": badr.wallet }, "amount": "12", "idempotencyKey": "t" });
    let expense =
        json!({ "category": { "name": "Food" }, "amount": "13", "walletId": amina.wallet, "idempotencyKey": "e" });
    let requests =
        [("withdraw", "amount", withdrawal), ("transfer", "amount", transfer), ("addTransaction", "walletId", expense)];
    for (mutation, path, input) in &requests {
        assert_eq!(
            refused(&amina, mutation, input.clone()).await,
            short(path, &amina.wallet, "10.00", "10.00"),
            "{mutation}"
        );
    }
    amina.fund("90").await;
    for (mutation, path, input) in &requests {
        assert_eq!(
            refused(&amina, mutation, input.clone()).await,
            short(path, &amina.wallet, "10.00", "100.00"),
            "{mutation}"
        );
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_wallet_that_cannot_give_money_back_says_what_it_held(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let salary = json!({ "category": { "name": "Salary" }, "amount": "50", "walletId": amina.wallet });
    let salary = id_of(&amina.add_transaction(salary).await, "transaction");
    let customer = amina.customer("Zahra").await;
    let receipt = json!({ "customerId": customer, "amount": "30", "paymentType": "CASH", "walletId": amina.wallet });
    let receipt = id_of(&amina.create_receipt(receipt).await, "receipt");
    amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "75" })).await;
    for attempt in ["first", "again"] {
        let key = |mutation: &str| format!("{mutation}-once");
        let change = json!({ "id": salary, "amount": "40", "idempotencyKey": key("update") });
        let expected = |path| short(path, &amina.wallet, "5.00", "5.00");
        assert_eq!(refused(&amina, "updateTransaction", change).await, expected("walletId"), "{attempt}");
        let deletion = json!({ "id": salary, "idempotencyKey": key("delete") });
        assert_eq!(refused(&amina, "deleteTransaction", deletion).await, expected("id"), "{attempt}");
        let voiding = json!({ "id": receipt, "reason": "wrong", "idempotencyKey": key("void") });
        assert_eq!(refused(&amina, "voidReceipt", voiding).await, expected("id"), "{attempt}");
    }
    let cash = json!({ "id": salary, "walletId": null });
    assert_eq!(refused(&amina, "updateTransaction", cash).await, short("walletId", &amina.wallet, "5.00", "5.00"));
    let csv = "date,amount,category,description,wallet\n2026-11-20,-6,Food,lamp oil,".to_owned() + &amina.wallet;
    let fields = format!("lines {{ {ERRORS} }}");
    let line = amina.mutate("importTransactions", "ImportTransactionsInput", &fields, json!({ "csv": csv })).await;
    assert_eq!(line["lines"][0]["userErrors"], short("wallet", &amina.wallet, "5.00", "5.00"));
}

#[apply(both_databases)]
async fn what_is_taken_is_shown_when_it_is_in_the_own_book(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let thing = |kind: &str, id: &str| json!({ "__typename": kind, "id": id });

    let customer = json!({ "name": "Zahra", "phone": "+967711234567" });
    let zahra = id_of(&amina.create_customer(customer.clone()).await, "customer");
    let taken = |path: &str, current: &Value| conflict("TAKEN", path, current);
    assert_eq!(refused(&amina, "createCustomer", customer).await, taken("phone", &thing("Customer", &zahra)));
    let rent = amina.category("Rent", "EXPENSE").await;
    let category = json!({ "name": "RENT", "kind": "EXPENSE" });
    assert_eq!(refused(&amina, "createCategory", category).await, taken("name", &thing("Category", &rent)));
    let invoice = json!({ "customerId": zahra, "number": "A1", "grossAmount": "5" });
    let first = id_of(&amina.create_invoice(invoice.clone()).await, "invoice");
    assert_eq!(refused(&amina, "createInvoice", invoice).await, taken("number", &thing("Invoice", &first)));
    let receipt = json!({ "customerId": zahra, "number": "R1", "amount": "5", "paymentType": "CASH" });
    let first = id_of(&amina.create_receipt(receipt.clone()).await, "receipt");
    assert_eq!(refused(&amina, "createReceipt", receipt).await, taken("number", &thing("Receipt", &first)));
    let deposit = json!({ "wallet": { "id": amina.wallet }, "amount": "5", "reference": "D1" });
    let first = id_of(&amina.deposit(deposit.clone()).await, "transaction");
    assert_eq!(refused(&amina, "deposit", deposit).await, taken("reference", &thing("WalletTransaction", &first)));

    // The names of users are unique among all users, and who has one is nobody's business.
    let name = json!({ "username": "badr" });
    assert_eq!(refused(&amina, "updateProfile", name).await, taken("username", &Value::Null));
    // In another book the same values are free.
    for (mutation, input) in [
        ("createCustomer", json!({ "name": "Zahra", "phone": "+967711234567" })),
        ("createCategory", json!({ "name": "Rent", "kind": "EXPENSE" })),
        ("deposit", json!({ "wallet": { "id": badr.wallet }, "amount": "5", "reference": "D1" })),
    ] {
        assert_eq!(refused(&badr, mutation, input).await, json!([]), "{mutation}");
    }
}

#[apply(both_databases)]
async fn a_conflict_shows_the_newest_version_or_what_the_key_was_used_for(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let customer = amina.customer("Zahra").await;
    let entry = amina.entry(&customer, "CREDIT", "5", "2026-11-20").await;
    let expense = amina.spend("Food", "5", "2026-11-20").await;
    for (mutation, kind, id) in [("updateEntry", "Entry", &entry), ("updateTransaction", "Transaction", &expense)] {
        let input = json!({ "id": id, "amount": "6", "expectedVersion": 7 });
        let current = json!({ "__typename": kind, "id": id });
        assert_eq!(refused(&amina, mutation, input).await, conflict("CONFLICT", "expectedVersion", &current));
    }

    let wallet = json!({ "id": amina.wallet });
    for (mutation, field, kind, input) in [
        ("deposit", "transaction", "WalletTransaction", json!({ "wallet": wallet })),
        ("addEntry", "entry", "Entry", json!({ "customerId": customer, "type": "CREDIT" })),
        ("createReceipt", "receipt", "Receipt", json!({ "customerId": customer, "paymentType": "CASH" })),
        ("addTransaction", "transaction", "Transaction", json!({ "category": { "name": "Food" } })),
    ] {
        let with = |amount: &str| {
            let mut input = input.clone();
            input["amount"] = amount.into();
            input["idempotencyKey"] = mutation.into();
            input
        };
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let done = amina.mutate(mutation, &input_type, &format!("{field} {{ id }}"), with("1")).await;
        let current = json!({ "__typename": kind, "id": done[field]["id"] });
        let expected = conflict("IDEMPOTENCY_CONFLICT", "idempotencyKey", &current);
        assert_eq!(refused(&amina, mutation, with("2")).await, expected, "{mutation}");
    }
    // A key that holds a refusal holds the recorded attempt, since there is no expense.
    let attempt = |amount: &str| json!({ "category": { "name": "Food" }, "amount": amount, "walletId": amina.wallet, "idempotencyKey": "short" });
    amina.add_transaction(attempt("100")).await;
    let found = refused(&amina, "addTransaction", attempt("101")).await;
    assert_eq!(found[0]["current"]["__typename"], "WalletTransaction", "{found}");
    // An id for a new object that was used for another input shows what was made with it, if it is of that kind.
    let id = "customer_01kbemh6gwe7vrs7qmm4q5t8v1";
    amina.create_customer(json!({ "id": id, "name": "Dalal" })).await;
    let current = json!({ "__typename": "Customer", "id": id });
    let found = refused(&amina, "createCustomer", json!({ "id": id, "name": "Eman" })).await;
    assert_eq!(found, conflict("IDEMPOTENCY_CONFLICT", "id", &current));
    let id = id.replace("customer", "category");
    let found = refused(&amina, "createCategory", json!({ "id": id, "name": "Rent", "kind": "EXPENSE" })).await;
    assert_eq!(found, conflict("IDEMPOTENCY_CONFLICT", "id", &Value::Null));
    // Keys of another book are no conflict.
    let deposit = json!({ "wallet": { "id": badr.wallet }, "amount": "3", "idempotencyKey": "deposit" });
    assert_eq!(refused(&badr, "deposit", deposit).await, json!([]));
}

#[apply(both_databases)]
async fn currencies_that_differ_are_named_unless_one_is_of_somebody_else(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let (own, others) = (amina.new_wallet("USD").await, badr.new_wallet("USD").await);
    amina.fund("10").await;
    let mismatch = |path: &[&str], expected: Value, actual: &str| {
        json!([{
            "__typename": "CurrencyMismatchError", "code": "CURRENCY_MISMATCH", "path": path,
            "expected": expected, "actual": actual,
        }])
    };
    let deposit = json!({ "wallet": { "id": own }, "amount": "1", "currency": "YEM" });
    assert_eq!(refused(&amina, "deposit", deposit).await, mismatch(&["currency"], json!("USD"), "YEM"));
    let customer = amina.customer("Zahra").await;
    let receipt = json!({ "customerId": customer, "amount": "1", "paymentType": "CASH", "walletId": own });
    assert_eq!(refused(&amina, "createReceipt", receipt).await, mismatch(&["walletId"], json!("USD"), "YEM"));
    let expense = json!({ "category": { "name": "Food" }, "amount": "1", "currency": "YEM", "walletId": own });
    assert_eq!(refused(&amina, "addTransaction", expense).await, mismatch(&["walletId"], json!("USD"), "YEM"));
    for (to, expected) in [(&own, json!("USD")), (&others, Value::Null)] {
        let transfer = json!({
            "from": { "id": amina.wallet }, "to": { "id": to }, "amount": "1", "idempotencyKey": to,
        });
        for _ in 0..2 {
            assert_eq!(refused(&amina, "transfer", transfer.clone()).await, mismatch(&["to"], expected.clone(), "YEM"));
        }
    }
}

#[apply(both_databases)]
async fn a_limit_says_how_much_is_allowed(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Zahra").await;
    let most = json!({ "amount": "10000000000000.00", "currency": "YEM" });
    let limit = |path: &str, count: Value, amount: Value| {
        json!([{
            "__typename": "LimitReachedError", "code": "LIMIT_REACHED", "path": [path],
            "maxCount": count, "maxAmount": amount,
        }])
    };
    let entry = json!({ "customerId": customer, "type": "CREDIT", "amount": "10000000000000.01" });
    assert_eq!(refused(&amina, "addEntry", entry).await, limit("amount", Value::Null, most.clone()));
    let deposit = json!({ "wallet": { "id": amina.wallet }, "amount": "10000000000000.01" });
    assert_eq!(refused(&amina, "deposit", deposit).await, limit("amount", Value::Null, most));
    let line = json!({ "description": "Lamp", "quantity": "1", "unitPrice": "1" });
    let invoice = json!({ "customerId": customer, "lines": vec![line; 201] });
    let found = refused(&amina, "createInvoice", invoice).await;
    assert_eq!(found, limit("lines", found[0]["maxCount"].clone(), Value::Null));
    assert!(found[0]["maxCount"].as_i64().is_some_and(|most| (1..=200).contains(&most)), "{found}");
}

#[apply(both_databases)]
async fn every_other_code_has_no_data(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let found = refused(&amina, "updateCategory", json!({ "id": "category_", "name": "" })).await;
    let expected = [("NOT_FOUND", "id"), ("INVALID", "name")]
        .map(|(code, path)| json!({ "__typename": "OtherError", "code": code, "path": [path] }));
    assert_eq!(found, json!(expected));
}
