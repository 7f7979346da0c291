//! Checks the ids that clients chose: the object that has such an id is in the book that chose it.
//!
//! The object may be gone, since a category that was never used can be deleted.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryResult, QueryTrait,
    sea_query::{Expr, ExprTrait, Func},
};
use uuid::Uuid;

use super::{
    difference::{Check, Report},
    scan::{Row, Scan, Source},
};
use crate::{
    bookkeeping::new_id::TABLES,
    entity::client_id::{self, Column},
    error::Result,
    id::{Id, kind},
};

/// An id with the book that chose it, and the book of the object that has it.
struct Chosen {
    id: Uuid,
    book_id: Id<kind::Book>,
    of_object: Option<Id<kind::Book>>,
}

impl Row for Chosen {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get("", "id")?,
            book_id: row.try_get("", "book_id")?,
            of_object: row.try_get("", "of_object")?,
        })
    }

    fn group(&self) -> Uuid {
        self.id
    }
}

/// Checks all ids.
pub(super) async fn check<C: ConnectionTrait>(source: Source<'_, C>, report: &mut Report<'_>) -> Result<()> {
    let mut query = client_id::Entity::find().into_query();
    for table in TABLES {
        query.left_join(table, Column::Id.into_expr().equals((table, "id")));
    }
    query.expr_as(Func::coalesce(TABLES.map(|table| Expr::col((table, "book_id")))), "of_object");
    let mut all = Scan::<_, Chosen>::new(source, query, [Column::Id.into_expr()]);
    while let Some(Chosen { id, book_id, of_object }) = all.next().await? {
        if of_object.is_some_and(|of_object| of_object != book_id) {
            let id = Id::<kind::Holder>::from_uuid(id);
            let what = "the book of the object whose id a client chose";
            report.differs(
                Check::ClientId,
                id,
                what,
                book_id.to_string(),
                of_object.map(|book_id| book_id.to_string()),
            );
        }
    }
    Ok(())
}
