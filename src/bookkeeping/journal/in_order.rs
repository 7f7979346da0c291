//! Reads rows of the journal column by column, in the order in which SeaORM selects the columns of an entity.

use sea_orm::DbErr;

use crate::{
    db::InOrder,
    entity::{account, journal_entry, posting},
};

/// Reads a posting and its entry.
pub(super) fn posting_and_entry(row: &mut InOrder<'_>) -> Result<(posting::Model, journal_entry::Model), DbErr> {
    let posting = posting::Model {
        entry_id: row.read()?,
        line: row.read()?,
        amount: row.read()?,
        effective_on: row.read()?,
        debit_account_id: row.read()?,
        debit_seq: row.read()?,
        debit_balance: row.read()?,
        credit_account_id: row.read()?,
        credit_seq: row.read()?,
        credit_balance: row.read()?,
    };
    let entry = journal_entry::Model {
        id: row.read()?,
        book_id: row.read()?,
        kind: row.read()?,
        status: row.read()?,
        failure: row.read()?,
        amount: row.read()?,
        currency: row.read()?,
        effective_on: row.read()?,
        memo: row.read()?,
        reference: row.read()?,
        idempotency_key: row.read()?,
        request_hash: row.read()?,
        reverses_id: row.read()?,
        meant_for_id: row.read()?,
        document_id: row.read()?,
        actor_id: row.read()?,
        created_at: row.read()?,
    };
    Ok((posting, entry))
}

/// Reads an account.
pub(super) fn account(row: &mut InOrder<'_>) -> Result<account::Model, DbErr> {
    Ok(account::Model {
        id: row.read()?,
        book_id: row.read()?,
        kind: row.read()?,
        currency: row.read()?,
        holder_id: row.read()?,
        status: row.read()?,
        closing: row.read()?,
        may_overdraw: row.read()?,
        debits: row.read()?,
        credits: row.read()?,
        wallet_inflow: row.read()?,
        postings: row.read()?,
        created_at: row.read()?,
        posted_at: row.read()?,
    })
}
