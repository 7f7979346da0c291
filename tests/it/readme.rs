//! The sessions in the papers work word by word, and their links lead somewhere.

use std::{collections::BTreeSet, fs, path::Path};

use axum::{body::Body, http::Request};
use daybook::documents::TrustedDocuments;
use serde_json::{Value, json};

use crate::harness::{Client, Database, TestApp};

const README: &str = include_str!("../../README.md");
const API: &str = include_str!("../../docs/api.md");
const PICTURE: &str = include_str!("../../docs/report-2026-11.svg");
const SCHEMA: &str = include_str!("../../schema.graphql");
/// The chapters of the tutorial in their order: each goes on where the one before it ends.
const TUTORIAL: [&str; 6] = [
    include_str!("../../docs/tutorial/wallets.md"),
    include_str!("../../docs/tutorial/customers.md"),
    include_str!("../../docs/tutorial/spending.md"),
    include_str!("../../docs/tutorial/import.md"),
    include_str!("../../docs/tutorial/activity.md"),
    include_str!("../../docs/tutorial/account.md"),
];

/// The fenced blocks of a paper in some languages, in their order.
fn blocks(paper: &'static str, languages: &[&str]) -> Vec<(&'static str, &'static str)> {
    let parts = paper.split("\n```").skip(1).map(|part| part.split_once('\n').unwrap_or_default());
    parts.filter(|(language, _)| languages.contains(language)).collect()
}

/// The path of the file that a paper downloads, with the id of the customer put in.
fn path_of_file(paper: &str, customer: &str) -> String {
    let (_, path) = paper.split_once("/customers/$CUSTOMER/").unwrap();
    let (path, _) = path.split_once('"').unwrap();
    format!("/customers/{customer}/{path}")
}

/// Replaces what is another each time: ids, tokens, references and times.
fn mask(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let names = ["id", "accessToken", "refreshToken", "reference", "createdAt", "lastUsedAt", "endCursor"];
                if names.contains(&name.as_str()) && value.is_string() {
                    *value = json!("masked");
                }
                mask(value);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(mask),
        _ => {}
    }
}

/// Sends the operations of papers as one session, compares the answers, and gives back who is logged in at its end.
async fn run(app: &TestApp, papers: &[&'static str]) -> Client {
    let mut client: Client = app.anonymous();
    let mut variables = json!({});
    for paper in papers {
        let mut blocks = blocks(paper, &["graphql", "json", "csv"]).into_iter();
        while let Some((language, query)) = blocks.next() {
            if language == "csv" {
                let path = path_of_file(paper, variables["customer"].as_str().unwrap());
                assert_eq!(download(&client, &path).await.trim_end(), query);
                continue;
            }
            let Some(("json", expected)) = blocks.next() else { panic!("an operation and its answer: {query}") };
            let logs_in = query.contains("register(") || query.contains("login(");
            let client_now = if logs_in { app.anonymous() } else { client.clone() };
            let mut answer = client_now.request(query, variables.clone()).await.json();
            for payload in ["register", "login"] {
                if let Some(token) = answer["data"][payload]["accessToken"].as_str() {
                    client = app.anonymous().with_token(token);
                }
            }
            for (name, pointer) in [
                ("wallet", "/data/wallets/0/id"),
                ("customer", "/data/createCustomer/customer/id"),
                ("invoice", "/data/createInvoice/invoice/id"),
            ] {
                if let Some(id) = answer.pointer(pointer) {
                    variables[name] = id.clone();
                }
            }
            let mut expected: Value = serde_json::from_str(expected).unwrap();
            mask(&mut answer);
            mask(&mut expected);
            assert_eq!(answer, expected, "{query}");
        }
    }
    client
}

#[apply(both_databases)]
async fn the_session_of_the_readme_gets_the_answers_that_it_shows(on: Database) {
    let app = TestApp::on(on).await;
    assert!(blocks(README, &["graphql"]).len() >= 3, "the session is there");
    run(&app, &[README]).await;
}

#[apply(both_databases)]
async fn the_examples_of_the_api_get_the_answers_that_it_shows(on: Database) {
    let app = TestApp::on(on).await;
    assert!(blocks(API, &["graphql"]).len() >= 5, "the examples are there");
    run(&app, &[API]).await;
}

#[apply(both_databases)]
async fn the_sessions_of_the_tutorial_get_the_answers_that_it_shows(on: Database) {
    let app = TestApp::on(on).await;
    let all: usize = TUTORIAL.iter().map(|chapter| blocks(chapter, &["graphql", "json", "csv"]).len()).sum();
    assert!(all >= 53, "all sessions are there: {all}");
    let client = run(&app, &TUTORIAL).await;
    let picture = download(&client, "/reports/2026-11.svg").await;
    assert!(picture == PICTURE, "docs/report-2026-11.svg is not what the server draws:\n{picture}");
}

async fn download(client: &Client, path: &str) -> String {
    let token = client.token.as_deref().unwrap();
    let request = Request::get(path).header("Authorization", format!("Bearer {token}"));
    client.send(request.body(Body::empty()).unwrap()).await.text
}

/// The words of a line of shell, in which quotes have no escapes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quote) = (vec![String::new()], None);
    for c in line.chars() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(end)) if c == end => quote = None,
            (' ', None) => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// Sends the request of a line of `curl`.
async fn curl(client: &Client, line: &str, token: &str) -> Value {
    let (mut request, mut body) = (Request::builder(), None);
    let mut words = words(line).into_iter().skip(1);
    while let Some(word) = words.next() {
        request = match word.as_str() {
            "-H" => {
                let header = words.next().unwrap().replace("$TOKEN", token);
                let (name, value) = header.split_once(": ").unwrap();
                request.header(name, value)
            }
            "--json" => {
                body = words.next();
                request.method("POST").header("Content-Type", "application/json").header("Accept", "application/json")
            }
            url => request.uri(url.strip_prefix("http://localhost:8000").unwrap()),
        };
    }
    client.send(request.body(body.map_or(Body::empty(), Body::from)).unwrap()).await.json()
}

#[apply(both_databases)]
async fn the_curl_lines_of_the_api_page_are_answered(on: Database) {
    let app = TestApp::on(on).await;
    let amina = app.user("amina").await;
    let document = "query Me { me { username } }";
    let manifest = json!({ "me": document }).to_string();
    let persisted = app.anonymous();
    let trusted = app.another(|app| app.trusted_documents = TrustedDocuments::parse(&manifest).unwrap());
    let blocks = blocks(API, &["sh"]);
    let lines: Vec<_> = blocks
        .iter()
        .flat_map(|(_, lines)| lines.lines())
        .filter(|line| line.starts_with("curl") && line.contains("/graphql"))
        .collect();
    assert_eq!(lines.len(), 5);
    for line in lines {
        let client = if line.contains("documentId") { &trusted } else { &persisted };
        let answer = curl(client, line, amina.client.token.as_ref().unwrap()).await;
        assert_eq!(answer, json!({ "data": { "me": { "username": "amina" } } }), "{line}");
    }
}

/// The codes that the table under a heading of `docs/api.md` has in its first column.
fn codes_under(heading: &str) -> BTreeSet<&'static str> {
    let (_, section) = API.split_once(heading).unwrap();
    let section = section.split("\n#").next().unwrap();
    section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(code, _)| code).collect()
}

#[apply(test)]
fn the_api_page_lists_all_codes_of_user_errors() {
    let (_, values) = SCHEMA.split_once("enum UserErrorCode {").unwrap();
    let (values, _) = values.split_once("\n}").unwrap();
    let is_code = |line: &&str| line.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let codes: BTreeSet<_> = values.lines().map(str::trim).filter(|line| !line.is_empty()).filter(is_code).collect();
    assert_eq!(codes_under("### Codes of user errors"), codes);
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[apply(test)]
fn links_between_the_papers_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut papers = Vec::new();
    for folder in ["", "docs", "docs/tutorial"] {
        let files = fs::read_dir(root.join(folder)).unwrap().map(|file| file.unwrap().path());
        papers.extend(files.filter(|file| file.extension().is_some_and(|extension| extension == "md")));
    }
    assert!(papers.len() >= 12, "{papers:?}");
    let mut broken = Vec::new();
    for paper in &papers {
        let text = fs::read_to_string(paper).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.starts_with("http") {
                continue;
            }
            let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { paper.clone() } else { paper.with_file_name("").join(path) };
            let there = file.exists()
                && (fragment.is_empty() || {
                    let headings = fs::read_to_string(&file).unwrap();
                    headings
                        .lines()
                        .any(|line| line.starts_with('#') && anchor(line.trim_start_matches(['#', ' '])) == fragment)
                });
            if !there {
                broken.push(format!("{}: {target}", paper.display()));
            }
        }
    }
    assert_eq!(broken, [""; 0]);
}
