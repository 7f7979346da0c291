//! Customers and entries as people write them: accents, scripts, digits, phone numbers.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

/// The names that a filter finds, joined.
async fn found(user: &User, filter: Value) -> String {
    let query = "query($filter: CustomerFilter) { customers(filter: $filter, orderBy: { field: CREATED_AT }) {
        nodes { name } totalCount } }";
    let list = user.gql(query, json!({ "filter": filter })).await["customers"].take();
    let names: Vec<_> = list["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap()).collect();
    assert_eq!(list["totalCount"], names.len(), "{filter}");
    names.join(", ")
}

#[apply(both_databases)]
async fn customers_are_found_however_their_names_are_written(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for name in [
        "İstanbul Market",
        "Jose\u{301}",
        "Straße",
        "أحمد",
        "يــوسف",
        "Hoa",
        "Hoà",
        "Οδυσσεύς",
        "کریم",
        "ＡＢＣ商店",
        "सुनीता १२३",
        "شركة الأمل",
        "Kızılay",
        "ﬁrst 👩‍🌾",
        "Đặng",
        "می‌خواهم",
    ] {
        amina.customer(name).await;
    }
    for (search, expected) in [
        ("istanbul", "İstanbul Market"),
        ("ISTANBUL", "İstanbul Market"),
        ("İSTANBUL", "İstanbul Market"),
        ("jose", "Jose\u{301}"),
        ("José", "Jose\u{301}"),
        ("JOSE\u{301}", "Jose\u{301}"),
        ("strasse", "Straße"),
        ("STRASSE", "Straße"),
        ("straße", "Straße"),
        ("احمد", "أحمد"),
        ("أَحْمَد", "أحمد"),
        ("يوسف", "يــوسف"),
        ("یوسف", "يــوسف"),
        ("hoa", "Hoa, Hoà"),
        ("HOÀ", "Hoa, Hoà"),
        ("οδυσσευς", "Οδυσσεύς"),
        ("ΟΔΥΣΣΕΥΣ", "Οδυσσεύς"),
        ("كريم", "کریم"),
        ("abc", "ＡＢＣ商店"),
        ("ａｂｃ商", "ＡＢＣ商店"),
        ("123", "सुनीता १२३"),
        ("١٢٣", "सुनीता १२३"),
        ("شركه", "شركة الأمل"),
        ("الامل", "شركة الأمل"),
        ("kizilay", "Kızılay"),
        ("KIZILAY", "Kızılay"),
        ("first", "ﬁrst 👩‍🌾"),
        ("👩‍🌾", "ﬁrst 👩‍🌾"),
        ("dang", "Đặng"),
        ("ميخواهم", "می‌خواهم"),
        ("hoa\u{200B}", "Hoa, Hoà"),
    ] {
        assert_eq!(found(&amina, json!({ "search": search })).await, expected, "{search}");
    }
    // What a search ignores is nothing to look for.
    let query = "query($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }";
    for marks in ["\u{640}", "\u{301}", "\u{64B}"] {
        assert_eq!(amina.error(query, json!({ "filter": { "search": marks } })).await, "INVALID", "{marks:?}");
    }
}

#[apply(both_databases)]
async fn firms_cities_and_notes_are_found_in_the_same_way(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let new = json!({ "name": "Badr", "firmName": "Société Générale", "city": "İzmir" });
    let customer = id_of(&amina.create_customer(new).await, "customer");
    id_of(&amina.create_customer(json!({ "name": "Ali", "city": "مدينة" })).await, "customer");
    assert_eq!(found(&amina, json!({ "search": "societe generale" })).await, "Badr");
    for (city, expected) in [("izmir", "Badr"), ("IZMIR", "Badr"), ("İZMİR", "Badr"), ("مدينه", "Ali"), ("izmi", "")]
    {
        assert_eq!(found(&amina, json!({ "city": city })).await, expected, "{city}");
    }
    let entry = amina.entry(&customer, "CREDIT", "5", "2026-11-20").await;
    let with_text = async |text: &str| {
        let query = "query($text: String) { entries(filter: { text: $text }) { nodes { note } totalCount } }";
        amina.gql(query, json!({ "text": text })).await["entries"].take()
    };
    for (note, text) in [("Café crème", "cafe creme"), ("قَهْوة", "قهوه"), ("ﬁlter\nPapier", "FILTER PAPIER")]
    {
        amina.update_entry(json!({ "id": entry, "note": note })).await;
        assert_eq!(with_text(text).await, json!({ "nodes": [{ "note": note }], "totalCount": 1 }), "{text}");
        assert_eq!(with_text("tea").await["totalCount"], 0);
    }
    let new = json!({ "customerId": customer, "type": "DEBIT", "amount": "1", "note": "Thé vert" });
    id_of(&amina.add_entry(new).await, "entry");
    assert_eq!(with_text("the VERT").await["totalCount"], 1);
}

#[apply(both_databases)]
async fn what_cannot_be_seen_is_left_out_of_what_is_written(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let new = json!({
        "name": "\u{FEFF}Ami\u{200B}na", "firmName": "\u{202A}Sho\u{AD}p\u{202C}", "note": "two\u{2060}\r\nlines\u{200B}",
        "phone": "\u{202A}+967\u{A0}711‑234‑567\u{202C}",
    });
    let made = amina.create_customer(new).await;
    let id = id_of(&made, "customer");
    let query = "query($id: ID!) { customer(id: $id) { name firmName note phone } }";
    let expected = json!({ "name": "Amina", "firmName": "Shop", "note": "two\nlines", "phone": "+967711234567" });
    assert_eq!(amina.gql(query, json!({ "id": id })).await["customer"], expected);
    // What a script or an emoji needs stays.
    for name in ["می‌خواهم", "क्‍ष", "👩‍🌾"] {
        assert_eq!(amina.update_customer(json!({ "id": id, "name": name })).await["customer"]["name"], name);
    }
    for (mut change, message) in [
        (json!({ "name": "two\nlines" }), "one line"),
        (json!({ "name": "nul\0l" }), "control characters"),
        (json!({ "note": "escape\u{1b}" }), "control characters"),
        (json!({ "name": "\u{200B}" }), "empty"),
        (json!({ "phone": "711 abc" }), "only digits"),
        (json!({ "phone": "١٢" }), "3 to 15 digits"),
    ] {
        change["id"] = json!(id);
        let refused = amina.update_customer(change).await;
        assert!(refused["userErrors"][0]["message"].as_str().unwrap().contains(message), "{refused}");
    }
}

async fn set_region(user: &User, region: Value) -> Value {
    let fields = "book { phoneRegion phone } userErrors { code path message }";
    user.mutate("updateBook", "UpdateBookInput", fields, json!({ "phoneRegion": region })).await
}

async fn call(user: &User, phone: &str) -> Value {
    user.create_customer(json!({ "name": "Badr", "phone": phone })).await
}

#[apply(both_databases)]
async fn the_region_of_phone_numbers_belongs_to_the_book(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    // The server has one.
    assert_eq!(amina.gql("{ book { phoneRegion } }", json!({})).await["book"]["phoneRegion"], "YE");
    let set = set_region(&amina, json!("in")).await;
    assert_eq!((errors(&set), &set["book"]["phoneRegion"]), (vec![], &json!("IN")));
    let created = call(&amina, "98765 43210").await;
    id_of(&created, "customer");
    assert_eq!(created["customer"]["phone"], "+919876543210");
    for spelling in ["098765-43210", "+91 98765 43210", "00919876543210", "९८७६५ ४३२१०", "٠٩٨٧٦٥٤٣٢١٠"]
    {
        assert_eq!(errors(&call(&amina, spelling).await), ["TAKEN phone"], "{spelling}");
    }
    for search in ["98765 43210", "098765", "+91 98765", "९८७६५", "00919876543210"] {
        assert_eq!(found(&amina, json!({ "search": search })).await, "Badr", "{search}");
    }
    // Another book has the region of the server, and the phone number of the shop follows its own.
    assert_eq!(call(&badr, "711 234 567").await["customer"]["phone"], "+967711234567");
    let shop = json!({ "phoneRegion": "DE", "phone": "030 901820" });
    let fields = "book { phoneRegion phone } userErrors { code path }";
    let updated = amina.mutate("updateBook", "UpdateBookInput", fields, shop).await;
    assert_eq!(updated["book"], json!({ "phoneRegion": "DE", "phone": "+4930901820" }));
    for wrong in ["", "India", "ZZ", "91", "I N"] {
        assert_eq!(errors(&set_region(&amina, json!(wrong)).await), ["INVALID phoneRegion"], "{wrong}");
    }
    assert_eq!(set_region(&amina, Value::Null).await["book"]["phoneRegion"], "YE");
}

#[apply(both_databases)]
async fn a_phone_number_of_before_the_region_was_known_is_the_same_customers(on: Database) {
    let app = TestApp::with(on, |app| app.defaults.phone_region = None).await;
    let amina = app.user("amina").await;
    assert_eq!(amina.gql("{ book { phoneRegion } }", json!({})).await["book"]["phoneRegion"], Value::Null);
    let created = call(&amina, "098765-43210").await;
    assert_eq!(created["customer"]["phone"], "09876543210");
    set_region(&amina, json!("IN")).await;
    for spelling in ["98765 43210", "+91 98765 43210", "098765-43210"] {
        assert_eq!(errors(&call(&amina, spelling).await), ["TAKEN phone"], "{spelling}");
    }
    // Saved again, it gets its country.
    let id = id_of(&created, "customer");
    let changed = amina.update_customer(json!({ "id": id, "phone": "098765-43210" })).await;
    assert_eq!((errors(&changed), &changed["customer"]["phone"]), (vec![], &json!("+919876543210")));
}
