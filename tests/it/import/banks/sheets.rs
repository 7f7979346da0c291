//! Workbooks with several sheets: the one that has a table is read, and of several tables the one that the user names.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::previews::{encoded, preview, words};
use crate::harness::{Database, TestApp, errors, transactions};

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/workbooks").join(name)).unwrap()
}

#[apply(both_databases)]
async fn a_cover_sheet_is_passed_over(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let found = preview(&amina, encoded(&file("cover-sheet.xlsx"), &json!([]))).await;
    let expected = ["2026-11-03 -5.00 Tea", "2026-11-04 50.25 Salary", "2026-11-05 -7.50 Rice"];
    assert_eq!((&found["questions"], words(&found)), (&json!([]), expected.map(str::to_owned).to_vec()), "{found}");
}

#[apply(both_databases)]
async fn the_sheet_of_a_workbook_with_several_tables_is_asked_for(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = file("two-tables.xlsx");
    let import = async |say: Value| {
        let mut input = encoded(&file, &say);
        input["expenseCategory"] = json!({ "name": "Food" });
        input["incomeCategory"] = json!({ "name": "Salary" });
        input["bank"] = json!(true);
        let fields = "added duplicates userErrors { code path message }";
        amina.mutate("importTransactions", "ImportTransactionsInput", fields, input).await
    };
    for say in [json!([]), json!([{ "field": "sheet", "value": "Depot" }])] {
        let found = preview(&amina, encoded(&file, &say)).await;
        let answers = json!([{ "value": "Giro", "meaning": "" }, { "value": "Savings", "meaning": "" }]);
        assert_eq!(found["questions"].as_array().unwrap().len(), 1, "{found}");
        assert_eq!((&found["questions"][0]["field"], &found["questions"][0]["answers"]), (&json!("sheet"), &answers));
        assert_eq!((found["transactions"].as_array().unwrap().len(), &found["totals"]), (3, &Value::Null), "{found}");
        let refused = import(say).await;
        assert_eq!(
            (&refused["added"], errors(&refused)),
            (&json!(0), vec!["REQUIRED say.sheet".to_owned()]),
            "{refused}"
        );
    }
    let say = json!([{ "field": "sheet", "value": "savings" }]);
    let found = preview(&amina, encoded(&file, &say)).await;
    let expected = ["2026-11-06 1.50 Interest", "2026-11-07 -2.00 Bus", "2026-11-08 -30.00 Shoes"];
    assert_eq!((&found["questions"], words(&found)), (&json!([]), expected.map(str::to_owned).to_vec()), "{found}");
    assert_eq!(serde_json::from_str::<Value>(found["profile"].as_str().unwrap()).unwrap()["sheet"], "savings");
    assert_eq!(import(say.clone()).await["added"], 3);
    assert_eq!(import(say).await["duplicates"], 3);
    assert_eq!(transactions(&amina).await.len(), 3);
    app.assert_journal_is_whole().await;
}
