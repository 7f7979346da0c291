//! An import is taken back as a whole, and can be made again.

use serde_json::{Value, json};

use super::{file, id_of_import, import, imports, made};
use crate::harness::{Database, TestApp, changes, errors, transactions};

#[apply(both_databases)]
async fn an_import_is_taken_back_as_a_whole_and_then_the_file_makes_everything_again(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    amina.fund("50").await;
    amina.spend("Food", "7", "2026-11-02").await;
    let csv = file(&wallet);
    let seen = async || {
        let reports = [amina.report("2026-10").await, amina.report("2026-11").await];
        (reports, amina.balance(&wallet).await, transactions(&amina).await)
    };
    let before = seen().await;
    let done = import(&amina, &csv).await;
    assert_eq!((&done["added"], errors(&done)), (&json!(7), vec![]));
    let with_it = seen().await;
    assert_eq!((with_it.1.as_str(), with_it.2.len()), ("104.00", 7));
    let first = id_of_import(&done);
    let query = "query($id: ID!) { import(id: $id) { id kind fileName wallet { id } added made actor { displayName }
        isPartlyUndone undoneAt activities { nodes { action outcome } } } }";
    let record = amina.gql(query, json!({ "id": first })).await["import"].take();
    let expected = json!({
        "id": first, "kind": "TRANSACTIONS", "fileName": "bank.csv", "wallet": null, "added": 7, "made": 6,
        "actor": record["actor"], "isPartlyUndone": false, "undoneAt": null,
        "activities": { "nodes": [{ "action": "IMPORT_TRANSACTIONS", "outcome": "DONE" }] },
    });
    assert_eq!(record, expected);
    let query = "query($id: ID!) { transaction(id: $id) { import { id } sameAs { id } } }";
    let one = amina.gql(query, json!({ "id": made(&done)[0] })).await;
    assert_eq!(one["transaction"], json!({ "import": { "id": first }, "sameAs": null }));

    let mut last = done;
    for round in 0..3 {
        let id = id_of_import(&last);
        amina.undo(&id).await;
        assert_eq!(seen().await, before, "{round}");
        let act = amina.latest().await;
        assert_eq!((&act["action"], &act["thingId"]), (&json!("UNDO_IMPORT"), &json!(id)));
        assert!(changes(&act)[0].starts_with("undoneAt - -> 2026-"), "{act}");
        // What was taken back can be read, as what a user deletes.
        let query =
            "query($id: ID!) { transaction(id: $id) { version deletedAt versions { totalCount } lines { note } } }";
        let gone = amina.gql(query, json!({ "id": made(&last)[3] })).await["transaction"].take();
        assert!(gone["deletedAt"].is_string() && gone["version"] == 1 && gone["versions"]["totalCount"] == 1, "{gone}");
        assert_eq!(gone["lines"], json!([{ "note": "rice" }, { "note": "bus" }]));
        assert_eq!(errors(&amina.undo_import(json!({ "id": id })).await), ["NOT_ALLOWED id"]);
        app.assert_journal_is_whole().await;

        let again = import(&amina, &csv).await;
        assert_eq!((&again["added"], &again["duplicates"]), (&json!(7), &json!(0)), "{again}");
        assert!(made(&again).iter().all(|id| !made(&last).contains(id)), "{again}");
        assert_eq!(seen().await, with_it, "{round}");
        let twice = import(&amina, &csv).await;
        assert_eq!((&twice["added"], &twice["duplicates"], &twice["import"]), (&json!(0), &json!(7), &Value::Null));
        assert_eq!(made(&twice), made(&again));
        last = again;
    }
    // The category that the file made stays, and each import has its record.
    assert_eq!(imports(&amina).await.len(), 4);
    assert_eq!(imports(&amina).await[3], first);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn each_way_to_import_has_a_record_and_can_be_undone(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let csv = "date,amount,category,description\n2026-11-01,-2,Food,tea\n2026-11-02,-3,Food,bread\n";
    let bank = "Date;Description;Amount\n01.11.2026;tea;-2,00\n14.11.2026;bread;-3,00\n15.11.2026;pay;10,00\n";
    let bank_flags = ["--bank", "--expense-category", "Food", "--income-category", "Salary"];
    for (file, flags) in [(csv, &[][..]), (csv, &["--mode", "good-lines"]), (bank, &bank_flags)] {
        let wanted = file.lines().count() - 1;
        let done = app.import("amina", file, flags);
        assert_eq!((done.count("ADDED"), done.code), (wanted, Some(0)), "{done:?}");
        let id = imports(&amina).await.swap_remove(0);
        let query = "query($id: ID!) { import(id: $id) { fileName added } }";
        let record = amina.gql(query, json!({ "id": id })).await["import"].take();
        assert_eq!(record, json!({ "fileName": "file.csv", "added": wanted }));
        // Here by the program, too.
        let (code, told) = app.undo("amina", &id);
        assert_eq!((code, told.as_str()), (Some(0), format!("undone: {wanted} taken back").as_str()));
        assert_eq!(transactions(&amina).await, [""; 0]);
    }
    assert_eq!(app.import("amina", csv, &["--dry-run"]).count("GOOD"), 2);
    assert_eq!(imports(&amina).await.len(), 3);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn lines_of_a_file_that_another_import_made_stay_with_it(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let head = "date,amount,category,description\n";
    let [one, two, three] = [1, 2, 3].map(|day| format!("2026-11-0{day},-{day},Food,line {day}\n"));
    let first = import(&amina, &format!("{head}{one}{two}")).await;
    let second = import(&amina, &format!("{head}{two}{three}")).await;
    assert_eq!((&second["added"], &second["duplicates"]), (&json!(1), &json!(1)));
    amina.undo(&id_of_import(&second)).await;
    assert_eq!(transactions(&amina).await.len(), 2);
    amina.undo(&id_of_import(&first)).await;
    assert_eq!(transactions(&amina).await, [""; 0]);
    // The second file now makes both of its lines, and the first one the rest.
    assert_eq!(import(&amina, &format!("{head}{two}{three}")).await["added"], 2);
    let rest = import(&amina, &format!("{head}{one}{two}")).await;
    assert_eq!((&rest["added"], &rest["duplicates"]), (&json!(1), &json!(1)));
    app.assert_journal_is_whole().await;
}
