//! What requests cost, what is told of it, and what happens when nothing is left.

use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::TimeDelta;
use daybook::{
    app::App,
    db::{Db, PoolSize},
    entity::tally,
    server,
};
use futures_util::{StreamExt, stream};
use rstest::rstest;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::harness::{
    ALL_PAGES, Answer, Client,
    Database::{self, Postgres},
    PASSWORD, TestApp,
};

const CHEAP: &str = "{ __typename }";

fn limit(points: u32) -> impl FnOnce(&mut App) {
    move |app| app.limits.request_cost_per_minute = points
}

async fn ask(client: &Client, query: &str) -> Answer {
    client.request(query, json!({})).await
}

async fn get(client: &Client, path: &str) -> Answer {
    let mut request = Request::get(path);
    if let Some(token) = &client.token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    client.send(request.body(Body::empty()).unwrap()).await
}

/// What is left, and for how many seconds.
fn left(answer: &Answer) -> (i64, i64) {
    let text = answer.headers["ratelimit"].to_str().unwrap();
    let (left, reset) = text.strip_prefix("\"requests\";r=").and_then(|text| text.split_once(";t=")).unwrap();
    (left.parse().unwrap(), reset.parse().unwrap())
}

fn code(answer: &Answer) -> Value {
    answer.json()["errors"][0]["extensions"]["code"].clone()
}

#[apply(both_databases)]
async fn each_answer_tells_the_limit_and_what_is_left_of_it(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    app.advance(TimeDelta::seconds(70) - (app.now() - "2026-11-21T10:00:00Z".parse::<chrono::DateTime<_>>().unwrap()));
    let mut before = 120_000;
    let month = "importTransactions(input: { csv: \"date,amount,category,description\", dryRun: true }) { userErrors { code } }";
    let passwords = "mutation { login(input: { identifier: \"amina\", password: \"x\" }) { userErrors { code } } }";
    for (query, cost) in [
        (CHEAP, 1),
        ("{ wallets { id } }", 3),
        ("{ customers(first: 98) { nodes { id } } }", 1),
        ("{ customers(first: 99) { nodes { id } } }", 2),
        ("{ customers(first: 100) { nodes { entries(first: 10) { nodes { id } } } } }", 13),
        ("{ customers(first: 100) { nodes { entries(first: 100) { nodes { customer { name } } } } } }", 203),
        ("{ customers(first: 100) { totalCount nodes { id } } }", 2),
        // What is not sent costs what it counts as: a page of 20, and what the default says.
        ("query($first: Int) { customers(first: $first) { nodes { entries { nodes { id } } } } }", 5),
        ("query($from: YearMonth! = \"2024-01\") { monthlyReports(from: $from, to: \"2026-12\") { month } }", 37),
        (&format!("mutation {{ {month} }}"), 2),
        (&format!("mutation {{ {month} a: {month} }}"), 3),
        (passwords, 101),
        ("{ nothing }", 1),
        ("{", 1),
    ] {
        let answer = ask(&amina.client, query).await;
        let (now, reset) = left(&answer);
        assert_eq!(before - now, cost, "{query}: {answer:?}");
        assert!((45..=50).contains(&reset), "{reset}");
        assert_eq!(answer.headers["ratelimit-policy"], "\"requests\";q=120000;w=60");
        assert!(!answer.headers.contains_key("retry-after"));
        before = now;
    }
    for (path, cost) in [("/transactions.csv", 100), ("/entries.csv?x=y", 100), ("/reports/2026-11.svg", 10)] {
        let (now, _) = left(&get(&amina.client, path).await);
        assert_eq!(before - now, cost, "{path}");
        before = now;
    }
    for path in ["/health/live", "/health/ready", "/", "/nothing"] {
        assert!(!get(&amina.client, path).await.headers.contains_key("ratelimit"), "{path}");
    }
    app.advance(TimeDelta::seconds(60));
    assert_eq!(left(&ask(&amina.client, CHEAP).await).0, 119_999);
}

#[apply(both_databases)]
async fn who_is_not_known_pays_from_the_address(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    app.advance(TimeDelta::minutes(1));
    let client = app.anonymous().at_address("203.0.113.7");
    let answers = [
        ask(&client, CHEAP).await,
        client.send(Request::post("/graphql").body(Body::from("{}")).unwrap()).await,
        client.post(&json!([])).await,
        client.post(&json!({ "query": "{" })).await,
        ask(&client.with_token("x.y.z"), CHEAP).await,
        get(&client, "/transactions.csv").await,
        get(&client.with_token("x.y.z"), "/reports/2026-11.svg").await,
    ];
    let left_of: Vec<_> = answers.iter().map(|answer| left(answer).0).collect();
    assert_eq!(left_of, [119_999, 119_998, 119_997, 119_996, 119_995, 119_994, 119_993]);
    assert_eq!(left(&ask(&client.at_address("203.0.113.8"), CHEAP).await).0, 119_999);
    assert_eq!(left(&ask(&amina.client.at_address("203.0.113.7"), CHEAP).await).0, 119_999);
    let login = "mutation { login(input: { identifier: \"amina\", password: \"x\" }) { userErrors { code } } }";
    assert_eq!(left(&ask(&client, login).await).0, 119_993 - 101);
}

#[apply(both_databases)]
async fn when_nothing_is_left_the_answer_is_429_and_nothing_is_done(on: Database) {
    let app = TestApp::with(on, limit(300)).await;
    let amina = app.user("amina").await;
    let badr = app.user("badr").await;
    app.advance(TimeDelta::minutes(1));
    amina.fund("100").await;
    let deposit = format!(
        "mutation {{ deposit(input: {{ wallet: {{ id: \"{}\" }}, amount: \"1\" }}) {{ userErrors {{ code }} }} }}",
        amina.wallet
    );
    while left(&ask(&amina.client, CHEAP).await).0 > 0 {}
    let statements = app.statements();
    for (accept, query) in [
        ("application/json", deposit.as_str()),
        ("application/graphql-response+json", &deposit),
        ("application/json", CHEAP),
    ] {
        let answer = ask(&amina.client.with_header("accept", accept), query).await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (429, json!("RATE_LIMITED")));
        assert_eq!(answer.json().get("data"), None);
        assert_eq!(answer.headers[header::CONTENT_TYPE], format!("{accept}; charset=utf-8"));
        assert_eq!(answer.headers["ratelimit-policy"], "\"requests\";q=300;w=60");
        let (left, reset) = left(&answer);
        assert_eq!((left, answer.headers["retry-after"].to_str().unwrap()), (0, reset.to_string().as_str()));
    }
    assert_eq!(app.statements() - statements, 0, "nothing is read");
    for path in ["/transactions.csv", "/reports/2026-11.svg"] {
        let answer = get(&amina.client, path).await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (429, json!("RATE_LIMITED")));
        assert!(answer.headers.contains_key("retry-after") && answer.headers.contains_key("ratelimit"));
    }
    assert_eq!(badr.balance(&badr.wallet).await, "0.00", "others go on");
    let reset = left(&ask(&amina.client, CHEAP).await).1;
    app.advance(TimeDelta::seconds(reset));
    assert_eq!(amina.balance(&amina.wallet).await, "100.00");
}

#[apply(both_databases)]
async fn an_operation_that_costs_more_than_is_left_is_not_begun(on: Database) {
    let app = TestApp::with(on, limit(150)).await;
    let amina = app.user("amina").await;
    app.advance(TimeDelta::minutes(1));
    let client = app.anonymous();
    let login = json!({ "query": format!(
        "mutation {{ login(input: {{ identifier: \"amina\", password: \"{PASSWORD}\" }}) {{ accessToken }} }}"
    ) });
    assert_eq!(client.post(&login).await.status, 200);
    let sessions = || daybook::entity::session::Entity::find().count(app.app.db.read());
    assert_eq!(sessions().await.unwrap(), 2);
    let refused = client.post(&login).await;
    assert_eq!((refused.status.as_u16(), code(&refused), left(&refused).0), (429, json!("RATE_LIMITED"), 48));
    assert_eq!(sessions().await.unwrap(), 2);
    assert_eq!(left(&ask(&client, CHEAP).await).0, 47, "what costs less goes on");
    // What costs more than there is in a minute costs all of it.
    app.advance(TimeDelta::minutes(1));
    let much = "{ customers(first: 100) { nodes { entries(first: 100) { nodes { id } } invoices(first: 100) { nodes { id } } } } }";
    let answer = ask(&amina.client, much).await;
    assert_eq!((answer.status.as_u16(), left(&answer).0), (200, 0));
}

#[apply(both_databases)]
#[threads(4)]
async fn many_at_once_get_no_more_than_one_after_the_other(on: Database) {
    let app = TestApp::with(on, limit(20)).await;
    let client = app.anonymous();
    let requests = stream::iter(0..100).map(|_| ask(&client, CHEAP));
    let answers: Vec<Answer> = requests.buffer_unordered(50).collect().await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 20);
}

#[rstest]
#[case::small(12, 12)]
#[case::large(1000, 990)]
#[test_attr(apply(on_postgres))]
async fn two_servers_on_one_database_share_the_limit(#[case] points: u32, #[case] at_least: usize) {
    let app = TestApp::with(Postgres, limit(points)).await;
    let amina = app.user("amina").await;
    app.advance(TimeDelta::minutes(1));
    let mut second = app.app.clone();
    second.db = Db::connect(&app.url, PoolSize { most: 4, least: 0 }).await.unwrap();
    let second = Client::to_router(server::router(second, ALL_PAGES));
    let clients = [&amina.client, &amina.at(&second).client];
    let statements = app.statements();
    let points = usize::try_from(points).unwrap();
    let mut admitted = 0;
    for number in 0..points + 10 {
        admitted += usize::from(ask(clients[number % 2], CHEAP).await.status == 200);
    }
    assert!((at_least..=points).contains(&admitted), "{admitted}");
    // The first server was asked half of it. What is asked needs no session, and each lease three statements.
    let for_leases = app.statements() - statements;
    assert!(for_leases <= 3 * 51, "{for_leases}");
}

#[apply(on_postgres)]
async fn on_postgresql_a_hundredth_is_leased_at_once() {
    let (app, amina) = TestApp::with_owner(Postgres).await;
    app.advance(TimeDelta::minutes(1));
    ask(&amina.client, CHEAP).await;
    let before = app.statements();
    for _ in 0..100 {
        ask(&amina.client, CHEAP).await;
    }
    assert_eq!(app.statements() - before, 0);
    let rows = tally::Entity::find().all(app.app.db.read()).await.unwrap();
    let leased: Vec<_> = rows.iter().filter(|row| row.count == 1200).collect();
    assert!(!leased.is_empty(), "{rows:?}");
    // Rows of windows that are over go, as others come.
    app.advance(TimeDelta::days(2));
    ask(&amina.client, CHEAP).await;
    assert_eq!(tally::Entity::find().count(app.app.db.read()).await.unwrap(), 1);
}

#[apply(on_postgres)]
async fn requests_at_once_lease_no_more_than_one_after_the_other() {
    let (app, amina) = TestApp::with_owner(Postgres).await;
    app.advance(TimeDelta::minutes(1));
    let requests = stream::iter(0..100).map(|_| ask(&amina.client, CHEAP));
    let answers: Vec<Answer> = requests.buffer_unordered(100).collect().await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let rows = tally::Entity::find().all(app.app.db.read()).await.unwrap();
    assert!(rows.iter().all(|row| row.count <= 1200), "{rows:?}");
}

#[apply(both_databases)]
async fn a_limit_of_zero_is_none_and_not_told(on: Database) {
    let app = TestApp::with(on, limit(0)).await;
    let amina = app.user("amina").await;
    for client in [&amina.client, &app.anonymous()] {
        for _ in 0..20 {
            let answer = ask(client, CHEAP).await;
            assert!(answer.status == 200 && !answer.headers.contains_key("ratelimit"), "{answer:?}");
        }
    }
    assert!(!get(&amina.client, "/transactions.csv").await.headers.contains_key("ratelimit-policy"));
}
