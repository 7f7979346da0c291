//! Importing transactions: what is written, once, and what is not. By the real program.

use daybook::entity::journal_entry;
use rstest::rstest;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::harness::{
    Database::{self, Postgres, Sqlite},
    TestApp, file_of, transactions,
};

/// Good lines but for the fourth.
const FILE: &str = "date,amount,category,description
2026-11-01,-12.50,Food,bread
2026-11-02,1000,Salary,pay
2026-11-03,-7.20,transport,bus
2026-11-04,-5,Nowhere,?
2026-11-05,-12.50,Food,bread
2026-11-05,-12.50,Food,bread
";

/// What the good lines of it are.
const GOOD: [&str; 5] = [
    "2026-11-01 EXPENSE 12.50 YEM bread - [Food 12.50 -]",
    "2026-11-02 INCOME 1000.00 YEM pay - [Salary 1000.00 -]",
    "2026-11-03 EXPENSE 7.20 YEM bus - [Transport 7.20 -]",
    "2026-11-05 EXPENSE 12.50 YEM bread - [Food 12.50 -]",
    "2026-11-05 EXPENSE 12.50 YEM bread - [Food 12.50 -]",
];

/// A file of so many small expenses.
fn long(lines: usize) -> String {
    file_of(lines, |number| format!("2026-{:02}-10,-1.0{},Food,line {number}", number % 12 + 1, number % 9 + 1))
}

#[apply(both_databases)]
async fn a_dry_run_tells_of_each_line_and_writes_nothing(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for mode in ["all-or-nothing", "good-lines"] {
        let done = app.import("amina", FILE, &["--dry-run", "--mode", mode]);
        assert_eq!(done.statuses(), "2 GOOD, 3 GOOD, 4 GOOD, 5 REFUSED, 6 GOOD, 7 GOOD");
        assert_eq!(done.lines[3][3], "category: There is no category \"Nowhere\".");
        assert_eq!(done.sum, "lines: 5 would be added, 0 there already, 1 refused");
        assert_eq!(done.code, Some(1));
    }
    let good = FILE.replace("Nowhere", "Food");
    assert_eq!(app.import("amina", &good, &["--dry-run"]).code, Some(0));
    let making = app.import("amina", FILE, &["--dry-run", "--create-categories"]);
    assert_eq!((making.code, making.lines[3][3].as_str()), (Some(0), "New category: Nowhere (spending)."));
    assert_eq!(transactions(&amina).await, [""; 0]);
    let categories = amina.gql("{ categories { name } }", json!({})).await;
    assert_eq!(categories["categories"].as_array().unwrap().len(), 7);
    app.import("amina", &good, &[]);
    let again = app.import("amina", &good, &["--dry-run"]);
    assert_eq!((again.count("DUPLICATE"), again.code), (6, Some(0)));
}

#[apply(both_databases)]
async fn with_one_bad_line_nothing_is_written_unless_good_lines_are_wanted(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let done = app.import("amina", FILE, &[]);
    assert_eq!((done.statuses().as_str(), done.code), ("5 REFUSED", Some(1)));
    assert_eq!(done.sum, "lines: 0 added, 0 there already, 1 refused; nothing was written");
    assert_eq!(transactions(&amina).await, [""; 0]);

    let done = app.import("amina", FILE, &["--mode", "good-lines"]);
    assert_eq!(done.statuses(), "2 ADDED, 3 ADDED, 4 ADDED, 5 REFUSED, 6 ADDED, 7 ADDED");
    assert_eq!((done.sum.as_str(), done.code), ("lines: 5 added, 0 there already, 1 refused", Some(1)));
    assert_eq!(transactions(&amina).await, GOOD);
    let query = "query($id: ID!) { transaction(id: $id) { description } }";
    let found = amina.gql(query, json!({ "id": done.lines[2][2] })).await;
    assert_eq!(found["transaction"]["description"], "bus");

    // When the bad line is mended, it alone is new.
    let done = app.import("amina", FILE.replace("Nowhere", "Data"), &[]);
    assert_eq!(done.statuses(), "2 DUPLICATE, 3 DUPLICATE, 4 DUPLICATE, 5 ADDED, 6 DUPLICATE, 7 DUPLICATE");
    assert_eq!(done.code, Some(0));
    app.assert_journal_is_whole().await;
}

#[rstest]
#[test_attr(apply(test))]
async fn a_file_adds_nothing_the_second_time_and_equal_lines_are_all_kept(
    #[values(Sqlite, Postgres)] on: Database,
    #[values("all-or-nothing", "good-lines")] mode: &str,
) {
    let (app, amina) = TestApp::with_owner(on).await;
    let good = FILE.replace("Nowhere", "Data");
    let first = app.import("amina", &good, &["--mode", mode]);
    assert_eq!((first.count("ADDED"), first.code), (6, Some(0)));
    let written = transactions(&amina).await;
    assert_eq!(written.len(), 6);
    // The same said in other ways, and with other flags, is the same.
    let other = good.replace(",-12.50,", ",-12.5,").replace("1000", "\"1,000.00\"").replace('\n', "\r\n");
    let flags = ["--mode", mode, "--default-currency", "USD", "--expense-category", "Food", "--create-categories"];
    for (file, flags) in [(&good, &flags[..2]), (&good, &flags[..]), (&other, &flags[..2])] {
        let again = app.import("amina", file, flags);
        assert_eq!((again.count("DUPLICATE"), again.code), (6, Some(0)), "{again:?}");
        assert!(again.lines.iter().zip(&first.lines).all(|(again, first)| again[2] == first[2]), "{again:?}");
    }
    // Of a file that overlaps with it, only what is more.
    let more = "date,amount,category,description\n2026-11-05,-12.50,Food,bread\n".to_owned()
        + &"2026-11-05,-12.50,Food,bread\n".repeat(2)
        + "2026-11-06,-3,Food,tea\n";
    let done = app.import("amina", &more, &["--mode", mode]);
    assert_eq!(done.statuses(), "2 DUPLICATE, 3 DUPLICATE, 4 ADDED, 5 ADDED");
    // What was deleted does not come back.
    amina.delete_transaction(json!({ "id": first.lines[0][2] })).await;
    assert_eq!(app.import("amina", &good, &["--mode", mode]).count("DUPLICATE"), 6);
    assert_eq!(transactions(&amina).await.len(), 7);
    // Another's book knows nothing of it.
    app.user("badr").await;
    assert_eq!(app.import("badr", &good, &[]).count("ADDED"), 6);
    app.assert_journal_is_whole().await;
}

#[apply(test)]
async fn the_key_of_a_line_stays_the_same_for_ever() {
    let (app, _) = TestApp::with_owner(Sqlite).await;
    let file = "date,amount,category,description,currency,note,kind,id
2026-11-01,-12.50,Food,bread,YEM,two,EXPENSE,
2026-11-01,-12.50,Food,bread,YEM,two,EXPENSE,
2026-11-01,-12.50,Food,bread,,,,receipt 7
";
    app.import("amina", file, &[]);
    let entries = journal_entry::Entity::find().order_by_asc(journal_entry::Column::Id).all(app.app.db.read()).await;
    let keys: Vec<_> = entries.unwrap().into_iter().filter_map(|entry| entry.idempotency_key).collect();
    let expected = [
        "import:04ca87b7e206b878c1657fc0fc9057a420074dd3dccaf0d10f2baea567ba4764",
        "import:7f4cd2a7b1a8bf51ebd0d78b139783c137ccd978579fd90017f10f257efb929d",
        "import:954ce029de061accb83f011b2c8894617fd641e38f4d90349b76262bf616e6ca",
    ];
    assert_eq!(keys, expected);
}

#[rstest]
#[test_attr(apply(test))]
async fn of_imports_of_one_file_at_the_same_moment_each_line_is_added_by_one(
    #[values(Sqlite, Postgres)] on: Database,
    #[values("all-or-nothing", "good-lines")] mode: &str,
) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = long(600);
    let done = app.import_at_once(3, "amina", &file, &["--mode", mode]);
    for line in 0..600 {
        let statuses: Vec<_> = done.iter().map(|done| done.lines[line][1].as_str()).collect();
        assert_eq!(statuses.iter().filter(|status| **status == "ADDED").count(), 1, "{line}: {statuses:?}");
        assert!(done.iter().all(|other| other.lines[line][2] == done[0].lines[line][2]));
    }
    assert!(done.iter().all(|done| done.code == Some(0)), "{done:?}");
    assert_eq!(transactions(&amina).await.len(), 600);
    app.assert_journal_is_whole().await;
}

#[rstest]
#[test_attr(apply(test))]
async fn others_write_into_the_book_while_a_file_is_imported(
    #[values(Sqlite, Postgres)] on: Database,
    #[values("all-or-nothing", "good-lines")] mode: &str,
) {
    let (app, amina) = TestApp::with_owner(on).await;
    let categories = ["Food", "Data", "Transport", "Miscellaneous", "Savings"];
    // Each batch goes into other categories than the one before it.
    let file = file_of(2000, |number| format!("2026-11-10,-1,{},line {number}", categories[number / 200 % 5]));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file.csv");
    std::fs::write(&path, file).unwrap();
    let mut import = app.start_import("transactions", "amina", path.to_str().unwrap(), &["--mode", mode]);
    // Nobody reads its report, and it goes on all the same.
    import.stdout.take();
    let mut written = 0;
    while import.try_wait().unwrap().is_none() || written < 20 {
        amina.spend(categories[written % 5], "2", "2026-11-11").await;
        written += 1;
    }
    assert_eq!(transactions(&amina).await.len(), 2000 + written);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_file_of_many_batches_is_written_whole_or_not_at_all(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let bad = long(700) + "2026-11-31,-1,Food,no such day\n";
    assert_eq!(app.import("amina", &bad, &[]).statuses(), "702 REFUSED");
    assert_eq!(transactions(&amina).await, [""; 0]);
    let good = app.import("amina", &bad, &["--mode", "good-lines"]);
    assert_eq!((good.count("ADDED"), good.count("REFUSED")), (700, 1));
    app.user("badr").await;
    assert_eq!(app.import("badr", long(700), &[]).count("ADDED"), 700);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_wallet_pays_as_long_as_there_is_money_in_it(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("10").await;
    let file = "date,amount,category,description,kind
2026-11-01,-8,Food,a,
2026-11-02,-5,Food,b,
2026-11-03,-2,Food,c,
2026-11-04,4,Salary,d,INCOME
2026-11-05,-3,Food,e,EXPENSE
";
    let wallet = ["--default-wallet", &amina.wallet];
    let dry = app.import("amina", file, &[&wallet[..], &["--dry-run"]].concat());
    assert_eq!(dry.statuses(), "2 GOOD, 3 REFUSED, 4 GOOD, 5 GOOD, 6 GOOD");
    assert_eq!(app.import("amina", file, &wallet).statuses(), "3 REFUSED");
    assert_eq!(amina.balance(&amina.wallet).await, "10.00");
    let good = [&wallet[..], &["--mode", "good-lines"]].concat();
    let done = app.import("amina", file, &good);
    assert_eq!(done.statuses(), "2 ADDED, 3 REFUSED, 4 ADDED, 5 ADDED, 6 ADDED");
    assert_eq!(done.lines[1][3], "wallet: The wallet holds less money than this.");
    assert_eq!(amina.balance(&amina.wallet).await, "1.00");
    // A line of a file is no attempt to pay: nothing of it is in the history, and it can be imported when there is money.
    assert_eq!(amina.history(&amina.wallet, Value::Null).await.len(), 5);
    amina.fund("100").await;
    let done = app.import("amina", file, &good);
    assert_eq!(done.statuses(), "2 DUPLICATE, 3 ADDED, 4 DUPLICATE, 5 DUPLICATE, 6 DUPLICATE");
    assert_eq!(amina.balance(&amina.wallet).await, "96.00");

    amina.mutate("freezeWallet", "FreezeWalletInput", "userErrors { code }", json!({ "id": amina.wallet })).await;
    let file = "date,amount,category,description\n2026-11-09,-1,Food,f\n2026-11-09,1,Salary,g\n";
    let frozen = app.import("amina", file, &good);
    assert_eq!((frozen.count("REFUSED"), frozen.lines[0][3].as_str()), (2, "wallet: The wallet is frozen or closed."));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_is_anothers_does_not_exist_in_a_file(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    badr.fund("100").await;
    let category = badr.category("Zahra", "EXPENSE").await;
    let theirs = badr.spend("Zahra", "5", "2026-11-01").await;
    let line = |amount: &str, category: &str, wallet: &str, id: &str| {
        format!("date,amount,category,description,wallet,id\n2026-11-01,{amount},{category},x,{wallet},{id}\n")
    };
    for (file, message) in [
        (line("-1", "Food", &badr.wallet, ""), "wallet: You have no such wallet."),
        (line("-1", "Food", "wallet_x", ""), "wallet: You have no such wallet."),
        (line("-1", "Zahra", "", ""), "category: There is no category \"Zahra\"."),
        (line("-1", &category, "", ""), "category: There is no category"),
    ] {
        let done = app.import("amina", file, &["--mode", "good-lines"]);
        assert_eq!(done.statuses(), "2 REFUSED");
        assert!(done.lines[0][3].starts_with(message), "{done:?}");
    }
    let default = app.import("amina", line("-1", "Food", "", ""), &["--default-wallet", &badr.wallet]);
    assert_eq!((default.sum.as_str(), default.code), ("--default-wallet: You have no such wallet.", Some(2)));
    // The id of a transaction of somebody else's is a text like others.
    let done = app.import("amina", line("1", "Food", "", &theirs), &[]);
    assert_eq!(done.statuses(), "2 ADDED");
    assert_ne!(done.lines[0][2], theirs);
    assert_eq!(transactions(&amina).await, ["2026-11-01 EXPENSE 1.00 YEM x - [Food 1.00 -]"]);
    assert_eq!(badr.balance(&badr.wallet).await, "100.00");
    assert_eq!(transactions(&badr).await.len(), 1);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn categories_decide_which_way_money_goes_and_may_be_made(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let old = amina.category("Old", "EXPENSE").await;
    amina.spend("Old", "1", "2026-01-01").await;
    amina.delete_category(&old).await;
    let file = "date,amount,category,description,kind
2026-11-01,-1,Salary,a,
2026-11-01,1,Old,b,
2026-11-01,1,Food,c,INCOME
2026-11-01,-1,,d,
2026-11-01,1,,e,
2026-11-01,2,Food,f,
2026-11-01,0,Food,g,
2026-11-01,1,Food,h,SPENT
";
    let done = app.import("amina", file, &["--dry-run"]);
    let messages: Vec<_> = done.lines.iter().map(|line| line[3].as_str()).collect();
    let expected = [
        "Income given back: Salary.",
        "category: The category Old is archived. Restore it first.",
        "kind: The category Food is for spending, but the line is of the other kind.",
        "category: The line names no category, and there is no default category for spending.",
        "category: The line names no category, and there is no default category for income.",
        "A refund: Food.",
        "amount: The amount must not be zero.",
        "kind: \"SPENT\" is neither INCOME nor EXPENSE.",
    ];
    assert_eq!(messages, expected);
    let defaults = ["--expense-category", "miscellaneous", "--income-category", "OTHER INCOME"];
    let done = app.import("amina", file, &[&defaults[..], &["--mode", "good-lines"]].concat());
    assert_eq!(done.count("ADDED"), 4);
    let done = app.import("amina", file, &["--expense-category", "Salary"]);
    assert_eq!(
        (done.sum.as_str(), done.code),
        ("--expense-category: The category Salary is not for spending.", Some(2))
    );
    assert_eq!(app.import("amina", file, &["--income-category", "None"]).code, Some(2));

    let file = "date,amount,category,description,kind
2026-11-02,-1,Rent,a,
2026-11-02,5,Gifts,b,
2026-11-02,5,Loans,c,EXPENSE
2026-11-02,5,rent,d,
2026-11-02,-5,GIFTS,e,
2026-11-02,1,Gifts,f,
2026-11-02,1,Loans,g,INCOME
";
    let done = app.import("amina", file, &["--create-categories", "--mode", "good-lines"]);
    assert_eq!(done.statuses(), "2 ADDED, 3 ADDED, 4 ADDED, 5 ADDED, 6 ADDED, 7 ADDED, 8 REFUSED");
    assert_eq!(
        (done.lines[3][3].as_str(), done.lines[4][3].as_str()),
        ("A refund: Rent.", "Income given back: Gifts.")
    );
    let made = amina.gql("{ categories { name kind } }", json!({})).await["categories"].take();
    let has = |name: &str, kind: &str| made.as_array().unwrap().contains(&json!({ "name": name, "kind": kind }));
    assert!(has("Rent", "EXPENSE") && has("Gifts", "INCOME") && has("Loans", "EXPENSE"), "{made}");
    assert_eq!(made.as_array().unwrap().len(), 10);
    // No more than a book may have.
    let many = file_of(200, |number| format!("2026-11-03,-1,New {number},x"));
    let done = app.import("amina", &many, &["--create-categories"]);
    assert_eq!((done.count("REFUSED"), done.code), (11, Some(1)));
    assert_eq!(done.lines[0][3], "category: A book can have at most 200 categories.");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn lines_with_one_id_are_one_transaction(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = "id,date,amount,category,description,note
a,2026-11-01,-5,Food,market,bread
a,2026-11-01,-3,Data,market,
b,2026-11-02,-1,Food,market,
";
    let done = app.import("amina", file, &[]);
    assert_eq!(done.statuses(), "2 ADDED, 3 ADDED, 4 ADDED");
    assert!(done.lines[0][2] == done.lines[1][2] && done.lines[1][2] != done.lines[2][2]);
    let expected = [
        "2026-11-01 EXPENSE 8.00 YEM market - [Food 5.00 bread; Data 3.00 -]",
        "2026-11-02 EXPENSE 1.00 YEM market - [Food 1.00 -]",
    ];
    assert_eq!(transactions(&amina).await, expected);
    // By its id alone it is known, and what it says now changes nothing.
    let done = app.import("amina", file.replace("-1,Food", "-2,Food"), &[]);
    assert_eq!(done.count("DUPLICATE"), 3);
    assert_eq!(done.lines[2][3], "This line was imported before with other values. The earlier import stays as it is.");

    let head = "id,date,amount,category,description\n";
    let too_many = "x,2026-11-01,-1,Food,y\n".repeat(120);
    for (lines, statuses, message) in [
        (
            "c,2026-11-01,-1,Food,x\nc,2026-11-02,-1,Food,x\n",
            "2 REFUSED, 3 REFUSED",
            "date: Line 3 has the same id as the line before",
        ),
        ("c,2026-11-01,-1,Food,x\nc,2026-11-01,1,Salary,x\n", "2 REFUSED, 3 REFUSED", "category: All categories of a"),
        (
            "c,2026-11-01,-1,Food,x\nc,2026-11-01,y,Food,x\n",
            "2 REFUSED, 3 REFUSED",
            "amount: Line 3: \"y\" is not an amount.",
        ),
        (
            "c,2026-11-01,-1,Food,x\nd,2026-11-01,-1,Food,x\nc,2026-11-01,-1,Food,x\n",
            "2 GOOD, 3 GOOD, 4 REFUSED",
            "id: Line 2 already has this id.",
        ),
        // A part that cannot be read must not be missing from what is written.
        (
            "c,2026-11-01,-1,Food,x\nc,2026-11-01\nd,2026-11-01,-1,Food,x\n",
            "2 REFUSED, 3 REFUSED, 4 REFUSED",
            "The record has 2 fields",
        ),
    ] {
        let done = app.import("amina", format!("{head}{lines}"), &["--dry-run"]);
        assert_eq!(done.statuses(), statuses);
        assert!(done.lines.iter().any(|line| line[3].starts_with(message)), "{message}: {done:?}");
    }
    let done = app.import("amina", format!("{head}{too_many}"), &["--mode", "good-lines"]);
    assert_eq!((done.count("REFUSED"), transactions(&amina).await.len()), (120, 2));
    app.assert_journal_is_whole().await;
}
