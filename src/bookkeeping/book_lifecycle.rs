//! Opens and closes a book with what every book has: categories and wallets.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

use super::{book::lock, spending::category, wallets::wallet};
use crate::{
    calendar::time_zone::TimeZone, db::Transaction, entity::book, error::Result, id::Id, money::Currency,
    viewer::Viewer,
};

/// Opens a book with the default categories. The caller must add its first member.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &Transaction, name: &str, currency: Currency, now: DateTime<Utc>) -> Result<book::Model> {
    let book = book::Model {
        id: Id::generate(),
        name: name.to_owned(),
        currency,
        invoice_number_pattern: "INV-{0000}".to_owned(),
        receipt_number_pattern: "RCT-{0000}".to_owned(),
        time_zone: TimeZone::UTC,
        shop_name: None,
        proprietor_name: None,
        gst_number: None,
        phone: None,
        address: None,
        city: None,
        state: None,
        created_at: now,
        closed_at: None,
    };
    book::Entity::insert(book.clone().into_active_model()).exec_without_returning(tx).await?;
    category::open(tx, book.id, now).await?;
    Ok(book)
}

/// Closes the viewer's book when its only member deletes their account: closes its wallets and erases the shop's
/// details.
///
/// # Errors
/// `WALLET_NOT_EMPTY` for each wallet that holds money.
pub async fn close(tx: &Transaction, viewer: &Viewer, name: &str, now: DateTime<Utc>) -> Result<()> {
    let book = lock(tx, viewer).await?;
    wallet::close_all(tx, viewer).await?;
    let erased = book::ActiveModel {
        name: Set(name.to_owned()),
        time_zone: Set(TimeZone::UTC),
        shop_name: Set(None),
        proprietor_name: Set(None),
        gst_number: Set(None),
        phone: Set(None),
        address: Set(None),
        city: Set(None),
        state: Set(None),
        closed_at: Set(Some(now)),
        ..book.into_active_model()
    };
    erased.update(tx).await?;
    Ok(())
}
