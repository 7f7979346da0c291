//! What is no transfer, and transfers that are damaged.

use serde_json::{Value, json};

use super::{CONFIRM, DECLINE, UNDO, decide, reports, with};
use crate::harness::{Database, TestApp, errors, id_of, named};

#[apply(both_databases)]
async fn what_is_no_pair_is_refused_and_nothing_changes(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let halves = amina.halves("5").await;
    let [outgoing, incoming] = halves.clone();
    let theirs = badr.halves("5").await;
    amina.fund("100").await;
    let (savings, dollars) = (amina.new_wallet("YEM").await, amina.new_wallet("USD").await);
    let same_wallet = amina.pay_from(&amina.wallet, "Salary", "5", "2026-11-10").await;
    let more = amina.pay_from(&savings, "Salary", "5.01", "2026-11-10").await;
    let foreign = amina.pay_from(&dollars, "Salary", "5", "2026-11-10").await;
    let spent = amina.pay_from(&savings, "Food", "5", "2026-11-10").await;
    let cash = amina.spend("Salary", "5", "2026-11-10").await;
    let deleted = amina.pay_from(&savings, "Salary", "5", "2026-11-10").await;
    id_of(&amina.delete_transaction(json!({ "id": deleted })).await, "transaction");
    let customer = amina.customer("Yusuf").await;
    let before = (reports(&amina).await, amina.proposed().await);
    let cases: [(&str, &str, &[&str]); 13] = [
        (&theirs[0], &incoming, &["NOT_FOUND outgoingId"]),
        (&outgoing, &theirs[1], &["NOT_FOUND incomingId"]),
        (&theirs[0], &theirs[1], &["NOT_FOUND outgoingId", "NOT_FOUND incomingId"]),
        (&customer, "x", &["NOT_FOUND outgoingId", "NOT_FOUND incomingId"]),
        (&outgoing, &deleted, &["NOT_ALLOWED incomingId"]),
        (&outgoing, &cash, &["NOT_ALLOWED incomingId"]),
        (&incoming, &outgoing, &["INVALID outgoingId", "INVALID incomingId"]),
        (&outgoing, &spent, &["INVALID incomingId"]),
        (&outgoing, &outgoing, &["SAME_WALLET incomingId"]),
        (&outgoing, &same_wallet, &["SAME_WALLET incomingId"]),
        (&outgoing, &foreign, &["CURRENCY_MISMATCH incomingId"]),
        (&outgoing, &more, &["INVALID incomingId"]),
        (&spent, &spent, &["SAME_WALLET incomingId"]),
    ];
    for (outgoing, incoming, expected) in cases {
        let pair = named(&[outgoing.to_owned(), incoming.to_owned()]);
        for mutation in [CONFIRM, DECLINE] {
            let refused = amina.decide(mutation, pair.clone()).await;
            assert_eq!(errors(&refused), expected, "{mutation} {pair}");
            assert_eq!((&refused["outgoing"], &refused["incoming"]), (&Value::Null, &Value::Null));
        }
    }
    for (pair, expected) in [
        (halves.clone(), vec!["NOT_ALLOWED outgoingId"]),
        ([outgoing.clone(), theirs[1].clone()], vec!["NOT_FOUND incomingId"]),
    ] {
        assert_eq!(errors(&amina.decide(UNDO, named(&pair)).await), expected, "{pair:?}");
    }
    // What was changed meanwhile is looked at again first.
    let change = json!({ "id": outgoing, "description": "changed" });
    id_of(&amina.update_transaction(change).await, "transaction");
    let old = json!({ "expectedOutgoingVersion": 1, "expectedIncomingVersion": 1 });
    let refused = amina.decide(CONFIRM, with(&halves, &old)).await;
    assert_eq!(errors(&refused), ["CONFLICT expectedOutgoingVersion"]);
    assert_eq!(refused["userErrors"][0]["current"]["id"], json!(outgoing));
    assert_eq!((reports(&amina).await, amina.proposed().await), before);
    app.assert_journal_is_whole().await;

    let new = json!({ "expectedOutgoingVersion": 2, "expectedIncomingVersion": 1 });
    assert_eq!(errors(&amina.decide(CONFIRM, with(&halves, &new)).await), [""; 0]);
    // What is confirmed is not confirmed or declined again, nor with others, and neither half is changed or deleted alone.
    for (pair, expected) in [
        (halves.clone(), vec!["NOT_ALLOWED outgoingId", "NOT_ALLOWED incomingId"]),
        ([outgoing.clone(), more], vec!["NOT_ALLOWED outgoingId"]),
        ([spent, incoming.clone()], vec!["NOT_ALLOWED incomingId"]),
    ] {
        for mutation in [CONFIRM, DECLINE] {
            assert_eq!(errors(&amina.decide(mutation, named(&pair)).await), expected, "{mutation} {pair:?}");
        }
    }
    let swapped = [incoming.clone(), outgoing.clone()];
    assert_eq!(errors(&amina.decide(UNDO, named(&swapped)).await), ["NOT_ALLOWED outgoingId"]);
    for half in &halves {
        let change = json!({ "id": half, "amount": "6" });
        assert_eq!(errors(&amina.update_transaction(change).await), ["NOT_ALLOWED id"]);
        assert_eq!(errors(&amina.delete_transaction(json!({ "id": half })).await), ["NOT_ALLOWED id"]);
    }
    let refused = amina.latest().await;
    assert_eq!((&refused["action"], &refused["outcome"]), (&json!("DELETE_TRANSACTION"), &json!("REFUSED")));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn halves_that_do_not_fit_together_are_found(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let halves = amina.halves("5").await;
    decide(&amina, CONFIRM, &halves).await;
    let other = amina.halves("5").await;
    app.assert_journal_is_whole().await;
    let tamperer = app.tamperer().await;
    let half = "\"transaction\" SET";
    let income = "WHERE kind = 'INCOME' AND counterpart_id IS NOT NULL";
    let of_other = "(SELECT id FROM \"transaction\" WHERE kind = 'INCOME' AND counterpart_id IS NULL)";
    assert!(!other.is_empty());
    for sql in [
        format!("UPDATE {half} counterpart_id = NULL {income}"),
        format!("UPDATE {half} counterpart_id = {of_other} WHERE kind = 'EXPENSE' AND counterpart_id IS NOT NULL"),
        format!("UPDATE {half} amount = amount + 1 {income}"),
        format!("UPDATE {half} kind = 'EXPENSE' {income}"),
        format!("UPDATE {half} deleted_at = created_at {income}"),
        format!(
            "UPDATE {half} wallet_id = (SELECT other.wallet_id FROM \"transaction\" other
             WHERE other.kind = 'EXPENSE' AND other.counterpart_id IS NOT NULL) {income}"
        ),
        "UPDATE account SET credits = credits + 1 WHERE kind = 'IN_TRANSIT'".to_owned(),
    ] {
        let found = tamperer.differences(&sql).await;
        assert!(found.iter().any(|difference| json!(difference.check) == "OWN_TRANSFER"), "{sql}: {found:#?}");
    }
    assert_eq!(tamperer.differences("SELECT 1").await.len(), 0);
}
