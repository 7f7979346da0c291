//! Files of all sorts: how they may be written, and what is wrong with them. By the real program.

use crate::harness::{
    Database::{self, Sqlite},
    TestApp, program, transactions,
};

const HEAD: &str = "date,amount,category,description\n";

#[apply(both_databases)]
async fn the_statement_of_a_bank_is_read_as_the_flags_say(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = "\u{FEFF} booked ;\"Betrag\";Text;WÄHRUNG;Saldo\r
20.11.2026;-1.234,50;\"Miete; \"\"warm\"\"\r\nNovember\";;100\r
\r
21.11.2026;+3.000,00;Gehalt 😀;usd;\r
1.12.2026;\u{2212}0,05;'=1+1;;x\r
;;;;\r
";
    let flags = [
        "--delimiter",
        ";",
        "--decimal-comma",
        "--date-format",
        "%d.%m.%Y",
        "--column",
        "date=Booked",
        "--column",
        "Amount=betrag",
        "--column",
        "description=text",
        "--column",
        "currency=währung",
        "--column",
        "category=",
        "--expense-category",
        "Miscellaneous",
        "--income-category",
        "Salary",
        "--default-currency",
        "EUR",
    ];
    let done = app.import("amina", file, &flags);
    assert_eq!((done.statuses().as_str(), done.code), ("2 ADDED, 5 ADDED, 6 ADDED", Some(0)), "{done:?}");
    let expected = [
        "2026-11-20 EXPENSE 1234.50 EUR Miete; \"warm\"\nNovember - [Miscellaneous 1234.50 -]",
        "2026-11-21 INCOME 3000.00 USD Gehalt 😀 - [Salary 3000.00 -]",
        "2026-12-01 EXPENSE 0.05 EUR =1+1 - [Miscellaneous 0.05 -]",
    ];
    assert_eq!(transactions(&amina).await, expected);
    let tabs = "date\tamount\tcategory\tdescription\n2026-11-20\t-1\tFood\ta, b\n";
    assert_eq!(app.import("amina", tabs, &["--delimiter", "tab"]).statuses(), "2 ADDED");
    app.assert_journal_is_whole().await;
}

#[apply(test)]
async fn a_file_that_cannot_be_used_is_refused_as_a_whole() {
    let (app, amina) = TestApp::with_owner(Sqlite).await;
    let utf16: Vec<u8> = format!("\u{FEFF}{HEAD}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let files: [(&[u8], &[&str], &str, i32); 16] = [
        (b"", &[], "The file is empty", 1),
        (b"\n\n", &[], "The file is empty", 1),
        ("\u{FEFF}".as_bytes(), &[], "The file is empty", 1),
        (&utf16, &[], "The file is not UTF-8", 1),
        (b"date,amount,cat\xE9gorie,description\n", &[], "The file is not UTF-8", 1),
        (b"date,Date,amount,category,description\n", &[], "The header has two columns \"date\"", 1),
        (b"date,category,description\n", &[], "--column: The header has no column `amount`", 2),
        (b"date,amount,category\n", &[], "Give the name of the column, or an empty name if there is none.", 2),
        (b"2026-11-01,-1,Food,x\n", &[], "The header has no column `date`: it has \"2026-11-01\", \"-1\"", 2),
        (HEAD.as_bytes(), &["--column", "amount=Betrag"], "The header has no column \"Betrag\"", 2),
        (HEAD.as_bytes(), &["--column", "amount="], "There must be a column for `amount`", 2),
        (HEAD.as_bytes(), &["--column", "sum=amount"], "--column sum=: there is no such column", 2),
        (HEAD.as_bytes(), &["--delimiter", "ab"], "--delimiter: The delimiter must be one ASCII character", 2),
        (HEAD.as_bytes(), &["--decimal-comma"], "--delimiter: With decimal commas", 2),
        (HEAD.as_bytes(), &["--date-format", "%H"], "--date-format: \"%H\" is not a date format", 2),
        (HEAD.as_bytes(), &["--mode", "maybe"], "try '--help'", 2),
    ];
    for (file, flags, message, code) in files {
        for mode in [&["--dry-run"][..], &[]] {
            let done = app.import("amina", file, &[flags, mode].concat());
            assert!(done.sum.contains(message), "{message}: {done:?}");
            assert_eq!((done.code, done.lines.len()), (Some(code), 0), "{message}");
        }
    }
    assert_eq!(app.import("amina", HEAD, &[]).code, Some(0));
    assert_eq!(app.import("nobody", HEAD, &[]).sum, "--user: There is no such user.");
    assert_eq!(app.import("nul\u{1}@l", HEAD, &[]).code, Some(2));
    for path in ["no such file.csv", "/"] {
        let child = app.start_import("transactions", "amina", path, &[]);
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(2), "{path}");
    }
    assert_eq!(transactions(&amina).await, [""; 0]);
}

#[apply(both_databases)]
async fn a_bad_line_is_named_and_the_others_are_written(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let long = "x".repeat(501);
    let huge = "x".repeat(100_000);
    let lines: Vec<(Vec<u8>, &str)> = [
        ("2026-11-01,-1,Food", "The record has 3 fields, but the header has 4."),
        ("2026-11-01,-1,Food,x,y", "The record has 5 fields, but the header has 4."),
        ("x", "The record has 1 field, but the header has 4."),
        ("0000-01-01,-1,Food,x", "date: \"0000-01-01\" is not a date such as 2026-11-20."),
        ("9999-12-31,-1,Food,x", "date: The date must be in the years 1900 to 2199."),
        ("2026-02-30,-1,Food,x", "date: \"2026-02-30\" is not a date"),
        ("20.11.2026,-1,Food,x", "date: \"20.11.2026\" is not a date"),
        (",-1,Food,x", "date: There is no date."),
        ("2026-11-01,,Food,x", "amount: There is no amount."),
        ("2026-11-01,1.234,Food,x", "amount: An amount in YEM has at most 2 decimals."),
        ("2026-11-01,\"1,234\",Food,x", "amount: \"1,234\" may mean 1234 or 1.234."),
        ("2026-11-01,\"12,5\",Food,x", "amount: \"12,5\" is not an amount."),
        ("2026-11-01,1e3,Food,x", "amount: \"1e3\" is not an amount."),
        ("2026-11-01,99999999999999999999,Food,x", "amount: An amount in YEM is at most"),
        ("2026-11-01,10000000000000.01,Food,x", "amount: The amount must be at most"),
        ("2026-11-01,-1,Food,a\0b", "description: The text must not contain control characters"),
        ("2026-11-01,-1,Fo\0od,x", "category: There is no category \"Fo\\0od\"."),
        ("2026-11-01,\u{1b}[31m,Food,x", "amount: \"\\u{1b}[31m\" is not an amount."),
    ]
    .into_iter()
    .map(|(line, message)| (line.as_bytes().to_vec(), message))
    .chain([
        (format!("2026-11-01,-1,Food,{long}").into_bytes(), "description: The text must have at most 500 characters."),
        (format!("2026-11-01,-1,Food,{huge}").into_bytes(), "description: The text must have at most 500 characters."),
        (format!("2026-11-01,{huge},Food,x").into_bytes(), "is not an amount."),
        (b"2026-11-01,-1,Food,caf\xE9".to_vec(), "The record is not UTF-8."),
    ])
    .collect();
    let mut file = HEAD.as_bytes().to_vec();
    for (line, _) in &lines {
        file.extend(line);
        file.extend(b"\n2026-11-01,-1,Food,good\n");
    }
    let done = app.import("amina", &file, &["--mode", "good-lines"]);
    assert_eq!((done.lines.len(), done.code), (2 * lines.len(), Some(1)));
    for (number, (_, message)) in lines.iter().enumerate() {
        let (bad, good) = (&done.lines[2 * number], &done.lines[2 * number + 1]);
        assert_eq!((&bad[0], &bad[1]), (&(2 * number + 2).to_string(), &"REFUSED".to_owned()), "{message}");
        assert!(bad[3].contains(message) && bad[3].len() < 300, "{message}: {bad:?}");
        assert_eq!(good[1], "ADDED");
    }
    assert_eq!(transactions(&amina).await.len(), lines.len());
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn where_a_quote_is_not_closed_the_file_ends(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = format!("{HEAD}2026-11-01,-1,Food,a\n2026-11-01,-1,Food,\"b\n2026-11-01,-1,Food,c\n");
    assert_eq!(app.import("amina", &file, &[]).statuses(), "3 REFUSED");
    let done = app.import("amina", &file, &["--mode", "good-lines"]);
    assert_eq!(done.statuses(), "2 ADDED, 3 REFUSED");
    assert_eq!(done.lines[1][3], "A quote is not closed before the end of the file.");
    let endless = format!("{HEAD}2026-11-01,-1,Food,b\n\"{}", "2026-11-01,-1,Food,c\n".repeat(50_000));
    let done = app.import("amina", &endless, &["--mode", "good-lines"]);
    assert_eq!(done.statuses(), "2 ADDED, 3 REFUSED");
    assert!(done.lines[1][3].contains("perhaps a quote is not closed"), "{done:?}");
    assert_eq!(transactions(&amina).await.len(), 2);
}

#[apply(test)]
fn the_help_tells_of_the_columns() {
    let help = program().args(["import", "transactions", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for word in ["date, amount, category and description", "--column <NAME=HEADER>", "--dry-run", "good-lines"] {
        assert!(help.contains(word), "{word} is not in {help}");
    }
}
