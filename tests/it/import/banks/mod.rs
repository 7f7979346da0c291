//! Files as banks give them, imported as they are: by the program, by a mutation, and in halves that overlap.

mod accounts;
mod previews;
mod profiles;
mod sheets;
mod uploads;

use std::{fs, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::harness::{Database, Imported, TestApp, User, errors};

/// A file, and what is right.
pub struct Case {
    pub name: String,
    pub expected: Value,
    pub bytes: Vec<u8>,
}

impl Case {
    pub fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/bank");
        let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
        let case = |(name, expected): (&String, &Value)| Self {
            name: name.clone(),
            expected: expected.clone(),
            bytes: fs::read(folder.join(name)).unwrap(),
        };
        expected.as_object().unwrap().iter().map(case).collect()
    }

    /// What has to be said so that the file can be read.
    pub fn said(&self) -> Vec<(&'static str, &'static str)> {
        let hint = |(name, value): (&String, &Value)| match (name.as_str(), value.as_str().unwrap()) {
            ("dates", "day first") => ("dates", "DAY_FIRST"),
            ("sign", "charges are positive") => ("sign", "POSITIVE_OUT"),
            other => panic!("{other:?} is not known"),
        };
        self.expected["hints"].as_object().into_iter().flatten().map(hint).collect()
    }

    pub fn say(&self) -> Value {
        self.said().iter().map(|(field, value)| json!({ "field": field, "value": value })).collect()
    }

    fn currency(&self) -> &str {
        self.expected["currency"].as_str().unwrap_or("EUR")
    }

    /// The right transactions as `date amount description`, the oldest first.
    fn transactions(&self) -> Vec<String> {
        let mut transactions: Vec<_> = self.in_order();
        transactions.sort_by(|one, other| one[..10].cmp(&other[..10]));
        transactions
    }

    /// The same in the order of the file.
    pub fn in_order(&self) -> Vec<String> {
        let line = |transaction: &Value| {
            let text = |field: &str| transaction[field].as_str().unwrap();
            line(text("date"), text("amount"), text("description"))
        };
        self.expected["transactions"].as_array().unwrap().iter().map(line).collect()
    }

    /// Two parts of the file that overlap. `starts` are the lines in which its transactions begin.
    fn halves(&self, starts: &[usize]) -> [Vec<u8>; 2] {
        let lines: Vec<_> = self.bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let count = starts.len();
        let half = |from: usize, to: usize| {
            let is_left_out = |number: usize| {
                // A line that continues a description goes with the line above it.
                let of = starts.iter().rposition(|start| *start <= number);
                let is_data = of.is_some_and(|of| of + 1 < count || number == starts[of]);
                is_data && of.is_some_and(|of| of < from || of >= to)
            };
            let kept = lines.iter().enumerate().filter(|(at, _)| !is_left_out(at + 1));
            kept.flat_map(|(_, line)| line.iter().copied()).collect()
        };
        [half(0, (count - 1).max(1)), half((count - 1) / 2, count)]
    }
}

fn line(date: &str, amount: &str, description: &str) -> String {
    format!("{date} {:.2} {description}", amount.parse::<f64>().unwrap())
}

async fn empty_wallet(owner: &User, currency: &str) -> String {
    let made =
        owner.mutate("createWallet", "CreateWalletInput", "wallet { id }", json!({ "currency": currency })).await;
    made["wallet"]["id"].as_str().unwrap().to_owned()
}

async fn wallet(owner: &User, currency: &str) -> String {
    let id = empty_wallet(owner, currency).await;
    let input = json!({ "wallet": { "id": id }, "amount": "1000000" });
    owner.mutate("deposit", "DepositInput", "transaction { status }", input).await;
    id
}

/// The transactions of a wallet, the oldest first, as `date amount description` with money out below zero.
async fn in_wallet(owner: &User, wallet: &str) -> Vec<String> {
    let query = "query($w: ID!) { transactions(first: 100, filter: { walletId: $w }) {
        nodes { date kind description amount { amount } } } }";
    let nodes = owner.gql(query, json!({ "w": wallet })).await["transactions"]["nodes"].take();
    let words = |node: &Value| {
        let amount: f64 = node["amount"]["amount"].as_str().unwrap().parse().unwrap();
        let out = if node["kind"] == "EXPENSE" { -amount } else { amount };
        format!("{} {out:.2} {}", node["date"].as_str().unwrap(), node["description"].as_str().unwrap_or_default())
    };
    nodes.as_array().unwrap().iter().rev().map(words).collect()
}

async fn categories(owner: &User) {
    owner.category("Out", "EXPENSE").await;
    owner.category("In", "INCOME").await;
}

fn flags(case: &Case, wallet: &str) -> Vec<String> {
    let mut flags = vec!["--bank".to_owned()];
    flags.extend(case.said().iter().flat_map(|(field, value)| ["--say".to_owned(), format!("{field}={value}")]));
    let rest = ["--default-wallet", wallet, "--income-category", "In", "--expense-category", "Out"];
    flags.extend(rest.map(str::to_owned));
    flags
}

fn import(app: &TestApp, bytes: &[u8], flags: &[String]) -> Imported {
    app.import("amina", bytes, &flags.iter().map(String::as_str).collect::<Vec<_>>())
}

const FIELDS: &str = "lines { line status note userErrors { code message path } } added duplicates refused
    userErrors { code message path }";

async fn import_by_mutation(owner: &User, wallet: &str, more: Value) -> Value {
    let mut input = json!({
        "defaultWalletId": wallet, "incomeCategory": { "name": "In" }, "expenseCategory": { "name": "Out" },
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    owner.mutate("importTransactions", "ImportTransactionsInput", FIELDS, input).await
}

#[apply(both_databases)]
async fn files_of_banks_go_in_as_they_are_with_what_they_do_not_tell(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    categories(&owner).await;
    for case in Case::all() {
        let wallet = wallet(&owner, case.currency()).await;
        let flags = flags(&case, &wallet);
        let done = import(&app, &case.bytes, &flags);
        assert_eq!(done.count("ADDED"), case.transactions().len(), "{}: {done:?}", case.name);
        assert_eq!(in_wallet(&owner, &wallet).await, case.transactions(), "{}", case.name);
        let again = import(&app, &case.bytes, &flags);
        assert_eq!(again.count("DUPLICATE"), case.transactions().len(), "{}: {again:?}", case.name);
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_request_imports_files_of_banks_as_the_program_does(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    categories(&owner).await;
    for case in Case::all() {
        let wallet = wallet(&owner, case.currency()).await;
        let count = case.transactions().len();
        let encoded = json!({
            "csv": BASE64_STANDARD.encode(&case.bytes), "base64": true, "bank": true, "say": case.say(),
        });
        let done = import_by_mutation(&owner, &wallet, encoded.clone()).await;
        assert_eq!((errors(&done), &done["added"]), (vec![], &json!(count)), "{}: {done}", case.name);
        let lines: Vec<_> = done["lines"].as_array().unwrap().iter().map(|line| line["line"].as_i64()).collect();
        assert!(lines.is_sorted(), "{}: {done}", case.name);
        assert_eq!(in_wallet(&owner, &wallet).await, case.transactions(), "{}", case.name);
        assert_eq!(import_by_mutation(&owner, &wallet, encoded).await["duplicates"], count, "{}", case.name);
        if let Ok(text) = String::from_utf8(case.bytes.clone()) {
            let text = json!({ "csv": text, "bank": true, "say": case.say() });
            assert_eq!(import_by_mutation(&owner, &wallet, text).await["duplicates"], count, "{}", case.name);
        }
        assert_eq!(import(&app, &case.bytes, &flags(&case, &wallet)).count("DUPLICATE"), count, "{}", case.name);
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn halves_that_overlap_come_to_the_same_as_the_whole_file(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    categories(&owner).await;
    for case in Case::all() {
        // What the whole file tells is saved, since a half may leave more open.
        let content = json!({ "csv": BASE64_STANDARD.encode(&case.bytes), "base64": true, "say": case.say() });
        let query = "query($input: PreviewImportInput!) { previewImport(input: $input) { profile
            questions { field } transactions { line } } }";
        let preview = owner.gql(query, json!({ "input": content })).await["previewImport"].take();
        assert_eq!(preview["questions"], json!([]), "{}", case.name);
        let profile = json!({ "name": case.name, "profile": preview["profile"] });
        let saved = owner
            .mutate("saveImportProfile", "SaveImportProfileInput", "userErrors { code message path }", profile)
            .await;
        assert_eq!(errors(&saved), [""; 0], "{}: {saved}", case.name);
        let mut starts: Vec<_> = preview["transactions"].as_array().unwrap().iter().collect::<Vec<_>>();
        starts.sort_by_key(|transaction| transaction["line"].as_u64());
        let starts: Vec<_> =
            starts.iter().map(|transaction| usize::try_from(transaction["line"].as_u64().unwrap()).unwrap()).collect();
        let wallet = wallet(&owner, case.currency()).await;
        let [one, other] = case.halves(&starts);
        let done =
            import(&app, &one, &[&flags(&case, &wallet)[..], &["--profile".to_owned(), case.name.clone()]].concat());
        assert_eq!((done.code, done.count("REFUSED")), (Some(0), 0), "{}: {done:?}", case.name);
        let encoded = json!({ "csv": BASE64_STANDARD.encode(&other), "base64": true, "profile": case.name });
        let done = import_by_mutation(&owner, &wallet, encoded).await;
        assert_eq!((errors(&done), &done["refused"]), (vec![], &json!(0)), "{}: {done}", case.name);
        let mut all = in_wallet(&owner, &wallet).await;
        all.sort_by(|one, other| one[..10].cmp(&other[..10]));
        assert_eq!(all, case.transactions(), "{}", case.name);
        let whole = import(&app, &case.bytes, &flags(&case, &wallet));
        assert_eq!(whole.count("DUPLICATE"), case.transactions().len(), "{}: {whole:?}", case.name);
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_file_that_begins_with_the_newest_goes_into_an_empty_wallet(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    categories(&owner).await;
    let case = Case::all().into_iter().find(|case| case.name == "newest-first-with-balance.csv").unwrap();
    let wallet = empty_wallet(&owner, case.currency()).await;
    assert_eq!(import(&app, &case.bytes, &flags(&case, &wallet)).count("ADDED"), 3);
    assert_eq!(in_wallet(&owner, &wallet).await, case.transactions());
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_refund_lowers_what_was_spent_in_whichever_half_it_comes(on: Database) {
    let app = TestApp::on(on).await;
    let case = Case::all().into_iter().find(|case| case.name == "refund.csv").unwrap();
    let lines: Vec<_> = case.bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let part = |numbers: &[usize]| -> Vec<u8> { numbers.iter().flat_map(|number| lines[*number]).copied().collect() };
    for (user, parts) in [("amina", vec![part(&[0, 1, 2, 3])]), ("badr", vec![part(&[0, 2, 3]), part(&[0, 1, 2])])] {
        let owner = app.user(user).await;
        for part in parts {
            assert_eq!(app.import(user, part, &["--bank"]).code, Some(0), "{user}");
        }
        let report = owner.report("2026-11").await;
        let spent: Vec<_> = report["categories"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| json!([line["category"]["name"], line["total"]["amount"]]))
            .collect();
        assert_eq!(spent, [json!(["Food", "15.00"])], "{user}: {report}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_a_file_does_not_tell_is_asked_for_and_nothing_is_imported(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    for case in Case::all() {
        let Some((field, _)) = case.said().first().copied() else { continue };
        let done = app.import("amina", &case.bytes, &["--bank"]);
        assert!(done.code == Some(2) && done.lines.is_empty(), "{}: {done:?}", case.name);
        assert!(done.sum.contains(&format!("--say {field}: ")), "{}: {done:?}", case.name);
        let encoded = json!({ "csv": BASE64_STANDARD.encode(&case.bytes), "base64": true, "bank": true });
        let done = owner.mutate("importTransactions", "ImportTransactionsInput", FIELDS, encoded).await;
        assert_eq!(errors(&done), [format!("REQUIRED say.{field}")], "{}: {done}", case.name);
    }
}

#[apply(both_databases)]
async fn statements_in_other_formats_go_in_too(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    categories(&owner).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/formats");
    for (name, currency, least) in [
        ("ofx2-one-line-with-times.ofx", None, 1),
        ("mt940-ing-netherlands.sta", None, 1),
        ("camt053-v08-batches-and-pending.xml", None, 1),
        ("xlsx-two-sheets.xlsx", None, 0),
        ("qif-french-dots.qif", Some("EUR"), 1),
    ] {
        let bytes = fs::read(folder.join(name)).unwrap();
        let currency: &[&str] = currency.map_or(&[], |_| &["--default-currency", "EUR"]);
        let flags = ["--bank", "--income-category", "In", "--expense-category", "Out", "--mode", "good-lines"];
        let flags = [&flags[..], &["--create-categories"], currency].concat();
        let done = app.import("amina", &bytes, &flags);
        assert!(done.count("ADDED") >= least, "{name}: {done:?}");
        let again = app.import("amina", &bytes, &flags);
        assert_eq!((again.count("ADDED"), again.count("DUPLICATE")), (0, done.count("ADDED")), "{name}: {again:?}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn options_for_files_in_our_own_form_are_refused_for_those_of_banks(on: Database) {
    let (_app, owner) = TestApp::with_owner(on).await;
    let profile = r#"{"version":1,"encoding":"UTF-8","separator":"\t","rows":{"header":true},"columns":{"date":"A","amount":"B"}}"#;
    for (more, expected) in [
        (json!({ "columns": { "date": "Tag" } }), "INVALID columns"),
        (json!({ "delimiter": ";" }), "INVALID delimiter"),
        (json!({ "decimalComma": true, "delimiter": ";" }), "INVALID decimalComma"),
        (json!({ "dateFormat": "%d.%m.%Y" }), "INVALID dateFormat"),
        (json!({ "say": [{ "field": "colour", "value": "red" }] }), "INVALID say.0"),
        (json!({ "say": [{ "field": "dates", "value": "red" }] }), "INVALID say.0"),
        (json!({ "say": [{ "field": "encoding", "value": "klingon" }], "base64": true }), "INVALID say.encoding"),
        (json!({ "profile": "None" }), "NOT_FOUND profile"),
        (json!({ "profileJson": "{}" }), "INVALID profileJson"),
        (json!({ "profileJson": profile.replace("\\t", "x") }), "INVALID profileJson"),
        (json!({ "csv": "%", "base64": true }), "INVALID csv"),
    ] {
        let mut input = json!({ "csv": "YQ==", "bank": true });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let done = owner.mutate("importTransactions", "ImportTransactionsInput", FIELDS, input).await;
        assert!(errors(&done).contains(&expected.to_owned()), "{more}: {done}");
    }
}
