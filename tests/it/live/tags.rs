//! Entity tags of queries by GET.

use axum::http::header;
use chrono::TimeDelta;
use serde_json::json;

use crate::harness::{Answer, Client, Database, PASSWORD, TestApp, User, login};

fn url(query: &str) -> String {
    let mut url = reqwest::Url::parse("http://shop/graphql").unwrap();
    url.query_pairs_mut().extend_pairs([("query", query)]);
    format!("/graphql?{}", url.query().unwrap())
}

/// The user with the token in a header of each request.
fn by_get(app: &TestApp, token: &str) -> Client {
    app.anonymous().with_header("authorization", &format!("Bearer {token}"))
}

async fn of(app: &TestApp, user: &User, query: &str) -> Answer {
    // The tag changes once more when the order of the changes is decided.
    app.settle().await;
    by_get(app, user.client.token.as_ref().unwrap()).get(&url(query)).await
}

fn tag(answer: &Answer) -> Option<String> {
    answer.headers.get(header::ETAG).map(|tag| tag.to_str().unwrap().to_owned())
}

#[apply(both_databases)]
async fn what_the_client_has_is_not_sent_again_until_it_changes(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let query = "{ customers { nodes { name } } wallets { balance { amount } } }";
    let client = by_get(&app, amina.client.token.as_ref().unwrap());
    let ask = async |tag: &str| {
        app.settle().await;
        client.with_header("if-none-match", tag).get(&url(query)).await
    };
    let first = tag(&of(&app, &amina, query).await).unwrap();
    let known = ask(&first).await;
    assert_eq!((known.status.as_u16(), known.text.as_str(), tag(&known)), (304, "", Some(first.clone())));
    assert_eq!(known.headers[header::CACHE_CONTROL], "private, no-cache");
    assert_eq!(ask(&format!("\"other\", {}", first.trim_start_matches("W/"))).await.status, 304);
    assert_eq!(ask("\"other\"").await.status, 200);
    amina.customer("Zaid").await;
    let changed = ask(&first).await;
    assert_eq!(
        (changed.status.as_u16(), &changed.json()["data"]["customers"]["nodes"][0]["name"]),
        (200, &json!("Zaid"))
    );
    let second = tag(&changed).unwrap();
    assert_ne!(first, second);
    // What others do with the book counts too, and another day.
    let badr = app.user("badr").await;
    badr.fund("5").await;
    badr.pay(&amina, "5").await;
    let third = tag(&ask(&second).await).unwrap();
    assert_ne!(second, third);
    app.advance(TimeDelta::days(1));
    let again = login(&app.anonymous(), "amina", PASSWORD).await;
    let client = by_get(&app, again["accessToken"].as_str().unwrap());
    let answer = client.with_header("if-none-match", &third).get(&url(query)).await;
    assert_eq!(answer.status, 200);
    assert_ne!(tag(&answer).unwrap(), third);
}

#[apply(both_databases)]
async fn a_tag_is_of_one_query_and_one_viewer(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let (one, other) = ("{ wallets { name } }", "{ wallets { currency } }");
    let mut tags = Vec::new();
    for (user, query) in [(&amina, one), (&amina, other), (&badr, one)] {
        tags.push(tag(&of(&app, user, query).await).unwrap());
    }
    tags.sort_unstable();
    tags.dedup();
    assert_eq!(tags.len(), 3);
}

#[apply(both_databases)]
async fn what_shows_more_than_the_book_has_no_tag(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for query in [
        "{ me { displayName } }",
        "{ activities { nodes { action } } }",
        "{ customers { nodes { activities { nodes { action } } } } }",
        "{ book { name } nodes(ids: []) { id } }",
        "{ wallets { id } me { username } }",
        "{ wallets { owner { closingSince } } }",
        "{ changes { nodes { thingId } } }",
    ] {
        let answer = of(&app, &amina, query).await;
        assert_eq!((answer.status.as_u16(), tag(&answer)), (200, None), "{query}");
    }
    assert_eq!(tag(&app.anonymous().get(&url("{ __typename }")).await), None);
    let by_post = amina.client.with_header("if-none-match", "*").request("{ wallets { id } }", json!({})).await;
    assert_eq!((by_post.status.as_u16(), tag(&by_post)), (200, None));
    // One with an error is not kept.
    let failed = of(&app, &amina, "{ walletHistory(walletId: \"nonsense\") { nodes { id } } }").await;
    assert_eq!((failed.status.as_u16(), tag(&failed)), (200, None));
}
