//! The picture of a month: over HTTP, with the access token, of one's own book alone.

use axum::{body::Body, http::Request};
use serde_json::json;

use crate::harness::{Answer, Client, Database, TestApp, User};

async fn get(client: &Client, file: &str) -> Answer {
    let mut request = Request::get(format!("/reports/{file}"));
    if let Some(token) = &client.token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    client.send(request.body(Body::empty()).unwrap()).await
}

async fn spend(user: &User, category: &str, amount: &str, currency: &str) {
    let mutation = "mutation($category: CreateCategoryInput!, $spent: AddTransactionInput!, $budget: SetBudgetInput!) {
        createCategory(input: $category) { userErrors { code } }
        addTransaction(input: $spent) { userErrors { code } }
        setBudget(input: $budget) { userErrors { code } } }";
    let named = json!({ "name": category });
    let variables = json!({
        "category": { "name": category, "kind": "EXPENSE" },
        "spent": { "category": named, "amount": amount, "currency": currency, "date": "2026-11-30" },
        "budget": { "category": named, "limit": "100", "currency": currency },
    });
    let done = user.gql(mutation, variables).await;
    assert_eq!(done["addTransaction"]["userErrors"], json!([]), "{done}");
}

#[apply(both_databases)]
async fn a_picture_tells_the_month_in_texts_and_harms_nobody(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let evil = "<script>alert(\"1\")</script> & 'x' 🥖";
    spend(&amina, evil, "133.37", "YEM").await;
    spend(&amina, "إيجار", "7", "USD").await;
    let answer = get(&amina.client, "2026-11.svg").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "image/svg+xml");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    let document = roxmltree::Document::parse(&answer.text).unwrap();
    assert!(document.descendants().all(|node| !node.has_tag_name("script")));
    let texts = |name: &str| {
        let root = document.root_element();
        let found = root.children().find(|node| node.tag_name().name() == name).and_then(|node| node.text());
        found.unwrap_or_default().to_owned()
    };
    assert!(texts("title").contains("November 2026"), "{}", texts("title"));
    let others = "All amounts in YEM; there is more in USD.";
    for sentence in [others, "Spending: 133.37", evil, "133.37 YEM, 100.00%", "133.37 of 100.00 YEM spent, over"] {
        assert!(texts("desc").contains(sentence), "{sentence}: {}", texts("desc"));
    }
    assert!(!answer.text.contains("إيجار"), "amounts of other currencies are not in it");

    let dollars = get(&amina.client, "2026-11.svg?currency=USD").await.text;
    assert!(dollars.contains("إيجار") && dollars.contains("7.00 of 100.00 USD spent, under"), "{dollars}");
    let empty = get(&amina.client, "2199-12.svg?currency=KWD").await;
    assert!(empty.status == 200 && empty.text.contains("No spending this month."), "{empty:?}");
}

#[apply(both_databases)]
async fn a_picture_is_for_the_owner_of_the_book(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    spend(&amina, "Zahra", "133.37", "YEM").await;
    let badr = app.user("badr").await;
    let theirs = get(&badr.client, "2026-11.svg").await;
    assert!(theirs.status == 200 && !theirs.text.contains("Zahra") && !theirs.text.contains("133.37"));
    for client in [app.anonymous(), app.anonymous().with_token("x.y.z")] {
        let answer = get(&client, "2026-11.svg").await;
        assert_eq!((answer.status.as_u16(), answer.text.contains("Zahra")), (401, false));
    }
}

#[apply(both_databases)]
async fn what_is_no_month_or_currency_has_no_picture(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for file in [
        "2026-13.svg",
        "2026-1.svg",
        "2026-11-01.svg",
        "1899-12.svg",
        "2200-01.svg",
        "2026-11",
        ".svg",
        "%F0%9F%8C%BC.svg",
        "2026-11.svg?currency=usd",
        "2026-11.svg?currency=XAU",
        "2026-11.svg?colour=red",
    ] {
        let answer = get(&amina.client, file).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["errors"][0]["extensions"]["code"]),
            (400, &json!("INVALID")),
            "{file}"
        );
    }
}
