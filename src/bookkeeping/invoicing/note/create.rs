//! Creates notes.

use async_graphql::ID;
use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};

use super::{
    bill::Bill,
    find::expect,
    input::{Input, NewNote},
    kind::NoteId,
    standing,
    sums::{Line, Sums, posted},
    wanted::Target,
};
use crate::{
    activity::ActivityEvent,
    app::App,
    bookkeeping::{
        book,
        creation::{self, Begun},
        customers::{
            entry,
            open_items::{self, Change, Named, Scope},
            posting::{self, Document},
        },
        document::{self, Replayable},
        idempotency,
        invoicing::{
            invoice::{find_many as find_invoices, lines as lines_of, sides},
            numbering::{self, Numbered},
            party,
        },
        journal,
        new_id::ClientId,
    },
    calendar::date::Date,
    db::Transaction,
    entity::{
        customer, invoice, ledger_entry,
        note::{self, NoteKind},
        note_line,
    },
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    text,
    viewer::Viewer,
};

/// Creates a note. A credit note is a `DEBIT` entry in the customer's ledger, and pays its invoice by name as far as other payments
/// that name the invoice leave room; the rest is on account. A debit note is a `CREDIT` entry.
///
/// # Errors
/// `NOT_FOUND` and `NOT_ALLOWED` for the invoice, its customer and its lines; `TAKEN` for the number; `INVALID`, `REQUIRED` and
/// `LIMIT_REACHED`; `IDEMPOTENCY_CONFLICT`.
pub async fn create<N: NewNote>(app: &App, viewer: &Viewer, new: &N) -> Result<Replayable<note::Model>> {
    let input = new.input();
    let (name, action) = N::Kind::CREATE;
    let idempotency = &idempotency::of(input.terms.idempotency_key.as_deref(), &(name, new))?;
    let client_id = &ClientId::of(input.id, &(name, new))?;
    creation::write(app, viewer, input.id, idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        let act = ActivityEvent::by(viewer, action);
        let key = idempotency.as_ref();
        let free = match creation::begin::<N::Kind>(&tx, app, viewer, act.clone(), client_id.as_ref(), key).await? {
            Begun::New(free) => free,
            Begun::Earlier(id) => {
                return Ok(Replayable { document: expect(&tx, viewer, id?.cast()).await?, replayed: true });
            }
        };
        let book = book::find(&tx, viewer).await?;
        let today = book::today(&app.clock, &book);
        let checked = check::<N::Kind>(&tx, viewer, (&input, today), refusals).await?;
        let Checked { customer, invoice, date, due_date, reason, number, sums } = checked;

        let id = free.take();
        let document = Document {
            id: id.cast(),
            customer_id: customer.id,
            kind: N::Kind::ENTRY,
            amount: sums.total,
            currency: invoice.currency,
            date,
            note: Some(&reason),
            lines: sides(posted(N::Kind::KIND, &sums.parts())),
            idempotency,
        };
        let draft = document.clone().draft(&tx, app, viewer).await?;
        let posted = journal::post(&tx, &app.clock, &[draft]).await?.remove(0).map_err(document::wallet_refusal)?;
        let entry = document.enter(&tx, viewer, N::Kind::SOURCE, &posted).await?;
        let number = if let Some(number) = number {
            number
        } else {
            let pattern = match N::Kind::KIND {
                NoteKind::Credit => &book.credit_note_number_pattern,
                NoteKind::Debit => &book.debit_note_number_pattern,
            };
            numbering::next(&tx, Numbered::Note(N::Kind::KIND), viewer.book, pattern, date).await?
        };
        let parties = party::freeze(&tx, &customer, &book).await?;
        let note = note::Model {
            id: id.id.cast(),
            position: id.position,
            book_id: viewer.book,
            customer_id: customer.id,
            invoice_id: invoice.id,
            kind: N::Kind::KIND,
            buyer_id: parties.buyer_id,
            seller_id: parties.seller_id,
            number_key: numbering::key(&number),
            number,
            date,
            due_date,
            currency: invoice.currency,
            reason,
            voided_at: None,
            void_reason: None,
            created_at: entry.created_at,
            gross: sums.gross,
            cgst: sums.taxes.cgst,
            sgst: sums.taxes.sgst,
            igst: sums.taxes.igst,
            other_charges: sums.other_charges,
            round_off: sums.round_off,
            total: sums.total,
            settled: 0,
        };
        note::Entity::insert(note.clone().into_active_model()).exec_without_returning(&tx).await?;
        write_lines(&tx, note.id, sums.lines).await?;
        standing::count(&tx, &note, note.total).await?;
        match N::Kind::KIND {
            NoteKind::Credit => pay_invoice(&tx, viewer, invoice.id, &entry).await?,
            NoteKind::Debit => open_items::place(&tx, &entry).await?,
        }
        act.on(id.id).of_customer(note.customer_id).record(&tx, &app.clock).await?;
        Ok(Replayable { document: expect(&tx, viewer, note.id).await?, replayed: false })
    })
    .await
}

/// A request that nothing is wrong with.
struct Checked {
    customer: customer::Model,
    invoice: invoice::Model,
    date: NaiveDate,
    due_date: Option<NaiveDate>,
    reason: String,
    /// The number that the user chose.
    number: Option<String>,
    sums: Sums,
}

/// Checks a request, and locks the customer of the invoice. `refusals` are those so far.
async fn check<K: NoteId>(
    tx: &Transaction,
    viewer: &Viewer,
    (input, today): (&Input<'_>, Date),
    mut refusals: Refusals,
) -> Result<Checked> {
    let billed = refusals.take(lock_invoice(tx, viewer, &input.terms.invoice_id).await)?;
    let date = input.terms.date.map(|date| refusals.check(date.of_document("date")));
    let due_date = input.due_date.and_then(|due_date| refusals.check(due_date.of_document("dueDate")));
    let reason = refusals.check(text::required(&input.terms.reason, 500, "reason"));
    let number = input.number.and_then(|number| refusals.check(numbering::check(number)));
    if let Some(number) = &number {
        refusals.extend(numbering::refuse_taken(tx, Numbered::Note(K::KIND), viewer.book, number).await?);
    }
    let Some((customer, invoice)) = billed else { return Err(refusals.into()) };
    let date = date.unwrap_or(Some(today.0.max(invoice.date)));
    if date.is_some_and(|date| date < invoice.date) {
        let message = format!("The date must not be before that of the invoice, {}.", invoice.date);
        refusals.push(Refusal::new(Code::Invalid, "date", message));
    }
    if due_date.zip(date).is_some_and(|(due_date, date)| due_date < date) {
        let message = "The due date must not be before the date of the note.";
        refusals.push(Refusal::new(Code::Invalid, "dueDate", message));
    }
    let sums = refusals.take(target(tx, &invoice, K::KIND).await?.sums(input))?;
    let (Some(date), Some(reason), Some(sums)) = (date, reason, sums) else { return Err(refusals.into()) };
    refusals.none()?;
    let due_date = match K::KIND {
        NoteKind::Credit => None,
        NoteKind::Debit => Some(due_date.unwrap_or(invoice.due_date.max(date))),
    };
    Ok(Checked { customer, invoice, date, due_date, reason, number, sums })
}

/// Finds an invoice that is not void, and locks its customer, who must not be archived.
async fn lock_invoice(tx: &Transaction, viewer: &Viewer, id: &ID) -> Result<(customer::Model, invoice::Model)> {
    let missing = || Refusal::new(Code::NotFound, "invoiceId", "You have no such invoice.");
    let id = id.parse::<Id<kind::Invoice>>().map_err(|_| missing())?;
    let found = find_invoices(tx, viewer, [id]).await?.pop().ok_or_else(missing)?;
    let customer = posting::open_customer(tx, viewer, Some(found.customer_id)).await;
    let customer = customer.map_err(|error| error.at("invoiceId"))?;
    // Read again under the lock: it may have been voided in between.
    let invoice = find_invoices(tx, viewer, [id]).await?.pop().ok_or_else(missing)?;
    if invoice.voided_at.is_some() {
        return Err(Refusal::new(Code::NotAllowed, "invoiceId", "This invoice is void.").into());
    }
    Ok((customer, invoice))
}

/// An invoice as a new note of this kind finds it.
async fn target(conn: &impl ConnectionTrait, invoice: &invoice::Model, note_kind: NoteKind) -> Result<Target> {
    let lines = lines_of(conn, [invoice.id]).await?;
    let (added, taken) = standing::of_invoice(conn, invoice.id, None).await?;
    let bill = Bill::of(invoice, &lines);
    let left = bill.as_ref().and_then(|bill| bill.left(&added, &taken));
    let wrong = || DbErr::Custom(format!("the sums of {} and its notes cannot be", invoice.id));
    let (bill, left) = bill.zip(left).ok_or_else(wrong)?;
    Ok(Target { kind: note_kind, currency: invoice.currency, bill, added, left })
}

async fn write_lines(tx: &Transaction, note_id: Id<kind::Note>, lines: Vec<Line>) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let lines = lines.into_iter().map(|Line { number, quantity, amounts }| {
        note_line::Model {
            note_id,
            line: number,
            quantity,
            amount: amounts.goods,
            charges: amounts.charges,
            cgst: amounts.taxes.cgst,
            sgst: amounts.taxes.sgst,
            igst: amounts.taxes.igst,
        }
        .into_active_model()
    });
    note_line::Entity::insert_many(lines).exec_without_returning(tx).await?;
    Ok(())
}

/// Sets a credit note off against its invoice by name, as far as other payments that name the invoice leave room.
async fn pay_invoice(
    tx: &Transaction,
    viewer: &Viewer,
    invoice_id: Id<kind::Invoice>,
    note: &ledger_entry::Model,
) -> Result<()> {
    let payment = (note.id, open_items::key(note));
    let mut change = Change::of(Scope::of(note));
    change.from(note.kind, payment.1);
    for charge in entry::find_many(tx, viewer, [invoice_id.cast()]).await? {
        let amount = note.amount.min(charge.amount - open_items::named_of_entry(tx, &charge).await?);
        if amount > 0 {
            change.name(Named { payment, charge: (charge.id, open_items::key(&charge)), amount });
        }
    }
    open_items::settle(tx, change).await
}
