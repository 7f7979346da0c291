//! What is known about a bank's file before it is looked at: a profile, by name or in full, and what the user says. And the file
//! itself, as a request has it.

pub mod saved;

use async_graphql::InputObject;
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use sea_orm::ConnectionTrait;

use super::{look::Hints, profile::Profile};
use crate::{
    error::{Code, Refusal, Refusals, Result},
    price,
    viewer::Viewer,
};

/// How files are encoded in requests, with or without `=` at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The encoding of a file that was sent as text.
const OF_TEXTS: &str = "UTF-8";

/// A file in a request.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "ImportFileContentInput")]
pub struct SentFile {
    /// The file, at most 5,000 lines: its text or, with `base64: true`, its bytes in Base64. A file in Daybook's own form has a
    /// header line. Upload longer files to `/import/transactions`, or import them on the server with the command
    /// `daybook import`.
    #[graphql(directive = price::Cost::apply(1))]
    pub csv: String,
    /// True if `csv` is Base64 (RFC 4648), as files need that are not text in UTF-8, such as workbooks and CSV files in the
    /// bank's own encoding. Blanks and line breaks in it mean nothing.
    #[graphql(default, directive = price::Cost::apply(5000))]
    pub base64: bool,
}

impl SentFile {
    /// The bytes of the file.
    ///
    /// # Errors
    /// `INVALID` at `csv`.
    pub fn bytes(self) -> Result<Vec<u8>, Refusal> {
        if !self.base64 {
            return Ok(self.csv.into_bytes());
        }
        let mut text = self.csv;
        text.retain(|c| !c.is_ascii_whitespace());
        BASE64.decode(text).map_err(|error| Refusal::new(Code::Invalid, "csv", format!("This is not Base64: {error}.")))
    }
}

/// What is known about a bank's file.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "ImportKnownInput")]
pub struct Known {
    /// The name of an import profile of the book, see `saveImportProfile`: what the files of this bank look like. Default:
    /// what the file looks like is found out.
    pub profile: Option<String>,
    /// An import profile in full, as JSON, such as `previewImport` returns. Not with `profile`.
    pub profile_json: Option<String>,
    /// What the file does not tell, or what is to be read otherwise than the look at it finds. It outweighs the profile.
    #[graphql(default)]
    pub say: Vec<Said>,
    /// Whether the file is a text, whatever the bank's encoding is.
    #[graphql(skip)]
    pub is_text: bool,
}

/// What is said about one field of an import profile.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "ImportHintInput")]
pub struct Said {
    /// The field, such as `dates`, `sign`, `decimal`, `order` or `columns.bankId`: the `field` of a question or a finding of
    /// `previewImport`.
    pub field: String,
    /// The value, such as `DAY_FIRST`: one of the answers to the question. A column is named by its name in the header, or by its
    /// position, such as `#3`; empty when the file has no such column.
    pub value: String,
}

impl Known {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.profile.is_none() && self.profile_json.is_none() && self.say.is_empty()
    }

    /// All of it as hints for the look at the file.
    ///
    /// # Errors
    /// `NOT_FOUND` at `profile`; `INVALID` at `profileJson` and below `say`.
    pub(super) async fn hints(&self, conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Hints> {
        let mut refusals = Refusals::default();
        let profile = match (&self.profile, &self.profile_json) {
            (Some(_), Some(_)) => {
                let message = "Give either the name of a profile or a profile in full.";
                refusals.push(Refusal::new(Code::Invalid, "profileJson", message));
                None
            }
            (Some(name), None) => refusals.take(saved::named(conn, viewer, name, "profile").await)?,
            (None, Some(json)) => {
                let read = Profile::from_json(json).map_err(|refusal| vec![refusal]).and_then(Profile::valid);
                let at_field = |refusal| Refusal { path: "profileJson".to_owned(), ..refusal };
                read.map_err(|refused| refused.into_iter().map(at_field).for_each(|refusal| refusals.push(refusal)))
                    .ok()
            }
            (None, None) => None,
        };
        let mut hints = profile.as_ref().map(Hints::of).unwrap_or_default();
        for (number, Said { field, value }) in self.say.iter().enumerate() {
            if let Err(message) = hints.say(field.trim(), value.trim()) {
                let message = format!("{field}={value}: {message}");
                refusals.push(Refusal::new(Code::Invalid, format!("say.{number}"), message));
            }
        }
        refusals.none()?;
        if self.is_text {
            hints.encoding = Some(OF_TEXTS.to_owned());
        }
        Ok(hints)
    }
}
