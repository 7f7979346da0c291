//! Allocations: which amount of a receipt pays which invoice.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// The amount of one receipt that pays all or part of one invoice.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "allocation")]
pub struct Model {
    /// The receipt.
    #[sea_orm(primary_key, auto_increment = false)]
    pub receipt_id: Id<kind::Receipt>,
    /// The invoice.
    #[sea_orm(primary_key, auto_increment = false)]
    pub invoice_id: Id<kind::Invoice>,
    /// The allocated amount in minor units; more than zero.
    pub amount: i64,
    /// The receipt.
    #[sea_orm(belongs_to, from = "receipt_id", to = "id")]
    pub receipt: BelongsTo<super::receipt::Entity>,
    /// The invoice.
    #[sea_orm(belongs_to, from = "invoice_id", to = "id")]
    pub invoice: BelongsTo<super::invoice::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
