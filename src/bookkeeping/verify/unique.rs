//! Checks uniqueness: references and idempotency keys of entries, reversals, and numbers of documents. The database has
//! unique indexes for these; the check finds an index that is missing or corrupt.
//!
//! The database itself looks for what is used twice, since that should be nothing, and the tables are large.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryResult, QuerySelect, QueryTrait, Value,
    sea_query::{Expr, ExprTrait},
};
use type_safe_id::StaticType;
use uuid::Uuid;

use super::{
    difference::{Check, Report},
    scan::{Row, Scan, Source},
};
use crate::{
    db::InOrder,
    entity::{
        invoice, journal_entry,
        note::{self, NoteKind},
        receipt,
    },
    error::Result,
    id::{Id, kind},
};

/// A row with a text that must be unique in its group.
struct Named {
    group: Uuid,
    text: String,
    id: Uuid,
}

impl Row for Named {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut row = InOrder::new(row);
        Ok(Self { group: row.read()?, text: row.read()?, id: row.read()? })
    }

    fn group(&self) -> Uuid {
        self.group
    }

    fn place(&self) -> Vec<Value> {
        vec![self.text.clone().into(), self.id.into()]
    }
}

/// What more than one row has: the group, and unless the group alone must be unique, the text.
struct Repeated {
    group: Uuid,
    text: Option<String>,
}

impl Row for Repeated {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut row = InOrder::new(row);
        Ok(Self { group: row.read()?, text: row.read()? })
    }

    fn group(&self) -> Uuid {
        self.group
    }

    fn place(&self) -> Vec<Value> {
        self.text.clone().map(Value::from).into_iter().collect()
    }
}

/// Checks everything that must be unique.
pub(super) async fn check(source: Source<'_, impl ConnectionTrait>, report: &mut Report<'_>) -> Result<()> {
    use journal_entry::Column;
    let entries = journal_entry::Entity::find;
    // Word for word as the index says.
    let named = entries().filter(Expr::cust("status = 'SUCCEEDED' AND reference <> ''"));
    let columns = [Column::BookId, Column::Reference, Column::Id];
    twice::<kind::Entry, _>(source, named, columns, Check::ReferenceTwice, report).await?;
    let with_key = entries().filter(Column::IdempotencyKey.is_not_null());
    let columns = [Column::BookId, Column::IdempotencyKey, Column::Id];
    twice::<kind::Entry, _>(source, with_key, columns, Check::KeyTwice, report).await?;
    let reversals = entries().filter(Column::ReversesId.is_not_null());
    let columns = [Column::ReversesId, Column::Reference, Column::Id];
    twice::<kind::Entry, _>(source, reversals, columns, Check::ReversedTwice, report).await?;
    let columns = [invoice::Column::BookId, invoice::Column::NumberKey, invoice::Column::Id];
    twice::<kind::Invoice, _>(source, invoice::Entity::find(), columns, Check::NumberTwice, report).await?;
    let columns = [receipt::Column::BookId, receipt::Column::NumberKey, receipt::Column::Id];
    twice::<kind::Receipt, _>(source, receipt::Entity::find(), columns, Check::NumberTwice, report).await?;
    let columns = [note::Column::BookId, note::Column::NumberKey, note::Column::Id];
    let notes = |note_kind: NoteKind| note::Entity::find().filter(note::Column::Kind.eq(note_kind));
    let (credit, debit) = (notes(NoteKind::Credit), notes(NoteKind::Debit));
    twice::<kind::CreditNote, _>(source, credit, columns, Check::NumberTwice, report).await?;
    twice::<kind::DebitNote, _>(source, debit, columns, Check::NumberTwice, report).await
}

/// Reports each row whose group and text another row has, too; of reversals, whose group another row has.
async fn twice<K: StaticType, E: EntityTrait>(
    source: Source<'_, impl ConnectionTrait>,
    rows: sea_orm::Select<E>,
    columns: [E::Column; 3],
    check: Check,
    report: &mut Report<'_>,
) -> Result<()> {
    let [group, text, _] = columns;
    let unique = if check == Check::ReversedTwice { vec![group] } else { vec![group, text] };
    let mut query = rows.clone().select_only().columns(unique.iter().copied()).into_query();
    query.add_group_by(unique.iter().copied().map(ColumnTrait::into_expr));
    query.and_having(group.into_expr().count().gt(1));
    if unique.len() == 1 {
        query.expr(Expr::val(None::<String>));
    }
    let mut all = Scan::<_, Repeated>::new(source, query, unique.into_iter().map(ColumnTrait::into_expr));
    while let Some(repeated) = all.next().await? {
        let of_it = rows.clone().filter(group.eq(repeated.group));
        let of_it = if let Some(same) = repeated.text { of_it.filter(text.eq(same)) } else { of_it };
        let of_it = of_it.select_only().columns(columns).into_query();
        let mut of_it = Scan::<_, Named>::new(source, of_it, columns.map(ColumnTrait::into_expr));
        let mut before: Option<Named> = None;
        while let Some(row) = of_it.next().await? {
            if let Some(before) = before {
                let id = Id::<K>::from_uuid(row.id);
                let what = match check {
                    Check::ReferenceTwice => format!("its reference {} is used twice", row.text),
                    Check::KeyTwice => format!("its idempotency key {} is used twice", row.text),
                    Check::ReversedTwice => format!("{} is reversed twice", Id::<kind::Entry>::from_uuid(row.group)),
                    _ => format!("its number {} is used twice", row.text),
                };
                let other = format!("{}, too", Id::<K>::from_uuid(before.id));
                report.differs(check, id, what, "one of its own", other);
            }
            before = Some(row);
        }
    }
    Ok(())
}
