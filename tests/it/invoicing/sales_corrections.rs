//! What lowers or raises a customer's debt besides invoices and receipts, in the report on sales.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

/// What is sold, the taxes on it, and what is received, in a month and by customer.
async fn sold(user: &User, month: &str) -> (String, Vec<String>) {
    let query = "query($month: YearMonth!) {
        monthlyReport(month: $month) { sales { amount } salesTaxes { amount } receivedFromCustomers { amount } }
        salesReport(from: $month, to: $month) { total { ...F } customers { nodes { customer { name } figures { ...F } } } } }
        fragment F on SalesFigures { grossAmount { amount } cgst { amount } sgst { amount } otherCharges { amount }
            roundOff { amount } totalAmount { amount } received { amount } invoiceCount }";
    let data = user.gql(query, json!({ "month": month })).await;
    let words = |value: &Value, names: &[&str]| {
        let amounts = names.iter().map(|name| value[name]["amount"].as_str().unwrap());
        amounts.collect::<Vec<_>>().join(" ")
    };
    let figures = |value: &Value| {
        let names = ["grossAmount", "cgst", "sgst", "otherCharges", "roundOff", "totalAmount", "received"];
        format!("{} {}", value["invoiceCount"], words(value, &names))
    };
    let customer =
        |node: &Value| format!("{} {}", node["customer"]["name"].as_str().unwrap(), figures(&node["figures"]));
    let (report, sales) = (&data["monthlyReport"], &data["salesReport"]);
    let month = words(report, &["sales", "salesTaxes", "receivedFromCustomers"]);
    let customers = sales["customers"]["nodes"].as_array().unwrap().iter().map(customer).collect();
    (format!("{month} / {}", figures(&sales["total"])), customers)
}

/// Has the totals of invoices rounded to the whole unit.
async fn round_totals(user: &User) {
    let fields = "book { id } userErrors { code path }";
    id_of(&user.mutate("updateBook", "UpdateBookInput", fields, json!({ "roundInvoiceTotals": true })).await, "book");
}

#[apply(both_databases)]
async fn notes_change_what_was_sold_and_refunds_what_was_received_and_nothing_else_does(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    round_totals(&amina).await;
    let (dalal, eman) = (amina.customer("Dalal").await, amina.customer("Eman").await);
    let (huda, zaid) = (amina.customer("Huda").await, amina.customer("Zaid").await);
    let taxed = json!({ "customerId": dalal, "grossAmount": "1000", "gstRate": "18", "otherCharges": "10", "date": "2026-11-01" });
    let invoice = id_of(&amina.create_invoice(taxed).await, "invoice");
    amina.receipt(&dalal, "700", "2026-11-02").await;
    // 9 % of 1010 is 90.90, and 1191.80 is rounded to 1192.
    let before = "1010.20 181.80 700.00 / 1 1000.00 90.90 90.90 10.00 0.20 1192.00 700.00";
    assert_eq!(sold(&amina, "2026-11").await.0, before);

    let owed = json!({ "customerId": zaid, "type": "CREDIT", "amount": "777", "date": "2026-11-03" });
    id_of(&amina.set_opening(owed).await, "entry");
    let advance = json!({ "customerId": eman, "type": "DEBIT", "amount": "888", "date": "2026-11-03" });
    id_of(&amina.set_opening(advance).await, "entry");
    let debt = json!({ "customerId": dalal, "amount": "400", "reason": "gone", "date": "2026-11-04" });
    id_of(&amina.write_off(debt).await, "entry");
    assert_eq!(sold(&amina, "2026-11").await.0, before);

    amina.fund("10").await;
    amina.receipt(&huda, "50", "2026-11-05").await;
    let refund = json!({ "customerId": huda, "amount": "20", "date": "2026-11-06" });
    id_of(&amina.refund(refund).await, "entry");
    let from_wallet = json!({ "customerId": eman, "amount": "3", "walletId": amina.wallet, "date": "2026-11-06" });
    id_of(&amina.refund(from_wallet).await, "entry");
    // One that was taken back.
    let undone =
        id_of(&amina.refund(json!({ "customerId": huda, "amount": "7", "date": "2026-11-06" })).await, "entry");
    amina.delete_entry(json!({ "id": undone })).await;

    // A part of the invoice is taken back with its charges and its taxes, 9 % of 101.50 being 9.135; a price is corrected.
    let note = |fields: Value| {
        let mut input = fields;
        input["invoiceId"] = json!(invoice);
        (input["reason"], input["date"]) = (json!("was otherwise"), json!("2026-11-07"));
        input
    };
    let part = note(json!({ "grossAmount": "100", "otherCharges": "1.50" }));
    id_of(&amina.create_credit_note(part).await, "creditNote");
    id_of(&amina.create_debit_note(note(json!({ "grossAmount": "50" }))).await, "debitNote");
    let (total, customers) = sold(&amina, "2026-11").await;
    let corrected = "958.70 172.52 727.00 / 1 950.00 86.26 86.26 8.50 0.20 1131.22 727.00";
    assert_eq!(total, corrected);
    // Zaid has only an opening balance, so nothing was sold to him.
    let expected = [
        "Dalal 1 950.00 86.26 86.26 8.50 0.20 1131.22 700.00",
        "Huda 0 0.00 0.00 0.00 0.00 0.00 0.00 30.00",
        "Eman 0 0.00 0.00 0.00 0.00 0.00 0.00 -3.00",
    ];
    assert_eq!(customers, expected);

    // All of it comes back, with what the total was rounded by. The invoice still counts as one.
    let rest = id_of(&amina.create_credit_note(note(json!({ "full": true }))).await, "creditNote");
    let nothing = "0.00 0.00 727.00 / 1 0.00 0.00 0.00 0.00 0.00 0.00 727.00";
    assert_eq!(sold(&amina, "2026-11").await.0, nothing);
    let voiding = json!({ "id": rest, "reason": "they kept it" });
    assert_eq!(errors(&amina.void_credit_note(voiding).await), [""; 0]);
    assert_eq!(sold(&amina, "2026-11").await.0, corrected);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_month_of_nothing_but_a_credit_note_is_below_zero(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let dalal = amina.customer("Dalal").await;
    let invoice = amina.invoice(&dalal, "100", "2026-10-31").await;
    let note = json!({ "invoiceId": invoice, "grossAmount": "25", "reason": "came back", "date": "2026-11-01" });
    let note = id_of(&amina.create_credit_note(note).await, "creditNote");
    let (total, customers) = sold(&amina, "2026-11").await;
    assert_eq!(total, "-25.00 0.00 0.00 / 0 -25.00 0.00 0.00 0.00 0.00 -25.00 0.00");
    assert_eq!(customers, ["Dalal 0 -25.00 0.00 0.00 0.00 0.00 -25.00 0.00"]);
    let month_before = sold(&amina, "2026-10").await.0;
    assert!(month_before.starts_with("100.00 0.00 0.00 / 1 100.00 "), "{month_before}");
    // A note that is void was never written.
    assert_eq!(errors(&amina.void_credit_note(json!({ "id": note, "reason": "wrong" })).await), [""; 0]);
    let (total, customers) = sold(&amina, "2026-11").await;
    assert_eq!(total, "0.00 0.00 0.00 / 0 0.00 0.00 0.00 0.00 0.00 0.00 0.00");
    assert_eq!(customers, [""; 0]);
    app.assert_journal_is_whole().await;
}
