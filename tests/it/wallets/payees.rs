//! Finding a payee: by those who may pay them, a limited number of times, and only if the payee wants to be found.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Database, PASSWORD, TestApp, User, errors, login};

const PAYEE: &str = "query($wallet: WalletRef!, $currency: CurrencyCode) {
    payee(wallet: $wallet, currency: $currency) { displayName wallet { id } } }";
const PHONE: &str = "+967711234567";

/// Amina with money, and Badr with a phone number; a user may look up so many payees in a day.
async fn two(on: Database, lookups: u32) -> (TestApp, User, User) {
    let app = TestApp::with(on, |app| app.limits.payee_lookups_per_day = lookups).await;
    let amina = app.user("amina").await;
    let input = json!({ "username": "badr", "password": PASSWORD, "phone": PHONE, "displayName": "Badr's bakery" });
    let badr = User::register_as(&app.anonymous(), input).await;
    amina.fund("10").await;
    (app, amina, badr)
}

async fn payee(user: &User, wallet: &Value) -> Value {
    user.gql(PAYEE, json!({ "wallet": wallet })).await["payee"].take()
}

async fn pay(user: &User, to: &Value, amount: &str) -> Value {
    user.transfer(json!({ "from": { "id": user.wallet }, "to": to, "amount": amount })).await
}

/// The number of seconds to wait that the one error of a look-up names.
async fn wait(user: &User, wallet: &Value) -> i64 {
    let answer = user.client.request(PAYEE, json!({ "wallet": wallet })).await.json();
    assert_eq!(answer["data"], json!({ "payee": null }), "{answer}");
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "TOO_MANY_ATTEMPTS", "{answer}");
    extensions["retryAfter"].as_i64().unwrap()
}

#[apply(both_databases)]
async fn a_payee_is_shown_as_a_payment_would_show_them(on: Database) {
    let (_app, amina, badr) = two(on, 0).await;
    let phones = ["711 234 567", "٧١١ ٢٣٤ ٥٦٧"].map(|phone| json!({ "phone": phone }));
    for wallet in phones.into_iter().chain([json!({ "username": "BADR" }), json!({ "id": badr.wallet })]) {
        let shown = payee(&amina, &wallet).await;
        assert_eq!(shown, json!({ "displayName": "Badr's bakery", "wallet": null }), "{wallet}");
        assert_eq!(pay(&amina, &wallet, "1").await["transaction"]["to"], shown, "{wallet}");
    }
    let own = json!({ "displayName": "amina", "wallet": { "id": amina.wallet } });
    assert_eq!(payee(&amina, &json!({ "username": "amina" })).await, own);
    for nobody in [
        json!({ "username": "nobody" }),
        json!({ "phone": "+967700000000" }),
        json!({ "phone": "🌼" }),
        json!({ "id": "wallet_01h455vb4pex5vsknk084sn02q" }),
        json!({ "id": "badr" }),
    ] {
        assert_eq!(payee(&amina, &nobody).await, Value::Null, "{nobody}");
    }
    // Badr has no wallet in dollars.
    for wallet in [json!({ "username": "badr" }), json!({ "id": badr.wallet })] {
        let variables = json!({ "wallet": wallet, "currency": "USD" });
        assert_eq!(amina.gql(PAYEE, variables).await["payee"], Value::Null, "{wallet}");
    }
}

#[apply(both_databases)]
async fn who_cannot_pay_learns_nothing_about_a_payee(on: Database) {
    let (app, amina, badr) = two(on, 1).await;
    let frozen = badr.new_wallet("YEM").await;
    let fields = "userErrors { code path }";
    badr.mutate("freezeWallet", "FreezeWalletInput", fields, json!({ "id": frozen })).await;
    let dollars = badr.new_wallet("USD").await;
    let payees = [
        json!({ "username": "nobody" }),
        json!({ "username": "badr" }),
        json!({ "phone": "+967700000000" }),
        json!({ "phone": PHONE }),
        json!({ "phone": "🌼" }),
        json!({ "id": "wallet_01h455vb4pex5vsknk084sn02q" }),
        json!({ "id": badr.wallet }),
        json!({ "id": frozen }),
        json!({ "id": dollars }),
        json!({ "id": "badr" }),
    ];
    let refusals = async |expected: &str| {
        let mut answers = Vec::new();
        for to in &payees {
            let before = app.statements();
            let mut answer = pay(&amina, to, "10.01").await;
            let statements = app.statements() - before;
            let mut recorded = amina.history(&amina.wallet, Value::Null).await.swap_remove(0);
            assert_eq!(answer["transaction"]["id"], recorded["node"]["id"], "{to}");
            for shown in [&mut answer["transaction"], &mut recorded["node"]] {
                for name in ["id", "reference", "createdAt"] {
                    assert!(shown[name].take().is_string());
                }
                assert_eq!(shown["to"], Value::Null, "{to}");
            }
            assert_eq!(errors(&answer), [expected], "{to}");
            // Where a payee is named by name or number, the wallet that pays is looked at before, by a statement of its own.
            let statements = statements - usize::from(to.get("id").is_none());
            answers.push((answer, recorded, statements));
        }
        answers
    };
    let answers = refusals("INSUFFICIENT_FUNDS amount").await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    amina.mutate("freezeWallet", "FreezeWalletInput", fields, json!({ "id": amina.wallet })).await;
    let answers = refusals("WALLET_NOT_ACTIVE from").await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");

    // Nor does somebody whose amount is none. And nobody was looked up.
    for to in &payees {
        assert_eq!(errors(&pay(&amina, to, "-1").await), ["INVALID amount"], "{to}");
    }
    assert_eq!(payee(&amina, &json!({ "username": "badr" })).await["displayName"], "Badr's bakery");
    assert_eq!(badr.history(&badr.wallet, Value::Null).await, Vec::<Value>::new());
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_failed_payment_shows_no_payee_even_if_one_was_stored(on: Database) {
    let (app, amina, badr) = two(on, 0).await;
    let refused = pay(&amina, &json!({ "id": badr.wallet }), "11").await["transaction"]["id"].take();
    // As versions before this rule stored it.
    let sql = "UPDATE journal_entry SET meant_for_id = (SELECT id FROM account WHERE kind = 'WALLET' AND book_id NOT IN
        (SELECT book_id FROM posting JOIN account ON account.id = debit_account_id WHERE entry_id = journal_entry.id))
        WHERE status = 'FAILED'";
    app.tamperer().await.change(sql).await;
    let query = "query($id: ID!) { node(id: $id) { ... on WalletTransaction { status to { displayName } } } }";
    let shown = amina.gql(query, json!({ "id": refused })).await;
    assert_eq!(shown["node"], json!({ "status": "FAILED", "to": null }));
}

#[apply(both_databases)]
async fn a_user_looks_up_a_limited_number_of_payees_in_a_day(on: Database) {
    let (app, amina, badr) = two(on, 3).await;
    let (by_name, by_phone, nobody) =
        (json!({ "username": "badr" }), json!({ "phone": PHONE }), json!({ "username": "nobody" }));
    // Right and wrong guesses count, those of payments too.
    payee(&amina, &by_phone).await;
    payee(&amina, &nobody).await;
    assert_eq!(errors(&pay(&amina, &nobody, "1").await), ["NOT_FOUND to.username"]);
    for wallet in [&by_name, &by_phone, &nobody] {
        // The test begins at 10 in the morning; the day ends at midnight.
        assert!((13 * 3600..=14 * 3600).contains(&wait(&amina, wallet).await));
        let refused = pay(&amina, wallet, "1").await;
        let path = if wallet["phone"].is_string() { "to.phone" } else { "to.username" };
        assert_eq!(errors(&refused), [format!("TOO_MANY_ATTEMPTS {path}")]);
        assert_eq!(refused["transaction"], Value::Null);
    }
    // One's own names and ids of wallets are always found, and each user has a limit of their own.
    assert_eq!(payee(&amina, &json!({ "username": "amina" })).await["displayName"], "amina");
    assert_eq!(payee(&amina, &json!({ "id": badr.wallet })).await["displayName"], "Badr's bakery");
    assert_eq!(payee(&badr, &json!({ "username": "amina" })).await["displayName"], "amina");

    // Who was paid before can be paid by any name, as often as one likes.
    assert_eq!(errors(&pay(&amina, &json!({ "id": badr.wallet }), "1").await), [""; 0]);
    for wallet in [&by_name, &by_phone, &by_name, &by_phone] {
        assert_eq!(payee(&amina, wallet).await["displayName"], "Badr's bakery");
        assert_eq!(errors(&pay(&amina, wallet, "1").await), [""; 0]);
    }
    app.advance(TimeDelta::seconds(wait(&amina, &nobody).await));
    let token = login(&app.anonymous(), "amina", PASSWORD).await["accessToken"].take();
    let amina = User { client: app.anonymous().with_token(token.as_str().unwrap()), ..amina };
    assert_eq!(payee(&amina, &nobody).await, Value::Null);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn of_many_look_ups_at_once_as_many_are_answered_as_are_allowed(on: Database) {
    let (_app, amina, _badr) = two(on, 5).await;
    let look_up = |number: usize| {
        let amina = amina.clone();
        tokio::spawn(async move {
            let name = if number.is_multiple_of(2) { "badr" } else { "nobody" };
            let answer = amina.client.request_patiently(PAYEE, json!({ "wallet": { "username": name } })).await.json();
            answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned)
        })
    };
    let look_ups: Vec<_> = (0..30).map(look_up).collect();
    let mut answered = 0;
    for look_up in look_ups {
        match look_up.await.unwrap().as_deref() {
            None => answered += 1,
            Some(code) => assert_eq!(code, "TOO_MANY_ATTEMPTS"),
        }
    }
    assert_eq!(answered, 5);
}

#[apply(both_databases)]
async fn who_does_not_want_to_be_found_is_paid_by_the_id_of_their_wallet_only(on: Database) {
    let (app, amina, badr) = two(on, 0).await;
    let set = async |findable: Value| {
        let fields = "user { findable } userErrors { code path }";
        badr.mutate("updateProfile", "UpdateProfileInput", fields, json!({ "findable": findable })).await
    };
    assert_eq!(badr.gql("{ me { findable } }", json!({})).await["me"]["findable"], true);
    assert_eq!(set(json!(false)).await["user"]["findable"], false);
    assert_eq!(errors(&set(Value::Null).await), ["REQUIRED findable"]);
    for (wallet, path) in [(json!({ "username": "badr" }), "to.username"), (json!({ "phone": PHONE }), "to.phone")] {
        assert_eq!(payee(&amina, &wallet).await, Value::Null);
        assert_eq!(errors(&pay(&amina, &wallet, "1").await), [format!("NOT_FOUND {path}")]);
        // Badr finds himself.
        assert_eq!(payee(&badr, &wallet).await["displayName"], "Badr's bakery");
        assert_eq!(errors(&badr.deposit(json!({ "wallet": wallet, "amount": "1" })).await), [""; 0]);
    }
    let by_id = json!({ "id": badr.wallet });
    assert_eq!(payee(&amina, &by_id).await["displayName"], "Badr's bakery");
    assert_eq!(errors(&pay(&amina, &by_id, "1").await), [""; 0]);
    // Even those who have paid Badr find nobody by his names.
    assert_eq!(payee(&amina, &json!({ "username": "badr" })).await, Value::Null);
    set(json!(true)).await;
    assert_eq!(errors(&pay(&amina, &json!({ "username": "badr" }), "1").await), [""; 0]);
    app.assert_journal_is_whole().await;
}
