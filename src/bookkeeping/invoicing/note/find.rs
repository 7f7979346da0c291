//! Finds notes and their lines.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::kind::NoteId;
use crate::{
    entity::{note, note_line},
    error::Result,
    id::{Id, kind},
    viewer::Viewer,
};

/// The notes of a kind in the viewer's book with these ids, void or not; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many<K: NoteId>(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<K>>,
) -> Result<Vec<note::Model>> {
    let notes = note::Entity::find().filter(note::Column::BookId.eq(viewer.book));
    let notes = notes.filter(note::Column::Kind.eq(K::KIND));
    Ok(notes.filter(note::Column::Id.is_in(ids)).all(conn).await?)
}

/// The lines of these notes, ordered by line number.
///
/// # Errors
/// When the database fails.
pub async fn lines(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Id<kind::Note>>,
) -> Result<Vec<note_line::Model>> {
    let lines = note_line::Entity::find().filter(note_line::Column::NoteId.is_in(ids));
    Ok(lines.order_by_asc(note_line::Column::Line).all(conn).await?)
}

/// The note of the viewer's book with this id.
///
/// # Errors
/// When there is none, which is a bug.
pub(super) async fn expect(conn: &impl ConnectionTrait, viewer: &Viewer, id: Id<kind::Note>) -> Result<note::Model> {
    let notes = note::Entity::find_by_id(id).filter(note::Column::BookId.eq(viewer.book));
    Ok(notes.one(conn).await?.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?)
}
