//! Invoices. An invoice is never changed, but for what is paid of it and for its being voided.

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
    /// Id; that of its ledger entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Invoice>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// Whom it was sent to.
    pub customer_id: Id<kind::Customer>,
    /// Its number.
    pub number: String,
    /// The number as it is compared: in lower case. Unique in the book, whether the invoice is void or not.
    pub number_key: String,
    /// Its date.
    pub date: Date,
    /// The currency of its amounts.
    pub currency: Currency,
    /// A note of the user's.
    pub note: Option<String>,
    /// When it was voided.
    pub voided_at: Option<DateTimeUtc>,
    /// Why it was voided.
    pub void_reason: Option<String>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it is to be paid.
    pub due_date: Date,
    /// The goods, in minor units.
    pub gross: i64,
    /// Central goods and services tax, in minor units.
    pub cgst: i64,
    /// State goods and services tax, in minor units.
    pub sgst: i64,
    /// Integrated goods and services tax, in minor units.
    pub igst: i64,
    /// Freight, packing and the like, in minor units.
    pub other_charges: i64,
    /// All of it, in minor units.
    pub total: i64,
    /// How much of it receipts are set off against, in minor units.
    pub paid: i64,
}

impl ActiveModelBehavior for ActiveModel {}
