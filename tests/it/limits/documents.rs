//! Each limit on documents is a setting.

use serde_json::json;

use crate::harness::{Client, Database, SECRET, Server, fresh, program};

/// What a server says of a document that exceeds a limit: the name of the limit and its maximum.
async fn exceeded(client: &Client, document: &str) -> (String, u64) {
    let answer = client.request(document, json!({})).await.json();
    let error = &answer["errors"][0]["extensions"];
    assert_eq!(error["code"], "QUERY_TOO_COMPLEX", "{document}: {answer}");
    assert!(error["actual"].as_u64() > error["max"].as_u64(), "{answer}");
    (error["limit"].as_str().unwrap().to_owned(), error["max"].as_u64().unwrap())
}

#[apply(test)]
async fn a_limit_that_is_lowered_is_obeyed_and_named() {
    let (url, _storage) = fresh(Database::Sqlite).await;
    let deep = "{ wallets { balance { amount } } }";
    for (flag, max, limit, fits, exceeds) in [
        ("--document-max", 20, "documentBytes", "{ __typename }", "{ __typename }#3456789"),
        ("--document-tokens", 5, "tokens", "{ a: __typename }", "{ a: __typename __typename }"),
        ("--document-nesting", 2, "nesting", "{ me { id } }", deep),
        ("--document-depth", 2, "depth", "{ me { id } }", deep),
        ("--document-fields", 2, "fields", "{ me { id } }", "{ me { id username } }"),
        ("--document-aliases", 0, "aliases", "{ __typename }", "{ a: __typename }"),
        ("--document-directives", 0, "directives", "{ __typename }", "{ __typename @skip(if: false) }"),
        (
            "--document-directives-at-once",
            1,
            "directivesAtOnce",
            "{ __typename @skip(if: false) }",
            "{ __typename @skip(if: false) @include(if: true) }",
        ),
        ("--query-fields", 1, "rootFields", "{ __typename }", "{ __typename a: __typename }"),
        ("--anonymous-price-max", 1, "price", "{ wallet(id: \"x\") { id } }", "{ a: me { id } book { id } }"),
        ("--mutation-fields", 1, "rootFields", "mutation { __typename }", "mutation { __typename a: __typename }"),
        (
            "--introspection-nesting",
            0,
            "introspection",
            "{ __schema { types { name } } }",
            "{ __schema { types { fields { name } } } }",
        ),
    ] {
        let settings = ["--database-url", &url, "--jwt-secret", SECRET, flag, &max.to_string()];
        let server = Server::start_with(program().args(settings));
        let client = server.client();
        let answer = client.request(fits, json!({})).await.json();
        assert_ne!(answer["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX", "{flag}");
        assert_eq!(exceeded(&client, exceeds).await, (limit.to_owned(), max), "{flag}");
    }
}
