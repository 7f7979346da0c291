//! Invoices. Only the paid amount, what notes take back and add, and the fields about voiding ever change.

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
    /// The price of the goods without taxes and charges, in minor units: after the discounts of the lines and before that
    /// of the whole invoice.
    pub gross: i64,
    /// The discount on the whole invoice, in minor units.
    pub discount: i64,
    /// The part of the gross amount that the discount was given as, in thousandths of a per cent; `None` when it was given
    /// as an amount.
    pub discount_percent: Option<i32>,
    /// How its taxes were worked out.
    pub tax_method: TaxMethod,
    /// The tax rate of lines without one, in thousandths of a per cent. `None` when the user gave none, and for
    /// [`TaxMethod::ByLine`].
    pub rate: Option<i32>,
    /// Whether the user said that the goods go to another state. False for [`TaxMethod::ByLine`].
    pub inter_state: bool,
    /// Central goods and services tax, in minor units.
    pub cgst: i64,
    /// State goods and services tax, in minor units.
    pub sgst: i64,
    /// Integrated goods and services tax, in minor units.
    pub igst: i64,
    /// Freight, packing and other charges, in minor units.
    pub other_charges: i64,
    /// What the total was rounded by to the whole unit of the currency, in minor units; below zero when it was rounded
    /// down.
    pub round_off: i64,
    /// Goods less the discount, taxes, charges and what they were rounded by together, in minor units.
    pub total: i64,
    /// How much of it is set off, as its ledger entry says.
    pub paid: i64,
    /// The totals of its credit notes that are not void, in minor units.
    pub credited: i64,
    /// The totals of its debit notes that are not void, in minor units.
    pub debited: i64,
}

/// How the taxes of an invoice were worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TaxMethod {
    /// Line by line, or on the gross amount when no line has a rate of its own, without the charges. Only
    /// invoices that are older than this column.
    ByLine,
    /// For each rate over the whole invoice, with the charges, and then shared among the lines.
    ByRate,
}

impl ActiveModelBehavior for ActiveModel {}
