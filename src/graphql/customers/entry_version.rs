//! The versions of a ledger entry.

use std::borrow::Cow;

use async_graphql::Object;

use crate::{
    bookkeeping::{
        customers::entry,
        journal::{self, Version},
    },
    calendar::date::Date,
    entity::ledger_entry::EntryType,
    graphql::scalar::DateTime,
    money::Money,
};

pub(in crate::graphql) struct EntryVersion(Version);

impl From<Version> for EntryVersion {
    fn from(version: Version) -> Self {
        Self(version)
    }
}

/// A ledger entry as it was for some time. Each version is recorded in the journal as an entry of its own.
#[Object]
impl EntryVersion {
    /// The number of the version, counted from 1.
    async fn version(&self) -> i64 {
        self.0.number
    }

    /// `CREDIT` when this version made the customer owe more, `DEBIT` when it made them owe less.
    #[graphql(name = "type")]
    async fn kind(&self) -> EntryType {
        entry::type_of(self.0.entry.kind)
    }

    /// The amount. It is always positive.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.entry.amount, self.0.entry.currency)
    }

    /// The date of the entry in this version.
    async fn date(&self) -> Date {
        Date(self.0.entry.effective_on)
    }

    /// The note in this version. Null when not given.
    async fn note(&self) -> Option<&str> {
        self.0.entry.memo.as_deref()
    }

    /// The reference number of the journal entry that recorded this version, such as `CRE-20261121-7K3M9QPXWA`.
    async fn reference(&self) -> Cow<'_, str> {
        journal::reference(&self.0.entry)
    }

    /// The time from which this version was in force.
    async fn since(&self) -> DateTime {
        DateTime(self.0.entry.created_at)
    }

    /// The time until which this version was in force. Null when it still is.
    async fn until(&self) -> Option<DateTime> {
        self.0.until.map(DateTime)
    }
}
