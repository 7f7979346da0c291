//! What is done with an account is on record too, without what is secret, and without the person when they are gone.

use chrono::TimeDelta;
use daybook::{
    activity::{changes, codes},
    entity::activity::{Action, Column, Entity, Model},
    error::Code,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::harness::{
    Database, PASSWORD, TestApp, User, changes as changes_of, errors, login, refresh, register, told,
};

async fn rows(app: &TestApp, action: Action) -> Vec<Model> {
    let rows = Entity::find().filter(Column::Action.eq(action)).order_by_asc(Column::CreatedAt);
    rows.all(app.app.db.read()).await.unwrap()
}

async fn mutate(user: &User, mutation: &str, input: Value) -> Vec<String> {
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    errors(&user.mutate(mutation, &input_type, "userErrors { code path }", input).await)
}

#[apply(both_databases)]
async fn what_changed_of_a_profile_and_of_a_shop_is_told(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let input = json!({ "username": "Amina.S", "phone": "+967711234567", "displayName": "Amina Saleh",
        "email": "amina@example.org", "timeZone": "Asia/Aden", "findable": false });
    assert_eq!(mutate(&amina, "updateProfile", input).await, [""; 0]);
    let row = amina.latest().await;
    let me = amina.gql("{ me { id } }", json!({})).await["me"]["id"].take();
    assert_eq!((told(&row), &row["thingId"]), ("UPDATE_PROFILE DONE".to_owned(), &me));
    let expected = [
        "username amina -> Amina.S",
        "phone - -> +967711234567",
        "email - -> amina@example.org",
        "displayName amina -> Amina Saleh",
        "findable true -> false",
        "timeZone UTC -> Asia/Aden",
    ];
    assert_eq!(changes_of(&row), expected);
    assert_eq!(mutate(&amina, "updateProfile", json!({ "phone": null, "username": "a" })).await, ["INVALID username"]);
    let row = amina.latest().await;
    assert_eq!((told(&row), &row["changes"]), ("UPDATE_PROFILE REFUSED INVALID".to_owned(), &json!([])));
    assert_eq!(row["thingId"], me);

    let shop = json!({ "shopName": "Amina's lamps", "proprietorName": "Amina Saleh", "gstNumber": "29ABCDE1234F1Z5",
        "phone": "+967722000077", "address": "7 Sea Road", "city": "Aden", "state": "Aden" });
    assert_eq!(mutate(&amina, "updateBook", shop).await, [""; 0]);
    let expected = [
        "shopName - -> Amina's lamps",
        "proprietorName - -> Amina Saleh",
        "gstNumber - -> 29ABCDE1234F1Z5",
        "phone - -> +967722000077",
        "address - -> 7 Sea Road",
        "city - -> Aden",
        "state - -> Aden",
    ];
    assert_eq!(changes_of(&amina.latest().await), expected);
    assert_eq!(mutate(&amina, "updateBook", json!({ "name": "" })).await, ["INVALID name"]);
    let book = amina.gql("{ book { id } }", json!({})).await["book"]["id"].take();
    let expected = ["UPDATE_BOOK REFUSED INVALID", "UPDATE_BOOK DONE"];
    assert_eq!(amina.history_of(book.as_str().unwrap()).await, expected);
}

#[apply(both_databases)]
async fn another_password_and_the_end_of_a_session_are_on_record_without_what_is_secret(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let other = login(&app.anonymous(), "amina", PASSWORD).await;
    let other = app.anonymous().with_token(other["accessToken"].as_str().unwrap());
    let query = "{ me { sessions { id isCurrent } } }";
    let session = other.gql(query, json!({})).await["me"]["sessions"].take();
    let session =
        session.as_array().unwrap().iter().find(|session| session["isCurrent"] == true).unwrap()["id"].clone();
    assert_eq!(mutate(&amina, "revokeSession", json!({ "id": session })).await, [""; 0]);
    let row = amina.latest().await;
    assert_eq!((told(&row), &row["thingId"]), ("REVOKE_SESSION DONE".to_owned(), &session));
    assert_ne!(row["sessionId"], session);

    let change = |current: &str| json!({ "currentPassword": current, "newPassword": "seven quiet lamps 77" });
    assert_eq!(mutate(&amina, "changePassword", change("wrong")).await, ["WRONG_CREDENTIALS currentPassword"]);
    assert_eq!(told(&amina.latest().await), "CHANGE_PASSWORD REFUSED WRONG_CREDENTIALS");
    assert_eq!(mutate(&amina, "changePassword", change(PASSWORD)).await, [""; 0]);
    let row = amina.latest().await;
    assert_eq!((told(&row), &row["changes"]), ("CHANGE_PASSWORD DONE".to_owned(), &json!([])));
}

#[apply(both_databases)]
async fn logins_and_registrations_that_have_to_wait_are_on_record(on: Database) {
    let limits = |app: &mut daybook::app::App| {
        app.limits.login_failures_per_identifier = 2;
        app.limits.registrations_per_address = 1;
    };
    let app = TestApp::with(on, limits).await;
    let client = app.anonymous().at_address("203.0.113.7");
    let amina = User::register(&client, "amina").await;
    assert_eq!(
        errors(&register(&client, json!({ "username": "badr", "password": PASSWORD })).await),
        ["TOO_MANY_ATTEMPTS"]
    );
    for _ in 0..3 {
        login(&client, "amina", "wrong").await;
    }
    // Of those that come too early the first of each wait, or anybody could fill the record.
    for _ in 0..2 {
        assert_eq!(errors(&login(&client, "amina", PASSWORD).await), ["TOO_MANY_ATTEMPTS"]);
    }
    app.advance(TimeDelta::seconds(1));
    assert_eq!(errors(&login(&client, "amina", "wrong").await), ["WRONG_CREDENTIALS"]);
    for _ in 0..2 {
        assert_eq!(errors(&login(&client, "amina", PASSWORD).await), ["TOO_MANY_ATTEMPTS"]);
    }
    let rows_of_login = amina.activity(json!({ "actions": ["LOGIN"] })).await;
    let (wrong, early) = ("LOGIN REFUSED WRONG_CREDENTIALS", "LOGIN REFUSED TOO_MANY_ATTEMPTS");
    assert_eq!(rows_of_login.iter().map(told).collect::<Vec<_>>(), [early, wrong, early, wrong, wrong, wrong]);
    assert!(rows_of_login.iter().all(|row| row["address"] == "203.0.113.7"), "{rows_of_login:?}");
    register(&client, json!({ "username": "celal", "password": PASSWORD })).await;
    let registrations = rows(&app, Action::Register).await;
    let codes: Vec<_> = registrations.iter().map(|row| codes(row).unwrap()).collect();
    assert_eq!(codes, [vec![], vec![Code::TooManyAttempts]]);
}

#[apply(both_databases)]
async fn the_end_of_an_account_stays_on_record_without_the_person(on: Database) {
    let app = TestApp::on(on).await;
    let badr = User::register(&app.anonymous().at_address("203.0.113.9"), "badr").await;
    mutate(&badr, "updateBook", json!({ "name": "Bakery" })).await;
    let amina = User::register(&app.anonymous().at_address("203.0.113.7"), "amina").await;
    mutate(&amina, "updateProfile", json!({ "displayName": "Amina Saleh" })).await;
    mutate(&amina, "updateBook", json!({ "name": "Amina's lamps" })).await;
    let customer = amina.customer("Yusuf").await;
    amina.update_customer(json!({ "id": customer, "city": "Aden" })).await;
    login(&app.anonymous().at_address("203.0.113.8"), "amina", "wrong").await;
    amina.fund("5").await;
    assert_eq!(mutate(&amina, "deleteAccount", json!({ "password": PASSWORD })).await, ["WALLET_NOT_EMPTY"]);
    assert_eq!(told(&amina.latest().await), "DELETE_ACCOUNT REFUSED WALLET_NOT_EMPTY");
    amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "5" })).await;
    let id = amina.gql("{ me { id } }", json!({})).await["me"]["id"].take();
    assert_eq!(mutate(&amina, "deleteAccount", json!({ "password": PASSWORD })).await, [""; 0]);
    refresh(&app.anonymous(), &amina.refresh_token).await;

    let gone: Vec<_> = Entity::find().order_by_asc(Column::CreatedAt).all(app.app.db.read()).await.unwrap();
    let gone: Vec<_> =
        gone.into_iter().filter(|row| row.actor_id.is_some_and(|actor| json!(actor.to_string()) == id)).collect();
    let actions: Vec<_> = gone.iter().map(|row| row.action).collect();
    let expected = [
        Action::Register,
        Action::UpdateProfile,
        Action::UpdateBook,
        Action::CreateCustomer,
        Action::UpdateCustomer,
        Action::Login,
        Action::Deposit,
        Action::DeleteAccount,
        Action::Withdraw,
        Action::DeleteAccount,
    ];
    assert_eq!(actions, expected);
    for row in gone {
        assert_eq!(row.address, None);
        assert_eq!(changes(&row).unwrap(), [], "{:?}", row.action);
    }
    // What others did stays as it was.
    let row = badr.latest().await;
    assert_eq!(
        (&row["changes"][0]["to"], changes_of(&row)),
        (&json!("Bakery"), vec!["name badr -> Bakery".to_owned()])
    );
    assert_eq!(badr.activity(json!({ "actions": ["REGISTER"] })).await[0]["address"], "203.0.113.9");
}

#[apply(both_databases)]
async fn whoever_came_too_early_at_one_name_is_on_record_at_another_too(on: Database) {
    let limits = |app: &mut daybook::app::App| app.limits.login_failures_per_identifier = 1;
    let app = TestApp::with(on, limits).await;
    let (amina, badr) = (app.user("amina").await, app.user("badr").await);
    let [somebody, another] = ["203.0.113.7", "203.0.113.8"].map(|address| app.anonymous().at_address(address));
    login(&another, "nobody", "wrong").await;
    for name in ["amina", "badr"] {
        for _ in 0..2 {
            assert_eq!(errors(&login(&somebody, name, "wrong").await), ["WRONG_CREDENTIALS"]);
        }
    }
    for (name, owner) in [("amina", &amina), ("badr", &badr)] {
        assert_eq!(errors(&login(&another, name, "wrong").await), ["TOO_MANY_ATTEMPTS"]);
        let row = owner.latest().await;
        assert_eq!((told(&row).as_str(), &row["address"]), ("LOGIN REFUSED TOO_MANY_ATTEMPTS", &json!("203.0.113.8")));
    }
}
