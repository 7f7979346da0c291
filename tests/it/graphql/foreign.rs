//! Whatever root field there is or will be: by an id of somebody else's it shows nothing and changes nothing.

use std::collections::BTreeMap;

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::harness::{
    Answer, Client, Database, Driver, PASSWORD, Position, Root, TestApp, User, any_price, errors, kind, new_id, things,
};

/// What stands in every text of the victim's, and in no other.
const MARK: &str = "Zahra";
/// What is in every amount of the victim's.
const AMOUNT: &str = "7717.13";

/// Money may be paid into a wallet of somebody else's: that is what a transfer is. `tenancy` looks at what it shows, and
/// `wallets::payees` at whom a payee's wallet shows.
const MEANT_FOR_OTHERS: [(&str, &str); 2] = [("transfer", "input.to.id"), ("payee", "wallet.id")];

async fn call(user: &User, driver: &Driver, root: &Root, arguments: &Value) -> Answer {
    user.client.request(&driver.operation(root, arguments), arguments.clone()).await
}

/// All that somebody sees: every root field that needs no id, and everything by its id.
async fn dump(user: &User, driver: &Driver, things: &BTreeMap<&str, String>) -> Vec<Value> {
    let mut seen = Vec::new();
    for root in driver.roots().iter().filter(|root| !root.is_mutation) {
        let positions = driver.positions(root);
        let nothing = json!({});
        if root.needs_nothing() {
            let answer = call(user, driver, root, &nothing).await.json();
            assert_eq!(answer.get("errors"), None, "{}", root.name);
            seen.push(answer);
        } else if positions.is_empty() {
            let arguments = driver.arguments(root, &Vec::new(), &|at, _| panic!("{at:?} is no place for an id"));
            seen.push(call(user, driver, root, &arguments).await.json());
        }
        for position in positions {
            let arguments = driver.arguments(root, &position, &|at, owner| things[kind(at, owner, root)].clone());
            seen.push(call(user, driver, root, &arguments).await.json());
        }
    }
    let archived = "{ customers(filter: { archived: true }) { totalCount } categories(archived: true) { id }
        entries(filter: { deleted: true }) { totalCount } transactions(filter: { deleted: true }) { totalCount } }";
    seen.push(user.gql(archived, json!({})).await);
    for id in things.values() {
        let query = "query($id: ID!) { node(id: $id) { __typename id } }";
        seen.push(user.gql(query, json!({ "id": id })).await);
    }
    for answer in &mut seen {
        assert_eq!(answer.get("errors"), None, "{answer}");
        // Being looked at is a use.
        for session in answer.pointer_mut("/data/me/sessions").and_then(Value::as_array_mut).into_iter().flatten() {
            session.as_object_mut().unwrap().remove("lastUsedAt");
        }
    }
    seen
}

/// Whether a position is for the id of something new, which the client may choose.
fn is_choice(root: &Root, position: &Position) -> bool {
    let makes = ["create", "add"].iter().any(|verb| root.name.starts_with(verb));
    makes && *position == ["input", "id"]
}

/// Checks the answer to a call with an id that is not the caller's.
fn assert_refused(root: &Root, position: &Position, answer: &Answer) {
    let answer = answer.json();
    let what = format!("{} {}: {answer}", root.name, position.join("."));
    if root.is_mutation {
        // The path of a user error begins within the input.
        let code = if is_choice(root, position) { "INVALID" } else { "NOT_FOUND" };
        let expected = format!("{code} {}", position[1..].join("."));
        assert!(errors(&answer["data"][&root.name]).contains(&expected), "{what}");
        return;
    }
    let code = &answer["errors"][0]["extensions"]["code"];
    let found = &answer["data"][&root.name];
    // What happened to something can be asked for by any id, since the thing may be gone.
    let is_nothing = found.is_null() || *found == json!([null]) || found["edges"] == json!([]);
    assert!(is_nothing && (code.is_null() || code == "NOT_FOUND"), "{what}");
}

#[apply(both_databases)]
async fn by_anothers_id_nothing_is_shown_and_nothing_changed(on: Database) {
    let app = TestApp::with(on, any_price).await;
    let attacker = app.user("amina").await;
    let victim = json!({
        "username": MARK, "password": PASSWORD, "displayName": MARK, "bookName": MARK, "phone": "+967711234567",
        "email": "Zahra@example.org",
    });
    let victim = User::register_as(&app.anonymous(), victim).await;
    let driver = Driver::new(&app.anonymous()).await;
    let theirs = things(&victim, MARK, AMOUNT).await;
    let before = dump(&victim, &driver, &theirs).await;
    assert!(before.iter().any(|answer| answer.to_string().contains(MARK)));

    let mut attacks = 0;
    for root in driver.roots() {
        let positions = driver.positions(&root);
        if positions.is_empty() {
            continue;
        }
        // Fresh ones for each field, since the last call with them may archive, void or freeze them.
        let own = things(&attacker, "mine", "100").await;
        for position in positions {
            let own_id = |at: &Position, owner: &str| {
                let own = &own[kind(at, owner, &root)];
                if is_choice(&root, at) { new_id(own.rsplit_once('_').unwrap().0) } else { own.clone() }
            };
            if MEANT_FOR_OTHERS.contains(&(root.name.as_str(), position.join(".").as_str())) {
                continue;
            }
            for id in theirs.values() {
                let attack = |at: &Position, owner: &str| if *at == position { id.clone() } else { own_id(at, owner) };
                // With all that there is to be done, and with nothing to be done.
                for arguments in
                    [driver.arguments(&root, &position, &attack), driver.fewest_arguments(&root, &position, &attack)]
                {
                    let answer = call(&attacker, &driver, &root, &arguments).await;
                    assert_refused(&root, &position, &answer);
                    let others = theirs.values().filter(|other| *other != id).map(String::as_str);
                    for secret in others.chain([MARK, AMOUNT, "+967711234567"]) {
                        assert!(!answer.text.contains(secret), "{} shows {secret}: {}", root.name, answer.text);
                    }
                    attacks += 1;
                }
            }
            // The same call with ids of one's own is let: it was refused for the one id, and for nothing else.
            let arguments = driver.arguments(&root, &position, &own_id);
            let answer = call(&attacker, &driver, &root, &arguments).await.json();
            assert_eq!(answer.get("errors"), None, "the driver cannot call {}", root.name);
            assert!(!answer["data"][&root.name].is_null(), "the driver cannot call {}: {answer}", root.name);
            if root.is_mutation {
                let refused = errors(&answer["data"][&root.name]);
                let is_understood = refused.iter().all(|error| {
                    // What is their own, but is not in the state for it.
                    let owes = root.name == "eraseCustomer" && error == "NOT_ALLOWED id";
                    // It was confirmed by the call before.
                    let is_gone = root.name == "confirmDuplicate" && error == "NOT_ALLOWED importedId";
                    let is_not = |code: &&str| error.starts_with(*code);
                    owes || is_gone || ["SAME_WALLET", "WALLET_NOT_EMPTY", "NOT_ALLOWED amount"].iter().any(is_not)
                });
                assert!(is_understood, "the driver cannot call {}: {refused:?}", root.name);
            }
        }
    }
    assert!(attacks > 800, "only {attacks} attacks");
    assert_eq!(dump(&victim, &driver, &theirs).await, before);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn anothers_category_is_not_found_by_what_it_is_called(on: Database) {
    let app = TestApp::with(on, any_price).await;
    let amina = app.user("amina").await;
    let badr = app.user("badr").await;
    badr.category(MARK, "EXPENSE").await;
    badr.spend(MARK, AMOUNT, "2026-11-20").await;
    let own = amina.spend("Food", "1", "2026-11-20").await;
    for name in [MARK, "ZAHRA", " zahra "] {
        let category = json!({ "name": name });
        let lines = json!([{ "category": { "name": "Food" }, "amount": "1" }, { "category": category, "amount": "1" }]);
        for (payload, path) in [
            (amina.add_transaction(json!({ "category": category, "amount": "1" })).await, "category.name"),
            (amina.add_transaction(json!({ "lines": lines, "amount": "2" })).await, "lines.1.category.name"),
            (amina.update_transaction(json!({ "id": own, "category": category })).await, "category.name"),
            (
                amina.update_transaction(json!({ "id": own, "lines": lines, "amount": "2" })).await,
                "lines.1.category.name",
            ),
            (amina.set_budget(json!({ "category": category, "limit": "1" })).await, "category.name"),
        ] {
            assert_eq!(errors(&payload), [format!("NOT_FOUND {path}")], "{name}");
        }
        let query = "query($category: CategoryRef!) { transactions(filter: { category: $category }) { totalCount } }";
        assert_eq!(amina.error(query, json!({ "category": category })).await, "NOT_FOUND", "{name}");
    }
    // The name is free here.
    amina.category("zahra", "INCOME").await;
    assert_eq!(badr.report("2026-11").await["totalExpense"]["amount"], AMOUNT);
    assert_eq!(amina.report("2026-11").await["totalExpense"]["amount"], "1.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_statement_as_a_file_is_its_owners_alone(on: Database) {
    let app = TestApp::with(on, any_price).await;
    let amina = app.user("amina").await;
    let badr = app.user("badr").await;
    let theirs = things(&badr, MARK, AMOUNT).await;
    let get = async |client: &Client, id: &str| {
        let mut request = Request::get(format!("/customers/{id}/statement.csv"));
        if let Some(token) = &client.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        client.send(request.body(Body::empty()).unwrap()).await
    };
    for id in theirs.values().map(String::as_str).chain(["customer_x", "%20", "%F0%9F%8C%BC"]) {
        let answer = get(&amina.client, id).await;
        assert_eq!((answer.status.as_u16(), answer.text.contains(MARK)), (404, false), "{id}: {}", answer.text);
        assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "NOT_FOUND", "{id}");
        for client in [app.anonymous(), app.anonymous().with_token("x.y.z")] {
            let answer = get(&client, id).await;
            assert_eq!((answer.status.as_u16(), answer.text.contains(MARK)), (401, false), "{id}: {}", answer.text);
        }
    }
    let own = get(&badr.client, &theirs["customer"]).await;
    assert_eq!(own.status, 200);
    assert!(own.text.contains(MARK) && own.text.contains(AMOUNT), "{}", own.text);
}
