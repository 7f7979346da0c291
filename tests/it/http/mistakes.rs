//! What the server says of a document with a mistake.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp};

#[apply(both_databases)]
async fn each_mistake_is_named_once_with_the_name_that_was_probably_meant(on: Database) {
    let app = TestApp::on(on).await;
    let client = app.anonymous();
    for (query, expected) in [
        ("{ me { usernam } }", &["Cannot query field \"usernam\" on type \"User\". Did you mean \"username\"?"][..]),
        ("{ me { xyzzy { a } } }", &["Cannot query field \"xyzzy\" on type \"User\"."]),
        (
            "{ __schema { directive } }",
            &["Cannot query field \"directive\" on type \"__Schema\". Did you mean \"directives\"?"],
        ),
        ("{ me }", &["Field \"me\" of type \"User\" must have a selection of subfields. Did you mean \"me { ... }\"?"]),
        (
            "{ book { customersss @skip(if: true) a: me } customers(frist: 3) { totalCount } }",
            &[
                "Cannot query field \"customersss\" on type \"Book\".",
                "Cannot query field \"me\" on type \"Book\".",
                "Unknown argument \"frist\" on field \"Query.customers\". Did you mean \"first\"?",
            ],
        ),
        (
            "query($c: CurrencyCod) { __typename @skip(if: $c) }",
            &["Unknown type \"CurrencyCod\". Did you mean \"CurrencyCode\"?"],
        ),
        (
            "mutation { updateProfile(input: { display_name: \"a\" }) { userErrors { code } } }",
            &["Field \"display_name\" is not defined by type \"UpdateProfileInput\". Did you mean \"displayName\"?"],
        ),
    ] {
        let answer = client.request(query, json!({})).await.json();
        let errors = answer["errors"].as_array().unwrap();
        let messages: Vec<_> = errors.iter().filter_map(|error| error["message"].as_str()).collect();
        assert_eq!(messages, expected, "{query}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{query}");
        assert_eq!(answer.get("data"), None::<&Value>);
    }
}

#[apply(both_databases)]
async fn a_variable_that_is_null_where_a_value_must_be_is_named(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let query = "mutation($id: ID!, $default: Boolean) {
        changed: updateWallet(input: { id: $id, makeDefault: $default }) { wallet { id } }
        kept: updateWallet(input: { id: $id, name: \"Till\" }) { wallet { name } } }";
    let answer = amina.client.request(query, json!({ "id": amina.wallet, "default": null })).await.json();
    let error = &answer["errors"][0];
    assert_eq!(error["message"], "Variable \"$default\" must not be null: it stands for a value of type \"Boolean!\".");
    assert_eq!((&error["path"], &error["extensions"]["code"]), (&json!(["changed"]), &json!("BAD_USER_INPUT")));
    assert_eq!(answer["data"], json!({ "changed": null, "kept": { "wallet": { "name": "Till" } } }));
}
