//! Invoices: creating and voiding them. The server computes all sums; sums that the client sends are only compared.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};

use super::{
    invoice_input::{NewInvoice, Voiding},
    numbering::{self, Numbered},
    party,
    totals::{self, Sums, postings::postings},
};
use crate::{
    activity::{self, ActivityEvent, AuditFields, Field, field},
    app::App,
    bookkeeping::{
        book,
        creation::{self, Begun},
        customers::{
            open_items,
            posting::{self, Document, Side},
        },
        document::{self, Replayable},
        idempotency, journal,
        new_id::{ClientId, NewId},
    },
    db::Transaction,
    entity::{
        account::AccountKind,
        activity::Action,
        invoice::{self, TaxMethod},
        invoice_line,
        journal_entry::EntryKind,
        ledger_entry::EntrySource,
    },
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    text,
    viewer::Viewer,
};

/// The invoices of the viewer's book with these ids, void or not; ids of other books are ignored.
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

/// The lines of these invoices, ordered by line number.
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

/// Creates an invoice. It is a `CREDIT` entry in the customer's ledger.
///
/// # Errors
/// `NOT_FOUND` and `NOT_ALLOWED` for the customer; `TAKEN` for the number; `INVALID`, `REQUIRED` and `LIMIT_REACHED`;
/// `IDEMPOTENCY_CONFLICT`. All fields are checked before refusing.
pub async fn create(app: &App, viewer: &Viewer, new: &NewInvoice) -> Result<Replayable<invoice::Model>> {
    let idempotency = &idempotency::of(new.idempotency_key.as_deref(), &("createInvoice", new))?;
    let client_id = &ClientId::of(new.id.as_ref(), &("createInvoice", new))?;
    creation::write(app, viewer, new.id.as_ref(), idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        let act = ActivityEvent::by(viewer, Action::CreateInvoice);
        let key = idempotency.as_ref();
        let free =
            match creation::begin::<kind::Invoice>(&tx, app, viewer, act.clone(), client_id.as_ref(), key).await? {
                Begun::New(free) => free,
                Begun::Earlier(id) => {
                    return Ok(Replayable { document: expect(&tx, viewer, id?).await?, replayed: true });
                }
            };
        let customer = refusals.take(posting::open_customer(&tx, viewer, new.customer_id.parse().ok()).await)?;
        let book = book::find(&tx, viewer).await?;
        let currency = new.currency.unwrap_or(book.currency);
        let sums = refusals.take(totals::sums(new, currency, book.round_invoice_totals))?;
        let date = refusals.check(new.date.unwrap_or_else(|| book::today(&app.clock, &book)).of_document("date"));
        let due_date = match new.due_date {
            Some(due_date) => refusals.check(due_date.of_document("dueDate")),
            None => date,
        };
        if date > due_date && due_date.is_some() {
            let message = "The due date must not be before the invoice date.";
            refusals.push(Refusal::new(Code::Invalid, "dueDate", message));
        }
        let note = new.note.as_deref().and_then(|note| refusals.check(text::note(note, 500, "note"))).flatten();
        let number = new.number.as_deref().and_then(|number| refusals.check(numbering::check(number)));
        if let Some(number) = &number {
            refusals.extend(numbering::refuse_taken(&tx, Numbered::Invoice, viewer.book, number).await?);
        }
        let (Some(customer), Some(sums), Some(date), Some(due_date)) = (customer, sums, date, due_date) else {
            return Err(refusals.into());
        };
        refusals.none()?;
        let id = free.take();
        let document = Document {
            id: id.cast(),
            customer_id: customer.id,
            kind: EntryKind::Invoice,
            amount: sums.total,
            currency,
            date,
            note: note.as_deref(),
            lines: sides(postings(&sums.parts())),
            idempotency,
        };
        let draft = document.clone().draft(&tx, app, viewer).await?;
        let posted = journal::post(&tx, &app.clock, &[draft]).await?.remove(0).map_err(document::wallet_refusal)?;
        let entry = document.enter(&tx, viewer, EntrySource::Invoice, &posted).await?;
        let number = if let Some(number) = number {
            number
        } else {
            let pattern = &book.invoice_number_pattern;
            numbering::next(&tx, Numbered::Invoice, viewer.book, pattern, date).await?
        };
        let parties = party::freeze(&tx, &customer, &book).await?;
        let invoice = invoice::Model {
            id: id.id,
            position: id.position,
            book_id: viewer.book,
            customer_id: customer.id,
            buyer_id: parties.buyer_id,
            seller_id: parties.seller_id,
            number_key: numbering::key(&number),
            number,
            date,
            currency,
            note: entry.note.clone(),
            voided_at: None,
            void_reason: None,
            created_at: entry.created_at,
            due_date,
            gross: sums.gross,
            discount: sums.discount.amount,
            discount_percent: sums.discount.percent,
            tax_method: TaxMethod::ByRate,
            rate: sums.rate,
            inter_state: new.inter_state,
            cgst: sums.taxes.cgst,
            sgst: sums.taxes.sgst,
            igst: sums.taxes.igst,
            other_charges: sums.other_charges,
            round_off: sums.round_off,
            total: sums.total,
            paid: 0,
            credited: 0,
            debited: 0,
        };
        let NewId { id, .. } = id;
        invoice::Entity::insert(invoice.into_active_model()).exec_without_returning(&tx).await?;
        write_lines(&tx, id, sums).await?;
        open_items::place(&tx, &entry).await?;
        act.on(id).of_customer(customer.id).record(&tx, &app.clock).await?;
        Ok(Replayable { document: expect(&tx, viewer, id).await?, replayed: false })
    })
    .await
}

/// Voids an invoice: reverses its journal entry and deletes its allocations, so that the receipts can pay other
/// invoices. Its number cannot be used again.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it is already void or notes on it stand; `INVALID` for the reason; `IDEMPOTENCY_CONFLICT`.
pub async fn void(app: &App, viewer: &Viewer, voiding: &Voiding) -> Result<Replayable<invoice::Model>> {
    let idempotency = &idempotency::of(voiding.idempotency_key.as_deref(), &("voidInvoice", voiding))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        // Locks the customer before looking for the key: the same request may be running at this moment.
        let id = voiding.id.parse::<Id<kind::Invoice>>().ok();
        let entry = posting::lock_entry(&tx, viewer, id.map(Id::cast)).await?;
        let act = ActivityEvent::by(viewer, Action::VoidInvoice);
        if let Some(id) = document::repeated(&tx, app, viewer, act.clone(), idempotency.as_ref()).await? {
            return Ok(Replayable { document: expect(&tx, viewer, id).await?, replayed: true });
        }
        let reason = refusals.check(text::required(&voiding.reason, 500, "reason"));
        let Some(entry) = entry.filter(|entry| entry.source == EntrySource::Invoice) else {
            refusals.push(Refusal::new(Code::NotFound, "id", "You have no such invoice."));
            return Err(refusals.into());
        };
        let invoice = expect(&tx, viewer, entry.id.cast()).await?;
        if entry.deleted_at.is_some() {
            refusals.push(Refusal::new(Code::NotAllowed, "id", "This invoice is already void."));
        } else if invoice.credited > 0 || invoice.debited > 0 {
            let message = "There are credit notes or debit notes on this invoice. Void them first.";
            refusals.push(Refusal::new(Code::NotAllowed, "id", message));
        }
        refusals.none()?;
        let entry = posting::void(&tx, app, viewer, entry, reason.as_deref(), idempotency, false).await??;
        let invoice = invoice::ActiveModel {
            id: Set(entry.id.cast()),
            voided_at: Set(entry.deleted_at),
            void_reason: Set(reason),
            ..Default::default()
        };
        let invoice = invoice.update(&tx).await?;
        let before = invoice::Model { voided_at: None, void_reason: None, ..invoice.clone() };
        let act = act.on(invoice.id).of_customer(invoice.customer_id).changed(&before, &invoice);
        act.record(&tx, &app.clock).await?;
        Ok(Replayable { document: invoice, replayed: false })
    })
    .await
}

async fn expect(conn: &impl ConnectionTrait, viewer: &Viewer, id: Id<kind::Invoice>) -> Result<invoice::Model> {
    let found = find_many(conn, viewer, [id]).await?.pop();
    Ok(found.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?)
}

/// Postings between accounts of these kinds, of the customer or of the book.
pub(super) fn sides(postings: Vec<(AccountKind, AccountKind, i64)>) -> Vec<(Side, Side, i64)> {
    let side = |account_kind| match account_kind {
        AccountKind::Receivable => Side::Customer,
        other => Side::Book(other),
    };
    postings.into_iter().map(|(debit, credit, amount)| (side(debit), side(credit), amount)).collect()
}

async fn write_lines(tx: &Transaction, invoice_id: Id<kind::Invoice>, sums: Sums) -> Result<()> {
    if sums.lines.is_empty() {
        return Ok(());
    }
    let lines = sums.lines.into_iter().zip(1..).map(|((line, share), number)| {
        invoice_line::Model {
            invoice_id,
            line: number,
            description: line.description,
            hsn_code: line.hsn_code,
            quantity: line.quantity,
            unit_price: line.unit_price.minor,
            unit_price_fraction: line.unit_price.fraction,
            rate: line.rate,
            discount: line.discount.amount,
            discount_percent: line.discount.percent,
            amount: line.amount,
            taxable: Some(share.taxable),
            cgst: Some(share.taxes.cgst),
            sgst: Some(share.taxes.sgst),
            igst: Some(share.taxes.igst),
        }
        .into_active_model()
    });
    invoice_line::Entity::insert_many(lines).exec_without_returning(tx).await?;
    Ok(())
}

impl AuditFields for invoice::Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![field("voidedAt", activity::time(self.voided_at)), field("voidReason", self.void_reason.as_ref())]
    }
}
