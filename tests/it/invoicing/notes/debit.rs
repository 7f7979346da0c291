//! What debit notes add.

use daybook::entity::account::AccountKind::{Cgst, Charges, Igst, Receivable, Sales, Sgst};
use serde_json::{Value, json};

use super::{amounts, billed, credit, debit, noted, posted, sums};
use crate::harness::{Database, TestApp, User, errors, id_of, messages};

/// What is paid of a debit note, what is open of it, and when that is due.
async fn open(user: &User, note: &str) -> String {
    let query = "query($id: ID!) { debitNote(id: $id) { paid { amount } outstanding { amount } dueDate } }";
    let data = user.gql(query, json!({ "id": note })).await;
    let note = &data["debitNote"];
    format!("{} {}", amounts(note, &["paid", "outstanding"]), note["dueDate"].as_str().unwrap())
}

#[apply(both_databases)]
async fn what_was_billed_too_low_is_added_with_its_taxes(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let lines = json!([
        { "description": "tea", "quantity": "3", "unitPrice": "20", "rate": "18" },
        { "description": "rice", "quantity": "4", "unitPrice": "10", "rate": "5" } ]);
    let fields = json!({ "lines": lines, "otherCharges": "10", "dueDate": "2026-11-30", "date": "2026-11-01" });
    let invoice = billed(&amina, &customer, fields).await;
    assert_eq!(amina.owed(&customer).await, "124.08");
    // A piece of tea, and 1.50 more for rice.
    let lines = json!([{ "line": 1, "quantity": "1" }, { "line": 2, "amount": "1.50" }]);
    let made = debit(&amina, &invoice, json!({ "lines": lines, "reason": "one more" })).await;
    assert_eq!(sums(&made), "21.50 1.84 0.00 0.00 0.00 25.18");
    let note = &made["debitNote"];
    assert_eq!((&note["number"], &note["reason"]), (&json!("DBN-0001"), &json!("one more")));
    let id = id_of(&made, "debitNote");
    assert_eq!(open(&amina, &id).await, "0.00 25.18 2026-11-30");
    // The charges are shared as on the invoice: 6.00 at 18 % and 4.00 at 5 %.
    let charged = debit(&amina, &invoice, json!({ "otherCharges": "10" })).await;
    assert_eq!(sums(&charged), "0.00 0.64 0.00 10.00 0.00 11.28");
    // An amount is shared by what was billed: 6.00 and 4.00.
    assert_eq!(sums(&debit(&amina, &invoice, json!({ "grossAmount": "10" })).await), "10.00 0.64 0.00 0.00 0.00 11.28");
    assert_eq!((noted(&amina, &invoice).await, amina.owed(&customer).await), ("0.00 47.74".into(), "171.82".into()));
    let expected = [(Receivable, 17_182), (Sales, 13_150), (Cgst, 1016), (Sgst, 1016), (Charges, 2000)];
    assert_eq!(posted(&app).await, expected);
    // The invoice itself stays as it was billed.
    assert_eq!(amina.standing(&invoice).await, "OPEN 0.00 124.08");
    amina.receipt(&customer, "130", "2026-11-20").await;
    assert_eq!(amina.standing(&invoice).await, "PAID 124.08 0.00");
    assert_eq!(open(&amina, &id).await, "5.92 19.26 2026-11-30");

    // All of it can be taken back, and no more.
    let back = credit(&amina, &invoice, json!({ "lines": [{ "line": 1, "quantity": "4" }] })).await;
    assert_eq!(errors(&back), [""; 0]);
    credit(&amina, &invoice, json!({ "full": true })).await;
    assert_eq!((noted(&amina, &invoice).await, amina.owed(&customer).await), ("171.82 47.74".into(), "-130.00".into()));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_debit_note_is_due_with_its_invoice_or_on_a_day_of_its_own(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let fields = json!({ "grossAmount": "100", "gstRate": "18", "interState": true, "date": "2026-09-01", "dueDate": "2026-10-01" });
    let invoice = billed(&amina, &customer, fields).await;
    // The due date of the invoice is over by then.
    let late = debit(&amina, &invoice, json!({ "grossAmount": "10", "date": "2026-11-01" })).await;
    assert_eq!(open(&amina, &id_of(&late, "debitNote")).await, "0.00 11.80 2026-11-01");
    let early = debit(&amina, &invoice, json!({ "grossAmount": "20", "date": "2026-09-15" })).await;
    assert_eq!(open(&amina, &id_of(&early, "debitNote")).await, "0.00 23.60 2026-10-01");
    let own = json!({ "grossAmount": "30", "date": "2026-11-20", "dueDate": "2027-01-31" });
    let own = debit(&amina, &invoice, own).await;
    assert_eq!(open(&amina, &id_of(&own, "debitNote")).await, "0.00 35.40 2027-01-31");
    let query = "query($id: ID!) { customerStatement(customerId: $id) { aging { current { amount } days1To30 { amount }
        days31To60 { amount } days61To90 { amount } } } }";
    let aging = amina.gql(query, json!({ "id": customer })).await["customerStatement"]["aging"].take();
    // The first and the invoice are overdue by 51 days, the late one by 20.
    assert_eq!(amounts(&aging, &["current", "days1To30", "days31To60", "days61To90"]), "35.40 11.80 141.60 0.00");
    let expected = [(Receivable, 18_880), (Sales, 16_000), (Igst, 2880)];
    assert_eq!(posted(&app).await, expected);
    for (fields, expected) in [
        (json!({ "date": "2026-11-20", "dueDate": "2026-11-19" }), "INVALID dueDate"),
        (json!({ "dueDate": "2200-01-01" }), "INVALID dueDate"),
        (json!({ "date": "2026-08-31" }), "INVALID date"),
    ] {
        let mut fields = fields;
        fields["grossAmount"] = json!("1");
        assert_eq!(errors(&debit(&amina, &invoice, fields).await), [expected]);
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_debit_note_stays_while_credit_notes_have_taken_back_what_it_added(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "100", "gstRate": "18" })).await;
    let more = id_of(&debit(&amina, &invoice, json!({ "grossAmount": "50" })).await, "debitNote");
    let part = id_of(&credit(&amina, &invoice, json!({ "grossAmount": "100" })).await, "creditNote");
    // As much as the invoice itself had: the debit note can go, and come again.
    let voiding = |id: &str| json!({ "id": id, "reason": "wrong" });
    let void = amina.void_debit_note(voiding(&more)).await;
    assert_eq!((errors(&void), &void["debitNote"]["voidReason"]), (vec![], &json!("wrong")));
    assert_eq!((noted(&amina, &invoice).await, amina.owed(&customer).await), ("118.00 0.00".into(), "0.00".into()));
    assert_eq!(errors(&amina.void_debit_note(voiding(&more)).await), ["NOT_ALLOWED id"]);

    let more = id_of(&debit(&amina, &invoice, json!({ "grossAmount": "50" })).await, "debitNote");
    let of_it = id_of(&credit(&amina, &invoice, json!({ "grossAmount": "0.01" })).await, "creditNote");
    let refused = amina.void_debit_note(voiding(&more)).await;
    assert_eq!(errors(&refused), ["NOT_ALLOWED id"]);
    assert!(messages(&refused).contains("Void them first"), "{refused}");
    // Any other credit note makes as much room.
    assert_eq!(errors(&amina.void_credit_note(voiding(&part)).await), [""; 0]);
    assert_eq!(errors(&amina.void_debit_note(voiding(&more)).await), [""; 0]);
    assert_eq!(errors(&amina.void_credit_note(voiding(&of_it)).await), [""; 0]);
    assert_eq!((noted(&amina, &invoice).await, amina.owed(&customer).await), ("0.00 0.00".into(), "118.00".into()));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_invoice_with_its_debit_notes_stays_below_the_largest_amount(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let most = "10000000000000";
    let lines = json!([{ "description": "tea", "quantity": "900000000000000", "unitPrice": "0.01" }]);
    let invoice = billed(&amina, &customer, json!({ "lines": lines })).await;
    let line = |quantity: &str| json!({ "lines": [{ "line": 1, "quantity": quantity }] });
    for (fields, expected) in [
        (json!({ "grossAmount": "1000000000000.01" }), "LIMIT_REACHED grossAmount"),
        (json!({ "grossAmount": format!("{most}.01") }), "LIMIT_REACHED grossAmount"),
        (json!({ "otherCharges": format!("{most}.01") }), "LIMIT_REACHED otherCharges"),
        (line("22337203685478"), "LIMIT_REACHED lines.0.quantity"),
    ] {
        let refused = debit(&amina, &invoice, fields).await;
        assert_eq!(errors(&refused), [expected], "{refused}");
    }
    for fields in [json!({ "grossAmount": "776627963144.53" }), line("22337203685477")] {
        assert_eq!(errors(&debit(&amina, &invoice, fields).await), [""; 0]);
    }
    assert_eq!(errors(&credit(&amina, &invoice, json!({ "full": true })).await), [""; 0]);
    assert_eq!(amina.owed(&customer).await, "0.00");
    // It counts what was added before, also when that was taken back again.
    assert_eq!(errors(&debit(&amina, &invoice, json!({ "grossAmount": "0.71" })).await), ["LIMIT_REACHED grossAmount"]);
    assert_eq!(errors(&debit(&amina, &invoice, json!({ "grossAmount": "0.70" })).await), [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_amount_for_goods_that_cost_nothing_is_shared_equally(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let lines = json!([
        { "description": "tea", "quantity": "1", "unitPrice": "10", "rate": "18" },
        { "description": "rice", "quantity": "1", "unitPrice": "10", "rate": "0" } ]);
    let free = json!({ "lines": lines, "discountPercent": "100", "otherCharges": "20" });
    let invoice = billed(&amina, &customer, free).await;
    let made = debit(&amina, &invoice, json!({ "grossAmount": "10.01" })).await;
    assert_eq!(sums(&made), "10.01 0.45 0.00 0.00 0.00 10.91");
    let prices: Vec<_> =
        made["debitNote"]["lines"].as_array().unwrap().iter().map(|line| line["amount"]["amount"].clone()).collect();
    assert_eq!(Value::Array(prices), json!(["5.01", "5.00"]));
    // What came free goes back for nothing.
    let nothing = json!({ "lines": [{ "line": 1, "quantity": "1" }] });
    let other = billed(
        &amina,
        &customer,
        json!({ "lines": [
        { "description": "tea", "quantity": "1", "unitPrice": "10", "discountPercent": "100" },
        { "description": "rice", "quantity": "1", "unitPrice": "10" } ] }),
    )
    .await;
    assert_eq!(errors(&credit(&amina, &other, nothing).await), ["INVALID lines"]);
    let both = json!({ "lines": [{ "line": 1, "quantity": "1" }, { "line": 2, "amount": "1" }] });
    assert_eq!(sums(&credit(&amina, &other, both).await), "1.00 0.00 0.00 0.00 0.00 1.00");
    app.assert_journal_is_whole().await;
}
