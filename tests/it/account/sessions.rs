//! Logging in and out, and tokens.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use daybook::entity::session;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::harness::{Database, PASSWORD, SECRET, TestApp, User, errors, login, refresh};

const ME: &str = "{ me { username } }";

#[apply(both_databases)]
async fn a_user_logs_in_by_username_phone_or_email(on: Database) {
    let app = TestApp::on(on).await;
    let input =
        json!({ "username": "amina", "password": PASSWORD, "phone": "+967711234567", "email": "amina@example.org" });
    User::register_as(&app.anonymous(), input).await;
    for identifier in ["amina", "AMINA", " amina ", "+967711234567", "711 234 567", "Amina@Example.org"] {
        let payload = login(&app.anonymous(), identifier, PASSWORD).await;
        assert_eq!(errors(&payload), [""; 0], "{identifier}");
        assert_eq!(payload["user"]["username"], "amina");
        assert_eq!(payload["expiresIn"], 3600);
        let client = app.anonymous().with_token(payload["accessToken"].as_str().unwrap());
        assert_eq!(client.gql(ME, json!({})).await["me"]["username"], "amina");
    }
}

#[apply(both_databases)]
async fn a_wrong_password_and_an_unknown_user_look_the_same(on: Database) {
    let (app, _) = TestApp::with_owner(on).await;
    let wrong = login(&app.anonymous(), "amina", "wrong password").await;
    assert_eq!(errors(&wrong), ["WRONG_CREDENTIALS"]);
    for identifier in ["nobody", "", "+15550001111", "x@y.example", "nul\0l", "' OR 1=1 --", &"x".repeat(5000)] {
        assert_eq!(login(&app.anonymous(), identifier, PASSWORD).await, wrong, "{identifier}");
    }
}

/// Operations that need a token.
const OPERATIONS: [&str; 96] = [
    "{ me { id } }",
    "{ book { id } }",
    "{ wallets { id } }",
    "query($id: ID!) { wallet(id: $id) { id } }",
    "query($id: ID!) { node(id: $id) { id } }",
    "query($id: ID!) { nodes(ids: [$id]) { id } }",
    "query($id: ID!) { walletHistory(walletId: $id) { totalCount } }",
    "{ customers { totalCount } }",
    "query($id: ID!) { customer(id: $id) { id } }",
    "query($id: ID!) { customerSummary(customerId: $id) { entryCount } }",
    "query($id: ID!) { customerStatement(customerId: $id) { from } }",
    "{ entries { totalCount } }",
    "query($id: ID!) { entry(id: $id) { id } }",
    "{ invoices { totalCount } }",
    "query($id: ID!) { invoice(id: $id) { id } }",
    "{ receipts { totalCount } }",
    "query($id: ID!) { receipt(id: $id) { id } }",
    "{ categories { id } }",
    "{ walletTransactions { totalCount } }",
    "query($id: ID!) { category(id: $id) { id } }",
    "{ transactions { totalCount } }",
    "query($id: ID!) { transaction(id: $id) { id } }",
    "{ budgets { totalCount } }",
    "{ changes { nodes { cursor } } }",
    "{ activities { totalCount } }",
    "{ monthlyReport(month: \"2026-11\") { month } }",
    "{ monthlyReports(from: \"2026-10\", to: \"2026-11\") { month } }",
    "mutation { updateBook(input: { name: \"mine\" }) { book { id } } }",
    "mutation { createCustomer(input: { name: \"mine\" }) { customer { id } } }",
    "mutation($id: ID!) { updateCustomer(input: { id: $id, name: \"mine\" }) { customer { id } } }",
    "mutation($id: ID!) { deleteCustomer(input: { id: $id }) { customer { id } } }",
    "mutation($id: ID!) { restoreCustomer(input: { id: $id }) { customer { id } } }",
    "mutation($id: ID!) { eraseCustomer(input: { id: $id }) { customer { id } } }",
    "mutation($id: ID!) { addEntry(input: { customerId: $id, type: DEBIT, amount: 1 }) { replayed } }",
    "mutation($id: ID!) { updateEntry(input: { id: $id, amount: 1 }) { replayed } }",
    "mutation($id: ID!) { deleteEntry(input: { id: $id }) { replayed } }",
    "mutation($id: ID!) { createInvoice(input: { customerId: $id, grossAmount: 1 }) { replayed } }",
    "mutation($id: ID!) { voidInvoice(input: { id: $id, reason: \"mine\" }) { replayed } }",
    "mutation($id: ID!) { createReceipt(input: { customerId: $id, amount: 1, paymentType: CASH }) { replayed } }",
    "mutation($id: ID!) { voidReceipt(input: { id: $id, reason: \"mine\" }) { replayed } }",
    "mutation { createCategory(input: { name: \"mine\", kind: INCOME }) { category { id } } }",
    "mutation($id: ID!) { updateCategory(input: { id: $id, name: \"mine\" }) { category { id } } }",
    "mutation($id: ID!) { deleteCategory(input: { id: $id }) { category { id } } }",
    "mutation($id: ID!) { restoreCategory(input: { id: $id }) { category { id } } }",
    "mutation($id: ID!) { addTransaction(input: { category: { id: $id }, amount: 1 }) { replayed } }",
    "mutation($id: ID!) { updateTransaction(input: { id: $id, amount: 1 }) { replayed } }",
    "mutation($id: ID!) { deleteTransaction(input: { id: $id }) { replayed } }",
    "{ proposedTransfers { totalCount } }",
    "mutation($id: ID!) { confirmTransfer(input: { outgoingId: $id, incomingId: $id }) { replayed } }",
    "mutation($id: ID!) { declineTransfer(input: { outgoingId: $id, incomingId: $id }) { replayed } }",
    "mutation($id: ID!) { undoTransfer(input: { outgoingId: $id, incomingId: $id }) { replayed } }",
    "{ proposedDuplicates { totalCount } }",
    "mutation($id: ID!) { confirmDuplicate(input: { importedId: $id, enteredId: $id }) { replayed } }",
    "mutation($id: ID!) { declineDuplicate(input: { importedId: $id, enteredId: $id }) { replayed } }",
    "mutation { importTransactions(input: { csv: \"date,amount\" }) { added } }",
    "mutation { importEntries(input: { csv: \"date,amount\" }) { added } }",
    "mutation { importCustomers(input: { csv: \"name\" }) { added } }",
    "{ importProfiles { id } }",
    "query($id: ID!) { importProfile(id: $id) { id } }",
    "{ previewImport(input: { csv: \"date,amount\" }) { format } }",
    "mutation { saveImportProfile(input: { name: \"mine\", profile: \"{}\" }) { importProfile { id } } }",
    "mutation($id: ID!) { deleteImportProfile(input: { id: $id }) { deletedImportProfileId } }",
    "{ imports { totalCount } }",
    "query($id: ID!) { import(id: $id) { id } }",
    "mutation($id: ID!) { undoImport(input: { id: $id }) { replayed } }",
    "mutation($id: ID!) { setBudget(input: { category: { id: $id }, limit: 1 }) { budget { id } } }",
    "mutation($id: ID!) { deleteBudget(input: { id: $id }) { deletedBudgetId } }",
    "mutation { logout { userErrors { code } } }",
    "mutation($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId } }",
    "mutation { updateProfile(input: { displayName: \"mine\" }) { user { id } } }",
    "mutation { changePassword(input: { currentPassword: \"a\", newPassword: \"b\" }) { user { id } } }",
    "mutation { deleteAccount(input: { password: \"a\" }) { deletedUserId } }",
    "mutation { cancelAccountDeletion { user { id } } }",
    "mutation { createWallet(input: { currency: \"USD\" }) { wallet { id } } }",
    "mutation($id: ID!) { updateWallet(input: { id: $id, name: \"mine\" }) { wallet { id } } }",
    "mutation($id: ID!) { freezeWallet(input: { id: $id }) { wallet { id } } }",
    "mutation($id: ID!) { unfreezeWallet(input: { id: $id }) { wallet { id } } }",
    "query($id: ID!) { payee(wallet: { id: $id }) { displayName } }",
    "mutation($id: ID!) { closeWallet(input: { id: $id }) { wallet { id } } }",
    "mutation($id: ID!) { deposit(input: { wallet: { id: $id }, amount: 1 }) { replayed } }",
    "mutation($id: ID!) { withdraw(input: { wallet: { id: $id }, amount: 1 }) { replayed } }",
    "mutation($id: ID!) { transfer(input: { from: { id: $id }, to: { id: $id }, amount: 1 }) { replayed } }",
    "mutation($id: ID!) { allocate(input: { paymentId: $id, autoAllocate: true }) { replayed } }",
    "mutation($id: ID!) { release(input: { paymentId: $id }) { replayed } }",
    "mutation($id: ID!) { refundCustomer(input: { customerId: $id, amount: 1 }) { replayed } }",
    "mutation($id: ID!) { writeOff(input: { customerId: $id, amount: 1, reason: \"gone\" }) { replayed } }",
    "mutation($id: ID!) { setOpeningBalance(input: { customerId: $id, type: CREDIT, amount: 1 }) { replayed } }",
    "query($id: ID!) { creditNote(id: $id) { id } }",
    "query($id: ID!) { debitNote(id: $id) { id } }",
    "{ creditNotes { totalCount } }",
    "{ debitNotes { totalCount } }",
    "mutation($id: ID!) { createCreditNote(input: { invoiceId: $id, full: true, reason: \"mine\" }) { replayed } }",
    "mutation($id: ID!) { createDebitNote(input: { invoiceId: $id, grossAmount: 1, reason: \"mine\" }) { replayed } }",
    "mutation($id: ID!) { voidCreditNote(input: { id: $id, reason: \"mine\" }) { replayed } }",
    "mutation($id: ID!) { voidDebitNote(input: { id: $id, reason: \"mine\" }) { replayed } }",
    "{ salesReport(from: \"2026-11\", to: \"2026-11\") { currency } }",
];

#[apply(both_databases)]
async fn without_a_token_one_may_only_register_log_in_refresh_and_introspect(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let id = json!({ "id": owner.wallet });
    let anonymous = app.anonymous();
    for operation in OPERATIONS {
        assert_eq!(anonymous.error(operation, id.clone()).await, "UNAUTHENTICATED", "{operation}");
    }
    // A new field must be tried here.
    let roots = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }";
    let roots = anonymous.gql(roots, json!({})).await["__schema"].take();
    for field in ["queryType", "mutationType"].iter().flat_map(|root| roots[root]["fields"].as_array().unwrap()) {
        let name = field["name"].as_str().unwrap();
        let calls =
            |operation: &&str| operation.contains(&format!("{{ {name}(")) || operation.contains(&format!("{{ {name} "));
        let is_open = ["register", "login", "refreshToken"].contains(&name);
        assert!(is_open || OPERATIONS.iter().any(calls), "{name}");
    }
}

#[apply(both_databases)]
async fn logging_out_ends_the_session_at_once_and_no_other(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let other = login(&app.anonymous(), "amina", PASSWORD).await;
    let other = app.anonymous().with_token(other["accessToken"].as_str().unwrap());
    owner.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    assert_eq!(owner.error(ME, json!({})).await, "UNAUTHENTICATED");
    assert_eq!(errors(&refresh(&app.anonymous(), &owner.refresh_token).await), ["WRONG_CREDENTIALS refreshToken"]);
    assert_eq!(other.gql(ME, json!({})).await["me"]["username"], "amina");

    let third = login(&app.anonymous(), "amina", PASSWORD).await;
    let third = app.anonymous().with_token(third["accessToken"].as_str().unwrap());
    third.gql("mutation { logout(input: { everywhere: true }) { userErrors { code } } }", json!({})).await;
    assert_eq!(other.error(ME, json!({})).await, "UNAUTHENTICATED");
    assert_eq!(third.error(ME, json!({})).await, "UNAUTHENTICATED");
}

#[apply(both_databases)]
async fn without_a_grace_period_the_second_use_of_a_refresh_token_ends_the_session(on: Database) {
    let app = TestApp::with(on, |app| app.refresh_grace = TimeDelta::zero()).await;
    let owner = app.user("amina").await;
    let first = refresh(&app.anonymous(), &owner.refresh_token).await;
    assert_eq!(errors(&first), [""; 0]);
    let renewed = app.anonymous().with_token(first["accessToken"].as_str().unwrap());
    assert_eq!(renewed.gql(ME, json!({})).await["me"]["username"], "amina");

    let again = refresh(&app.anonymous(), &owner.refresh_token).await;
    assert_eq!(errors(&again), ["WRONG_CREDENTIALS refreshToken"]);
    assert_eq!(again["accessToken"], Value::Null);
    assert_eq!(renewed.error(ME, json!({})).await, "UNAUTHENTICATED");
    let latest = first["refreshToken"].as_str().unwrap();
    assert_eq!(errors(&refresh(&app.anonymous(), latest).await), ["WRONG_CREDENTIALS refreshToken"]);
}

#[apply(both_databases)]
#[threads(4)]
async fn without_a_grace_period_one_of_ten_who_use_a_refresh_token_at_once_gets_a_session(on: Database) {
    let app = TestApp::with(on, |app| app.refresh_grace = TimeDelta::zero()).await;
    let owner = app.user("amina").await;
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let (client, token) = (app.anonymous(), owner.refresh_token.clone());
            tokio::spawn(async move { refresh(&client, &token).await })
        })
        .collect();
    let mut granted = 0;
    for task in tasks {
        granted += usize::from(errors(&task.await.unwrap()).is_empty());
    }
    assert_eq!(granted, 1);
    assert_eq!(owner.error(ME, json!({})).await, "UNAUTHENTICATED");
}

#[apply(both_databases)]
async fn a_login_forgets_sessions_that_are_over_and_no_others(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let ended = login(&app.anonymous(), "amina", PASSWORD).await;
    let ended = app.anonymous().with_token(ended["accessToken"].as_str().unwrap());
    ended.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    app.advance(TimeDelta::hours(23));
    let renewed = refresh(&app.anonymous(), &owner.refresh_token).await;
    app.advance(TimeDelta::hours(2));
    // The first token of the first session has expired by now, its second has not.
    login(&app.anonymous(), "amina", PASSWORD).await;
    let sessions = session::Entity::find().count(app.app.db.read()).await.unwrap();
    assert_eq!(sessions, 2);
    // An old token is known for as long as its session lives, and ends it.
    assert_eq!(errors(&refresh(&app.anonymous(), &owner.refresh_token).await), ["WRONG_CREDENTIALS refreshToken"]);
    let latest = renewed["refreshToken"].as_str().unwrap();
    assert_eq!(errors(&refresh(&app.anonymous(), latest).await), ["WRONG_CREDENTIALS refreshToken"]);
}

#[apply(both_databases)]
async fn the_token_of_an_ended_session_is_soon_refused_whatever_it_asks_for(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    owner.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    // What cannot be executed waits for the session to be looked up, so that nobody spends the points of somebody who logged out.
    assert_eq!(owner.error("{", json!({})).await, "UNAUTHENTICATED");

    let badr = app.user("badr").await;
    badr.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    // What reads nothing does not wait for it.
    while badr.client.request("{ __typename }", json!({})).await.json()["data"]["__typename"] == "Query" {
        tokio::task::yield_now().await;
    }
    assert_eq!(badr.error("{ __typename }", json!({})).await, "UNAUTHENTICATED");
}

#[apply(both_databases)]
async fn tokens_expire_after_an_hour_and_a_day(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    app.advance(TimeDelta::minutes(59));
    assert_eq!(owner.gql(ME, json!({})).await["me"]["username"], "amina");
    app.advance(TimeDelta::minutes(1));
    assert_eq!(owner.error(ME, json!({})).await, "UNAUTHENTICATED");

    app.advance(TimeDelta::hours(22));
    let renewed = refresh(&app.anonymous(), &owner.refresh_token).await;
    let refresh_token = renewed["refreshToken"].as_str().unwrap();
    app.advance(TimeDelta::hours(24));
    assert_eq!(errors(&refresh(&app.anonymous(), refresh_token).await), ["WRONG_CREDENTIALS refreshToken"]);
}

#[apply(both_databases)]
async fn a_token_that_is_not_ours_is_refused(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let token = owner.client.token.clone().unwrap();
    let claims: Value = {
        let payload = token.split('.').nth(1).unwrap();
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
    };
    assert_eq!(claims["username"], "amina");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    for (claim, prefix) in [("sub", "user_"), ("session", "session_"), ("book", "book_")] {
        assert!(claims[claim].as_str().unwrap().starts_with(prefix), "{claims}");
    }
    let sign = |algorithm, secret: &str, claims: &Value| {
        jsonwebtoken::encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    };
    assert_eq!(
        app.anonymous().with_token(&sign(Algorithm::HS256, SECRET, &claims)).request(ME, json!({})).await.status,
        200
    );

    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let with = |claim: &str, value: Value| {
        let mut claims = claims.clone();
        claims[claim] = value;
        sign(Algorithm::HS256, SECRET, &claims)
    };
    let stranger = app.user("badr").await;
    let strangers: Value = {
        let token = stranger.client.token.as_ref().unwrap();
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
    };
    let (head, signature) = token.rsplit_once('.').unwrap();
    for (what, token) in [
        ("no algorithm", format!("{}.{}.", part(&json!({ "alg": "none", "typ": "JWT" })), part(&claims))),
        (
            "no algorithm, with a signature",
            format!("{}.{}.{signature}", part(&json!({ "alg": "none" })), part(&claims)),
        ),
        ("no signature", format!("{head}.")),
        ("another secret", sign(Algorithm::HS256, "another secret of thirty-two bytes", &claims)),
        ("another algorithm", sign(Algorithm::HS512, SECRET, &claims)),
        ("expired", with("exp", json!(claims["iat"]))),
        ("no expiry", with("exp", Value::Null)),
        ("another's book", with("book", strangers["book"].clone())),
        ("another's user", with("sub", strangers["sub"].clone())),
        ("another's session", with("session", strangers["session"].clone())),
        ("a refresh token", owner.refresh_token.clone()),
        ("nothing", String::new()),
        ("no token", "x.y.z".to_owned()),
    ] {
        assert_eq!(app.anonymous().with_token(&token).error(ME, json!({})).await, "UNAUTHENTICATED", "{what}");
    }
}

#[apply(both_databases)]
async fn a_bad_token_is_not_treated_as_no_token_unless_the_operation_only_starts_sessions(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let credentials = format!("identifier: \"amina\", password: \"{PASSWORD}\"");
    let login = format!("login(input: {{ {credentials} }}) {{ accessToken userErrors {{ code }} }}");
    let renew = format!("refreshToken(input: {{ refreshToken: \"{}\" }}) {{ accessToken }}", owner.refresh_token);
    let register = format!("register(input: {{ username: \"badr\", password: \"{PASSWORD}\" }}) {{ accessToken }}");
    let bad = [("authorization", "Bearer x.y.z"), ("authorization", "Basic YTpi"), ("authorization", "")];
    let bad = bad.map(|(name, value)| app.anonymous().with_header(name, value));
    for client in &bad {
        for operation in [
            "{ __typename }".to_owned(),
            "{ __schema { queryType { name } } }".to_owned(),
            "{".to_owned(),
            format!("mutation {{ {login} logout {{ userErrors {{ code }} }} }}"),
            "mutation { __typename }".to_owned(),
            format!("mutation {{ __typename {login} logout {{ userErrors {{ code }} }} }}"),
            format!("mutation {{ {login} nothing }}"),
        ] {
            let answer = client.request(&operation, json!({})).await.json();
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{operation}");
            assert_eq!(answer.get("data"), None);
        }
        assert_eq!(client.get("/graphql?query={__typename}").await.json().get("data"), None);
    }
    let sessions =
        async || owner.gql("{ me { sessions { id } } }", json!({})).await["me"]["sessions"].as_array().unwrap().len();
    // Nothing of what was refused was done.
    assert_eq!(sessions().await, 1);
    for (client, operation) in bad.iter().zip([&login, &renew, &register]) {
        let answer = client.request(&format!("mutation {{ {operation} }}"), json!({})).await.json();
        let field = operation.split_once('(').unwrap().0;
        assert!(answer["data"][field]["accessToken"].is_string(), "{answer}");
    }
    assert_eq!(sessions().await, 2);
    // `__typename` is no call.
    let answer = bad[0].request(&format!("mutation {{ __typename {login} }}"), json!({})).await.json();
    assert_eq!(answer["data"]["__typename"], "Mutation", "{answer}");
    assert!(answer["data"]["login"]["accessToken"].is_string(), "{answer}");
    assert_eq!(sessions().await, 3);
}
