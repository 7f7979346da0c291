//! The messages of `graphql-transport-ws`, see <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>. Pure.

use async_graphql::ServerError;
use serde_json::{Map, Value, json};

use crate::server::graphql::parameters::parse_json;

/// A message of a client.
#[derive(Debug, PartialEq)]
pub(super) enum Received {
    /// Begins the conversation.
    Init(Map<String, Value>),
    Ping(Option<Value>),
    Pong,
    /// Asks for an operation.
    Subscribe {
        id: String,
        parameters: Map<String, Value>,
    },
    /// Ends an operation.
    Complete {
        id: String,
    },
}

impl Received {
    /// Parses a message. `None` when it is not one of the protocol.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let Some(Value::Object(mut message)) = parse_json(text.as_bytes()) else { return None };
        let payload = message.remove("payload").filter(|payload| !payload.is_null());
        let id = match message.remove("id") {
            Some(Value::String(id)) if !id.is_empty() => Some(id),
            _ => None,
        };
        let object = |payload| match payload {
            Some(Value::Object(object)) => Some(object),
            _ => None,
        };
        match message.get("type")?.as_str()? {
            "connection_init" if payload.is_none() => Some(Self::Init(Map::new())),
            "connection_init" => Some(Self::Init(object(payload)?)),
            "ping" => Some(Self::Ping(payload)),
            "pong" => Some(Self::Pong),
            "subscribe" => Some(Self::Subscribe { id: id?, parameters: object(payload)? }),
            "complete" => Some(Self::Complete { id: id? }),
            _ => None,
        }
    }
}

/// The access token in the payload that a conversation begins with: in `Authorization`, as in the header of a request, itself or
/// in `headers`. `None` when there is none.
///
/// # Errors
/// When it is malformed.
pub(super) fn token(payload: &Map<String, Value>) -> Result<Option<&str>, Malformed> {
    let in_headers = || named(named(payload, "headers")?.as_object()?, "authorization");
    let Some(authorization) = named(payload, "authorization").or_else(in_headers) else { return Ok(None) };
    let token = authorization.as_str().and_then(|text| text.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer")).ok_or(Malformed)?;
    Ok(Some(token.1.trim()))
}

/// Something else stands where an access token should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The field with this name, in whatever case, unless it is null.
fn named<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let mut fields = object.iter().filter(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null());
    fields.next().map(|(_, value)| value)
}

pub(super) fn ack() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

pub(super) fn pong(payload: Option<&Value>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string(),
        None => json!({ "type": "pong" }).to_string(),
    }
}

/// A result of an operation. `result` is JSON.
pub(super) fn next(id: &str, result: &str) -> String {
    format!("{{\"id\":{},\"type\":\"next\",\"payload\":{result}}}", json!(id))
}

/// The errors for which an operation ends.
pub(super) fn errors(id: &str, errors: &[ServerError]) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// The end of an operation.
pub(super) fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Malformed, Received, next, token};

    #[test]
    fn a_message_of_another_form_is_none() {
        for text in [
            "",
            "1",
            "[]",
            "{}",
            "{\"type\":1}",
            "{\"type\":\"start\"}",
            "{\"type\":\"connection_init\",\"payload\":1}",
            "{\"type\":\"subscribe\",\"payload\":{}}",
            "{\"type\":\"subscribe\",\"id\":\"\",\"payload\":{}}",
            "{\"type\":\"subscribe\",\"id\":1,\"payload\":{}}",
            "{\"type\":\"subscribe\",\"id\":\"a\"}",
            "{\"type\":\"complete\"}",
        ] {
            assert_eq!(Received::parse(text), None, "{text}");
        }
        assert_eq!(
            Received::parse("{\"type\":\"connection_init\",\"payload\":null}"),
            Some(Received::Init(Map::new()))
        );
        assert_eq!(Received::parse("{\"type\":\"ping\"}"), Some(Received::Ping(None)));
    }

    #[test]
    fn the_token_is_where_a_header_would_be() {
        let of = |payload: Value| {
            let Value::Object(payload) = payload else { panic!("an object") };
            token(&payload).map(|token| token.map(str::to_owned))
        };
        for payload in [
            json!({ "Authorization": "Bearer x" }),
            json!({ "authorization": "bearer  x" }),
            json!({ "headers": { "authorization": "Bearer x" } }),
        ] {
            assert_eq!(of(payload.clone()), Ok(Some("x".to_owned())), "{payload}");
        }
        for payload in [json!({}), json!({ "authorization": null }), json!({ "headers": {} }), json!({ "token": "x" })]
        {
            assert_eq!(of(payload.clone()), Ok(None), "{payload}");
        }
        for payload in
            [json!({ "authorization": "x" }), json!({ "authorization": "Basic x" }), json!({ "authorization": 1 })]
        {
            assert_eq!(of(payload.clone()), Err(Malformed), "{payload}");
        }
    }

    #[test]
    fn a_result_is_put_in_as_it_is() {
        let message: Value = serde_json::from_str(&next("a\"b", "{\"data\":1}")).unwrap();
        assert_eq!(message, json!({ "id": "a\"b", "type": "next", "payload": { "data": 1 } }));
    }
}
