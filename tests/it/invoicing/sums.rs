//! The sums of invoices: discounts, charges, taxes by rate, rounding, and what is posted.

use daybook::entity::account::{self, AccountKind};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, changes, errors, id_of, messages};

/// Creates an invoice for a customer, with these fields more.
async fn create(user: &User, customer: &str, fields: Value) -> Value {
    let mut input = fields;
    input["customerId"] = json!(customer);
    user.create_invoice(input).await
}

/// Amounts of an object, in one text.
fn amounts(object: &Value, fields: &[&str]) -> String {
    let amount = |field: &&str| object[field]["amount"].as_str().unwrap_or("-").to_owned();
    fields.iter().map(amount).collect::<Vec<_>>().join(" ")
}

/// The sums of a new invoice: gross amount, discount, charges, CGST, IGST, what the total is rounded by, and the total.
fn sums(payload: &Value) -> String {
    id_of(payload, "invoice");
    let invoice = &payload["invoice"];
    assert_eq!(invoice["cgst"], invoice["sgst"]);
    amounts(invoice, &["grossAmount", "discountAmount", "otherCharges", "cgst", "igst", "roundOff", "totalAmount"])
}

/// The lines of a new invoice: amount, discount, taxable amount, CGST and IGST.
fn lines(payload: &Value) -> Vec<String> {
    let lines = payload["invoice"]["lines"].as_array().unwrap().iter();
    lines.map(|line| amounts(line, &["amount", "discountAmount", "taxableAmount", "cgst", "igst"])).collect()
}

/// The balances of the accounts that invoices post to, in minor units; the normal side of all but `RECEIVABLE` is credit.
/// Accounts on which nothing was posted are left out.
async fn posted(app: &TestApp) -> Vec<(AccountKind, i64)> {
    let accounts = account::Entity::find().all(app.app.db.read()).await.unwrap();
    let balance = |account: &account::Model| match account.kind {
        AccountKind::Receivable => account.debits - account.credits,
        _ => account.credits - account.debits,
    };
    let used = accounts.iter().filter(|account| account.postings > 0);
    let mut balances: Vec<_> = used.map(|account| (account.kind, balance(account))).collect();
    balances.sort_unstable();
    balances
}

async fn round_totals(user: &User, round: Value) -> Value {
    let fields = "book { id roundInvoiceTotals } userErrors { code path message }";
    user.mutate("updateBook", "UpdateBookInput", fields, json!({ "roundInvoiceTotals": round })).await
}

#[apply(both_databases)]
async fn what_the_seller_charges_for_freight_is_taxed(on: Database) {
    use AccountKind::{Cgst, Charges, Igst, Receivable, Sales, Sgst};
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    // 9 % of 1000 + 100 is 99.
    let within = json!({ "grossAmount": "1000", "gstRate": "18", "otherCharges": "100" });
    let made = create(&amina, &customer, within.clone()).await;
    assert_eq!(sums(&made), "1000.00 0.00 100.00 99.00 0.00 0.00 1298.00");
    assert_eq!(made["invoice"]["taxableAmount"]["amount"], "1100.00");
    assert_eq!(made["invoice"]["gstRate"], "18");
    let expected = [(Receivable, 129_800), (Sales, 100_000), (Cgst, 9900), (Sgst, 9900), (Charges, 10_000)];
    assert_eq!(posted(&app).await, expected);
    let mut across = within;
    across["interState"] = json!(true);
    assert_eq!(sums(&create(&amina, &customer, across).await), "1000.00 0.00 100.00 0.00 198.00 0.00 1298.00");

    // 50 is shared 30, 15 and 5. 9 % of 630 is 56.70, 2.5 % of 315 is 7.875.
    let line =
        |price: &str, rate: &str| json!({ "description": "tea", "quantity": "1", "unitPrice": price, "rate": rate });
    let several = json!({ "lines": [line("600", "18"), line("300", "5"), line("100", "0")], "otherCharges": "50" });
    let made = create(&amina, &customer, several).await;
    assert_eq!(sums(&made), "1000.00 0.00 50.00 64.58 0.00 0.00 1179.16");
    let expected = ["600.00 0.00 630.00 56.70 0.00", "300.00 0.00 315.00 7.88 0.00", "100.00 0.00 105.00 0.00 0.00"];
    assert_eq!(lines(&made), expected);
    let expected = [
        (Receivable, 129_800 + 129_800 + 117_916),
        (Sales, 300_000),
        (Cgst, 9900 + 6458),
        (Sgst, 9900 + 6458),
        (Igst, 19_800),
        (Charges, 25_000),
    ];
    assert_eq!(posted(&app).await, expected);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn one_line_more_without_tax_changes_no_tax(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let sweet = json!({ "description": "sweet", "quantity": "1", "unitPrice": "0.45" });
    let mut all = vec![sweet; 20];
    let made = create(&amina, &customer, json!({ "lines": all, "gstRate": "5" })).await;
    // 2.5 % of 9.00 is 0.225.
    assert_eq!(sums(&made), "9.00 0.00 0.00 0.23 0.00 0.00 9.46");
    all.push(json!({ "description": "stamp", "quantity": "1", "unitPrice": "1", "rate": "0" }));
    let made = create(&amina, &customer, json!({ "lines": all, "gstRate": "5" })).await;
    assert_eq!(sums(&made), "10.00 0.00 0.00 0.23 0.00 0.00 10.46");
    // 0.23 is one unit for each of the twenty lines, and one more for the first three.
    let sweet = |cgst: &str| format!("0.45 0.00 0.45 {cgst} 0.00");
    let expected = [vec![sweet("0.02"); 3], vec![sweet("0.01"); 17], vec!["1.00 0.00 1.00 0.00 0.00".to_owned()]];
    assert_eq!(lines(&made), expected.concat());
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn discounts_are_taken_off_before_taxes(on: Database) {
    use AccountKind::{Charges, Igst, Receivable, Sales};
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    // 10 % of 500 is 50; 5 % of 450 + 125 is 28.75, shared 22.50 and 6.25; 40 is shared 31.30 and 8.70. 12 % of 458.80 is
    // 55.056, 28 % of 127.45 is 35.686.
    let all = json!({ "interState": true, "discountPercent": "5", "otherCharges": "40", "grossAmount": "575",
        "totalAmount": "677", "lines": [
        { "description": "tea", "quantity": "2", "unitPrice": "250", "discountPercent": "10", "rate": "12" },
        { "description": "rice", "quantity": "10", "unitPrice": "12.50", "rate": "28" } ] });
    let made = create(&amina, &customer, all).await;
    assert_eq!(sums(&made), "575.00 28.75 40.00 0.00 90.75 0.00 677.00");
    assert_eq!(lines(&made), ["450.00 50.00 458.80 0.00 55.06", "125.00 0.00 127.45 0.00 35.69"]);
    let invoice = &made["invoice"];
    assert_eq!((&invoice["discountPercent"], &invoice["gstRate"]), (&json!("5"), &Value::Null));
    assert_eq!(invoice["taxableAmount"]["amount"], "586.25");
    assert_eq!(invoice["lines"][0]["discountPercent"], "10");
    assert_eq!(invoice["lines"][1]["discountPercent"], Value::Null);
    // Sales are what was sold for, less the discount.
    let expected = [(Receivable, 67_700), (Sales, 54_625), (Igst, 9075), (Charges, 4000)];
    assert_eq!(posted(&app).await, expected);

    // As amounts: 9 % of 139.49 is 12.5541.
    let all = json!({ "gstRate": "18", "discountAmount": "10.01", "lines": [
        { "description": "tea", "quantity": "1", "unitPrice": "100", "discountAmount": "0.50" },
        { "description": "rice", "quantity": "1", "unitPrice": "50", "discountAmount": "0" } ] });
    let made = create(&amina, &customer, all).await;
    assert_eq!(sums(&made), "149.50 10.01 0.00 12.55 0.00 0.00 164.59");
    // 10.01 by 99.50 and 50 is 6.6622 and 3.3478; 12.55 by 92.84 and 46.65 is 8.3529 and 4.1971.
    assert_eq!(lines(&made), ["99.50 0.50 92.84 8.35 0.00", "50.00 0.00 46.65 4.20 0.00"]);
    assert_eq!(made["invoice"]["discountPercent"], Value::Null);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn totals_are_rounded_when_the_book_wants_it(on: Database) {
    use AccountKind::{Cgst, Charges, Receivable, RoundOff, Sales, Sgst};
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let taxed = |gross: &str| json!({ "grossAmount": gross, "gstRate": "18" });
    assert_eq!(sums(&create(&amina, &customer, taxed("100.50")).await), "100.50 0.00 0.00 9.05 0.00 0.00 118.60");
    assert_eq!(amina.gql("{ book { roundInvoiceTotals } }", json!({})).await["book"]["roundInvoiceTotals"], false);
    assert_eq!(errors(&round_totals(&amina, Value::Null).await), ["REQUIRED roundInvoiceTotals"]);
    assert_eq!(round_totals(&amina, json!(true)).await["book"]["roundInvoiceTotals"], true);
    assert_eq!(changes(&amina.latest().await), ["roundInvoiceTotals false -> true"]);

    // Up: the customer owes 0.40 more.
    let up = create(&amina, &customer, taxed("100.50")).await;
    assert_eq!(sums(&up), "100.50 0.00 0.00 9.05 0.00 0.40 119.00");
    let expected = [(Receivable, 23_760), (Sales, 20_100), (Cgst, 1810), (Sgst, 1810), (RoundOff, 40)];
    assert_eq!(posted(&app).await, expected);
    // Down: the customer owes 0.36 less, and sales are what they were.
    let down = create(&amina, &customer, taxed("100.30")).await;
    assert_eq!(sums(&down), "100.30 0.00 0.00 9.03 0.00 -0.36 118.00");
    let expected = [(Receivable, 35_560), (Sales, 30_130), (Cgst, 2713), (Sgst, 2713), (RoundOff, 4)];
    assert_eq!(posted(&app).await, expected);
    // Down by more than what is left of the goods.
    let most = json!({ "grossAmount": "100", "discountAmount": "99.70", "otherCharges": "100.10" });
    let most = create(&amina, &customer, most).await;
    assert_eq!(sums(&most), "100.00 99.70 100.10 0.00 0.00 -0.40 100.00");
    let expected =
        [(Receivable, 45_560), (Sales, 30_160), (Cgst, 2713), (Sgst, 2713), (Charges, 10_010), (RoundOff, -36)];
    assert_eq!(posted(&app).await, expected);
    // A total that the client sends is the rounded one. Half a unit is rounded up. A currency without decimals has
    // nothing to round.
    let mut wrong = taxed("100.30");
    wrong["totalAmount"] = json!("118.36");
    let refused = create(&amina, &customer, wrong).await;
    assert_eq!(errors(&refused), ["INVALID totalAmount"]);
    assert!(messages(&refused).contains("118.00 YEM"), "{refused}");
    for (fields, expected) in [
        (json!({ "grossAmount": "99.50" }), "99.50 0.00 0.00 0.00 0.00 0.50 100.00"),
        (json!({ "grossAmount": "99.49" }), "99.49 0.00 0.00 0.00 0.00 -0.49 99.00"),
        (json!({ "grossAmount": "7", "currency": "JPY" }), "7 0 0 0 0 0 7"),
        (json!({ "grossAmount": "1.499", "currency": "KWD" }), "1.499 0.000 0.000 0.000 0.000 -0.499 1.000"),
    ] {
        assert_eq!(sums(&create(&amina, &customer, fields).await), expected);
    }
    app.assert_journal_is_whole().await;

    // What the customer took is the sum of the totals, whichever way they were rounded.
    let query = "query($id: ID!) { customerSummary(customerId: $id) { totalCredit { amount } totalDebit { amount } } }";
    let summary = amina.gql(query, json!({ "id": customer })).await["customerSummary"].take();
    assert_eq!(amounts(&summary, &["totalCredit", "totalDebit"]), "654.60 0.00");
    for made in [up, down, most] {
        let voiding = json!({ "id": id_of(&made, "invoice"), "reason": "wrong" });
        assert_eq!(errors(&amina.void_invoice(voiding).await), [""; 0]);
    }
    let summary = amina.gql(query, json!({ "id": customer })).await["customerSummary"].take();
    assert_eq!(amounts(&summary, &["totalCredit", "totalDebit"]), "317.60 0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_unit_price_keeps_all_of_its_decimals(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    for (currency, quantity, price, shown, amount) in [
        ("INR", "3", "0.125", "0.125", "0.38"), // 0.375
        ("INR", "1000", "0.125", "0.125", "125.00"),
        ("JPY", "1", "4.5", "4.5", "5"),
        ("JPY", "3", "4.5", "4.5", "14"), // 13.5
        ("KWD", "10", "1.2345", "1.2345", "12.345"),
        ("INR", "1000000", "0.000001", "0.000001", "1.00"),
        ("INR", "1", "10", "10.00", "10.00"),
        ("JPY", "1", "1000000000000000", "1000000000000000", "1000000000000000"),
    ] {
        let lines = json!([{ "description": "screw", "quantity": quantity, "unitPrice": price }]);
        let made = create(&amina, &customer, json!({ "lines": lines, "currency": currency })).await;
        id_of(&made, "invoice");
        let line = &made["invoice"]["lines"][0];
        assert_eq!(
            (&line["unitPrice"], &line["amount"]["amount"]),
            (&json!(shown), &json!(amount)),
            "{price} {currency}"
        );
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_is_no_discount_is_refused_and_nothing_is_lost(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let line = |more: Value| {
        let mut line = json!({ "description": "tea", "quantity": "2", "unitPrice": "5" });
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "lines": [{ "description": "rice", "quantity": "1", "unitPrice": "1" }, line] })
    };
    let gross = |more: Value| {
        let mut fields = json!({ "grossAmount": "10", "gstRate": "18" });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let huge = "9".repeat(60);
    for (fields, expected) in [
        (gross(json!({ "discountAmount": "-1" })), vec!["INVALID discountAmount"]),
        (gross(json!({ "discountAmount": "10.01" })), vec!["INVALID discountAmount"]),
        (gross(json!({ "discountAmount": "0.001" })), vec!["INVALID discountAmount"]),
        (gross(json!({ "discountAmount": "10" })), vec!["INVALID discountAmount"]),
        (gross(json!({ "discountAmount": huge })), vec!["INVALID discountAmount"]),
        (gross(json!({ "discountPercent": "-0.001" })), vec!["INVALID discountPercent"]),
        (gross(json!({ "discountPercent": "100" })), vec!["INVALID discountPercent"]),
        (gross(json!({ "discountPercent": "100.001" })), vec!["INVALID discountPercent"]),
        (gross(json!({ "discountPercent": "0.0001" })), vec!["INVALID discountPercent"]),
        (gross(json!({ "discountPercent": "1", "discountAmount": "1" })), vec!["INVALID discountPercent"]),
        (
            gross(json!({ "discountPercent": "101", "gstRate": "101", "otherCharges": "-1" })),
            vec!["INVALID gstRate", "INVALID discountPercent", "INVALID otherCharges"],
        ),
        (line(json!({ "discountAmount": "10.01" })), vec!["INVALID lines.1.discountAmount"]),
        (line(json!({ "discountAmount": "-1" })), vec!["INVALID lines.1.discountAmount"]),
        (line(json!({ "discountPercent": "100.5" })), vec!["INVALID lines.1.discountPercent"]),
        (line(json!({ "discountPercent": "1", "discountAmount": "0" })), vec!["INVALID lines.1.discountPercent"]),
        (line(json!({ "unitPrice": "0.0000001" })), vec!["INVALID lines.1.unitPrice"]),
        (line(json!({ "unitPrice": huge })), vec!["INVALID lines.1.unitPrice"]),
        (line(json!({ "unitPrice": "10000000000001" })), vec!["LIMIT_REACHED lines.1.unitPrice"]),
    ] {
        assert_eq!(errors(&create(&amina, &customer, fields.clone()).await), expected, "{fields}");
    }
    id_of(&round_totals(&amina, json!(true)).await, "book");
    let zero = create(&amina, &customer, json!({ "grossAmount": "0.49" })).await;
    assert_eq!(errors(&zero), ["INVALID grossAmount"]);
    assert!(messages(&zero).contains("0.49 YEM would be rounded to zero"), "{zero}");
    assert!(posted(&app).await.is_empty());
    assert_eq!(create(&amina, &customer, json!({ "grossAmount": "1" })).await["invoice"]["number"], "INV-0001");
    app.assert_journal_is_whole().await;
}
