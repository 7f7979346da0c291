//! The inputs of the mutations that create notes.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use super::kind::NoteId;
use crate::{calendar::date::Date, id::kind, money::Decimal};

/// The credit note to create. It says what of the invoice is taken back: some of its lines, an amount, charges, or all that is left.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "CreateCreditNoteInput")]
pub struct NewCreditNote {
    /// An id that you choose: `credit_note_` and a new UUID of version 7, in the TypeID form. It makes it safe to send the same
    /// request again: when the id was already used in this book, the same input changes nothing and returns the credit note as
    /// it is now; another input fails with `IDEMPOTENCY_CONFLICT`. Default: an id made by the server.
    #[serde(skip)]
    pub id: Option<ID>,
    /// What the inputs of both kinds have in common.
    #[graphql(flatten)]
    #[serde(flatten)]
    pub terms: NoteTerms,
    /// The number of the credit note. 1 to 40 characters, unique among the book's credit notes, ignoring case. Default: the next
    /// number of the book's `creditNoteNumberPattern`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// True to take back all that is left of the invoice, with its charges and with what its total was rounded by. Not with
    /// `lines`, `grossAmount` and `otherCharges`.
    #[graphql(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub full: bool,
}

/// The debit note to create. It says what is added to the invoice: to some of its lines, an amount, or charges.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "CreateDebitNoteInput")]
pub struct NewDebitNote {
    /// An id that you choose: `debit_note_` and a new UUID of version 7, in the TypeID form. It makes it safe to send the same
    /// request again: when the id was already used in this book, the same input changes nothing and returns the debit note as
    /// it is now; another input fails with `IDEMPOTENCY_CONFLICT`. Default: an id made by the server.
    #[serde(skip)]
    pub id: Option<ID>,
    /// What the inputs of both kinds have in common.
    #[graphql(flatten)]
    #[serde(flatten)]
    pub terms: NoteTerms,
    /// The number of the debit note. 1 to 40 characters, unique among the book's debit notes, ignoring case. Default: the next
    /// number of the book's `debitNoteNumberPattern`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The date when payment is due, not before the date of the note. Default: the due date of the invoice, or the date of the
    /// note if that is later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Date>,
}

/// What the inputs of both kinds have in common.
#[derive(Clone, Debug, Serialize, InputObject)]
pub struct NoteTerms {
    /// The id of the invoice that the note is about. It must not be void, and its customer must not be archived. The note is in the
    /// currency of the invoice.
    pub invoice_id: ID,
    /// The date of the note, not before that of the invoice. In the years 1900 to 2199. Default: today in the book's time zone, or
    /// the date of the invoice if that is later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Why the note is written, 1 to 500 characters. It is the note of the entry in the customer's ledger.
    pub reason: String,
    /// The lines of the invoice concerned, each at most once. Not with `grossAmount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NoteLine>>,
    /// The price of the goods before taxes, after all discounts of the invoice. Positive, with at most as many decimals as the
    /// currency has. It is shared among the lines of the invoice: that of a credit note in proportion to what is left of them,
    /// at most all of it; that of a debit note in proportion to their prices. Not with `lines`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_amount: Option<Decimal>,
    /// Charges besides the goods, such as freight and packing, before taxes. Zero or more; on a credit note at most what is left of
    /// the charges of the invoice. Default: zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_charges: Option<Decimal>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// A line of an invoice that a note is about. Give the quantity or the amount; on a credit note give neither to take back all that is
/// left of the line.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "NoteLineInput")]
pub struct NoteLine {
    /// The number of the line on the invoice (`InvoiceLine.line`), from 1.
    pub line: i32,
    /// The quantity that came back, or that was delivered and not billed. Positive, with at most 4 decimals. On a credit note at most
    /// what is left of the line, and its price is the same part of what is left of the line's price. On a debit note its price is
    /// that of the invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// The price of the goods before taxes, after all discounts of the invoice. Positive, with at most as many decimals as the
    /// currency has; on a credit note at most what is left of the line. For a change of the price alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
}

/// The parts of an input of either kind.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The id that the client chose.
    pub id: Option<&'a ID>,
    /// The number that the user chose.
    pub number: Option<&'a str>,
    /// What the inputs of both kinds have in common.
    pub terms: &'a NoteTerms,
    /// Whether all that is left is taken back.
    pub full: bool,
    /// When payment is due.
    pub due_date: Option<Date>,
}

/// The input of a mutation that creates a note.
pub trait NewNote: Serialize + Sync {
    /// The kind of note that it creates.
    type Kind: NoteId;

    /// Its parts.
    fn input(&self) -> Input<'_>;
}

impl NewNote for NewCreditNote {
    type Kind = kind::CreditNote;

    fn input(&self) -> Input<'_> {
        let Self { id, terms, number, full } = self;
        Input { id: id.as_ref(), number: number.as_deref(), terms, full: *full, due_date: None }
    }
}

impl NewNote for NewDebitNote {
    type Kind = kind::DebitNote;

    fn input(&self) -> Input<'_> {
        let Self { id, terms, number, due_date } = self;
        Input { id: id.as_ref(), number: number.as_deref(), terms, full: false, due_date: *due_date }
    }
}
