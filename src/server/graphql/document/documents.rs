//! From the text of a document, or its name, to a valid one.

use std::sync::Arc;

use apollo_compiler::parser::Parser;
use async_graphql::{Pos, ServerError};
use axum::http::StatusCode;

use super::{
    cache::Cache,
    descriptions::without_descriptions,
    diagnostics::{briefly, invalid, is_too_deep, malformed},
    limits::at_most,
    lines::Lines,
    measure::{check_size, introspects},
    tokens,
    valid::{Document, Reads},
    values::check_values,
    variable_positions::check_variables,
};
use crate::{
    app::{DocumentLimits, Profile},
    documents::{DocumentHash, SHA256, TrustedDocuments},
    server::graphql::{parameters::Wanted, refused::Refused, types::Types},
};

/// The message for a hash that is not the one of the text beside it.
const OTHER_HASH: &str = "The hash does not belong to this document.";

/// Reads documents.
pub(in crate::server::graphql) struct Documents {
    types: Arc<Types>,
    limits: DocumentLimits,
    trusted: TrustedDocuments,
    profile: Profile,
    /// The documents that users sent.
    of_users: Cache,
    /// Those that were sent without a login. They are kept apart, so that strangers cannot drive out what users need.
    of_strangers: Cache,
}

impl Documents {
    /// Reads documents of any text.
    pub(in crate::server::graphql) fn new(types: Arc<Types>, limits: DocumentLimits) -> Self {
        let (trusted, profile) = (TrustedDocuments::default(), Profile::default());
        let [of_users, of_strangers] = [(); 2].map(|()| Cache::new(limits.kept / 2));
        Self { types, limits, trusted, profile, of_users, of_strangers }
    }

    /// The same with trusted documents and another profile.
    pub(in crate::server::graphql) fn with(self, trusted: TrustedDocuments, profile: Profile) -> Self {
        Self { trusted, profile, ..self }
    }

    /// The document that a request asks for. `is_user` tells whether it was sent with a login.
    ///
    /// # Errors
    /// `PERSISTED_QUERY_NOT_FOUND`, `BAD_REQUEST` for a name that is none or does not belong to the text, or as [`Self::read`].
    pub(in crate::server::graphql) fn find(&self, wanted: &Wanted, is_user: bool) -> Result<Arc<Document>, Refused> {
        let (id, text) = match wanted {
            Wanted::Text(text) => return self.read(text, is_user),
            Wanted::Id(id) => (id, None),
            Wanted::Hash { hash, text } => (hash, text.as_ref()),
        };
        let wrong = |message| Err(Refused::bad_request(message));
        if let Some(trusted) = self.trusted.get(id) {
            return if text.is_none_or(|text| text == trusted) {
                self.read(trusted, is_user)
            } else {
                wrong(OTHER_HASH)
            };
        }
        let hash = match wanted {
            Wanted::Id(id) => id.strip_prefix(SHA256),
            _ => Some(id.as_str()),
        };
        let hash = match hash.map(DocumentHash::parse) {
            Some(None) => return wrong("A SHA-256 hash has 64 hexadecimal digits in lower case."),
            hash => hash.flatten(),
        };
        match text {
            // The text of a document that is too long is not hashed.
            Some(text) if self.may_be_read(text) && hash != Some(DocumentHash::of(text)) => wrong(OTHER_HASH),
            Some(text) => self.read(text, is_user),
            None => hash.and_then(|hash| self.kept(hash)).ok_or_else(|| {
                // Apollo Client and urql look for this message, and send the text then.
                Refused::new("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
            }),
        }
    }

    /// Parses and validates a document.
    ///
    /// # Errors
    /// `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`, `QUERY_TOO_COMPLEX` when it exceeds a limit, or `FORBIDDEN` when only
    /// trusted documents are executed.
    pub(in crate::server::graphql) fn read(&self, text: &str, is_user: bool) -> Result<Arc<Document>, Refused> {
        let hash = self.may_be_read(text).then(|| DocumentHash::of(text));
        let is_trusted = hash.is_some_and(|hash| self.trusted.has(hash));
        if self.trusted.only && !is_trusted {
            let message = "This server executes trusted documents only.";
            return Err(Refused::with_statuses(StatusCode::OK, StatusCode::FORBIDDEN, "FORBIDDEN", message));
        }
        if let Some(document) = hash.and_then(|hash| self.kept(hash)) {
            return Ok(document);
        }
        let limits = if is_trusted { trusted(&self.limits) } else { self.limits };
        let document = self.parse(text, &limits);
        let document = if self.profile.is_locked() { document.map_err(briefly) } else { document };
        let document = Arc::new(document?);
        if let Some(hash) = hash {
            let cache = if is_user { &self.of_users } else { &self.of_strangers };
            cache.keep(hash, document.clone());
        }
        Ok(document)
    }

    fn kept(&self, hash: DocumentHash) -> Option<Arc<Document>> {
        self.of_users.get(hash).or_else(|| self.of_strangers.get(hash))
    }

    /// Whether a text is short enough for any document. Others are not hashed.
    fn may_be_read(&self, text: &str) -> bool {
        text.len() <= self.limits.bytes.max(self.trusted.longest)
    }

    /// Reads all trusted documents.
    ///
    /// # Errors
    /// The first one that cannot be used, and why.
    pub(in crate::server::graphql) fn check_trusted(&self) -> Result<(), String> {
        for (id, text) in self.trusted.all() {
            let Err(refused) = self.read(text, false) else { continue };
            let Some(ServerError { message, locations, .. }) = refused.errors.first() else { continue };
            let at = locations.first().map(|Pos { line, column }| format!(" (line {line}, column {column})"));
            return Err(format!("document {id:?} cannot be used: {message}{}", at.unwrap_or_default()));
        }
        Ok(())
    }

    fn parse(&self, text: &str, limits: &DocumentLimits) -> Result<Document, Refused> {
        at_most(limits.bytes, text.len(), "documentBytes", "Bytes in the document")?;
        let tokens = tokens::count(text);
        at_most(limits.tokens, tokens, "tokens", "Tokens in the document")?;
        let lines = Lines::of(text);
        let mut parser = Parser::new().recursion_limit(limits.nesting);
        let parsed = parser.parse_ast(without_descriptions(text), "document");
        at_most(limits.nesting, parser.recursion_reached(), "nesting", "Brackets in each other")?;
        let parsed = parsed.map_err(|with| malformed(&with.errors, &lines))?;
        if parsed.definitions.is_empty() {
            return Err(Refused::new("GRAPHQL_PARSE_FAILED", "The document is empty."));
        }
        let executable = parsed.to_executable_validate(&self.types.schema).map_err(|with| {
            if is_too_deep(&with.errors) {
                let message = format!("Fragments in each other: more than the {} that are allowed.", limits.nesting);
                return Refused::too_complex("nesting", limits.nesting, limits.nesting + 1, message);
            }
            invalid(&with.errors, text, &self.types, &lines)
        })?;
        let mut errors = Vec::new();
        check_values(&executable, &self.types, &lines, &mut errors);
        check_variables(&executable, &self.types, &lines, &mut errors);
        if !errors.is_empty() {
            return Err(Refused::invalid(errors));
        }
        if self.profile.is_locked() && introspects(&executable) {
            return Err(Refused::new("GRAPHQL_VALIDATION_FAILED", "This server does not show its schema."));
        }
        check_size(&executable, limits)?;
        let size = size(text, tokens).saturating_add(lines.size());
        Ok(Document { executable, lines, size, reads: Reads::default() })
    }
}

/// The memory that a document takes, without its lines. Measured with a counting allocator: 0.8 KiB for `{ __typename }`, its text
/// once, and for each token 45 bytes (variables) to 110 (selections and fragments), at most 219 (many fields of one token each).
/// The figures here are larger by what the allocator rounds up.
fn size(text: &str, tokens: usize) -> usize {
    const DOCUMENT: usize = 1024;
    const TOKEN: usize = 256;
    DOCUMENT.saturating_add(text.len()).saturating_add(tokens.saturating_mul(TOKEN))
}

/// The limits on trusted documents. Their size is the operator's business; brackets in each other are limited, since the program
/// goes through them by recursion.
fn trusted(limits: &DocumentLimits) -> DocumentLimits {
    let DocumentLimits { nesting, kept, price, anonymous_price, .. } = *limits;
    let most = usize::MAX;
    DocumentLimits {
        bytes: most,
        tokens: most,
        nesting,
        depth: nesting,
        fields: most,
        aliases: most,
        directives: most,
        directives_at_once: most,
        query_fields: most,
        mutation_fields: most,
        introspection: most,
        price,
        anonymous_price,
        kept,
    }
}
