//! Invoices: making and voiding them. The server works out every sum.

use async_graphql::{ID, InputObject};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};
use serde::Serialize;

use super::{
    allocation::{self, Scope, Since},
    book,
    document::{self, Done},
    idempotency,
    invoice_sums::{Sums, sums},
    journal,
    ledger::{self, Document, Side},
    number::{self, Numbered},
};
use crate::{
    activity::Act,
    app::App,
    date::Date,
    db::Transaction,
    entity::{
        account::AccountKind, activity::Action, invoice, invoice_line, journal_entry::EntryKind,
        ledger_entry::EntrySource,
    },
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    identity::Viewer,
    money::{Currency, Decimal},
    text,
};

/// The invoice to create. The server computes sums and taxes; amounts that you give are checked against them.
// Its JSON is what idempotency keys are compared by, for ever: a new field must be left out of it when it is absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "CreateInvoiceInput")]
pub struct NewInvoice {
    /// The id of the customer who is billed. The customer must not be archived.
    pub customer_id: ID,
    /// The invoice number. 1 to 40 characters, unique among the book's invoices, ignoring case. Default: the next
    /// number of the book's `invoiceNumberPattern`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The invoice date. In the years 1900 to 2199. Default: today in the book's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The date when payment is due, not before the invoice date. Default: the invoice date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Date>,
    /// The currency of all amounts of the invoice. Default: the book's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The price of the goods before taxes. Positive, with at most as many decimals as the currency has, and at most
    /// 10^15 minor units of it (such as 10,000,000,000,000.00 USD). Required without `lines`. With `lines` it is
    /// optional and must be equal to their sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_amount: Option<Decimal>,
    /// The goods and services sold, at most 100 lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NewInvoiceLine>>,
    /// The rate of goods and services tax (GST) in per cent, 0 to 100 with at most 3 decimals. CGST and SGST are half
    /// of it each; if `interState` is true, IGST is all of it. Each tax is rounded half up to the minor unit of the
    /// currency. If any line has its own `rate`, each line is taxed by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gst_rate: Option<Decimal>,
    /// True if the goods go to another state, so that IGST applies instead of CGST and SGST.
    #[graphql(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inter_state: bool,
    /// The amount of Central Goods and Services Tax (CGST), zero or more. With a tax rate it is optional and must be
    /// equal to the computed tax. Without a rate it is taken as given, must be equal to `sgst`, and excludes `igst`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cgst: Option<Decimal>,
    /// The amount of State Goods and Services Tax (SGST), zero or more. With a tax rate it is optional and must be
    /// equal to the computed tax. Without a rate it is taken as given, must be equal to `cgst`, and excludes `igst`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sgst: Option<Decimal>,
    /// The amount of Integrated Goods and Services Tax (IGST), zero or more. With a tax rate it is optional and must be
    /// equal to the computed tax. Without a rate it is taken as given and excludes `cgst` and `sgst`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub igst: Option<Decimal>,
    /// Charges that are not taxed, such as freight and packing. Zero or more. Default: zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_charges: Option<Decimal>,
    /// The total that you expect. If the server computes another total, no invoice is created and the user error
    /// contains the right one. Default: no check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_amount: Option<Decimal>,
    /// A note, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// A line of an invoice: goods or a service.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "InvoiceLineInput")]
pub struct NewInvoiceLine {
    /// The name of what is sold, 1 to 200 characters.
    pub description: String,
    /// The code of the goods in the Harmonized System of Nomenclature (HSN), or of the service (SAC): 2 to 8 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hsn_code: Option<String>,
    /// The quantity sold. Positive, with at most 4 decimals.
    pub quantity: Decimal,
    /// The price of one unit before taxes, zero or more. Quantity times price is rounded half up to the minor unit of
    /// the currency.
    pub unit_price: Decimal,
    /// The rate of goods and services tax (GST) of this line in per cent, 0 to 100 with at most 3 decimals. Default:
    /// the invoice's `gstRate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
}

/// Which document to void, and why.
// Its JSON is what idempotency keys are compared by, for ever: a new field must be left out of it when it is absent.
#[derive(Clone, Debug, Serialize, InputObject)]
pub struct Voiding {
    /// The id of the invoice or receipt to void.
    pub id: ID,
    /// The reason for voiding it, 1 to 500 characters.
    pub reason: String,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Some invoices of the viewer's book, void or not; ids of others are passed over.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Invoice>>,
) -> Result<Vec<invoice::Model>> {
    let invoices = invoice::Entity::find().filter(invoice::Column::BookId.eq(viewer.book));
    Ok(invoices.filter(invoice::Column::Id.is_in(ids)).all(conn).await?)
}

/// The lines of some invoices, in their order.
///
/// # Errors
/// When the database fails.
pub async fn lines(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Id<kind::Invoice>>,
) -> Result<Vec<invoice_line::Model>> {
    let lines = invoice_line::Entity::find().filter(invoice_line::Column::InvoiceId.is_in(ids));
    Ok(lines.order_by_asc(invoice_line::Column::Line).all(conn).await?)
}

/// Makes an invoice: it stands in the ledger as a credit.
///
/// # Errors
/// `NOT_FOUND` and `NOT_ALLOWED` for the customer; `TAKEN` for the number; `INVALID`, `REQUIRED` and `LIMIT_REACHED`, all at
/// once; `IDEMPOTENCY_CONFLICT`.
pub async fn create(app: &App, viewer: &Viewer, new: &NewInvoice) -> Result<Done<invoice::Model>> {
    let idempotency = &idempotency::of(new.idempotency_key.as_deref(), &("createInvoice", new))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        let act = Act::by(viewer, Action::CreateInvoice);
        if let Some(id) = document::repeated(&tx, app, viewer, act.clone(), idempotency.as_ref()).await? {
            return Ok(Done { document: expect(&tx, viewer, id).await?, replayed: true });
        }
        let customer = refusals.take(ledger::open_customer(&tx, viewer, new.customer_id.parse().ok()).await)?;
        let book = book::find(&tx, viewer).await?;
        let currency = new.currency.unwrap_or(book.currency);
        let sums = refusals.take(sums(new, currency))?;
        let date = new.date.unwrap_or_else(|| book::today(&app.clock, &book));
        let date = refusals.check(date.of_document("date"));
        let due_date = match new.due_date {
            Some(due_date) => refusals.check(due_date.of_document("dueDate")),
            None => date,
        };
        if date > due_date && due_date.is_some() {
            let message = "The due date must not be before the invoice date.";
            refusals.push(Refusal::new(Code::Invalid, "dueDate", message));
        }
        let note = new.note.as_deref().and_then(|note| refusals.check(text::note(note, 500, "note"))).flatten();
        let number = new.number.as_deref().and_then(|number| refusals.check(number::check(number)));
        if let Some(number) = &number {
            refusals.extend(number::refuse_taken(&tx, Numbered::Invoice, viewer.book, number).await?);
        }
        let (Some(customer), Some(sums), Some(date), Some(due_date)) = (customer, sums, date, due_date) else {
            return Err(refusals.into());
        };
        refusals.none()?;
        let document = Document {
            id: Id::generate(),
            customer_id: customer.id,
            kind: EntryKind::Invoice,
            amount: sums.total,
            currency,
            date,
            note: note.as_deref(),
            lines: postings(&sums),
            idempotency,
        };
        let draft = document.clone().draft(&tx, app, viewer).await?;
        let posted = journal::post(&tx, &app.clock, &[draft]).await?.remove(0).map_err(document::wallet_refusal)?;
        let entry = document.enter(&tx, viewer, EntrySource::Invoice, &posted).await?;
        let number = if let Some(number) = number {
            number
        } else {
            let pattern = &book.invoice_number_pattern;
            number::next(&tx, Numbered::Invoice, viewer.book, pattern, date).await?
        };
        let invoice = invoice::Model {
            id: entry.id.cast(),
            book_id: viewer.book,
            customer_id: customer.id,
            number_key: number::key(&number),
            number,
            date,
            currency,
            note: entry.note,
            voided_at: None,
            void_reason: None,
            created_at: entry.created_at,
            due_date,
            gross: sums.gross,
            cgst: sums.taxes.cgst,
            sgst: sums.taxes.sgst,
            igst: sums.taxes.igst,
            other_charges: sums.other_charges,
            total: sums.total,
            paid: 0,
        };
        let (id, scope) = (invoice.id, Scope { customer_id: customer.id, currency });
        invoice::Entity::insert(invoice.into_active_model()).exec_without_returning(&tx).await?;
        write_lines(&tx, id, sums).await?;
        allocation::release(&tx, scope, Since::Invoice((date, id.uuid()))).await?;
        allocation::apply(&tx, scope).await?;
        act.on(id).record(&tx, &app.clock).await?;
        Ok(Done { document: expect(&tx, viewer, id).await?, replayed: false })
    })
    .await
}

/// Voids an invoice: its journal entry is reversed and what paid it is free again. Its number stays used.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it is void already; `INVALID` for the reason; `IDEMPOTENCY_CONFLICT`.
pub async fn void(app: &App, viewer: &Viewer, voiding: &Voiding) -> Result<Done<invoice::Model>> {
    let idempotency = &idempotency::of(voiding.idempotency_key.as_deref(), &("voidInvoice", voiding))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        // Locked first: the same request may be under way.
        let id = voiding.id.parse::<Id<kind::Invoice>>().ok();
        let entry = ledger::lock_entry(&tx, viewer, id.map(Id::cast)).await?;
        let act = Act::by(viewer, Action::VoidInvoice);
        if let Some(id) = document::repeated(&tx, app, viewer, act.clone(), idempotency.as_ref()).await? {
            return Ok(Done { document: expect(&tx, viewer, id).await?, replayed: true });
        }
        let reason = refusals.check(text::required(&voiding.reason, 500, "reason"));
        let Some(entry) = entry.filter(|entry| entry.source == EntrySource::Invoice) else {
            refusals.push(Refusal::new(Code::NotFound, "id", "You have no such invoice."));
            return Err(refusals.into());
        };
        if entry.deleted_at.is_some() {
            refusals.push(Refusal::new(Code::NotAllowed, "id", "This invoice is already void."));
        }
        refusals.none()?;
        let entry = ledger::strike(&tx, app, viewer, entry, reason.as_deref(), idempotency, false).await??;
        let scope = Scope { customer_id: entry.customer_id, currency: entry.currency };
        allocation::release(&tx, scope, Since::Invoice((entry.date, entry.id.uuid()))).await?;
        allocation::remove_of_invoice(&tx, entry.id.cast()).await?;
        let invoice = invoice::ActiveModel {
            id: Set(entry.id.cast()),
            voided_at: Set(entry.deleted_at),
            void_reason: Set(reason),
            ..Default::default()
        };
        let invoice = invoice.update(&tx).await?;
        allocation::apply(&tx, scope).await?;
        let before = invoice::Model { voided_at: None, void_reason: None, ..invoice.clone() };
        act.on(invoice.id).changed(&before, &invoice).record(&tx, &app.clock).await?;
        Ok(Done { document: invoice, replayed: false })
    })
    .await
}

async fn expect(conn: &impl ConnectionTrait, viewer: &Viewer, id: Id<kind::Invoice>) -> Result<invoice::Model> {
    let found = find_many(conn, viewer, [id]).await?.pop();
    Ok(found.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?)
}

fn postings(sums: &Sums) -> Vec<(Side, Side, i64)> {
    [
        (AccountKind::Sales, sums.gross),
        (AccountKind::Cgst, sums.taxes.cgst),
        (AccountKind::Sgst, sums.taxes.sgst),
        (AccountKind::Igst, sums.taxes.igst),
        (AccountKind::Charges, sums.other_charges),
    ]
    .map(|(account_kind, amount)| (Side::Customer, Side::Book(account_kind), amount))
    .to_vec()
}

async fn write_lines(tx: &Transaction, invoice_id: Id<kind::Invoice>, sums: Sums) -> Result<()> {
    if sums.lines.is_empty() {
        return Ok(());
    }
    let lines = sums.lines.into_iter().zip(1..).map(|(line, number)| {
        invoice_line::Model {
            invoice_id,
            line: number,
            description: line.description,
            hsn_code: line.hsn_code,
            quantity: line.quantity,
            unit_price: line.unit_price,
            rate: line.rate,
            amount: line.amount,
        }
        .into_active_model()
    });
    invoice_line::Entity::insert_many(lines).exec_without_returning(tx).await?;
    Ok(())
}
