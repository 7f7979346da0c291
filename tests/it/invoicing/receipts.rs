//! Receipts: what they pay, and voiding them.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of, messages};

/// Makes a receipt that names invoices, each with an amount or without.
async fn naming(user: &User, customer: &str, amount: &str, invoices: &[(&str, Option<&str>)]) -> Value {
    let invoices = invoices.iter().map(|(id, amount)| json!({ "invoiceId": id, "amount": amount }));
    let invoices: Vec<_> = invoices.collect();
    let input = json!({ "customerId": customer, "amount": amount, "paymentType": "UPI", "invoices": invoices });
    user.create_receipt(input).await
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(invoice, amount)| ((*invoice).to_owned(), (*amount).to_owned())).collect()
}

#[apply(both_databases)]
async fn the_oldest_receipt_pays_the_oldest_invoice_whenever_either_was_written(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let other = amina.customer("Carim").await;
    let others = amina.invoice(&other, "100", "2026-01-01").await;
    // In advance: it stays on account until there is an invoice.
    let first = amina.receipt(&customer, "150", "2026-11-10").await;
    assert_eq!(amina.owed(&customer).await, "-150.00");
    let late = amina.invoice(&customer, "100", "2026-11-15").await;
    let early = amina.invoice(&customer, "80", "2026-11-01").await;
    // The one that is dated first is paid first, although it was written last.
    assert_eq!(amina.pays(&first).await, pairs(&[(&early, "80.00"), (&late, "70.00")]));
    assert_eq!(amina.standing(&late).await, "OVERDUE 70.00 30.00");
    // A receipt that is dated before moves the other along.
    let back_dated = amina.receipt(&customer, "50", "2026-11-02").await;
    assert_eq!(amina.pays(&back_dated).await, pairs(&[(&early, "50.00")]));
    assert_eq!(amina.pays(&first).await, pairs(&[(&early, "30.00"), (&late, "100.00")]));
    let query = "query($id: ID!) { receipt(id: $id) { allocated { amount } onAccount { amount } }
        customer(id: $id) { id } }";
    let left = amina.gql(query, json!({ "id": first })).await["receipt"].take();
    assert_eq!(left, json!({ "allocated": { "amount": "130.00" }, "onAccount": { "amount": "20.00" } }));
    // Other currencies and other customers are not paid by it.
    let dollars = json!({ "customerId": customer, "grossAmount": "5", "currency": "USD", "date": "2026-11-01" });
    let dollars = id_of(&amina.create_invoice(dollars).await, "invoice");
    assert_eq!(amina.standing(&dollars).await, "OVERDUE 0.00 5.00");
    assert_eq!(amina.standing(&others).await, "OVERDUE 0.00 100.00");

    // What paid a void invoice is free for the next.
    amina.void_invoice(json!({ "id": early, "reason": "wrong" })).await;
    assert_eq!(amina.pays(&back_dated).await, pairs(&[(&late, "50.00")]));
    assert_eq!(amina.pays(&first).await, pairs(&[(&late, "50.00")]));
    // What a void receipt paid is open for the next.
    let voided = amina.void_receipt(json!({ "id": back_dated, "reason": "bounced" })).await;
    assert_eq!(voided["receipt"]["allocations"]["nodes"], json!([]));
    assert_eq!(voided["receipt"]["onAccount"]["amount"], "0.00");
    assert_eq!(amina.pays(&first).await, pairs(&[(&late, "100.00")]));
    amina.void_receipt(json!({ "id": first, "reason": "bounced" })).await;
    assert_eq!(amina.standing(&late).await, "OVERDUE 0.00 100.00");
    assert_eq!(errors(&amina.void_receipt(json!({ "id": first, "reason": "again" })).await), ["NOT_ALLOWED id"]);
    assert_eq!(amina.owed(&customer).await, "100.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_receipt_pays_the_invoices_that_it_names_before_others(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let first = amina.invoice(&customer, "100", "2026-11-01").await;
    let second = amina.invoice(&customer, "100", "2026-11-02").await;
    let third = amina.invoice(&customer, "100", "2026-11-03").await;
    let plain = amina.receipt(&customer, "120", "2026-11-10").await;
    assert_eq!(amina.pays(&plain).await, pairs(&[(&first, "100.00"), (&second, "20.00")]));

    // Those that name no invoice make room for one that does.
    let made = naming(&amina, &customer, "150", &[(&second, None), (&first, Some("10"))]).await;
    let named = id_of(&made, "receipt");
    assert_eq!(amina.pays(&named).await, pairs(&[(&first, "10.00"), (&second, "100.00"), (&third, "40.00")]));
    assert_eq!(made["receipt"]["onAccount"]["amount"], "0.00");
    assert_eq!(amina.pays(&plain).await, pairs(&[(&first, "90.00"), (&third, "30.00")]));
    let fourth = amina.invoice(&customer, "5", "2026-11-04").await;
    assert_eq!(amina.standing(&fourth).await, "OVERDUE 0.00 5.00");

    // Void, its invoices are free again for those that name none.
    amina.void_receipt(json!({ "id": named, "reason": "bounced" })).await;
    assert_eq!(amina.pays(&plain).await, pairs(&[(&first, "100.00"), (&second, "20.00")]));
    let again = naming(&amina, &customer, "30", &[(&third, Some("30"))]).await;
    let again = id_of(&again, "receipt");
    // When the invoice is void, the receipt pays others.
    amina.void_invoice(json!({ "id": third, "reason": "wrong" })).await;
    assert_eq!(amina.pays(&again).await, pairs(&[(&second, "30.00")]));
    assert_eq!(amina.standing(&second).await, "OVERDUE 50.00 50.00");
    assert_eq!(amina.owed(&customer).await, "55.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_invoice_that_cannot_be_paid_is_not(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let open = amina.invoice(&customer, "100", "2026-11-01").await;
    let paid = amina.invoice(&customer, "10", "2026-11-02").await;
    id_of(&naming(&amina, &customer, "10", &[(&paid, None)]).await, "receipt");
    let void = amina.invoice(&customer, "10", "2026-11-03").await;
    amina.void_invoice(json!({ "id": void, "reason": "wrong" })).await;
    let others = amina.customer("Carim").await;
    let others = amina.invoice(&others, "10", "2026-11-03").await;
    let dollars = json!({ "customerId": customer, "grossAmount": "5", "currency": "USD" });
    let dollars = id_of(&amina.create_invoice(dollars).await, "invoice");
    for (amount, invoices, expected) in [
        ("50", &[(others.as_str(), None)][..], "NOT_FOUND invoices.0.invoiceId"),
        ("50", &[("x", None)], "NOT_FOUND invoices.0.invoiceId"),
        ("50", &[(&void, None)], "NOT_ALLOWED invoices.0.invoiceId"),
        ("50", &[(&paid, None)], "NOT_ALLOWED invoices.0.invoiceId"),
        ("50", &[(&dollars, None)], "CURRENCY_MISMATCH invoices.0.invoiceId"),
        ("50", &[(&open, Some("10")), (&open, Some("10"))], "INVALID invoices.1.invoiceId"),
        ("500", &[(&open, Some("100.01"))], "INVALID invoices.0.amount"),
        ("50", &[(&open, Some("50.01"))], "INVALID invoices.0.amount"),
        ("50", &[(&open, Some("0"))], "INVALID invoices.0.amount"),
        ("50", &[(&open, Some("-1"))], "INVALID invoices.0.amount"),
        ("50", &[(&open, Some("1.001"))], "INVALID invoices.0.amount"),
    ] {
        let refused = naming(&amina, &customer, amount, invoices).await;
        assert_eq!(errors(&refused), [expected], "{amount} {invoices:?}");
        assert_eq!(refused["receipt"], Value::Null);
    }
    let refused = naming(&amina, &customer, "500", &[(&open, Some("100.01"))]).await;
    assert!(messages(&refused).contains("100.00"), "{}", messages(&refused));
    // Nothing is left for the second.
    let more = amina.invoice(&customer, "1", "2026-11-04").await;
    let refused = naming(&amina, &customer, "100", &[(&open, None), (&more, None)]).await;
    assert_eq!(errors(&refused), ["INVALID invoices.1.invoiceId"]);
    let many = vec![(open.as_str(), None); 101];
    assert_eq!(errors(&naming(&amina, &customer, "100", &many).await), ["LIMIT_REACHED invoices"]);
    for (bad, expected) in [
        (json!({ "amount": "0" }), "INVALID amount"),
        (json!({ "amount": "-1" }), "INVALID amount"),
        (json!({ "amount": "1.005" }), "INVALID amount"),
        (json!({ "amount": "10000000000000.01" }), "LIMIT_REACHED amount"),
        (json!({ "date": "2200-01-01" }), "INVALID date"),
        (json!({ "number": " " }), "INVALID number"),
        (json!({ "note": "x".repeat(501) }), "INVALID note"),
        (json!({ "customerId": "x" }), "NOT_FOUND customerId"),
        (json!({ "walletId": "x" }), "NOT_FOUND walletId"),
    ] {
        let mut input = json!({ "customerId": customer, "amount": "1", "paymentType": "CASH" });
        input.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        assert_eq!(errors(&amina.create_receipt(input).await), [expected], "{bad}");
    }
    assert_eq!(amina.owed(&customer).await, "101.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_receipt_that_is_sent_again_is_made_and_voided_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let new = json!({ "customerId": customer, "amount": "10", "paymentType": "CASH", "idempotencyKey": "make" });
    let made = amina.create_receipt(new.clone()).await;
    let again = amina.create_receipt(new.clone()).await;
    assert_eq!((&again["receipt"], &again["replayed"]), (&made["receipt"], &json!(true)));
    let mut other = new;
    other["paymentType"] = json!("CARD");
    assert_eq!(errors(&amina.create_receipt(other).await), ["IDEMPOTENCY_CONFLICT idempotencyKey"]);
    let voiding = json!({ "id": id_of(&made, "receipt"), "reason": "bounced", "idempotencyKey": "void" });
    let voided = amina.void_receipt(voiding.clone()).await;
    assert_eq!((&voided["receipt"]["voidReason"], &voided["replayed"]), (&json!("bounced"), &json!(false)));
    let again = amina.void_receipt(voiding).await;
    assert_eq!((&again["receipt"], &again["replayed"]), (&voided["receipt"], &json!(true)));
    assert_eq!(amina.owed(&customer).await, "0.00");
    // An invoice is no receipt.
    let invoice = amina.invoice(&customer, "1", "2026-11-20").await;
    let as_receipt = invoice.replace("invoice_", "receipt_");
    assert_eq!(errors(&amina.void_receipt(json!({ "id": as_receipt, "reason": "?" })).await), ["NOT_FOUND id"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn receipts_at_once_never_pay_an_invoice_twice(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = amina.invoice(&customer, "100", "2026-11-20").await;
    let tasks: Vec<_> = (0..6)
        .map(|number| {
            let (amina, customer, invoice) = (amina.clone(), customer.clone(), invoice.clone());
            tokio::spawn(async move {
                let invoices: &[_] = if number % 2 == 0 { &[(invoice.as_str(), Some("40"))] } else { &[] };
                naming(&amina, &customer, "40", invoices).await
            })
        })
        .collect();
    let (mut made, mut refused) = (0, 0);
    for task in tasks {
        match errors(&task.await.unwrap()).as_slice() {
            [] => made += 1,
            errors => {
                assert_eq!(errors, ["INVALID invoices.0.amount"]);
                refused += 1;
            }
        }
    }
    // Two that name it find room, the third finds 20 open.
    assert_eq!((made, refused), (5, 1));
    assert_eq!(amina.standing(&invoice).await, "PAID 100.00 0.00");
    assert_eq!(amina.owed(&customer).await, "-100.00");
    app.assert_journal_is_whole().await;
}
