//! A GraphQL client: to a router in this process, or to a server of its own.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use serde_json::{Value, json};
use tower::ServiceExt;

#[derive(Clone)]
pub struct Client {
    transport: Transport,
    pub token: Option<String>,
}

#[derive(Clone)]
enum Transport {
    Router(Router),
    Http(reqwest::Client, String),
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Client {
    pub fn to_router(router: Router) -> Self {
        Self { transport: Transport::Router(router), token: None }
    }

    pub fn to_server(url: &str) -> Self {
        Self { transport: Transport::Http(reqwest::Client::new(), url.to_owned()), token: None }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Sends an operation.
    pub async fn request(&self, query: &str, variables: Value) -> Answer {
        self.post(&json!({ "query": query, "variables": variables })).await
    }

    /// The data of an operation that has no errors.
    pub async fn gql(&self, query: &str, variables: Value) -> Value {
        let answer = self.request(query, variables).await;
        let mut body = answer.json();
        assert_eq!(body.get("errors"), None, "{query}");
        body["data"].take()
    }

    /// The code of the first error of an operation.
    pub async fn error(&self, query: &str, variables: Value) -> String {
        let body = self.request(query, variables).await.json();
        let code = body["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no error: {body}")).to_owned()
    }

    /// Posts a body to the endpoint.
    pub async fn post(&self, body: &Value) -> Answer {
        let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (status, headers, body) = match &self.transport {
            Transport::Router(router) => {
                let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
                (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap())
            }
            Transport::Http(client, url) => {
                let (parts, body) = request.into_parts();
                let response = client
                    .request(parts.method, format!("{url}{}", parts.uri))
                    .headers(parts.headers)
                    .body(to_bytes(body, usize::MAX).await.unwrap())
                    .send()
                    .await
                    .unwrap();
                (response.status(), response.headers().clone(), response.bytes().await.unwrap())
            }
        };
        Answer { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
