//! The same refresh token twice at once, as two tabs of a browser send it.

use serde_json::{Value, json};

use crate::attacks::{
    attack::{Attack, Tally},
    stage::Stage,
    wire::Wire,
};

const SESSIONS: usize = 20;
const REFRESH: &str = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) {
    accessToken refreshToken userErrors { code } } }";

pub async fn twice(stage: &Stage) -> Attack {
    let mut tokens = Vec::new();
    for number in 0..SESSIONS {
        tokens.push(stage.user(&format!("user{number}")).await.refresh_token);
    }
    let tabs = [(); 2].map(|()| Wire::of_stranger(stage.url(), 1));
    let tally = Tally::default();
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let mut survived = 0;
        for token in tokens {
            let input = json!({ "input": { "refreshToken": token } });
            let [one, other] = &tabs;
            let (one, other) = tokio::join!(one.ask(REFRESH, input.clone()), other.ask(REFRESH, input));
            let mut all_work = true;
            for answer in [one, other] {
                all_work &= works(&tabs[0], &of_run, answer).await;
            }
            survived += usize::from(all_work);
        }
        of_run.note(format!("{survived} of {SESSIONS} sessions went on in both tabs"));
        if survived < SESSIONS {
            of_run.reached(format!("{} sessions ended", SESSIONS - survived));
        }
    })
}

/// Whether the tokens of an answer can be used.
async fn works(wire: &Wire, tally: &Tally, answer: Result<Value, String>) -> bool {
    let data = match answer {
        Ok(data) => data,
        Err(failure) => {
            tally.add(format!("refresh {failure}"));
            return false;
        }
    };
    let token = data["refreshToken"]["accessToken"].as_str();
    let used = wire.with_token(token).outcome("{ me { id } }", json!({})).await;
    let works = used == "done";
    tally.add(format!("use of the new token {used}"));
    works
}
