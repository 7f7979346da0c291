//! The connection to PostgreSQL breaks while a transaction is being committed.

use rstest::rstest;
use serde_json::json;

use crate::harness::{
    Database::Postgres,
    Loss::{self, Answer, Question},
    Proxy, TestApp, User, errors,
};

/// An app that reaches its database through a proxy, with a user.
async fn behind_proxy() -> (TestApp, Proxy, User) {
    let direct = TestApp::on(Postgres).await;
    let proxy = Proxy::to(&direct.url).await;
    let app = direct.through(&proxy.url).await;
    let owner = app.user("amina").await;
    (app, proxy, owner)
}

#[rstest]
#[test_attr(apply(on_postgres))]
async fn with_a_key_a_deposit_whose_commit_got_lost_is_done_once_and_the_user_is_told_so(
    #[values(Question, Answer)] loss: Loss,
) {
    let (app, proxy, owner) = behind_proxy().await;
    proxy.lose(loss);
    let input = json!({ "wallet": { "id": owner.wallet }, "amount": "10", "idempotencyKey": "k" });
    let done = owner.deposit(input.clone()).await;
    assert!(proxy.has_lost());
    assert_eq!((errors(&done), &done["transaction"]["status"]), (vec![], &json!("SUCCEEDED")));
    assert_eq!(owner.balance(&owner.wallet).await, "10.00");
    assert_eq!(owner.deposit(input).await["transaction"], done["transaction"]);
    assert_eq!(owner.balance(&owner.wallet).await, "10.00");
    app.assert_journal_is_whole().await;
}

#[rstest]
#[test_attr(apply(on_postgres))]
async fn with_a_key_a_document_whose_commit_got_lost_is_made_once(#[values(Question, Answer)] loss: Loss) {
    let (app, proxy, owner) = behind_proxy().await;
    let customer = owner.customer("Badr").await;
    proxy.lose(loss);
    let input = json!({
        "customerId": customer, "grossAmount": "100", "number": "A-1", "idempotencyKey": "k",
    });
    let fields = "invoice { id number } userErrors { code path message }";
    let done = owner.mutate("createInvoice", "CreateInvoiceInput", fields, input).await;
    assert!(proxy.has_lost());
    assert_eq!((errors(&done), &done["invoice"]["number"]), (vec![], &json!("A-1")));
    let count = owner.gql("{ invoices { totalCount } }", json!({})).await;
    assert_eq!(count["invoices"]["totalCount"], 1);
    app.assert_journal_is_whole().await;
}

#[rstest]
#[test_attr(apply(on_postgres))]
async fn a_deposit_whose_commit_got_lost_is_done_once_also_without_a_key(#[values(Question, Answer)] loss: Loss) {
    let (app, proxy, owner) = behind_proxy().await;
    proxy.lose(loss);
    let done = owner.deposit(json!({ "wallet": { "id": owner.wallet }, "amount": "10" })).await;
    assert!(proxy.has_lost());
    assert_eq!((errors(&done), &done["transaction"]["status"]), (vec![], &json!("SUCCEEDED")));
    assert_eq!(done["replayed"], false);
    assert_eq!(owner.balance(&owner.wallet).await, "10.00");
    assert_eq!(owner.history(&owner.wallet, json!(null)).await.len(), 1);
    app.assert_journal_is_whole().await;
}

#[rstest]
#[case(Question, 0)]
#[case(Answer, 1)]
#[test_attr(apply(on_postgres))]
async fn without_a_key_the_user_is_told_that_the_outcome_of_a_document_is_unknown(
    #[case] loss: Loss,
    #[case] entries: usize,
) {
    let (app, proxy, owner) = behind_proxy().await;
    let customer = owner.customer("Badr").await;
    proxy.lose(loss);
    let unknown = owner.add_entry(json!({ "customerId": customer, "type": "CREDIT", "amount": "10" })).await;
    assert!(proxy.has_lost());
    assert_eq!(errors(&unknown), ["OUTCOME_UNKNOWN"]);
    assert_eq!(unknown["entry"], json!(null));
    let message = unknown["userErrors"][0]["message"].as_str().unwrap();
    assert!(message.contains("not known") && message.contains("check first"), "{message}");
    assert_eq!(owner.gql("{ entries { totalCount } }", json!({})).await["entries"]["totalCount"], entries);
    app.assert_journal_is_whole().await;
}
