//! The same request twice is done once, and an id tells nothing of other books.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{CREATES, each, takes_key, totals, with};
use crate::harness::{
    Database::{self, Sqlite},
    Driver, Root, TestApp, errors, id_of, id_with, new_id, somebody, suffix, things,
};

#[apply(test)]
async fn each_mutation_that_creates_something_takes_an_id() {
    let app = TestApp::on(Sqlite).await;
    let driver = Driver::new(&app.anonymous()).await;
    let creates = |root: &&Root| root.is_mutation && ["create", "add"].iter().any(|verb| root.name.starts_with(verb));
    let roots = driver.roots();
    let mut names: Vec<_> = roots.iter().filter(creates).map(|root| root.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, CREATES.map(|create| create.mutation));
    for root in roots.iter().filter(creates) {
        let fields = driver.fields_of(&root.arguments()[0]["type"]["ofType"]).unwrap();
        let id = fields.iter().find(|field| field["name"] == "id");
        assert_eq!(id.unwrap_or_else(|| panic!("{} takes no id", root.name))["type"]["name"], "ID");
    }
}

#[apply(both_databases)]
async fn what_is_sent_again_with_its_id_is_done_once(on: Database) {
    let (app, each) = each(on).await;
    for (create, user, input) in each {
        let what = create.mutation;
        let id = create.new_id();
        let input = with(&input, "id", id.clone());
        assert_eq!(create.done(&user, &input).await, (id.clone(), false), "{what}");
        let before = totals(&user).await;
        assert_eq!(create.done(&user, &input).await, (id.clone(), true), "{what}");
        if takes_key(&create) {
            let without_key = with(&input, "idempotencyKey", Value::Null);
            assert_eq!(create.done(&user, &without_key).await, (id.clone(), true), "{what}");
        }
        let query = "query($id: ID!) { activities(filter: { thingId: $id }) { nodes { outcome } } }";
        let done = user.gql(query, json!({ "id": id })).await["activities"]["nodes"].take();
        assert_eq!(
            (&done[0], done.as_array().unwrap().last()),
            (&json!({ "outcome": "REPLAYED" }), Some(&json!({ "outcome": "DONE" })))
        );

        let other = with(&input, create.text, "second");
        assert_eq!(create.refused(&user, &other).await, ["IDEMPOTENCY_CONFLICT id"], "{what}");
        // What has the id is told, so that the client need not ask for it.
        assert_eq!(create.call(&user, &other).await["userErrors"][0]["current"]["id"], id, "{what}");
        assert_eq!(totals(&user).await, before, "{what}");

        // Without an id, and with null for one, the server makes it.
        let made = create.done(&user, &with(&other, "id", Value::Null)).await;
        assert!(!made.1 && made.0 != id && made.0.starts_with(create.prefix), "{what} {made:?}");
        assert_eq!(create.refused(&user, &with(&other, "id", made.0)).await, ["IDEMPOTENCY_CONFLICT id"], "{what}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_id_that_cannot_be_used_is_refused_in_the_same_words_whatever_is_wrong_with_it(on: Database) {
    let (app, each) = each(on).await;
    let stranger = somebody(&app, 99).await;
    let theirs = things(&stranger, "theirs", "5").await;
    let (wallet, category) = (new_id("wallet"), new_id("category"));
    CREATES[8].done(&stranger, &json!({ "currency": "YEM", "id": wallet })).await;
    let deleted = json!({ "name": "deleted", "kind": "INCOME", "id": category });
    CREATES[2].done(&stranger, &deleted).await;
    stranger.mutate("deleteCategory", "DeleteCategoryInput", "deletedCategoryId", json!({ "id": category })).await;
    for (create, user, input) in each {
        let (prefix, good) = (create.prefix, create.new_id());
        let uuid =
            |version: u128, variant: u128| id_with(prefix, Uuid::from_u128(1 << 90 | version << 76 | variant << 62));
        let mut unusable = vec![
            String::new(),
            "x".to_owned(),
            format!("{prefix}_"),
            suffix(&good).to_owned(),
            format!("_{}", suffix(&good)),
            format!("{good}0"),
            format!("session_{}", suffix(&good)),
            format!("{} ", good),
            id_with(prefix, Uuid::nil()),
            id_with(prefix, Uuid::max()),
            uuid(4, 2),
            uuid(8, 2),
            uuid(7, 0),
            uuid(7, 1),
            uuid(7, 3),
            // What others have, under each prefix.
            wallet.clone(),
            format!("{prefix}_{}", suffix(&wallet)),
            format!("{prefix}_{}", suffix(&category)),
        ];
        for noun in ["customer", "entry", "invoice", "receipt", "wallet", "category", "transaction", "book"] {
            unusable.extend([theirs[noun].clone(), format!("{prefix}_{}", suffix(&theirs[noun]))]);
        }
        let before = totals(&user).await;
        let mut told = Vec::new();
        for id in &unusable {
            let payload = create.call(&user, &with(&input, "id", id.as_str())).await;
            assert_eq!(errors(&payload), ["INVALID id"], "{} {id}", create.mutation);
            told.push(payload);
        }
        assert!(told.iter().all(|payload| *payload == told[0]), "{told:?}");
        assert_eq!(totals(&user).await, before, "{}", create.mutation);
        assert_eq!(create.done(&user, &with(&input, "id", good.as_str())).await, (good, false), "{}", create.mutation);
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_id_that_something_else_of_the_book_has_is_a_conflict(on: Database) {
    let (app, each) = each(on).await;
    for (create, user, input) in each {
        let own = things(&user, "mine", "5").await;
        let before = totals(&user).await;
        for noun in ["customer", "entry", "invoice", "receipt", "wallet", "category", "transaction", "book"] {
            let id = format!("{}_{}", create.prefix, suffix(&own[noun]));
            let refused = create.refused(&user, &with(&input, "id", id)).await;
            assert_eq!(refused, ["IDEMPOTENCY_CONFLICT id"], "{} with the id of {noun}", create.mutation);
        }
        assert_eq!(totals(&user).await, before, "{}", create.mutation);
        // Also when a client chose it.
        let customer = new_id("customer");
        id_of(&user.create_customer(json!({ "name": "Dalal", "id": customer })).await, "customer");
        let id = format!("{}_{}", create.prefix, suffix(&customer));
        assert_eq!(create.refused(&user, &with(&input, "id", id)).await, ["IDEMPOTENCY_CONFLICT id"]);
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_create_that_is_refused_leaves_its_id_free(on: Database) {
    let (app, each) = each(on).await;
    for (create, user, input) in each {
        let id = create.new_id();
        let input = with(&input, "id", id.clone());
        let too_long = with(&input, create.text, "x".repeat(create.most + 1));
        let refused = create.refused(&user, &too_long).await;
        assert_eq!(refused, [format!("INVALID {}", create.text)], "{}", create.mutation);
        assert_eq!(create.done(&user, &input).await, (id, false), "{}", create.mutation);
    }
    app.assert_journal_is_whole().await;
}
