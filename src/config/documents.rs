//! Settings of GraphQL documents: how large they may be, which of them are trusted, and what the server shows of itself.

use std::{fs, path::PathBuf};

use clap::Args;

use super::{
    http::{mebibytes, number},
    setting::{BadSetting, count},
};
use crate::{
    app::{DocumentLimits, Profile},
    documents::TrustedDocuments,
};

/// The highest value of a setting that counts something.
const MOST: u32 = 1_000_000;
/// The largest document, in bytes.
const LARGEST: u32 = 16 * 1024 * 1024;
/// The deepest nesting. The program goes through a document by recursion.
const DEEPEST: u32 = 200;

const MANIFEST: (&str, &str) = ("DAYBOOK_TRUSTED_DOCUMENTS", "--trusted-documents");

/// The settings as given on the command line and in the environment, not checked yet.
#[derive(Args, Clone, Debug)]
pub(super) struct DocumentSettings {
    /// How much the server shows of itself: open, or locked, which turns off queries by GET, introspection, the download of the
    /// schema, suggestions in messages and the explorer, and all documents but the trusted ones when there are any
    // Of the server only, so not global: `import` has a `--profile` of its own.
    #[arg(long, env = "DAYBOOK_PROFILE", value_name = "PROFILE", default_value = "open")]
    profile: String,

    /// File of trusted documents: JSON with the text of each document by its id or SHA-256 hash, or a manifest of Apollo's
    /// tools. Clients name these documents instead of sending them, and limits on the size of documents do not hold for them
    #[arg(long, global = true, env = "DAYBOOK_TRUSTED_DOCUMENTS", value_name = "FILE")]
    trusted_documents: Option<PathBuf>,

    /// Whether to refuse all documents but the trusted ones: on, off, or auto, which means on when the profile is locked and
    /// there is a file of trusted documents
    #[arg(long, global = true, env = "DAYBOOK_TRUSTED_DOCUMENTS_ONLY", value_name = "WHEN", default_value = "auto")]
    trusted_documents_only: String,

    /// Maximum size of a document
    #[arg(long, global = true, env = "DAYBOOK_DOCUMENT_MAX", value_name = "BYTES", default_value = "16384")]
    document_max: String,

    /// Maximum number of tokens in a document, without blanks, commas and comments
    #[arg(long, global = true, env = "DAYBOOK_DOCUMENT_TOKENS", value_name = "COUNT", default_value = "2000")]
    document_tokens: String,

    /// Maximum nesting of brackets of any kind, and of fragments, in a document
    #[arg(long, global = true, env = "DAYBOOK_DOCUMENT_NESTING", value_name = "COUNT", default_value = "100")]
    document_nesting: String,

    /// Maximum nesting of fields in an operation. The standard introspection query has 15
    #[arg(long, global = true, env = "DAYBOOK_DOCUMENT_DEPTH", value_name = "COUNT", default_value = "15")]
    document_depth: String,

    /// Maximum number of fields in an operation, with those of its fragments
    #[arg(long, global = true, env = "DAYBOOK_DOCUMENT_FIELDS", value_name = "COUNT", default_value = "1000")]
    document_fields: String,

    /// Maximum number of aliases in a document
    #[arg(long, global = true, env = "DAYBOOK_DOCUMENT_ALIASES", value_name = "COUNT", default_value = "30")]
    document_aliases: String,

    /// Maximum number of directives in a document
    #[arg(long, global = true, env = "DAYBOOK_DOCUMENT_DIRECTIVES", value_name = "COUNT", default_value = "50")]
    document_directives: String,

    /// Maximum number of directives on one field, fragment or definition
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_DOCUMENT_DIRECTIVES_AT_ONCE",
        value_name = "COUNT",
        default_value = "10"
    )]
    document_directives_at_once: String,

    /// Maximum number of root fields of a query
    #[arg(long, global = true, env = "DAYBOOK_QUERY_FIELDS", value_name = "COUNT", default_value = "20")]
    query_fields: String,

    /// Maximum number of root fields of a mutation
    #[arg(long, global = true, env = "DAYBOOK_MUTATION_FIELDS", value_name = "COUNT", default_value = "5")]
    mutation_fields: String,

    /// Maximum nesting of fields, interfaces, possibleTypes and inputFields in an introspection query
    #[arg(long, global = true, env = "DAYBOOK_INTROSPECTION_NESTING", value_name = "COUNT", default_value = "3")]
    introspection_nesting: String,

    /// Maximum price of an operation of a user, as worked out from @cost and @listSize in the schema
    #[arg(long, global = true, env = "DAYBOOK_PRICE_MAX", value_name = "PRICE", default_value = "25000")]
    price_max: String,

    /// Maximum price of an operation without a login
    #[arg(long, global = true, env = "DAYBOOK_ANONYMOUS_PRICE_MAX", value_name = "PRICE", default_value = "5000")]
    anonymous_price_max: String,

    /// How much memory parsed documents may take that are kept for the next request with the same text or hash
    #[arg(long, global = true, env = "DAYBOOK_DOCUMENT_MEMORY", value_name = "MEBIBYTES", default_value = "16")]
    document_memory: String,
}

impl DocumentSettings {
    pub(super) fn limits(&self) -> Result<DocumentLimits, BadSetting> {
        let (directives, at_once) = (&self.document_directives, &self.document_directives_at_once);
        Ok(DocumentLimits {
            bytes: number("DAYBOOK_DOCUMENT_MAX", "--document-max", &self.document_max, LARGEST)?,
            tokens: number("DAYBOOK_DOCUMENT_TOKENS", "--document-tokens", &self.document_tokens, MOST)?,
            nesting: number("DAYBOOK_DOCUMENT_NESTING", "--document-nesting", &self.document_nesting, DEEPEST)?,
            depth: number("DAYBOOK_DOCUMENT_DEPTH", "--document-depth", &self.document_depth, DEEPEST)?,
            fields: number("DAYBOOK_DOCUMENT_FIELDS", "--document-fields", &self.document_fields, MOST)?,
            aliases: or_none("DAYBOOK_DOCUMENT_ALIASES", "--document-aliases", &self.document_aliases, MOST)?,
            directives: or_none("DAYBOOK_DOCUMENT_DIRECTIVES", "--document-directives", directives, MOST)?,
            directives_at_once: or_none(
                "DAYBOOK_DOCUMENT_DIRECTIVES_AT_ONCE",
                "--document-directives-at-once",
                at_once,
                MOST,
            )?,
            query_fields: number("DAYBOOK_QUERY_FIELDS", "--query-fields", &self.query_fields, MOST)?,
            mutation_fields: number("DAYBOOK_MUTATION_FIELDS", "--mutation-fields", &self.mutation_fields, MOST)?,
            introspection: or_none(
                "DAYBOOK_INTROSPECTION_NESTING",
                "--introspection-nesting",
                &self.introspection_nesting,
                DEEPEST,
            )?,
            price: number("DAYBOOK_PRICE_MAX", "--price-max", &self.price_max, MOST)?,
            anonymous_price: number(
                "DAYBOOK_ANONYMOUS_PRICE_MAX",
                "--anonymous-price-max",
                &self.anonymous_price_max,
                MOST,
            )?,
            kept: mebibytes("DAYBOOK_DOCUMENT_MEMORY", "--document-memory", &self.document_memory, MOST)?,
        })
    }

    pub(super) fn profile(&self) -> Result<Profile, BadSetting> {
        match self.profile.as_str() {
            "open" => Ok(Profile::Open),
            "locked" => Ok(Profile::Locked),
            other => Err(BadSetting::new("DAYBOOK_PROFILE", "--profile", other, "open or locked")),
        }
    }

    pub(super) fn trust(&self) -> Result<Trust, BadSetting> {
        let manifest = self.trusted_documents.clone();
        let only = match self.trusted_documents_only.as_str() {
            "on" if manifest.is_none() => {
                let (variable, flag) = MANIFEST;
                let should_hold = "a file, since DAYBOOK_TRUSTED_DOCUMENTS_ONLY is on";
                let holds = "nothing".to_owned();
                return Err(BadSetting { variable, flag, holds, should_hold: should_hold.to_owned() });
            }
            "on" => true,
            "off" => false,
            "auto" => manifest.is_some() && self.profile()?.is_locked(),
            other => {
                let (variable, flag) = ("DAYBOOK_TRUSTED_DOCUMENTS_ONLY", "--trusted-documents-only");
                return Err(BadSetting::new(variable, flag, other, "on, off or auto"));
            }
        };
        Ok(Trust { manifest, only })
    }
}

/// Which documents the operator trusts.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The file of trusted documents.
    pub manifest: Option<PathBuf>,
    /// Whether all other documents are refused.
    pub only: bool,
}

impl Trust {
    /// Reads the trusted documents.
    ///
    /// # Errors
    /// When the file cannot be read or is not a manifest.
    pub fn read(&self) -> Result<TrustedDocuments, BadSetting> {
        let Some(manifest) = &self.manifest else { return Ok(TrustedDocuments::default()) };
        let text = fs::read_to_string(manifest).map_err(|error| self.bad(&format!("which cannot be read: {error}")))?;
        let documents =
            TrustedDocuments::parse(&text).map_err(|why| self.bad(&format!("which is no manifest: {why}")))?;
        Ok(documents.only(self.only))
    }

    /// The error for a manifest that cannot be used.
    #[must_use]
    pub fn bad(&self, why: &str) -> BadSetting {
        let (variable, flag) = MANIFEST;
        let file = self.manifest.clone().unwrap_or_default();
        let holds = format!("\"{}\", {why}", file.display());
        let should_hold = "a JSON file of documents that fit the schema, by their ids".to_owned();
        BadSetting { variable, flag, holds, should_hold }
    }
}

/// A number that may be zero.
fn or_none(variable: &'static str, flag: &'static str, text: &str, most: u32) -> Result<usize, BadSetting> {
    Ok(usize::try_from(count(variable, flag, text, 0..=most)?).unwrap_or(usize::MAX))
}
