//! Overwrites what users wrote into journal entries, when the customer whom it may name is erased.
//!
//! The only updates of journal entries that there are. Amounts, accounts, dates, numbers and keys stay, and so do postings and
//! balances; triggers of the database refuse anything else.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, IntoCondition},
};

use super::write::changes;
use crate::{
    db::{Transaction, Writes},
    entity::{
        account,
        change::{self, ChangeKind},
        journal_entry::{Column, Entity, EntryKind, EntryStatus},
        posting,
    },
    error::Result,
    id::{Id, kind},
};

/// What stands in place of a text that was erased. The triggers let no other text overwrite one.
pub const ERASED: &str = "Erased";

/// What stands in place of the hash of a request whose input was erased. No input has this hash.
pub const NO_HASH: [u8; 32] = [0; 32];

/// Erases the notes and reasons of all versions and reversals of these documents, also of those that were refused, and the hashes
/// of the requests that wrote them: whoever knows the rest of a request could find out its text by trying. Their idempotency keys
/// stay used.
///
/// # Errors
/// When the database fails.
pub async fn erase_texts(tx: &Transaction, documents: impl IntoIterator<Item = Id<kind::Document>>) -> Result<()> {
    let of_them = Column::DocumentId.is_in(documents);
    let memos = Entity::update_many().col_expr(Column::Memo, Expr::value(ERASED)).filter(of_them.clone());
    memos.filter(Column::Memo.is_not_null()).exec(tx).await?;
    let hashes = Entity::update_many().col_expr(Column::RequestHash, Expr::value(NO_HASH.to_vec())).filter(of_them);
    hashes.filter(Column::RequestHash.is_not_null()).exec(tx).await?;
    Ok(())
}

/// Erases the notes of the receipts and refunds of a book that a wallet refused. They made no document, so it is not known whose
/// they are.
///
/// # Errors
/// When the database fails.
pub async fn erase_refused(tx: &Transaction, book_id: Id<kind::Book>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Memo, Expr::value(ERASED))
        .filter(refused(book_id))
        .filter(Column::Memo.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

fn refused(book_id: Id<kind::Book>) -> Condition {
    let of_book = Condition::all().add(Column::BookId.eq(book_id)).add(Column::Status.eq(EntryStatus::Failed));
    of_book.add(Column::Kind.is_in([EntryKind::Receipt, EntryKind::Refund]))
}

/// Writes the changes of the wallet transactions whose texts [`erase_texts`] is about to erase.
///
/// # Errors
/// When the database fails.
pub async fn tell_of_texts(
    tx: &Transaction,
    documents: impl IntoIterator<Item = Id<kind::Document>>,
    now: DateTime<Utc>,
) -> Result<()> {
    tell(tx, Column::DocumentId.is_in(documents), now).await
}

/// The same for those that [`erase_refused`] is about to erase.
///
/// # Errors
/// When the database fails.
pub async fn tell_of_refused(tx: &Transaction, book_id: Id<kind::Book>, now: DateTime<Utc>) -> Result<()> {
    tell(tx, refused(book_id), now).await
}

async fn tell(tx: &Transaction, which: impl IntoCondition, now: DateTime<Utc>) -> Result<()> {
    let with_text = Entity::find().filter(which).filter(Column::Memo.is_not_null()).filter(Column::Memo.ne(ERASED));
    let entries = with_text.order_by_asc(Column::Id).all(tx).await?;
    if entries.is_empty() {
        return Ok(());
    }
    let of_entries = posting::Column::EntryId.is_in(entries.iter().map(|entry| entry.id));
    let postings = posting::Entity::find().filter(of_entries).order_by_asc(posting::Column::EntryId).all(tx).await?;
    let accounts: BTreeSet<_> =
        postings.iter().flat_map(|posting| [posting.debit_account_id, posting.credit_account_id]).collect();
    let accounts = account::Entity::find().filter(account::Column::Id.is_in(accounts)).all(tx).await?;
    let find = |id| accounts.iter().find(|account| account.id == id);
    let changes = changes(&entries, &postings, &find, |_| (ChangeKind::Updated, now));
    let mut writes = Writes::on(tx.get_database_backend());
    writes.insert::<change::Entity>(changes)?;
    Ok(writes.run(tx).await?)
}
