//! Deposits, withdrawals and transfers.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{
    Database::{self, Postgres, Sqlite},
    PASSWORD, TestApp, User, errors,
};

#[apply(both_databases)]
async fn money_comes_in_moves_and_goes_out(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let own = json!({ "id": amina.wallet });

    let deposit = amina.deposit(json!({ "wallet": own, "amount": "100.50", "memo": "opening" })).await;
    let transaction = &deposit["transaction"];
    assert_eq!((errors(&deposit), &deposit["replayed"]), (vec![], &json!(false)));
    assert_eq!(transaction["type"], "DEPOSIT");
    assert_eq!(transaction["status"], "SUCCEEDED");
    assert_eq!(transaction["failure"], Value::Null);
    assert_eq!(transaction["memo"], "opening");
    assert_eq!(transaction["amount"], json!({ "amount": "100.50", "currency": "YEM" }));
    assert_eq!(transaction["from"], Value::Null);
    assert_eq!(transaction["to"], json!({ "displayName": "amina", "wallet": own }));
    assert!(transaction["reference"].as_str().unwrap().starts_with("DEP-20261121-"), "{transaction}");

    let transfer = amina.transfer(json!({ "from": own, "to": { "username": "BADR" }, "amount": 30 })).await;
    let transaction = &transfer["transaction"];
    assert_eq!(transaction["type"], "TRANSFER");
    assert_eq!(transaction["from"], json!({ "displayName": "amina", "wallet": own }));
    // Of the payee, the payer learns a name and nothing else.
    assert_eq!(transaction["to"], json!({ "displayName": "badr", "wallet": null }));

    let withdrawal = amina.withdraw(json!({ "wallet": own, "amount": 20.25 })).await;
    assert_eq!(withdrawal["transaction"]["type"], "WITHDRAWAL");
    assert_eq!(withdrawal["transaction"]["to"], Value::Null);

    assert_eq!(amina.balance(&amina.wallet).await, "50.25");
    assert_eq!(badr.balance(&badr.wallet).await, "30.00");
    app.assert_journal_is_whole().await;
}

#[rstest]
#[case::zero(json!("0"))]
#[case::zero_with_decimals(json!("0.00"))]
#[case::negative(json!("-5"))]
#[case::negative_number(json!(-5))]
#[case::more_decimals_than_the_currency(json!("1.001"))]
#[case::more_decimals_as_a_number(json!(0.001))]
#[case::one_beyond_64_bits(json!("92233720368547758.08"))]
#[case::far_beyond_64_bits(json!("9".repeat(60)))]
#[case::beyond_64_bits_as_an_integer(json!(u64::MAX))]
#[test_attr(apply(test))]
async fn an_amount_that_cannot_be_moved_is_refused(#[case] amount: Value, #[values(Sqlite, Postgres)] on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    let own = json!({ "id": amina.wallet });
    let deposit = amina.deposit(json!({ "wallet": own, "amount": amount })).await;
    let withdrawal = amina.withdraw(json!({ "wallet": own, "amount": amount })).await;
    let transfer = amina.transfer(json!({ "from": own, "to": { "id": badr.wallet }, "amount": amount })).await;
    for payload in [deposit, withdrawal, transfer] {
        assert_eq!(errors(&payload), ["INVALID amount"], "{payload}");
        assert_eq!(payload["transaction"], Value::Null);
    }
    assert_eq!(amina.balance(&amina.wallet).await, "10.00");
    assert_eq!(amina.history(&amina.wallet, Value::Null).await.len(), 1);
}

#[rstest]
#[case::words(json!("ten"))]
#[case::empty(json!(""))]
#[case::exponent(json!("1e3"))]
#[case::thousands(json!("1,000"))]
#[case::emoji(json!("💰"))]
#[case::truth(json!(true))]
#[case::digits_that_a_float_loses(json!(0.123_456_789_012_345_68))]
#[case::null(Value::Null)]
#[test_attr(apply(test))]
async fn what_is_no_decimal_is_a_malformed_request(#[case] amount: Value, #[values(Sqlite, Postgres)] on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let query = "mutation($input: DepositInput!) { deposit(input: $input) { replayed } }";
    let input = json!({ "input": { "wallet": { "id": amina.wallet }, "amount": amount } });
    let code = amina.error(query, input).await;
    assert!(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&code.as_str()), "{code}");
}

#[apply(both_databases)]
async fn each_currency_has_its_own_digits(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for (currency, fits, too_fine) in [("KWD", "0.001", "0.0001"), ("JPY", "1", "0.1"), ("USD", "0.01", "0.001")] {
        let wallet = amina.new_wallet(currency).await;
        let done = amina.deposit(json!({ "wallet": { "id": wallet }, "amount": fits })).await;
        assert_eq!(done["transaction"]["amount"], json!({ "amount": fits, "currency": currency }));
        let refused = amina.deposit(json!({ "wallet": { "id": wallet }, "amount": too_fine })).await;
        assert_eq!(errors(&refused), ["INVALID amount"]);
        assert_eq!(amina.balance(&wallet).await, fits);
    }
}

#[apply(both_databases)]
async fn the_wallets_of_a_book_take_in_a_limited_amount(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let savings = amina.new_wallet("YEM").await;
    amina.fund("9999999999999.99").await;
    for (wallet, amount) in [(&amina.wallet, "0.02"), (&savings, "0.02"), (&savings, "92233720368547758.07")] {
        let refused = amina.deposit(json!({ "wallet": { "id": wallet }, "amount": amount })).await;
        assert_eq!(errors(&refused), ["LIMIT_REACHED amount"]);
        let message = refused["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.contains("at most 10000000000000.00 YEM"), "{message}");
        assert_eq!(refused["transaction"]["status"], "FAILED");
    }
    amina.fund("0.01").await;
    assert_eq!(amina.balance(&amina.wallet).await, "10000000000000.00");
    // Each currency has its own limit.
    let dollars = amina.new_wallet("USD").await;
    let deposit = json!({ "wallet": { "id": dollars }, "amount": "10000000000000" });
    assert_eq!(errors(&amina.deposit(deposit).await), [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_transfer_larger_than_the_balance_is_refused_and_recorded(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    let refused = amina.pay(&badr, "10.01").await;
    assert_eq!(errors(&refused), ["INSUFFICIENT_FUNDS amount"]);
    let recorded = &refused["transaction"];
    assert_eq!(recorded["status"], "FAILED");
    assert_eq!(recorded["failure"], "INSUFFICIENT_FUNDS");
    assert_eq!(recorded["amount"]["amount"], "10.01");
    // Whom it was meant for is not shown, so that nobody finds users by payments that fail.
    assert_eq!(recorded["to"], Value::Null);

    let history = amina.history(&amina.wallet, Value::Null).await;
    assert_eq!(history.len(), 2);
    assert_eq!(history[0]["node"]["id"], recorded["id"]);
    assert_eq!(history[0]["direction"], "OUT");
    assert_eq!(history[0]["balanceAfter"]["amount"], "10.00");
    // Whom it was meant for sees nothing of it.
    assert_eq!(badr.history(&badr.wallet, Value::Null).await, Vec::<Value>::new());
    assert_eq!(amina.balance(&amina.wallet).await, "10.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_withdrawal_larger_than_the_balance_is_refused_and_recorded(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let refused = amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "0.01" })).await;
    assert_eq!(errors(&refused), ["INSUFFICIENT_FUNDS amount"]);
    assert_eq!(amina.history(&amina.wallet, json!({ "status": "FAILED" })).await.len(), 1);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn money_moves_between_own_wallets(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let savings = amina.new_wallet("YEM").await;
    amina.fund("10").await;
    let input = json!({ "from": { "id": amina.wallet }, "to": { "id": savings }, "amount": "4" });
    let done = amina.transfer(input).await;
    assert_eq!(errors(&done), [""; 0]);
    assert_eq!(done["transaction"]["to"]["wallet"]["id"], json!(savings));
    assert_eq!(amina.balance(&amina.wallet).await, "6.00");
    assert_eq!(amina.balance(&savings).await, "4.00");
    // Each wallet sees it its own way.
    assert_eq!(amina.history(&amina.wallet, Value::Null).await[0]["direction"], "OUT");
    assert_eq!(amina.history(&savings, Value::Null).await[0]["direction"], "IN");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_transfer_to_the_same_wallet_is_refused_and_recorded(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("10").await;
    let by_id = amina.pay(&amina, "1").await;
    let own_name = json!({ "username": "amina" });
    let by_name = amina.transfer(json!({ "from": own_name, "to": own_name, "amount": "1" })).await;
    for refused in [by_id, by_name] {
        assert_eq!(errors(&refused), ["SAME_WALLET to"]);
        assert_eq!(refused["transaction"]["failure"], "SAME_WALLET");
    }
    assert_eq!(amina.balance(&amina.wallet).await, "10.00");
    assert_eq!(amina.history(&amina.wallet, json!({ "status": "FAILED" })).await.len(), 2);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_transfer_between_currencies_is_refused_and_recorded(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let dollars = amina.new_wallet("USD").await;
    amina.fund("10").await;
    let input = json!({ "from": { "id": amina.wallet }, "to": { "id": dollars }, "amount": "1" });
    let refused = amina.transfer(input).await;
    assert_eq!(errors(&refused), ["CURRENCY_MISMATCH to"]);
    assert_eq!(refused["transaction"]["status"], "FAILED");

    // An amount in another currency than the wallet's says nothing that could be recorded.
    let input = json!({ "wallet": { "id": amina.wallet }, "amount": "1", "currency": "USD" });
    let refused = amina.deposit(input).await;
    assert_eq!(errors(&refused), ["CURRENCY_MISMATCH currency"]);
    assert_eq!(refused["transaction"], Value::Null);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_payee_is_named_by_id_phone_or_username(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let input = json!({ "username": "badr", "password": PASSWORD, "phone": "+967711234567", "currency": "USD" });
    let badr = User::register_as(&app.anonymous(), input).await;
    let dollars = amina.new_wallet("USD").await;
    amina.deposit(json!({ "wallet": { "id": dollars }, "amount": "10" })).await;
    for to in [json!({ "id": badr.wallet }), json!({ "phone": "711-234-567" }), json!({ "username": "Badr" })] {
        let done = amina.transfer(json!({ "from": { "id": dollars }, "to": to, "amount": "1" })).await;
        assert_eq!(errors(&done), [""; 0], "{to}");
    }
    // The payer's own wallet can be named so too, with the currency.
    let own =
        json!({ "from": { "username": "amina" }, "to": { "username": "badr" }, "amount": "1", "currency": "USD" });
    assert_eq!(errors(&amina.transfer(own).await), [""; 0]);
    assert_eq!(badr.balance(&badr.wallet).await, "4.00");
    assert_eq!(amina.balance(&dollars).await, "6.00");
}

#[apply(both_databases)]
async fn a_payee_who_is_not_there_is_not_found(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    app.user("badr").await;
    amina.fund("10").await;
    for (to, path) in [
        (json!({ "username": "nobody" }), "to.username"),
        (json!({ "username": "nul\u{0}l" }), "to.username"),
        (json!({ "phone": "+967700000000" }), "to.phone"),
        (json!({ "phone": "🌼" }), "to.phone"),
        (json!({ "id": "wallet_01h455vb4pex5vsknk084sn02q" }), "to.id"),
        (json!({ "id": "badr" }), "to.id"),
    ] {
        let input = json!({ "from": { "id": amina.wallet }, "to": to, "amount": "1" });
        assert_eq!(errors(&amina.transfer(input).await), [format!("NOT_FOUND {path}")]);
    }
    // Badr has no wallet in dollars.
    let dollars = amina.new_wallet("USD").await;
    amina.deposit(json!({ "wallet": { "id": dollars }, "amount": "10" })).await;
    let input = json!({ "from": { "id": dollars }, "to": { "username": "badr" }, "amount": "1" });
    assert_eq!(errors(&amina.transfer(input).await), ["NOT_FOUND to.username"]);
}

#[apply(both_databases)]
async fn a_wallet_is_named_in_exactly_one_way(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let query = "mutation($input: DepositInput!) { deposit(input: $input) { replayed } }";
    for wallet in [json!({}), json!({ "id": amina.wallet, "username": "amina" }), json!({ "id": null })] {
        let code = amina.error(query, json!({ "input": { "wallet": wallet, "amount": "1" } })).await;
        assert!(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&code.as_str()), "{wallet} {code}");
    }
}

#[apply(both_databases)]
async fn all_that_is_wrong_with_a_transfer_but_its_payee_is_said_at_once(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let input = json!({
        "from": { "id": amina.wallet }, "to": { "username": "nobody" }, "amount": "-1", "memo": "x".repeat(501),
        "reference": " ", "idempotencyKey": "a key",
    });
    let expected = ["INVALID idempotencyKey", "INVALID memo", "INVALID reference", "INVALID amount"];
    assert_eq!(errors(&amina.transfer(input).await), expected);
}

#[apply(both_databases)]
async fn a_reference_is_used_once_but_may_be_tried_again(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let input = json!({ "wallet": { "id": amina.wallet }, "amount": "5", "reference": "Order 7 – 🌼" });
    // There is no money yet: the attempt does not use the reference up.
    assert_eq!(errors(&amina.withdraw(input.clone()).await), ["INSUFFICIENT_FUNDS amount"]);
    amina.fund("20").await;
    let done = amina.withdraw(input.clone()).await;
    assert_eq!(done["transaction"]["reference"], "Order 7 – 🌼");
    assert_eq!(errors(&amina.withdraw(input.clone()).await), ["TAKEN reference"]);
    assert_eq!(amina.balance(&amina.wallet).await, "15.00");

    // In another book it is another's business.
    let badr = app.user("badr").await;
    let input = json!({ "wallet": { "id": badr.wallet }, "amount": "5", "reference": "Order 7 – 🌼" });
    assert_eq!(errors(&badr.deposit(input).await), [""; 0]);
}

#[apply(both_databases)]
async fn a_reference_that_the_server_made_stays_the_same_and_nobody_can_use_it_for_another(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("20").await;
    let done = amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "5" })).await;
    let made = done["transaction"]["reference"].as_str().unwrap();
    let id = done["transaction"]["id"].as_str().unwrap();
    assert!(id.to_uppercase().ends_with(made.rsplit('-').next().unwrap()), "{made} {id}");
    let history = amina.history(&amina.wallet, Value::Null).await;
    assert_eq!(history[0]["node"]["reference"], made);

    let badr = app.user("badr").await;
    for (user, reference) in [(&amina, made), (&badr, made), (&badr, "EXP-20261121-0000000000")] {
        let input = json!({ "wallet": { "id": user.wallet }, "amount": "5", "reference": reference });
        assert_eq!(errors(&user.deposit(input).await), ["INVALID reference"]);
    }
    for reference in [
        made[1..].to_owned(),
        format!("{made}0"),
        made.to_lowercase(),
        made.replace("WDR", "WD1"),
        made.replace("2026", "9999").replace("1121", "9999"),
        "INV-20261121-000000ILOU".to_owned(),
    ] {
        let input = json!({ "wallet": { "id": amina.wallet }, "amount": "5", "reference": reference });
        assert_eq!(errors(&amina.deposit(input).await), [""; 0], "{reference}");
    }
}

#[apply(both_databases)]
async fn a_memo_may_say_anything_that_people_write(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for memo in ["", "two\nlines", "عشرة ريال 🌼", "'; DROP TABLE posting; --", "<script>alert(1)</script>"] {
        let done = amina.deposit(json!({ "wallet": { "id": amina.wallet }, "amount": "1", "memo": memo })).await;
        assert_eq!(done["transaction"]["memo"], memo);
    }
    let refused = amina.deposit(json!({ "wallet": { "id": amina.wallet }, "amount": "1", "memo": "nul\u{0}l" })).await;
    assert_eq!(errors(&refused), ["INVALID memo"]);
}

#[apply(both_databases)]
async fn nothing_moves_when_a_later_field_of_the_request_is_malformed(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let deposit = |name: &str, fields: &str| {
        format!("{name}: deposit(input: {{ wallet: {{ username: \"amina\" }}, {fields} }}) {{ replayed }} ")
    };
    let wallet = "wallets { balanceAt(time: \"yesterday\") { amount } }";
    for (query, variables) in [
        (format!("mutation {{ {}{} }}", deposit("a", "amount: 5"), deposit("b", "amount: \"x\"")), json!({})),
        (
            format!("mutation {{ {}{} }}", deposit("a", "amount: 5"), deposit("b", "amount: 5, currency: \"usd\"")),
            json!({}),
        ),
        (
            format!("mutation($x: Decimal!) {{ {}{} }}", deposit("a", "amount: 5"), deposit("b", "amount: $x")),
            json!({ "x": "1e3" }),
        ),
        (format!("query {{ {wallet} }}"), json!({})),
    ] {
        let answer = amina.client.request(&query, variables).await.json();
        assert_eq!(answer.get("data"), None, "{query} {answer}");
        let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap();
        assert!(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&code), "{query} {code}");
    }
    assert_eq!(amina.balance(&amina.wallet).await, "0.00");
}

#[apply(both_databases)]
async fn the_same_field_twice_moves_money_once(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let deposit = "deposit(input: { wallet: { username: \"amina\" }, amount: 10 }) { replayed }";
    for query in [
        format!("mutation {{ {deposit} {deposit} }}"),
        format!("mutation {{ ...F ...F }} fragment F on Mutation {{ {deposit} }}"),
    ] {
        assert_eq!(amina.gql(&query, json!({})).await["deposit"], json!({ "replayed": false }));
    }
    assert_eq!(amina.balance(&amina.wallet).await, "20.00");
    amina.gql(&format!("mutation {{ a: {deposit} b: {deposit} }}"), json!({})).await;
    assert_eq!(amina.balance(&amina.wallet).await, "40.00");
}
