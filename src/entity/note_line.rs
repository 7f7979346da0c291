//! The lines of notes: what each line of an invoice is lowered or raised by. A note on an invoice without lines has none.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A line of a note.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "note_line")]
pub struct Model {
    /// The note.
    #[sea_orm(primary_key, auto_increment = false)]
    pub note_id: Id<kind::Note>,
    /// The number of the line on the invoice, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// The quantity in ten-thousandths; `None` when only the price changed.
    pub quantity: Option<i64>,
    /// The price of the goods, after all discounts of the invoice, in minor units.
    pub amount: i64,
    /// Its share of the charges, as far as these are taxed, in minor units.
    pub charges: i64,
    /// Its share of the central goods and services tax, in minor units.
    pub cgst: i64,
    /// Its share of the state goods and services tax, in minor units.
    pub sgst: i64,
    /// Its share of the integrated goods and services tax, in minor units.
    pub igst: i64,
}

impl ActiveModelBehavior for ActiveModel {}
