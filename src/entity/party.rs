//! The buyers and sellers of invoices, receipts and notes, as they were when the documents were created. Only
//! `bookkeeping::invoicing::party` writes this table. Rows are never deleted, and changed only when a
//! customer is erased or the book is closed.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A buyer or a seller.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "party")]
pub struct Model {
    /// Primary key: a UUID v8, which is a hash of the other columns. Documents that are older than this table have parties with
    /// the UUID of their customer or book.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The book of the documents.
    pub book_id: Id<kind::Book>,
    /// Which of the two parties it is.
    pub role: PartyRole,
    /// The name of the customer or of the shop's proprietor.
    pub name: Option<String>,
    /// The customer's firm, or the name of the shop.
    pub firm_name: Option<String>,
    /// The street address.
    pub address: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// The GST registration number.
    pub gst_number: Option<String>,
    /// The phone number, in the form of `customer.phone`; a word that is none when it was erased.
    pub phone: Option<String>,
}

/// Which of the two parties of a document a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PartyRole {
    /// The customer.
    Buyer,
    /// The shop.
    Seller,
}

impl ActiveModelBehavior for ActiveModel {}
