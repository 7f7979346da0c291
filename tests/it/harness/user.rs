//! A registered user, and what users do all the time.

use serde_json::{Value, json};

use super::Client;

pub const PASSWORD: &str = "correct horse battery";

const REGISTER: &str = "mutation($input: RegisterInput!) { register(input: $input) {
    user { id username displayName phone email } accessToken refreshToken expiresIn userErrors { code path message } } }";

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    user { id username } accessToken refreshToken expiresIn userErrors { code path message } } }";

const REFRESH: &str = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) {
    user { id username } accessToken refreshToken expiresIn userErrors { code path message } } }";

const MOVE: &str = "transaction { id type status failure reference memo createdAt amount { amount currency }
        from { displayName wallet { id } } to { displayName wallet { id } } }
    replayed userErrors { code path message }";

/// Somebody who is logged in.
#[derive(Clone)]
pub struct User {
    pub client: Client,
    pub refresh_token: String,
    /// The id of the first wallet.
    pub wallet: String,
}

impl User {
    pub async fn register(client: &Client, username: &str) -> Self {
        let input = json!({ "username": username, "password": PASSWORD });
        Self::register_as(client, input).await
    }

    pub async fn register_as(client: &Client, input: Value) -> Self {
        let payload = register(client, input).await;
        assert_eq!(payload["userErrors"], json!([]));
        let client = client.with_token(payload["accessToken"].as_str().unwrap());
        let refresh_token = payload["refreshToken"].as_str().unwrap().to_owned();
        let wallets = client.gql("{ wallets { id } }", json!({})).await;
        let wallet = wallets["wallets"][0]["id"].as_str().unwrap().to_owned();
        Self { client, refresh_token, wallet }
    }

    /// The same user, talking to another server.
    pub fn at(&self, client: &Client) -> Self {
        let token = self.client.token.as_ref().unwrap();
        Self { client: client.with_token(token), ..self.clone() }
    }

    pub async fn gql(&self, query: &str, variables: Value) -> Value {
        self.client.gql(query, variables).await
    }

    pub async fn error(&self, query: &str, variables: Value) -> String {
        self.client.error(query, variables).await
    }

    /// Calls a mutation that gives one payload.
    pub async fn mutate(&self, mutation: &str, input_type: &str, fields: &str, input: Value) -> Value {
        let query = format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {fields} }} }}");
        self.gql(&query, json!({ "input": input })).await[mutation].take()
    }

    pub async fn deposit(&self, input: Value) -> Value {
        self.mutate("deposit", "DepositInput", MOVE, input).await
    }

    pub async fn withdraw(&self, input: Value) -> Value {
        self.mutate("withdraw", "WithdrawInput", MOVE, input).await
    }

    pub async fn transfer(&self, input: Value) -> Value {
        self.mutate("transfer", "TransferInput", MOVE, input).await
    }

    /// Puts money into the first wallet.
    pub async fn fund(&self, amount: &str) {
        let done = self.deposit(json!({ "wallet": { "id": self.wallet }, "amount": amount })).await;
        assert_eq!(done["userErrors"], json!([]));
    }

    /// Pays from the first wallet into the first wallet of somebody.
    pub async fn pay(&self, to: &User, amount: &str) -> Value {
        let input = json!({ "from": { "id": self.wallet }, "to": { "id": to.wallet }, "amount": amount });
        self.transfer(input).await
    }

    /// Makes a wallet; its id.
    pub async fn new_wallet(&self, currency: &str) -> String {
        let fields = "wallet { id } userErrors { code }";
        let made = self.mutate("createWallet", "CreateWalletInput", fields, json!({ "currency": currency })).await;
        made["wallet"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }

    /// Logs in once more; the id of the new session.
    pub async fn another_session(&self, username: &str) -> String {
        let other = login(&self.client, username, PASSWORD).await;
        let other = self.client.with_token(other["accessToken"].as_str().unwrap());
        let mut sessions = other.gql("{ me { sessions { id isCurrent } } }", json!({})).await;
        let sessions = sessions["me"]["sessions"].as_array_mut().unwrap();
        let current = sessions.iter().find(|session| session["isCurrent"] == true).unwrap();
        current["id"].as_str().unwrap().to_owned()
    }

    /// What a wallet holds.
    pub async fn balance(&self, wallet: &str) -> String {
        let query = "query($id: ID!) { wallet(id: $id) { balance { amount } } }";
        let data = self.gql(query, json!({ "id": wallet })).await;
        data["wallet"]["balance"]["amount"].as_str().unwrap().to_owned()
    }

    /// The edges of a wallet's history, latest first, under a filter.
    pub async fn history(&self, wallet: &str, filter: Value) -> Vec<Value> {
        let query = "query($id: ID!, $filter: WalletTransactionFilter) {
            walletHistory(walletId: $id, filter: $filter, first: 100) {
                edges { direction balanceAfter { amount currency }
                    node { id type status failure reference memo createdAt amount { amount }
                        from { displayName wallet { id } } to { displayName wallet { id } } } } } }";
        let mut data = self.gql(query, json!({ "id": wallet, "filter": filter })).await;
        serde_json::from_value(data["walletHistory"]["edges"].take()).unwrap()
    }
}

/// The payload of a login.
pub async fn login(client: &Client, identifier: &str, password: &str) -> Value {
    let input = json!({ "identifier": identifier, "password": password });
    client.gql(LOGIN, json!({ "input": input })).await["login"].take()
}

/// The payload of a session that is to be prolonged.
pub async fn refresh(client: &Client, token: &str) -> Value {
    client.gql(REFRESH, json!({ "input": { "refreshToken": token } })).await["refreshToken"].take()
}

/// The payload of a registration.
pub async fn register(client: &Client, input: Value) -> Value {
    client.gql(REGISTER, json!({ "input": input })).await["register"].take()
}

/// The codes and paths of the user errors of a payload, as `CODE path.to.field`.
pub fn errors(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().unwrap_or_else(|| panic!("no user errors: {payload}"));
    let path = |error: &Value| {
        let path = error["path"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        path.collect::<Vec<_>>().join(".")
    };
    errors
        .iter()
        .map(|error| format!("{} {}", error["code"].as_str().unwrap(), path(error)).trim().to_owned())
        .collect()
}
