//! Budgets: setting, listing and deleting them.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

/// The budget of food, with other fields.
async fn food(user: &User, limit: &str, fields: Value) -> Value {
    let mut input = fields;
    input["category"] = json!({ "name": "Food" });
    input["limit"] = json!(limit);
    user.set_budget(input).await
}

async fn delete(user: &User, id: &str) -> Value {
    user.mutate("deleteBudget", "DeleteBudgetInput", "deletedBudgetId userErrors { code path }", json!({ "id": id }))
        .await
}

/// The budgets in force in a month, or all: category, limit and month.
async fn budgets(user: &User, month: Value) -> Value {
    let query = "query($month: YearMonth) { budgets(month: $month) { totalCount nodes {
        category { name } limit { amount currency } month } } }";
    let data = user.gql(query, json!({ "month": month })).await;
    let shown = |budget: &Value| {
        let limit = &budget["limit"];
        json!([budget["category"]["name"], limit["amount"], limit["currency"], budget["month"]])
    };
    let nodes = data["budgets"]["nodes"].as_array().unwrap();
    assert_eq!(data["budgets"]["totalCount"], nodes.len());
    nodes.iter().map(shown).collect()
}

/// The limit of the budget of food in a month's report, and how it stands.
async fn limit(user: &User, month: &str) -> Value {
    let budgets = user.report(month).await["budgets"].take();
    json!([budgets[0]["limit"]["amount"], budgets[0]["remaining"]["amount"], budgets[0]["state"]])
}

#[apply(both_databases)]
async fn a_budget_is_set_in_place_of_the_one_that_there_was(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let set = food(&amina, "100.5", json!({})).await;
    let id = id_of(&set, "budget");
    assert!(id.starts_with("budget_"), "{id}");
    let mut expected = json!({
        "id": id, "category": set["budget"]["category"], "limit": { "amount": "100.50", "currency": "YEM" },
        "month": null, "rollover": "NONE", "rolloverFrom": "2026-11", "description": null,
    });
    assert_eq!(set["budget"], expected);
    // What is absent stays; null clears.
    for (field, value) in [
        ("description", json!("tea and rice 🍚")),
        ("rollover", json!("FULL")),
        ("rolloverFrom", json!("2025-02")),
        ("description", Value::Null),
        ("rollover", json!("SURPLUS")),
    ] {
        expected[field] = value.clone();
        expected["limit"]["amount"] = json!("90.00");
        assert_eq!(food(&amina, "90", json!({ field: value })).await["budget"], expected, "{field}");
    }
    // Each currency and each month has its own.
    let mut ids = vec![id.clone()];
    for other in [
        json!({ "currency": "USD" }),
        json!({ "month": "2026-11" }),
        json!({ "month": "2026-12" }),
        json!({ "month": "2026-11", "currency": "USD" }),
    ] {
        for limit in ["7", "8"] {
            let set = food(&amina, limit, other.clone()).await;
            let id = id_of(&set, "budget");
            assert_eq!(ids.contains(&id), limit == "8", "{other}");
            // The budget of a month in dinars carries over as that of every month does.
            let rollover = if other["currency"] == "USD" { "NONE" } else { "SURPLUS" };
            let carries = (&set["budget"]["rollover"], set["budget"]["rolloverFrom"].is_string());
            assert_eq!(carries, (&json!(rollover), true), "{other}");
            ids.push(id);
        }
    }
    assert_eq!(food(&amina, "1", json!({ "month": "2026-12" })).await["budget"]["rolloverFrom"], "2026-12");
    assert_eq!(budgets(&amina, Value::Null).await.as_array().unwrap().len(), 5);
    let query = "query($id: ID!) { node(id: $id) { ... on Budget { limit { amount } createdAt updatedAt } } }";
    let found = amina.gql(query, json!({ "id": id })).await["node"].take();
    assert_eq!(found["limit"]["amount"], "90.00");
    assert_ne!(found["createdAt"], found["updatedAt"]);
}

#[apply(both_databases)]
async fn a_months_own_budget_wins_over_that_of_every_month(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    food(&badr, "1", json!({})).await;
    let every = id_of(&food(&amina, "100", json!({})).await, "budget");
    let own = id_of(&food(&amina, "50", json!({ "month": "2026-11" })).await, "budget");
    id_of(&food(&amina, "9", json!({ "month": "2026-11", "currency": "USD" })).await, "budget");
    let data = json!({ "category": { "name": "Data" }, "limit": "5", "month": "2026-12" });
    id_of(&amina.set_budget(data).await, "budget");
    let of_month = async |month: &str| budgets(&amina, json!(month)).await;
    let (of_every, dollars) = (json!(["Food", "100.00", "YEM", null]), json!(["Food", "9.00", "USD", "2026-11"]));
    assert_eq!(of_month("2026-10").await, json!([of_every]));
    assert_eq!(of_month("2026-11").await, json!([["Food", "50.00", "YEM", "2026-11"], dollars]));
    assert_eq!(of_month("2026-12").await, json!([of_every, ["Data", "5.00", "YEM", "2026-12"]]));
    assert_eq!(budgets(&amina, Value::Null).await.as_array().unwrap().len(), 4);

    amina.spend("Food", "50", "2026-11-30").await;
    amina.spend("Food", "50", "2026-12-01").await;
    assert_eq!(limit(&amina, "2026-11").await, json!(["50.00", "0.00", "REACHED"]));
    food(&amina, "49.99", json!({ "month": "2026-11" })).await;
    assert_eq!(limit(&amina, "2026-11").await, json!(["49.99", "-0.01", "OVER"]));
    assert_eq!(amina.report("2026-12").await["budgets"][1]["remaining"]["amount"], "50.00");
    assert_eq!(amina.report_in("2026-11", json!("USD")).await["budgets"][0]["limit"]["amount"], "9.00");

    // Without its own, a month has that of every month again; without that, none.
    for id in [own.as_str(), "budget_x", "", &amina.wallet] {
        assert_eq!(errors(&delete(&badr, id).await), ["NOT_FOUND id"]);
    }
    assert_eq!(delete(&amina, &own).await["deletedBudgetId"], own);
    assert_eq!(limit(&amina, "2026-11").await, json!(["100.00", "50.00", "UNDER"]));
    assert_eq!(delete(&amina, &every).await["deletedBudgetId"], every);
    assert_eq!(errors(&delete(&amina, &every).await), ["NOT_FOUND id"]);
    let report = amina.report("2026-11").await;
    assert_eq!((&report["budgets"], &report["unbudgeted"]["amount"]), (&json!([]), &json!("50.00")));
    let node = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(amina.gql(node, json!({ "id": every })).await["node"], Value::Null);
    assert_eq!(budgets(&badr, Value::Null).await, json!([["Food", "1.00", "YEM", null]]));
    // Another one is a new one.
    assert_ne!(id_of(&food(&amina, "1", json!({})).await, "budget"), every);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_budget_that_limits_nothing_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let theirs = app.user("badr").await.category("Theirs", "EXPENSE").await;
    let old = amina.category("Old", "EXPENSE").await;
    amina.spend("Old", "1", "2026-11-20").await;
    let kept = json!({ "category": { "id": old }, "limit": "5", "month": "2026-11" });
    let kept = id_of(&amina.set_budget(kept).await, "budget");
    amina.delete_category(&old).await;
    for (bad, expected) in [
        (json!({ "limit": "-1" }), "INVALID limit"),
        (json!({ "limit": "0.001" }), "INVALID limit"),
        (json!({ "limit": "1.5", "currency": "JPY" }), "INVALID limit"),
        (json!({ "limit": "10000000000000.01" }), "LIMIT_REACHED limit"),
        (json!({ "limit": "10000000000000001", "currency": "JPY" }), "LIMIT_REACHED limit"),
        (json!({ "category": { "name": "Salary" } }), "INVALID category"),
        (json!({ "category": { "name": "Old" } }), "NOT_ALLOWED category"),
        (json!({ "category": { "id": old }, "month": "2026-11" }), "NOT_ALLOWED category"),
        (json!({ "category": { "id": theirs } }), "NOT_FOUND category.id"),
        (json!({ "category": { "name": "Theirs" } }), "NOT_FOUND category.name"),
        (json!({ "month": "2026-11", "rolloverFrom": "2026-11" }), "INVALID rolloverFrom"),
        (json!({ "description": "x".repeat(501) }), "INVALID description"),
        (json!({ "description": "nul\0l" }), "INVALID description"),
    ] {
        let mut input = json!({ "category": { "name": "Food" }, "limit": "1" });
        input.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        let refused = amina.set_budget(input).await;
        assert_eq!((errors(&refused), &refused["budget"]), (vec![expected.to_owned()], &Value::Null), "{bad}");
    }
    let set = "mutation($input: SetBudgetInput!) { setBudget(input: $input) { budget { id } } }";
    let list = "query($month: YearMonth) { budgets(month: $month) { totalCount } }";
    let report = "query($month: YearMonth!) { monthlyReport(month: $month) { month } }";
    for month in [
        json!("2026-13"),
        json!("2026-00"),
        json!("2026-1"),
        json!("2026-11-01"),
        json!("1899-12"),
        json!("2200-01"),
        json!("11-2026"),
        json!(""),
        json!("🌼"),
        json!(202_611),
    ] {
        for field in ["month", "rolloverFrom"] {
            let input = json!({ "category": { "name": "Food" }, "limit": "1", field: month });
            let answer = amina.client.request(set, json!({ "input": input })).await.json();
            assert!(answer["errors"].is_array(), "{month}: {answer}");
        }
        for query in [list, report] {
            let answer = amina.client.request(query, json!({ "month": month })).await.json();
            assert!(answer["errors"].is_array(), "{month}: {answer}");
        }
    }
    // What an archived category was limited to stays, and can be taken away.
    assert_eq!(budgets(&amina, Value::Null).await, json!([["Old", "5.00", "YEM", "2026-11"]]));
    assert_eq!(limit(&amina, "2026-11").await, json!(["5.00", "4.00", "UNDER"]));
    assert_eq!(delete(&amina, &kept).await["deletedBudgetId"], kept);
    for month in ["1900-01", "2199-12"] {
        id_of(&food(&amina, "10000000000000", json!({ "month": month, "rollover": "FULL" })).await, "budget");
        assert_eq!(limit(&amina, month).await[0], "10000000000000.00");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_budget_of_one_month_goes_on_with_the_rollover_that_there_is(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    food(&amina, "100", json!({ "rollover": "FULL", "rolloverFrom": "2026-09" })).await;
    amina.spend("Food", "40", "2026-10-05").await;
    let limit_of = async |month: &str| limit(&amina, month).await[0].take();
    assert_eq!(
        [limit_of("2026-10").await, limit_of("2026-11").await, limit_of("2026-12").await],
        ["200.00", "260.00", "360.00"]
    );
    // November has a limit of its own, and what is left of it is still carried over.
    let own = food(&amina, "50", json!({ "month": "2026-11" })).await;
    assert_eq!(own["budget"]["rollover"], "FULL");
    assert_eq!([limit_of("2026-11").await, limit_of("2026-12").await], ["210.00", "310.00"]);
    // What is said counts, and is kept.
    food(&amina, "50", json!({ "month": "2026-11", "rollover": "NONE" })).await;
    assert_eq!(food(&amina, "60", json!({ "month": "2026-11" })).await["budget"]["rollover"], "NONE");
    assert_eq!(limit_of("2026-12").await, "100.00");
    // Nothing is carried over from a month before the rollover begins, in another currency or in another category.
    for other in [json!({ "month": "2026-08" }), json!({ "month": "2026-10", "currency": "USD" })] {
        assert_eq!(food(&amina, "1", other.clone()).await["budget"]["rollover"], "NONE", "{other}");
    }
    let data = json!({ "category": { "name": "Data" }, "limit": "1", "month": "2026-10" });
    assert_eq!(amina.set_budget(data).await["budget"]["rollover"], "NONE");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_budget_may_allow_nothing(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let none = food(&amina, "0", json!({ "rollover": "FULL" })).await;
    assert_eq!((errors(&none), &none["budget"]["limit"]["amount"]), (vec![], &json!("0.00")));
    let used = async || amina.report("2026-11").await["budgets"][0]["usedShare"].take();
    assert_eq!((limit(&amina, "2026-11").await, used().await), (json!(["0.00", "0.00", "REACHED"]), Value::Null));
    amina.spend("Food", "0.01", "2026-11-30").await;
    assert_eq!((limit(&amina, "2026-11").await, used().await), (json!(["0.00", "-0.01", "OVER"]), Value::Null));
    assert_eq!(limit(&amina, "2026-12").await, json!(["-0.01", "-0.01", "OVER"]));
    // What comes back may be spent.
    amina.spend("Food", "-5", "2026-11-30").await;
    assert_eq!(limit(&amina, "2026-11").await, json!(["0.00", "4.99", "UNDER"]));
    assert_eq!(limit(&amina, "2026-12").await, json!(["4.99", "4.99", "UNDER"]));
    let picture = amina.download("/reports/2026-11.svg").await;
    assert!(picture.status == 200 && picture.text.contains("Food: -4.99 of 0.00 YEM spent, under"), "{}", picture.text);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn of_twelve_budgets_that_are_set_at_once_there_is_one(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for month in [Value::Null, json!("2026-11"), json!("2026-12")] {
        let tasks: Vec<_> = (1..=12)
            .map(|number| {
                let (amina, month) = (amina.clone(), month.clone());
                tokio::spawn(async move { food(&amina, &number.to_string(), json!({ "month": month })).await })
            })
            .collect();
        let mut payloads = Vec::new();
        for task in tasks {
            payloads.push(task.await.unwrap());
        }
        let id = id_of(&payloads[0], "budget");
        assert!(payloads.iter().all(|payload| id_of(payload, "budget") == id), "{payloads:?}");
        // Each of them said what it set, and one of them was the last.
        let query = "query($id: ID!) { node(id: $id) { ... on Budget { limit { amount currency } } } }";
        let limit = amina.gql(query, json!({ "id": id })).await["node"]["limit"].take();
        assert!(payloads.iter().any(|payload| payload["budget"]["limit"] == limit), "{limit}");
    }
    assert_eq!(budgets(&amina, Value::Null).await.as_array().unwrap().len(), 3);
}
