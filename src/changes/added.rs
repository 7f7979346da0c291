//! The changes that an import makes: it adds many objects at once.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    db::{Transaction, Writes},
    entity::change::{ChangeKind, Entity, Model, Noun},
    error::Result,
    id::{Id, kind},
    viewer::Viewer,
};

/// An object that was created.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Added {
    pub(crate) noun: Noun,
    pub(crate) id: Uuid,
    /// The customer that it belongs to.
    pub(crate) customer: Option<Id<kind::Customer>>,
}

/// Writes the changes of objects that were created in the viewer's book.
///
/// # Errors
/// When the database fails.
pub(crate) async fn write_added(
    tx: &Transaction,
    viewer: &Viewer,
    created_at: DateTime<Utc>,
    added: impl IntoIterator<Item = Added>,
) -> Result<()> {
    let rows = added.into_iter().map(|Added { noun, id, customer }| Model {
        thing_id: id,
        book_id: viewer.book,
        noun,
        kind: ChangeKind::Created,
        of_id: customer.map(Id::uuid),
        also_of_id: None,
        created_at,
    });
    let mut writes = Writes::on(tx.get_database_backend());
    writes.insert::<Entity>(rows)?;
    Ok(writes.run(tx).await?)
}
