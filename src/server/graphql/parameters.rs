//! The parameters of a GraphQL request over HTTP: media types and the body.

use axum::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde_json::{Map, Value};

use super::refused::Refused;

/// Whether the `Content-Type` header says JSON in UTF-8.
pub(in crate::server) fn is_json(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = content_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    parts.next().as_deref() == Some("application/json")
        && parts.all(|part| match part.split_once('=') {
            Some(("charset", charset)) => charset.trim_matches('"') == "utf-8",
            _ => true,
        })
}

/// The parameters in the body of a request. Unknown parameters are ignored, and null counts as absent.
#[derive(Debug)]
pub(in crate::server) struct Parameters {
    pub(in crate::server) query: String,
    pub(in crate::server) operation_name: Option<String>,
    pub(in crate::server) variables: Map<String, Value>,
}

impl Parameters {
    pub(in crate::server) fn parse(body: &[u8]) -> Result<Self, Refused> {
        let malformed = |message| Refused::with_status(StatusCode::BAD_REQUEST, "BAD_REQUEST", message);
        let Some(Value::Object(mut body)) = parse_json(body) else {
            return Err(malformed("The body must be a JSON object."));
        };
        let mut take = |name| body.remove(name).filter(|value| !value.is_null());
        let Some(Value::String(query)) = take("query") else {
            return Err(malformed("`query` must be a string."));
        };
        let operation_name = match take("operationName") {
            None => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err(malformed("`operationName` must be a string.")),
        };
        let variables = match take("variables") {
            None => Map::new(),
            Some(Value::Object(variables)) => variables,
            Some(_) => return Err(malformed("`variables` must be an object.")),
        };
        if take("extensions").is_some_and(|extensions| !extensions.is_object()) {
            return Err(malformed("`extensions` must be an object."));
        }
        Ok(Self { query, operation_name, variables })
    }
}

/// Parses JSON. A number beyond the range of a double, such as `1E400`, is valid JSON, but the library refuses the whole body for
/// it. Then it becomes a number near the largest double, which the type of its variable refuses with the path of the variable.
fn parse_json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).or_else(|_| serde_json::from_slice(&with_finite_numbers(body))).ok()
}

/// The same text with 10^308 in place of each number that is beyond the range of a double.
fn with_finite_numbers(json: &[u8]) -> Vec<u8> {
    let mut finite = Vec::with_capacity(json.len());
    let (mut rest, mut is_in_string) = (json, false);
    while let Some((&byte, after)) = rest.split_first() {
        let length = match byte {
            b'"' => {
                is_in_string = !is_in_string;
                1
            }
            b'\\' if is_in_string => 2.min(rest.len()),
            b'-' | b'0'..=b'9' if !is_in_string => {
                1 + after.iter().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count()
            }
            _ => 1,
        };
        let (part, after) = rest.split_at(length);
        let number = (length > 1 && !is_in_string).then(|| std::str::from_utf8(part).ok()?.parse::<f64>().ok());
        finite.extend(match number.flatten().filter(|number| number.is_infinite()) {
            Some(number) if number > 0.0 => &b"1e308"[..],
            Some(_) => b"-1e308",
            None => part,
        });
        rest = after;
    }
    finite
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse_json;

    #[test]
    fn a_number_that_is_too_large_does_not_make_the_body_unreadable() {
        let parsed = parse_json(br#"{ "a": [1E400, -2e999, 1, 1.5, "1E400 \" 1E400"], "1E400": -0.1e-400 }"#).unwrap();
        assert_eq!(parsed["a"], json!([1e308, -1e308, 1, 1.5, "1E400 \" 1E400"]));
        assert_eq!(parsed["1E400"].as_f64(), Some(0.0));
        let digits = format!("[{}]", "9".repeat(400));
        assert_eq!(parse_json(digits.as_bytes()).unwrap()[0].as_f64(), Some(1e308));
        for broken in ["[1E400", "[1E]", "[1E400x]", "\"1E400", "[1e400 \\", "-"] {
            assert_eq!(parse_json(broken.as_bytes()), None, "{broken}");
        }
    }
}
