//! A health check that is asked without a pause.

use crate::attacks::{
    attack::{Attack, Tally},
    stage::Stage,
    wire::Wire,
};

const CONNECTIONS: usize = 16;

pub fn ready(stage: &Stage) -> Attack {
    let wires: Vec<_> = (0..CONNECTIONS).map(|_| Wire::of_stranger(stage.url(), 1)).collect();
    let (tally, length) = (Tally::default(), stage.length);
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let round = move |worker: usize| {
            let wire = wires[worker].clone();
            async move { wire.get("/health/ready").await.map_or_else(|failure| failure, |answer| answer.status.to_string()) }
        };
        of_run.work(CONNECTIONS, length, round).await;
    })
}
