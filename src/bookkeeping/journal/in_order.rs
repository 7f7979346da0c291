//! Reads rows of the journal column by column, in the order in which SeaORM selects the columns of an entity.

use sea_orm::{DbErr, QueryResult, TryGetable};

use crate::entity::{account, journal_entry, posting};

/// A row whose columns are read one after the other. By their names it takes several times as long: each name is made, and
/// looked up, for each row.
pub(super) struct InOrder<'a> {
    row: &'a QueryResult,
    at: usize,
}

impl<'a> InOrder<'a> {
    pub(super) fn new(row: &'a QueryResult) -> Self {
        Self { row, at: 0 }
    }

    pub(super) fn next<T: TryGetable>(&mut self) -> Result<T, DbErr> {
        let at = self.at;
        self.at += 1;
        self.row.try_get_by_index(at)
    }
}

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
