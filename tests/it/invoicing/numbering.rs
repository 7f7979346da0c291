//! The numbers of invoices and receipts: given ones, and those of the book's patterns.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

async fn invoice(user: &User, customer: &str, more: Value) -> Value {
    let mut input = json!({ "customerId": customer, "grossAmount": "1", "date": "2026-11-20" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    user.create_invoice(input).await
}

async fn receipt(user: &User, customer: &str, more: Value) -> Value {
    let mut input = json!({ "customerId": customer, "amount": "1", "paymentType": "CASH", "date": "2026-11-20" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    user.create_receipt(input).await
}

async fn update_book(user: &User, input: Value) -> Value {
    let fields = "book { name invoiceNumberPattern receiptNumberPattern } userErrors { code path message }";
    user.mutate("updateBook", "UpdateBookInput", fields, input).await
}

#[apply(both_databases)]
async fn a_number_is_given_once_or_is_the_next_of_the_pattern(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let number = |made: &Value| made["invoice"]["number"].as_str().unwrap_or_default().to_owned();
    assert_eq!(number(&invoice(&amina, &customer, json!({})).await), "INV-0001");
    let given = invoice(&amina, &customer, json!({ "number": " Bill 7/ä " })).await;
    assert_eq!(number(&given), "Bill 7/ä");
    for taken in ["Bill 7/ä", "BILL 7/Ä", "bill 7/ä", "inv-0001"] {
        let refused = invoice(&amina, &customer, json!({ "number": taken })).await;
        assert_eq!(errors(&refused), ["TAKEN number"], "{taken}");
    }
    assert_eq!(number(&invoice(&amina, &customer, json!({})).await), "INV-0002");
    // One that was given out by hand is passed over, in whatever letters.
    assert_eq!(number(&invoice(&amina, &customer, json!({ "number": "inv-0003" })).await), "inv-0003");
    let fourth = invoice(&amina, &customer, json!({})).await;
    assert_eq!(number(&fourth), "INV-0004");
    // What is void keeps its number, given or not.
    for made in [&fourth, &given] {
        let id = id_of(made, "invoice");
        assert_eq!(errors(&amina.void_invoice(json!({ "id": id, "reason": "wrong" })).await), [""; 0]);
        let refused = invoice(&amina, &customer, json!({ "number": number(made) })).await;
        assert_eq!(errors(&refused), ["TAKEN number"]);
    }
    // What is refused for whatever reason takes no number along.
    assert_eq!(errors(&invoice(&amina, &customer, json!({ "totalAmount": "2" })).await), ["INVALID totalAmount"]);
    assert_eq!(number(&invoice(&amina, &customer, json!({})).await), "INV-0005");
    // Receipts have numbers of their own, and so has every book.
    let made = receipt(&amina, &customer, json!({ "number": "INV-0001" })).await;
    assert_eq!((errors(&made), &made["receipt"]["number"]), (vec![], &json!("INV-0001")));
    assert_eq!(errors(&receipt(&amina, &customer, json!({ "number": "inv-0001" })).await), ["TAKEN number"]);
    let first = receipt(&amina, &customer, json!({})).await;
    assert_eq!(first["receipt"]["number"], "RCT-0001");
    amina.void_receipt(json!({ "id": id_of(&first, "receipt"), "reason": "wrong" })).await;
    assert_eq!(errors(&receipt(&amina, &customer, json!({ "number": "rct-0001" })).await), ["TAKEN number"]);
    assert_eq!(receipt(&amina, &customer, json!({})).await["receipt"]["number"], "RCT-0002");
    let badr = app.user("badr").await;
    let theirs = badr.customer("Carim").await;
    assert_eq!(number(&invoice(&badr, &theirs, json!({})).await), "INV-0001");
    // A list finds it without regard to case.
    let query = "{ invoices(filter: { number: \"BILL 7/Ä\" }) { nodes { number status } totalCount }
        receipts(filter: { number: \"rct-0002\" }) { nodes { number } } }";
    let found = amina.gql(query, json!({})).await;
    let expected = json!({
        "invoices": { "nodes": [{ "number": "Bill 7/ä", "status": "VOID" }], "totalCount": 1 },
        "receipts": { "nodes": [{ "number": "RCT-0002" }] },
    });
    assert_eq!(found, expected);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_book_has_patterns_of_its_own(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let changed = update_book(&amina, json!({ "invoiceNumberPattern": " {FY}/{000}-{MM} ", "name": "Shop" })).await;
    let expected =
        json!({ "name": "Shop", "invoiceNumberPattern": "{FY}/{000}-{MM}", "receiptNumberPattern": "RCT-{0000}" });
    assert_eq!((errors(&changed), &changed["book"]), (vec![], &expected));
    for (date, expected) in [
        ("2026-03-31", "2526/001-03"),
        ("2026-04-01", "2627/001-04"),
        ("2026-04-30", "2627/002-04"),
        ("2027-03-31", "2627/001-03"),
        ("2026-03-01", "2526/002-03"),
        ("1999-12-31", "9900/001-12"),
    ] {
        let made = invoice(&amina, &customer, json!({ "date": date })).await;
        assert_eq!(made["invoice"]["number"], expected, "{date}");
    }
    update_book(&amina, json!({ "invoiceNumberPattern": "{0}" })).await;
    for expected in ["1", "2"] {
        assert_eq!(invoice(&amina, &customer, json!({})).await["invoice"]["number"], expected);
    }
    // Back at an earlier pattern the count goes on.
    update_book(&amina, json!({ "invoiceNumberPattern": "{FY}/{000}-{MM}", "receiptNumberPattern": "{YYYY}{YY}-{0}" }))
        .await;
    let made = invoice(&amina, &customer, json!({ "date": "2026-04-02" })).await;
    assert_eq!(made["invoice"]["number"], "2627/003-04");
    assert_eq!(receipt(&amina, &customer, json!({})).await["receipt"]["number"], "202626-1");

    for bad in
        ["", " ", "INV", "{0}{0}", "{0", "{x}-{0}", "{}", "{0000000000}", "a\0{0}", &format!("{}{{0}}", "x".repeat(38))]
    {
        let refused = update_book(&amina, json!({ "invoiceNumberPattern": bad, "receiptNumberPattern": bad })).await;
        assert_eq!(errors(&refused), ["INVALID invoiceNumberPattern", "INVALID receiptNumberPattern"], "{bad:?}");
        assert_eq!(refused["book"], Value::Null);
    }
    let refused =
        update_book(&amina, json!({ "name": null, "invoiceNumberPattern": null, "receiptNumberPattern": null })).await;
    assert_eq!(errors(&refused), ["REQUIRED name", "REQUIRED invoiceNumberPattern", "REQUIRED receiptNumberPattern"]);
    assert_eq!(errors(&update_book(&amina, json!({ "name": "x".repeat(101) })).await), ["INVALID name"]);
    let kept = update_book(&amina, json!({})).await;
    assert_eq!(kept["book"]["name"], "Shop");
}

#[apply(both_databases)]
#[threads(4)]
async fn at_the_same_moment_a_number_is_given_out_once_and_none_is_left_out(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    // A customer for each, so that no lock but that of the numbers stands between them.
    let mut customers = Vec::new();
    for number in 0..10 {
        customers.push(amina.customer(&format!("customer {number}")).await);
    }
    let all_at_once = async |more: fn(usize) -> Value| {
        let tasks: Vec<_> = customers
            .iter()
            .cloned()
            .enumerate()
            .map(|(number, customer)| {
                let (amina, more) = (amina.clone(), more(number));
                tokio::spawn(async move { invoice(&amina, &customer, more).await })
            })
            .collect();
        let mut payloads = Vec::new();
        for task in tasks {
            payloads.push(task.await.unwrap());
        }
        payloads
    };
    // Each third one is refused and must leave no gap behind.
    let made = all_at_once(|number| if number % 3 == 0 { json!({ "totalAmount": "2" }) } else { json!({}) }).await;
    let numbers = |made: &[Value]| -> BTreeSet<String> {
        made.iter().filter_map(|payload| Some(payload["invoice"]["number"].as_str()?.to_owned())).collect()
    };
    let expected: BTreeSet<_> = (1..=6).map(|count| format!("INV-{count:04}")).collect();
    assert_eq!(numbers(&made), expected);

    let made = all_at_once(|number| json!({ "number": if number % 2 == 0 { "Same" } else { "SAME" } })).await;
    let (won, lost): (Vec<_>, Vec<_>) = made.iter().partition(|payload| errors(payload).is_empty());
    assert_eq!((won.len(), lost.len()), (1, 9));
    assert!(lost.iter().all(|payload| errors(payload) == ["TAKEN number"]), "{lost:?}");

    // Some give the very numbers that come next: each number is somebody's, and nobody suffers a fault.
    let made = all_at_once(|number| {
        if number % 2 == 0 { json!({}) } else { json!({ "number": format!("inv-{:04}", 7 + number / 2) }) }
    })
    .await;
    for payload in &made {
        let refused = errors(payload);
        assert!(refused.is_empty() || refused == ["TAKEN number"], "{payload}");
    }
    let won = made.iter().filter(|payload| errors(payload).is_empty()).count();
    assert_eq!(numbers(&made).iter().map(|number| number.to_lowercase()).collect::<BTreeSet<_>>().len(), won);
    app.assert_journal_is_whole().await;
}
