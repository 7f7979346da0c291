//! What a customer owes is set off against what they gave: the status of an invoice, the age of the debt and the balance agree.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, entry_of, errors, id_of, messages};

async fn naming(user: &User, customer: &str, amount: &str, invoice: &str) -> String {
    let input = json!({ "customerId": customer, "amount": amount, "date": "2026-11-03", "paymentType": "CASH",
        "invoices": [{ "invoiceId": invoice }] });
    id_of(&user.create_receipt(input).await, "receipt")
}

#[apply(both_databases)]
async fn the_rest_of_a_receipt_that_names_an_invoice_pays_the_next(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let first = amina.invoice(&customer, "100", "2026-11-01").await;
    let receipt = naming(&amina, &customer, "150", &first).await;
    assert_eq!(amina.left(&receipt).await, "100.00 50.00 0.00");
    let next = amina.invoice(&customer, "50", "2026-11-04").await;
    assert_eq!(amina.standing(&next).await, "PAID 50.00 0.00");
    assert_eq!(amina.owed(&customer).await, "0.00");
    assert_eq!(amina.age(&customer, Value::Null).await, "0.00 0.00 0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_invoice_that_is_voided_and_made_anew_is_paid_by_what_paid_the_first(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let wrong = amina.invoice(&customer, "100", "2026-11-01").await;
    let input = json!({ "customerId": customer, "amount": "100", "paymentType": "CASH", "walletId": amina.wallet,
        "invoices": [{ "invoiceId": wrong }] });
    id_of(&amina.create_receipt(input).await, "receipt");
    amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "100" })).await;
    amina.void_invoice(json!({ "id": wrong, "reason": "wrong item" })).await;
    let anew = amina.invoice(&customer, "100", "2026-11-01").await;
    assert_eq!(amina.standing(&anew).await, "PAID 100.00 0.00");
    assert_eq!(amina.owed(&customer).await, "0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_payment_without_a_receipt_pays_an_invoice(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = amina.invoice(&customer, "500", "2026-11-01").await;
    assert_eq!(amina.standing(&invoice).await, "OVERDUE 0.00 500.00");
    assert_eq!(amina.age(&customer, Value::Null).await, "0.00 500.00 0.00");
    let payment = amina.entry(&customer, "DEBIT", "500", "2026-11-02").await;
    assert_eq!(amina.standing(&invoice).await, "PAID 500.00 0.00");
    assert_eq!(amina.age(&customer, Value::Null).await, "0.00 0.00 0.00");
    // When it is less, so is what is paid; deleted, nothing is.
    amina.update_entry(json!({ "id": payment, "amount": "200" })).await;
    assert_eq!(amina.standing(&invoice).await, "OVERDUE 200.00 300.00");
    amina.delete_entry(json!({ "id": payment })).await;
    assert_eq!(amina.standing(&invoice).await, "OVERDUE 0.00 500.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_advance_that_is_given_back_pays_no_invoice(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    amina.receipt(&customer, "1000", "2026-11-01").await;
    let first = amina.invoice(&customer, "600", "2026-11-02").await;
    amina.entry(&customer, "CREDIT", "400", "2026-11-03").await;
    let second = amina.invoice(&customer, "300", "2026-11-04").await;
    assert_eq!(amina.standing(&first).await, "PAID 600.00 0.00");
    assert_eq!(amina.standing(&second).await, "OVERDUE 0.00 300.00");
    assert_eq!(amina.owed(&customer).await, "300.00");
    assert_eq!(amina.age(&customer, Value::Null).await, "0.00 300.00 0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_is_released_is_held_until_it_is_allocated_again_or_let_go(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let old = amina.invoice(&customer, "100", "2026-11-01").await;
    let new = amina.invoice(&customer, "100", "2026-11-02").await;
    let receipt = amina.receipt(&customer, "100", "2026-11-03").await;
    assert_eq!(amina.pays(&receipt).await, [(old.clone(), "100.00".to_owned())]);

    let key = json!({ "paymentId": receipt, "idempotencyKey": "release-1" });
    let released = amina.set_off("release", key.clone()).await;
    assert_eq!((errors(&released), &released["payment"]["held"]["amount"]), (vec![], &json!("100.00")));
    assert_eq!(amina.standing(&old).await, "OVERDUE 0.00 100.00");
    assert_eq!(amina.age(&customer, Value::Null).await, "0.00 200.00 100.00");
    let again = amina.set_off("release", key).await;
    assert_eq!((&again["replayed"], &again["payment"]), (&json!(true), &released["payment"]));

    let named = json!({ "paymentId": entry_of(&receipt), "charges": [{ "chargeId": new, "amount": "60" }] });
    let allocated = amina.set_off("allocate", named).await;
    assert_eq!(errors(&allocated), [""; 0]);
    assert_eq!(amina.left(&receipt).await, "60.00 40.00 40.00");
    assert_eq!(amina.standing(&new).await, "OVERDUE 60.00 40.00");

    let let_go = amina.set_off("allocate", json!({ "paymentId": receipt, "autoAllocate": true })).await;
    assert_eq!(errors(&let_go), [""; 0]);
    assert_eq!(amina.left(&receipt).await, "100.00 0.00 0.00");
    assert_eq!(amina.standing(&old).await, "OVERDUE 40.00 60.00");
    assert_eq!(amina.standing(&new).await, "OVERDUE 60.00 40.00");
    // Released and let go at once, it pays the oldest.
    amina
        .set_off("release", json!({ "paymentId": receipt, "charges": [{ "chargeId": new }], "autoAllocate": true }))
        .await;
    assert_eq!(amina.pays(&receipt).await, [(old.clone(), "100.00".to_owned())]);
    assert_eq!(amina.owed(&customer).await, "100.00");

    let log = amina.history_of(&receipt).await;
    let actions: Vec<_> = log.iter().map(|event| event.split(' ').next().unwrap()).collect();
    assert_eq!(actions, ["RELEASE", "ALLOCATE", "ALLOCATE", "RELEASE", "RELEASE", "CREATE_RECEIPT"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_receipt_that_is_held_and_pays_nothing_can_be_voided(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    amina.invoice(&customer, "100", "2026-11-01").await;
    let receipt = amina.receipt(&customer, "100", "2026-11-03").await;
    amina.set_off("release", json!({ "paymentId": receipt })).await;
    assert_eq!(amina.left(&receipt).await, "0.00 100.00 100.00");
    assert_eq!(errors(&amina.void_receipt(json!({ "id": receipt, "reason": "bounced" })).await), [""; 0]);
    assert_eq!(amina.left(&receipt).await, "0.00 0.00 0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_cannot_be_allocated_or_released_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let other = amina.customer("Carim").await;
    let invoice = amina.invoice(&customer, "100", "2026-11-01").await;
    let others = amina.invoice(&other, "100", "2026-11-01").await;
    let receipt = amina.receipt(&customer, "60", "2026-11-03").await;
    let void = amina.receipt(&customer, "5", "2026-11-03").await;
    amina.void_receipt(json!({ "id": void, "reason": "bounced" })).await;
    let stranger = app.user("stranger").await;
    let charge = |id: &str, amount: Value| json!([{ "chargeId": id, "amount": amount }]);
    // Of the same thing, but of another kind.
    let note = invoice.replace("invoice_", "debit_note_");
    for (mutation, payment, charges, expected) in [
        ("allocate", &receipt, Value::Null, "REQUIRED charges"),
        ("allocate", &receipt, json!([]), "REQUIRED charges"),
        ("allocate", &invoice, charge(&invoice, Value::Null), "NOT_ALLOWED paymentId"),
        ("allocate", &void, charge(&invoice, Value::Null), "NOT_ALLOWED paymentId"),
        ("allocate", &"x".to_owned(), charge(&invoice, Value::Null), "NOT_FOUND paymentId"),
        ("allocate", &receipt, charge(&others, Value::Null), "NOT_FOUND charges.0.chargeId"),
        ("allocate", &receipt, charge(&receipt, Value::Null), "NOT_FOUND charges.0.chargeId"),
        ("allocate", &receipt, charge(&note, Value::Null), "NOT_FOUND charges.0.chargeId"),
        (
            "allocate",
            &receipt.replace("receipt_", "credit_note_"),
            charge(&invoice, Value::Null),
            "NOT_FOUND paymentId",
        ),
        ("allocate", &receipt, charge("💰", Value::Null), "NOT_FOUND charges.0.chargeId"),
        ("allocate", &receipt, charge(&invoice, json!("60.01")), "INVALID charges.0.amount"),
        ("allocate", &receipt, charge(&invoice, json!("0")), "INVALID charges.0.amount"),
        ("allocate", &receipt, charge(&invoice, json!("-1")), "INVALID charges.0.amount"),
        ("allocate", &receipt, charge(&invoice, json!("1.005")), "INVALID charges.0.amount"),
        ("release", &receipt, charge(&others, Value::Null), "NOT_FOUND charges.0.chargeId"),
        ("release", &receipt, charge(&invoice, json!("60.01")), "INVALID charges.0.amount"),
        ("release", &void, Value::Null, "NOT_ALLOWED paymentId"),
    ] {
        let input = json!({ "paymentId": payment, "charges": charges });
        let refused = amina.set_off(mutation, input.clone()).await;
        assert_eq!(errors(&refused), [expected], "{mutation} {charges}");
        assert_eq!(errors(&stranger.set_off(mutation, input).await), ["NOT_FOUND paymentId"]);
    }
    assert_eq!(amina.left(&receipt).await, "60.00 0.00 0.00");
    // A key means one request, whichever operation used it.
    let keyed = |id: &str, key: &str| json!({ "paymentId": id, "autoAllocate": true, "idempotencyKey": key });
    assert_eq!(errors(&amina.set_off("allocate", keyed(&receipt, "k")).await), [""; 0]);
    let second = amina.receipt(&customer, "1", "2026-11-04").await;
    assert_eq!(errors(&amina.set_off("allocate", keyed(&second, "k")).await), ["IDEMPOTENCY_CONFLICT idempotencyKey"]);
    let entry = json!({ "customerId": customer, "type": "CREDIT", "amount": "1", "idempotencyKey": "posted" });
    id_of(&amina.add_entry(entry).await, "entry");
    let posted = amina.set_off("allocate", keyed(&second, "posted")).await;
    assert_eq!(errors(&posted), ["IDEMPOTENCY_CONFLICT idempotencyKey"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_is_named_of_an_entry_is_not_lost_when_it_is_changed(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = amina.invoice(&customer, "100", "2026-11-01").await;
    let payment = amina.entry(&customer, "DEBIT", "80", "2026-11-02").await;
    let named = json!({ "paymentId": payment, "charges": [{ "chargeId": invoice, "amount": "50" }] });
    assert_eq!(errors(&amina.set_off("allocate", named).await), [""; 0]);
    for (change, expected) in [
        (json!({ "amount": "49.99" }), "NOT_ALLOWED amount"),
        (json!({ "type": "CREDIT" }), "NOT_ALLOWED type"),
        (json!({ "currency": "USD", "amount": "80" }), "NOT_ALLOWED currency"),
    ] {
        let mut input = json!({ "id": payment });
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = amina.update_entry(input).await;
        assert_eq!(errors(&refused), [expected]);
        assert!(messages(&refused).contains("50.00"), "{}", messages(&refused));
    }
    let changed = amina.update_entry(json!({ "id": payment, "amount": "50", "date": "2026-10-01" })).await;
    assert_eq!(errors(&changed), [""; 0]);
    assert_eq!(amina.standing(&invoice).await, "OVERDUE 50.00 50.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_customer_gets_back_what_is_on_account_and_no_more(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = amina.invoice(&customer, "100", "2026-11-01").await;
    let input = json!({ "customerId": customer, "amount": "250", "paymentType": "CASH", "walletId": amina.wallet });
    let receipt = id_of(&amina.create_receipt(input).await, "receipt");
    let refused = amina.refund(json!({ "customerId": customer, "amount": "150.01" })).await;
    assert_eq!(errors(&refused), ["NOT_ALLOWED amount"]);
    assert!(messages(&refused).contains("150.00"), "{}", messages(&refused));
    let input = json!({ "customerId": customer, "amount": "100", "walletId": amina.wallet, "note": "too much 💸",
        "idempotencyKey": "back" });
    let refund = amina.refund(input.clone()).await;
    assert_eq!((&refund["entry"]["source"], &refund["entry"]["type"]), (&json!("REFUND"), &json!("CREDIT")));
    assert_eq!(amina.refund(input).await["replayed"], true);
    assert_eq!(amina.balance(&amina.wallet).await, "150.00");
    assert_eq!(amina.owed(&customer).await, "-50.00");
    // What is held is given back when nothing else is left.
    amina.set_off("release", json!({ "paymentId": receipt, "charges": [{ "chargeId": invoice }] })).await;
    // Its free 50.00 pay the invoice.
    assert_eq!(amina.left(&receipt).await, "150.00 100.00 100.00");
    assert_eq!(errors(&amina.refund(json!({ "customerId": customer, "amount": "150" })).await), ["NOT_ALLOWED amount"]);
    id_of(&amina.refund(json!({ "customerId": customer, "amount": "100" })).await, "entry");
    assert_eq!(amina.left(&receipt).await, "250.00 0.00 0.00");
    assert_eq!(amina.standing(&invoice).await, "OVERDUE 50.00 50.00");
    assert_eq!(amina.owed(&customer).await, "50.00");

    // A wallet that cannot pay is told, and the attempt is on record; a refund that is deleted was never made.
    let id = refund["entry"]["id"].clone();
    assert_eq!(errors(&amina.update_entry(json!({ "id": id, "amount": "1" })).await), ["NOT_ALLOWED id"]);
    assert_eq!(errors(&amina.delete_entry(json!({ "id": id })).await), [""; 0]);
    assert_eq!(amina.balance(&amina.wallet).await, "250.00");
    amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "250" })).await;
    let input = json!({ "customerId": customer, "amount": "1", "walletId": amina.wallet, "idempotencyKey": "empty" });
    let input_of_held = json!({ "paymentId": receipt });
    amina.set_off("release", input_of_held).await;
    for _ in 0..2 {
        assert_eq!(errors(&amina.refund(input.clone()).await), ["INSUFFICIENT_FUNDS walletId"]);
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_debt_is_written_off_with_a_reason_and_no_more_than_there_is(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let old = amina.invoice(&customer, "100", "2026-11-01").await;
    let new = amina.invoice(&customer, "30", "2026-11-02").await;
    for (input, expected) in [
        (json!({ "amount": "130.01", "reason": "gone" }), "NOT_ALLOWED amount"),
        (json!({ "amount": "30", "reason": " " }), "INVALID reason"),
        (json!({ "amount": "30", "reason": "gone", "currency": "USD" }), "NOT_ALLOWED amount"),
        (json!({ "amount": "0", "reason": "gone" }), "INVALID amount"),
    ] {
        let mut refused = json!({ "customerId": customer });
        refused.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        assert_eq!(errors(&amina.write_off(refused).await), [expected], "{input}");
    }
    let input =
        json!({ "customerId": customer, "amount": "30", "reason": "moved away", "charges": [{ "chargeId": new }] });
    let written_off = amina.write_off(input).await;
    assert_eq!(
        (&written_off["entry"]["source"], &written_off["entry"]["note"]),
        (&json!("WRITE_OFF"), &json!("moved away"))
    );
    assert_eq!(amina.standing(&new).await, "PAID 30.00 0.00");
    assert_eq!(amina.standing(&old).await, "OVERDUE 0.00 100.00");
    assert_eq!(amina.owed(&customer).await, "100.00");
    amina.delete_entry(json!({ "id": written_off["entry"]["id"] })).await;
    assert_eq!(amina.standing(&new).await, "OVERDUE 0.00 30.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_was_owed_before_the_book_was_begun_is_paid_like_anything_else(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let (owing, ahead) = (amina.customer("Badr").await, amina.customer("Carim").await);
    let set = |customer: &str, kind: &str, amount: &str| json!({ "customerId": customer, "type": kind, "amount": amount, "date": "2026-10-01" });
    let opening = amina.set_opening(set(&owing, "CREDIT", "70")).await;
    assert_eq!(opening["entry"]["source"], "OPENING");
    assert_eq!(errors(&amina.set_opening(set(&owing, "DEBIT", "1")).await), ["TAKEN customerId"]);
    let invoice = amina.invoice(&owing, "30", "2026-11-01").await;
    amina.receipt(&owing, "80", "2026-11-02").await;
    assert_eq!(amina.standing(&invoice).await, "OVERDUE 10.00 20.00");
    assert_eq!(amina.age(&owing, json!("2026-10-31")).await, "0.00 70.00 0.00");

    id_of(&amina.set_opening(set(&ahead, "DEBIT", "25")).await, "entry");
    assert_eq!(amina.owed(&ahead).await, "-25.00");
    let invoice = amina.invoice(&ahead, "30", "2026-11-01").await;
    assert_eq!(amina.standing(&invoice).await, "OVERDUE 25.00 5.00");
    // Deleted, another can be set.
    amina.delete_entry(json!({ "id": opening["entry"]["id"] })).await;
    id_of(&amina.set_opening(set(&owing, "CREDIT", "60")).await, "entry");
    assert_eq!(amina.owed(&owing).await, "10.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn on_a_past_day_an_allocation_counts_from_the_later_of_its_two_dates(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let early = amina.invoice(&customer, "100", "2026-11-01").await;
    let late = amina.invoice(&customer, "40", "2026-11-10").await;
    amina.receipt(&customer, "50", "2026-11-05").await;
    naming(&amina, &customer, "40", &late).await;
    assert_eq!(amina.standing(&early).await, "OVERDUE 50.00 50.00");
    for (day, expected) in [
        ("2026-10-31", "0.00 0.00 0.00"),
        ("2026-11-01", "100.00 0.00 0.00"),
        // The receipt of the 3rd names an invoice of the 10th: until then it is on account.
        ("2026-11-03", "0.00 100.00 40.00"),
        ("2026-11-05", "0.00 50.00 40.00"),
        ("2026-11-10", "0.00 50.00 0.00"),
    ] {
        assert_eq!(amina.age(&customer, json!(day)).await, expected, "{day}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_write_off_is_no_money_that_can_be_given_back(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = amina.invoice(&customer, "100", "2026-11-01").await;
    let input =
        json!({ "customerId": customer, "amount": "100", "reason": "gone", "charges": [{ "chargeId": invoice }] });
    let written_off = id_of(&amina.write_off(input).await, "entry");
    amina.void_invoice(json!({ "id": invoice, "reason": "wrong" })).await;
    amina.receipt(&customer, "5", "2026-11-02").await;
    let back = json!({ "customerId": customer, "amount": "5" });
    assert_eq!(errors(&amina.refund(back.clone()).await), ["NOT_ALLOWED amount"]);
    amina.delete_entry(json!({ "id": written_off })).await;
    assert_eq!(
        errors(&amina.refund(json!({ "customerId": customer, "amount": "5.01" })).await),
        ["NOT_ALLOWED amount"]
    );
    id_of(&amina.refund(back).await, "entry");
    assert_eq!(amina.owed(&customer).await, "0.00");
    app.assert_journal_is_whole().await;
}
