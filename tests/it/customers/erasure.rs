//! Erasing a customer's personal details: what is gone afterwards, what stays, and when it is refused.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, changes, dump, entry_of, errors, id_of, new_id, told};

/// Stands in everything that a user can write about the customer.
const MARK: &str = "haddad";

/// A customer of whom everything is known.
fn omar(id: &str) -> Value {
    json!({ "id": id, "name": "Omar Haddad", "phone": "+967733123456", "email": "omar@haddad.example",
        "firmName": "Haddad & Sons", "address": "7 Haddad Lane", "city": "Haddadabad", "state": "Haddadistan",
        "gstNumber": "29HADDAD1234", "note": "Haddad pays late" })
}

/// Writes everything that can be written about a customer, and settles what they owe. Returns some of the documents by their nouns.
async fn full_ledger(amina: &User, customer: &str) -> Value {
    id_of(&amina.update_customer(json!({ "id": customer, "city": "New Haddadabad" })).await, "customer");
    let entry = json!({ "customerId": customer, "type": "CREDIT", "amount": "30", "note": "Haddad's lamp",
        "idempotencyKey": "lamp" });
    let entry = id_of(&amina.add_entry(entry).await, "entry");
    for mut change in [json!({ "note": "the lamp of Haddad" }), json!({ "amount": "31" })] {
        change["id"] = json!(entry);
        id_of(&amina.update_entry(change).await, "entry");
    }
    let deleted =
        json!({ "customerId": customer, "type": "DEBIT", "amount": "1", "note": "Haddad", "id": new_id("entry") });
    let deleted = id_of(&amina.add_entry(deleted).await, "entry");
    id_of(&amina.delete_entry(json!({ "id": deleted })).await, "entry");
    let lines = json!([{ "description": "Rice", "quantity": "2", "unitPrice": "25" }]);
    let invoice = json!({ "customerId": customer, "lines": lines, "note": "bring it to Haddad", "date": "2026-11-01" });
    let invoice = id_of(&amina.create_invoice(invoice).await, "invoice");
    let void = json!({ "customerId": customer, "grossAmount": "3", "note": "Haddad", "date": "2026-11-01" });
    let void = id_of(&amina.create_invoice(void).await, "invoice");
    id_of(&amina.void_invoice(json!({ "id": void, "reason": "Haddad said no" })).await, "invoice");
    let line = json!([{ "line": 1, "quantity": "1" }]);
    let back = json!({ "invoiceId": invoice, "lines": line, "reason": "Haddad brought rice back" });
    let back = id_of(&amina.create_credit_note(back).await, "creditNote");
    let more = json!({ "invoiceId": invoice, "lines": line, "reason": "Haddad took more" });
    let more = id_of(&amina.create_debit_note(more).await, "debitNote");
    id_of(&amina.void_debit_note(json!({ "id": more, "reason": "Haddad did not" })).await, "debitNote");
    let receipt = json!({ "customerId": customer, "amount": "4", "paymentType": "CASH", "walletId": amina.wallet,
        "note": "from Haddad's hand", "date": "2026-11-02" });
    let receipt = id_of(&amina.create_receipt(receipt).await, "receipt");
    let wrong = json!({ "customerId": customer, "amount": "2", "paymentType": "UPI", "note": "Haddad" });
    let wrong = id_of(&amina.create_receipt(wrong).await, "receipt");
    id_of(&amina.void_receipt(json!({ "id": wrong, "reason": "another Haddad" })).await, "receipt");
    let off = json!({ "customerId": customer, "amount": "1", "reason": "Haddad is a friend" });
    id_of(&amina.write_off(off).await, "entry");
    let opening = json!({ "customerId": customer, "type": "CREDIT", "amount": "6", "note": "Haddad's old debt",
        "date": "2026-10-01" });
    id_of(&amina.set_opening(opening).await, "entry");
    // Too much is paid, and a wallet is asked to give it back before it holds so much.
    let owed = amina.owed(customer).await;
    let owed: f64 = owed.parse().unwrap();
    let over = json!({ "customerId": customer, "amount": format!("{:.2}", owed + 10.0), "paymentType": "CARD" });
    id_of(&amina.create_receipt(over).await, "receipt");
    let refund = |wallet: Value| json!({ "customerId": customer, "amount": "10", "note": "Haddad wants it back", "walletId": wallet });
    assert_eq!(errors(&amina.refund(refund(json!(amina.wallet))).await), ["INSUFFICIENT_FUNDS walletId"]);
    id_of(&amina.refund(refund(Value::Null)).await, "entry");
    json!({ "entry": entry, "invoice": invoice, "creditNote": back, "receipt": receipt })
}

/// The lines of what is in the database that tell of the customer.
fn telling(dump: &str) -> Vec<&str> {
    dump.lines().filter(|line| line.to_lowercase().contains(MARK) || line.contains("733123456")).collect()
}

#[apply(both_databases)]
async fn nothing_in_the_database_tells_of_an_erased_customer_but_what_invoices_must_keep(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = id_of(&amina.create_customer(omar(&new_id("customer"))).await, "customer");
    let documents = full_ledger(&amina, &customer).await;
    app.assert_journal_is_whole().await;
    assert!(telling(&dump(&app.app.db).await).len() > 25);

    assert_eq!(errors(&amina.erase(&customer).await), [""; 0]);
    let after = dump(&app.app.db).await;
    let left = telling(&after);
    assert!(!left.is_empty() && left.iter().all(|line| line.contains("BUYER")), "{left:#?}");
    assert!(!after.contains("733123456"));
    let query = "query($invoice: ID!, $receipt: ID!, $creditNote: ID!, $entry: ID!) {
        invoice(id: $invoice) { note lines { description } customer { name }
            buyer { name firmName address city state gstNumber phone } totalAmount { amount } }
        receipt(id: $receipt) { note buyer { name phone } }
        creditNote(id: $creditNote) { reason buyer { name } }
        entry(id: $entry) { note amount { amount } versions { nodes { note } } } }";
    let expected = json!({
        "invoice": { "note": "Erased", "lines": [{ "description": "Rice" }], "customer": { "name": "Erased customer" },
            "buyer": { "name": "Omar Haddad", "firmName": "Haddad & Sons", "address": "7 Haddad Lane", "city": "New Haddadabad",
                "state": "Haddadistan", "gstNumber": "29HADDAD1234", "phone": null }, "totalAmount": { "amount": "50.00" } },
        "receipt": { "note": "Erased", "buyer": { "name": "Omar Haddad", "phone": null } },
        "creditNote": { "reason": "Erased", "buyer": { "name": "Omar Haddad" } },
        "entry": { "note": "Erased", "amount": { "amount": "31.00" },
            "versions": { "nodes": [{ "note": "Erased" }, { "note": "Erased" }, { "note": "Erased" }] } },
    });
    assert_eq!(amina.gql(query, documents).await, expected);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_erased_customer_is_found_and_exported_by_no_detail(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = id_of(&amina.create_customer(omar(&new_id("customer"))).await, "customer");
    full_ledger(&amina, &customer).await;
    let query = "{ customers(filter: { search: \"haddad\", archived: null }) { totalCount }
        city: customers(filter: { city: \"New Haddadabad\", archived: null }) { totalCount }
        entries(filter: { text: \"haddad\" }) { totalCount } }";
    let found = amina.gql(query, json!({})).await;
    assert_eq!((&found["customers"]["totalCount"], &found["city"]["totalCount"]), (&json!(1), &json!(1)));
    assert!(found["entries"]["totalCount"].as_i64().unwrap() > 3, "{found}");
    assert_eq!(errors(&amina.erase(&customer).await), [""; 0]);
    let nothing = json!({ "totalCount": 0 });
    assert_eq!(amina.gql(query, json!({})).await, json!({ "customers": nothing, "city": nothing, "entries": nothing }));
    for file in ["customers.csv?archived=true", "entries.csv", "receipts.csv", "invoice-lines.csv", "credit-notes.csv"]
    {
        let text = amina.download(&format!("/{file}")).await.text.to_lowercase();
        // A document names its buyer, and nothing else says who it was.
        let text = text.replace("omar haddad", "").replace("haddad & sons", "").replace("haddadistan", "");
        assert!(!text.contains(MARK) && !text.contains("733123456"), "{file}: {text}");
    }
    let customers = amina.download("/customers.csv?archived=true").await.text;
    assert!(customers.contains("Erased customer") && !customers.contains("Omar"), "{customers}");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn erasing_twice_and_erasing_an_archived_customer_comes_to_the_same(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let customer = id_of(&amina.create_customer(omar(&new_id("customer"))).await, "customer");
    assert_eq!(errors(&badr.erase(&customer).await), ["NOT_FOUND id"]);
    let archived = amina.archive(&customer).await["customer"]["archivedAt"].take();
    app.advance(TimeDelta::minutes(1));
    let erased = amina.erase(&customer).await;
    assert_eq!((errors(&erased), &erased["archivedCustomerId"]), (vec![], &json!(customer)));
    let expected = json!({ "id": customer, "name": "Erased customer", "phone": null, "email": null, "firmName": null,
        "address": null, "city": null, "state": null, "gstNumber": null, "note": null, "archivedAt": archived,
        "erasedAt": erased["customer"]["erasedAt"], "balance": { "amount": "0.00", "currency": "YEM" } });
    assert_eq!(erased["customer"], expected);
    assert!(erased["customer"]["erasedAt"].is_string());
    app.advance(TimeDelta::minutes(1));
    assert_eq!(amina.erase(&customer).await, erased);
    // One who was not archived is from now on. The phone number is free for another.
    let other = id_of(&amina.create_customer(omar(&new_id("customer"))).await, "customer");
    let erased = amina.erase(&other).await["customer"].take();
    assert!(erased["archivedAt"] == erased["erasedAt"] && erased["erasedAt"].is_string(), "{erased}");
    assert_eq!(errors(&amina.erase(&new_id("customer")).await), ["NOT_FOUND id"]);
    let count = amina.gql("{ customers { totalCount } }", json!({})).await;
    assert_eq!(count["customers"]["totalCount"], 0);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_customer_who_owes_or_is_owed_something_is_not_erased(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let refused = async |parts: &[&str]| {
        let refused = amina.erase(&customer).await;
        assert_eq!(errors(&refused), vec!["NOT_ALLOWED id"; parts.len()], "{refused}");
        let messages = refused["userErrors"].to_string();
        assert!(parts.iter().all(|part| messages.contains(part)), "{messages}");
        assert_eq!(refused["customer"], Value::Null);
    };
    let invoice = amina.invoice(&customer, "10", "2026-11-01").await;
    refused(&["owes 10.00 YEM"]).await;
    let euros = json!({ "customerId": customer, "type": "DEBIT", "amount": "2", "currency": "EUR" });
    let euros = id_of(&amina.add_entry(euros).await, "entry");
    refused(&["owes 10.00 YEM", "has 2.00 EUR on account"]).await;
    amina.delete_entry(json!({ "id": euros })).await;
    let receipt = amina.receipt(&customer, "10", "2026-11-02").await;
    // Nothing is owed, but the payment is held.
    amina.set_off("release", json!({ "paymentId": receipt })).await;
    refused(&["Set them off"]).await;
    let name = amina.gql("query($id: ID!) { customer(id: $id) { name } }", json!({ "id": customer })).await;
    assert_eq!(name["customer"]["name"], "Badr");
    amina.set_off("allocate", json!({ "paymentId": receipt, "charges": [{ "chargeId": invoice }] })).await;
    assert_eq!(errors(&amina.erase(&customer).await), [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn nothing_is_done_for_an_erased_customer_any_more(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let entry = amina.entry(&customer, "CREDIT", "5", "2026-11-01").await;
    let invoice = amina.invoice(&customer, "10", "2026-11-01").await;
    let credit = amina.credit_note(&invoice, "1").await;
    let debit = amina.debit_note(&invoice, "1").await;
    let receipt = amina.receipt(&customer, "15", "2026-11-02").await;
    assert_eq!(amina.owed(&customer).await, "0.00");
    assert_eq!(errors(&amina.erase(&customer).await), [""; 0]);
    let before = counts(&app).await;
    for (mutation, path, input) in [
        ("updateCustomer", "id", json!({ "id": customer, "name": "Badr" })),
        ("restoreCustomer", "id", json!({ "id": customer })),
        ("addEntry", "customerId", json!({ "customerId": customer, "type": "CREDIT", "amount": "1" })),
        ("updateEntry", "id", json!({ "id": entry, "note": "Badr" })),
        ("deleteEntry", "id", json!({ "id": entry })),
        ("createInvoice", "customerId", json!({ "customerId": customer, "grossAmount": "1" })),
        ("voidInvoice", "id", json!({ "id": invoice, "reason": "wrong" })),
        ("createReceipt", "customerId", json!({ "customerId": customer, "amount": "1", "paymentType": "CASH" })),
        ("voidReceipt", "id", json!({ "id": receipt, "reason": "wrong" })),
        ("createCreditNote", "invoiceId", json!({ "invoiceId": invoice, "grossAmount": "1", "reason": "Badr" })),
        ("voidCreditNote", "id", json!({ "id": credit, "reason": "Badr" })),
        ("createDebitNote", "invoiceId", json!({ "invoiceId": invoice, "grossAmount": "1", "reason": "Badr" })),
        ("voidDebitNote", "id", json!({ "id": debit, "reason": "Badr" })),
        ("refundCustomer", "customerId", json!({ "customerId": customer, "amount": "1" })),
        ("writeOff", "customerId", json!({ "customerId": customer, "amount": "1", "reason": "Badr" })),
        ("setOpeningBalance", "customerId", json!({ "customerId": customer, "type": "CREDIT", "amount": "1" })),
        ("allocate", "paymentId", json!({ "paymentId": receipt, "autoAllocate": true })),
        ("release", "paymentId", json!({ "paymentId": receipt })),
    ] {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let refused = amina.mutate(mutation, &input_type, "userErrors { code path message }", input).await;
        let expected = format!("NOT_ALLOWED {path}");
        assert!(errors(&refused).contains(&expected), "{mutation}: {refused}");
    }
    assert_eq!(errors(&amina.archive(&customer).await), [""; 0]);
    for named in [&customer, &"Erased customer".to_owned()] {
        let line = format!("date,type,amount,customer,note\n2026-11-20,CREDIT,5,{named},\n");
        let imported = app.import_of("entries", "amina", line, &[]);
        assert_eq!((imported.code, imported.count("ADDED")), (Some(1), 0), "{named}");
    }
    assert_eq!(counts(&app).await, before);
    app.assert_journal_is_whole().await;
}

/// How many rows there are of customers and their documents.
async fn counts(app: &TestApp) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["customer", "ledger_entry", "invoice", "receipt", "note", "party", "allocation", "journal_entry"] {
        let count = Statement::from_string(app.app.db.backend(), format!("SELECT COUNT(*) AS number FROM {table}"));
        let count = app.app.db.read().query_one_raw(count).await.unwrap().unwrap();
        counts.push(count.try_get("", "number").unwrap());
    }
    counts
}

#[apply(both_databases)]
async fn the_activity_log_tells_that_a_customer_was_erased_and_not_who_it_was(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = id_of(&amina.create_customer(omar(&new_id("customer"))).await, "customer");
    let documents = full_ledger(&amina, &customer).await;
    assert_eq!(errors(&amina.erase(&customer).await), [""; 0]);
    let row = amina.latest().await;
    let fields: Vec<_> = changes(&row).iter().map(|change| change.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!((told(&row), &row["thingId"]), ("ERASE_CUSTOMER DONE".to_owned(), &json!(customer)));
    assert_eq!((fields, &row["actor"]["displayName"]), (vec!["archivedAt".into(), "erasedAt".into()], &json!("amina")));
    amina.erase(&customer).await;
    let expected = ["ERASE_CUSTOMER DONE", "ERASE_CUSTOMER DONE", "UPDATE_CUSTOMER DONE", "CREATE_CUSTOMER DONE"];
    assert_eq!(amina.history_of(&customer).await, expected);
    // What else changed of an entry stays on record.
    let thing = documents["entry"].as_str().unwrap();
    let entry = amina.activity(json!({ "thingId": thing })).await;
    let changed: Vec<_> = entry.iter().map(changes).collect();
    assert_eq!(changed, [vec!["amount 30.00 -> 31.00".to_owned()], vec![], vec![]]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_request_about_an_erased_customer_that_comes_again_is_not_done_again(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let new = omar(&new_id("customer"));
    let customer = id_of(&amina.create_customer(new.clone()).await, "customer");
    let entry = json!({ "customerId": customer, "type": "CREDIT", "amount": "3", "note": "Haddad", "idempotencyKey": "k",
        "id": new_id("entry") });
    id_of(&amina.add_entry(entry.clone()).await, "entry");
    amina.receipt(&customer, "3", "2026-11-20").await;
    assert_eq!(errors(&amina.erase(&customer).await), [""; 0]);
    assert_eq!(errors(&amina.create_customer(new).await), ["IDEMPOTENCY_CONFLICT id"]);
    assert_eq!(errors(&amina.add_entry(entry).await), ["IDEMPOTENCY_CONFLICT id"]);
    let count = amina.gql("{ customers(filter: { archived: null }) { totalCount } entries { totalCount } }", json!({}));
    let count = count.await;
    assert_eq!((&count["customers"]["totalCount"], &count["entries"]["totalCount"]), (&json!(1), &json!(2)));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_line_that_was_imported_for_an_erased_customer_is_known_again(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Haddad").await;
    let file = "date,type,amount,customer,note\n2026-11-20,CREDIT,5,Haddad,Haddad took it\n";
    assert_eq!(app.import_of("entries", "amina", file, &[]).count("ADDED"), 1);
    amina.receipt(&customer, "5", "2026-11-20").await;
    assert_eq!(errors(&amina.erase(&customer).await), [""; 0]);
    let again = app.import_of("entries", "amina", file, &[]);
    assert_eq!((again.count("ADDED"), again.count("DUPLICATE")), (0, 1));
    assert_eq!(telling(&dump(&app.app.db).await).iter().filter(|line| !line.contains("BUYER")).count(), 0);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn of_a_journal_entry_only_its_text_and_its_hash_are_ever_overwritten(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.deposit(json!({ "wallet": { "id": amina.wallet }, "amount": "5", "memo": "m", "idempotencyKey": "k" })).await;
    let (backend, db) = (app.app.db.backend(), sea_orm::Database::connect(&app.url).await.unwrap());
    let columns = match backend {
        DbBackend::Sqlite => "SELECT name FROM pragma_table_info('journal_entry')",
        _ => {
            "SELECT column_name::text AS name FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = 'journal_entry'"
        }
    };
    let trigger = match backend {
        DbBackend::Sqlite => "SELECT sql FROM sqlite_schema WHERE name = 'journal_entry_append_only_UPDATE'",
        _ => "SELECT pg_get_triggerdef(oid) AS sql FROM pg_trigger WHERE tgname = 'journal_entry_only_erased'",
    };
    let trigger = db.query_one_raw(Statement::from_string(backend, trigger)).await.unwrap().unwrap();
    let trigger = trigger.try_get::<String>("", "sql").unwrap().to_lowercase();
    let names: BTreeSet<_> = trigger.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').collect();
    for column in db.query_all_raw(Statement::from_string(backend, columns)).await.unwrap() {
        let column: String = column.try_get("", "name").unwrap();
        assert!(names.contains(&*format!("new.{column}")), "the trigger lets {column} be changed");
    }
    for change in [
        "memo = 'other'",
        "memo = NULL",
        "amount = amount + 1",
        "reference = 'other'",
        "request_hash = NULL",
        "memo = 'Erased', amount = amount + 1",
        "idempotency_key = 'other'",
        "actor_id = id",
    ] {
        let changed = db.execute_unprepared(&format!("UPDATE journal_entry SET {change}")).await;
        assert!(changed.is_err_and(|error| error.to_string().contains("append-only")), "{change}");
    }
    assert!(db.execute_unprepared("DELETE FROM journal_entry").await.is_err());
    let no_hash = if backend == DbBackend::Sqlite { "zeroblob(32)" } else { "decode(repeat('00', 32), 'hex')" };
    let erased = format!("UPDATE journal_entry SET memo = 'Erased', request_hash = {no_hash}");
    for _ in 0..2 {
        assert_eq!(db.execute_unprepared(&erased).await.unwrap().rows_affected(), 1);
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn another_customer_keeps_everything(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = id_of(&amina.create_customer(omar(&new_id("customer"))).await, "customer");
    full_ledger(&amina, &customer).await;
    let zahra = json!({ "name": "Zahra", "phone": "+967711234567", "note": "pays at once" });
    let zahra = id_of(&amina.create_customer(zahra).await, "customer");
    let invoice = json!({ "customerId": zahra, "grossAmount": "5", "note": "for the feast", "idempotencyKey": "z" });
    let written = id_of(&amina.create_invoice(invoice.clone()).await, "invoice");
    let query = "query($id: ID!, $entry: ID!) { customer(id: $id) { name phone note balance { amount } }
        entry(id: $entry) { note invoice { note buyer { name phone } } } }";
    let ids = json!({ "id": zahra, "entry": entry_of(&written) });
    let before = amina.gql(query, ids.clone()).await;
    assert_eq!(errors(&amina.erase(&customer).await), [""; 0]);
    assert_eq!(amina.gql(query, ids).await, before);
    let again = amina.create_invoice(invoice).await;
    assert_eq!((&again["replayed"], &again["invoice"]["id"]), (&json!(true), &json!(written)));
    app.assert_journal_is_whole().await;
}
