//! What an answer promises.

use std::time::Duration;

use serde_json::{Value, json};

use super::operation::{Operation, Party};

/// A client waits for so long, then takes the request for lost.
const TIMEOUT: Duration = Duration::from_secs(20);

/// What a client may conclude.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is done, once and for all; `refusal` says why what was done is only that an attempt is on record.
    Done { id: String, replayed: bool, refusal: Option<String> },
    /// Nothing was done.
    NothingDone,
    /// Nobody knows.
    Unknown(Unknown),
    /// Something that no client should hear.
    Unexpected(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The connection broke, or nothing came.
    Lost,
    /// The server said so.
    Said,
    /// The server said that it has a fault.
    Fault,
}

/// What sends requests over connections that it keeps.
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().timeout(TIMEOUT).build().unwrap()
}

/// Asks for something.
pub async fn ask(http: &reqwest::Client, url: &str, party: &Party, operation: &Operation) -> Heard {
    let token = party.user.client.token.as_deref().unwrap_or_default();
    let request = http.post(format!("{url}/graphql")).bearer_auth(token).json(&operation.body());
    let answered = async {
        let response = request.send().await?;
        Ok::<_, reqwest::Error>((response.status().as_u16(), response.text().await?))
    };
    match answered.await {
        Ok((status, text)) => read(status, &text),
        Err(error) if error.is_connect() => Heard::NothingDone,
        Err(_) => Heard::Unknown(Unknown::Lost),
    }
}

fn read(status: u16, text: &str) -> Heard {
    let unexpected = || Heard::Unexpected(format!("{status} {text}"));
    let Ok(body) = serde_json::from_str::<Value>(text) else {
        return if status >= 500 { Heard::Unknown(Unknown::Fault) } else { unexpected() };
    };
    match body["errors"][0]["extensions"]["code"].as_str() {
        Some("TRY_AGAIN") if status == 503 => return Heard::NothingDone,
        Some("INTERNAL_SERVER_ERROR") => return Heard::Unknown(Unknown::Fault),
        Some(_) => return unexpected(),
        None => {}
    }
    let done = &body["data"]["done"];
    let refusals: Vec<_> = done["userErrors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| error["code"].as_str().unwrap_or("?"))
        .collect();
    let id = done["object"]["id"].as_str().map(str::to_owned);
    let replayed = done["replayed"] == json!(true);
    match (id, refusals.as_slice()) {
        (Some(id), []) => Heard::Done { id, replayed, refusal: None },
        (Some(id), [refusal @ "INSUFFICIENT_FUNDS"]) => {
            Heard::Done { id, replayed, refusal: Some((*refusal).to_owned()) }
        }
        (None, ["TRY_AGAIN"]) => Heard::NothingDone,
        (None, ["OUTCOME_UNKNOWN"]) => Heard::Unknown(Unknown::Said),
        _ => unexpected(),
    }
}
