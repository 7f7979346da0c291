//! Import profiles: saved under a name, and used again.

use daybook::entity::import_profile::Entity;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::harness::{Database, PASSWORD, TestApp, User, errors, id_of, transactions};

const FIELDS: &str = "importProfile { id name profile createdAt updatedAt } userErrors { code message path }";

async fn save(user: &User, name: &str, profile: &str) -> Value {
    let input = json!({ "name": name, "profile": profile });
    user.mutate("saveImportProfile", "SaveImportProfileInput", FIELDS, input).await
}

async fn names(user: &User) -> Vec<String> {
    let all = user.gql("{ importProfiles { name } }", json!({})).await["importProfiles"].take();
    all.as_array().unwrap().iter().map(|profile| profile["name"].as_str().unwrap().to_owned()).collect()
}

/// The profile of a card whose charges are above zero, with the day first.
fn card() -> String {
    json!({
        "version": 1, "encoding": "UTF-8", "separator": ";", "quote": "\"", "rows": { "header": true },
        "columns": { "date": "Day", "amount": "Sum", "description": ["What"] }, "dates": "DAY_FIRST",
        "decimal": "COMMA", "sign": "POSITIVE_OUT",
    })
    .to_string()
}

/// The same month and day could be meant by both of its dates, and its charges are above zero.
const FILE: &str = "Day;What;Sum\n02/11/2026;Grocer;45,10\n09/11/2026;Fuel;30,00\n";

const READ: [&str; 2] = [
    "2026-11-02 EXPENSE 45.10 YEM Grocer - [Miscellaneous 45.10 -]",
    "2026-11-09 EXPENSE 30.00 YEM Fuel - [Miscellaneous 30.00 -]",
];

#[apply(both_databases)]
async fn a_profile_that_is_saved_is_used_by_its_name(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let saved = save(&amina, " Bank  of Aden ", &card()).await;
    let id = id_of(&saved, "importProfile");
    let fields = "added duplicates userErrors { code message path }";
    let import = async |more: Value| {
        let mut input = json!({ "csv": FILE, "expenseCategory": { "name": "Miscellaneous" } });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        amina.mutate("importTransactions", "ImportTransactionsInput", fields, input).await
    };
    assert_eq!(import(json!({ "profile": "BANK OF ADEN" })).await["added"], 2);
    assert_eq!(transactions(&amina).await, READ);
    assert_eq!(import(json!({ "profileJson": card() })).await["duplicates"], 2);
    let flags = ["--expense-category", "Miscellaneous", "--profile"];
    let by = |profile: &str| app.import("amina", FILE, &[&flags[..], &[profile]].concat());
    assert_eq!(by("bank of aden").count("DUPLICATE"), 2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    std::fs::write(&path, card()).unwrap();
    assert_eq!(by(path.to_str().unwrap()).count("DUPLICATE"), 2);
    let unknown = by("bank of Sanaa");
    assert_eq!(
        (unknown.code, unknown.sum.as_str()),
        (Some(2), "--profile: You have no import profile with this name.")
    );
    // What is said outweighs it.
    let say = json!([{ "field": "dates", "value": "MONTH_FIRST" }]);
    assert_eq!(import(json!({ "profile": "bank of aden", "say": say })).await["added"], 2);
    assert!(transactions(&amina).await[0].starts_with("2026-02-11"));

    let both = import(json!({ "profile": "bank of aden", "profileJson": card() })).await;
    assert_eq!(errors(&both), ["INVALID profileJson"]);
    let found = amina
        .gql("query($id: ID!) { importProfile(id: $id) { name } node(id: $id) { id } }", json!({ "id": id }))
        .await;
    assert_eq!(found, json!({ "importProfile": { "name": "Bank  of Aden" }, "node": { "id": id } }));
    let delete = json!({ "id": id });
    let deleted = amina
        .mutate("deleteImportProfile", "DeleteImportProfileInput", "deletedImportProfileId userErrors { code }", delete)
        .await;
    assert_eq!(deleted, json!({ "deletedImportProfileId": id, "userErrors": [] }));
    assert_eq!(errors(&import(json!({ "profile": "bank of aden" })).await), ["NOT_FOUND profile"]);
    assert_eq!(transactions(&amina).await.len(), 4);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn names_of_profiles_are_unique_as_other_names_are(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let first = id_of(&save(&amina, "Café", &card()).await, "importProfile");
    for same in ["CAFÉ", "Cafe\u{301}", " café "] {
        let other = card().replace("POSITIVE_OUT", "NEGATIVE_OUT");
        let replaced = save(&amina, same, &other).await;
        assert_eq!(id_of(&replaced, "importProfile"), first, "{same}");
        assert!(replaced["importProfile"]["profile"].as_str().unwrap().contains("NEGATIVE_OUT"));
    }
    id_of(&save(&amina, "Cafe", &card()).await, "importProfile");
    id_of(&save(&badr, "Café", &card()).await, "importProfile");
    assert_eq!(
        (names(&amina).await, names(&badr).await),
        (vec!["Cafe".to_owned(), "café".to_owned()], vec!["Café".to_owned()])
    );
    assert_eq!(amina.history_of(&first).await.len(), 4);
    assert_eq!(amina.history_of(&first).await[0], "SAVE_IMPORT_PROFILE DONE");
}

#[apply(both_databases)]
async fn a_profile_that_no_file_can_be_read_by_is_not_saved(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for (name, profile, expected) in [
        ("", card(), vec!["INVALID name"]),
        (&*"x".repeat(61), card(), vec!["INVALID name"]),
        ("x", "{}".to_owned(), vec!["INVALID profile"]),
        ("x", card().replace("\"version\":1", "\"version\":2"), vec!["INVALID profile"]),
        ("x", card().replace("\"sign\"", "\"shape\""), vec!["INVALID profile"]),
        ("x", card().replace("\"Sum\"", "null"), vec!["REQUIRED profile.columns.amount"]),
        ("x", card().replace("UTF-8", "klingon"), vec!["INVALID profile.encoding"]),
        ("x", format!("{}{}", card(), " ".repeat(17_000)), vec!["INVALID profile"]),
    ] {
        let refused = save(&amina, name, &profile).await;
        assert_eq!(errors(&refused), expected, "{name} {profile}");
        assert!(refused["importProfile"].is_null());
    }
    for number in 0..100 {
        id_of(&save(&amina, &format!("Bank {number}"), &card()).await, "importProfile");
    }
    assert_eq!(errors(&save(&amina, "one more", &card()).await), ["LIMIT_REACHED"]);
    id_of(&save(&amina, "bank 7", &card()).await, "importProfile");
    assert_eq!(names(&amina).await.len(), 100);
}

#[apply(both_databases)]
async fn with_an_account_its_profiles_go(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    for user in [&amina, &badr] {
        id_of(&save(user, "Bank", &card()).await, "importProfile");
    }
    let query =
        "mutation($input: DeleteAccountInput!) { deleteAccount(input: $input) { userErrors { code path message } } }";
    let gone = amina.gql(query, json!({ "input": { "password": PASSWORD } })).await["deleteAccount"].take();
    assert_eq!(errors(&gone), [""; 0]);
    assert_eq!(Entity::find().all(app.app.db.read()).await.unwrap().len(), 1);
    assert_eq!(names(&badr).await, ["Bank"]);
}
