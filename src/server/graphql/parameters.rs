//! The parameters of a GraphQL request over HTTP, in its body or in its URL.

use axum::{
    extract::Query,
    http::{HeaderMap, Uri, header::CONTENT_TYPE},
};
use mediatype::{MediaType, ReadParams, names};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::refused::Refused;

/// Whether the `Content-Type` header says JSON in UTF-8.
pub(in crate::server) fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(Ok(content_type)) = content_type.map(MediaType::parse) else { return false };
    content_type.essence() == MediaType::new(names::APPLICATION, names::JSON)
        && content_type
            .get_param(names::CHARSET)
            .is_none_or(|charset| charset.unquoted_str().eq_ignore_ascii_case("utf-8"))
}

/// The parameters of a request.
#[derive(Debug)]
pub(in crate::server) struct Parameters {
    pub(in crate::server) document: Wanted,
    pub(in crate::server) operation_name: Option<String>,
    pub(in crate::server) variables: Map<String, Value>,
}

/// Which document a request asks for.
#[derive(Debug)]
pub(in crate::server) enum Wanted {
    /// The one of this text: `query`.
    Text(String),
    /// The one with this id: `documentId`, see
    /// <https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md>.
    Id(String),
    /// The one with this hash: Apollo's `extensions.persistedQuery`. With a text, which is kept under the hash.
    Hash { hash: String, text: Option<String> },
}

/// The parameters in the query string of a URL.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InUrl {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

impl Parameters {
    /// The parameters in a body.
    pub(in crate::server) fn in_body(body: &[u8]) -> Result<Self, Refused> {
        match parse_json(body) {
            Some(Value::Object(body)) => Self::of(body),
            Some(_) => Err(Refused::bad_request("The body must be a JSON object.")),
            None => Err(Refused::bad_request("The body is not JSON, or is nested too deeply.")),
        }
    }

    /// The parameters in the query string of a URL. One that is empty counts as absent.
    pub(in crate::server) fn in_url(url: &Uri) -> Result<Self, Refused> {
        let Query(InUrl { query, document_id, operation_name, variables, extensions }) = Query::try_from_uri(url)
            .map_err(|_| Refused::bad_request("A parameter of the URL is given more than once."))?;
        let texts = [("query", query), ("documentId", document_id), ("operationName", operation_name)];
        let mut parameters = Map::new();
        for (name, text) in texts {
            parameters.extend(text.filter(|text| !text.is_empty()).map(|text| (name.to_owned(), Value::String(text))));
        }
        for (name, json) in [("variables", variables), ("extensions", extensions)] {
            let Some(json) = json.filter(|json| !json.is_empty()) else { continue };
            let value = parse_json(json.as_bytes());
            let value = value.ok_or_else(|| Refused::bad_request(&format!("`{name}` must be JSON.")))?;
            parameters.insert(name.to_owned(), value);
        }
        Self::of(parameters)
    }

    /// The parameters in a message over a socket.
    ///
    /// Unknown parameters are ignored, and null counts as absent.
    pub(in crate::server) fn of(mut parameters: Map<String, Value>) -> Result<Self, Refused> {
        let mut take = |name| parameters.remove(name).filter(|value| !value.is_null());
        let [query, document_id, operation_name] =
            ["query", "documentId", "operationName"].map(|name| match take(name) {
                None => Ok(None),
                Some(Value::String(text)) => Ok(Some(text)),
                Some(_) => Err(Refused::bad_request(&format!("`{name}` must be a string."))),
            });
        let [variables, mut extensions] = ["variables", "extensions"].map(|name| match take(name) {
            None => Ok(Map::new()),
            Some(Value::Object(object)) => Ok(object),
            Some(_) => Err(Refused::bad_request(&format!("`{name}` must be an object."))),
        });
        let hash = extensions.as_mut().ok().and_then(|extensions| extensions.remove("persistedQuery"));
        let document = match (query?, document_id?, extensions.and(hash_of(hash))?) {
            (text, None, Some(hash)) => Wanted::Hash { hash, text },
            (None, Some(id), None) => Wanted::Id(id),
            (Some(text), None, None) => Wanted::Text(text),
            (None, None, None) => return Err(Refused::bad_request("`query` must be a string.")),
            _ => return Err(Refused::bad_request("`documentId` stands alone, without `query` or `persistedQuery`.")),
        };
        Ok(Self { document, operation_name: operation_name?, variables: variables? })
    }
}

/// The hash in `extensions.persistedQuery`.
fn hash_of(persisted: Option<Value>) -> Result<Option<String>, Refused> {
    let Some(persisted) = persisted.filter(|persisted| !persisted.is_null()) else { return Ok(None) };
    if persisted["version"] != 1 {
        return Err(Refused::bad_request("`persistedQuery` must have the version 1."));
    }
    match &persisted["sha256Hash"] {
        Value::String(hash) => Ok(Some(hash.clone())),
        _ => Err(Refused::bad_request("`persistedQuery` must have a `sha256Hash`.")),
    }
}

/// Parses JSON. `None` when it is not valid. A number beyond the range of a double, such as `1E400`, is valid JSON, but the library refuses the whole body for
/// it. Then it becomes a number near the largest double, which the type of its variable refuses with the path of the variable.
pub(in crate::server) fn parse_json(body: &[u8]) -> Option<Value> {
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

    use super::{Parameters, Wanted, parse_json};

    #[test]
    fn the_url_and_the_body_hold_the_same_parameters() {
        let read = |url: &str| Parameters::in_url(&url.parse().unwrap());
        let url = "/graphql?query=%7B+a(b:%20$c)%7D&operationName=&variables=%7B%22c%22:1E400%7D&extensions=&other=1";
        let Parameters { document: Wanted::Text(text), operation_name: None, variables } = read(url).unwrap() else {
            panic!("a text")
        };
        assert_eq!((text.as_str(), variables["c"].as_f64()), ("{ a(b: $c)}", Some(1e308)));
        for malformed in [
            "",
            "?query=",
            "?query={a}&query={b}",
            "?query={a}&variables=x",
            "?query={a}&variables=[]",
            "?query={a}&variables=%22%7B%7D%22",
            "?query={a}&extensions=1",
            "?query={a}&documentId=x",
            "?documentId=x&extensions={%22persistedQuery%22:{%22version%22:1,%22sha256Hash%22:%22x%22}}",
            "?extensions={%22persistedQuery%22:{%22version%22:2,%22sha256Hash%22:%22x%22}}",
            "?extensions={%22persistedQuery%22:{%22version%22:1}}",
            "?extensions={%22persistedQuery%22:1}",
        ] {
            assert!(read(&format!("/graphql{malformed}")).is_err(), "{malformed}");
        }
        let hash = json!({ "query": "{a}", "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "x" } } });
        let read = Parameters::in_body(hash.to_string().as_bytes()).unwrap();
        let Wanted::Hash { hash, text } = read.document else { panic!("a hash") };
        assert_eq!((hash.as_str(), text.as_deref()), ("x", Some("{a}")));
        let id = json!({ "documentId": "x", "query": null, "extensions": { "persistedQuery": null } });
        assert!(
            matches!(Parameters::in_body(id.to_string().as_bytes()).unwrap().document, Wanted::Id(id) if id == "x")
        );
    }

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
