//! What invoices and receipts say of their buyer and seller, whatever becomes of the customer and the book.

use daybook::entity::{self, party::PartyRole};
use futures_util::future::join_all;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of, new_id};

const PARTIES: &str = "buyer { name firmName address city state gstNumber phone }
    seller { name firmName address city state gstNumber phone }";

/// A customer with all details that are printed.
fn yusuf() -> Value {
    json!({ "name": "Yusuf 👩‍🌾 Saleh", "firmName": "यूसुफ़ ट्रेडर्स", "address": "4 Lentil Lane\nCrater", "city": "عدن",
        "state": "Lahij", "gstNumber": "29ABCDE1234F1Z5", "phone": "+967711234567" })
}

/// The same customer, of whom everything has changed.
fn yusuf_later() -> Value {
    json!({ "name": "Yusuf al-Amin", "firmName": "Amin & Söhne 株式会社", "address": "9 Palm Street", "city": "Mumbai",
        "state": "Maharashtra", "gstNumber": "27ABCDE1234F1Z9", "phone": "+967711999999" })
}

/// A shop with all details that are printed, in the words of a document.
fn shop() -> Value {
    json!({ "name": "Amina Saleh", "firmName": "محلات البركة 🧺", "address": "12 Harbour Road", "city": "Aden",
        "state": "Aden", "gstNumber": "29SHOPA1234F1Z5", "phone": "+967722000001" })
}

fn shop_later() -> Value {
    json!({ "name": null, "firmName": "Baraka Ltd", "address": "1 New Market\nTaiz", "city": "Taiz", "state": "Taiz",
        "gstNumber": "27SHOPA1234F1Z9", "phone": null })
}

/// Changes the shop to what a document should say of it.
async fn set_shop(user: &User, says: &Value) {
    let mut input = says.clone();
    let details = input.as_object_mut().unwrap();
    for (said, field) in [("name", "proprietorName"), ("firmName", "shopName")] {
        let value = details.remove(said).unwrap();
        details.insert(field.to_owned(), value);
    }
    let updated = user.mutate("updateBook", "UpdateBookInput", "userErrors { code path }", input).await;
    assert_eq!(errors(&updated), [""; 0], "{updated}");
}

async fn change_customer(user: &User, id: &str, details: &Value) {
    let mut input = details.clone();
    input["id"] = json!(id);
    id_of(&user.update_customer(input).await, "customer");
}

/// What a document says of its parties: when it is asked for alone, in its list, and in that of the customer.
async fn printed(user: &User, noun: &str, id: &str) -> [Value; 2] {
    let list = format!("{noun}s(first: 100) {{ nodes {{ id {PARTIES} }} }}");
    let query = format!(
        "query($id: ID!) {{ {noun}(id: $id) {{ id {PARTIES} customer {{ {list} }} }} {list}
            node(id: $id) {{ ... on Invoice {{ id {PARTIES} }} ... on Receipt {{ id {PARTIES} }} }} }}"
    );
    let mut data = user.gql(&query, json!({ "id": id })).await;
    let mut document = data[noun].take();
    let customer = document.as_object_mut().unwrap().remove("customer").unwrap();
    for list in [&data, &customer] {
        let nodes = list[format!("{noun}s")]["nodes"].as_array().unwrap();
        assert!(nodes.contains(&document), "{list}");
    }
    assert_eq!(data["node"], document);
    [document["buyer"].take(), document["seller"].take()]
}

/// Creates an invoice and a receipt of the customer.
async fn documents(user: &User, customer: &str) -> [(&'static str, String); 2] {
    [
        ("invoice", user.invoice(customer, "10", "2026-11-20").await),
        ("receipt", user.receipt(customer, "3", "2026-11-20").await),
    ]
}

#[apply(both_databases)]
async fn a_document_says_what_was_printed_whatever_changes_later(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    set_shop(&amina, &shop()).await;
    let customer = id_of(&amina.create_customer(yusuf()).await, "customer");
    let before = documents(&amina, &customer).await;
    let voided = documents(&amina, &customer).await;

    // Another name, another state and another tax number, of both.
    change_customer(&amina, &customer, &yusuf_later()).await;
    set_shop(&amina, &shop_later()).await;
    let after = documents(&amina, &customer).await;
    let [(_, void_invoice), (_, void_receipt)] = &voided;
    let payload = format!("invoice {{ {PARTIES} voidedAt }} userErrors {{ code }}");
    let input = json!({ "id": void_invoice, "reason": "wrong" });
    let payload = amina.mutate("voidInvoice", "VoidInvoiceInput", &payload, input).await;
    assert_eq!((&payload["invoice"]["buyer"], &payload["invoice"]["seller"]), (&yusuf(), &shop()));
    let payload = format!("receipt {{ {PARTIES} voidedAt }} userErrors {{ code }}");
    let input = json!({ "id": void_receipt, "reason": "bounced" });
    let payload = amina.mutate("voidReceipt", "VoidReceiptInput", &payload, input).await;
    assert_eq!((&payload["receipt"]["buyer"], &payload["receipt"]["seller"]), (&yusuf(), &shop()));

    // And at last there is nothing that the customer or the shop says of itself.
    let nothing =
        json!({ "firmName": null, "address": null, "city": null, "state": null, "gstNumber": null, "phone": null });
    change_customer(&amina, &customer, &nothing).await;
    let nothing = json!({ "name": null, "firmName": null, "address": null, "city": null, "state": null,
        "gstNumber": null, "phone": null });
    set_shop(&amina, &nothing).await;
    id_of(&amina.archive(&customer).await, "customer");
    for (noun, id) in before.iter().chain(&voided) {
        assert_eq!(printed(&amina, noun, id).await, [yusuf(), shop()], "{noun}");
    }
    for (noun, id) in &after {
        assert_eq!(printed(&amina, noun, id).await, [yusuf_later(), shop_later()], "{noun}");
    }
    id_of(&amina.restore(&customer).await, "customer");
    let mut only_a_name = nothing.clone();
    only_a_name["name"] = yusuf_later()["name"].clone();
    for (noun, id) in documents(&amina, &customer).await {
        assert_eq!(printed(&amina, noun, &id).await, [only_a_name.clone(), nothing.clone()], "{noun}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_nobody_has_said_is_null(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Zaid").await;
    let none = json!({ "name": null, "firmName": null, "address": null, "city": null, "state": null,
        "gstNumber": null, "phone": null });
    let mut zaid = none.clone();
    zaid["name"] = json!("Zaid");
    for (noun, id) in documents(&amina, &customer).await {
        assert_eq!(printed(&amina, noun, &id).await, [zaid.clone(), none.clone()], "{noun}");
    }
}

#[apply(both_databases)]
async fn a_request_that_comes_again_returns_what_was_printed(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    set_shop(&amina, &shop()).await;
    let customer = id_of(&amina.create_customer(yusuf()).await, "customer");
    let inputs = [
        ("invoice", "createInvoice", json!({ "customerId": customer, "grossAmount": "10", "idempotencyKey": "i" })),
        ("invoice", "createInvoice", json!({ "customerId": customer, "grossAmount": "7", "id": new_id("invoice") })),
        (
            "receipt",
            "createReceipt",
            json!({ "customerId": customer, "amount": "3", "paymentType": "UPI", "idempotencyKey": "r" }),
        ),
        (
            "receipt",
            "createReceipt",
            json!({ "customerId": customer, "amount": "2", "paymentType": "UPI", "id": new_id("receipt") }),
        ),
    ];
    let send = async |(noun, mutation, input): &(&str, &str, Value), replayed: bool| {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let fields = format!("{noun} {{ id {PARTIES} }} replayed userErrors {{ code path message }}");
        let mut payload = amina.mutate(mutation, &input_type, &fields, input.clone()).await;
        assert_eq!((errors(&payload), &payload["replayed"]), (vec![], &json!(replayed)), "{payload}");
        payload[noun].take()
    };
    let mut created = Vec::new();
    for input in &inputs {
        created.push(send(input, false).await);
    }
    for document in &created {
        assert_eq!((&document["buyer"], &document["seller"]), (&yusuf(), &shop()));
    }
    change_customer(&amina, &customer, &yusuf_later()).await;
    set_shop(&amina, &shop_later()).await;
    for (input, created) in inputs.iter().zip(&created) {
        assert_eq!(&send(input, true).await, created);
    }
}

#[apply(both_databases)]
async fn documents_with_the_same_details_share_them_within_a_book(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let mut customers = Vec::new();
    for user in [&amina, &badr] {
        set_shop(user, &shop()).await;
        customers.push((user, id_of(&user.create_customer(yusuf()).await, "customer")));
    }
    for (user, customer) in &customers {
        for _ in 0..3 {
            documents(user, customer).await;
        }
        change_customer(user, customer, &yusuf_later()).await;
        documents(user, customer).await;
        change_customer(user, customer, &yusuf()).await;
        documents(user, customer).await;
    }
    let parties = entity::party::Entity::find().all(app.app.db.read()).await.unwrap();
    let mut of_books: Vec<_> = parties.iter().map(|party| (party.book_id, party.role == PartyRole::Buyer)).collect();
    of_books.sort_unstable();
    let counts: Vec<_> = of_books.chunk_by(|a, b| a == b).map(|same| (same[0].1, same.len())).collect();
    assert_eq!(counts, [(false, 1), (true, 2), (false, 1), (true, 2)]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_parties_of_another_book_are_never_shown(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    set_shop(&amina, &shop()).await;
    let customer = id_of(&amina.create_customer(yusuf()).await, "customer");
    let [(_, invoice), (_, receipt)] = documents(&amina, &customer).await;
    let query = format!(
        "query($invoice: ID!, $receipt: ID!) {{ invoice(id: $invoice) {{ {PARTIES} }} receipt(id: $receipt) {{ {PARTIES} }}
            nodes(ids: [$invoice, $receipt]) {{ ... on Invoice {{ {PARTIES} }} ... on Receipt {{ {PARTIES} }} }} }}"
    );
    let ids = json!({ "invoice": invoice, "receipt": receipt });
    let expected = json!({ "invoice": null, "receipt": null, "nodes": [null, null] });
    assert_eq!(badr.gql(&query, ids.clone()).await, expected);
    assert_eq!(amina.gql(&query, ids).await["nodes"][1]["buyer"], yusuf());

    // Not even when a row names one: the parties are looked for in the book of the user who asks.
    let of_badr = badr.customer("Zaid").await;
    let [(_, invoice), _] = documents(&badr, &of_badr).await;
    let tamperer = app.tamperer().await;
    let of_amina = "(SELECT id FROM party WHERE gst_number = '29ABCDE1234F1Z5')";
    tamperer.change(&format!("UPDATE invoice SET buyer_id = {of_amina}")).await;
    let query = format!("query($id: ID!) {{ invoice(id: $id) {{ id {PARTIES} }} }}");
    let found = badr.gql(&query, json!({ "id": invoice })).await["invoice"].take();
    assert_eq!((&found["buyer"], &found["seller"]["name"]), (&Value::Null, &Value::Null));
}

#[apply(both_databases)]
#[threads(4)]
async fn documents_that_are_the_first_with_a_seller_are_created_at_the_same_time(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let mut customers = Vec::new();
    for _ in 0..8 {
        // Customers with the same details, of whom the parties are the same too.
        customers.push(amina.customer("Zaid").await);
    }
    for round in 0..4 {
        let shop = json!({ "name": null, "firmName": format!("Shop {round}"), "address": null, "city": null,
            "state": null, "gstNumber": null, "phone": null });
        set_shop(&amina, &shop).await;
        let created = join_all(customers.iter().enumerate().map(|(number, customer)| {
            let (amina, customer) = (amina.clone(), customer.clone());
            let creating = async move {
                match number % 2 {
                    0 => ("invoice", amina.invoice(&customer, "10", "2026-11-20").await),
                    _ => ("receipt", amina.receipt(&customer, "10", "2026-11-20").await),
                }
            };
            tokio::spawn(creating)
        }));
        for document in created.await {
            let (noun, id) = document.unwrap();
            assert_eq!(printed(&amina, noun, &id).await[1], shop);
        }
    }
    let parties = entity::party::Entity::find().all(app.app.db.read()).await.unwrap();
    assert_eq!(parties.len(), 1 + 4);
    app.assert_journal_is_whole().await;
}
