//! The size of answers, and the two kinds of documents that made them grow without bounds.

use serde_json::{Value, json};

use crate::harness::{
    Database::{self, Sqlite},
    INTROSPECTION, TestApp,
};

/// A query with many aliases of one field.
fn aliases(field: &str, count: usize) -> String {
    (0..count).map(|number| format!("a{number}: {field}")).collect::<Vec<_>>().join(" ")
}

fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}

#[apply(both_databases)]
async fn an_answer_that_grows_too_large_is_refused_while_it_is_built(on: Database) {
    let app = TestApp::with(on, |app| app.limits.execution.answer = 15_000).await;
    let amina = app.user("amina").await;
    for name in ["rice", "tea", "oil"] {
        amina.customer(name).await;
    }
    let query = |count| format!("{{ customers {{ nodes {{ {} }} }} }}", aliases("id", count));
    assert_eq!(amina.gql(&query(10), json!({})).await["customers"]["nodes"].as_array().unwrap().len(), 3);
    let answer = amina.client.request(&query(30), json!({})).await.json();
    assert_eq!((code(&answer), answer.get("data")), (&json!("QUERY_TOO_COMPLEX"), None));
    // Fields that may be null do not go on either, and a mutation stops.
    let nullable = format!("{{ customers {{ nodes {{ {} }} }} }}", aliases("phone", 30));
    let answer = amina.client.request(&nullable, json!({})).await.json();
    assert_eq!((code(&answer), answer["errors"].as_array().unwrap().len()), (&json!("QUERY_TOO_COMPLEX"), 1));
    let deposit = format!(
        "mutation($w: ID!, $memo: String) {{
           deposit(input: {{ wallet: {{ id: $w }}, amount: 1, memo: $memo }}) {{ transaction {{ {} }} }} }}",
        aliases("memo", 30)
    );
    let memo = "m".repeat(500);
    let answer = amina.client.request(&deposit, json!({ "w": amina.wallet, "memo": memo })).await.json();
    assert_eq!(code(&answer), "QUERY_TOO_COMPLEX");
    assert_eq!(amina.balance(&amina.wallet).await, "1.00");
}

#[apply(test)]
async fn introspection_that_nests_lists_of_types_is_refused() {
    let app = TestApp::on(Sqlite).await;
    let nested = (0..6).fold("name".to_owned(), |within, depth| {
        format!("{} {{ {within} }}", if depth % 2 == 0 { "interfaces" } else { "possibleTypes" })
    });
    let answer =
        app.anonymous().request(&format!("{{ __type(name: \"Node\") {{ {nested} }} }}"), json!({})).await.json();
    assert_eq!(code(&answer), "QUERY_TOO_COMPLEX");
    let limit = &answer["errors"][0]["extensions"];
    assert_eq!((&limit["limit"], &limit["max"], &limit["actual"]), (&json!("introspection"), &json!(3), &json!(6)));
}

#[apply(test)]
async fn introspection_that_asks_for_everything_many_times_is_refused_while_it_is_built() {
    let app = TestApp::on(Sqlite).await;
    let query = format!(
        "{{ {} }} fragment A on __Type {{ fields {{ type {{ ...B }} }} ofType {{ fields {{ type {{ ...B }} }} }} }}
         fragment B on __Type {{ ...C ofType {{ ...C }} }}
         fragment C on __Type {{ fields {{ name description args {{ name description defaultValue }} }} }}",
        aliases("__schema { types { fields { type { ...A } } } }", 20)
    );
    let answer = app.anonymous().request(&query, json!({})).await.json();
    assert_eq!(answer["errors"][0]["extensions"]["limit"], "answerBytes");
    let standard = app.anonymous().request(INTROSPECTION, json!({})).await.json();
    assert!(standard["data"]["__schema"]["types"].as_array().unwrap().len() > 150);
}

#[apply(both_databases)]
async fn what_takes_the_server_long_costs_much(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let list = |field: &str, text: &str| format!("{field}(first: 0, filter: {{ {text}: \"z\" }}) {{ totalCount }}");
    for (field, fits, exceeds) in [
        (list("transactions", "text"), 12, 13),
        (list("entries", "text"), 12, 13),
        (list("customers", "search"), 12, 13),
        ("customers(first: 100) { nodes { summary(from: \"2026-01-01\") { entryCount } } }".to_owned(), 11, 12),
        (
            "customers(first: 100) { nodes { entries(first: 100) { nodes { customer { balances { amount } } } } } }"
                .to_owned(),
            0,
            1,
        ),
    ] {
        for (count, expected) in [(fits, Value::Null), (exceeds, json!("price"))] {
            if count > 0 {
                let query = format!("{{ {} }}", aliases(&field, count));
                let answer = amina.client.request(&query, json!({})).await.json();
                assert_eq!(answer["errors"][0]["extensions"]["limit"], expected, "{count} times {field}");
            }
        }
    }
}

#[apply(test)]
async fn what_is_asked_inside_of_a_report_counts() {
    let (_app, amina) = TestApp::with_owner(Sqlite).await;
    let query = "{ monthlyReport(month: \"2026-11\") { categories { category { activities(first: 100) {
        nodes { thing { ... on Category { activities(first: 100) { nodes { id } } } } } } } } } }";
    let answer = amina.client.request(query, json!({})).await.json();
    assert_eq!(code(&answer), "QUERY_TOO_COMPLEX");
}
