//! The changes of many objects at once, of which no activity tells one by one.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    db::{Transaction, Writes},
    entity::change::{ChangeKind, Entity, Model, Noun},
    error::Result,
    id::{Id, kind},
};

/// An object that was changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thing {
    pub(crate) noun: Noun,
    pub(crate) id: Uuid,
    /// The customer that it is, or belongs to.
    pub(crate) customer: Option<Id<kind::Customer>>,
}

/// Writes the changes of objects of a book, all of one kind.
///
/// # Errors
/// When the database fails.
pub(crate) async fn write_all(
    tx: &Transaction,
    book_id: Id<kind::Book>,
    (kind, created_at): (ChangeKind, DateTime<Utc>),
    things: impl IntoIterator<Item = Thing>,
) -> Result<()> {
    let rows = things.into_iter().map(|Thing { noun, id, customer }| Model {
        thing_id: id,
        book_id,
        noun,
        kind,
        of_id: customer.map(Id::uuid),
        also_of_id: None,
        created_at: created_at.into(),
    });
    let mut writes = Writes::on(tx.get_database_backend());
    writes.insert::<Entity>(rows)?;
    Ok(writes.run(tx).await?)
}
