//! Reads rows of the journal column by column, in the order in which SeaORM selects the columns of an entity.

use sea_orm::DbErr;

use crate::{
    db::InOrder,
    entity::{account, journal_entry, posting},
};

/// Reads a posting and its entry.
pub(super) fn posting_and_entry(row: &mut InOrder<'_>) -> Result<(posting::Model, journal_entry::Model), DbErr> {
    let posting = posting::Model {
        entry_id: row.next()?,
        line: row.next()?,
        amount: row.next()?,
        effective_on: row.next()?,
        debit_account_id: row.next()?,
        debit_seq: row.next()?,
        debit_balance: row.next()?,
        credit_account_id: row.next()?,
        credit_seq: row.next()?,
        credit_balance: row.next()?,
    };
    let entry = journal_entry::Model {
        id: row.next()?,
        book_id: row.next()?,
        kind: row.next()?,
        status: row.next()?,
        failure: row.next()?,
        amount: row.next()?,
        currency: row.next()?,
        effective_on: row.next()?,
        memo: row.next()?,
        reference: row.next()?,
        idempotency_key: row.next()?,
        request_hash: row.next()?,
        reverses_id: row.next()?,
        meant_for_id: row.next()?,
        document_id: row.next()?,
        actor_id: row.next()?,
        created_at: row.next()?,
    };
    Ok((posting, entry))
}

/// Reads an account.
pub(super) fn account(row: &mut InOrder<'_>) -> Result<account::Model, DbErr> {
    Ok(account::Model {
        id: row.next()?,
        book_id: row.next()?,
        kind: row.next()?,
        currency: row.next()?,
        holder_id: row.next()?,
        status: row.next()?,
        closing: row.next()?,
        may_overdraw: row.next()?,
        debits: row.next()?,
        credits: row.next()?,
        wallet_inflow: row.next()?,
        postings: row.next()?,
        created_at: row.next()?,
        posted_at: row.next()?,
    })
}
