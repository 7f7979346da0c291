//! Wallets. What one holds, and whether it is frozen, is on its account (`account.holder_id`).

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    money::Currency,
};

/// A wallet.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wallet")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Wallet>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// What its owner calls it.
    pub name: String,
    /// What it holds.
    pub currency: Currency,
    /// Whether it is the wallet of its currency that is meant when none is named; one per book and currency.
    pub is_default: bool,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// Its account: the only one that it holds.
    #[sea_orm(belongs_to, from = "id", to = "holder_id")]
    pub account: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
