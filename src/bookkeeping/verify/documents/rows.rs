//! The scans of the tables of documents.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryResult, QueryTrait,
    Value,
    sea_query::{Expr, ExprTrait, JoinType, Query},
};
use uuid::Uuid;

use crate::bookkeeping::verify::{
    posted::Postings,
    scan::{Row, Scan, Source},
};
use crate::{
    db::InOrder,
    entity::{
        journal_entry::{self, Column, EntryKind, EntryStatus},
        posting,
    },
    id::{Id, kind},
    money::Currency,
};

/// A row of a table, grouped by the document that it belongs to.
pub(in crate::bookkeeping::verify) struct Part<M> {
    document_id: Uuid,
    line: Option<i32>,
    pub(in crate::bookkeeping::verify) row: M,
}

impl<M: FromQueryResult> Row for Part<M> {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            document_id: row.try_get("part_", "id")?,
            line: row.try_get("part_", "line").unwrap_or_default(),
            row: M::from_query_result(row, "")?,
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

/// A document, and the journal entry that it names.
pub(super) struct Posted<M> {
    document_id: Uuid,
    pub(super) entry: Option<Entry>,
    pub(super) row: M,
}

/// The fields of a journal entry that its document repeats.
pub(super) struct Entry {
    pub(super) id: Id<kind::Entry>,
    pub(super) document_id: Option<Id<kind::Document>>,
    pub(super) book_id: Id<kind::Book>,
    pub(super) kind: EntryKind,
    pub(super) amount: i64,
    pub(super) currency: Currency,
    pub(super) effective_on: NaiveDate,
    pub(super) memo: Option<String>,
}

/// The columns of [`Entry`], in the order of its fields.
const OF_ENTRY: [Column; 8] = [
    Column::Id,
    Column::DocumentId,
    Column::BookId,
    Column::Kind,
    Column::Amount,
    Column::Currency,
    Column::EffectiveOn,
    Column::Memo,
];

impl Entry {
    /// Reads the columns. `None` when there is no entry.
    fn read(row: &mut InOrder<'_>) -> Result<Option<Self>, DbErr> {
        let Some(id) = row.read()? else { return Ok(None) };
        Ok(Some(Self {
            id,
            document_id: row.read()?,
            book_id: row.read()?,
            kind: row.read()?,
            amount: row.read()?,
            currency: row.read()?,
            effective_on: row.read()?,
            memo: row.read()?,
        }))
    }
}

impl<M: FromQueryResult> Row for Posted<M> {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut first = InOrder::new(row);
        let (document_id, entry) = (first.read()?, Entry::read(&mut first)?);
        Ok(Self { document_id, entry, row: M::from_query_result(row, "")? })
    }

    fn group(&self) -> Uuid {
        self.document_id
    }
}

/// Scans a table of documents, each with the journal entry that it names.
pub(super) fn posted<C: ConnectionTrait, E: EntityTrait>(
    source: Source<'_, C>,
    id: E::Column,
    entry_id: E::Column,
) -> Scan<'_, C, Posted<E::Model>> {
    let mut query = Query::select();
    let same = entry_id.into_expr().equals(("entry", Column::Id));
    query.from(E::default()).join_as(JoinType::LeftJoin, journal_entry::Entity, "entry", same);
    query.expr_as(id.into_expr(), "part_id");
    for column in OF_ENTRY {
        query.expr_as(Expr::col(("entry", column)), format!("entry_{}", column.as_str()));
    }
    query.exprs(E::Column::iter().map(ColumnTrait::into_expr));
    Scan::new(source, query, [id.into_expr()])
}

/// Scans the postings of the journal entries that documents name.
pub(super) fn postings<C: ConnectionTrait, E: EntityTrait>(
    source: Source<'_, C>,
    (table, id, entry_id): (E, E::Column, E::Column),
) -> Postings<'_, C> {
    let mut query = Query::select();
    let same = entry_id.into_expr().equals((posting::Entity, posting::Column::EntryId));
    query.from(table).inner_join(posting::Entity, same);
    Postings::joined(source, query, id.into_expr())
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
        let mut row = InOrder::new(row);
        let (document_id, id, status): (_, _, EntryStatus) = (row.read()?, row.read()?, row.read()?);
        let [is_reversal, is_reversed] = [row.read::<Option<Uuid>>()?, row.read()?].map(|other| other.is_some());
        Ok(Self { document_id, id, is_posted: !is_reversal && status == EntryStatus::Succeeded, is_reversed })
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
    let mut query = Query::select();
    query.from(journal_entry::Entity);
    query.exprs([Column::DocumentId, Column::Id, Column::Status, Column::ReversesId].map(ColumnTrait::into_expr));
    let same = Column::Id.into_expr().equals(("reversal", Column::ReversesId));
    query.join_as(JoinType::LeftJoin, journal_entry::Entity, "reversal", same);
    query.expr(Expr::col(("reversal", Column::Id)));
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
