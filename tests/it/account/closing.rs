//! Accounts that are closing: their deletion was refused because a wallet held money, and nobody else can pay in any more.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};

use crate::harness::{Database, PASSWORD, TestApp, User, errors, told};

async fn delete(user: &User) -> Vec<String> {
    let input = json!({ "password": PASSWORD });
    errors(&user.mutate("deleteAccount", "DeleteAccountInput", "userErrors { code path message }", input).await)
}

async fn cancel(user: &User) -> Value {
    let query = "mutation { cancelAccountDeletion { user { closingSince } userErrors { code path message } } }";
    user.gql(query, json!({})).await["cancelAccountDeletion"].take()
}

async fn closing_since(user: &User) -> Value {
    user.gql("{ me { closingSince } }", json!({})).await["me"]["closingSince"].take()
}

#[apply(both_databases)]
async fn an_account_whose_deletion_is_refused_takes_no_payments_of_others_but_pays_out(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    badr.fund("10").await;
    assert_eq!(closing_since(&amina).await, Value::Null);
    assert_eq!(delete(&amina).await, ["WALLET_NOT_EMPTY"]);
    let since = closing_since(&amina).await;
    assert!(since.as_str().is_some_and(|since| since.starts_with("2026-11-21T10:00")), "{since}");
    let events = amina.activity(json!({ "actions": ["DELETE_ACCOUNT"] })).await;
    assert_eq!(events.iter().map(told).collect::<Vec<_>>(), ["DELETE_ACCOUNT REFUSED WALLET_NOT_EMPTY"]);

    // A wallet that is created now takes no payments either, and a second refusal changes nothing.
    let another = amina.new_wallet("YEM").await;
    assert_eq!(delete(&amina).await, ["WALLET_NOT_EMPTY"]);
    assert_eq!(closing_since(&amina).await, since);
    for to in [json!({ "id": amina.wallet }), json!({ "username": "amina" }), json!({ "id": another })] {
        let paid = badr.transfer(json!({ "from": { "id": badr.wallet }, "to": to, "amount": "1" })).await;
        assert_eq!(errors(&paid), ["WALLET_NOT_ACTIVE to"], "{to}");
    }
    // The payer cannot tell it from a frozen wallet.
    let frozen = app.user("celal").await;
    frozen.mutate("freezeWallet", "FreezeWalletInput", "wallet { id }", json!({ "id": frozen.wallet })).await;
    assert_eq!(badr.pay(&amina, "1").await["userErrors"], badr.pay(&frozen, "1").await["userErrors"]);
    assert_eq!(badr.balance(&badr.wallet).await, "10.00");

    let inside = json!({ "from": { "id": amina.wallet }, "to": { "id": another }, "amount": "4" });
    assert_eq!(errors(&amina.transfer(inside).await), [""; 0]);
    assert_eq!(errors(&amina.pay(&badr, "5").await), [""; 0]);
    for (wallet, amount) in [(&amina.wallet, "1"), (&another, "4")] {
        let out = amina.withdraw(json!({ "wallet": { "id": wallet }, "amount": amount })).await;
        assert_eq!(errors(&out), [""; 0]);
    }
    assert_eq!(delete(&amina).await, [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_cancelled_deletion_lets_others_pay_again(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    badr.fund("10").await;
    assert_eq!(delete(&amina).await, ["WALLET_NOT_EMPTY"]);
    let since = closing_since(&amina).await;
    let kept = json!({ "user": { "closingSince": null }, "userErrors": [] });
    assert_eq!(cancel(&amina).await, kept);
    let event = amina.latest().await;
    assert_eq!(told(&event), "CANCEL_ACCOUNT_DELETION DONE");
    assert_eq!(event["changes"], json!([{ "field": "closingSince", "from": since, "to": null }]));
    assert_eq!(errors(&badr.pay(&amina, "1").await), [""; 0]);
    assert_eq!(amina.balance(&amina.wallet).await, "11.00");
    // Once more changes nothing.
    assert_eq!(cancel(&amina).await, kept);
    assert_eq!(amina.latest().await["changes"], json!([]));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn nobody_prevents_a_deletion_by_paying_all_the_time(on: Database) {
    let (app, badr) = TestApp::with_owner(on).await;
    badr.fund("100000").await;
    for round in 0..3 {
        let leaver = app.user(&format!("leaver{round}")).await;
        let stop = Arc::new(AtomicBool::new(false));
        let payers: Vec<_> = (0..3)
            .map(|_| {
                let (badr, leaver, stop) = (badr.clone(), leaver.clone(), stop.clone());
                tokio::spawn(async move {
                    let mut paid = 0;
                    while !stop.load(Ordering::SeqCst) {
                        paid += usize::from(errors(&badr.pay(&leaver, "1").await).is_empty());
                    }
                    paid
                })
            })
            .collect();
        // Some payments arrive first.
        while leaver.balance(&leaver.wallet).await == "0.00" {}
        assert_eq!(delete(&leaver).await, ["WALLET_NOT_EMPTY"]);
        let holds = leaver.balance(&leaver.wallet).await;
        let out = leaver.withdraw(json!({ "wallet": { "id": leaver.wallet }, "amount": holds })).await;
        assert_eq!(errors(&out), [""; 0]);
        let deleted = delete(&leaver).await;
        stop.store(true, Ordering::SeqCst);
        let mut paid = 0;
        for payer in payers {
            paid += payer.await.unwrap();
        }
        assert_eq!(deleted, [""; 0]);
        assert_eq!(format!("{paid}.00"), holds);
    }
    app.assert_journal_is_whole().await;
}
