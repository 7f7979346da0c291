//! The write step of posting: writes the rows that the fold produced, each table once.

use sea_orm::ConnectionTrait;

use super::{fold::State, turnover};
use crate::{
    db::{Transaction, Writes},
    entity::{account, journal_entry, posting},
    error::Result,
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
    let counters = [
        account::Column::Debits,
        account::Column::Credits,
        account::Column::WalletInflow,
        account::Column::Postings,
        account::Column::PostedAt,
    ];
    Ok(writes.update::<account::Entity>(state.changed().cloned(), account::Column::Id, &counters)?)
}
