//! Notes on invoices: credit notes lower what an invoice bills, debit notes raise it. Only what is settled and the fields about
//! voiding ever change.

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    money::Currency,
};

/// A credit note or a debit note. Its amounts are never negative, except what the total was rounded by: the kind says whether they
/// are taken from the invoice or added to it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "note")]
pub struct Model {
    /// Primary key: the id of the note's ledger entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Note>,
    /// Orders rows with the same date, name or amount: a UUID v7 made by the server, since a client may choose the id.
    pub position: Uuid,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// The customer of the invoice.
    pub customer_id: Id<kind::Customer>,
    /// The invoice that it lowers or raises.
    pub invoice_id: Id<kind::Invoice>,
    /// Whether it lowers or raises the invoice.
    pub kind: NoteKind,
    /// The customer as the note names them.
    pub buyer_id: Uuid,
    /// The shop as the note names it.
    pub seller_id: Uuid,
    /// The number of the note, as it is printed.
    pub number: String,
    /// The number in lower case, for comparing. Unique among the notes of this kind in the book, void ones included.
    pub number_key: String,
    /// The date of the note.
    pub date: Date,
    /// The date on which payment of a debit note is due; `None` for a credit note.
    pub due_date: Option<Date>,
    /// The currency of its amounts: that of the invoice.
    pub currency: Currency,
    /// Why it was written, as the user wrote it.
    pub reason: String,
    /// When it was voided; `None` while it is valid.
    pub voided_at: Option<DateTimeUtc>,
    /// Why it was voided, as the user wrote it.
    pub void_reason: Option<String>,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// The price of the goods without taxes and charges, after all discounts of the invoice, in minor units.
    pub gross: i64,
    /// Central goods and services tax, in minor units.
    pub cgst: i64,
    /// State goods and services tax, in minor units.
    pub sgst: i64,
    /// Integrated goods and services tax, in minor units.
    pub igst: i64,
    /// Freight, packing and other charges, in minor units.
    pub other_charges: i64,
    /// What the total was changed by so that all notes agree with the total of the invoice, which may have been rounded. In
    /// minor units; below zero when the total was lowered.
    pub round_off: i64,
    /// Goods, taxes, charges and what they were rounded by together, in minor units.
    pub total: i64,
    /// How much of it is set off, as its ledger entry says.
    pub settled: i64,
}

/// Whether a note lowers or raises its invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoteKind {
    /// A credit note: the customer owes less.
    Credit,
    /// A debit note: the customer owes more.
    Debit,
}

impl ActiveModelBehavior for ActiveModel {}
