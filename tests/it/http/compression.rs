//! Compressed responses.

use std::{convert::Infallible, future::ready, time::Duration};

use axum::{
    body::Body,
    http::{Request, header},
    response::Response,
};
use futures_util::{Stream, StreamExt};
use http_body_util::BodyExt;
use serde_json::json;
use tower::{ServiceExt, service_fn};
use tower_http::decompression::Decompression;

use crate::harness::{
    Client,
    Database::{self, Sqlite},
    TestApp, User, file_of,
};

const ENCODINGS: [&str; 3] = ["gzip", "br", "zstd"];
const LIST: &str = "/transactions.csv";
/// A query whose answer has some hundred kilobytes.
const LARGE: &str = "{ __schema { types { name description fields { name description args { name description } } inputFields { name description } } } }";

fn question(query: &str) -> Request<Body> {
    let body = json!({ "query": query }).to_string();
    Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap()
}

fn get(path: &str, user: &User) -> Request<Body> {
    let bearer = format!("Bearer {}", user.client.token.as_ref().unwrap());
    Request::get(path).header(header::AUTHORIZATION, bearer).body(Body::empty()).unwrap()
}

fn encoding(response: &Response) -> Option<&str> {
    response.headers().get(header::CONTENT_ENCODING).map(|encoding| encoding.to_str().unwrap())
}

/// The text of a response, decompressed; `None` when it is broken off.
async fn text(response: Response) -> Option<String> {
    let mut response = Some(response);
    let given = service_fn(move |_: Request<Body>| ready(Ok::<_, Infallible>(response.take().unwrap())));
    let response = Decompression::new(given).oneshot(Request::new(Body::empty())).await.unwrap();
    let bytes = response.into_body().collect().await.ok()?.to_bytes();
    Some(String::from_utf8(bytes.to_vec()).unwrap())
}

async fn size(response: Response) -> usize {
    response.into_body().collect().await.unwrap().to_bytes().len()
}

fn fill(app: &TestApp, lines: usize) {
    let file = file_of(lines, |number| format!("2026-11-01,-1,Food,{number} {}", "tea".repeat(100)));
    assert_eq!(app.import("amina", file, &[]).count("ADDED"), lines);
}

#[apply(both_databases)]
async fn answers_files_pictures_and_texts_are_compressed_as_the_client_accepts(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    fill(&app, 20);
    let of_path = |path: &str| if path == "/graphql" { question(LARGE) } else { get(path, &amina) };
    for what in ["/graphql", LIST, "/reports/2026-11.svg", "/schema.graphql", "/explorer/explorer.js"] {
        let request = || of_path(what);
        let plain = app.anonymous().begin(request()).await;
        assert_eq!((plain.status().as_u16(), encoding(&plain)), (200, None), "{what}");
        let plain = text(plain).await.unwrap();
        for accepted in ENCODINGS {
            let client = app.anonymous().with_header("accept-encoding", accepted);
            // A file is a stream, which only gzip compresses.
            let expected = Some(accepted).filter(|accepted| what != LIST || *accepted == "gzip");
            for _ in 0..2 {
                let response = client.begin(request()).await;
                assert_eq!(encoding(&response), expected, "{what}");
                let vary = response.headers()[header::VARY].to_str().unwrap();
                assert!(vary.to_lowercase().contains("accept-encoding"), "{vary}");
                let length =
                    response.headers().get(header::CONTENT_LENGTH).map(|length| length.to_str().unwrap().to_owned());
                assert_eq!(text(response).await.unwrap(), plain, "{what} as {accepted}");
                let response = client.begin(request()).await;
                let size = size(response).await;
                assert!(expected.is_none() || size * 2 < plain.len(), "{what}: {size} bytes of {}", plain.len());
                assert!(length.is_none_or(|length| length == size.to_string()), "{what}");
            }
        }
    }
}

#[apply(test)]
async fn the_client_chooses_the_encoding() {
    let app = TestApp::on(Sqlite).await;
    for (accepted, chosen) in [
        ("gzip, deflate, br, zstd", Some("zstd")),
        ("gzip, deflate, br", Some("br")),
        ("gzip;q=1, br;q=0.5", Some("gzip")),
        ("GZIP", Some("gzip")),
        ("identity", None),
        ("deflate", None),
        ("gzip;q=0", None),
        ("", None),
        ("nonsense;;q=x", None),
    ] {
        let client = app.anonymous().with_header("accept-encoding", accepted);
        for request in [question(LARGE), Request::get("/schema.graphql").body(Body::empty()).unwrap()] {
            assert_eq!(encoding(&client.begin(request).await), chosen, "{accepted}");
        }
    }
}

#[apply(test)]
async fn what_fits_into_a_packet_is_not_compressed() {
    let app = TestApp::on(Sqlite).await;
    let client = app.anonymous().with_header("accept-encoding", "gzip, br, zstd");
    let short = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    for request in [question("{ __typename }"), question("{ nothing }"), short("/health/live"), short("/")] {
        let response = client.begin(request).await;
        assert_eq!((encoding(&response), response.status().as_u16()), (None, 200));
        assert!(response.headers().contains_key(header::CONTENT_LENGTH));
    }
    let unknown: Vec<_> = (0..30).map(|number| format!("nothing{number}")).collect();
    let errors = format!("{{ {} }}", unknown.join(" "));
    assert_eq!(encoding(&client.begin(question(&errors)).await), Some("zstd"));
}

#[apply(test)]
async fn head_and_304_say_the_same_as_without_compression() {
    let app = TestApp::on(Sqlite).await;
    let request = |method, etag: &str| {
        let request = Request::builder().method(method).uri("/schema.graphql").header(header::IF_NONE_MATCH, etag);
        request.body(Body::empty()).unwrap()
    };
    for accepted in ENCODINGS {
        let client = app.anonymous().with_header("accept-encoding", accepted);
        let response = client.begin(request("GET", "")).await;
        let etag = response.headers()[header::ETAG].to_str().unwrap().to_owned();
        let length = size(response).await;
        let head = client.begin(request("HEAD", "")).await;
        assert_eq!((encoding(&head), head.headers()[header::ETAG].to_str().unwrap()), (Some(accepted), etag.as_str()));
        assert_eq!(head.headers()[header::CONTENT_LENGTH], length.to_string());
        assert_eq!(size(head).await, 0);
        let known = client.begin(request("GET", &etag)).await;
        assert_eq!((known.status().as_u16(), encoding(&known)), (304, None));
        assert_eq!(size(known).await, 0);
    }
}

#[apply(both_databases)]
#[threads(2)]
async fn a_file_is_compressed_while_it_is_sent_and_broken_off_as_without_compression(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    fill(&app, 1200);
    let plain = amina.download(LIST).await.text;
    let with_gzip = |client: &Client| client.with_header("accept-encoding", "gzip");
    let request = || get(LIST, &amina);
    let response = with_gzip(&app.anonymous()).begin(request()).await;
    assert!(!response.headers().contains_key(header::CONTENT_LENGTH));
    let (parts, body) = response.into_parts();
    let mut frames = body.into_data_stream();
    assert!(frames.size_hint().1.is_none(), "a stream has no length");
    let mut pieces = Vec::new();
    while let Some(piece) = frames.next().await {
        pieces.push(Ok::<_, Infallible>(piece.unwrap()));
    }
    assert!(pieces.len() > 1, "the file is not collected before it is sent");
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    assert_eq!(text(Response::from_parts(parts, body)).await.unwrap(), plain);
    let hasty = app.another(|app| app.limits.downloads.time = Duration::ZERO);
    assert_eq!(text(with_gzip(&hasty).begin(request()).await).await, None);
}

#[apply(test)]
async fn a_compressed_answer_that_is_not_taken_holds_no_more_memory_than_its_own_bytes() {
    let app = TestApp::on(Sqlite).await;
    let plain = size(app.anonymous().begin(question(LARGE)).await).await;
    let of_user = plain + plain / 2;
    let server = app.another(|app| app.limits.bodies.bytes_per_user = of_user);
    // Of plain answers one fits, and the next one takes its place.
    for (accepted, fit) in [("identity", 1), ("zstd", 4), ("br", 4), ("gzip", 4)] {
        let client = server.with_header("accept-encoding", accepted);
        let mut unread = Vec::new();
        for _ in 0..40 {
            unread.push(client.begin(question(LARGE)).await);
        }
        let mut whole = 0;
        for response in unread {
            whole += usize::from(text(response).await.is_some());
        }
        assert!(whole >= fit && whole < 40, "{accepted}: {whole} of 40");
    }
}

#[apply(test)]
async fn a_compressed_body_of_a_request_is_refused() {
    let app = TestApp::on(Sqlite).await;
    for (encoding, status) in
        [("gzip", 415), ("br", 415), ("identity, gzip", 415), ("x", 415), ("identity", 200), ("Identity", 200)]
    {
        let client = app.anonymous().with_header("content-encoding", encoding);
        let answer = client.request("{ __typename }", json!({})).await;
        assert_eq!(answer.status, status, "{encoding}: {answer:?}");
        let accepted = answer.headers.get(header::ACCEPT_ENCODING).map(|accepted| accepted.to_str().unwrap());
        assert_eq!(accepted, Some("identity").filter(|_| status == 415));
        if status == 415 {
            assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "BAD_REQUEST");
        }
    }
    let plain = Request::post("/graphql").header(header::CONTENT_TYPE, "text/plain").body(Body::empty()).unwrap();
    assert!(!app.anonymous().send(plain).await.headers.contains_key(header::ACCEPT_ENCODING));
}
