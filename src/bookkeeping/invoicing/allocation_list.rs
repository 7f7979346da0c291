//! The allocations of invoices and of receipts.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait, Select,
};

use crate::{
    bookkeeping::customers::document_list::{self, Key},
    entity::{allocation, invoice, receipt},
    error::Result,
    id::{Id, kind},
    list::keyset::Keyset,
    list::owned_list::OwnedList,
    money::Currency,
    page::{Page, Paged},
    viewer::Viewer,
};

/// The allocations of each document, in the order of the documents on their other side: by date, then by position, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Allocations {
    /// The owner is an invoice; the list is in the order of the receipts that pay it.
    OfInvoice,
    /// The owner is a receipt; the list is in the order of the invoices that it pays.
    OfReceipt,
}

/// An allocation in a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The allocation.
    pub allocation: allocation::Model,
    /// The currency of its amount.
    pub currency: Currency,
    /// The sort key of the document on the other side.
    key: Key,
}

impl Allocations {
    /// The column of the owner.
    fn owner(self) -> allocation::Column {
        match self {
            Self::OfInvoice => allocation::Column::InvoiceId,
            Self::OfReceipt => allocation::Column::ReceiptId,
        }
    }

    /// The allocations of these documents, joined with the documents on their other side.
    fn select(self, viewer: &Viewer, documents: &[Id<kind::Document>]) -> Select<allocation::Entity> {
        let all = allocation::Entity::find().filter(self.owner().is_in(documents.iter().copied()));
        match self {
            Self::OfInvoice => all.inner_join(receipt::Entity).filter(receipt::Column::BookId.eq(viewer.book)),
            Self::OfReceipt => all.inner_join(invoice::Entity).filter(invoice::Column::BookId.eq(viewer.book)),
        }
    }

    fn keyset(self) -> Keyset {
        let (key, tiebreaker) = match self {
            Self::OfInvoice => (receipt::Column::Date.into_expr(), receipt::Column::Position.into_expr()),
            Self::OfReceipt => (invoice::Column::Date.into_expr(), invoice::Column::Position.into_expr()),
        };
        Keyset { key, tiebreaker, descending: false }
    }
}

impl OwnedList for Allocations {
    type Owner = Id<kind::Document>;
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
        documents: &[Id<kind::Document>],
        page: &Page<Key>,
    ) -> Result<HashMap<Id<kind::Document>, Paged<Row>>> {
        let keyset = self.keyset();
        let all = match self {
            Self::OfInvoice => {
                use receipt::Column::{Currency, Date, Position};
                self.select(viewer, documents).columns([Date, Currency, Position])
            }
            Self::OfReceipt => {
                use invoice::Column::{Currency, Date, Position};
                self.select(viewer, documents).columns([Date, Currency, Position])
            }
        };
        let query = keyset.cut_each(all.into_query(), (allocation::Entity, self.owner()), page);
        let mut rows = Vec::new();
        for row in conn.query_all(&query).await? {
            let (date, currency) = (row.try_get("", "date")?, row.try_get("", "currency")?);
            let allocation = allocation::Model::from_query_result(&row, "")?;
            let owner = match self {
                Self::OfInvoice => allocation.invoice_id.cast(),
                Self::OfReceipt => allocation.receipt_id.cast(),
            };
            rows.push((owner, Row { allocation, currency, key: (date, row.try_get("", "position")?) }));
        }
        Ok(keyset.pages(rows, |row| row.key, page))
    }

    async fn counts(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        documents: &[Id<kind::Document>],
    ) -> Result<HashMap<Id<kind::Document>, i64>> {
        let counts: Vec<(Id<kind::Document>, i64)> = self
            .select(viewer, documents)
            .select_only()
            .column(self.owner())
            .expr(self.owner().count())
            .group_by(self.owner())
            .into_tuple()
            .all(conn)
            .await?;
        Ok(counts.into_iter().collect())
    }
}
