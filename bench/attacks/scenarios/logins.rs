//! Wrong logins, many at once, from many addresses.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;

use crate::{
    attacks::{
        attack::{Attack, Tally},
        canary::Probe,
        stage::Stage,
        wire::Wire,
    },
    harness::PASSWORD,
};

const AT_ONCE: usize = 600;
const ADDRESSES: usize = 60;
const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) { accessToken userErrors { code } } }";

pub async fn of_others(stage: &Stage) -> Attack {
    attack(stage, |number| format!("somebody{number}")).await
}

pub async fn of_canary(stage: &Stage) -> Attack {
    attack(stage, |_| "canary".to_owned()).await
}

async fn attack(stage: &Stage, name: fn(usize) -> String) -> Attack {
    let own = Wire::of_canary(stage.url(), true);
    let right = json!({ "input": { "identifier": "canary", "password": PASSWORD } });
    // The server knows the canary's address from before.
    own.ask(LOGIN, right.clone()).await.unwrap();
    let login = Probe::new("login", Duration::from_secs(1), move || {
        let (own, right) = (own.clone(), right.clone());
        async move { own.ask(LOGIN, right).await.map(drop) }
    });
    let wires: Vec<_> = (0..ADDRESSES).map(|number| Wire::of_stranger(stage.url(), number)).collect();
    let (tally, length, count) = (Tally::default(), stage.length, Arc::new(AtomicUsize::new(0)));
    let of_run = tally.clone();
    let run = async move {
        let round = move |worker: usize| {
            let (wire, name) = (wires[worker % ADDRESSES].clone(), name(count.fetch_add(1, Ordering::SeqCst)));
            let input = json!({ "identifier": name, "password": "this is not it, but might be" });
            async move { wire.outcome(LOGIN, json!({ "input": input })).await }
        };
        of_run.work(AT_ONCE, length, round).await;
    };
    Attack::new(&tally, run).with_probe(login)
}
