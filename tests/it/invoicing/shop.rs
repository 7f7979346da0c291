//! What a book tells of its shop, and where it is printed.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

const SHOP: &str = "shopName proprietorName gstNumber phone address city state timeZone name";

async fn update(user: &User, input: Value) -> Value {
    let fields = format!("book {{ {SHOP} }} userErrors {{ code path message }}");
    user.mutate("updateBook", "UpdateBookInput", &fields, input).await
}

fn shop() -> Value {
    json!({ "shopName": "=Amina & Daughters", "proprietorName": "Amina Saleh", "gstNumber": "29abcde1234f1z5",
        "phone": "711 234 567", "address": "12 Harbour Road\nCrater", "city": "Aden", "state": "Aden", "timeZone": "Asia/Aden" })
}

#[apply(both_databases)]
async fn a_book_tells_of_its_shop_what_was_written_last(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let mut expected = shop();
    expected["gstNumber"] = json!("29ABCDE1234F1Z5");
    expected["phone"] = json!("+967711234567");
    expected["name"] = json!("amina");
    assert_eq!(update(&amina, shop()).await, json!({ "book": expected, "userErrors": [] }));
    assert_eq!(update(&amina, json!({})).await["book"], expected);
    assert_eq!(amina.gql(&format!("{{ book {{ {SHOP} }} }}"), json!({})).await["book"], expected);
    assert_eq!(
        badr.gql("{ book { shopName city } }", json!({})).await["book"],
        json!({ "shopName": null, "city": null })
    );

    let cleared = json!({ "shopName": null, "proprietorName": null, "gstNumber": null, "phone": null, "address": null,
        "city": null, "state": null, "timeZone": null });
    let expected = json!({ "shopName": null, "proprietorName": null, "gstNumber": null, "phone": null, "address": null,
        "city": null, "state": null, "timeZone": "UTC", "name": "amina" });
    assert_eq!(update(&amina, cleared).await["book"], expected);
}

#[apply(both_databases)]
async fn what_cannot_be_told_of_a_shop_is_refused_together_and_nothing_is_kept(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let long = "x".repeat(301);
    let input = json!({ "name": null, "invoiceNumberPattern": "none", "shopName": " ", "proprietorName": &long[..101],
        "gstNumber": "29 ABC", "phone": "hello", "address": long, "city": "\u{200b}", "state": "a\nb" });
    let expected = [
        "REQUIRED name",
        "INVALID invoiceNumberPattern",
        "INVALID shopName",
        "INVALID proprietorName",
        "INVALID gstNumber",
        "INVALID phone",
        "INVALID address",
        "INVALID city",
        "INVALID state",
    ];
    assert_eq!(errors(&update(&amina, input).await), expected);
    let half = json!({ "city": "Aden", "state": "a\nb" });
    assert_eq!(errors(&update(&amina, half).await), ["INVALID state"]);
    assert_eq!(amina.gql("{ book { city } }", json!({})).await["book"]["city"], Value::Null);
}

#[apply(both_databases)]
async fn a_statement_begins_with_the_shop_that_writes_it(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = id_of(&amina.create_customer(json!({ "name": "Badr" })).await, "customer");
    let file = async || {
        let request = Request::get(format!("/customers/{customer}/statement.csv"));
        let token = amina.client.token.as_ref().unwrap();
        let request = request.header("Authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
        amina.client.send(request).await.text
    };
    assert!(file().await.lines().nth(1).unwrap().starts_with(",OPENING,"));
    update(&amina, shop()).await;
    let head = "date,type,source,number,note,credit,debit,balance,currency\n\
        ,SHOP_NAME,,,'=Amina & Daughters,,,,\n\
        ,PROPRIETOR_NAME,,,Amina Saleh,,,,\n\
        ,GST_NUMBER,,,29ABCDE1234F1Z5,,,,\n\
        ,PHONE,,,'+967711234567,,,,\n\
        ,ADDRESS,,,\"12 Harbour Road\nCrater\",,,,\n\
        ,CITY,,,Aden,,,,\n\
        ,STATE,,,Aden,,,,\n\
        ,OPENING,";
    assert!(file().await.starts_with(head), "{}", file().await);
    let query = "query($id: ID!) { customerStatement(customerId: $id) { book { shopName gstNumber } } }";
    let statement = amina.gql(query, json!({ "id": customer })).await["customerStatement"].take();
    assert_eq!(statement["book"], json!({ "shopName": "=Amina & Daughters", "gstNumber": "29ABCDE1234F1Z5" }));
}
