//! Deleting an account: when it is let, what is gone afterwards, and what stays.

use daybook::entity::{
    self,
    account::{self, AccountKind, AccountStatus},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::harness::{Client, Database, PASSWORD, TestApp, User, dump, errors, id_of, login, refresh, register};

async fn delete(client: &Client, password: &str) -> Value {
    let query = "mutation($input: DeleteAccountInput!) { deleteAccount(input: $input) {
        deletedUserId userErrors { code path message } } }";
    client.gql(query, json!({ "input": { "password": password } })).await["deleteAccount"].take()
}

fn zahra() -> Value {
    json!({ "username": "zahra.77", "password": PASSWORD, "displayName": "Zahra Qasim", "bookName": "Zahra Qasim Stores",
        "phone": "+967711234567", "email": "zahra@qasim.example" })
}

#[apply(both_databases)]
async fn while_a_wallet_holds_money_the_account_stays(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("12.50").await;
    let dollars = amina.new_wallet("USD").await;
    amina.deposit(json!({ "wallet": { "id": dollars }, "amount": "3" })).await;
    amina.new_wallet("EUR").await;
    let payload = delete(&amina.client, PASSWORD).await;
    assert_eq!(errors(&payload), ["WALLET_NOT_EMPTY", "WALLET_NOT_EMPTY"]);
    let messages = payload["userErrors"].to_string();
    for part in ["“YEM wallet” still holds 12.50 YEM", "“USD wallet” still holds 3.00 USD"] {
        assert!(messages.contains(part), "{messages}");
    }
    assert_eq!(payload["deletedUserId"], Value::Null);
    // Nothing was closed.
    let wallets = amina.gql("{ wallets { status } me { displayName } }", json!({})).await;
    assert_eq!(wallets["wallets"], json!([{ "status": "ACTIVE" }, { "status": "ACTIVE" }, { "status": "ACTIVE" }]));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn it_takes_the_password(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for password in ["", "wrong", "correct horse"] {
        assert_eq!(errors(&delete(&amina.client, password).await), ["WRONG_CREDENTIALS password"], "{password}");
    }
    amina.gql("{ me { id } }", json!({})).await;
}

#[apply(both_databases)]
async fn nobody_logs_in_as_a_deleted_user_by_any_way(on: Database) {
    let app = TestApp::on(on).await;
    let zahra_user = User::register_as(&app.anonymous(), zahra()).await;
    let other = login(&app.anonymous(), "zahra.77", PASSWORD).await;
    let id = zahra_user.gql("{ me { id } }", json!({})).await["me"]["id"].take();
    assert_eq!(delete(&zahra_user.client, PASSWORD).await, json!({ "deletedUserId": id, "userErrors": [] }));

    let id = id.as_str().unwrap();
    for identifier in
        ["zahra.77", "+967711234567", "zahra@qasim.example", "deleted user", id, &format!("deleted user {id}")]
    {
        let refused = login(&app.anonymous(), identifier, PASSWORD).await;
        assert_eq!(errors(&refused), ["WRONG_CREDENTIALS"], "{identifier}");
    }
    let tokens = [zahra_user.client.token.as_deref().unwrap(), other["accessToken"].as_str().unwrap()];
    for token in tokens {
        assert_eq!(app.anonymous().with_token(token).error("{ me { id } }", json!({})).await, "UNAUTHENTICATED");
    }
    for token in [zahra_user.refresh_token.as_str(), other["refreshToken"].as_str().unwrap()] {
        assert_eq!(errors(&refresh(&app.anonymous(), token).await), ["WRONG_CREDENTIALS refreshToken"]);
    }
    // Its names are free for a new beginning.
    let again = register(&app.anonymous(), zahra()).await;
    assert_eq!(errors(&again), [""; 0]);
    assert_ne!(again["user"]["id"], id);
}

#[apply(both_databases)]
async fn who_was_paid_sees_a_deleted_user_and_the_journal_stays_whole(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let zahra_user = User::register_as(&app.anonymous(), zahra()).await;
    zahra_user.fund("5").await;
    zahra_user.pay(&amina, "5").await;
    let before = amina.history(&amina.wallet, json!({})).await;
    assert_eq!(before[0]["node"]["from"]["displayName"], "Zahra Qasim");
    assert!(errors(&delete(&zahra_user.client, PASSWORD).await).is_empty());

    let after = amina.history(&amina.wallet, json!({})).await;
    assert_eq!(after[0]["node"]["from"]["displayName"], "deleted user");
    assert_eq!((after.len(), &after[0]["balanceAfter"]), (1, &before[0]["balanceAfter"]));
    for to in [json!({ "username": "zahra.77" }), json!({ "phone": "+967711234567" })] {
        let paid = amina.transfer(json!({ "from": { "id": amina.wallet }, "to": to, "amount": "1" })).await;
        assert_eq!(paid["userErrors"][0]["code"], "NOT_FOUND", "{paid}");
    }
    let paid = amina.pay(&zahra_user, "1").await;
    assert_eq!(paid["userErrors"][0]["code"], "WALLET_NOT_ACTIVE", "{paid}");
    assert_eq!(amina.balance(&amina.wallet).await, "5.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn personal_details_are_nowhere_in_the_database_afterwards(on: Database) {
    let (app, _amina) = TestApp::with_owner(on).await;
    let zahra_user = User::register_as(&app.anonymous(), zahra()).await;
    let shop = json!({ "shopName": "Qasim Lamps", "proprietorName": "Zahra Qasim", "gstNumber": "QASIM77", "phone": "+967722000077",
        "address": "77 Qasim Road", "city": "Qasimabad", "state": "Qasimistan" });
    let changed = zahra_user.mutate("updateBook", "UpdateBookInput", "userErrors { code }", shop).await;
    assert_eq!(changed["userErrors"], json!([]));
    // Also what documents say of the shop, before and after it moved.
    let customer = zahra_user.customer("Badr").await;
    let invoice = zahra_user.invoice(&customer, "10", "2026-11-20").await;
    // And what the shop wrote about a customer, who owes something still.
    let asked = json!({ "invoiceId": invoice, "grossAmount": "1", "reason": "the lamp of Qasim Lamps broke" });
    id_of(&zahra_user.create_credit_note(asked).await, "creditNote");
    let entry = json!({ "customerId": customer, "type": "CREDIT", "amount": "1", "note": "a cousin of Qasim" });
    let entry = id_of(&zahra_user.add_entry(entry).await, "entry");
    id_of(&zahra_user.update_entry(json!({ "id": entry, "note": "no cousin of Qasim" })).await, "entry");
    let known = json!({ "id": customer, "phone": "+967744000077", "note": "knows Qasim" });
    id_of(&zahra_user.update_customer(known).await, "customer");
    let moved = json!({ "shopName": "Qasim Lamps & Sons", "address": "78 Qasim Road" });
    zahra_user.mutate("updateBook", "UpdateBookInput", "userErrors { code }", moved).await;
    zahra_user.invoice(&customer, "20", "2026-11-20").await;
    zahra_user.receipt(&customer, "5", "2026-11-20").await;
    let file = json!({ "csv": "name,phone,note\nSami Qasim,,a nephew\n", "fileName": "customers of Qasim Lamps.csv" });
    let fields = "added userErrors { code path }";
    let imported = zahra_user.mutate("importCustomers", "ImportCustomersInput", fields, file).await;
    assert_eq!(imported, json!({ "added": 1, "userErrors": [] }));
    let profile = json!({ "username": "zahra.78", "email": "other@qasim.example" });
    zahra_user.mutate("updateProfile", "UpdateProfileInput", "user { id }", profile).await;
    let details = ["zahra", "qasim", "711234567", "722000077", "744000077"];
    let before = dump(&app.app.db).await.to_lowercase();
    assert!(details.iter().all(|detail| before.contains(detail)));
    assert!(errors(&delete(&zahra_user.client, PASSWORD).await).is_empty());
    let after = dump(&app.app.db).await.to_lowercase();
    for detail in details {
        let line = after.lines().find(|line| line.contains(detail));
        assert_eq!(line, None, "{detail}");
    }
    assert!(after.contains("deleted user"));
    // The documents stay, and say of the customer what they said.
    assert_eq!(after.matches("inv-000").count(), before.matches("inv-000").count());
    let parties = entity::party::Entity::find().all(app.app.db.read()).await.unwrap();
    let names: Vec<_> = parties.iter().filter_map(|party| party.name.as_deref()).collect();
    assert_eq!((parties.len(), &names[..]), (4, &["Badr", "Badr"][..]));
    // The customers themselves are erased.
    let customers = entity::customer::Entity::find().all(app.app.db.read()).await.unwrap();
    assert!(customers.iter().all(|customer| customer.name == "Erased customer" && customer.erased_at.is_some()));
    app.assert_journal_is_whole().await;

    // Nor in what SQLite leaves in its file.
    let Some(file) = app.url.strip_prefix("sqlite:").map(|rest| rest.split('?').next().unwrap()) else { return };
    let connection = sea_orm::Database::connect(&app.url).await.unwrap();
    connection.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    let bytes = String::from_utf8_lossy(&std::fs::read(file).unwrap()).to_lowercase();
    assert!(bytes.contains("deleted user"));
    for detail in details {
        assert!(!bytes.contains(detail), "{detail} is in the file");
    }
}

#[apply(both_databases)]
#[threads(4)]
async fn money_that_arrives_while_the_account_is_deleted_is_not_lost(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("100").await;
    for round in 0..6 {
        let leaver = app.user(&format!("leaver{round}")).await;
        let paying = {
            let (amina, leaver) = (amina.clone(), leaver.clone());
            tokio::spawn(async move { amina.pay(&leaver, "1").await })
        };
        let entering = {
            let client = app.anonymous();
            tokio::spawn(async move { login(&client, &format!("leaver{round}"), PASSWORD).await })
        };
        let deleted = errors(&delete(&leaver.client, PASSWORD).await);
        let paid = paying.await.unwrap();
        let entered = entering.await.unwrap();
        if paid["userErrors"] == json!([]) {
            assert_eq!(deleted, ["WALLET_NOT_EMPTY"]);
            assert_eq!(leaver.balance(&leaver.wallet).await, "1.00");
        } else {
            assert_eq!((paid["userErrors"][0]["code"].as_str(), deleted.len()), (Some("WALLET_NOT_ACTIVE"), 0));
            if let Some(token) = entered["accessToken"].as_str() {
                let code = app.anonymous().with_token(token).error("{ me { id } }", json!({})).await;
                assert_eq!(code, "UNAUTHENTICATED");
            }
        }
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_request_that_deletes_the_account_does_nothing_else(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for more in ["updateProfile(input: { phone: \"+967711234567\" }) { user { id } }", "b: __typename"] {
        let delete = format!("deleteAccount(input: {{ password: \"{PASSWORD}\" }}) {{ deletedUserId }}");
        for both in [format!("{delete} {more}"), format!("{more} ... {{ {delete} }}")] {
            let code = amina.error(&format!("mutation {{ {both} }}"), json!({})).await;
            assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{both}");
        }
    }
    amina.gql("{ me { id } }", json!({})).await;
}

#[apply(both_databases)]
#[threads(4)]
async fn what_is_under_way_while_the_account_is_deleted_does_not_bring_it_back(on: Database) {
    let app = TestApp::on(on).await;
    for round in 0..6 {
        let leaver = app.user(&format!("leaver{round}")).await;
        leaver.mutate("updateBook", "UpdateBookInput", "userErrors { code }", json!({ "city": "Qasimabad" })).await;
        let customer = leaver.customer("Badr").await;
        let requests = [
            ("updateProfile", json!({ "phone": "+967711234567" })),
            ("updateBook", json!({ "shopName": "Qasim Lamps" })),
            ("createWallet", json!({ "currency": "USD" })),
            ("createCategory", json!({ "name": "Qasim", "kind": "INCOME" })),
            ("createCustomer", json!({ "name": "Yusuf" })),
            ("createInvoice", json!({ "customerId": customer, "grossAmount": "1" })),
            ("createReceipt", json!({ "customerId": customer, "amount": "1", "paymentType": "CASH" })),
            ("updateBook", json!({ "name": "" })),
        ];
        let requests = requests.map(|(mutation, input)| {
            let leaver = leaver.clone();
            let input_type = format!("{}{}", mutation[..1].to_uppercase(), &mutation[1..]);
            let query = format!(
                "mutation($input: {input_type}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
            );
            tokio::spawn(async move { leaver.client.request_patiently(&query, json!({ "input": input })).await.json() })
        });
        assert_eq!(errors(&delete(&leaver.client, PASSWORD).await), [""; 0]);
        for answer in requests {
            // Done before, or not at all.
            let answer = answer.await.unwrap();
            let code = &answer["errors"][0]["extensions"]["code"];
            assert!(code.is_null() || code == "UNAUTHENTICATED", "{answer}");
        }
    }
    let rows = entity::activity::Entity::find().all(app.app.db.read()).await.unwrap();
    let kept: Vec<_> = rows.iter().filter(|row| row.actor_id.is_some() && row.address.is_some()).collect();
    assert!(kept.is_empty(), "{kept:?}");
    let users = entity::user::Entity::find().all(app.app.db.read()).await.unwrap();
    assert!(users.iter().all(|user| user.phone.is_none() && user.deleted_at.is_some()), "{users:?}");
    let books = entity::book::Entity::find().all(app.app.db.read()).await.unwrap();
    assert!(books.iter().all(|book| book.shop_name.is_none() && book.closed_at.is_some()), "{books:?}");
    let parties = entity::party::Entity::find().all(app.app.db.read()).await.unwrap();
    assert!(parties.iter().all(|party| party.city.is_none() && party.firm_name.is_none()), "{parties:?}");
    app.assert_journal_is_whole().await;
    let accounts = account::Entity::find().filter(account::Column::Kind.eq(AccountKind::Wallet));
    let accounts = accounts.all(app.app.db.read()).await.unwrap();
    assert!(accounts.iter().all(|account| account.status == AccountStatus::Closed), "{accounts:?}");
}
