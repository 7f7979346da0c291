//! What credit notes take back.

use serde_json::{Value, json};

use super::{amounts, billed, credit, noted, posted, set_book, sums};
use crate::harness::{Database, TestApp, User, any_price, errors, messages};

#[apply(both_databases)]
async fn all_that_comes_back_is_owed_no_more_and_neither_is_the_tax(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "100", "gstRate": "18" })).await;
    assert_eq!(amina.standing(&invoice).await, "OPEN 0.00 118.00");

    let all = credit(&amina, &invoice, json!({ "full": true, "reason": " The wrong\r\ncolour 🎨 " })).await;
    assert_eq!(sums(&all), "100.00 9.00 0.00 0.00 0.00 118.00");
    let note = &all["creditNote"];
    assert_eq!((&note["number"], &note["date"]), (&json!("CRN-0001"), &json!("2026-11-21")));
    assert_eq!((&note["reason"], &note["lines"]), (&json!("The wrong\ncolour 🎨"), &json!([])));
    assert_eq!(amina.standing(&invoice).await, "PAID 118.00 0.00");
    assert_eq!((amina.owed(&customer).await, noted(&amina, &invoice).await), ("0.00".into(), "118.00 0.00".into()));
    assert!(posted(&app).await.is_empty());

    let query = "query($id: ID!) { creditNote(id: $id) {
        allocated { amount } onAccount { amount } invoice { id outstanding { amount } } customer { id }
        entry { type source note amount { amount } creditNote { id } debitNote { id } invoice { id } }
        allocations { totalCount nodes { amount { amount } namedAmount { amount } invoice { id } receipt { id } } } } }";
    let found = amina.gql(query, json!({ "id": note["id"] })).await["creditNote"].take();
    let amount = |amount: &str| json!({ "amount": amount });
    let pays = json!({ "amount": amount("118.00"), "namedAmount": amount("118.00"), "invoice": { "id": invoice }, "receipt": null });
    let entry = json!({ "type": "DEBIT", "source": "CREDIT_NOTE", "note": "The wrong\ncolour 🎨", "amount": amount("118.00"),
        "creditNote": { "id": note["id"] }, "debitNote": null, "invoice": null });
    let expected = json!({ "allocated": amount("118.00"), "onAccount": amount("0.00"), "customer": { "id": customer },
        "invoice": { "id": invoice, "outstanding": amount("0.00") }, "entry": entry,
        "allocations": { "totalCount": 1, "nodes": [pays] } });
    assert_eq!(found, expected);

    for more in [json!({ "full": true }), json!({ "grossAmount": "0.01" }), json!({ "otherCharges": "1" })] {
        assert_eq!(errors(&credit(&amina, &invoice, more).await), ["NOT_ALLOWED invoiceId"]);
    }
    app.assert_journal_is_whole().await;
}

/// Takes back an invoice in parts, and checks that the parts add up to it.
async fn in_parts(user: &User, customer: &str, fields: Value, parts: &[Value]) {
    let invoice = billed(user, customer, fields.clone()).await;
    let mut notes = Vec::new();
    for part in parts {
        let note = credit(user, &invoice, part.clone()).await;
        assert_eq!(errors(&note), [""; 0], "{part} of {fields}: {note}");
        notes.push(note["creditNote"].clone());
    }
    let query = "query($id: ID!) { invoice(id: $id) { grossAmount { amount } discountAmount { amount } cgst { amount } sgst { amount }
        igst { amount } otherCharges { amount } roundOff { amount } totalAmount { amount } credited { amount }
        outstanding { amount } } }";
    let billed = user.gql(query, json!({ "id": invoice })).await["invoice"].take();
    let number = |value: &Value| value["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    let sum = |field: &str| notes.iter().map(|note| number(&note[field])).sum::<i64>();
    for field in ["cgst", "sgst", "igst", "otherCharges", "roundOff", "totalAmount"] {
        assert_eq!(sum(field), number(&billed[field]), "{field} of {fields}");
    }
    assert_eq!(sum("grossAmount"), number(&billed["grossAmount"]) - number(&billed["discountAmount"]));
    assert_eq!((&billed["credited"], number(&billed["outstanding"])), (&billed["totalAmount"], 0));
    assert_eq!(errors(&credit(user, &invoice, json!({ "full": true })).await), ["NOT_ALLOWED invoiceId"]);
}

#[apply(both_databases)]
async fn what_comes_back_in_parts_adds_up_to_the_invoice_in_each_currency(on: Database) {
    let app = TestApp::with(on, any_price).await;
    let amina = app.user("amina").await;
    let customer = amina.customer("Badr").await;
    let lines = json!([
        { "description": "tea", "quantity": "3", "unitPrice": "1001.37", "rate": "18" },
        { "description": "rice", "quantity": "7.5", "unitPrice": "107.77", "rate": "5", "discountPercent": "3.5" },
        { "description": "stamps", "quantity": "2", "unitPrice": "3", "rate": "0" } ]);
    let quantity = |line: i32, quantity: &str| json!({ "lines": [{ "line": line, "quantity": quantity }] });
    let parts = [
        quantity(1, "1"),
        json!({ "lines": [{ "line": 2, "quantity": "2.25" }, { "line": 1, "quantity": "0.5" }] }),
        json!({ "otherCharges": "13" }),
        quantity(1, "1"),
        json!({ "lines": [{ "line": 3, "amount": "1" }] }),
        json!({ "grossAmount": "41" }),
        json!({ "lines": [{ "line": 2 }], "otherCharges": "5" }),
        json!({ "full": true }),
    ];
    for currency in ["YEM", "JPY", "KWD"] {
        for across in [false, true] {
            let more = [json!({}), json!({ "discountPercent": "7.333" }), json!({ "discountAmount": "99" })];
            for discount in more {
                let mut fields =
                    json!({ "lines": lines, "otherCharges": "37", "currency": currency, "interState": across });
                fields.as_object_mut().unwrap().extend(discount.as_object().unwrap().clone());
                in_parts(&amina, &customer, fields, &parts).await;
            }
        }
    }
    // Without lines, and with taxes that were given without a rate.
    let thirds = ["333", "333", "334"].map(|gross| json!({ "grossAmount": gross }));
    for fields in [
        json!({ "grossAmount": "1000", "gstRate": "0.025" }),
        json!({ "grossAmount": "1000", "gstRate": "12.345", "interState": true }),
        json!({ "grossAmount": "1000", "cgst": "0.01", "sgst": "0.01" }),
        json!({ "grossAmount": "1000", "igst": "77.77" }),
        json!({ "grossAmount": "1100", "discountAmount": "100", "gstRate": "28" }),
    ] {
        in_parts(&amina, &customer, fields, &thirds).await;
    }
    assert!(posted(&app).await.is_empty());
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_line_comes_back_by_quantity_or_amount_with_its_share_of_the_discount(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let lines = json!([
        { "description": "tea", "quantity": "3", "unitPrice": "33.33", "rate": "18" },
        { "description": "rice", "quantity": "1", "unitPrice": "100.01", "rate": "5" } ]);
    let fields = json!({ "lines": lines, "discountPercent": "10", "otherCharges": "18", "interState": true });
    let invoice = billed(&amina, &customer, fields).await;
    // 20.00 off is 10.00 on each line, and the charges are 9.00 on each.
    let lines = |payload: &Value| -> Vec<String> {
        let lines = payload["creditNote"]["lines"].as_array().unwrap().iter();
        let words = |line: &Value| {
            let amounts = amounts(line, &["amount", "taxableAmount", "igst"]);
            format!("{} {} {amounts}", line["line"], line["quantity"].as_str().unwrap_or("-"))
        };
        lines.map(words).collect()
    };
    // A third of 89.99, rounded half up: 29.9967. 18 % of it is 5.40.
    let third = credit(&amina, &invoice, json!({ "lines": [{ "line": 1, "quantity": "1" }] })).await;
    assert_eq!(sums(&third), "30.00 0.00 5.40 0.00 0.00 35.40");
    assert_eq!(lines(&third), ["1 1 30.00 30.00 5.40"]);
    // A price that was too high, and charges, which both lines share: 4.50 each.
    let cheaper = json!({ "lines": [{ "line": 1, "amount": "9.99" }], "otherCharges": "9" });
    let cheaper = credit(&amina, &invoice, cheaper).await;
    assert_eq!(sums(&cheaper), "9.99 0.00 2.84 9.00 0.00 21.83");
    assert_eq!(lines(&cheaper), ["1 - 9.99 14.49 2.61", "2 - 0.00 4.50 0.23"]);
    // Half of what is left: 50.00 for 2.
    let half = credit(&amina, &invoice, json!({ "lines": [{ "line": 1, "quantity": "1" }] })).await;
    assert_eq!(lines(&half), ["1 1 25.00 25.00 4.50"]);
    let refused = credit(&amina, &invoice, json!({ "lines": [{ "line": 1, "quantity": "1.0001" }] })).await;
    assert_eq!(errors(&refused), ["INVALID lines.0.quantity"]);
    assert!(messages(&refused).contains("Only 1 of"), "{refused}");
    // The rest of one line, and then of all.
    let rest = credit(&amina, &invoice, json!({ "lines": [{ "line": 1 }] })).await;
    assert_eq!(lines(&rest), ["1 1 25.00 25.00 4.50"]);
    let refused = credit(&amina, &invoice, json!({ "lines": [{ "line": 1 }] })).await;
    assert_eq!(errors(&refused), ["NOT_ALLOWED lines.0.line"]);
    let all = credit(&amina, &invoice, json!({ "full": true })).await;
    assert_eq!(lines(&all), ["1 - 0.00 4.50 0.81", "2 1 90.01 94.51 4.72"]);
    assert_eq!(amina.owed(&customer).await, "0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_amount_is_shared_among_what_is_left_of_the_lines(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let lines = json!([
        { "description": "tea", "quantity": "1", "unitPrice": "60", "rate": "18" },
        { "description": "rice", "quantity": "1", "unitPrice": "40", "rate": "0" } ]);
    let invoice = billed(&amina, &customer, json!({ "lines": lines })).await;
    // 6.00 and 4.00.
    assert_eq!(
        sums(&credit(&amina, &invoice, json!({ "grossAmount": "10" })).await),
        "10.00 0.54 0.00 0.00 0.00 11.08"
    );
    // All of the rice, so what is left is tea.
    credit(&amina, &invoice, json!({ "lines": [{ "line": 2 }] })).await;
    assert_eq!(
        sums(&credit(&amina, &invoice, json!({ "grossAmount": "10" })).await),
        "10.00 0.90 0.00 0.00 0.00 11.80"
    );
    let refused = credit(&amina, &invoice, json!({ "grossAmount": "44.01" })).await;
    assert_eq!(errors(&refused), ["INVALID grossAmount"]);
    assert!(messages(&refused).contains("Only 44.00 YEM"), "{refused}");
    assert_eq!(
        sums(&credit(&amina, &invoice, json!({ "grossAmount": "44" })).await),
        "44.00 3.96 0.00 0.00 0.00 51.92"
    );
    assert_eq!(amina.owed(&customer).await, "0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_a_total_was_rounded_by_comes_back_with_the_last(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    set_book(&amina, json!({ "roundInvoiceTotals": true })).await;
    // 118.60 to 119.00, and 118.36 to 118.00.
    for (gross, part, rest) in [
        ("100.50", "50.00 4.50 0.00 0.00 0.00 59.00", "50.50 4.55 0.00 0.00 0.40 60.00"),
        ("100.30", "50.00 4.50 0.00 0.00 0.00 59.00", "50.30 4.53 0.00 0.00 -0.36 59.00"),
    ] {
        let invoice = billed(&amina, &customer, json!({ "grossAmount": gross, "gstRate": "18" })).await;
        assert_eq!(sums(&credit(&amina, &invoice, json!({ "grossAmount": "50" })).await), part);
        assert_eq!(sums(&credit(&amina, &invoice, json!({ "full": true })).await), rest);
        // At once.
        let invoice = billed(&amina, &customer, json!({ "grossAmount": gross, "gstRate": "18" })).await;
        credit(&amina, &invoice, json!({ "full": true })).await;
        assert_eq!(amina.standing(&invoice).await.split(' ').next_back(), Some("0.00"));
    }
    // A part that would use up the total is refused, since the rest of the goods could not come back.
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "10.40" })).await;
    let part = credit(&amina, &invoice, json!({ "grossAmount": "10.20" })).await;
    assert_eq!(errors(&part), ["INVALID grossAmount"]);
    assert_eq!(sums(&credit(&amina, &invoice, json!({ "full": true })).await), "10.40 0.00 0.00 0.00 -0.40 10.00");
    assert_eq!(posted(&app).await.iter().map(|(_, balance)| balance).sum::<i64>(), 0);
    assert_eq!(amina.owed(&customer).await, "0.00");
    app.assert_journal_is_whole().await;
}
