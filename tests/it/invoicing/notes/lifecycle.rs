//! What credit notes pay, what becomes of them, and requests that come again.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{amounts, billed, credit, noted, posted};
use crate::harness::{Database, TestApp, User, errors, id_of, new_id};

/// What a credit note pays and what is on account of it.
async fn pays(user: &User, note: &str) -> String {
    let query = "query($id: ID!) { creditNote(id: $id) { allocated { amount } onAccount { amount } } }";
    let data = user.gql(query, json!({ "id": note })).await;
    amounts(&data["creditNote"], &["allocated", "onAccount"])
}

async fn pay(user: &User, customer: &str, amount: &str, invoices: &[&str]) -> String {
    let invoices: Vec<_> = invoices.iter().map(|id| json!({ "invoiceId": id })).collect();
    let input = json!({ "customerId": customer, "amount": amount, "paymentType": "CASH", "invoices": invoices });
    id_of(&user.create_receipt(input).await, "receipt")
}

#[apply(both_databases)]
async fn what_was_paid_for_goods_that_come_back_is_on_account_and_can_be_given_back(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    amina.fund("500").await;
    let taxed = json!({ "grossAmount": "100", "gstRate": "18" });
    // Paid by name: the credit note finds no room.
    let invoice = billed(&amina, &customer, taxed.clone()).await;
    pay(&amina, &customer, "118", &[&invoice]).await;
    let note = id_of(&credit(&amina, &invoice, json!({ "full": true })).await, "creditNote");
    assert_eq!(amina.standing(&invoice).await, "PAID 118.00 0.00");
    assert_eq!((amina.owed(&customer).await, pays(&amina, &note).await), ("-118.00".into(), "0.00 118.00".into()));
    let back = json!({ "customerId": customer, "amount": "118", "walletId": amina.wallet });
    id_of(&amina.refund(back).await, "entry");
    assert_eq!((amina.owed(&customer).await, pays(&amina, &note).await), ("0.00".into(), "118.00 0.00".into()));
    assert_eq!(amina.balance(&amina.wallet).await, "382.00");

    // Paid without being named: the credit note pays its invoice, and the receipt makes room.
    let invoice = billed(&amina, &customer, taxed.clone()).await;
    let receipt = pay(&amina, &customer, "118", &[]).await;
    let note = id_of(&credit(&amina, &invoice, json!({ "full": true })).await, "creditNote");
    assert_eq!((amina.owed(&customer).await, pays(&amina, &note).await), ("-118.00".into(), "118.00 0.00".into()));
    assert_eq!(amina.left(&receipt).await, "0.00 118.00 0.00");
    id_of(&amina.refund(json!({ "customerId": customer, "amount": "118" })).await, "entry");

    // Paid in part by name; what else the customer owes is paid too.
    let invoice = billed(&amina, &customer, taxed).await;
    pay(&amina, &customer, "100", &[&invoice]).await;
    let other = amina.invoice(&customer, "30", "2026-11-21").await;
    let note = id_of(&credit(&amina, &invoice, json!({ "grossAmount": "50" })).await, "creditNote");
    // 18 of the 59 for its own invoice, and 30 for the other.
    assert_eq!(
        (amina.standing(&invoice).await, amina.standing(&other).await),
        ("PAID 118.00 0.00".into(), "PAID 30.00 0.00".into())
    );
    assert_eq!(pays(&amina, &note).await, "48.00 11.00");
    // It can be released and set off by hand, like any payment. Its log says so.
    let released = amina.set_off("release", json!({ "paymentId": note })).await;
    assert_eq!((errors(&released), &released["payment"]["held"]["amount"]), (vec![], &json!("48.00")));
    assert_eq!(amina.standing(&other).await, "OPEN 0.00 30.00");
    let again = json!({ "paymentId": note, "charges": [{ "chargeId": other }] });
    assert_eq!(errors(&amina.set_off("allocate", again).await), [""; 0]);
    assert_eq!(amina.standing(&other).await, "PAID 30.00 0.00");
    let log = amina.history_of(&note).await;
    let actions: Vec<_> = log.iter().map(|event| event.split(' ').next().unwrap()).collect();
    assert_eq!(actions, ["ALLOCATE", "RELEASE", "CREATE_CREDIT_NOTE"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_void_note_was_never_written_and_its_number_stays_used(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "100", "gstRate": "18" })).await;
    let before = posted(&app).await;
    let part = id_of(&credit(&amina, &invoice, json!({ "grossAmount": "33.33" })).await, "creditNote");
    let rest = id_of(&credit(&amina, &invoice, json!({ "full": true })).await, "creditNote");
    // An invoice with notes that stand is not voided, and neither are their entries deleted.
    let refused = amina.void_invoice(json!({ "id": invoice, "reason": "wrong" })).await;
    assert_eq!(errors(&refused), ["NOT_ALLOWED id"]);
    let entry = rest.replace("credit_note_", "entry_");
    assert_eq!(errors(&amina.delete_entry(json!({ "id": entry })).await), ["NOT_ALLOWED id"]);
    assert_eq!(errors(&amina.update_entry(json!({ "id": entry, "amount": "1" })).await), ["NOT_ALLOWED id"]);

    let voiding = json!({ "id": rest, "reason": " They kept it ", "idempotencyKey": "void" });
    let void = amina.void_credit_note(voiding.clone()).await;
    assert_eq!((errors(&void), &void["creditNote"]["voidReason"]), (vec![], &json!("They kept it")));
    assert!(void["creditNote"]["voidedAt"].is_string(), "{void}");
    assert_eq!(amina.standing(&invoice).await, "PARTIALLY_PAID 39.33 78.67");
    assert_eq!((noted(&amina, &invoice).await, pays(&amina, &rest).await), ("39.33 0.00".into(), "0.00 0.00".into()));
    let again = amina.void_credit_note(voiding.clone()).await;
    assert_eq!((&again["replayed"], &again["creditNote"]), (&json!(true), &void["creditNote"]));
    let mut twice = voiding;
    twice["idempotencyKey"] = Value::Null;
    assert_eq!(errors(&amina.void_credit_note(twice).await), ["NOT_ALLOWED id"]);

    // Anew, with the same amounts and another number.
    let anew = credit(&amina, &invoice, json!({ "full": true })).await;
    assert_eq!(anew["creditNote"]["number"], "CRN-0003");
    assert_eq!(anew["creditNote"]["totalAmount"], void["creditNote"]["totalAmount"]);
    for number in ["CRN-0002", "crn-0002"] {
        let taken = credit(&amina, &invoice, json!({ "grossAmount": "1", "number": number })).await;
        assert!(errors(&taken).contains(&"TAKEN number".to_owned()), "{taken}");
    }
    for id in [&part, &id_of(&anew, "creditNote")] {
        assert_eq!(errors(&amina.void_credit_note(json!({ "id": id, "reason": "wrong" })).await), [""; 0]);
    }
    assert_eq!(posted(&app).await, before);
    assert_eq!(amina.standing(&invoice).await, "OPEN 0.00 118.00");
    assert_eq!(errors(&amina.void_invoice(json!({ "id": invoice, "reason": "wrong" })).await), [""; 0]);
    assert_eq!(errors(&credit(&amina, &invoice, json!({ "full": true })).await), ["NOT_ALLOWED invoiceId"]);
    let log = amina.history_of(&rest).await;
    let actions: Vec<_> = log.iter().map(|event| event.split(' ').next().unwrap()).collect();
    assert_eq!(actions, ["VOID_CREDIT_NOTE", "VOID_CREDIT_NOTE", "VOID_CREDIT_NOTE", "CREATE_CREDIT_NOTE"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_note_that_is_sent_again_is_written_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "100" })).await;
    let by_key = json!({ "grossAmount": "10", "idempotencyKey": "k" });
    let by_id = json!({ "grossAmount": "10", "id": new_id("credit_note") });
    for input in [by_key.clone(), by_id.clone()] {
        let first = credit(&amina, &invoice, input.clone()).await;
        let again = credit(&amina, &invoice, input).await;
        assert_eq!((&first["replayed"], &again["replayed"]), (&json!(false), &json!(true)));
        assert_eq!(again["creditNote"], first["creditNote"]);
    }
    for (mut other, expected) in
        [(by_key, "IDEMPOTENCY_CONFLICT idempotencyKey"), (by_id.clone(), "IDEMPOTENCY_CONFLICT id")]
    {
        other["reason"] = json!("another");
        assert_eq!(errors(&credit(&amina, &invoice, other).await), [expected]);
    }
    // Also when it could not be written any more.
    let all = json!({ "full": true, "idempotencyKey": "all" });
    assert_eq!(errors(&credit(&amina, &invoice, all.clone()).await), [""; 0]);
    let again = credit(&amina, &invoice, all).await;
    assert_eq!((errors(&again), &again["replayed"]), (vec![], &json!(true)));
    // The id of a credit note is none of a debit note.
    let as_debit = by_id["id"].as_str().unwrap().replace("credit_note_", "debit_note_");
    let voiding = json!({ "id": as_debit, "reason": "?" });
    assert_eq!(errors(&amina.void_debit_note(voiding).await), ["NOT_FOUND id"]);
    let query = "query($id: ID!) { debitNote(id: $id) { id } node(id: $id) { id } }";
    assert_eq!(amina.gql(query, json!({ "id": as_debit })).await, json!({ "debitNote": null, "node": null }));
    assert_eq!(noted(&amina, &invoice).await, "100.00 0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn notes_at_once_never_take_back_more_than_there_is(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let fields = json!({ "lines": [{ "description": "tea", "quantity": "5", "unitPrice": "10.07" }], "gstRate": "5" });
    let invoice = billed(&amina, &customer, fields).await;
    let tasks = (0..8).map(|number| {
        let (amina, invoice) = (amina.clone(), invoice.clone());
        let fields =
            if number == 7 { json!({ "full": true }) } else { json!({ "lines": [{ "line": 1, "quantity": "1" }] }) };
        tokio::spawn(async move { credit(&amina, &invoice, fields).await })
    });
    let mut numbers = Vec::new();
    for payload in join_all(tasks).await {
        let payload = payload.unwrap();
        match errors(&payload).as_slice() {
            [] => numbers.push(payload["creditNote"]["number"].as_str().unwrap().to_owned()),
            refused => {
                let expected = ["NOT_ALLOWED invoiceId".to_owned(), "INVALID lines.0.quantity".to_owned()];
                assert!(refused.iter().all(|error| expected.contains(error)), "{payload}");
            }
        }
    }
    numbers.sort_unstable();
    let expected: Vec<_> = (1..=numbers.len()).map(|number| format!("CRN-{number:04}")).collect();
    assert_eq!(numbers, expected);
    assert_eq!(amina.standing(&invoice).await.split(' ').next_back(), Some("0.00"));
    assert_eq!(amina.owed(&customer).await, "0.00");
    app.assert_journal_is_whole().await;
}
