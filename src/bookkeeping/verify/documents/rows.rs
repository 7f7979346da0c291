//! The scans of the tables of documents.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryResult, QueryTrait, Value,
    sea_query::{Expr, ExprTrait, JoinType, Query},
};
use uuid::Uuid;

use crate::bookkeeping::verify::{
    posted::{Posted, with_accounts},
    scan::{Row, Scan, Source, optional, select_as},
};
use crate::{
    entity::{
        journal_entry::{self, EntryStatus},
        posting,
    },
    id::{Id, kind},
};

/// A row of a table, grouped by the document that it belongs to.
pub(in crate::bookkeeping::verify) struct Part<M> {
    document_id: Uuid,
    line: Option<i32>,
    pub(in crate::bookkeeping::verify) row: M,
    /// The document's journal entry, if the scan reads it.
    pub(super) entry: Option<journal_entry::Model>,
}

impl<M: FromQueryResult> Row for Part<M> {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            document_id: row.try_get("part_", "id")?,
            line: row.try_get("part_", "line").unwrap_or_default(),
            row: M::from_query_result(row, "")?,
            entry: optional(row, "entry_")?,
        })
    }

    fn group(&self) -> Uuid {
        self.document_id
    }

    fn place(&self) -> Vec<Value> {
        self.line.map(Value::from).into_iter().collect()
    }
}

/// Scans a table with at most one row per document.
pub(in crate::bookkeeping::verify) fn whole<C: ConnectionTrait, E: EntityTrait>(
    source: Source<'_, C>,
    id: E::Column,
) -> Scan<'_, C, Part<E::Model>> {
    let mut query = E::find().into_query();
    query.expr_as(id.into_expr(), "part_id");
    Scan::new(source, query, [id.into_expr()])
}

/// Scans a table with the lines of documents.
pub(super) fn lines<C: ConnectionTrait, E: EntityTrait>(
    source: Source<'_, C>,
    id: E::Column,
    line: E::Column,
) -> Scan<'_, C, Part<E::Model>> {
    let mut query = E::find().into_query();
    query.expr_as(id.into_expr(), "part_id").expr_as(line.into_expr(), "part_line");
    Scan::new(source, query, [id, line].map(ColumnTrait::into_expr))
}

/// Scans a table of documents, each with the journal entry that it names.
pub(super) fn counted<C: ConnectionTrait, E: EntityTrait>(
    source: Source<'_, C>,
    id: E::Column,
    entry_id: E::Column,
) -> Scan<'_, C, Part<E::Model>> {
    let mut query = E::find().into_query();
    let same = entry_id.into_expr().equals(("counted_by", journal_entry::Column::Id));
    query.join_as(JoinType::LeftJoin, journal_entry::Entity, "counted_by", same);
    select_as::<journal_entry::Entity>(&mut query, "counted_by", "entry_");
    query.expr_as(id.into_expr(), "part_id");
    Scan::new(source, query, [id.into_expr()])
}

/// Scans the postings of the journal entries that documents name.
pub(super) fn postings<C: ConnectionTrait, E: EntityTrait>(
    source: Source<'_, C>,
    (table, id, entry_id): (E, E::Column, E::Column),
) -> Scan<'_, C, Posted> {
    let mut query = Query::select();
    let same = entry_id.into_expr().equals((posting::Entity, posting::Column::EntryId));
    query.from(table).inner_join(posting::Entity, same);
    let (query, order) = with_accounts(query, id.into_expr());
    Scan::new(source, query, order)
}

/// A journal entry that is a version of a document.
pub(super) struct Version {
    document_id: Uuid,
    pub(super) id: Id<kind::Entry>,
    /// Whether it succeeded and is not a reversal.
    pub(super) is_posted: bool,
    pub(super) is_reversed: bool,
}

impl Row for Version {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let is_reversed = row.try_get::<Option<Uuid>>("", "reversal_id")?.is_some();
        let is_reversal = row.try_get::<Option<Uuid>>("", "reverses_id")?.is_some();
        let is_posted = !is_reversal && row.try_get::<EntryStatus>("", "status")? == EntryStatus::Succeeded;
        Ok(Self { document_id: row.try_get("", "document_id")?, id: row.try_get("", "id")?, is_posted, is_reversed })
    }

    fn group(&self) -> Uuid {
        self.document_id
    }

    fn place(&self) -> Vec<Value> {
        vec![self.id.into()]
    }
}

/// Scans the journal entries of documents. Failed entries and reversals are left out by the program, not by the query:
/// with such a condition SQLite uses the index on `reverses_id` and sorts all entries for each page.
pub(super) fn versions<C: ConnectionTrait>(source: Source<'_, C>) -> Scan<'_, C, Version> {
    use journal_entry::Column;
    let mut query = Query::select();
    query.from(journal_entry::Entity);
    query.exprs([Column::DocumentId, Column::Id, Column::Status, Column::ReversesId].map(ColumnTrait::into_expr));
    let same = Column::Id.into_expr().equals(("reversal", Column::ReversesId));
    query.join_as(JoinType::LeftJoin, journal_entry::Entity, "reversal", same);
    query.expr_as(Expr::col(("reversal", Column::Id)), "reversal_id");
    query.and_where(Column::DocumentId.into_expr().is_not_null());
    Scan::new(source, query, [Column::DocumentId, Column::Id].map(ColumnTrait::into_expr))
}

/// The journal entries that were posted for a document, without failed entries and reversals.
#[derive(Default)]
pub(super) struct Versions {
    /// The number of these entries.
    pub(super) count: i64,
    /// The number of these entries that are not reversed.
    pub(super) active: i64,
    /// The last of these entries that is not reversed.
    pub(super) current: Option<Id<kind::Entry>>,
}

impl Versions {
    pub(super) async fn take(
        versions: &mut Scan<'_, impl ConnectionTrait, Version>,
        document_id: Uuid,
    ) -> crate::error::Result<Self> {
        let mut taken = Self::default();
        while let Some(version) = versions.take(document_id).await? {
            if !version.is_posted {
                continue;
            }
            taken.count += 1;
            if !version.is_reversed {
                taken.active += 1;
                taken.current = Some(version.id);
            }
        }
        Ok(taken)
    }
}
