//! The allocations of an entry, as a list.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::ExprTrait,
};

use crate::{
    bookkeeping::customers::document_list::{self, Key},
    entity::{
        allocation,
        ledger_entry::{self, EntryType},
    },
    error::Result,
    id::{Id, kind},
    list::keyset::Keyset,
    list::owned_list::OwnedList,
    money::Currency,
    page::{Page, Paged},
    viewer::Viewer,
};

/// The allocations of each entry, in the order of the entries on their other side: by date, then by position, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Allocations {
    /// The owner is a charge; the list is in the order of the payments.
    OfCharge,
    /// The owner is a payment; the list is in the order of the charges.
    OfPayment,
}

/// An allocation in a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The allocation.
    pub allocation: allocation::Model,
    /// The currency of its amount.
    pub currency: Currency,
    /// The sort key of the entry on the other side.
    key: Key,
}

impl Allocations {
    /// The allocations of an entry of this type.
    #[must_use]
    pub fn of(entry_type: EntryType) -> Self {
        match entry_type {
            EntryType::Credit => Self::OfCharge,
            EntryType::Debit => Self::OfPayment,
        }
    }

    /// The columns of the owner and of the entry on the other side.
    fn columns(self) -> (allocation::Column, allocation::Column) {
        match self {
            Self::OfCharge => (allocation::Column::ChargeId, allocation::Column::PaymentId),
            Self::OfPayment => (allocation::Column::PaymentId, allocation::Column::ChargeId),
        }
    }

    /// The allocations of these entries, joined with the entries on their other side.
    fn select(self, viewer: &Viewer, entries: &[Id<kind::LedgerEntry>]) -> Select<allocation::Entity> {
        let (owner, other) = self.columns();
        let mut all = allocation::Entity::find().filter(owner.is_in(entries.iter().copied()));
        let same = other.into_expr().equals((ledger_entry::Entity, ledger_entry::Column::Id));
        QuerySelect::query(&mut all).inner_join(ledger_entry::Entity, same);
        all.filter(ledger_entry::Column::BookId.eq(viewer.book))
    }

    fn keyset() -> Keyset {
        use ledger_entry::Column::{Date, Position};
        Keyset { key: Date.into_expr(), tiebreaker: Position.into_expr(), descending: false }
    }
}

impl OwnedList for Allocations {
    type Owner = Id<kind::LedgerEntry>;
    type Key = Key;
    type Row = Row;

    fn key_text(&self, row: &Row) -> String {
        format!("{self:?} {}", document_list::key_text(row.key))
    }

    fn parse_key(&self, text: &str) -> Option<Key> {
        let (list, key) = text.split_once(' ')?;
        document_list::parse_key(key).filter(|_| list == format!("{self:?}"))
    }

    async fn pages(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        entries: &[Id<kind::LedgerEntry>],
        page: &Page<Key>,
    ) -> Result<HashMap<Id<kind::LedgerEntry>, Paged<Row>>> {
        use ledger_entry::Column::{Currency, Date, Position};
        let keyset = Self::keyset();
        let all = self.select(viewer, entries).columns([Date, Currency, Position]);
        let query = keyset.cut_each(all.into_query(), (allocation::Entity, self.columns().0), page);
        let mut rows = Vec::new();
        for row in conn.query_all(&query).await? {
            let (date, currency) = (row.try_get("", "date")?, row.try_get("", "currency")?);
            let allocation = allocation::Model::from_query_result(&row, "")?;
            let owner = match self {
                Self::OfCharge => allocation.charge_id,
                Self::OfPayment => allocation.payment_id,
            };
            rows.push((owner, Row { allocation, currency, key: (date, row.try_get("", "position")?) }));
        }
        Ok(keyset.pages(rows, |row| row.key, page))
    }

    async fn counts(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        entries: &[Id<kind::LedgerEntry>],
    ) -> Result<HashMap<Id<kind::LedgerEntry>, i64>> {
        let (owner, _) = self.columns();
        let counts: Vec<(Id<kind::LedgerEntry>, i64)> = self
            .select(viewer, entries)
            .select_only()
            .column(owner)
            .expr(owner.count())
            .group_by(owner)
            .into_tuple()
            .all(conn)
            .await?;
        Ok(counts.into_iter().collect())
    }
}
