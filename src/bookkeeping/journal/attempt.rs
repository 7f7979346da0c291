//! What the entry of a failed attempt tells about it. It is read from the journal, so that a repeated request is told the same as
//! the first one.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    entity::{
        account::{self, AccountKind},
        journal_entry::{self, Failure},
        posting,
    },
    error::{Detail, Result},
    id::{Id, kind},
    money::Money,
};

/// The detail of a refusal that one of these entries of the book records. `None` when the failure has none.
///
/// # Errors
/// When the database fails.
pub async fn attempt_detail(
    conn: &impl ConnectionTrait,
    book_id: Id<kind::Book>,
    entries: impl IntoIterator<Item = Id<kind::Entry>>,
    failure: Failure,
) -> Result<Option<Detail>> {
    match failure {
        Failure::InsufficientFunds => balance(conn, book_id, entries).await,
        Failure::CurrencyMismatch => currencies(conn, book_id, entries).await,
        Failure::DebitNotActive | Failure::CreditNotActive | Failure::SameAccount | Failure::LimitReached => Ok(None),
    }
}

/// The book's wallet on which the attempt was recorded, with its balance then.
async fn balance(
    conn: &impl ConnectionTrait,
    book_id: Id<kind::Book>,
    entries: impl IntoIterator<Item = Id<kind::Entry>>,
) -> Result<Option<Detail>> {
    let trace = posting::Entity::find()
        .filter(posting::Column::EntryId.is_in(entries))
        .filter(posting::Column::Line.eq(1))
        .one(conn)
        .await?;
    let Some(trace) = trace else { return Ok(None) };
    let wallet = account::Entity::find()
        .filter(account::Column::Id.is_in([trace.debit_account_id, trace.credit_account_id]))
        .filter(account::Column::Kind.eq(AccountKind::Wallet))
        .filter(account::Column::BookId.eq(book_id))
        .one(conn)
        .await?;
    Ok(wallet.map(|wallet| {
        let minor = if wallet.id == trace.debit_account_id { trace.debit_balance } else { trace.credit_balance };
        Detail::Balance { wallet_id: wallet.holder_id.cast(), balance: Money::from_minor(minor, wallet.currency) }
    }))
}

/// The currency of the amount, and that of the wallet that was to receive it. The latter only when it is the book's own: a
/// refused payment must tell the payer nothing about the payee.
async fn currencies(
    conn: &impl ConnectionTrait,
    book_id: Id<kind::Book>,
    entries: impl IntoIterator<Item = Id<kind::Entry>>,
) -> Result<Option<Detail>> {
    let entry = journal_entry::Entity::find().filter(journal_entry::Column::Id.is_in(entries)).one(conn).await?;
    let Some(entry) = entry else { return Ok(None) };
    let meant_for = match entry.meant_for_id {
        Some(id) => account::Entity::find_by_id(id).filter(account::Column::BookId.eq(book_id)).one(conn).await?,
        None => None,
    };
    let expected = meant_for.map(|account| account.currency);
    Ok(Some(Detail::Currencies { expected, actual: entry.currency }))
}
