//! The last step of posting: writes what the fold worked out, each table once.

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
    // All of these accounts exist: the "insert" is the one statement on both databases that updates many rows at once.
    let counters = OnConflict::column(account::Column::Id)
        .update_columns([
            account::Column::Debits,
            account::Column::Credits,
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
