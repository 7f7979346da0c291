//! Persisted queries: the hash of a document stands for its text, once the server has seen it.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Answer, Client, Database, TestApp};

const QUERY: &str = "query Name { __typename }";

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn persisted(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

async fn by_hash(client: &Client, text: &str) -> Answer {
    client.post(&json!({ "extensions": persisted(&hash(text)) })).await
}

async fn with_text(client: &Client, text: &str) -> Answer {
    client.post(&json!({ "query": text, "extensions": persisted(&hash(text)) })).await
}

fn error(answer: &Answer) -> (u16, Value, Value) {
    let error = &answer.json()["errors"][0];
    (answer.status.as_u16(), error["extensions"]["code"].clone(), error["message"].clone())
}

#[apply(both_databases)]
async fn a_hash_stands_for_a_document_that_was_sent_before(on: Database) {
    let app = TestApp::on(on).await;
    let executed = json!({ "data": { "__typename": "Query" } });
    for (accept, status) in [("application/json", 200), ("application/graphql-response+json", 400)] {
        // Each server keeps its own.
        let client = app.another(|_| {}).with_header("accept", accept);
        let not_found = (status, json!("PERSISTED_QUERY_NOT_FOUND"), json!("PersistedQueryNotFound"));
        assert_eq!(error(&by_hash(&client, QUERY).await), not_found);
        assert_eq!(with_text(&client, QUERY).await.json(), executed);
        assert_eq!(by_hash(&client, QUERY).await.json(), executed);
        let by_id = client.post(&json!({ "documentId": format!("sha256:{}", hash(QUERY)) })).await;
        assert_eq!(by_id.json(), executed);
        let url = format!("/graphql?extensions={}", persisted(&hash(QUERY)).to_string().replace('"', "%22"));
        assert_eq!(client.get(&url).await.json(), executed);
        let url = format!("/graphql?extensions={}", persisted(&hash("{a}")).to_string().replace('"', "%22"));
        assert_eq!(error(&client.get(&url).await), not_found);
    }
}

#[apply(both_databases)]
async fn strangers_do_not_drive_out_the_documents_of_users(on: Database) {
    let app = TestApp::with(on, |app| app.limits.documents.kept = 100_000).await;
    let amina = app.user("amina").await;
    let text = "query Of { me { username } }";
    with_text(&amina.client, text).await;
    for number in 0..100 {
        let document =
            format!("query Stranger{number} {{ __typename __schema {{ queryType {{ {} }} }} }}", "name ".repeat(100));
        assert_eq!(with_text(&app.anonymous(), &document).await.json()["data"]["__typename"], "Query");
    }
    assert_eq!(by_hash(&amina.client, text).await.json()["data"]["me"]["username"], "amina");
}

#[apply(both_databases)]
async fn the_operation_of_a_persisted_query_is_chosen_and_has_variables(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let text = "query A { __typename } query B($id: ID!) { wallet(id: $id) { id } } mutation C { logout { userErrors { code } } }";
    let request = |query: Option<&str>, name: &str| {
        let variables = json!({ "id": amina.wallet });
        json!({ "query": query, "operationName": name, "variables": variables, "extensions": persisted(&hash(text)) })
    };
    let found = json!({ "data": { "wallet": { "id": amina.wallet } } });
    for query in [Some(text), None] {
        assert_eq!(amina.client.post(&request(query, "B")).await.json(), found);
    }
    // A mutation by GET is none, even if only its hash is sent.
    let extensions = persisted(&hash(text)).to_string().replace('"', "%22");
    let answer = amina.client.get(&format!("/graphql?operationName=C&extensions={extensions}")).await;
    assert_eq!((answer.status.as_u16(), answer.headers["allow"].to_str().unwrap()), (405, "POST"));
    assert_eq!(amina.client.post(&request(None, "C")).await.json()["data"]["logout"]["userErrors"], json!([]));
}

#[apply(both_databases)]
async fn a_document_that_is_not_valid_or_has_another_hash_is_not_kept(on: Database) {
    let app = TestApp::on(on).await;
    let client = app.anonymous();
    for (text, code) in [("{ nothing }", "GRAPHQL_VALIDATION_FAILED"), ("{", "GRAPHQL_PARSE_FAILED")] {
        assert_eq!(error(&with_text(&client, text).await).1, code);
        assert_eq!(error(&by_hash(&client, text).await).1, "PERSISTED_QUERY_NOT_FOUND");
    }
    let mismatch = client.post(&json!({ "query": QUERY, "extensions": persisted(&hash("{ __typename }")) })).await;
    assert_eq!((error(&mismatch).0, error(&mismatch).1), (400, json!("BAD_REQUEST")));
    for text in [QUERY, "{ __typename }"] {
        assert_eq!(error(&by_hash(&client, text).await).1, "PERSISTED_QUERY_NOT_FOUND");
    }
    for extensions in [
        persisted("x"),
        persisted(&hash(QUERY).to_uppercase()),
        json!({ "persistedQuery": { "version": 2, "sha256Hash": hash(QUERY) } }),
        json!({ "persistedQuery": { "sha256Hash": hash(QUERY) } }),
        json!({ "persistedQuery": { "version": 1, "sha256Hash": 1 } }),
        json!({ "persistedQuery": { "version": 1 } }),
        json!({ "persistedQuery": [] }),
    ] {
        for query in [None, Some(QUERY)] {
            let answer = client.post(&json!({ "query": query, "extensions": extensions })).await;
            assert_eq!((error(&answer).0, error(&answer).1), (400, json!("BAD_REQUEST")), "{extensions}");
        }
    }
}

#[apply(test)]
async fn the_documents_that_were_not_used_for_longest_make_room() {
    let app = TestApp::with(Database::Sqlite, |app| app.limits.documents.kept = 16 * 1024).await;
    let client = app.anonymous();
    with_text(&client, QUERY).await;
    for number in 0..64 {
        assert_eq!(by_hash(&client, QUERY).await.status, 200);
        with_text(&client, &format!("query Q{number} {{ __typename }}")).await;
        assert!(by_hash(&client, QUERY).await.json()["data"].is_object(), "used just before");
    }
    assert_eq!(error(&by_hash(&client, "query Q0 { __typename }").await).1, "PERSISTED_QUERY_NOT_FOUND");
    assert!(by_hash(&client, "query Q63 { __typename }").await.json()["data"].is_object());
}
