//! Requests as attackers and canaries send them. Whatever comes back is an outcome.

use std::{net::Ipv4Addr, time::Duration};

use reqwest::RequestBuilder;
use serde_json::{Map, Value, json};

/// How long the canary waits for an answer.
const CANARY: Duration = Duration::from_secs(15);
/// How long an attacker waits for an answer.
const ATTACKER: Duration = Duration::from_mins(5);
/// What is kept of an answer.
const KEPT: usize = 4 << 20;

/// Somebody who sends requests, with connections of their own.
#[derive(Clone)]
pub struct Wire {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

/// An answer, which may be cut.
pub struct Answer {
    pub status: u16,
    pub bytes: usize,
    text: Vec<u8>,
}

/// The address of an attacker, by number: each in a /24 network of its own.
pub fn stranger(number: usize) -> Ipv4Addr {
    let [.., high, low] = u32::try_from(number).unwrap().to_be_bytes();
    Ipv4Addr::new(127, 1 + high, low, 1)
}

impl Wire {
    /// The canary's.
    pub fn of_canary(url: &str, keeps_connections: bool) -> Self {
        let mut http = reqwest::Client::builder().timeout(CANARY);
        if !keeps_connections {
            http = http.pool_max_idle_per_host(0);
        }
        Self::over(http, url)
    }

    /// That of an attacker with this number.
    pub fn of_stranger(url: &str, number: usize) -> Self {
        Self::over(reqwest::Client::builder().timeout(ATTACKER).local_address(Some(stranger(number).into())), url)
    }

    fn over(http: reqwest::ClientBuilder, url: &str) -> Self {
        Self { http: http.build().unwrap(), url: url.to_owned(), token: None }
    }

    pub fn with_token(&self, token: Option<&str>) -> Self {
        Self { token: token.map(str::to_owned), ..self.clone() }
    }

    /// Sends an operation. Gives its data, or how it failed: with an HTTP status, a code of GraphQL, or that of the first user
    /// error of a payload.
    pub async fn ask(&self, query: &str, variables: Value) -> Result<Value, String> {
        self.post(query, variables).await?.data()
    }

    /// The same, with nothing but how it ended.
    pub async fn outcome(&self, query: &str, variables: Value) -> String {
        self.ask(query, variables).await.map_or_else(|failure| failure, |_| "done".to_owned())
    }

    /// Sends an operation of several fields. Gives their payloads by their names, whatever errors those have.
    pub async fn ask_for_payloads(&self, query: &str) -> Result<Map<String, Value>, String> {
        let answer = self.post(query, json!({})).await?;
        match answer.json()["data"].take() {
            Value::Object(payloads) if answer.status == 200 => Ok(payloads),
            _ => Err(answer.failure()),
        }
    }

    /// Sends an operation whose answer may be large. Gives its status, its error if it has one, and its size.
    pub async fn weigh(&self, query: &str, variables: Value) -> String {
        match self.post(query, variables).await {
            Ok(answer) => format!("{} ({} MB)", answer.failure(), answer.bytes >> 20),
            Err(failure) => failure,
        }
    }

    async fn post(&self, query: &str, variables: Value) -> Result<Answer, String> {
        let body = json!({ "query": query, "variables": variables });
        self.send(self.http.post(format!("{}/graphql", self.url)).json(&body)).await
    }

    /// Gets something that is not GraphQL.
    pub async fn get(&self, path: &str) -> Result<Answer, String> {
        let answer = self.send(self.http.get(format!("{}{path}", self.url))).await?;
        if answer.status == 200 { Ok(answer) } else { Err(answer.failure()) }
    }

    /// Sends a request and reads all of the answer.
    async fn send(&self, mut request: RequestBuilder) -> Result<Answer, String> {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answered = async {
            let mut response = request.send().await?;
            let mut answer = Answer { status: response.status().as_u16(), bytes: 0, text: Vec::new() };
            while let Some(chunk) = response.chunk().await? {
                answer.bytes += chunk.len();
                answer.text.extend(&chunk[..chunk.len().min(KEPT - answer.text.len())]);
            }
            Ok(answer)
        };
        answered.await.map_err(|error: reqwest::Error| {
            let what = match () {
                () if error.is_timeout() => "no answer in time",
                () if error.is_connect() => "no connection",
                () => "connection broken",
            };
            what.to_owned()
        })
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.text).unwrap_or_default()
    }

    /// The status, and the code of the first error if there is one.
    fn failure(&self) -> String {
        let code = self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned();
        format!("{} {code}", self.status).trim().to_owned()
    }

    fn data(&self) -> Result<Value, String> {
        let mut body = self.json();
        if self.status != 200 || body.get("errors").is_some() {
            return Err(self.failure());
        }
        let data = body["data"].take();
        let mut payloads = data.as_object().into_iter().flatten();
        let code = payloads.find_map(|(_, payload)| payload["userErrors"][0]["code"].as_str());
        match code {
            Some(code) => Err(code.to_owned()),
            None => Ok(data),
        }
    }
}
