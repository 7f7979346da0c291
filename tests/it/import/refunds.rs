//! Refunds in files that are imported, and in exports.

use serde_json::json;

use crate::harness::{Database, TestApp, User, transactions};

const HEAD: &str = "date,amount,category,description\n";
const SHOES: &str = "2026-11-07,-80.00,Food,shoes\n";
const RETURNED: &str = "2026-11-08,80.00,Food,returned\n";
const SOCKS: &str = "2026-11-09,-15.00,Food,socks\n";

/// What was spent in November, by category.
async fn spent(user: &User) -> String {
    let report = user.report("2026-11").await;
    let row = |row: &serde_json::Value| {
        format!("{} {}", row["category"]["name"].as_str().unwrap(), row["total"]["amount"].as_str().unwrap())
    };
    report["categories"].as_array().unwrap().iter().map(row).collect::<Vec<_>>().join(", ")
}

#[apply(both_databases)]
async fn what_a_bank_paid_back_is_a_refund_in_whichever_order_it_is_imported(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let all = format!("{HEAD}{SHOES}{RETURNED}{SOCKS}");
    let done = app.import("amina", &all, &[]);
    assert_eq!(done.statuses(), "2 ADDED, 3 ADDED, 4 ADDED");
    let messages: Vec<_> = done.lines.iter().map(|line| line[3].as_str()).collect();
    assert_eq!(messages, ["", "A refund: Food.", ""]);
    assert_eq!(spent(&amina).await, "Food 15.00");
    let expected = [
        "2026-11-07 EXPENSE 80.00 YEM shoes - [Food 80.00 -]",
        "2026-11-08 EXPENSE -80.00 YEM returned - [Food -80.00 -]",
        "2026-11-09 EXPENSE 15.00 YEM socks - [Food 15.00 -]",
    ];
    assert_eq!(transactions(&amina).await, expected);

    for (user, halves) in [
        ("badr", [format!("{HEAD}{RETURNED}{SOCKS}"), all.clone()]),
        ("dalal", [format!("{HEAD}{RETURNED}"), format!("{HEAD}{SHOES}{RETURNED}{SOCKS}")]),
    ] {
        let owner = app.user(user).await;
        for half in halves {
            assert_eq!(app.import(user, half, &[]).code, Some(0));
        }
        assert_eq!(spent(&owner).await, "Food 15.00", "{user}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_whole_file_tells_what_a_new_category_is_for(on: Database) {
    let (app, _) = TestApp::with_owner(on).await;
    let flags = ["--create-categories"];
    for (user, files) in [
        ("badr", vec![format!("{HEAD}{SHOES}{RETURNED}{SOCKS}")]),
        ("dalal", vec![format!("{HEAD}{RETURNED}{SOCKS}"), format!("{HEAD}{SHOES}{RETURNED}{SOCKS}")]),
        ("eman", vec![format!("{HEAD}{RETURNED}{SHOES}{SOCKS}")]),
    ] {
        let owner = app.user(user).await;
        let files = files.into_iter().map(|file| file.replace("Food", "Clothes"));
        for file in files {
            for mode in ["all-or-nothing", "good-lines"] {
                assert_eq!(app.import(user, &file, &[&flags[..], &["--mode", mode]].concat()).code, Some(0), "{user}");
            }
        }
        assert_eq!(spent(&owner).await, "Clothes 15.00", "{user}");
    }
    // A line of income here and there that is given back does not make a category one of expenses, and a kind decides.
    let owner = app.user("fatima").await;
    let file = "date,amount,category,description,kind
2026-11-01,-50,Wages,too much,
2026-11-02,900,Wages,,
2026-11-03,900,Wages,,
2026-11-04,7,Books,returned,
2026-11-05,20,Books,,EXPENSE
";
    let done = app.import("fatima", file, &flags);
    assert_eq!(done.lines[0][3], "New category: Wages (income). Income given back: Wages.");
    assert_eq!(done.lines[3][3], "New category: Books (spending). A refund: Books.");
    assert_eq!(spent(&owner).await, "Wages 1750.00, Books 13.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_line_that_says_it_is_an_expense_is_one_whatever_its_sign(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = "id,date,amount,category,description,kind
,2026-11-01,-3,Food,a,EXPENSE
,2026-11-02,4,Food,b,EXPENSE
x,2026-11-03,-10,Food,c,EXPENSE
x,2026-11-03,1,Data,c,EXPENSE
y,2026-11-04,10,Food,d,EXPENSE
y,2026-11-04,-2,Data,d,EXPENSE
,2026-11-05,-8,Salary,e,INCOME
z,2026-11-06,-5,Food,f,
z,2026-11-06,5,Data,f,
";
    let done = app.import("amina", file, &["--mode", "good-lines"]);
    assert_eq!((done.count("ADDED"), done.statuses().ends_with("9 REFUSED, 10 REFUSED")), (7, true), "{done:?}");
    assert_eq!(done.lines[8][3], "amount: The lines of a transaction must not add up to zero.");
    let expected = [
        "2026-11-01 EXPENSE 3.00 YEM a - [Food 3.00 -]",
        "2026-11-02 EXPENSE 4.00 YEM b - [Food 4.00 -]",
        "2026-11-03 EXPENSE 9.00 YEM c - [Food 10.00 -; Data -1.00 -]",
        "2026-11-04 EXPENSE 8.00 YEM d - [Food 10.00 -; Data -2.00 -]",
        "2026-11-05 INCOME -8.00 YEM e - [Salary -8.00 -]",
    ];
    assert_eq!(transactions(&amina).await, expected);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn refunds_into_a_wallet_and_out_of_it_are_checked_before_they_are_written(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file =
        format!("{HEAD}2026-11-01,8,Food,a\n2026-11-02,-5,Food,b\n2026-11-03,-4,Salary,c\n2026-11-04,-3,Salary,d\n");
    let wallet = ["--default-wallet", &amina.wallet];
    let dry = app.import("amina", &file, &[&wallet[..], &["--dry-run"]].concat());
    assert_eq!(dry.statuses(), "2 GOOD, 3 GOOD, 4 REFUSED, 5 GOOD");
    assert_eq!(dry.lines[2][3], "wallet: The wallet holds less money than this.");
    let done = app.import("amina", &file, &[&wallet[..], &["--mode", "good-lines"]].concat());
    assert_eq!(done.statuses(), "2 ADDED, 3 ADDED, 4 REFUSED, 5 ADDED");
    assert_eq!(amina.balance(&amina.wallet).await, "0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn exported_refunds_come_out_the_same_in_another_book(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.spend("Food", "80", "2026-11-07").await;
    amina.spend("Food", "-80", "2026-11-08").await;
    amina.spend("Salary", "-12.5", "2026-11-09").await;
    for (day, food, data, amount) in [("10", "10", "-1", "9"), ("11", "-10", "1", "-9")] {
        let line = |category: &str, amount: &str| json!({ "category": { "name": category }, "amount": amount });
        let split = json!({ "lines": [line("Food", food), line("Data", data)], "amount": amount, "date": format!("2026-11-{day}") });
        amina.add_transaction(split).await;
    }
    let file = amina.download("/transactions.csv").await.text;
    assert!(file.contains(",2026-11-08,EXPENSE,-80.00,YEM,Food,,,,\n"), "{file}");
    assert!(file.contains(",2026-11-09,INCOME,-12.50,YEM,Salary,,,,\n"), "{file}");
    assert!(file.contains(",2026-11-11,EXPENSE,1.00,YEM,Data,,,,\n"), "{file}");
    for status in ["ADDED", "DUPLICATE"] {
        let done = app.import("badr", &file, &[]);
        assert_eq!((done.count(status), done.code), (7, Some(0)), "{done:?}");
    }
    assert_eq!(transactions(&badr).await, transactions(&amina).await);
    app.assert_journal_is_whole().await;
}
