//! The write step of posting: writes the rows that the fold produced, each table once.

use super::{fold::State, turnover};
use crate::{
    db::{Transaction, rows},
    entity::{account, journal_entry, posting},
    error::Result,
};

pub(super) async fn write(tx: &Transaction, state: &State) -> Result<()> {
    if state.entries.is_empty() {
        return Ok(());
    }
    rows::insert::<journal_entry::Entity>(tx, state.entries.iter().cloned()).await?;
    rows::insert::<posting::Entity>(tx, state.postings.iter().cloned()).await?;
    let counters = [
        account::Column::Debits,
        account::Column::Credits,
        account::Column::WalletInflow,
        account::Column::Postings,
        account::Column::PostedAt,
    ];
    rows::update::<account::Entity>(tx, state.changed().cloned(), account::Column::Id, &counters).await?;
    turnover::write(tx, state).await
}
