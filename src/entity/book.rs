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
    /// What the shop is called.
    pub shop_name: Option<String>,
    /// Whose shop it is.
    pub proprietor_name: Option<String>,
    /// The shop's number for goods and services tax.
    pub gst_number: Option<String>,
    /// The shop's phone number, as it is printed.
    pub phone: Option<String>,
    /// Where the shop is.
    pub address: Option<String>,
    /// In which city.
    pub city: Option<String>,
    /// In which state.
    pub state: Option<String>,
    /// When it was opened.
    pub created_at: DateTimeUtc,
    /// When it was closed, with the account of its owner.
    pub closed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
