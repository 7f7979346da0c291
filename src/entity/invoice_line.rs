//! The lines of invoices: what was sold.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A line of an invoice.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoice_line")]
pub struct Model {
    /// The invoice.
    #[sea_orm(primary_key, auto_increment = false)]
    pub invoice_id: Id<kind::Invoice>,
    /// Which of its lines, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// What was sold.
    pub description: String,
    /// Its code in the Harmonized System of Nomenclature.
    pub hsn_code: Option<String>,
    /// How many, in ten-thousandths.
    pub quantity: i64,
    /// What one costs, in minor units.
    pub unit_price: i64,
    /// Its rate of tax, in thousandths of a per cent.
    pub rate: Option<i32>,
    /// Quantity times price, in minor units.
    pub amount: i64,
}

impl ActiveModelBehavior for ActiveModel {}
