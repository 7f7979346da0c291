//! The notes that stand: what those of an invoice say together.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::bill::{Amounts, Noted};
use crate::{
    bookkeeping::invoicing::tax::Taxes,
    db::{InOrder, Transaction},
    entity::{
        invoice,
        note::{self, NoteKind},
        note_line,
    },
    error::Result,
    id::{Id, kind},
};

/// What is summed up of notes.
const OF_NOTES: [note::Column; 6] = [
    note::Column::Gross,
    note::Column::OtherCharges,
    note::Column::Cgst,
    note::Column::Sgst,
    note::Column::Igst,
    note::Column::Total,
];

/// What is summed up of the lines of notes.
const OF_LINES: [note_line::Column; 6] = [
    note_line::Column::Amount,
    note_line::Column::Charges,
    note_line::Column::Cgst,
    note_line::Column::Sgst,
    note_line::Column::Igst,
    note_line::Column::Quantity,
];

/// What the debit notes of an invoice add, and what its credit notes take back; without one of them if `except` is given.
pub(super) async fn of_invoice(
    conn: &impl ConnectionTrait,
    invoice_id: Id<kind::Invoice>,
    except: Option<Id<kind::Note>>,
) -> Result<(Noted, Noted)> {
    let (mut added, mut taken) = (Noted::default(), Noted::default());
    let mut notes = standing(invoice_id, except);
    notes.from(note::Entity).exprs(OF_NOTES.map(|column| column.into_expr().sum().cast_as("bigint")));
    for row in &conn.query_all(&notes).await? {
        let mut row = InOrder::new(row);
        let sums = if row.read::<NoteKind>()? == NoteKind::Debit { &mut added } else { &mut taken };
        sums.whole = amounts(&mut row)?;
        sums.total = row.read()?;
    }
    let mut lines = standing(invoice_id, except);
    let same = note_line::Column::NoteId.into_expr().equals((note::Entity, note::Column::Id));
    lines.from(note_line::Entity).inner_join(note::Entity, same);
    lines.exprs(OF_LINES.map(|column| column.into_expr().sum().cast_as("bigint")));
    lines.expr(note_line::Column::Line.into_expr()).group_by_col((note_line::Entity, note_line::Column::Line));
    for row in &conn.query_all(&lines).await? {
        let mut row = InOrder::new(row);
        let sums = if row.read::<NoteKind>()? == NoteKind::Debit { &mut added } else { &mut taken };
        let of_line = amounts(&mut row)?;
        let quantity = row.read::<Option<i64>>()?.unwrap_or_default();
        sums.lines.insert(row.read()?, Amounts { quantity, ..of_line });
    }
    Ok((added, taken))
}

/// The kinds of the notes on an invoice that stand, one row for each.
fn standing(invoice_id: Id<kind::Invoice>, except: Option<Id<kind::Note>>) -> SelectStatement {
    Query::select()
        .expr(note::Column::Kind.into_expr())
        .and_where(note::Column::InvoiceId.eq(invoice_id))
        .and_where(note::Column::VoidedAt.is_null())
        .and_where_option(except.map(|except| note::Column::Id.ne(except)))
        .group_by_col((note::Entity, note::Column::Kind))
        .take()
}

/// Reads the price of the goods, the charges and the taxes.
fn amounts(row: &mut InOrder<'_>) -> Result<Amounts, DbErr> {
    let (goods, charges) = (row.read()?, row.read()?);
    let taxes = Taxes { cgst: row.read()?, sgst: row.read()?, igst: row.read()? };
    Ok(Amounts { quantity: 0, goods, charges, taxes })
}

/// Adds the total of a note to what its invoice counts, or with a negative amount takes it off.
pub(super) async fn count(tx: &Transaction, note: &note::Model, amount: i64) -> Result<()> {
    let counted = match note.kind {
        NoteKind::Credit => invoice::Column::Credited,
        NoteKind::Debit => invoice::Column::Debited,
    };
    invoice::Entity::update_many()
        .col_expr(counted, Expr::col(counted).add(amount))
        .filter(invoice::Column::Id.eq(note.invoice_id))
        .exec(tx)
        .await?;
    Ok(())
}
