//! The write step of posting: writes the rows that the fold produced, each table once, and the changes that they are: each entry
//! that concerns a wallet is a new wallet transaction in the wallet's book.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{fold::State, turnover};
use crate::{
    db::{Transaction, Writes},
    entity::{
        account::{self, AccountKind},
        change::{self, ChangeKind, Noun},
        journal_entry, posting,
    },
    error::Result,
    id::{Id, kind},
};

pub(super) async fn write(tx: &Transaction, state: &State) -> Result<()> {
    let mut writes = Writes::on(tx.get_database_backend());
    add(&mut writes, state)?;
    writes.run(tx).await?;
    turnover::write(tx, state).await
}

/// Adds the rows of all tables but the turnovers, which are for accounts that no wallet operation posts to.
pub(super) fn add(writes: &mut Writes, state: &State) -> Result<()> {
    writes.insert::<journal_entry::Entity>(state.entries.iter().cloned())?;
    writes.insert::<posting::Entity>(state.postings.iter().cloned())?;
    let accounts = |id| state.account(id);
    let changes = changes(&state.entries, &state.postings, &accounts, |entry| (ChangeKind::Created, entry.created_at));
    writes.insert::<change::Entity>(changes)?;
    let counters = [
        account::Column::Debits,
        account::Column::Credits,
        account::Column::WalletInflow,
        account::Column::Postings,
        account::Column::PostedAt,
    ];
    Ok(writes.update::<account::Entity>(state.changed().cloned(), account::Column::Id, &counters)?)
}

/// The changes of entries: one in each book whose wallets an entry posts to. The postings are in the order of the entries.
pub(super) fn changes<'a>(
    entries: &[journal_entry::Model],
    postings: &[posting::Model],
    accounts: &dyn Fn(Id<kind::Account>) -> Option<&'a account::Model>,
    what: impl Fn(&journal_entry::Model) -> (ChangeKind, DateTime<Utc>),
) -> Vec<change::Model> {
    let mut changes: Vec<change::Model> = Vec::with_capacity(entries.len());
    let mut postings = postings.iter().peekable();
    for entry in entries {
        let before = changes.len();
        while let Some(posting) = postings.next_if(|posting| posting.entry_id == entry.id) {
            for account in [posting.debit_account_id, posting.credit_account_id] {
                let wallet = accounts(account).filter(|account| account.kind == AccountKind::Wallet);
                let Some(wallet) = wallet else { continue };
                let new = (wallet.book_id, wallet.holder_id.uuid());
                match changes.iter_mut().skip(before).find(|change| change.book_id == new.0) {
                    Some(change) => add_wallet(change, new.1),
                    None => changes.push(change_of(entry.id, new, what(entry))),
                }
            }
        }
    }
    changes
}

fn change_of(
    entry: Id<kind::Entry>,
    (book_id, wallet): (Id<kind::Book>, Uuid),
    (kind, created_at): (ChangeKind, DateTime<Utc>),
) -> change::Model {
    change::Model {
        thing_id: entry.uuid(),
        book_id,
        noun: Noun::Entry,
        kind,
        of_id: Some(wallet),
        also_of_id: None,
        created_at: created_at.into(),
    }
}

/// Adds the second wallet of a transfer within a book.
fn add_wallet(change: &mut change::Model, wallet: Uuid) {
    if change.of_id != Some(wallet) {
        change.also_of_id.get_or_insert(wallet);
    }
}
