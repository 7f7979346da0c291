//! Looking through what is on record.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, told};

async fn words(user: &User, filter: Value) -> Vec<String> {
    user.activity(filter).await.iter().map(told).collect()
}

#[apply(both_databases)]
async fn activity_is_found_by_action_thing_actor_outcome_and_time(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let yusuf = amina.customer("Yusuf").await;
    let zahra = amina.customer("Zahra").await;
    amina.update_customer(json!({ "id": yusuf, "city": "Aden" })).await;
    amina.update_customer(json!({ "id": yusuf, "name": null })).await;
    amina.archive(&zahra).await;
    badr.customer("Yusuf").await;
    let me = amina.gql("{ me { id } }", json!({})).await["me"]["id"].take();
    let them = badr.gql("{ me { id } }", json!({})).await["me"]["id"].take();

    let all = words(&amina, Value::Null).await;
    let expected = [
        "DELETE_CUSTOMER DONE",
        "UPDATE_CUSTOMER REFUSED REQUIRED",
        "UPDATE_CUSTOMER DONE",
        "CREATE_CUSTOMER DONE",
        "CREATE_CUSTOMER DONE",
        "REGISTER DONE",
    ];
    assert_eq!(all, expected);
    let times: Vec<_> = amina.activity(Value::Null).await.iter().map(|row| row["createdAt"].clone()).collect();
    for (filter, expected) in [
        (json!({ "actions": ["CREATE_CUSTOMER"] }), &all[3..5]),
        (json!({ "actions": ["CREATE_CUSTOMER", "REGISTER", "CREATE_CUSTOMER"] }), &all[3..]),
        (json!({ "actions": [] }), &[]),
        (json!({ "actions": ["TRANSFER"] }), &[]),
        (json!({ "thingId": yusuf }), &[all[1].clone(), all[2].clone(), all[4].clone()]),
        (json!({ "thingId": yusuf, "actions": ["UPDATE_CUSTOMER"], "outcome": "DONE" }), &all[2..3]),
        (json!({ "actorId": me }), &all[..]),
        (json!({ "actorId": them }), &[]),
        (json!({ "outcome": "REFUSED" }), &all[1..2]),
        (json!({ "outcome": "REFUSED", "actorId": me, "actions": ["CREATE_CUSTOMER", "UPDATE_CUSTOMER"] }), &all[1..2]),
        (json!({ "outcome": "REPLAYED" }), &[]),
        // From a moment on, and before a moment.
        (json!({ "from": times[2] }), &all[..3]),
        (json!({ "to": times[2] }), &all[3..]),
        (json!({ "from": times[4], "to": times[1], "actions": ["CREATE_CUSTOMER", "UPDATE_CUSTOMER"] }), &all[2..5]),
    ] {
        assert_eq!(words(&amina, filter.clone()).await, expected, "{filter}");
        let query = "query($filter: ActivityFilter) { activities(filter: $filter) { totalCount } }";
        let count = amina.gql(query, json!({ "filter": filter })).await["activities"]["totalCount"].as_u64().unwrap();
        assert_eq!(usize::try_from(count).unwrap(), expected.len(), "{filter}");
    }
    // What comes after the year 9999 in UTC is refused: databases do not agree on it.
    let query = "query($from: DateTime) { activities(filter: { from: $from }) { totalCount } }";
    let none = amina.gql(query, json!({ "from": "9999-12-31T23:59:59Z" })).await;
    assert_eq!(none["activities"]["totalCount"], 0);
    for from in ["9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00+23:59"] {
        assert_eq!(amina.error(query, json!({ "from": from })).await, "BAD_USER_INPUT", "{from}");
    }
    let query = "query($filter: ActivityFilter) { activities(filter: $filter) { totalCount } }";
    for filter in [
        json!({ "thingId": "Yusuf" }),
        json!({ "thingId": "nul\0l" }),
        json!({ "thingId": "" }),
        json!({ "actorId": "amina" }),
        json!({ "actorId": yusuf }),
    ] {
        assert_eq!(amina.error(query, json!({ "filter": filter })).await, "NOT_FOUND", "{filter}");
    }
}

#[apply(both_databases)]
async fn pages_of_activity_run_both_ways_and_miss_nothing(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for number in 0..11 {
        let customer = amina.customer(&format!("{number}")).await;
        if number % 3 == 0 {
            amina.archive(&customer).await;
        }
    }
    for filter in [Value::Null, json!({ "actions": ["DELETE_CUSTOMER", "CREATE_CUSTOMER"] })] {
        let all: Vec<_> = amina.activity(filter.clone()).await.iter().map(|row| row["id"].clone()).collect();
        assert_eq!(all.len(), if filter.is_null() { 16 } else { 15 });
        for (size, cursor, more, end) in
            [("first", "after", "hasNextPage", "endCursor"), ("last", "before", "hasPreviousPage", "startCursor")]
        {
            let query = format!(
                "query($filter: ActivityFilter, $cursor: String) {{
                    activities(filter: $filter, {size}: 4, {cursor}: $cursor) {{
                        nodes {{ id }} pageInfo {{ {more} {end} }} }} }}"
            );
            let (mut seen, mut at) = (Vec::new(), Value::Null);
            loop {
                let page = amina.gql(&query, json!({ "filter": filter, "cursor": at })).await["activities"].take();
                let ids: Vec<_> = page["nodes"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
                seen = if size == "first" { [seen, ids].concat() } else { [ids, seen].concat() };
                if page["pageInfo"][more] == false {
                    break;
                }
                at = page["pageInfo"][end].clone();
            }
            assert_eq!(seen, all, "{size}");
        }
    }
    for arguments in ["first: 101", "first: 1, last: 1", "after: \"x\"", "first: -1"] {
        let query = format!("{{ activities({arguments}) {{ totalCount }} }}");
        assert_eq!(amina.error(&query, json!({})).await, "INVALID", "{arguments}");
    }
}

#[apply(both_databases)]
async fn the_history_of_a_thing_is_the_latest_that_happened_to_it_in_ones_own_book(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    let paid = amina.pay(&badr, "4").await["transaction"]["id"].as_str().unwrap().to_owned();
    assert_eq!(amina.history_of(&paid).await, ["TRANSFER DONE"]);
    // The payee sees the transaction, and not what the payer did.
    assert_eq!(badr.history_of(&paid).await, [""; 0]);

    let (yusuf, zahra) = (amina.customer("Yusuf").await, amina.customer("Zahra").await);
    for number in 0..3 {
        amina.update_customer(json!({ "id": yusuf, "city": format!("{number}") })).await;
    }
    amina.update_customer(json!({ "id": zahra, "gstNumber": "?" })).await;
    // Somebody else's attempt is theirs.
    badr.update_customer(json!({ "id": yusuf, "city": "Sanaa" })).await;
    let query = "{ customers(orderBy: { field: NAME, direction: ASC }) { nodes {
        latest: activities(first: 2) { nodes { action outcome changes { to } } } activities { nodes { action } }
        none: activities(first: 0) { nodes { id } } } } }";
    let data = amina.gql(query, json!({})).await;
    let of = |number: usize, field: &str| data["customers"]["nodes"][number][field]["nodes"].clone();
    let change = |to: &str| json!({ "action": "UPDATE_CUSTOMER", "outcome": "DONE", "changes": [{ "to": to }] });
    assert_eq!(of(0, "latest"), json!([change("2"), change("1")]));
    assert_eq!(of(0, "activities").as_array().unwrap().len(), 4);
    assert_eq!((of(0, "none"), of(1, "activities").as_array().unwrap().len()), (json!([]), 2));
    for first in [-1, 101] {
        let query = format!("{{ book {{ activities(first: {first}) {{ totalCount }} }} }}");
        assert_eq!(amina.error(&query, json!({})).await, "INVALID", "{first}");
    }
}
