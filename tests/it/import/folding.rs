//! Files whose texts are not written as those in the book.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, transactions};

const FIELDS: &str = "lines { line status transaction { category { id name } } userErrors { code path message } }
    added refused userErrors { code path message }";

async fn import(user: &User, csv: &str) -> Value {
    let input = json!({ "csv": csv, "createCategories": true });
    user.mutate("importTransactions", "ImportTransactionsInput", FIELDS, input).await
}

#[apply(both_databases)]
async fn lines_find_their_categories_however_they_are_written(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let cafe = amina.category("Café", "EXPENSE").await;
    let csv = "date,amount,category,description
2026-11-01,-1,Transport,a
2026-11-01,-1,TRANSPORT,b
2026-11-01,-1,Café,c
2026-11-01,-1,Cafe\u{301},d
2026-11-01,-1,CAFE\u{301},e
2026-11-01,-1,Straße,f
2026-11-01,-1,STRASSE,g
2026-11-01,-1,Hoa,h
2026-11-01,-1,Hoà,i
2026-11-01,-1,Ca\u{200B}fé,j
2026-11-01,-1,مي\u{200C}خواهم,k
2026-11-01,-1,ميخواهم,l
";
    let done = import(&amina, csv).await;
    assert_eq!((errors(&done), &done["added"], &done["refused"]), (vec![], &json!(12), &json!(0)), "{done}");
    let made = done["lines"].as_array().unwrap();
    let category = |line: usize| made[line]["transaction"]["category"].clone();
    for (line, name) in [(0, "Transport"), (1, "Transport"), (5, "Straße"), (6, "Straße"), (7, "Hoa"), (8, "Hoà")] {
        assert_eq!(category(line)["name"], name);
    }
    assert!([2, 3, 4, 9].iter().all(|line| category(*line)["id"] == json!(cafe)), "{done}");
    assert_eq!(category(10), category(11));
    let report = amina.report("2026-11").await;
    let names: Vec<_> = report["categories"].as_array().unwrap().iter().map(|line| &line["category"]["name"]).collect();
    assert_eq!(names.len(), 6, "{names:?}");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn invisible_characters_in_a_file_refuse_none_of_it(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let csv = "\u{FEFF}Da\u{AD}te,\u{200B}amount,category,description
2026-11-01,\u{200E}-1.50,Food,ri\u{200B}ce
\u{202A}2026-11-02\u{202C},−٢٫٥,Food,\u{202B}شاي\u{202C}
٢٠٢٦-١١-٠٣,–3,Food,می\u{200C}خواهم 👩\u{200D}🌾
";
    let done = import(&amina, csv).await;
    assert_eq!((errors(&done), &done["added"]), (vec![], &json!(3)), "{done}");
    let expected = [
        "2026-11-01 EXPENSE 1.50 YEM rice - [Food 1.50 -]",
        "2026-11-02 EXPENSE 2.50 YEM شاي - [Food 2.50 -]",
        "2026-11-03 EXPENSE 3.00 YEM می\u{200C}خواهم 👩\u{200D}🌾 - [Food 3.00 -]",
    ];
    assert_eq!(transactions(&amina).await, expected);
    let again = import(&amina, csv).await;
    assert_eq!((&again["added"], &again["refused"]), (&json!(0), &json!(0)));
    let refused = import(&amina, "date,amount,category,description\n2026-11-01,-1,Food,a\u{7}b\n").await;
    let error = &refused["lines"][0]["userErrors"][0];
    assert!(error["message"].as_str().unwrap().contains("control characters"), "{refused}");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn entries_find_their_customers_however_they_are_written(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let jose = amina.customer("José Straße").await;
    let nguyen = amina.customer("Nguyễn").await;
    let file = "date,type,amount,customer,note
2026-11-01,CREDIT,5,JOSE\u{301}  STRASSE,a
٢٠٢٦-١١-٠١,CREDIT,٢٫٥٠,jose\u{301} straße,b
2026-11-01,CREDIT,1,Nguye\u{302}\u{303}n,c
2026-11-01,CREDIT,1,Nguyen,d
";
    let done = app.import_of("entries", "amina", file, &["--mode", "good-lines"]);
    assert_eq!(done.statuses(), "2 ADDED, 3 ADDED, 4 ADDED, 5 REFUSED");
    assert_eq!((amina.owed(&jose).await, amina.owed(&nguyen).await), ("7.50".to_owned(), "1.00".to_owned()));
    app.assert_journal_is_whole().await;
}
