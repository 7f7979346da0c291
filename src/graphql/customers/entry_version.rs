//! The versions of a ledger entry.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Object, dataloader::Loader};

use crate::{
    bookkeeping::{
        customers::entry,
        journal::{self, Version},
    },
    calendar::date::Date,
    entity::ledger_entry::EntryType,
    error::Error,
    graphql::{RequestLoader, scalar::DateTime},
    id::{Id, kind},
    money::Money,
};

pub(in crate::graphql) struct EntryVersion {
    pub(in crate::graphql) version: Version,
    pub(in crate::graphql) number: i32,
}

/// A ledger entry as it was for some time. Each version is recorded in the journal as an entry of its own.
#[Object]
impl EntryVersion {
    /// The number of the version, counted from 1.
    async fn version(&self) -> i32 {
        self.number
    }

    /// `CREDIT` when this version made the customer owe more, `DEBIT` when it made them owe less.
    #[graphql(name = "type")]
    async fn kind(&self) -> EntryType {
        entry::type_of(self.version.entry.kind)
    }

    /// The amount. It is always positive.
    async fn amount(&self) -> Money {
        Money::from_minor(self.version.entry.amount, self.version.entry.currency)
    }

    /// The date of the entry in this version.
    async fn date(&self) -> Date {
        Date(self.version.entry.effective_on)
    }

    /// The note in this version. Null when not given.
    async fn note(&self) -> Option<&str> {
        self.version.entry.memo.as_deref()
    }

    /// The reference number of the journal entry that recorded this version, such as `CRE-20261121-7K3M9QPXWA`.
    async fn reference(&self) -> &str {
        &self.version.entry.reference
    }

    /// The time from which this version was in force.
    async fn since(&self) -> DateTime {
        DateTime(self.version.entry.created_at)
    }

    /// The time until which this version was in force. Null when it still is.
    async fn until(&self) -> Option<DateTime> {
        self.version.reversal.as_ref().map(|reversal| DateTime(reversal.created_at))
    }
}

/// The loader key for the versions of a document. Must only be used for documents that the viewer may see: the loader
/// does not check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct VersionsOf(pub(in crate::graphql) Id<kind::Document>);

impl Loader<VersionsOf> for RequestLoader {
    type Value = Vec<Version>;
    type Error = Arc<Error>;

    async fn load(&self, documents: &[VersionsOf]) -> Result<HashMap<VersionsOf, Vec<Version>>, Arc<Error>> {
        let documents = documents.iter().map(|document| document.0);
        let mut loaded: HashMap<_, Vec<_>> = HashMap::new();
        for version in journal::versions(self.reader.conn(), documents).await.map_err(Arc::new)? {
            if let Some(document) = version.entry.document_id {
                loaded.entry(VersionsOf(document)).or_default().push(version);
            }
        }
        Ok(loaded)
    }
}
