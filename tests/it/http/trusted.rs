//! Trusted documents: the ones of the operator's manifest.

use std::process::Output;

use daybook::{app::App, documents::TrustedDocuments};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Client, Database, SECRET, Server, TestApp, fresh, program};

const NAME: &str = "query Name { me { username } }";

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// A document that exceeds the limits on the size of documents.
fn large() -> String {
    let fields: Vec<_> = (0..1500).map(|number| format!("a{number}: __typename @include(if: true)")).collect();
    format!("{{ {} }}", fields.join(" "))
}

fn trust(only: bool) -> impl FnOnce(&mut App) {
    let manifest = json!({ "name": NAME, hash(&large()): large(), "rows": rows() });
    let documents = TrustedDocuments::parse(&manifest.to_string()).unwrap();
    move |app| app.trusted_documents = documents.only(only)
}

/// A document that may return too many rows.
fn rows() -> String {
    let entries = |of: &str| format!("entries(first: 100) {{ nodes {{ {of} }} }}");
    format!("{{ customers(first: 100) {{ nodes {{ {} }} }} }}", entries(&format!("customer {{ {} }}", entries("id"))))
}

async fn code(client: &Client, body: Value) -> Value {
    client.post(&body).await.json()["errors"][0]["extensions"]["code"].clone()
}

#[apply(both_databases)]
async fn a_client_names_a_trusted_document_instead_of_sending_it(on: Database) {
    let app = TestApp::on(on).await;
    let amina = app.user("amina").await;
    let client = amina.at(&app.another(trust(false))).client;
    let named = |id: &str| json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": id } } });
    for body in [
        json!({ "documentId": "name" }),
        json!({ "documentId": hash(NAME) }),
        json!({ "documentId": format!("sha256:{}", hash(NAME)) }),
        named("name"),
        named(&hash(NAME)),
        json!({ "query": NAME, "extensions": named("name")["extensions"] }),
        json!({ "query": NAME }),
    ] {
        assert_eq!(client.post(&body).await.json(), json!({ "data": { "me": { "username": "amina" } } }), "{body}");
    }
    let answer = client.get("/graphql?documentId=name").await;
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "found, but nobody is logged in");
    assert_eq!(
        client.post(&json!({ "documentId": hash(&large()) })).await.json()["data"].as_object().unwrap().len(),
        1500
    );
    for (body, expected) in [
        (json!({ "documentId": "other" }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": format!("sha256:{}", hash("{ a }")) }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": "sha256:name" }), "BAD_REQUEST"),
        (json!({ "documentId": 1 }), "BAD_REQUEST"),
        (json!({ "documentId": "name", "query": NAME }), "BAD_REQUEST"),
        (json!({ "query": "{ __typename }", "extensions": named("name")["extensions"] }), "BAD_REQUEST"),
        (named("other"), "BAD_REQUEST"),
        // Limits on what a document asks for hold for trusted ones too.
        (json!({ "documentId": "rows" }), "QUERY_TOO_COMPLEX"),
    ] {
        assert_eq!(code(&client, body.clone()).await, expected, "{body}");
    }
    assert_eq!(code(&client, json!({ "query": large().replace("a0:", "b0:") })).await, "QUERY_TOO_COMPLEX");
    assert!(client.post(&json!({ "query": "{ __typename }" })).await.json()["data"].is_object());
}

#[apply(both_databases)]
async fn a_server_of_trusted_documents_only_refuses_all_others_alike(on: Database) {
    let app = TestApp::on(on).await;
    let amina = app.user("amina").await;
    let client = amina.at(&app.another(trust(true))).client;
    for trusted in [json!({ "documentId": "name" }), json!({ "query": NAME })] {
        assert_eq!(client.post(&trusted).await.json()["data"]["me"]["username"], "amina");
    }
    let too_long = format!("{{ __typename }}#{}", "x".repeat(200_000));
    let mut answers = Vec::new();
    for text in ["{ __typename }", "{ nothing }", "{", "{ __schema { types { name } } }", &too_long] {
        answers.push(client.post(&json!({ "query": text })).await.json());
        let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(text) } });
        let hash_alone = code(&client, json!({ "extensions": extensions })).await;
        assert_eq!(hash_alone, "PERSISTED_QUERY_NOT_FOUND");
        answers.push(client.post(&json!({ "query": text, "extensions": extensions })).await.json());
    }
    let expected = json!({ "errors": [{
        "message": "This server executes trusted documents only.",
        "extensions": { "code": "FORBIDDEN" },
    }] });
    assert_eq!(answers, vec![expected; 10]);
    let modern = client.with_header("accept", "application/graphql-response+json");
    assert_eq!(modern.post(&json!({ "query": "{ __typename }" })).await.status, 403);
}

fn start(database: &str, manifest: &str, more: &[&str]) -> Output {
    let settings = ["--database-url", database, "--jwt-secret", SECRET, "--trusted-documents", manifest];
    program().args(settings).args(more).output().unwrap()
}

#[apply(test)]
async fn a_manifest_that_cannot_be_used_ends_the_start_with_one_line() {
    let (url, storage) = fresh(Database::Sqlite).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("documents.json");
    let path = file.to_str().unwrap();
    for (manifest, more, parts) in [
        ("{", &[][..], &["which is no manifest: it is not JSON"][..]),
        ("[]", &[], &["which is no manifest: it is not a JSON object"]),
        (
            "{\"a\":\"{ nothing }\"}",
            &[],
            &["document \"a\" cannot be used: Cannot query field \"nothing\"", "line 1, column 3"],
        ),
        ("{\"b\":\"{\"}", &[], &["document \"b\" cannot be used"]),
        ("{\"c\":1}", &[], &["document \"c\" is not a text"]),
        (
            "{\"d\":\"{ __schema { types { name } } }\"}",
            &["--profile", "locked"],
            &["document \"d\"", "does not show its schema"],
        ),
    ] {
        std::fs::write(&file, manifest).unwrap();
        let output = start(&url, path, more);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), error.lines().count()), (Some(2), 1), "{error}");
        for part in ["DAYBOOK_TRUSTED_DOCUMENTS (--trusted-documents) holds", "documents.json"].iter().chain(parts) {
            assert!(error.contains(part), "{part} is not in {error}");
        }
    }
    let missing = start(&url, "/nonexistent/documents.json", &[]);
    assert!(String::from_utf8(missing.stderr).unwrap().contains("which cannot be read: No such file"));
    drop(storage);
}

#[apply(both_databases)]
async fn the_program_executes_the_documents_of_its_manifest(on: Database) {
    let (url, _storage) = fresh(on).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("documents.json");
    let operations = json!([{ "id": "1", "name": "Name", "type": "query", "body": "query Name { __typename }" }]);
    let manifest = json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": operations });
    std::fs::write(&file, manifest.to_string()).unwrap();
    for (more, others) in [
        (&[][..], Value::Null),
        (&["--trusted-documents-only", "on"], json!("FORBIDDEN")),
        (&["--profile", "locked"], json!("FORBIDDEN")),
        (&["--profile", "locked", "--trusted-documents-only", "off"], Value::Null),
    ] {
        let settings = ["--database-url", &url, "--jwt-secret", SECRET, "--trusted-documents", file.to_str().unwrap()];
        let server = Server::start_with(program().args(settings).args(more));
        let client = server.client();
        let named = client.post(&json!({ "documentId": "1" })).await.json();
        assert_eq!(named, json!({ "data": { "__typename": "Query" } }), "{more:?}");
        assert_eq!(code(&client, json!({ "query": "{ __typename }" })).await, others, "{more:?}");
    }
}
