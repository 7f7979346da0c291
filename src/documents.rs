//! Documents by name: the hash of a document, and the documents that the operator trusts.
//!
//! Trusted documents are those of a manifest, a file that a client's build writes. A client names one of them instead of sending
//! its text.

use std::{collections::HashMap, fmt, sync::Arc};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The prefix of an id that is the SHA-256 hash of its document.
pub(crate) const SHA256: &str = "sha256:";
/// The value of `format` in a manifest of Apollo.
const APOLLO: &str = "apollo-persisted-query-manifest";

/// The SHA-256 hash of the text of a document.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct DocumentHash([u8; 32]);

impl DocumentHash {
    /// The hash of a text.
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Reads a hash of 64 hexadecimal digits in lower case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        (is_lower && hex::decode_to_slice(text, &mut hash).is_ok()).then_some(Self(hash))
    }
}

impl fmt::Debug for DocumentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The trusted documents.
#[derive(Clone, Debug, Default)]
pub struct TrustedDocuments {
    by_id: Arc<HashMap<String, Arc<str>>>,
    by_hash: Arc<HashMap<DocumentHash, Arc<str>>>,
    /// The length of the longest one in bytes.
    pub(crate) longest: usize,
    /// Whether all other documents are refused.
    pub(crate) only: bool,
}

impl TrustedDocuments {
    /// Reads a manifest: an object of texts by their ids, or the format of Apollo.
    ///
    /// # Errors
    /// What is wrong with it, naming the document.
    pub fn parse(manifest: &str) -> Result<Self, String> {
        let manifest = serde_json::from_str(manifest).map_err(|error| format!("it is not JSON: {error}"))?;
        let Value::Object(manifest) = manifest else { return Err("it is not a JSON object".to_owned()) };
        let documents = match manifest.get("format") {
            Some(format) if manifest.contains_key("operations") => of_apollo(&manifest, format)?,
            _ => manifest
                .iter()
                .map(|(id, text)| Ok((id.as_str(), text_of(id, text)?)))
                .collect::<Result<_, String>>()?,
        };
        let (mut by_id, mut by_hash) = (HashMap::new(), HashMap::new());
        let longest = documents.iter().map(|(_, text)| text.len()).max().unwrap_or(0);
        for (id, text) in documents {
            let (text, hash) = (Arc::from(text), DocumentHash::of(text));
            let is_hash = id.starts_with(SHA256) || DocumentHash::parse(id).is_some();
            if is_hash && DocumentHash::parse(id.strip_prefix(SHA256).unwrap_or(id)) != Some(hash) {
                return Err(format!("document {id:?} has another hash: {hash:?}"));
            }
            by_hash.insert(hash, Arc::clone(&text));
            if by_id.insert(id.to_owned(), Arc::clone(&text)).is_some_and(|other| other != text) {
                return Err(format!("document {id:?} is there twice, with different texts"));
            }
        }
        Ok(Self { by_id: by_id.into(), by_hash: by_hash.into(), longest, only: false })
    }

    /// The same, with a decision whether all other documents are refused.
    #[must_use]
    pub fn only(self, only: bool) -> Self {
        Self { only, ..self }
    }

    /// The document with this id: the one in the manifest, or a SHA-256 hash, with or without the prefix `sha256:`.
    pub(crate) fn get(&self, id: &str) -> Option<&str> {
        let by_hash = || self.by_hash.get(&DocumentHash::parse(id.strip_prefix(SHA256).unwrap_or(id))?);
        self.by_id.get(id).or_else(by_hash).map(|text| &**text)
    }

    /// Whether the document with this hash is trusted.
    pub(crate) fn has(&self, hash: DocumentHash) -> bool {
        self.by_hash.contains_key(&hash)
    }

    /// All documents with their ids.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_id.iter().map(|(id, text)| (id.as_str(), &**text))
    }
}

fn text_of<'a>(id: &str, text: &'a Value) -> Result<&'a str, String> {
    text.as_str().ok_or_else(|| format!("document {id:?} is not a text"))
}

/// The documents of a manifest that Apollo's tools wrote.
fn of_apollo<'a>(manifest: &'a Map<String, Value>, format: &Value) -> Result<Vec<(&'a str, &'a str)>, String> {
    let version = manifest.get("version");
    if format != APOLLO || version != Some(&Value::from(1)) {
        return Err(format!("it has another format than {APOLLO:?} in version 1"));
    }
    let operations = manifest.get("operations").and_then(Value::as_array).ok_or("its operations are no list")?;
    let documents = operations.iter().enumerate().map(|(at, operation)| {
        let id = operation["id"].as_str().ok_or_else(|| format!("operation number {} has no id", at + 1))?;
        Ok((id, text_of(id, &operation["body"])?))
    });
    documents.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{DocumentHash, TrustedDocuments};

    /// The example of the GraphQL over HTTP draft.
    const TEXT: &str = "query($id:ID!){user(id:$id){name}}";
    const HASH: &str = "71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b";

    fn parse(manifest: &Value) -> Result<TrustedDocuments, String> {
        TrustedDocuments::parse(&manifest.to_string())
    }

    #[test]
    fn a_hash_has_64_digits_in_lower_case() {
        assert_eq!(DocumentHash::parse(HASH), Some(DocumentHash::of(TEXT)));
        for malformed in [&HASH.to_uppercase(), &HASH[1..], &format!("{HASH}00"), &HASH.replace('7', "g"), ""] {
            assert_eq!(DocumentHash::parse(malformed), None, "{malformed}");
        }
    }

    #[test]
    fn a_document_is_found_by_its_id_and_by_its_hash() {
        let apollo = json!({
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{ "id": "user", "name": "User", "type": "query", "body": TEXT }],
        });
        for manifest in [json!({ "user": TEXT }), apollo] {
            let documents = parse(&manifest).unwrap();
            for id in ["user", HASH, &format!("sha256:{HASH}")] {
                assert_eq!(documents.get(id), Some(TEXT), "{id}");
            }
            assert_eq!(documents.get("sha256:user"), None);
            assert_eq!(documents.get("format"), None);
            assert!(documents.has(DocumentHash::of(TEXT)) && !documents.has(DocumentHash::of("{ a }")));
            assert_eq!((documents.longest, documents.all().collect::<Vec<_>>()), (TEXT.len(), vec![("user", TEXT)]));
        }
        let prefixed = parse(&json!({ format!("sha256:{HASH}"): TEXT })).unwrap();
        assert_eq!(prefixed.get(HASH), Some(TEXT));
        // A plain map may use any id.
        assert_eq!(parse(&json!({ "format": TEXT })).unwrap().get("format"), Some(TEXT));
    }

    #[test]
    fn an_error_names_the_document() {
        let apollo = |version: u32, operations: Value| json!({ "format": "apollo-persisted-query-manifest", "version": version, "operations": operations });
        for (manifest, error) in [
            (json!([]), "it is not a JSON object"),
            (json!({ "a": 1 }), "document \"a\" is not a text"),
            (json!({ format!("sha256:{HASH}"): "{ a }" }), "has another hash"),
            (json!({ HASH: "{ a }" }), "has another hash"),
            (apollo(2, json!([])), "in version 1"),
            (apollo(1, json!({})), "no list"),
            (apollo(1, json!([{ "body": TEXT }])), "operation number 1 has no id"),
            (apollo(1, json!([{ "id": "a" }])), "document \"a\" is not a text"),
            (apollo(1, json!([{ "id": "a", "body": "{ a }" }, { "id": "a", "body": "{ b }" }])), "twice"),
        ] {
            let found = parse(&manifest).unwrap_err();
            assert!(found.contains(error), "{found}");
        }
        assert!(TrustedDocuments::parse("{").unwrap_err().contains("is not JSON"));
    }
}
