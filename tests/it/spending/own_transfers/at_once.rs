//! Requests that are repeated, and several at once.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{CONFIRM, DECLINE, UNDO, decide, listed, reports, with};
use crate::harness::{Database, TestApp, errors, named};

#[apply(both_databases)]
async fn a_request_with_a_key_is_done_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let halves = amina.halves("5").await;
    let before = reports(&amina).await;
    for (mutation, key) in [(DECLINE, "no"), (CONFIRM, "yes"), (UNDO, "back"), (CONFIRM, "yes-again")] {
        let input = with(&halves, &json!({ "idempotencyKey": key }));
        let first = amina.decide(mutation, input.clone()).await;
        assert_eq!((errors(&first), &first["replayed"]), (vec![], &json!(false)), "{key}");
        let again = amina.decide(mutation, input.clone()).await;
        assert_eq!((&again["replayed"], &again["outgoing"]), (&json!(true), &first["outgoing"]), "{key}");
        assert_eq!(
            (&again["incoming"], amina.latest().await["outcome"].as_str()),
            (&first["incoming"], Some("REPLAYED"))
        );
        for other in [CONFIRM, DECLINE, UNDO] {
            if other != mutation {
                let conflict = amina.decide(other, input.clone()).await;
                assert_eq!(errors(&conflict), ["IDEMPOTENCY_CONFLICT idempotencyKey"], "{other} {key}");
            }
        }
    }
    // A request that is repeated late shows what became of it.
    decide(&amina, UNDO, &halves).await;
    let late = amina.decide(CONFIRM, with(&halves, &json!({ "idempotencyKey": "yes" }))).await;
    assert_eq!((&late["replayed"], &late["outgoing"]["counterpart"]), (&json!(true), &Value::Null));
    assert_eq!(reports(&amina).await, before);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn what_is_confirmed_or_undone_by_several_at_once_is_done_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let halves = amina.halves("5").await;
    let other = amina.new_wallet("YEM").await;
    let rival = amina.pay_from(&other, "Salary", "5", "2026-11-11").await;
    let call = async |mutation: &'static str, pair: [String; 2]| {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query =
            format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ userErrors {{ code path }} }} }}");
        let variables = json!({ "input": named(&pair) });
        let mut answer = amina.client.request_patiently(&query, variables).await.json();
        errors(&answer["data"][mutation].take())
    };
    for mutation in [CONFIRM, UNDO, CONFIRM, UNDO] {
        let results = join_all((0..6).map(|_| call(mutation, halves.clone()))).await;
        assert_eq!(results.iter().filter(|errors| errors.is_empty()).count(), 1, "{mutation} {results:?}");
        let others = results.iter().flatten().all(|error| error.starts_with("NOT_ALLOWED"));
        assert!(others, "{mutation} {results:?}");
        app.assert_journal_is_whole().await;
    }
    // An expense is half of one transfer, whoever wants it.
    let pairs = [&halves[1], &rival, &halves[1], &rival].map(|incoming| [halves[0].clone(), incoming.clone()]);
    let results = join_all(pairs.map(|pair| call(CONFIRM, pair))).await;
    assert_eq!(results.iter().filter(|errors| errors.is_empty()).count(), 1, "{results:?}");
    assert_eq!(amina.balance(&amina.wallet).await, "0.00");
    assert_eq!(listed(&amina, json!({ "isTransfer": true })).await, "2 +0.00 -0.00");
    app.assert_journal_is_whole().await;
}
