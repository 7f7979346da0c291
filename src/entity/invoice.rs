//! Invoices. Only the paid amount and the fields about voiding ever change.

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    money::Currency,
};

/// An invoice.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoice")]
pub struct Model {
    /// Primary key: the id of the invoice's ledger entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Invoice>,
    /// Orders rows with the same date, name or amount: a UUID v7 made by the server, since a client may choose the id.
    pub position: Uuid,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// The customer who owes the money.
    pub customer_id: Id<kind::Customer>,
    /// The customer as the invoice names them.
    pub buyer_id: Uuid,
    /// The shop as the invoice names it.
    pub seller_id: Uuid,
    /// The invoice number, as it is printed.
    pub number: String,
    /// The number in lower case, for comparing. Unique in the book, void invoices included.
    pub number_key: String,
    /// The date of the invoice.
    pub date: Date,
    /// The currency of its amounts.
    pub currency: Currency,
    /// A note written by the user.
    pub note: Option<String>,
    /// When it was voided; `None` while it is valid.
    pub voided_at: Option<DateTimeUtc>,
    /// Why it was voided, as the user wrote it.
    pub void_reason: Option<String>,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// The date on which payment is due.
    pub due_date: Date,
    /// The price of the goods without taxes and charges, in minor units.
    pub gross: i64,
    /// Central goods and services tax, in minor units.
    pub cgst: i64,
    /// State goods and services tax, in minor units.
    pub sgst: i64,
    /// Integrated goods and services tax, in minor units.
    pub igst: i64,
    /// Freight, packing and other charges, in minor units.
    pub other_charges: i64,
    /// Goods, taxes and charges together, in minor units.
    pub total: i64,
    /// The amount paid: the sum of its allocations, in minor units.
    pub paid: i64,
}

impl ActiveModelBehavior for ActiveModel {}
