//! What must not be known to anybody who reads the log or the database.

use std::{fmt::Write, process::Stdio};

use daybook::db::{Db, PoolSize};
use serde_json::{Value, json};

use crate::harness::{Client, Database, PASSWORD, SECRET, Server, dump, fresh, login, program, refresh, register};

const NEW: &str = "quiet river, seven lamps";
const WRONG: &str = "typed in another window";
const INTO_THE_WRONG_FIELD: &str = "nine green parrots fly home";

/// All that a user does who gives secrets away; the secrets that were used.
async fn give_secrets(anonymous: &Client) -> Vec<String> {
    let mut secrets: Vec<String> =
        [SECRET, PASSWORD, NEW, WRONG, INTO_THE_WRONG_FIELD].into_iter().map(str::to_owned).collect();
    let mut granted = |payload: &Value| {
        for token in ["accessToken", "refreshToken"] {
            secrets.extend(payload[token].as_str().map(str::to_owned));
        }
        payload["accessToken"].as_str().unwrap().to_owned()
    };
    let registered = register(anonymous, json!({ "username": "amina", "password": PASSWORD })).await;
    let amina = anonymous.with_token(&granted(&registered));
    login(anonymous, "amina", WRONG).await;
    login(anonymous, INTO_THE_WRONG_FIELD, "").await;
    register(anonymous, json!({ "username": INTO_THE_WRONG_FIELD, "password": WRONG })).await;
    granted(&login(anonymous, "amina", PASSWORD).await);
    let token = registered["refreshToken"].as_str().unwrap();
    granted(&refresh(anonymous, token).await);
    let change = "mutation($old: String!, $new: String!) {
        changePassword(input: { currentPassword: $old, newPassword: $new }) { userErrors { code } } }";
    for (old, new) in [(WRONG, NEW), (PASSWORD, "password"), (PASSWORD, NEW)] {
        amina.gql(change, json!({ "old": old, "new": new })).await;
    }
    // In the document itself, and in documents that are none.
    let inline =
        format!("mutation {{ login(input: {{ identifier: \"amina\", password: \"{NEW}\" }}) {{ accessToken }} }}");
    granted(&anonymous.gql(&inline, json!({})).await["login"]);
    for broken in
        [&inline[..inline.len() - 1], &inline.replace("accessToken", "token"), &inline.replace("login", "logIn")]
    {
        anonymous.request(broken, json!({})).await;
    }
    let ill_typed = json!({ "input": { "identifier": 1, "password": [NEW] } });
    anonymous.request("mutation($input: LoginInput!) { login(input: $input) { accessToken } }", ill_typed).await;
    refresh(anonymous, token).await;
    let again = anonymous.with_token(&granted(&login(anonymous, "amina", NEW).await));
    for password in [WRONG, NEW] {
        let delete = "mutation($password: String!) { deleteAccount(input: { password: $password }) { deletedUserId } }";
        again.gql(delete, json!({ "password": password })).await;
    }
    secrets
}

#[apply(both_databases)]
async fn no_secret_that_was_used_is_in_the_log_or_in_the_database(on: Database) {
    let (url, _storage) = fresh(on).await;
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let mut command = program();
    command.args(["--database-url", &url, "--jwt-secret", SECRET, "--log", "trace", "--listen", "127.0.0.1:0"]);
    let child = command.stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap();
    let server = Server::running(child);
    let secrets = give_secrets(&server.client()).await;
    assert!(secrets.len() >= 14, "all were given");
    drop(server);

    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("served") && log.contains("TRACE"), "{log}");
    let db = Db::connect(&url, PoolSize { most: 1, least: 0 }).await.unwrap();
    let rows = dump(&db).await;
    assert!(rows.contains("deleted user"), "{rows}");
    let hexed = |secret: &str| {
        secret.bytes().fold(String::new(), |mut hexed, byte| {
            write!(hexed, "{byte:02x}").unwrap();
            hexed
        })
    };
    for secret in secrets {
        for text in [&log, &rows] {
            assert!(!text.contains(&secret), "{secret}");
            assert!(!text.to_lowercase().contains(&hexed(&secret)), "{secret}, as bytes");
        }
    }
}
