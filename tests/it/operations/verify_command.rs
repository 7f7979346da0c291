//! `daybook verify`: the command.

use std::{
    path::Path,
    process::Output,
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};

use crate::harness::{Database, Server, TestApp, User, file_of, full_book, program};

fn verify(url: &str, flags: &[&str]) -> Output {
    // No secret is needed. A busy machine makes the log say that the database is slow.
    program().args(["verify", "--log", "off", "--database-url", url]).args(flags).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[apply(both_databases)]
async fn a_full_book_is_clean_and_a_broken_one_is_not(on: Database) {
    let app = TestApp::on(on).await;
    full_book(&app).await;
    let imported = file_of(20, |line| format!("2026-09-{:02},-{line}.5,Food,line {line}", 1 + line));
    assert_eq!(app.import("amina", &imported, &[]).count("ADDED"), 20);
    let entries = "date,type,amount,customer,note\n2026-09-01,CREDIT,5,Eman,\n2026-09-02,DEBIT,4,Dalal,cash\n";
    assert_eq!(app.import_of("entries", "amina", entries, &[]).count("ADDED"), 2);

    let clean = verify(&app.url, &[]);
    assert_eq!((clean.status.code(), text(&clean.stderr)), (Some(0), String::new()));
    let summary = text(&clean.stdout);
    assert!(summary.starts_with("checked ") && summary.ends_with(" number series: no differences\n"), "{summary}");
    let clean = verify(&app.url, &["--json"]);
    assert_eq!(clean.status.code(), Some(0));
    let clean: Value = serde_json::from_slice(&clean.stdout).unwrap();
    assert_eq!((&clean["ok"], &clean["differences"]), (&json!(true), &json!([])));
    assert_eq!(clean["checked"]["documents"], json!(5 + 6 + 4 + 4 + 22));

    app.tamperer().await.change("UPDATE account SET credits = credits + 100 WHERE kind = 'SALES'").await;
    let broken = verify(&app.url, &[]);
    assert_eq!(broken.status.code(), Some(1));
    let lines = text(&broken.stdout);
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[0].starts_with("account_") && lines[0].contains(": the credits that the SALES account of book_"));
    assert!(lines[3].ends_with(": 3 differences"), "{lines:?}");
    assert_eq!(text(&broken.stderr), "daybook: 3 differences were found\n");
    let broken = verify(&app.url, &["--json"]);
    assert_eq!(broken.status.code(), Some(1));
    let broken: Value = serde_json::from_slice(&broken.stdout).unwrap();
    let differences = broken["differences"].as_array().unwrap();
    assert_eq!((&broken["ok"], differences.len()), (&json!(false), 3));
    assert_eq!(differences[0]["check"], "ACCOUNT_COUNTER");
    for field in ["id", "message", "expected", "found"] {
        assert!(differences[0][field].is_string(), "{broken}");
    }
}

#[apply(both_databases)]
async fn an_account_with_thousands_of_postings_is_checked_to_its_end(on: Database) {
    let app = TestApp::on(on).await;
    app.user("amina").await.customer("Dalal").await;
    let lines: Vec<_> = (0..2500).map(|line| format!("2026-09-{:02},CREDIT,1,Dalal,{line}", line / 100 + 1)).collect();
    let entries = format!("date,type,amount,customer,note\n{}\n", lines.join("\n"));
    assert_eq!(app.import_of("entries", "amina", entries, &[]).count("ADDED"), 2500);
    let verified = || -> Value { serde_json::from_slice(&verify(&app.url, &["--json"]).stdout).unwrap() };
    let clean = verified();
    assert_eq!((&clean["ok"], &clean["checked"]["postings"]), (&json!(true), &json!(2500)));
    assert_eq!((&clean["checked"]["entries"], &clean["checked"]["documents"]), (&json!(2500), &json!(2500)));

    app.tamperer().await.change("UPDATE posting SET credit_seq = 2501 WHERE credit_seq = 2500").await;
    let differences = verified()["differences"].clone();
    assert_eq!((differences.as_array().unwrap().len(), &differences[0]["check"]), (1, &json!("POSTING_SEQ")));
    assert_eq!((&differences[0]["expected"], &differences[0]["found"]), (&json!(2500), &json!(2501)));
}

#[apply(both_databases)]
#[threads(2)]
async fn beside_a_server_that_writes_it_is_clean(on: Database) {
    let app = TestApp::on(on).await;
    let server = Server::start(&app.url);
    let (amina, badr) =
        (User::register(&server.client(), "amina").await, User::register(&server.client(), "badr").await);
    let customer = amina.customer("Dalal").await;
    amina.fund("1000").await;
    let (written, url, stop) = (AtomicBool::new(false), app.url.clone(), AtomicBool::new(false));
    let writing = async {
        while !stop.load(Ordering::SeqCst) {
            amina.pay(&badr, "0.01").await;
            amina.spend("Food", "1", "2026-11-20").await;
            amina.invoice(&customer, "2", "2026-11-20").await;
            amina.receipt(&customer, "1", "2026-11-20").await;
            written.store(true, Ordering::SeqCst);
        }
    };
    let verifying = async {
        while !written.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        for _ in 0..5 {
            let url = url.clone();
            let done = tokio::task::spawn_blocking(move || verify(&url, &[])).await.unwrap();
            assert_eq!(done.status.code(), Some(0), "{}", text(&done.stdout));
        }
        stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(writing, verifying);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_database_that_cannot_be_verified_is_an_error(on: Database) {
    let app = TestApp::on(on).await;
    let tamperer = app.tamperer().await;
    let error = |url: &str, flags: &[&str]| {
        let done = verify(url, flags);
        assert_eq!(done.status.code(), Some(1));
        if flags.contains(&"--json") {
            let json: Value = serde_json::from_slice(&done.stdout).unwrap();
            assert!(json["ok"] == false && json["error"].is_string(), "{json}");
        } else {
            assert_eq!(text(&done.stdout), "");
        }
        text(&done.stderr)
    };
    tamperer.change("INSERT INTO seaql_migrations VALUES ('m99990101_000001_later', 0)").await;
    let newer = error(&app.url, &["--json"]);
    assert!(newer.contains("newer than this program") && newer.contains("m99990101_000001_later"), "{newer}");
    tamperer.change("DELETE FROM seaql_migrations WHERE version > 'm2026112'").await;
    assert_eq!(error(&app.url, &[]), "daybook: the database is not migrated: run `daybook migrate`\n");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("none.db");
    let missing = error(&format!("sqlite:{}", file.display()), &[]);
    assert!(missing.contains("there is no database") && missing.contains("none.db"), "{missing}");
    assert!(!Path::new(&file).exists());
}

#[apply(both_databases)]
async fn what_cannot_be_read_ends_it_and_the_json_is_whole(on: Database) {
    let app = TestApp::on(on).await;
    full_book(&app).await;
    app.tamperer().await.change("UPDATE journal_entry SET currency = '???'").await;
    let done = verify(&app.url, &["--json"]);
    assert_eq!(done.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&json["ok"], &json["checked"]), (&json!(false), &Value::Null));
    assert!(json["error"].as_str().unwrap().contains("the database failed"), "{json}");
    let stderr = text(&done.stderr);
    assert!(stderr.starts_with("daybook: the books were not verified to the end: "), "{stderr}");
}

#[apply(test)]
fn help_says_what_it_does() {
    let help = text(&program().args(["verify", "--help"]).output().unwrap().stdout);
    for part in ["--json", "exit code", "writes nothing", "DATABASE_URL"] {
        assert!(help.contains(part), "{part} is not in {help}");
    }
}
