//! Files that are uploaded to be imported.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};

use super::Case;
use crate::harness::{Answer, Database, TestApp, User, file_of, id_of, transactions};

const PATH: &str = "/import/transactions";

async fn send(user: &User, request: axum::http::request::Builder, body: impl Into<Body>) -> Answer {
    let token = user.client.token.as_ref().map(|token| format!("Bearer {token}"));
    let request = token.into_iter().fold(request, |request, token| request.header(header::AUTHORIZATION, token));
    user.client.send(request.body(body.into()).unwrap()).await
}

async fn upload(user: &User, parameters: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    send(user, Request::post(format!("{PATH}?{query}")), body).await
}

fn counts(answer: &Value) -> [i64; 4] {
    ["added", "good", "duplicates", "refused"].map(|name| answer[name].as_i64().unwrap())
}

#[apply(both_databases)]
async fn a_file_that_is_uploaded_is_imported_as_by_the_mutation(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let csv = "date,amount,category,description\n2026-11-01,-1.50,Food,tea\n2026-11-02,-2,Nowhere,?\n";
    let dry = upload(&amina, &[("dryRun", "true")], csv).await;
    assert_eq!((dry.status.as_u16(), &dry.headers[header::CONTENT_TYPE]), (200, &"application/json".parse().unwrap()));
    assert_eq!(counts(&dry.json()), [0, 1, 0, 1]);
    let refused = upload(&amina, &[], csv).await.json();
    assert_eq!((counts(&refused), refused["lines"].as_array().unwrap().len()), ([0, 0, 0, 1], 1));
    let error = &refused["lines"][0]["userErrors"][0];
    assert_eq!((&error["code"], &error["path"]), (&json!("NOT_FOUND"), &json!(["category"])));
    let good = upload(&amina, &[("mode", "GOOD_LINES")], csv).await.json();
    assert_eq!((counts(&good), &good["userErrors"]), ([1, 0, 0, 1], &json!([])));
    assert!(good["import"]["id"].as_str().unwrap().starts_with("import_"), "{good}");
    assert_eq!(transactions(&amina).await, ["2026-11-01 EXPENSE 1.50 YEM tea - [Food 1.50 -]"]);
    let fields =
        "lines { line status note transaction { id } userErrors { code message path } } added good duplicates refused skipped
        import { id } userErrors { code message path }";
    let input = json!({ "csv": csv, "mode": "GOOD_LINES" });
    let by_mutation = amina.mutate("importTransactions", "ImportTransactionsInput", fields, input).await;
    assert_eq!(upload(&amina, &[("mode", "GOOD_LINES")], csv).await.json(), by_mutation);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn files_of_banks_are_uploaded_with_what_they_do_not_tell(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let defaults = [("incomeCategory", "Salary"), ("expenseCategory", "Miscellaneous"), ("bank", "true")];
    for case in Case::all().into_iter().filter(|case| case.name != "refund.csv") {
        let said: Vec<_> = case.said().iter().map(|(field, value)| (format!("say.{field}"), *value)).collect();
        if let Some((field, _)) = said.first() {
            let asked = upload(&amina, &defaults, case.bytes.clone()).await;
            assert_eq!(asked.status, 400, "{}: {}", case.name, asked.text);
            let error = &asked.json()["userErrors"][0];
            assert_eq!(
                (&error["code"], &error["path"]),
                (&json!("REQUIRED"), &json!(field.split('.').collect::<Vec<_>>()))
            );
        }
        let mut parameters = defaults.to_vec();
        parameters.extend(said.iter().map(|(name, value)| (name.as_str(), *value)));
        let done = upload(&amina, &parameters, case.bytes.clone()).await;
        assert_eq!(done.status, 200, "{}: {}", case.name, done.text);
        let [added, _, duplicates, refused] = counts(&done.json());
        let count = i64::try_from(case.in_order().len()).unwrap();
        assert_eq!((added + duplicates, refused), (count, 0), "{}: {}", case.name, done.text);
        assert_eq!(counts(&upload(&amina, &parameters, case.bytes.clone()).await.json())[2], count, "{}", case.name);
    }
    let profile = json!({ "version": 1, "encoding": "UTF-8", "separator": ";", "rows": { "header": true },
        "columns": { "date": "Day", "amount": "Sum" }, "sign": "POSITIVE_OUT" });
    let saved = json!({ "name": "Card", "profile": profile.to_string() });
    let fields = "importProfile { id } userErrors { code path message }";
    id_of(&amina.mutate("saveImportProfile", "SaveImportProfileInput", fields, saved).await, "importProfile");
    let file = "Day;Sum\n2026-11-02;77.00\n";
    let parameters = [("profile", "card"), ("expenseCategory", "Food")];
    assert_eq!(counts(&upload(&amina, &parameters, file).await.json()), [1, 0, 0, 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_file_longer_than_a_request_may_be_is_uploaded_up_to_the_limit(on: Database) {
    let app = TestApp::with(on, |app| app.limits.uploads.largest = 2 * 1024 * 1024).await;
    let amina = app.user("amina").await;
    let text = "x".repeat(180);
    let file = file_of(6000, |number| format!("2026-11-{:02},-1,Food,{number} {text}", number % 28 + 1));
    assert!(file.len() > 1024 * 1024);
    let done = upload(&amina, &[], file.clone()).await;
    assert_eq!((done.status.as_u16(), counts(&done.json())), (200, [6000, 0, 0, 0]));
    assert_eq!(done.json()["lines"].as_array().unwrap().len(), 6000);
    assert_eq!(counts(&upload(&amina, &[], file.clone()).await.json()), [0, 0, 6000, 0]);
    let large = upload(&amina, &[], file.repeat(2)).await;
    assert_eq!(large.status, 413, "{}", large.text);
    assert_eq!(large.json()["errors"][0]["message"], "The file is larger than 2097152 bytes.");
    // Without a length in its head.
    let chunks = futures_util::stream::iter((0..40).map(|_| Ok::<_, std::io::Error>("x".repeat(64 * 1024))));
    assert_eq!(upload(&amina, &[], Body::from_stream(chunks)).await.status, 413);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_upload_needs_a_login_and_is_no_form(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let csv = "date,amount,category,description\n2026-11-01,-1.50,Food,tea\n";
    for token in [None, Some(""), Some("x.y.z")] {
        let mut nobody = amina.clone();
        nobody.client.token = token.map(str::to_owned);
        let answer = upload(&nobody, &[], csv).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["errors"][0]["extensions"]["code"]),
            (401, &json!("UNAUTHENTICATED"))
        );
    }
    for content_type in ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "Multipart/mixed"] {
        let request = Request::post(PATH).header(header::CONTENT_TYPE, content_type);
        assert_eq!(send(&amina, request, csv).await.status, 415, "{content_type}");
    }
    let compressed = Request::post(PATH).header(header::CONTENT_ENCODING, "gzip");
    assert_eq!(send(&amina, compressed, csv).await.status, 415);
    for method in [Method::GET, Method::PUT] {
        assert_eq!(send(&amina, Request::builder().method(method).uri(PATH), csv).await.status, 405);
    }
    for parameters in
        [("file", "x"), ("dryRun", "yes"), ("mode", "ALL"), ("columns.sum", "x"), ("defaultCurrency", "x")]
    {
        let answer = upload(&amina, &[parameters], csv).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["errors"][0]["extensions"]["code"]),
            (400, &json!("INVALID"))
        );
    }
    let badr = app.user("badr").await;
    let theirs = upload(&amina, &[("defaultWalletId", &badr.wallet)], csv).await;
    assert_eq!((theirs.status.as_u16(), &theirs.json()["userErrors"][0]["code"]), (400, &json!("NOT_FOUND")));
    assert_eq!(transactions(&amina).await, [""; 0]);
    let request = Request::post(PATH).header(header::CONTENT_TYPE, "text/csv");
    assert_eq!(counts(&send(&amina, request, csv).await.json()), [1, 0, 0, 0]);
}
