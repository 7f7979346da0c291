//! Books: one set of accounts each, a shop's or a household's.

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    money::Currency,
    time_zone::TimeZone,
};

/// A book.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "book")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Book>,
    /// What its owner calls it.
    pub name: String,
    /// The currency of amounts that name none.
    pub currency: Currency,
    /// How the numbers of its invoices are made.
    pub invoice_number_pattern: String,
    /// How the numbers of its receipts are made.
    pub receipt_number_pattern: String,
    /// Where its days begin and end.
    pub time_zone: TimeZone,
    /// When it was opened.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
