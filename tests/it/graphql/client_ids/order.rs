//! Nothing is ordered by an id that a client chose: whatever times the ids have, each list is as it would be without them.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, any_price, errors, id_of, id_with, uuid_at};

/// The times of ids, in milliseconds since 1970, by how many there were before.
type Times = fn(u64) -> u64;

/// A client that chooses ids, or none.
struct Chooser {
    times: Option<Times>,
    made: u64,
}

impl Chooser {
    /// Adds an id to an input, if this client chooses ids.
    fn with_id(&mut self, prefix: &str, mut input: Value) -> Value {
        if let Some(times) = self.times {
            self.made += 1;
            input["id"] = json!(id_with(prefix, uuid_at(times(self.made))));
        }
        input
    }
}

/// A book in which much is alike but for its note. The ids of the customers.
async fn fill(user: &User, ids: &mut Chooser) -> Vec<String> {
    let mut customers = Vec::new();
    for note in ["a", "b", "c", "d"] {
        let input = ids.with_id("customer", json!({ "name": "Dalal", "note": note }));
        customers.push(id_of(&user.create_customer(input).await, "customer"));
    }
    let mut wallets = Vec::new();
    for name in ["first", "second", "third"] {
        let input = ids.with_id("wallet", json!({ "name": name, "currency": "USD" }));
        let fields = "wallet { id } userErrors { code path }";
        wallets.push(id_of(&user.mutate("createWallet", "CreateWalletInput", fields, input).await, "wallet"));
    }
    for name in ["Rent", "Tea", "Books"] {
        let input = ids.with_id("category", json!({ "name": name, "kind": "EXPENSE" }));
        id_of(&user.create_category(input).await, "category");
    }
    // The oldest of the others becomes the default.
    user.mutate("closeWallet", "CloseWalletInput", "userErrors { code }", json!({ "id": wallets[0] })).await;
    let date = "2026-11-20";
    let (mut entries, mut transactions) = (Vec::new(), Vec::new());
    for (customer, most) in customers[..2].iter().zip([4, 2]) {
        let mut void = Vec::new();
        for number in 1..=most {
            let note = format!("{most} {number}");
            let kind = if number == 3 { "DEBIT" } else { "CREDIT" };
            let entry = json!({ "customerId": customer, "type": kind, "amount": number, "date": date, "note": note });
            entries.push(id_of(&user.add_entry(ids.with_id("entry", entry)).await, "entry"));
            let invoice = json!({ "customerId": customer, "grossAmount": 10, "date": date, "note": note });
            void.push(id_of(&user.create_invoice(ids.with_id("invoice", invoice)).await, "invoice"));
            let receipt = json!({ "customerId": customer, "amount": 6 + number, "date": date, "note": note, "paymentType": "CASH" });
            id_of(&user.create_receipt(ids.with_id("receipt", receipt)).await, "receipt");
            let lines = json!([{ "category": { "name": "Food" }, "amount": 2 }, { "category": { "name": "Food" }, "amount": 3 }]);
            let split = json!({ "lines": lines, "amount": 5, "date": date, "description": note });
            transactions.push(id_of(&user.add_transaction(ids.with_id("transaction", split)).await, "transaction"));
        }
        user.void_invoice(json!({ "id": void[1], "reason": "wrong" })).await;
        let named = json!({ "customerId": customer, "amount": 3, "date": date, "paymentType": "CASH", "note": "named",
            "invoices": [{ "invoiceId": void.last().unwrap() }] });
        let payload = user.create_receipt(ids.with_id("receipt", named)).await;
        // Of two invoices one is void and the other paid.
        if most == 4 {
            id_of(&payload, "receipt");
        } else {
            assert!(!errors(&payload).is_empty());
        }
    }
    // A change leaves an entry and a transaction at their places.
    id_of(&user.update_entry(json!({ "id": entries[1], "amount": 9 })).await, "entry");
    id_of(&user.update_transaction(json!({ "id": transactions[1], "description": "changed" })).await, "transaction");
    customers
}

/// A list page by page, from its start; from its end it is the same.
async fn pages(user: &User, list: &str, arguments: &str, fields: &str) -> Vec<Value> {
    let mut ways = Vec::new();
    for (count, cursor, has_more, next) in
        [("first", "after", "hasNextPage", "endCursor"), ("last", "before", "hasPreviousPage", "startCursor")]
    {
        let query = format!(
            "query($cursor: String) {{ {list}({arguments} {count}: 2, {cursor}: $cursor) {{
                nodes {{ {fields} }} pageInfo {{ {has_more} {next} }} }} }}"
        );
        let (mut all, mut at) = (Vec::new(), Value::Null);
        loop {
            let page = user.gql(&query, json!({ "cursor": at })).await[list].take();
            let nodes = page["nodes"].as_array().unwrap().iter().cloned();
            if count == "first" {
                all.extend(nodes);
            } else {
                all.splice(0..0, nodes);
            }
            assert!(all.len() < 100, "{list} {arguments} does not end");
            if page["pageInfo"][has_more] == false {
                break;
            }
            at = page["pageInfo"][next].clone();
        }
        ways.push(all);
    }
    assert_eq!(ways[0], ways[1], "{list} {arguments}");
    ways.swap_remove(0)
}

/// Replaces the ids in a file, and the name of the user's own, by nothing.
fn without_ids(file: &str) -> String {
    let is_id = |field: &&str| field.rsplit_once('_').is_some_and(|(_, suffix)| suffix.len() == 26);
    let line =
        |line: &str| line.split(',').map(|field| if is_id(&field) { "" } else { field }).collect::<Vec<_>>().join(",");
    file.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// All lists of a book, by the notes of what is in them.
async fn lists(user: &User, customers: &[String]) -> Vec<(String, Value)> {
    let mut lists = Vec::new();
    let by = ["NAME", "BALANCE", "LAST_ACTIVITY_AT", "CREATED_AT"];
    for (field, direction) in by.into_iter().flat_map(|field| [(field, "ASC"), (field, "DESC")]) {
        let arguments = format!("orderBy: {{ field: {field}, direction: {direction} }}");
        lists.push((format!("customers {arguments}"), json!(pages(user, "customers", &arguments, "note").await)));
    }
    for (list, fields) in [
        ("entries", "note source balanceAfter { amount }"),
        ("invoices", "note number paid { amount } allocations { nodes { amount { amount } receipt { note } } }"),
        ("receipts", "note number allocated { amount } allocations { nodes { amount { amount } invoice { note } } }"),
    ] {
        lists.push((list.to_owned(), json!(pages(user, list, "", fields).await)));
        for customer in customers {
            let arguments = format!("filter: {{ customerId: \"{customer}\" }}");
            lists.push((format!("{list} of one"), json!(pages(user, list, &arguments, fields).await)));
        }
    }
    for (field, direction) in ["DATE", "AMOUNT"].into_iter().flat_map(|field| [(field, "ASC"), (field, "DESC")]) {
        for filter in ["", "filter: { category: { name: \"Food\" } }", "filter: { currency: \"YEM\" }"] {
            let arguments = format!("{filter} orderBy: {{ field: {field}, direction: {direction} }}");
            lists.push((arguments.clone(), json!(pages(user, "transactions", &arguments, "description").await)));
        }
    }
    let query = "query($ids: [ID!]!) { wallets { name isDefault } categories { name }
        book { receivables { largest { customer { note } balance { amount } } } }
        nodes(ids: $ids) { ... on Customer { note
            entries(first: 3) { nodes { note source } } invoices(last: 2) { nodes { note } } receipts(first: 2) { nodes { note } } } } }";
    lists.push(("lists in objects".to_owned(), user.gql(query, json!({ "ids": customers })).await));
    for customer in customers {
        let query =
            "query($id: ID!) { customerStatement(customerId: $id) { aging { current { amount } overdue { amount } }
            lines(first: 50) { nodes { note source balanceAfter { amount } } } } }";
        lists.push(("statement".to_owned(), user.gql(query, json!({ "id": customer })).await));
        let file = user.download(&format!("/customers/{customer}/statement.csv")).await.text;
        lists.push(("statement.csv".to_owned(), json!(without_ids(&file))));
    }
    for file in ["/entries.csv", "/transactions.csv"] {
        lists.push((file.to_owned(), json!(without_ids(&user.download(file).await.text))));
    }
    lists
}

#[apply(both_databases)]
async fn lists_are_in_the_order_in_which_things_were_made_whatever_ids_clients_choose(on: Database) {
    let app = TestApp::with(on, any_price).await;
    let all_times: [(&str, Times); 4] = [
        ("in reverse order", |number| 1_780_000_000_000 - number),
        ("of the year 1970", |number| 1000 - number),
        ("of the year 10889", |number| (1 << 48) - 1 - number),
        ("of any time", |number| (number * 0x9E37_79B9_7F4A % (1 << 48)) ^ 0x5A5A),
    ];
    let without = app.user("without").await;
    let customers = fill(&without, &mut Chooser { times: None, made: 0 }).await;
    let expected = lists(&without, &customers).await;
    assert_eq!(expected[0].1, json!([{ "note": "a" }, { "note": "b" }, { "note": "c" }, { "note": "d" }]));
    let mut wrong = Vec::new();
    for ((what, times), number) in all_times.into_iter().zip(0..) {
        let user = app.user(&format!("user{number}")).await;
        let customers = fill(&user, &mut Chooser { times: Some(times), made: 0 }).await;
        for ((list, expected), (_, found)) in expected.iter().zip(lists(&user, &customers).await) {
            if found != *expected {
                wrong.push(format!("{list}, with ids {what}: {found} instead of {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    app.assert_journal_is_whole().await;
}
