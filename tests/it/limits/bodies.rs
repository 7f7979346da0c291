//! Bodies of requests: who may send one is known before it is read, and how long it may take.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::harness::{
    Answer, Client,
    Database::{self, Sqlite},
    TestApp,
};

/// A body that begins and never ends.
fn endless() -> Body {
    let begin = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"query\":\""))]);
    Body::from_stream(begin.chain(stream::pending()))
}

async fn post(client: &Client, body: Body) -> Answer {
    let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = &client.token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    client.send(request.body(body).unwrap()).await
}

fn code(answer: &Answer) -> serde_json::Value {
    answer.json()["errors"][0]["extensions"]["code"].clone()
}

#[apply(both_databases)]
async fn who_may_not_ask_is_refused_before_the_body_is_read(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let poor = app.another(|app| app.limits.request_cost_per_minute = 1);
    let poor = owner.at(&poor).client;
    poor.request("{ __typename }", json!({})).await;
    let answer = post(&poor, endless()).await;
    assert_eq!((answer.status.as_u16(), code(&answer)), (429, json!("RATE_LIMITED")));
    let plain = Request::post("/graphql").header(header::CONTENT_TYPE, "text/plain").body(endless()).unwrap();
    assert_eq!(app.anonymous().send(plain).await.status, 415);
}

#[apply(test)]
async fn a_body_that_does_not_arrive_in_time_is_refused() {
    let app = TestApp::with(Sqlite, |app| app.limits.bodies.time = Duration::from_millis(20)).await;
    // A bad token does not say whether the body is a login.
    for client in [app.anonymous(), app.anonymous().with_token("x.y.z")] {
        let answer = post(&client, endless()).await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (408, json!("BAD_REQUEST")));
    }
}

#[apply(test)]
async fn a_body_that_is_too_large_is_refused_however_it_is_sent() {
    let app = TestApp::with(Sqlite, |app| app.limits.bodies.largest = 100).await;
    let query = json!({ "query": format!("{{ __typename }} # {}", "x".repeat(100)) }).to_string();
    let parts: Vec<_> = query.as_bytes().chunks(7).map(|part| Ok::<_, std::io::Error>(part.to_owned())).collect();
    for body in [Body::from(query), Body::from_stream(stream::iter(parts))] {
        let answer = post(&app.anonymous(), body).await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (413, json!("BAD_REQUEST")));
    }
}

#[apply(test)]
async fn unfinished_bodies_of_one_client_harm_nobody_and_not_even_its_next_request() {
    let app = TestApp::with(Sqlite, |app| {
        app.limits.bodies.at_once = 8;
        app.limits.bodies.at_once_per_user = 4;
    })
    .await;
    let (amina, badr) = (app.user("amina").await, app.user("badr").await);
    let mut unfinished: Vec<_> = Vec::new();
    for client in
        [&amina.client, &app.anonymous().at_address("203.0.113.7"), &app.anonymous().at_address("203.0.113.8")]
    {
        for _ in 0..20 {
            let client = client.clone();
            unfinished.push(tokio::spawn(async move { post(&client, endless()).await.status }));
            tokio::task::yield_now().await;
        }
    }
    for client in [&amina.client, &badr.client, &app.anonymous()] {
        assert_eq!(client.gql("{ __typename }", json!({})).await["__typename"], "Query");
    }
    // At most as many as may be under way still wait; the others were given up.
    let mut given_up = 0;
    while given_up < 60 - 8 {
        let (status, _, others) = futures_util::future::select_all(unfinished).await;
        assert_eq!(status.unwrap(), 408);
        (unfinished, given_up) = (others, given_up + 1);
    }
    unfinished.iter().for_each(tokio::task::JoinHandle::abort);
}
