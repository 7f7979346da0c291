//! Wallets. A wallet's balance and status are on its account (`account.holder_id`).

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
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Wallet>,
    /// Orders rows with the same date, name or amount: a UUID v7 made by the server, since a client may choose the id.
    pub position: Uuid,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// The name that its owner gave it.
    pub name: String,
    /// The currency that it holds.
    pub currency: Currency,
    /// Whether it is used when an operation names no wallet of its currency. At most one per book and currency.
    pub is_default: bool,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// The one account that the wallet holds.
    #[sea_orm(belongs_to, from = "id", to = "holder_id")]
    pub account: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
