//! The lines of invoices: the goods sold.

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
    /// The number of the line on the invoice, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// The goods, in words.
    pub description: String,
    /// The code of the goods in the Harmonized System of Nomenclature (HSN).
    pub hsn_code: Option<String>,
    /// The quantity in ten-thousandths: 15000 is 1.5.
    pub quantity: i64,
    /// The price of one unit, in minor units.
    pub unit_price: i64,
    /// The tax rate in thousandths of a per cent: 18000 is 18 %.
    pub rate: Option<i32>,
    /// Quantity times unit price, rounded, in minor units.
    pub amount: i64,
}

impl ActiveModelBehavior for ActiveModel {}
