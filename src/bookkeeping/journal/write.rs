//! The write step of posting: writes the rows that the fold produced, each table once.

use sea_orm::{EntityTrait, IntoActiveModel, sea_query::OnConflict};

use super::{fold::State, turnover};
use crate::{
    db::Transaction,
    entity::{account, journal_entry, posting},
    error::Result,
};

pub(super) async fn write(tx: &Transaction, state: &State) -> Result<()> {
    if state.entries.is_empty() {
        return Ok(());
    }
    journal_entry::Entity::insert_many(state.entries.iter().cloned().map(IntoActiveModel::into_active_model))
        .exec_without_returning(tx)
        .await?;
    posting::Entity::insert_many(state.postings.iter().cloned().map(IntoActiveModel::into_active_model))
        .exec_without_returning(tx)
        .await?;
    // All of these accounts exist already. `INSERT ... ON CONFLICT DO UPDATE` is the one statement that updates many
    // rows at once on both databases.
    let counters = OnConflict::column(account::Column::Id)
        .update_columns([
            account::Column::Debits,
            account::Column::Credits,
            account::Column::WalletInflow,
            account::Column::Postings,
            account::Column::PostedAt,
        ])
        .to_owned();
    account::Entity::insert_many(state.changed().cloned().map(IntoActiveModel::into_active_model))
        .on_conflict(counters)
        .exec_without_returning(tx)
        .await?;
    turnover::write(tx, state).await
}
