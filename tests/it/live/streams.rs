//! Subscriptions as server-sent events and in parts.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    served::{SHORT, SOON},
    socket::{CHANGES, position_of},
};
use crate::harness::{Client, Database, TestApp, User};

const EVENTS: &str = "text/event-stream";
const PARTS: &str = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json";

fn post(client: &Client, accept: &str, body: &Value) -> Request<Body> {
    let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    request = request.header(header::ACCEPT, accept);
    if let Some(token) = &client.token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    request.body(Body::from(body.to_string())).unwrap()
}

/// A stream of results that is being read.
struct Stream {
    form: &'static str,
    body: Body,
    text: String,
}

impl Stream {
    async fn of(user: &User, form: &'static str, query: &str, variables: Value) -> Self {
        let body = json!({ "query": query, "variables": variables });
        let response = user.client.begin(post(&user.client, form, &body)).await;
        assert_eq!(response.status(), 200);
        let expected =
            if form == EVENTS { "text/event-stream; charset=utf-8" } else { PARTS.split(',').next().unwrap() };
        assert_eq!(response.headers()[header::CONTENT_TYPE], expected);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        Self { form, body: response.into_body(), text: String::new() }
    }

    /// The next piece of the body; `None` at its end.
    async fn piece(&mut self) -> Option<String> {
        let frame = timeout(SOON, self.body.frame()).await.expect("a piece")?.unwrap();
        Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
    }

    /// The next result; `None` at the end, which must be told.
    async fn next(&mut self) -> Option<Value> {
        let (start, end, last) = match self.form {
            EVENTS => ("event: next\ndata: ", "\n\n", "event: complete\ndata: \n\n"),
            _ => ("\r\nContent-Type: application/json\r\n\r\n", "\r\n--graphql", "--\r\n"),
        };
        loop {
            if let Some((_, rest)) = self.text.split_once(start)
                && let Some((result, rest)) = rest.split_once(end)
            {
                let result: Value = serde_json::from_str(result).unwrap();
                self.text = String::from(rest);
                if result == json!({}) {
                    continue;
                }
                return Some(result);
            }
            let Some(piece) = self.piece().await else {
                assert_eq!(self.text, last);
                return None;
            };
            self.text += &piece;
        }
    }

    /// The change in the next result.
    async fn change(&mut self) -> Value {
        let mut result = self.next().await.unwrap();
        let payload = if self.form == EVENTS { &mut result } else { &mut result["payload"] };
        payload["data"]["bookChanges"].take()
    }
}

#[apply(both_databases)]
async fn changes_are_told_over_both_kinds_of_streams(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for form in [EVENTS, PARTS] {
        let after = position_of(&app, &amina).await;
        let mut stream = Stream::of(&amina, form, CHANGES, json!({ "after": after })).await;
        let customer = amina.customer("Zaid").await;
        let change = stream.change().await;
        assert_eq!((&change["kind"], &change["thingId"]), (&json!("CREATED"), &json!(customer)), "{form}");
        amina.archive(&customer).await;
        assert_eq!(stream.change().await["kind"], "UPDATED");
        drop(stream);
        // What was missed comes first.
        let mut stream = Stream::of(&amina, form, CHANGES, json!({ "after": change["cursor"] })).await;
        assert_eq!(stream.change().await["kind"], "UPDATED");
    }
}

#[apply(both_databases)]
async fn a_stream_ends_when_its_session_ends_or_its_token_expires(on: Database) {
    let app = TestApp::with(on, |app| app.limits.sockets.check = SHORT).await;
    for (form, expires) in [(EVENTS, false), (PARTS, false), (EVENTS, true), (PARTS, true)] {
        let user = app.user(&format!("user{}{expires}", form.len())).await;
        let mut stream = Stream::of(&user, form, CHANGES, json!({})).await;
        if expires {
            app.advance(TimeDelta::minutes(61));
        } else {
            user.gql("mutation { logout { userErrors { code } } }", json!({})).await;
        }
        let last = stream.next().await.unwrap();
        assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{last}");
        assert_eq!(last.get("payload"), (form == PARTS).then_some(&Value::Null));
        assert_eq!(stream.next().await, None);
    }
}

#[apply(both_databases)]
async fn an_idle_stream_shows_that_it_is_alive(on: Database) {
    let app = TestApp::with(on, |app| app.limits.sockets.ping = SHORT).await;
    let amina = app.user("amina").await;
    for (form, start, beat) in [
        (EVENTS, ":\n\n", ":\n\n"),
        (PARTS, "\r\n--graphql", "\r\nContent-Type: application/json\r\n\r\n{}\r\n--graphql"),
    ] {
        let mut stream = Stream::of(&amina, form, CHANGES, json!({})).await;
        assert_eq!(stream.piece().await.unwrap(), start);
        assert_eq!(stream.piece().await.unwrap(), beat);
        assert_eq!(stream.piece().await.unwrap(), beat);
    }
}

#[apply(both_databases)]
async fn who_takes_streams_only_gets_one_result_as_a_stream(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for form in [EVENTS, "multipart/mixed;subscriptionSpec=1.0"] {
        for (query, path, expected) in [
            ("{ book { name } }", "/data/book/name", json!("amina")),
            ("{ nothing }", "/errors/0/extensions/code", json!("GRAPHQL_VALIDATION_FAILED")),
            (CHANGES.split(" bookChanges").next().unwrap(), "/errors/0/extensions/code", json!("GRAPHQL_PARSE_FAILED")),
        ] {
            let response = amina.client.begin(post(&amina.client, form, &json!({ "query": query }))).await;
            assert_eq!(response.status(), 200);
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let mut stream = Stream {
                form: if form == EVENTS { EVENTS } else { PARTS },
                body: Body::empty(),
                text: String::from_utf8(body.to_vec()).unwrap(),
            };
            let result = stream.next().await.unwrap();
            let pointer = if form == EVENTS { path.to_owned() } else { format!("/payload{path}") };
            assert_eq!(result.pointer(&pointer), Some(&expected), "{query}: {result}");
            assert_eq!(stream.next().await, None);
        }
    }
    let anonymous = app.anonymous();
    let response = anonymous.begin(post(&anonymous, EVENTS, &json!({ "query": CHANGES }))).await;
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&body).contains("UNAUTHENTICATED"));
}

#[apply(both_databases)]
async fn a_subscription_needs_a_form_for_several_results(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for accept in ["application/json", "*/*", "multipart/mixed;deferSpec=20220824,application/json"] {
        let response = amina.client.begin(post(&amina.client, accept, &json!({ "query": CHANGES }))).await;
        assert_eq!(response.status(), StatusCode::NOT_ACCEPTABLE, "{accept}");
    }
    let token = amina.client.token.as_ref().unwrap();
    let by_get = Request::get("/graphql?query=subscription%7BbookChanges%7Bkind%7D%7D")
        .header(header::ACCEPT, EVENTS)
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let response = amina.client.begin(by_get.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (response.status(), &response.headers()[header::ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap())
    );
}
