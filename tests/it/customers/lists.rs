//! Lists of customers: searching, filtering, ordering and paging through.

use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{
    Database::{self, Postgres, Sqlite},
    TestApp, User, id_of,
};

const LIST: &str = "query($filter: CustomerFilter, $order: CustomerOrder,
        $first: Int, $after: String, $last: Int, $before: String) {
    customers(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
        nodes { name } totalCount pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }";

async fn list(user: &User, variables: Value) -> Value {
    user.gql(LIST, variables).await["customers"].take()
}

fn names(list: &Value) -> Vec<String> {
    let nodes = list["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["name"].as_str().unwrap().to_owned()).collect()
}

/// The names that a filter finds, joined, and only if they are counted too.
async fn found(user: &User, filter: Value) -> String {
    let list = list(user, json!({ "filter": filter })).await;
    let names = names(&list);
    assert_eq!(list["totalCount"], names.len(), "{filter}");
    names.join(",")
}

#[apply(both_databases)]
async fn customers_are_found_by_name_firm_and_phone_to_the_letter(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for (name, firm, phone) in [
        ("Ali", "100% Cotton", "+967711234567"),
        ("Ömer", "snake_case", "711999888"),
        ("Zoë 🌼", "Back\\slash", "4455"),
        ("Bob", "1000 Cottons", "+1 650-253-0000"),
        ("snakeXcase", "O'Neil \"Bros\"", "9999"),
    ] {
        let new = json!({ "name": name, "firmName": firm, "phone": phone, "address": "Hidden", "note": "Hidden" });
        id_of(&amina.create_customer(new).await, "customer");
    }
    for (search, expected) in [
        ("ali", "Ali"),
        ("ALI", "Ali"),
        (" ali ", "Ali"),
        ("ömer", "Ömer"),
        ("ÖMER", "Ömer"),
        ("🌼", "Zoë 🌼"),
        ("cotton", "Ali,Bob"),
        ("0% c", "Ali"),
        ("%", "Ali"),
        ("_", "Ömer"),
        ("snake_case", "Ömer"),
        ("\\", "Zoë 🌼"),
        ("'", "snakeXcase"),
        ("\"bros", "snakeXcase"),
        ("711", "Ali,Ömer"),
        ("711 234-567", "Ali"),
        ("+967 711 234 567", "Ali"),
        ("(650) 253", "Bob"),
        ("٧١١", "Ali,Ömer"),
        ("+９６７ ７１１ ２", "Ali"),
        ("hidden", ""),
        ("nobody", ""),
    ] {
        assert_eq!(found(&amina, json!({ "search": search })).await, expected, "{search}");
    }
    // An empty field of a form looks for nothing.
    let all = found(&amina, json!({})).await;
    for empty in [json!({ "search": "" }), json!({ "search": " " }), json!({ "city": "" })] {
        assert_eq!(found(&amina, empty).await, all);
    }
    for (bad, field) in [("a\0b", "search"), ("a\nb", "search"), ("\u{200B}", "city")] {
        assert_eq!(amina.error(LIST, json!({ "filter": { field: bad } })).await, "INVALID", "{bad:?}");
    }
    let huge = "x".repeat(101);
    assert_eq!(amina.error(LIST, json!({ "filter": { "search": huge } })).await, "INVALID");
    // A changed name is found by what it is, and not by what it was.
    let ali = amina.gql("{ customers(filter: { search: \"ali\" }) { nodes { id } } }", json!({})).await;
    let ali = &ali["customers"]["nodes"][0]["id"];
    amina.update_customer(json!({ "id": ali, "name": "Zed", "firmName": null })).await;
    assert_eq!(found(&amina, json!({ "search": "ali" })).await, "");
    assert_eq!(found(&amina, json!({ "search": "cotton" })).await, "Bob");
    assert_eq!(found(&amina, json!({ "search": "zed" })).await, "Zed");
}

#[apply(both_databases)]
async fn customers_are_found_by_city_and_by_how_they_stand(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for (name, city, entries) in [
        ("owes", "Aden", &[("CREDIT", "10", "YEM")][..]),
        ("advance", "ADEN", &[("DEBIT", "10", "YEM")]),
        ("settled", "Taiz", &[("CREDIT", "10", "YEM"), ("DEBIT", "10", "YEM")]),
        ("dollars", "aden ", &[("CREDIT", "10", "USD"), ("DEBIT", "1", "YEM")]),
        ("new", "Aden City", &[]),
    ] {
        let customer = id_of(&amina.create_customer(json!({ "name": name, "city": city })).await, "customer");
        for (kind, amount, currency) in entries {
            let entry = json!({ "customerId": customer, "type": kind, "amount": amount, "currency": currency });
            id_of(&amina.add_entry(entry).await, "entry");
        }
    }
    assert_eq!(found(&amina, json!({ "city": "aDEN" })).await, "advance,dollars,owes");
    assert_eq!(found(&amina, json!({ "city": "aden%" })).await, "");
    assert_eq!(found(&amina, json!({ "standing": "OWES" })).await, "dollars,owes");
    // Who owes in one currency and has paid in advance in another is both.
    assert_eq!(found(&amina, json!({ "standing": "IN_ADVANCE" })).await, "advance,dollars");
    assert_eq!(found(&amina, json!({ "standing": "SETTLED" })).await, "new,settled");
    assert_eq!(found(&amina, json!({ "standing": "OWES", "city": "aden", "search": "dol" })).await, "dollars");
    app.assert_journal_is_whole().await;
}

#[rstest]
#[test_attr(apply(test))]
async fn in_every_order_paging_shows_each_customer_once(
    #[values(Sqlite, Postgres)] on: Database,
    #[values("NAME", "BALANCE", "LAST_ACTIVITY_AT", "CREATED_AT")] field: &str,
) {
    let (app, amina) = TestApp::with_owner(on).await;
    // Names and balances that are the same, in other letters, and below zero; archived ones are in no list.
    let mut made = Vec::new();
    for (name, owes) in [
        ("b", 5),
        ("B", -5),
        ("a", 0),
        ("same", 5),
        ("same", 5),
        ("Same", 0),
        ("Ö", 100),
        ("😀", -5),
        ("z z", 0),
        ("_", 7),
        ("1", 5),
    ] {
        // Each name is made recognisable by what follows it.
        let name = format!("{name} {}", made.len() % 3);
        let id = amina.customer(&name).await;
        app.advance(TimeDelta::seconds(1));
        made.push((id, name, owes));
    }
    for (id, _, owes) in made.iter().rev() {
        let kind = if *owes > 0 { "CREDIT" } else { "DEBIT" };
        if *owes != 0 {
            amina.entry(id, kind, &i32::abs(*owes).to_string(), "2026-11-01").await;
        }
    }
    let archived = amina.customer("archived").await;
    amina.archive(&archived).await;
    let mut expected: Vec<_> = made.iter().map(|(_, name, owes)| (name.clone(), *owes)).collect();
    match field {
        "NAME" => expected.sort_by_key(|(name, _)| name.to_lowercase()),
        "BALANCE" => expected.sort_by_key(|(_, owes)| *owes),
        // The entries were written last first; who has none was entered before them.
        "LAST_ACTIVITY_AT" => {
            let (mut idle, mut active): (Vec<_>, Vec<_>) = expected.into_iter().partition(|(_, owes)| *owes == 0);
            active.reverse();
            idle.append(&mut active);
            expected = idle;
        }
        _ => {}
    }
    let ascending: Vec<_> = expected.into_iter().map(|(name, _)| name).collect();
    for direction in ["ASC", "DESC"] {
        let order = json!({ "field": field, "direction": direction });
        let mut expected = ascending.clone();
        if direction == "DESC" {
            expected.reverse();
        }
        assert_eq!(names(&list(&amina, json!({ "order": order })).await), expected, "{order}");
        for size in [1, 3, 11] {
            let (mut forwards, mut after) = (Vec::new(), Value::Null);
            loop {
                let page = list(&amina, json!({ "order": order, "first": size, "after": after })).await;
                assert_eq!(page["totalCount"], 11);
                forwards.extend(names(&page));
                after = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
            }
            assert_eq!(forwards, expected, "{order} {size}");
            let (mut backwards, mut before) = (Vec::new(), Value::Null);
            loop {
                let page = list(&amina, json!({ "order": order, "last": size, "before": before })).await;
                backwards.splice(0..0, names(&page));
                before = page["pageInfo"]["startCursor"].clone();
                if page["pageInfo"]["hasPreviousPage"] == false {
                    break;
                }
            }
            assert_eq!(backwards, expected, "{order} {size}");
        }
    }
}

#[apply(both_databases)]
async fn a_cursor_or_a_size_that_cannot_be_is_refused(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    amina.customer("Badr").await;
    amina.customer("Carim").await;
    let by_name = list(&amina, json!({ "first": 1 })).await["pageInfo"]["endCursor"].take();
    let balance = json!({ "field": "BALANCE" });
    let activity = json!({ "field": "LAST_ACTIVITY_AT" });
    for bad in [
        json!({ "after": "" }),
        json!({ "after": "x" }),
        json!({ "before": "😀" }),
        json!({ "after": "A".repeat(5000) }),
        json!({ "after": "AAAA\0" }),
        json!({ "after": by_name, "order": balance }),
        json!({ "before": by_name, "order": activity }),
        json!({ "first": -1 }),
        json!({ "first": 101 }),
        json!({ "last": 101 }),
        json!({ "first": 1, "last": 1 }),
    ] {
        assert_eq!(amina.error(LIST, bad.clone()).await, "INVALID", "{bad}");
    }
    let none = list(&amina, json!({ "first": 0 })).await;
    assert_eq!((names(&none).len(), &none["totalCount"]), (0, &json!(2)));
}

#[apply(both_databases)]
async fn a_cursor_is_of_its_own_order_alone(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for name in ["Badr", "Carim", "2"] {
        amina.customer(name).await;
    }
    let orders = ["NAME", "BALANCE", "LAST_ACTIVITY_AT", "CREATED_AT"].map(|field| json!({ "field": field }));
    for of in &orders {
        let cursor = list(&amina, json!({ "first": 1, "order": of })).await["pageInfo"]["endCursor"].take();
        for order in orders.iter().filter(|order| *order != of) {
            let answer = amina.client.request(LIST, json!({ "after": cursor, "order": order })).await.json();
            assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID", "a cursor of {of} in {order}");
        }
    }
}
