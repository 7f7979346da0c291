//! Books: one set of accounts each, of a shop or a household.

use sea_orm::entity::prelude::*;

use crate::{
    calendar::time_zone::TimeZone,
    id::{Id, kind},
    money::Currency,
};

/// A book.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "book")]
pub struct Model {
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Book>,
    /// The name that its owner gave it.
    pub name: String,
    /// The currency of amounts that are sent without one.
    pub currency: Currency,
    /// The pattern for the numbers of its invoices, for example `INV-{0000}`.
    pub invoice_number_pattern: String,
    /// The pattern for the numbers of its receipts, for example `RCT-{0000}`.
    pub receipt_number_pattern: String,
    /// The pattern for the numbers of its credit notes, for example `CRN-{0000}`.
    pub credit_note_number_pattern: String,
    /// The pattern for the numbers of its debit notes, for example `DBN-{0000}`.
    pub debit_note_number_pattern: String,
    /// Whether the totals of its invoices are rounded to the whole unit of the currency.
    pub round_invoice_totals: bool,
    /// The time zone in which its days begin and end.
    pub time_zone: TimeZone,
    /// The name of the shop.
    pub shop_name: Option<String>,
    /// The name of the shop's owner.
    pub proprietor_name: Option<String>,
    /// The shop's GST registration number.
    pub gst_number: Option<String>,
    /// The region of phone numbers without a country code, such as `YE`; `None`: that of the server.
    pub phone_region: Option<String>,
    /// The shop's phone number, as it is printed on invoices.
    pub phone: Option<String>,
    /// The shop's street address.
    pub address: Option<String>,
    /// The shop's city.
    pub city: Option<String>,
    /// The shop's state.
    pub state: Option<String>,
    /// When the book was opened.
    pub created_at: DateTimeUtc,
    /// Since when the owner wants to delete their account, while a wallet still holds money; `None` otherwise.
    pub closing_since: Option<DateTimeUtc>,
    /// When the book was closed, together with its owner's user account; `None` while it is open.
    pub closed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
