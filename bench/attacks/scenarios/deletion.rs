//! A payer who keeps an account from being deleted, since a wallet that holds money is in the way.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    attacks::{
        attack::{Attack, Tally},
        stage::Stage,
        wire::Wire,
    },
    harness::{PASSWORD, User},
};

const ACCOUNTS: usize = 5;
/// How often each owner tries.
const TRIES: usize = 20;
const PAYERS: usize = 4;
/// How long all owners together try.
const LONGEST: Duration = Duration::from_mins(2);

pub async fn hinder(stage: &Stage) -> Attack {
    let mut owners = Vec::new();
    for number in 0..ACCOUNTS {
        owners.push(stage.user(&format!("owner{number}")).await);
    }
    let payer = stage.user("payer").await;
    payer.fund("1000000").await;
    let (tally, url) = (Tally::default(), stage.url().to_owned());
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let (payer, end) = (Arc::new(payer), Instant::now() + LONGEST);
        let mut deleted = 0;
        for owner in &owners {
            let (stop, stopped) = watch::channel(false);
            let mut payers = JoinSet::new();
            for _ in 0..PAYERS {
                let wire = Wire::of_stranger(&url, 1).with_token(payer.client.token.as_deref());
                payers.spawn(pay(of_run.clone(), wire, payer.wallet.clone(), owner.wallet.clone(), stopped.clone()));
            }
            // They are at it before the owner begins.
            sleep(Duration::from_millis(200)).await;
            deleted += usize::from(delete(&of_run, &url, owner, end).await);
            stop.send_replace(true);
            payers.join_all().await;
        }
        of_run.note(format!("{deleted} of {ACCOUNTS} accounts were deleted"));
        if deleted < ACCOUNTS {
            of_run.reached(format!("{} accounts could not be deleted", ACCOUNTS - deleted));
        }
    })
}

async fn pay(tally: Tally, wire: Wire, from: String, to: String, stopped: watch::Receiver<bool>) {
    let query = "mutation($input: TransferInput!) { transfer(input: $input) { userErrors { code } } }";
    while !*stopped.borrow() {
        let input = json!({ "from": { "id": from }, "to": { "id": to }, "amount": "0.01" });
        tally.add(format!("payment {}", wire.outcome(query, json!({ "input": input })).await));
    }
}

/// Takes all money out and deletes the account, again and again.
async fn delete(tally: &Tally, url: &str, owner: &User, end: Instant) -> bool {
    let wire = Wire::of_canary(url, true).with_token(owner.client.token.as_deref());
    let wallet = json!({ "id": owner.wallet });
    for _ in 0..TRIES {
        if Instant::now() > end {
            break;
        }
        let balance = wire.ask("query($id: ID!) { wallet(id: $id) { balance { amount } } }", wallet.clone()).await;
        let amount = balance.map(|data| data["wallet"]["balance"]["amount"].clone()).unwrap_or_default();
        let withdraw = "mutation($input: WithdrawInput!) { withdraw(input: $input) { userErrors { code } } }";
        let input = json!({ "wallet": wallet, "amount": amount });
        tally.add(format!("withdrawal {}", wire.outcome(withdraw, json!({ "input": input })).await));
        let delete = "mutation($input: DeleteAccountInput!) { deleteAccount(input: $input) { userErrors { code } } }";
        let deleted = wire.outcome(delete, json!({ "input": { "password": PASSWORD } })).await;
        tally.add(format!("deletion {deleted}"));
        if deleted == "done" {
            return true;
        }
    }
    false
}
