//! A GraphQL client: to a router in this process, or to a server of its own.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use tower::ServiceExt;

/// How long a busy server is asked again.
const PATIENCE: Duration = Duration::from_mins(5);
/// For how long a server may take to notice that it is ready, or is not, on a busy machine.
const NOTICED_WITHIN: Duration = Duration::from_mins(1);
/// How long a client waits before it asks a busy server again.
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Clone)]
pub struct Client {
    transport: Transport,
    pub token: Option<String>,
    /// The address that a router sees.
    address: IpAddr,
    /// Headers that are sent along.
    headers: HeaderMap,
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
        Self::to(Transport::Router(router))
    }

    pub fn to_server(url: &str) -> Self {
        Self::to(Transport::Http(reqwest::Client::new(), url.to_owned()))
    }

    fn to(transport: Transport) -> Self {
        Self { transport, token: None, address: Ipv4Addr::LOCALHOST.into(), headers: HeaderMap::new() }
    }

    /// The same at another address.
    pub fn at_address(&self, address: &str) -> Self {
        Self { address: address.parse().unwrap(), ..self.clone() }
    }

    /// The same with one more header.
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        client
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Sends an operation.
    pub async fn request(&self, query: &str, variables: Value) -> Answer {
        self.post(&json!({ "query": query, "variables": variables })).await
    }

    /// Sends an operation, and sends the same again as clients do: while the server is too busy for it (`TRY_AGAIN` says that
    /// nothing was done), and with an idempotency key also when the outcome is unknown. An operation of several fields is sent
    /// once, since some of them may have been done.
    pub async fn request_patiently(&self, query: &str, variables: Value) -> Answer {
        let started = Instant::now();
        let has_key = variables["input"]["idempotencyKey"].is_string();
        loop {
            let answer = self.request(query, variables.clone()).await;
            let may_repeat = answer.says("TRY_AGAIN") || has_key && answer.says("OUTCOME_UNKNOWN");
            if !may_repeat || started.elapsed() > PATIENCE {
                return answer;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The data of an operation that has no errors, once the server is not too busy for it.
    pub async fn gql(&self, query: &str, variables: Value) -> Value {
        let answer = self.request_patiently(query, variables).await;
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

    /// Gets something that is not GraphQL.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Waits until the server says that it is ready, or is not; gives the reason.
    pub async fn until_ready(&self, is_ready: bool) -> String {
        let started = Instant::now();
        loop {
            let answer = self.get("/health/ready").await;
            if (answer.status == 200) == is_ready {
                return answer.json()["reason"].as_str().unwrap_or_default().to_owned();
            }
            assert!(started.elapsed() < NOTICED_WITHIN, "still {}: {}", answer.status, answer.text);
            tokio::task::yield_now().await;
        }
    }

    /// Posts a body to the endpoint.
    pub async fn post(&self, body: &Value) -> Answer {
        let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Sends a request for a file to a router and returns the body, of which nothing is read yet.
    pub async fn begin_download(&self, uri: &str) -> Body {
        let token = self.token.as_ref().unwrap();
        let request = Request::get(uri).header(header::AUTHORIZATION, format!("Bearer {token}"));
        let response = self.begin(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), 200);
        response.into_body()
    }

    /// Sends any request to a router and returns the response, of whose body nothing is read yet.
    pub async fn begin(&self, mut request: Request<Body>) -> Response {
        let Transport::Router(router) = &self.transport else { panic!("not a router") };
        request.headers_mut().extend(self.headers.clone());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 4711)));
        router.clone().oneshot(request).await.unwrap()
    }

    /// Sends any request.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().extend(self.headers.clone());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 4711)));
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
    /// Whether the one field of the operation, or all of it, has this error code.
    fn says(&self, code: &str) -> bool {
        if !self.text.contains(code) {
            return false;
        }
        let body = self.json();
        let mut fields = body["data"].as_object().into_iter().flatten().map(|(_, payload)| payload);
        let (field, others) = (fields.next().unwrap_or(&Value::Null), fields.count());
        let lists =
            [&body["errors"], &field["userErrors"]].map(|errors| errors.as_array().map_or(&[][..], Vec::as_slice));
        let mut codes =
            lists.concat().into_iter().map(|error| [error["code"].clone(), error["extensions"]["code"].clone()]);
        others == 0 && codes.any(|codes| codes.contains(&json!(code)))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
