//! Lists of ledger entries: filters and paging through.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, id_of};

const LIST: &str = "query($filter: EntryFilter, $first: Int, $after: String, $last: Int, $before: String) {
    entries(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        nodes { note } totalCount pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }";

async fn list(user: &User, variables: Value) -> Value {
    user.gql(LIST, variables).await["entries"].take()
}

/// The notes of a list, joined.
fn notes(list: &Value) -> String {
    let nodes = list["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["note"].as_str().unwrap()).collect::<Vec<_>>().join(",")
}

#[apply(both_databases)]
async fn a_filter_finds_what_it_says_and_its_count_agrees(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let theirs = badr.customer("theirs").await;
    badr.entry(&theirs, "CREDIT", "1", "2026-11-03").await;
    let [first, second] = [amina.customer("first").await, amina.customer("second").await];
    for (customer, kind, amount, currency, date, note) in [
        (&first, "CREDIT", "10", "YEM", "2026-11-01", "a"),
        (&first, "DEBIT", "20", "YEM", "2026-11-02", "B 100%"),
        (&second, "CREDIT", "30", "YEM", "2026-11-03", "c_d"),
        (&second, "DEBIT", "40", "USD", "2026-11-04", "Ünï"),
        (&first, "CREDIT", "50", "YEM", "1950-01-01", "old"),
        (&first, "CREDIT", "60", "YEM", "2026-11-04", "gone"),
    ] {
        let new = json!({
            "customerId": customer, "type": kind, "amount": amount, "currency": currency, "date": date, "note": note,
        });
        let id = id_of(&amina.add_entry(new).await, "entry");
        if note == "gone" {
            amina.delete_entry(json!({ "id": id })).await;
        }
    }
    let invoice = json!({ "customerId": first, "grossAmount": "70", "date": "2026-11-05", "note": "invoice" });
    id_of(&amina.create_invoice(invoice).await, "invoice");
    let receipt =
        json!({ "customerId": first, "amount": "5", "date": "2026-11-06", "note": "receipt", "paymentType": "UPI" });
    id_of(&amina.create_receipt(receipt).await, "receipt");
    let void =
        json!({ "customerId": second, "amount": "9", "date": "2026-11-06", "note": "void", "paymentType": "UPI" });
    let void = id_of(&amina.create_receipt(void).await, "receipt");
    amina.void_receipt(json!({ "id": void, "reason": "wrong" })).await;

    for (filter, expected) in [
        (json!({}), "receipt,invoice,Ünï,c_d,B 100%,a,old"),
        (json!({ "type": "DEBIT" }), "receipt,Ünï,B 100%"),
        (json!({ "source": "MANUAL" }), "Ünï,c_d,B 100%,a,old"),
        (json!({ "source": "INVOICE" }), "invoice"),
        (json!({ "source": "RECEIPT" }), "receipt"),
        (json!({ "customerId": second }), "Ünï,c_d"),
        (json!({ "customerId": first }), "receipt,invoice,B 100%,a,old"),
        (json!({ "customerId": first, "from": "2026-11-02" }), "receipt,invoice,B 100%"),
        (json!({ "customerId": first, "to": "2026-11-01" }), "a,old"),
        (json!({ "customerId": first, "from": "2026-11-01", "to": "2026-11-01" }), "a"),
        // Open at either end: a first day alone does not end today, nor does a last day begin anywhere.
        (json!({ "from": "2026-11-03" }), "receipt,invoice,Ünï,c_d"),
        (json!({ "from": "2026-11-07" }), ""),
        (json!({ "to": "2026-11-02" }), "B 100%,a,old"),
        (json!({ "from": "2026-11-02", "to": "2026-11-03" }), "c_d,B 100%"),
        (json!({ "from": "0001-01-01", "to": "9999-12-31" }), "receipt,invoice,Ünï,c_d,B 100%,a,old"),
        (json!({ "from": "0001-01-01", "to": "9999-12-31", "customerId": second }), "Ünï,c_d"),
        // An amount is one of some currency: the book's, when none is named.
        (json!({ "minAmount": "30" }), "invoice,c_d,old"),
        (json!({ "maxAmount": "20" }), "receipt,B 100%,a"),
        (json!({ "minAmount": "10", "maxAmount": "30" }), "c_d,B 100%,a"),
        (json!({ "minAmount": "10", "currency": "USD" }), "Ünï"),
        (json!({ "currency": "USD" }), "Ünï"),
        (json!({ "currency": "EUR" }), ""),
        (json!({ "text": "ÜNÏ" }), "Ünï"),
        (json!({ "text": "0%" }), "B 100%"),
        (json!({ "text": "_" }), "c_d"),
        (json!({ "text": "b" }), "B 100%"),
        (json!({ "deleted": true }), "void,gone"),
        (json!({ "deleted": true, "customerId": first }), "gone"),
        (json!({ "deleted": true, "source": "RECEIPT" }), "void"),
        (json!({ "deleted": false }), "receipt,invoice,Ünï,c_d,B 100%,a,old"),
        (json!({ "deleted": null }), "void,receipt,invoice,gone,Ünï,c_d,B 100%,a,old"),
        (json!({ "deleted": null, "customerId": first }), "receipt,invoice,gone,B 100%,a,old"),
        (json!({ "deleted": null, "from": "2026-11-04", "currency": "YEM" }), "void,receipt,invoice,gone"),
        (json!({ "type": "CREDIT", "source": "MANUAL", "from": "2000-01-01", "maxAmount": "10", "text": "A" }), "a"),
    ] {
        let list = list(&amina, json!({ "filter": filter })).await;
        assert_eq!(notes(&list), expected, "{filter}");
        assert_eq!(list["totalCount"], expected.split_terminator(',').count(), "{filter}");
    }
    // A future entry is in a list that has no last day.
    amina.entry(&second, "CREDIT", "1", "2199-12-31").await;
    assert_eq!(list(&amina, json!({ "filter": { "from": "2026-11-07" }, "first": 0 })).await["totalCount"], 1);

    for (bad, code) in [
        (json!({ "customerId": theirs }), "NOT_FOUND"),
        (json!({ "customerId": "x" }), "NOT_FOUND"),
        (json!({ "from": "2026-11-02", "to": "2026-11-01" }), "INVALID"),
        (json!({ "minAmount": "2", "maxAmount": "1" }), "INVALID"),
        (json!({ "minAmount": "0.001" }), "INVALID"),
        (json!({ "text": "\u{200B}" }), "INVALID"),
        (json!({ "text": "x".repeat(101) }), "INVALID"),
        (json!({ "text": "a\0" }), "INVALID"),
    ] {
        assert_eq!(amina.error(LIST, json!({ "filter": bad })).await, code, "{bad}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn pages_show_each_entry_once_even_while_others_are_written(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    // Many on one day, so that the date alone says nothing; the last written of a day comes first.
    let mut expected = Vec::new();
    for (day, count) in [(20, 5), (18, 3), (19, 4)] {
        for number in 0..count {
            let note = format!("{day}-{number}");
            let new = json!({
                "customerId": customer, "type": "CREDIT", "amount": "1", "date": format!("2026-11-{day}"), "note": note,
            });
            id_of(&amina.add_entry(new).await, "entry");
            expected.push(note);
        }
    }
    expected.sort_unstable_by(|one, other| other.cmp(one));
    for size in [1, 4, 5, 12, 100] {
        let (mut forwards, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = list(&amina, json!({ "first": size, "after": after, "filter": { "type": "CREDIT" } })).await;
            forwards.push(notes(&page));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            // Newer ones do not shift those that come.
            let newer =
                json!({ "customerId": customer, "type": "DEBIT", "amount": "1", "date": "2026-11-21", "note": "new" });
            amina.add_entry(newer).await;
        }
        assert_eq!(forwards.join(","), expected.join(","), "{size}");
        let (mut backwards, mut before) = (Vec::new(), Value::Null);
        loop {
            let page = list(&amina, json!({ "last": size, "before": before, "filter": { "type": "CREDIT" } })).await;
            backwards.insert(0, notes(&page));
            before = page["pageInfo"]["startCursor"].clone();
            if page["pageInfo"]["hasPreviousPage"] == false {
                break;
            }
        }
        assert_eq!(backwards.join(","), expected.join(","), "{size}");
    }
    for bad in
        [json!({ "after": "x" }), json!({ "first": 101 }), json!({ "first": 1, "last": 1 }), json!({ "last": -1 })]
    {
        assert_eq!(amina.error(LIST, bad.clone()).await, "INVALID", "{bad}");
    }
}

#[apply(both_databases)]
async fn a_list_of_a_customer_filtered_by_another_is_empty_and_counts_so(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let [first, second] = [amina.customer("first").await, amina.customer("second").await];
    amina.entry(&first, "CREDIT", "1", "2026-11-20").await;
    let query = "query($id: ID!, $other: ID!) { customer(id: $id) {
        entries(filter: { customerId: $other }) { totalCount nodes { id } } } }";
    let data = amina.gql(query, json!({ "id": first, "other": second })).await;
    assert_eq!(data["customer"]["entries"], json!({ "totalCount": 0, "nodes": [] }));
}

#[apply(both_databases)]
async fn pages_of_deleted_entries_and_others_together_show_each_once(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    for number in 0..6 {
        let id = amina.entry(&customer, "CREDIT", "1", "2026-11-01").await;
        amina.update_entry(json!({ "id": id, "note": number.to_string() })).await;
        if number % 2 == 0 {
            amina.delete_entry(json!({ "id": id })).await;
        }
    }
    let both = json!({ "deleted": null });
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = list(&amina, json!({ "filter": both, "first": 4, "after": after })).await;
        seen.push(notes(&page));
        assert_eq!(page["totalCount"], 6);
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, ["5,4,3,2", "1,0"]);
    // The value of a variable counts as if it was written in its place, and a variable that was not sent as absent.
    let query = "query($customer: ID!, $deleted: Boolean) { entries(filter: { deleted: $deleted }) { totalCount }
        customer(id: $customer) { entries(filter: { deleted: $deleted }) { nodes { note } totalCount } } }";
    for (given, expected) in [
        (json!({ "customer": customer }), "5,3,1"),
        (json!({ "customer": customer, "deleted": null }), "5,4,3,2,1,0"),
        (json!({ "customer": customer, "deleted": true }), "4,2,0"),
    ] {
        let found = amina.gql(query, given.clone()).await;
        let own = &found["customer"]["entries"];
        assert_eq!((notes(own).as_str(), &own["totalCount"]), (expected, &found["entries"]["totalCount"]), "{given}");
        assert_eq!(own["totalCount"], expected.split(',').count(), "{given}");
    }
    // A cursor marks a position, whatever the filter is: it may be of a row that another filter leaves out.
    let first = list(&amina, json!({ "filter": both, "first": 2 })).await;
    let rest = list(&amina, json!({ "first": 9, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!((notes(&rest), &rest["totalCount"]), ("3,1".to_owned(), &json!(3)));
}
