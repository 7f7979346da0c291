//! Notes in the books of a shop: their numbers, the parties they name, the statement and the report on sales.

use serde_json::{Value, json};

use super::{billed, credit, debit, set_book, sums};
use crate::harness::{Database, TestApp, User, errors, id_of};

/// The number that a new note got, of whichever kind.
fn number(payload: &Value) -> String {
    assert_eq!(errors(payload), [""; 0], "{payload}");
    let note = if payload["creditNote"].is_object() { &payload["creditNote"] } else { &payload["debitNote"] };
    note["number"].as_str().unwrap().to_owned()
}

#[apply(both_databases)]
async fn each_kind_of_notes_is_numbered_by_itself(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "1000", "date": "2026-01-01" })).await;
    let one = |number: &str| json!({ "grossAmount": "1", "number": number });
    let next = || json!({ "grossAmount": "1" });
    for (expected, fields) in [("CRN-0001", next()), ("Ret 7/ä", one(" Ret 7/ä ")), ("crn-0003", one("crn-0003"))] {
        assert_eq!(number(&credit(&amina, &invoice, fields).await), expected);
    }
    // The same numbers are free for debit notes, and that of the invoice is free for both.
    for (expected, fields) in [("DBN-0001", next()), ("Ret 7/ä", one("Ret 7/ä")), ("INV-0001", one("INV-0001"))] {
        assert_eq!(number(&debit(&amina, &invoice, fields).await), expected);
    }
    assert_eq!(number(&credit(&amina, &invoice, one("INV-0001")).await), "INV-0001");
    for taken in ["Ret 7/ä", "RET 7/Ä", "CRN-0003", "crn-0001"] {
        assert_eq!(errors(&credit(&amina, &invoice, one(taken)).await), ["TAKEN number"], "{taken}");
    }
    for taken in ["ret 7/ä", "dbn-0001"] {
        assert_eq!(errors(&debit(&amina, &invoice, one(taken)).await), ["TAKEN number"], "{taken}");
    }
    // One that was given out by hand is passed over.
    assert_eq!(number(&credit(&amina, &invoice, next()).await), "CRN-0002");
    assert_eq!(number(&credit(&amina, &invoice, next()).await), "CRN-0004");

    let patterns = json!({ "creditNoteNumberPattern": " {FY}/C{000} ", "debitNoteNumberPattern": "{YYYY}-{0}" });
    set_book(&amina, patterns).await;
    let on = |date: &str| json!({ "grossAmount": "1", "date": date });
    for (date, credited, debited) in [
        ("2026-03-31", "2526/C001", "2026-1"),
        ("2026-04-01", "2627/C001", "2026-2"),
        ("2027-01-01", "2627/C002", "2027-1"),
    ] {
        assert_eq!(number(&credit(&amina, &invoice, on(date)).await), credited);
        assert_eq!(number(&debit(&amina, &invoice, on(date)).await), debited);
    }
    let fields = "book { creditNoteNumberPattern debitNoteNumberPattern } userErrors { code path message }";
    let update = async |input: Value| amina.mutate("updateBook", "UpdateBookInput", fields, input).await;
    for bad in ["", " ", "CRN", "{0}{0}", "{x}-{0}", "a\0{0}", &format!("{}{{0}}", "x".repeat(38))] {
        let refused = update(json!({ "creditNoteNumberPattern": bad, "debitNoteNumberPattern": bad })).await;
        let expected = ["INVALID creditNoteNumberPattern", "INVALID debitNoteNumberPattern"];
        assert_eq!(errors(&refused), expected, "{bad:?}");
    }
    let refused = update(json!({ "creditNoteNumberPattern": null, "debitNoteNumberPattern": null })).await;
    assert_eq!(errors(&refused), ["REQUIRED creditNoteNumberPattern", "REQUIRED debitNoteNumberPattern"]);
    let kept = update(json!({})).await;
    let expected = json!({ "creditNoteNumberPattern": "{FY}/C{000}", "debitNoteNumberPattern": "{YYYY}-{0}" });
    assert_eq!(kept["book"], expected);
    let stranger = app.user("badr").await;
    let theirs = billed(&stranger, &stranger.customer("Carim").await, json!({ "grossAmount": "5" })).await;
    assert_eq!(number(&credit(&stranger, &theirs, next()).await), "CRN-0001");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_report_on_sales_is_net_of_notes_in_the_month_of_each(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let fields = json!({ "grossAmount": "1000", "gstRate": "18", "otherCharges": "10", "date": "2026-11-01" });
    let invoice = billed(&amina, &customer, fields).await;
    let fields = json!({ "grossAmount": "200", "gstRate": "5", "interState": true, "date": "2026-11-01" });
    let across = billed(&amina, &customer, fields).await;
    let returned = json!({ "grossAmount": "100", "otherCharges": "1", "date": "2026-11-20" });
    assert_eq!(sums(&credit(&amina, &invoice, returned).await), "100.00 9.09 0.00 1.00 0.00 119.18");
    let all = json!({ "full": true, "date": "2026-11-30" });
    assert_eq!(sums(&credit(&amina, &across, all).await), "200.00 0.00 10.00 0.00 0.00 210.00");
    let more = json!({ "grossAmount": "50", "date": "2026-12-02" });
    assert_eq!(sums(&debit(&amina, &invoice, more).await), "50.00 4.50 0.00 0.00 0.00 59.00");
    for fields in [json!({ "full": true, "date": "2026-12-03" }), json!({ "grossAmount": "7", "date": "2026-11-30" })] {
        let note = id_of(&credit(&amina, &invoice, fields).await, "creditNote");
        id_of(&amina.void_credit_note(json!({ "id": note, "reason": "wrong" })).await, "creditNote");
    }
    let query = "{ salesReport(from: \"2026-11\", to: \"2026-12\") { total { ...F } months { figures { ...F } }
            customers { nodes { figures { ...F } } } }
        monthlyReport(month: \"2026-11\") { sales { amount } salesTaxes { amount } receivedFromCustomers { amount } } }
        fragment F on SalesFigures { invoiceCount grossAmount { amount } cgst { amount } sgst { amount } igst { amount }
            otherCharges { amount } roundOff { amount } totalAmount { amount } received { amount } }";
    let data = amina.gql(query, json!({})).await;
    let report = &data["salesReport"];
    let words = |figures: &Value| {
        let names = ["grossAmount", "cgst", "sgst", "igst", "otherCharges", "roundOff", "totalAmount", "received"];
        format!("{} {}", figures["invoiceCount"], super::amounts(figures, &names))
    };
    let november = "2 900.00 81.81 81.81 0.00 9.00 0.00 1072.62 0.00";
    let december = "0 50.00 4.50 4.50 0.00 0.00 0.00 59.00 0.00";
    let months = [0, 1].map(|month| words(&report["months"][month]["figures"]));
    assert_eq!(months, [november, december]);
    let both = "2 950.00 86.31 86.31 0.00 9.00 0.00 1131.62 0.00";
    assert_eq!(
        (words(&report["total"]).as_str(), words(&report["customers"]["nodes"][0]["figures"])),
        (both, both.to_owned())
    );
    let month = super::amounts(&data["monthlyReport"], &["sales", "salesTaxes", "receivedFromCustomers"]);
    assert_eq!(month, "909.00 163.62 0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_statement_shows_the_numbers_of_notes(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice =
        billed(&amina, &customer, json!({ "grossAmount": "100", "gstRate": "18", "date": "2026-11-01" })).await;
    let returned = json!({ "grossAmount": "10", "date": "2026-11-05", "number": "+7", "reason": "=came back" });
    id_of(&credit(&amina, &invoice, returned).await, "creditNote");
    let more = json!({ "grossAmount": "5", "date": "2026-11-06", "reason": "one more" });
    id_of(&debit(&amina, &invoice, more).await, "debitNote");
    let statement = amina.download(&format!("/customers/{customer}/statement.csv")).await.text;
    let lines: Vec<_> = statement.lines().skip(2).take(4).collect();
    let expected = [
        "2026-11-01,CREDIT,INVOICE,INV-0001,,118.00,,118.00,YEM",
        "2026-11-05,DEBIT,CREDIT_NOTE,'+7,'=came back,,11.80,106.20,YEM",
        "2026-11-06,CREDIT,DEBIT_NOTE,DBN-0001,one more,5.90,,112.10,YEM",
        ",CLOSING,,,,,,112.10,YEM",
    ];
    assert_eq!(lines, expected, "{statement}");
    let entries = amina.download("/entries.csv").await.text;
    for line in [
        format!(",2026-11-05,DEBIT,11.80,YEM,Badr,{customer},'=came back,CREDIT_NOTE,'+7\n"),
        format!(",2026-11-06,CREDIT,5.90,YEM,Badr,{customer},one more,DEBIT_NOTE,DBN-0001\n"),
    ] {
        assert!(entries.contains(&line), "{entries}");
    }
}

/// What a note says of its parties: when it is asked for alone, in its list, and as a node.
async fn printed(user: &User, noun: &str, id: &str) -> [Value; 2] {
    let parties = "buyer { name state gstNumber } seller { name firmName }";
    let query = format!(
        "query($id: ID!) {{ {noun}(id: $id) {{ id {parties} }} {noun}s {{ nodes {{ id {parties} }} }}
            node(id: $id) {{ ... on CreditNote {{ id {parties} }} ... on DebitNote {{ id {parties} }} }} }}"
    );
    let mut data = user.gql(&query, json!({ "id": id })).await;
    let mut note = data[noun].take();
    assert!(data[format!("{noun}s")]["nodes"].as_array().unwrap().contains(&note), "{data}");
    assert_eq!(data["node"], note);
    [note["buyer"].take(), note["seller"].take()]
}

#[apply(both_databases)]
async fn a_note_says_what_was_printed_whatever_changes_later(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    set_book(&amina, json!({ "shopName": "محلات البركة 🧺", "proprietorName": "Amina" })).await;
    let customer = json!({ "name": "Yusuf 👩‍🌾", "state": "Lahij", "gstNumber": "29ABCDE1234F1Z5" });
    let customer = id_of(&amina.create_customer(customer).await, "customer");
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "100" })).await;
    let notes =
        [("creditNote", amina.credit_note(&invoice, "1").await), ("debitNote", amina.debit_note(&invoice, "1").await)];
    let later = json!({ "id": customer, "name": "Yusuf al-Amin", "state": null, "gstNumber": "27ABCDE1234F1Z9" });
    id_of(&amina.update_customer(later).await, "customer");
    set_book(&amina, json!({ "shopName": "Baraka Ltd", "proprietorName": null })).await;
    let before = [
        json!({ "name": "Yusuf 👩‍🌾", "state": "Lahij", "gstNumber": "29ABCDE1234F1Z5" }),
        json!({ "name": "Amina", "firmName": "محلات البركة 🧺" }),
    ];
    for (noun, id) in &notes {
        assert_eq!(printed(&amina, noun, id).await, before, "{noun}");
    }
    // A note says what is so when it is written, and not what the invoice says.
    let after = [
        json!({ "name": "Yusuf al-Amin", "state": null, "gstNumber": "27ABCDE1234F1Z9" }),
        json!({ "name": null, "firmName": "Baraka Ltd" }),
    ];
    let later = amina.credit_note(&invoice, "1").await;
    assert_eq!(printed(&amina, "creditNote", &later).await, after);
    id_of(&amina.void_credit_note(json!({ "id": later, "reason": "wrong" })).await, "creditNote");
    assert_eq!(printed(&amina, "creditNote", &later).await, after);
    app.assert_journal_is_whole().await;
}
