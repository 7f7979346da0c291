//! The entity tag of a query by GET (RFC 9110, section 8.8.3). It names all that the answer depends on, and is known before the
//! query is executed, so that a client that has the answer costs no more than finding that out.
//!
//! | the answer depends on | the tag has |
//! |---|---|
//! | the document and the variables | the query string |
//! | who asks | the user and the book |
//! | what is stored | the changes of the book |
//! | which day it is | the date in the book's time zone |
//! | the program | its version, the schema, and the defaults of books |
//!
//! The changes are read first. What is stored afterwards may be in the answer too, and then the tag is too old, so that the
//! client asks once more than it would have to. A query that shows anything else has no tag: those of sessions, the activity log,
//! which also has what was refused, users, and changes, which are forgotten after some time.

use std::{fmt::Write, sync::LazyLock};

use axum::http::{HeaderMap, header::IF_NONE_MATCH, request::Parts};
use sha2::{Digest, Sha256};

use super::{operation::Plan, refused::Refused, state::Endpoint};
use crate::{
    bookkeeping::book,
    changes,
    graphql::{ApiError, sdl},
    viewer::Viewer,
};

/// The root fields that show only what changes of the book tell of.
const TAGGED: [&str; 31] = [
    "__typename",
    "book",
    "budgets",
    "categories",
    "category",
    "creditNote",
    "creditNotes",
    "customer",
    "customerStatement",
    "customerSummary",
    "customers",
    "debitNote",
    "debitNotes",
    "entries",
    "entry",
    "import",
    "importProfile",
    "importProfiles",
    "imports",
    "invoice",
    "invoices",
    "monthlyReport",
    "monthlyReports",
    "receipt",
    "receipts",
    "salesReport",
    "transaction",
    "transactions",
    "wallet",
    "walletHistory",
    "wallets",
];

/// The fields below that show something else: the activity log, and the users of a book.
const UNTAGGED: [&str; 6] = ["activities", "actor", "closingSince", "displayName", "sessions", "thing"];

/// What the tag of each answer has of the program.
static PROGRAM: LazyLock<Vec<u8>> =
    LazyLock::new(|| Sha256::digest(format!("{} {}", env!("CARGO_PKG_VERSION"), sdl())).to_vec());

/// The tag of the answer to a query by GET. `None` when it depends on something else.
///
/// # Errors
/// When the database fails.
pub(super) async fn etag(
    endpoint: &Endpoint,
    request: &Parts,
    plan: &Plan,
    viewer: Option<&Viewer>,
) -> Result<Option<String>, Refused> {
    let is_tagged = plan.root_fields().iter().all(|field| TAGGED.contains(&field.name()));
    let Some(viewer) = viewer.filter(|_| is_tagged && !plan.root.has(&UNTAGGED)) else { return Ok(None) };
    let conn = endpoint.app.db.read();
    let Some(changes) = changes::committed(conn, viewer).await.map_err(ApiError::from)? else { return Ok(None) };
    let book = book::find(conn, viewer).await.map_err(ApiError::from)?;
    let today = book::today(&endpoint.app.clock, &book);
    let mut hash = Sha256::new();
    hash.update(&*PROGRAM);
    let (user, query, defaults) = (viewer.user, request.uri.query().unwrap_or_default(), endpoint.app.defaults);
    hash.update(format!("{user} {} {changes} {today:?} {defaults:?} {query}", viewer.book));
    // Weak, since it is the same for all encodings and media types.
    let mut tag = "W/\"".to_owned();
    for byte in &hash.finalize()[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    Ok(Some(tag))
}

/// Whether a request names an entity tag, or all of them.
pub(in crate::server) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    // The prefix of weak tags is not compared.
    let own = etag.trim_start_matches("W/");
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == own)
}
