//! Exports as CSV, and what they come to when they are imported again.

use axum::http::header;
use serde_json::json;

use crate::harness::{Database, TestApp, User, file_of, transactions};

/// Texts that a spreadsheet would take for formulas, or that CSV must quote.
const TEXTS: [&str; 10] = ["=1+1", "+7", "-7", "@x", "'=1+1", "''-", "'tis", "a,\"b\"\nc;d", "🌼 زهرة", "'"];

/// Transactions of all sorts.
async fn fill(owner: &User) {
    owner.fund("500").await;
    owner.category("=Rent", "EXPENSE").await;
    for (text, day) in TEXTS.iter().zip(10..) {
        let lines = json!([
            { "category": { "name": "=Rent" }, "amount": "1.25", "note": text },
            { "category": { "name": "Food" }, "amount": "2" },
            { "category": { "name": "Food" }, "amount": "2" },
        ]);
        let input = json!({ "lines": lines, "amount": "5.25", "date": format!("2026-11-{day}"), "description": text });
        owner.add_transaction(input).await;
    }
    let income =
        json!({ "category": { "name": "Salary" }, "amount": "12.345", "currency": "KWD", "date": "2026-11-02" });
    owner.add_transaction(income).await;
    let paid =
        json!({ "category": { "name": "Data" }, "amount": "30", "walletId": owner.wallet, "date": "2026-11-03" });
    owner.add_transaction(paid).await;
    let lines = json!([{ "category": { "name": "Food" }, "amount": "3", "note": "one part" }]);
    owner.add_transaction(json!({ "lines": lines, "amount": "3", "date": "2026-11-04" })).await;
    let moved = owner.spend("Food", "8", "2026-11-05").await;
    owner.update_transaction(json!({ "id": moved, "amount": "9", "date": "2026-11-01" })).await;
    let deleted = owner.spend("Food", "1000", "2026-11-06").await;
    owner.delete_transaction(json!({ "id": deleted })).await;
}

#[apply(both_databases)]
async fn exported_transactions_come_out_the_same_in_another_book_and_add_nothing_in_their_own(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    fill(&amina).await;
    let answer = amina.download("/transactions.csv").await;
    assert_eq!(answer.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"transactions.csv\"");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    let file = answer.text;
    assert!(
        file.starts_with("id,date,kind,amount,currency,category,description,note,wallet,transfer\ntransaction_"),
        "{file}"
    );
    assert!(file.contains(",2026-11-01,EXPENSE,9.00,YEM,Food,,,,\n"), "{file}");
    assert!(file.contains(",2026-11-02,INCOME,12.345,KWD,Salary,,,,\n"), "{file}");
    assert!(file.contains(&format!(",2026-11-03,EXPENSE,30.00,YEM,Data,,,{},\n", amina.wallet)), "{file}");
    assert!(file.contains(",2026-11-10,EXPENSE,1.25,YEM,'=Rent,'=1+1,'=1+1,,\n"), "{file}");
    assert!(!file.contains("1000"), "{file}");

    let before = transactions(&amina).await;
    for mode in ["all-or-nothing", "good-lines"] {
        let own = app.import("amina", &file, &["--mode", mode]);
        assert_eq!((own.count("DUPLICATE"), own.lines.len(), own.code), (34, 34, Some(0)), "{own:?}");
    }
    // As exported by an earlier version.
    let former = file.replace("\ntransaction_", "\ntxn_");
    assert_eq!(app.import("amina", &former, &[]).count("DUPLICATE"), 34);
    assert_eq!(transactions(&amina).await, before);

    assert_eq!(app.import("badr", &file, &["--create-categories"]).count("REFUSED"), 1);
    let flags = ["--create-categories", "--column", "wallet="];
    let there = app.import("badr", &file, &flags);
    assert_eq!((there.count("ADDED"), there.code), (34, Some(0)), "{there:?}");
    let in_cash: Vec<_> = before.iter().map(|words| words.replace(" YEM wallet [", " - [")).collect();
    assert_eq!(transactions(&badr).await, in_cash);
    assert_eq!(app.import("badr", &file, &flags).count("DUPLICATE"), 34);
    let from_there = badr.download("/transactions.csv").await.text;
    assert_eq!(app.import("badr", &from_there, &[]).count("DUPLICATE"), 34);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_long_export_is_written_whole(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = file_of(1200, |number| format!("2026-{:02}-10,-1,Food,line {number}", number % 5 + 1));
    app.import("amina", file, &[]);
    let file = amina.download("/transactions.csv").await.text;
    let mut ids: Vec<_> = file.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1200);
    assert_eq!(app.import("amina", &file, &[]).count("DUPLICATE"), 1200);
    for (filter, count) in [
        ("from=2026-02-01&to=2026-02-28", 240),
        ("from=2026-05-10", 240),
        ("category=FOOD&to=2026-01-31&currency=YEM", 240),
        ("category=Data", 0),
        ("currency=USD", 0),
        ("walletId=", 1200),
    ] {
        let part = amina.download(&format!("/transactions.csv?{filter}")).await.text;
        assert_eq!(part.lines().count(), count + 1, "{filter}");
    }
}

#[apply(both_databases)]
async fn exported_entries_come_out_the_same_in_another_book(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let (salma, twin) = (amina.customer("=Salma").await, amina.customer("Omar").await);
    for (text, day) in TEXTS.iter().zip(10..) {
        let input = json!({ "customerId": salma, "type": "CREDIT", "amount": "7.25", "date": format!("2026-10-{day}"), "note": text });
        amina.add_entry(input).await;
    }
    amina.entry(&twin, "DEBIT", "4", "2026-10-02").await;
    amina.invoice(&twin, "100", "2026-10-03").await;
    let deleted = amina.entry(&twin, "CREDIT", "1000", "2026-10-04").await;
    amina.delete_entry(json!({ "id": deleted })).await;
    let file = amina.download("/entries.csv").await.text;
    assert!(file.starts_with("id,date,type,amount,currency,customer,customerId,note,source,number\nentry_"), "{file}");
    assert!(file.contains(&format!(",2026-10-03,CREDIT,100.00,YEM,Omar,{twin},,INVOICE,INV-0001\n")), "{file}");
    assert!(file.contains(&format!(",2026-10-10,CREDIT,7.25,YEM,'=Salma,{salma},'=1+1,MANUAL,\n")), "{file}");
    assert!(!file.contains("1000"), "{file}");

    let own = app.import_of("entries", "amina", &file, &[]);
    assert_eq!((own.count("DUPLICATE"), own.code), (12, Some(0)), "{own:?}");
    assert_eq!((amina.owed(&salma).await, amina.owed(&twin).await), ("72.50".to_owned(), "96.00".to_owned()));
    let unknown = app.import_of("entries", "badr", &file, &[]);
    assert_eq!(unknown.count("REFUSED"), 12);
    assert!(unknown.lines.iter().any(|line| line[3] == "customer: You have no customer \"=Salma\"."), "{unknown:?}");
    let (salma, omar) = (badr.customer("=Salma").await, badr.customer("OMAR").await);
    for status in ["ADDED", "DUPLICATE"] {
        let there = app.import_of("entries", "badr", &file, &[]);
        assert_eq!((there.count(status), there.code), (12, Some(0)), "{there:?}");
    }
    assert_eq!((badr.owed(&salma).await, badr.owed(&omar).await), ("72.50".to_owned(), "96.00".to_owned()));
    let without_ids = |file: &str| {
        let mut reader = csv::Reader::from_reader(file.as_bytes());
        let row = |row: csv::StringRecord| [1, 2, 3, 4, 7].map(|at| row.get(at).unwrap().to_owned());
        let mut rows: Vec<_> = reader.records().map(|record| row(record.unwrap())).collect();
        rows.sort_unstable();
        rows
    };
    let there = badr.download("/entries.csv").await.text;
    assert_eq!(without_ids(&there), without_ids(&file));
    let part = badr.download(&format!("/entries.csv?customerId={omar}&from=2026-10-03&currency=YEM")).await.text;
    assert_eq!(part.lines().count(), 2, "{part}");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn lines_of_entries_name_their_customers(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let (theirs, omar) = (badr.customer("Zahra").await, amina.customer("Omar").await);
    let (first, _second) = (amina.customer("Ali").await, amina.customer("ALI").await);
    let archived = amina.customer("Huda").await;
    amina.archive(&archived).await;
    let file = format!(
        "date,type,amount,customer,note,currency
2026-11-01,credit,5,omar,a,
2026-11-01,CREDIT,5,omar,a,
2026-11-01,DEBIT,1.5,{omar},b,USD
2026-11-01,CREDIT,7,{first},c,
2026-11-01,CREDIT,7,Ali,d,
2026-11-01,CREDIT,7,Huda,e,
2026-11-01,CREDIT,7,{theirs},f,
2026-11-01,CREDIT,7,Zahra,g,
2026-11-01,CREDIT,-7,Omar,h,
2026-11-01,GIFT,7,Omar,i,
2026-11-01,CREDIT,7,,j,
"
    );
    let dry = app.import_of("entries", "amina", &file, &["--dry-run"]);
    assert_eq!((dry.count("GOOD"), dry.count("REFUSED")), (4, 7));
    assert_eq!(app.import_of("entries", "amina", &file, &[]).count("REFUSED"), 7);
    let done = app.import_of("entries", "amina", &file, &["--mode", "good-lines"]);
    let messages: Vec<_> = done.lines.iter().skip(4).map(|line| line[3].split('.').next().unwrap()).collect();
    let expected = [
        "customer: Several customers are named \"Ali\"",
        "customer: This customer is archived",
        "customer: You have no customer \"customer_",
        "customer: You have no customer \"Zahra\"",
        "amount: The amount must be more than zero",
        "type: \"GIFT\" is neither CREDIT nor DEBIT",
        "customer: The line names no customer",
    ];
    assert!(messages.iter().zip(expected).all(|(message, expected)| message.starts_with(expected)), "{messages:?}");
    assert_eq!((done.count("ADDED"), done.lines.len()), (4, 11));
    assert_eq!((amina.owed(&omar).await, amina.owed(&first).await), ("10.00".to_owned(), "7.00".to_owned()));
    assert_eq!(app.import_of("entries", "amina", &file, &["--mode", "good-lines"]).count("DUPLICATE"), 4);
    assert_eq!(badr.owed(&theirs).await, "0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_history_of_a_wallet_is_read_as_the_statement_of_a_bank(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.deposit(json!({ "wallet": { "id": amina.wallet }, "amount": "100", "memo": "=start" })).await;
    amina.pay(&badr, "30").await;
    amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "1000" })).await;
    let spent =
        json!({ "category": { "name": "Food" }, "amount": "20", "walletId": amina.wallet, "description": "rice" });
    let spent = amina.add_transaction(spent).await["transaction"]["id"].as_str().unwrap().to_owned();
    amina.update_transaction(json!({ "id": spent, "amount": "25" })).await;
    let income = json!({ "category": { "name": "Salary" }, "amount": "8", "walletId": amina.wallet });
    let income = amina.add_transaction(income).await["transaction"]["id"].as_str().unwrap().to_owned();
    amina.delete_transaction(json!({ "id": income })).await;
    assert_eq!(amina.balance(&amina.wallet).await, "45.00");
    let uri = format!("/wallets/{}/history.csv", amina.wallet);
    let file = amina.download(&uri).await.text;
    let rows: Vec<_> = file
        .lines()
        .map(|line| {
            let fields: Vec<_> = line.split(',').collect();
            [3, 4, 6, 7].map(|at| fields[at]).join(" ")
        })
        .collect();
    let expected = [
        "type amount balance description",
        "DEPOSIT 100.00 100.00 '=start",
        "TRANSFER -30.00 70.00 ",
        "EXPENSE -20.00 50.00 rice",
        "EXPENSE 20.00 70.00 rice",
        "EXPENSE -25.00 45.00 rice",
        "INCOME 8.00 53.00 ",
        "INCOME -8.00 45.00 ",
    ];
    assert_eq!(rows, expected);
    assert!(
        file.starts_with("id,date,time,type,amount,currency,balance,description,reference\nwallet_transaction_"),
        "{file}"
    );

    let flags = ["--column", "category=", "--expense-category", "Miscellaneous", "--income-category", "Other income"];
    let done = app.import("badr", &file, &flags);
    assert_eq!((done.count("ADDED"), done.code), (7, Some(0)), "{done:?}");
    assert_eq!(app.import("badr", &file, &flags).count("DUPLICATE"), 7);
    let sum: f64 = transactions(&badr)
        .await
        .iter()
        .map(|words| {
            let words: Vec<_> = words.split(' ').collect();
            words[2].parse::<f64>().unwrap() * if words[1] == "INCOME" { 1.0 } else { -1.0 }
        })
        .sum();
    assert!((sum - 45.0).abs() < 0.001, "{sum}");
    let today = app.now().date_naive();
    for (filter, rows) in [
        (format!("from={today}"), 8),
        (format!("to={}", today.pred_opt().unwrap()), 1),
        ("from=2099-01-01".to_owned(), 1),
        ("to=9999-12-31".to_owned(), 8),
    ] {
        let part = amina.download(&format!("{uri}?{filter}")).await.text;
        assert_eq!(part.lines().count(), rows, "{filter}: {part}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn exports_are_their_owners_alone_and_what_is_asked_wrongly_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    fill(&badr).await;
    badr.category("Zahra", "EXPENSE").await;
    let customer = badr.customer("Zahra").await;
    badr.entry(&customer, "CREDIT", "7", "2026-11-01").await;
    for uri in ["/transactions.csv", "/entries.csv"] {
        assert_eq!(amina.download(uri).await.text.lines().count(), 1, "{uri}");
        assert!(badr.download(uri).await.text.lines().count() > 1, "{uri}");
    }
    let refused = async |user: &User, uri: &str| {
        let answer = user.download(uri).await;
        (answer.status.as_u16(), answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned())
    };
    for uri in [
        format!("/wallets/{}/history.csv", badr.wallet),
        "/wallets/wallet_x/history.csv".to_owned(),
        format!("/transactions.csv?walletId={}", badr.wallet),
        "/transactions.csv?category=Zahra".to_owned(),
        format!("/entries.csv?customerId={customer}"),
        "/entries.csv?customerId=x".to_owned(),
    ] {
        assert_eq!(refused(&amina, &uri).await, (404, "NOT_FOUND".to_owned()), "{uri}");
    }
    for uri in [
        "/transactions.csv?from=2026-02-30",
        "/transactions.csv?from=2026-02-02&to=2026-02-01",
        "/transactions.csv?currency=usd",
        "/transactions.csv?order=amount",
        "/entries.csv?to=yesterday",
        "/entries.csv?from=2026-02-02&to=2026-02-01",
        &format!("/wallets/{}/history.csv?from=2026-02-02&to=2026-02-01", amina.wallet),
        &format!("/wallets/{}/history.csv?currency=YEM", amina.wallet),
        "/transactions.csv?bom=1",
        "/entries.csv?bom=TRUE",
    ] {
        assert_eq!(refused(&amina, uri).await, (400, "INVALID".to_owned()), "{uri}");
    }
    // What cannot be read is said in our words, in the form of all errors.
    let answer = amina.download("/entries.csv?customer=x").await.json();
    let message =
        "There is no parameter `customer`. This download takes: `from`, `to`, `currency`, `customerId`, `bom`.";
    assert_eq!(answer, json!({ "errors": [{ "message": message, "extensions": { "code": "INVALID" } }] }));
    let answer = amina.download("/transactions.csv?walletId=x&walletId=y").await.json();
    assert_eq!(answer["errors"][0]["message"], "`walletId` is given more than once.");
    let uris = ["/transactions.csv", "/entries.csv", &format!("/wallets/{}/history.csv", amina.wallet)];
    for uri in uris {
        assert_eq!(amina.download(uri).await.status, 200);
        for token in [None, Some(""), Some("x.y.z")] {
            let mut nobody = amina.clone();
            nobody.client.token = token.map(str::to_owned);
            assert_eq!(refused(&nobody, uri).await, (401, "UNAUTHENTICATED".to_owned()), "{uri} {token:?}");
        }
    }
}

#[apply(both_databases)]
async fn a_file_begins_with_a_byte_order_mark_when_asked(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.spend("Food", "7", "2026-11-07").await;
    let customer = amina.customer("زهرة").await;
    let files = [
        "/transactions.csv".to_owned(),
        "/entries.csv".to_owned(),
        "/customers.csv".to_owned(),
        "/invoices.csv".to_owned(),
        "/invoice-lines.csv".to_owned(),
        "/receipts.csv".to_owned(),
        "/credit-notes.csv".to_owned(),
        "/debit-notes.csv".to_owned(),
        format!("/customers/{customer}/statement.csv"),
        format!("/wallets/{}/history.csv", amina.wallet),
    ];
    for file in files {
        let plain = amina.download(&file).await.text;
        assert_eq!(amina.download(&format!("{file}?bom=false")).await.text, plain, "{file}");
        assert_eq!(amina.download(&format!("{file}?bom=true")).await.text, format!("\u{FEFF}{plain}"), "{file}");
        assert!(!plain.starts_with('\u{FEFF}'), "{file}");
    }
    // It is read again as it is.
    let file = amina.download("/transactions.csv?bom=true&to=2026-11-30").await.text;
    assert_eq!(app.import("amina", file, &[]).statuses(), "2 DUPLICATE");
}
