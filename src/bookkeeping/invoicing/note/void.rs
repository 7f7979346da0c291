//! Voids notes.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, Set};

use super::{bill::Bill, find::expect, kind::NoteId, standing};
use crate::{
    activity::{self, ActivityEvent, AuditFields, Field, field},
    app::App,
    bookkeeping::{
        customers::posting,
        document::{self, Replayable},
        idempotency,
        invoicing::{
            invoice::{find_many as find_invoices, lines as lines_of},
            invoice_input::Voiding,
        },
    },
    entity::note::{self, NoteKind},
    error::{Code, Refusal, Refusals, Result},
    id::Id,
    text,
    viewer::Viewer,
};

/// Voids a note: reverses its journal entry, and takes back what it was set off against. Its number cannot be used again.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it is already void, and for a debit note when credit notes have taken back what it added;
/// `INVALID` for the reason; `IDEMPOTENCY_CONFLICT`.
pub async fn void<K: NoteId>(app: &App, viewer: &Viewer, voiding: &Voiding) -> Result<Replayable<note::Model>> {
    let (name, action) = K::VOID;
    let idempotency = &idempotency::of(voiding.idempotency_key.as_deref(), &(name, voiding))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        // Locks the customer before looking for the key: the same request may be running at this moment.
        let id = voiding.id.parse::<Id<K>>().ok();
        let entry = posting::lock_entry(&tx, viewer, id.map(Id::cast)).await?;
        let act = ActivityEvent::by(viewer, action);
        if let Some(id) = document::repeated::<K>(&tx, app, viewer, act.clone(), idempotency.as_ref()).await? {
            return Ok(Replayable { document: expect(&tx, viewer, id.cast()).await?, replayed: true });
        }
        let reason = refusals.check(text::required(&voiding.reason, 500, "reason"));
        let Some(entry) = entry.filter(|entry| entry.source == K::SOURCE) else {
            let message = format!("You have no such {}.", K::NOUN);
            refusals.push(Refusal::new(Code::NotFound, "id", message));
            return Err(refusals.into());
        };
        let note = expect(&tx, viewer, entry.id.cast()).await?;
        if entry.deleted_at.is_some() {
            let message = format!("This {} is already void.", K::NOUN);
            refusals.push(Refusal::new(Code::NotAllowed, "id", message));
        } else if note.kind == NoteKind::Debit && !can_be_without(&tx, viewer, &note).await? {
            let message = "Credit notes have taken back what this debit note added. Void them first.";
            refusals.push(Refusal::new(Code::NotAllowed, "id", message));
        }
        refusals.none()?;
        let entry = posting::void(&tx, app, viewer, entry, reason.as_deref(), idempotency, false).await??;
        let voided = note::ActiveModel {
            id: Set(note.id),
            voided_at: Set(entry.deleted_at),
            void_reason: Set(reason),
            ..Default::default()
        };
        let voided = voided.update(&tx).await?;
        standing::count(&tx, &voided, -voided.total).await?;
        let before = note::Model { voided_at: None, void_reason: None, ..voided.clone() };
        let act = act.on(voided.id.cast::<K>()).of_customer(voided.customer_id).changed(&before, &voided);
        act.record(&tx, &app.clock).await?;
        Ok(Replayable { document: voided, replayed: false })
    })
    .await
}

/// Whether the other notes on the invoice leave something that can be when this debit note stands no more.
async fn can_be_without(conn: &impl ConnectionTrait, viewer: &Viewer, debit: &note::Model) -> Result<bool> {
    let (added, taken) = standing::of_invoice(conn, debit.invoice_id, Some(debit.id)).await?;
    let missing = || DbErr::RecordNotFound(debit.invoice_id.to_string());
    let invoice = find_invoices(conn, viewer, [debit.invoice_id]).await?.pop().ok_or_else(missing)?;
    let bill = Bill::of(&invoice, &lines_of(conn, [invoice.id]).await?);
    Ok(bill.is_some_and(|bill| bill.left(&added, &taken).is_some_and(|left| bill.can_leave(&left))))
}

impl AuditFields for note::Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![field("voidedAt", activity::time(self.voided_at)), field("voidReason", self.void_reason.as_ref())]
    }
}
