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
    /// The whole minor units of the price of one unit.
    pub unit_price: i64,
    /// What the price of one unit has on top of these, in millionths of the currency's unit.
    pub unit_price_fraction: i64,
    /// The tax rate in thousandths of a per cent: 18000 is 18 %.
    pub rate: Option<i32>,
    /// The discount on the line, in minor units.
    pub discount: i64,
    /// The part of quantity times unit price that the discount was given as, in thousandths of a per cent; `None` when it
    /// was given as an amount.
    pub discount_percent: Option<i32>,
    /// Quantity times unit price, rounded, less the discount, in minor units.
    pub amount: i64,
    /// The amount less its share of the discount on the invoice, with its share of the charges, in minor units. This and
    /// the shares of the taxes are `None` when these were worked out by line; see `invoice::TaxMethod`.
    pub taxable: Option<i64>,
    /// Its share of the central goods and services tax, in minor units.
    pub cgst: Option<i64>,
    /// Its share of the state goods and services tax, in minor units.
    pub sgst: Option<i64>,
    /// Its share of the integrated goods and services tax, in minor units.
    pub igst: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
