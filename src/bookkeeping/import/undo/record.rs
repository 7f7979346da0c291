//! The record of each import that made something: written with its first lines, counted up with the others.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Set,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{
    activity::{AuditFields, Field, field, time},
    changes::{self, Thing},
    db::Transaction,
    entity::{
        change::{ChangeKind, Noun},
        import::{ActiveModel, Column, Entity, ImportKind, Model},
    },
    error::{Code, Refusal, Result},
    id::{Id, kind},
    page::{Page, Paged},
    viewer::Viewer,
};

/// An import that is under way: what its record will say.
#[derive(Clone, Debug)]
pub(in crate::bookkeeping::import) struct Recording {
    pub(in crate::bookkeeping::import) id: Id<kind::Import>,
    pub(in crate::bookkeeping::import) kind: ImportKind,
    pub(in crate::bookkeeping::import) file_name: Option<String>,
    pub(in crate::bookkeeping::import) wallet_id: Option<Id<kind::Wallet>>,
}

impl Recording {
    /// Writes the record, unless an earlier batch did, and says whether it wrote it. To be called before anything is made, which
    /// refers to it.
    pub(in crate::bookkeeping::import) async fn begin(
        &self,
        tx: &Transaction,
        viewer: &Viewer,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let record = Model {
            id: self.id,
            book_id: viewer.book,
            actor_id: viewer.user,
            kind: self.kind,
            file_name: self.file_name.clone(),
            wallet_id: self.wallet_id,
            lines: 0,
            made: 0,
            created_at: now,
            updated_at: now,
            undoing_at: None,
            undone_at: None,
        };
        let insert = Entity::insert(record.into_active_model());
        let unless_there = OnConflict::column(Column::Id).do_nothing().to_owned();
        Ok(insert.on_conflict(unless_there).exec_without_returning(tx).await? > 0)
    }

    /// Counts what a batch made. An import that made nothing so far leaves no record. `is_new` says whether `begin` wrote it.
    ///
    /// # Errors
    /// `CONFLICT` at `csv` when somebody undid what is written already.
    pub(in crate::bookkeeping::import) async fn count(
        &self,
        tx: &Transaction,
        viewer: &Viewer,
        (now, is_new): (DateTime<Utc>, bool),
        (lines, made): (i64, i64),
    ) -> Result<()> {
        let this = || Condition::all().add(Column::Id.eq(self.id));
        if made == 0 {
            let empty = this().add(Column::Made.eq(0)).add(Column::UndoingAt.is_null());
            Entity::delete_many().filter(empty).exec(tx).await?;
            return Ok(());
        }
        let counted = Entity::update_many()
            .col_expr(Column::Lines, Expr::col(Column::Lines).add(lines))
            .col_expr(Column::Made, Expr::col(Column::Made).add(made))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(this().add(Column::UndoingAt.is_null()))
            .exec(tx)
            .await?;
        if counted.rows_affected == 0 {
            let message = "The import was undone while it was running. The rest of the file was not imported.";
            return Err(Refusal::new(Code::Conflict, "csv", message).into());
        }
        let kind = if is_new { ChangeKind::Created } else { ChangeKind::Updated };
        let this = Thing { noun: Noun::Import, id: self.id.uuid(), customer: None };
        changes::write_all(tx, viewer.book, (kind, now), [this]).await
    }
}

/// Those of these imports that somebody undid, or is undoing.
pub(in crate::bookkeeping::import) async fn undone(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: BTreeSet<Id<kind::Import>>,
) -> Result<HashSet<Id<kind::Import>>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let undone = own(viewer).filter(Column::Id.is_in(ids)).filter(Column::UndoingAt.is_not_null());
    let ids: Vec<Id<kind::Import>> = undone.select_only().column(Column::Id).into_tuple().all(conn).await?;
    Ok(ids.into_iter().collect())
}

/// The imports of the viewer's book with these ids; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Import>>,
) -> Result<Vec<Model>> {
    Ok(own(viewer).filter(Column::Id.is_in(ids)).all(conn).await?)
}

/// Erases the names of the files of a book that was closed.
///
/// # Errors
/// When the database fails.
pub async fn forget_names(tx: &Transaction, viewer: &Viewer) -> Result<()> {
    let forgotten = ActiveModel { file_name: Set(None), ..Default::default() };
    Entity::update_many().set(forgotten).filter(Column::BookId.eq(viewer.book)).exec(tx).await?;
    Ok(())
}

/// A page of the imports of the viewer's book, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn page(conn: &impl ConnectionTrait, viewer: &Viewer, page: &Page<Id<kind::Import>>) -> Result<Paged<Model>> {
    let within = Condition::all()
        .add_option(page.after.map(|after| Column::Id.lt(after)))
        .add_option(page.before.map(|before| Column::Id.gt(before)));
    let imports = own(viewer).filter(within).limit(page.ask());
    if page.from_end {
        let mut rows = imports.order_by_asc(Column::Id).all(conn).await?;
        rows.reverse();
        return Ok(page.cut(rows));
    }
    Ok(page.cut(imports.order_by_desc(Column::Id).all(conn).await?))
}

/// The number of imports of the viewer's book.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<u64> {
    Ok(own(viewer).count(conn).await?)
}

/// The text that the cursor of an import carries.
#[must_use]
pub fn key_text(import: &Model) -> String {
    format!("import {}", import.id.uuid().simple())
}

/// Parses the text of a cursor.
#[must_use]
pub fn parse_key(text: &str) -> Option<Id<kind::Import>> {
    Some(Id::from_uuid(text.strip_prefix("import ")?.parse().ok()?))
}

fn own(viewer: &Viewer) -> Select<Entity> {
    Entity::find().filter(Column::BookId.eq(viewer.book))
}

/// The change of an import that is undone.
impl AuditFields for Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![field("undoneAt", time(self.undone_at))]
    }
}
