//! Exports of customers, invoices, their lines, and receipts.

use axum::http::header;
use daybook::text::{from_field, to_field};
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, id_of, large_documents};

/// Texts that a spreadsheet would take for formulas, that CSV must quote, and of several scripts.
const LINES: [&str; 9] = ["=1+1", "+7", "-7", "@SUM(A1)", "'=1+1", "a,\"b\";c", "🌼 زهرة", "ಅಮಿನ 株式会社", "O'Brien"];

const FILES: [(&str, &str); 4] = [
    (
        "customers",
        "id,name,phone,email,firmName,address,city,state,gstNumber,balance,currency,note,archivedAt,lastActivityAt,createdAt",
    ),
    (
        "invoices",
        "id,number,date,dueDate,customer,customerId,buyerName,buyerGstNumber,buyerState,grossAmount,discountAmount,otherCharges,\
         taxableAmount,cgst,sgst,igst,roundOff,totalAmount,paid,outstanding,currency,status,note,voidedAt,voidReason",
    ),
    (
        "invoice-lines",
        "invoiceId,invoiceNumber,date,customer,customerId,line,description,hsnCode,quantity,unitPrice,rate,discountAmount,\
         amount,taxableAmount,cgst,sgst,igst,currency,voidedAt",
    ),
    (
        "receipts",
        "id,number,date,customer,customerId,amount,allocated,onAccount,currency,paymentType,walletId,note,voidedAt,voidReason",
    ),
];

/// A file that was downloaded: its rows, each with its fields as they are in the file.
struct File {
    columns: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

impl File {
    async fn of(user: &User, uri: &str) -> Self {
        let answer = user.download(uri).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers[header::CACHE_CONTROL].to_str().unwrap()),
            (200, &"no-store")
        );
        let mut reader = csv::Reader::from_reader(answer.text.as_bytes());
        let columns = reader.headers().unwrap().iter().map(str::to_owned).collect();
        Self { columns, rows: reader.records().map(Result::unwrap).collect() }
    }

    /// The fields of a row, as they are in the file.
    fn raw(&self, row: usize, name: &str) -> &str {
        let column =
            self.columns.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"));
        &self.rows[row][column]
    }

    /// The text of a column in each row, without the apostrophes that keep spreadsheets from computing.
    fn texts(&self, name: &str) -> Vec<&str> {
        (0..self.rows.len()).map(|row| from_field(self.raw(row, name))).collect()
    }

    /// Some fields of each row in words.
    fn words(&self, names: &str) -> Vec<String> {
        let words = |row| names.split_whitespace().map(|name| self.raw(row, name)).collect::<Vec<_>>().join(" ");
        (0..self.rows.len()).map(words).collect()
    }
}

#[apply(both_databases)]
async fn every_text_comes_out_of_a_file_as_it_was_written_and_none_is_a_formula(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let mut customers = Vec::new();
    for text in LINES {
        let note = format!("{text}\nsecond line, with \"quotes\"\r\nthird");
        let customer =
            json!({ "name": text, "firmName": text, "city": text, "state": text, "address": note, "note": note });
        let customer = id_of(&amina.create_customer(customer).await, "customer");
        let lines = json!([{ "description": text, "quantity": "1", "unitPrice": "5" }]);
        let invoice = json!({ "customerId": customer, "number": text, "lines": lines, "note": note });
        let invoice = id_of(&amina.create_invoice(invoice).await, "invoice");
        let receipt =
            json!({ "customerId": customer, "number": text, "amount": "1", "paymentType": "CASH", "note": note });
        let receipt = id_of(&amina.create_receipt(receipt).await, "receipt");
        amina.void_invoice(json!({ "id": invoice, "reason": note })).await;
        amina.void_receipt(json!({ "id": receipt, "reason": note })).await;
        customers.push((customer, note));
    }
    for (file, texts, notes) in [
        ("customers", &["name", "firmName", "city", "state"][..], &["address", "note"][..]),
        ("invoices", &["number", "customer", "buyerName", "buyerState"][..], &["note", "voidReason"][..]),
        ("invoice-lines", &["invoiceNumber", "customer", "description"][..], &[][..]),
        ("receipts", &["number", "customer"][..], &["note", "voidReason"][..]),
    ] {
        let rows = File::of(&amina, &format!("/{file}.csv")).await;
        assert_eq!(rows.rows.len(), LINES.len(), "{file}");
        let own = if file == "customers" { "id" } else { "customerId" };
        for (row, id) in rows.texts(own).into_iter().enumerate() {
            let at = customers.iter().position(|(customer, _)| customer == id).unwrap();
            // The server keeps line breaks in one form.
            let (text, note) = (LINES[at], customers[at].1.replace("\r\n", "\n"));
            for name in texts {
                assert_eq!(
                    (rows.texts(name)[row], rows.raw(row, name)),
                    (text, to_field(text).as_str()),
                    "{file} {name}"
                );
            }
            for name in notes {
                assert_eq!(
                    (rows.texts(name)[row], rows.raw(row, name)),
                    (&*note, to_field(&note).as_str()),
                    "{file} {name}"
                );
            }
        }
        let is_formula = |field: &str| field.starts_with(['=', '+', '-', '@', '\t', '\r']);
        assert!(!rows.rows.iter().flatten().any(is_formula), "{file}");
    }
}

#[apply(both_databases)]
async fn the_figures_of_a_file_are_those_of_the_api(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let details =
        json!({ "name": "dalal", "phone": "711 234 567", "email": "dalal@example.org", "gstNumber": "29abcde" });
    let dalal = id_of(&amina.create_customer(details).await, "customer");
    let (eman, badr) = (amina.customer("Eman").await, amina.customer("Badr").await);
    let lines = json!([
        { "description": "tea", "hsnCode": "0902", "quantity": "2.5", "unitPrice": "10.125", "rate": "18", "discountAmount": "0.31" },
        { "description": "rice", "quantity": "1", "unitPrice": "25.55", "rate": "5" } ]);
    let taxed = json!({ "customerId": dalal, "lines": lines, "date": "2026-11-06", "dueDate": "2026-11-10" });
    let taxed = id_of(&amina.create_invoice(taxed).await, "invoice");
    let far = json!({ "customerId": eman, "grossAmount": "100", "gstRate": "12.5", "interState": true, "currency": "KWD", "date": "2026-12-01" });
    id_of(&amina.create_invoice(far).await, "invoice");
    let void = amina.invoice(&eman, "11", "2026-11-08").await;
    amina.void_invoice(json!({ "id": void, "reason": "wrong" })).await;
    let discount = json!({ "customerId": eman, "grossAmount": "25", "discountAmount": "5", "date": "2026-11-09" });
    id_of(&amina.create_invoice(discount).await, "invoice");
    // Documents keep the name that was theirs.
    amina.update_customer(json!({ "id": eman, "name": "Eman Ali", "gstNumber": "29ABC" })).await;
    let receipt = json!({ "customerId": dalal, "amount": "6", "date": "2026-11-20", "paymentType": "BANK_TRANSFER", "walletId": amina.wallet });
    id_of(&amina.create_receipt(receipt).await, "receipt");
    amina.receipt(&eman, "50", "2026-11-11").await;
    let bounced = amina.receipt(&eman, "9", "2026-11-10").await;
    amina.void_receipt(json!({ "id": bounced, "reason": "bounced" })).await;
    amina.archive(&badr).await;

    for (name, columns) in FILES {
        let answer = amina.download(&format!("/{name}.csv")).await;
        assert!(answer.text.starts_with(&format!("{columns}\n")), "{}", answer.text);
        assert_eq!(
            answer.headers[header::CONTENT_DISPOSITION],
            format!("attachment; filename=\"{name}.csv\"").as_str()
        );
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8; header=present");
    }
    let customers = File::of(&amina, "/customers.csv").await;
    assert_eq!(customers.texts("name"), ["Badr", "dalal", "Eman Ali"]);
    assert_eq!(customers.texts("id"), [&badr, &dalal, &eman]);
    assert_eq!(customers.words("balance currency"), ["0.00 YEM", "50.33 YEM", "-30.00 YEM"]);
    assert_eq!((customers.raw(1, "phone"), customers.texts("phone")[1]), ("'+967711234567", "+967711234567"));
    assert_eq!((customers.raw(1, "email"), customers.raw(1, "gstNumber")), ("dalal@example.org", "29ABCDE"));
    assert!(customers.raw(0, "archivedAt").starts_with("2026-11-21T10:0") && customers.raw(1, "archivedAt").is_empty());
    assert!(customers.raw(2, "createdAt") < customers.raw(2, "lastActivityAt"));

    let invoices = File::of(&amina, "/invoices.csv").await;
    let names = "number date dueDate customer buyerName grossAmount discountAmount otherCharges taxableAmount cgst sgst igst roundOff \
        totalAmount paid outstanding currency status";
    let expected = [
        "INV-0001 2026-11-06 2026-11-10 dalal dalal 50.55 0.00 0.00 50.55 2.89 2.89 0.00 0.00 56.33 6.00 50.33 YEM OVERDUE",
        "INV-0003 2026-11-08 2026-11-08 Eman Ali Eman 11.00 0.00 0.00 11.00 0.00 0.00 0.00 0.00 11.00 0.00 0.00 YEM VOID",
        "INV-0004 2026-11-09 2026-11-09 Eman Ali Eman 25.00 5.00 0.00 20.00 0.00 0.00 0.00 0.00 20.00 20.00 0.00 YEM PAID",
        "INV-0002 2026-12-01 2026-12-01 Eman Ali Eman 100.000 0.000 0.000 100.000 0.000 0.000 12.500 0.000 112.500 0.000 112.500 KWD OPEN",
    ];
    assert_eq!(invoices.words(names), expected);
    assert_eq!(invoices.texts("buyerGstNumber"), ["29ABCDE", "", "", ""]);
    assert_eq!((invoices.raw(0, "id"), invoices.raw(0, "customerId")), (taxed.as_str(), dalal.as_str()));
    assert_eq!((invoices.raw(1, "voidReason"), invoices.raw(0, "voidedAt")), ("wrong", ""));
    assert!(invoices.raw(1, "voidedAt").starts_with("2026-11-21T10:0"));

    let lines = File::of(&amina, "/invoice-lines.csv").await;
    let names = "invoiceNumber date line description hsnCode quantity unitPrice rate discountAmount amount taxableAmount cgst sgst igst \
        currency";
    let expected = [
        "INV-0001 2026-11-06 1 tea 0902 2.5 10.125 18 0.31 25.00 25.00 2.25 2.25 0.00 YEM",
        "INV-0001 2026-11-06 2 rice  1 25.55 5 0.00 25.55 25.55 0.64 0.64 0.00 YEM",
    ];
    assert_eq!(lines.words(names), expected);
    assert_eq!(lines.texts("invoiceId"), [&taxed, &taxed]);

    let receipts = File::of(&amina, "/receipts.csv").await;
    let names = "number date customer amount allocated onAccount currency paymentType voidReason";
    let expected = [
        "RCT-0003 2026-11-10 Eman Ali 9.00 0.00 0.00 YEM CASH bounced",
        "RCT-0002 2026-11-11 Eman Ali 50.00 20.00 30.00 YEM CASH ",
        "RCT-0001 2026-11-20 dalal 6.00 6.00 0.00 YEM BANK_TRANSFER ",
    ];
    assert_eq!(receipts.words(names), expected);
    assert_eq!(receipts.texts("walletId"), ["", "", amina.wallet.as_str()]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_file_has_what_its_parameters_select(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let aden = id_of(&amina.create_customer(json!({ "name": "a", "city": "Aden" })).await, "customer");
    let taiz = id_of(&amina.create_customer(json!({ "name": "b", "city": "Taiz" })).await, "customer");
    amina.archive(&amina.customer("c").await).await;
    for (customer, date) in [(&aden, "2026-10-31"), (&taiz, "2026-11-01"), (&taiz, "2026-11-30")] {
        let lines = json!([{ "description": "tea", "quantity": "1", "unitPrice": "10" }]);
        let invoice = json!({ "customerId": customer, "lines": lines, "date": date });
        id_of(&amina.create_invoice(invoice).await, "invoice");
        amina.receipt(customer, "1", date).await;
    }
    for (uri, rows) in [
        ("/customers.csv".to_owned(), 3),
        ("/customers.csv?archived=".to_owned(), 3),
        ("/customers.csv?archived=false".to_owned(), 2),
        ("/customers.csv?archived=true".to_owned(), 1),
        ("/customers.csv?city=ADEN".to_owned(), 1),
        ("/customers.csv?city=Aden&archived=true".to_owned(), 0),
    ] {
        assert_eq!(File::of(&amina, &uri).await.rows.len(), rows, "{uri}");
    }
    for file in ["invoices", "invoice-lines", "receipts"] {
        for (filter, rows) in [
            (String::new(), 3),
            ("from=2026-11-01".to_owned(), 2),
            ("to=2026-11-29".to_owned(), 2),
            ("from=2026-11-01&to=2026-11-01".to_owned(), 1),
            ("from=1900-01-01&to=2199-12-31".to_owned(), 3),
            ("from=0001-01-01&to=9999-12-31".to_owned(), 3),
            ("currency=USD".to_owned(), 0),
            ("currency=YEM".to_owned(), 3),
            (format!("customerId={taiz}"), 2),
            (format!("customerId={aden}&from=2026-11-01"), 0),
        ] {
            let uri = format!("/{file}.csv?{filter}");
            assert_eq!(File::of(&amina, &uri).await.rows.len(), rows, "{uri}");
        }
    }
}

#[apply(both_databases)]
async fn files_of_a_shop_are_its_owners_alone_and_what_is_asked_wrongly_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let zahra = app.user("zahra").await;
    let theirs = zahra.customer("Zahra").await;
    let lines = json!([{ "description": "tea", "quantity": "1", "unitPrice": "10" }]);
    let invoice = json!({ "customerId": theirs, "lines": lines });
    id_of(&zahra.create_invoice(invoice).await, "invoice");
    zahra.receipt(&theirs, "1", "2026-11-01").await;
    let refused = async |user: &User, uri: &str| {
        let answer = user.download(uri).await;
        (answer.status.as_u16(), answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned())
    };
    let invalid = (400, "INVALID".to_owned());
    for (file, _) in FILES {
        let uri = format!("/{file}.csv");
        assert_eq!(File::of(&amina, &uri).await.rows.len(), 0, "{uri}");
        assert_eq!(File::of(&zahra, &uri).await.rows.len(), 1, "{uri}");
        for token in [None, Some(""), Some("x.y.z")] {
            let mut nobody = zahra.clone();
            nobody.client.token = token.map(str::to_owned);
            assert_eq!(refused(&nobody, &uri).await, (401, "UNAUTHENTICATED".to_owned()), "{uri} {token:?}");
        }
        for wrong in ["order=name", "from=2026-02-30", "from=0000-01-01", "from=10000-01-01"] {
            assert_eq!(refused(&amina, &format!("{uri}?{wrong}")).await, invalid, "{uri} {wrong}");
        }
        if file == "customers" {
            continue;
        }
        for wrong in ["from=2026-02-02&to=2026-02-01", "currency=usd", "currency=XXX", "customer=x"] {
            assert_eq!(refused(&amina, &format!("{uri}?{wrong}")).await, invalid, "{uri} {wrong}");
        }
        for id in [theirs.as_str(), "x", "customer_01h455vb4pex5vsknk084sn02q"] {
            let uri = format!("{uri}?customerId={id}");
            assert_eq!(refused(&amina, &uri).await, (404, "NOT_FOUND".to_owned()), "{uri}");
        }
    }
    for wrong in ["archived=maybe", "archived=1", "customerId=x", "city=a%00b"] {
        assert_eq!(refused(&amina, &format!("/customers.csv?{wrong}")).await, invalid, "{wrong}");
    }
    let answer = amina.download("/customers.csv?name=x").await.json();
    let message = "There is no parameter `name`. This download takes: `archived`, `city`, `bom`.";
    assert_eq!(answer, json!({ "errors": [{ "message": message, "extensions": { "code": "INVALID" } }] }));
}

/// Calls a mutation with each of these inputs, many at a time.
async fn all(user: &User, mutation: &str, noun: &str, inputs: &[Value]) -> Vec<String> {
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let mut ids = Vec::new();
    for inputs in inputs.chunks(100) {
        let numbered = || (0..inputs.len()).map(|number| format!("a{number}"));
        let declared: Vec<_> = numbered().map(|name| format!("${name}: {input_type}!")).collect();
        let called = numbered().map(|name| format!("{name}: {mutation}(input: ${name}) {{ {noun} {{ id }} }}"));
        let query = format!("mutation({}) {{ {} }}", declared.join(", "), called.collect::<Vec<_>>().join(" "));
        let variables: serde_json::Map<_, _> = numbered().zip(inputs.iter().cloned()).collect();
        let data = user.gql(&query, Value::Object(variables)).await;
        ids.extend(numbered().map(|name| data[&name][noun]["id"].as_str().unwrap().to_owned()));
    }
    ids
}

#[apply(both_databases)]
async fn a_file_of_a_thousand_rows_has_each_of_them_once(on: Database) {
    let app = TestApp::with(on, large_documents).await;
    let amina = app.user("amina").await;
    let names: Vec<_> = (0..1000).map(|number| format!("Customer {:03}", number * 7 % 1000)).collect();
    let new: Vec<_> = names.iter().map(|name| json!({ "name": name })).collect();
    let customers = all(&amina, "createCustomer", "customer", &new).await;
    let day = |number: usize| format!("2026-{:02}-{:02}", number % 11 + 1, number % 28 + 1);
    let invoice = |(customer, number): (&String, usize)| {
        let lines = json!([{ "description": format!("line {number}"), "quantity": "1", "unitPrice": "5" }]);
        json!({ "customerId": customer, "lines": lines, "date": day(number) })
    };
    let invoices: Vec<_> = customers.iter().zip(0..).map(invoice).collect();
    let invoices = all(&amina, "createInvoice", "invoice", &invoices).await;
    let receipt = |(customer, number): (&String, usize)| json!({ "customerId": customer, "amount": "2", "paymentType": "CASH", "date": day(number) });
    let receipts: Vec<_> = customers.iter().zip(0..).map(receipt).collect();
    let receipts = all(&amina, "createReceipt", "receipt", &receipts).await;
    for (uri, column, ids) in [
        ("/customers.csv", "id", &customers),
        ("/invoices.csv", "id", &invoices),
        ("/invoice-lines.csv", "invoiceId", &invoices),
        ("/receipts.csv", "id", &receipts),
    ] {
        let file = File::of(&amina, uri).await;
        let mut found = file.texts(column);
        let order = file.texts(if uri == "/customers.csv" { "name" } else { "date" });
        assert!(order.is_sorted(), "{uri}");
        found.sort_unstable();
        let mut expected: Vec<_> = ids.iter().map(String::as_str).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{uri}");
    }
    // So many customers in one report, too.
    let query = "{ salesReport(from: \"2026-01\", to: \"2026-12\") { total { invoiceCount totalAmount { amount } received { amount } }
        customers(first: 100) { totalCount nodes { figures { totalAmount { amount } } } pageInfo { hasNextPage } } } }";
    let sold = amina.gql(query, json!({})).await["salesReport"].take();
    let total =
        json!({ "invoiceCount": 1000, "totalAmount": { "amount": "5000.00" }, "received": { "amount": "2000.00" } });
    assert_eq!((&sold["total"], &sold["customers"]["totalCount"]), (&total, &json!(1000)));
    app.assert_journal_is_whole().await;
}
