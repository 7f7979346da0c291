//! Books.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel};

use crate::{entity::book, error::Result, id::Id, identity::Viewer, money::Currency};

/// The viewer's book.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<book::Model> {
    let book = book::Entity::find_by_id(viewer.book).one(conn).await?;
    Ok(book.ok_or_else(|| DbErr::RecordNotFound(viewer.book.to_string()))?)
}

/// Opens an empty book. Its first member is the caller's to add.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &DatabaseTransaction, name: &str, currency: Currency, now: DateTime<Utc>) -> Result<book::Model> {
    let book = book::Model {
        id: Id::generate(),
        name: name.to_owned(),
        currency,
        invoice_number_pattern: "INV-{0000}".to_owned(),
        receipt_number_pattern: "RCT-{0000}".to_owned(),
        created_at: now,
    };
    book::Entity::insert(book.clone().into_active_model()).exec_without_returning(tx).await?;
    Ok(book)
}
