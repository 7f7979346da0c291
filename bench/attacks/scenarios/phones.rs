//! Phone numbers that somebody guesses, to learn whose they are.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{
    attacks::{
        attack::{Attack, Tally},
        stage::Stage,
        wire::Wire,
    },
    harness::{PASSWORD, User},
};

const NUMBERS: usize = 1120;
/// Every so many numbers one belongs to somebody.
const EVERY: usize = 56;
const TOGETHER: usize = 5;

fn phone(number: usize) -> String {
    format!("+96771{number:07}")
}

pub async fn guess(stage: &Stage) -> Attack {
    for number in (0..NUMBERS).step_by(EVERY) {
        let name = format!("user{number}");
        let input = json!({ "username": name, "displayName": name, "password": PASSWORD, "phone": phone(number) });
        User::register_as(&stage.client(), input).await;
    }
    let user = stage.user("attacker").await;
    let wire = Wire::of_stranger(stage.url(), 1).with_token(user.client.token.as_deref());
    let tally = Tally::default();
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let mut codes = [BTreeMap::<String, usize>::new(), BTreeMap::new()];
        let mut revealed = 0;
        for first in (0..NUMBERS).step_by(TOGETHER) {
            let one = |number: usize| {
                format!(
                    "a{number}: transfer(input: {{ from: {{ id: \"{}\" }}, to: {{ phone: \"{}\" }}, amount: \"1\" }}) {{
                         transaction {{ to {{ displayName }} }} userErrors {{ code }} }}",
                    user.wallet,
                    phone(number)
                )
            };
            let all: Vec<_> = (first..first + TOGETHER).map(one).collect();
            match wire.ask_for_payloads(&format!("mutation {{ {} }}", all.join("\n"))).await {
                Ok(payloads) => {
                    for (name, payload) in payloads {
                        revealed += usize::from(payload["transaction"]["to"]["displayName"].is_string());
                        let code = payload["userErrors"][0]["code"].as_str().unwrap_or("done").to_owned();
                        let is_of_somebody = name[1..].parse::<usize>().unwrap() % EVERY == 0;
                        *codes[usize::from(is_of_somebody)].entry(code).or_default() += 1;
                    }
                }
                Err(failure) => of_run.add(failure),
            }
        }
        let [of_nobody, of_somebody] = &codes;
        of_run.note(format!("numbers of nobody: {of_nobody:?}; of somebody: {of_somebody:?}; names: {revealed}"));
        if revealed > 0 {
            of_run.reached(format!("{revealed} names were revealed"));
        }
        if of_somebody.keys().any(|code| !of_nobody.contains_key(code)) {
            of_run.reached("the answers tell which numbers belong to somebody".to_owned());
        }
    })
}
