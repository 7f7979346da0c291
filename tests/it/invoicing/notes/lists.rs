//! Lists of notes: those of the book, of a customer and of an invoice.

use serde_json::{Value, json};

use super::{billed, credit, debit};
use crate::harness::{Database, TestApp, User, id_of};

/// The numbers of the notes that a filter finds, joined, and only if they are counted too.
async fn found(user: &User, list: &str, filter: Value) -> String {
    let query = format!(
        "query($filter: NoteFilter) {{ {list}(filter: $filter, first: 100) {{ totalCount nodes {{ number }} }} }}"
    );
    let data = user.gql(&query, json!({ "filter": filter })).await;
    numbers(&data[list])
}

/// The numbers on a page of a list that holds all of it, joined.
fn numbers(list: &Value) -> String {
    let nodes = list["nodes"].as_array().unwrap();
    assert_eq!(list["totalCount"], nodes.len(), "{list}");
    let numbers = nodes.iter().map(|note| note["number"].as_str().unwrap());
    numbers.collect::<Vec<_>>().join(" ")
}

#[apply(both_databases)]
async fn notes_are_found_by_what_is_known_of_them(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let (badr, carim) = (amina.customer("Badr").await, amina.customer("Carim").await);
    let bill =
        |gross: &str, currency: &str| json!({ "grossAmount": gross, "date": "2026-11-01", "currency": currency });
    let first = billed(&amina, &badr, bill("100", "YEM")).await;
    let second = billed(&amina, &badr, bill("100", "USD")).await;
    let third = billed(&amina, &carim, bill("100", "YEM")).await;
    for (invoice, number, date, gross) in [
        (&first, "A", "2026-11-05", "10"),
        (&first, "Ä/b", "2026-11-02", "25"),
        (&second, "C", "2026-11-05", "10"),
        (&third, "D", "2026-11-03", "40"),
        (&first, "E", "2026-11-05", "1"),
    ] {
        let fields = json!({ "number": number, "date": date, "grossAmount": gross });
        let made = credit(&amina, invoice, fields.clone()).await;
        if number == "E" {
            let input = json!({ "id": id_of(&made, "creditNote"), "reason": "wrong" });
            id_of(&amina.void_credit_note(input).await, "creditNote");
        }
        // Debit notes have lists of their own, in which the same are found.
        let made = debit(&amina, invoice, fields).await;
        if number == "E" {
            let input = json!({ "id": id_of(&made, "debitNote"), "reason": "wrong" });
            id_of(&amina.void_debit_note(input).await, "debitNote");
        }
    }
    let stranger = app.user("badr").await;
    for list in ["creditNotes", "debitNotes"] {
        for (filter, expected) in [
            (Value::Null, "E C A D Ä/b"),
            (json!({}), "E C A D Ä/b"),
            (json!({ "void": true }), "E"),
            (json!({ "void": false }), "C A D Ä/b"),
            (json!({ "number": "ä/B" }), "Ä/b"),
            (json!({ "number": "B" }), ""),
            (json!({ "currency": "USD" }), "C"),
            (json!({ "currency": "JPY" }), ""),
            (json!({ "from": "2026-11-03" }), "E C A D"),
            (json!({ "to": "2026-11-03" }), "D Ä/b"),
            (json!({ "from": "2026-11-03", "to": "2026-11-03" }), "D"),
            // An amount is in the currency of the book when none is given.
            (json!({ "minAmount": "10" }), "A D Ä/b"),
            (json!({ "minAmount": "10", "maxAmount": "25" }), "A Ä/b"),
            (json!({ "maxAmount": "10", "currency": "USD" }), "C"),
            (json!({ "customerId": badr }), "E C A Ä/b"),
            (json!({ "customerId": badr, "void": false, "from": "2026-11-05" }), "C A"),
        ] {
            assert_eq!(found(&amina, list, filter.clone()).await, expected, "{list} {filter}");
        }
        assert_eq!(found(&stranger, list, Value::Null).await, "");
        let query = format!("query($filter: NoteFilter) {{ {list}(filter: $filter) {{ totalCount nodes {{ id }} }} }}");
        for (filter, code) in [
            (json!({ "from": "2026-11-02", "to": "2026-11-01" }), "INVALID"),
            (json!({ "minAmount": "2", "maxAmount": "1" }), "INVALID"),
            (json!({ "minAmount": "0.001" }), "INVALID"),
            (json!({ "number": "x".repeat(1001) }), "INVALID"),
            (json!({ "customerId": "customer_x" }), "NOT_FOUND"),
            (json!({ "customerId": first }), "NOT_FOUND"),
        ] {
            assert_eq!(amina.error(&query, json!({ "filter": filter })).await, code, "{list} {filter}");
        }
        assert_eq!(stranger.error(&query, json!({ "filter": { "customerId": badr } })).await, "NOT_FOUND");
    }
    // Those of each customer and each invoice.
    let list = "{ totalCount nodes { number } }";
    let query = format!(
        "{{ customers {{ nodes {{ name creditNotes {list} debitNotes {list} }} }}
        invoices {{ nodes {{ id creditNotes {list} debitNotes {list} }} }} }}"
    );
    let data = amina.gql(&query, json!({})).await;
    let both = |owner: &Value| {
        assert_eq!(owner["creditNotes"], owner["debitNotes"]);
        numbers(&owner["creditNotes"])
    };
    for customer in data["customers"]["nodes"].as_array().unwrap() {
        let expected = if customer["name"] == "Badr" { "E C A Ä/b" } else { "D" };
        assert_eq!(both(customer), expected);
    }
    let expected = [(&first, "E A Ä/b"), (&second, "C"), (&third, "D")];
    for invoice in data["invoices"]["nodes"].as_array().unwrap() {
        let (_, expected) = expected.iter().find(|(id, _)| invoice["id"] == **id).unwrap();
        assert_eq!(both(invoice), *expected);
    }
}

#[apply(both_databases)]
async fn the_notes_of_an_invoice_are_paged_through_both_ways(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = billed(&amina, &customer, json!({ "grossAmount": "100" })).await;
    for _ in 0..5 {
        amina.credit_note(&invoice, "1").await;
    }
    let page = async |arguments: &str| {
        let query = format!(
            "query($id: ID!) {{ invoice(id: $id) {{ creditNotes({arguments}) {{ totalCount nodes {{ number }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"
        );
        let mut page = amina.gql(&query, json!({ "id": invoice })).await["invoice"]["creditNotes"].take();
        assert_eq!(page["totalCount"], 5);
        let nodes = page["nodes"].as_array().unwrap().iter();
        let numbers = nodes.map(|note| note["number"].as_str().unwrap().trim_start_matches("CRN-000"));
        (numbers.collect::<Vec<_>>().join(" "), page["pageInfo"].take())
    };
    let (numbers, info) = page("first: 2").await;
    assert_eq!((numbers.as_str(), &info["hasNextPage"]), ("5 4", &json!(true)));
    let after = format!("first: 2, after: {}", info["endCursor"]);
    let (numbers, info) = page(&after).await;
    assert_eq!((numbers.as_str(), &info["hasNextPage"]), ("3 2", &json!(true)));
    let (numbers, _) = page(&format!("first: 9, after: {}", info["endCursor"])).await;
    assert_eq!(numbers, "1");
    let (numbers, _) = page(&format!("last: 2, before: {}", info["startCursor"])).await;
    assert_eq!(numbers, "5 4");
    assert_eq!(page("last: 1").await.0, "1");
}
