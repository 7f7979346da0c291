//! Opens and closes a book with what every book has: categories and wallets.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

use super::{book::lock, erasure, import::saved, journal, spending::category, wallets::wallet};
use crate::{
    calendar::time_zone::TimeZone,
    db::Transaction,
    entity::book,
    error::{Refusals, Result},
    id::Id,
    money::Currency,
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
        credit_note_number_pattern: "CRN-{0000}".to_owned(),
        debit_note_number_pattern: "DBN-{0000}".to_owned(),
        round_invoice_totals: false,
        time_zone: TimeZone::UTC,
        shop_name: None,
        proprietor_name: None,
        gst_number: None,
        phone_region: None,
        phone: None,
        address: None,
        city: None,
        state: None,
        created_at: now,
        closing_since: None,
        closed_at: None,
    };
    book::Entity::insert(book.clone().into_active_model()).exec_without_returning(tx).await?;
    category::open(tx, book.id, now).await?;
    Ok(book)
}

/// Closes the viewer's book when its only member deletes their account: closes its wallets, deletes its import profiles and erases
/// the shop's details. What invoices, receipts and notes say of the shop is erased by [`forget_sellers`](super::invoicing::party::forget_sellers), and
/// the details of its customers by [`erase_all`](erasure::erase_all).
///
/// When wallets hold money, returns `WALLET_NOT_EMPTY` for each of them, and from then on the wallets take no payments of
/// other books. Otherwise somebody who keeps paying the user could prevent the deletion. The caller must commit this.
///
/// # Errors
/// When the database fails.
pub async fn close(tx: &Transaction, viewer: &Viewer, name: &str, now: DateTime<Utc>) -> Result<Refusals> {
    let book = lock(tx, viewer).await?;
    // The customers before their accounts, as every change of their ledgers does.
    erasure::lock_all(tx, viewer).await?;
    let refusals = wallet::close_all(tx, viewer).await?;
    if !refusals.is_empty() {
        if book.closing_since.is_none() {
            set_closing(tx, book, Some(now)).await?;
        }
        return Ok(refusals);
    }
    saved::delete_all(tx, viewer).await?;
    let erased = book::ActiveModel {
        name: Set(name.to_owned()),
        time_zone: Set(TimeZone::UTC),
        shop_name: Set(None),
        proprietor_name: Set(None),
        gst_number: Set(None),
        phone_region: Set(None),
        phone: Set(None),
        address: Set(None),
        city: Set(None),
        state: Set(None),
        closing_since: Set(None),
        closed_at: Set(Some(now)),
        ..book.into_active_model()
    };
    erased.update(tx).await?;
    Ok(refusals)
}

/// Lets the wallets of the viewer's book take payments of others again. Returns since when they did not.
///
/// # Errors
/// When the database fails.
pub async fn keep_open(tx: &Transaction, viewer: &Viewer) -> Result<Option<DateTime<Utc>>> {
    let book = lock(tx, viewer).await?;
    let since = book.closing_since;
    if since.is_some() {
        set_closing(tx, book, None).await?;
    }
    Ok(since)
}

async fn set_closing(tx: &Transaction, book: book::Model, since: Option<DateTime<Utc>>) -> Result<()> {
    journal::set_closing(tx, book.id, since.is_some()).await?;
    let mut book = book.into_active_model();
    book.closing_since = Set(since);
    book.update(tx).await?;
    Ok(())
}
