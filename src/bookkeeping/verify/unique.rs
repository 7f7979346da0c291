//! Checks uniqueness: references and idempotency keys of entries, reversals, and numbers of documents. The database has
//! unique indexes for these; the check finds an index that is missing or corrupt.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryResult, QuerySelect, QueryTrait, Value,
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
        invoice,
        journal_entry::{self, EntryStatus},
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

/// Checks everything that must be unique.
pub(super) async fn check(source: Source<'_, impl ConnectionTrait>, report: &mut Report<'_>) -> Result<()> {
    use journal_entry::Column;
    let entries = journal_entry::Entity::find;
    let succeeded = entries().filter(Column::Status.eq(EntryStatus::Succeeded));
    let same = |one: &Named, other: &Named| one.group == other.group && one.text == other.text;
    let check = Check::ReferenceTwice;
    twice::<kind::Entry, _>(source, succeeded, [Column::BookId, Column::Reference, Column::Id], check, same, report)
        .await?;
    let with_key = entries().filter(Column::IdempotencyKey.is_not_null());
    let columns = [Column::BookId, Column::IdempotencyKey, Column::Id];
    twice::<kind::Entry, _>(source, with_key, columns, Check::KeyTwice, same, report).await?;
    let reversals = entries().filter(Column::ReversesId.is_not_null());
    let columns = [Column::ReversesId, Column::Reference, Column::Id];
    let same_group = |one: &Named, other: &Named| one.group == other.group;
    twice::<kind::Entry, _>(source, reversals, columns, Check::ReversedTwice, same_group, report).await?;
    let columns = [invoice::Column::BookId, invoice::Column::NumberKey, invoice::Column::Id];
    twice::<kind::Invoice, _>(source, invoice::Entity::find(), columns, Check::NumberTwice, same, report).await?;
    let columns = [receipt::Column::BookId, receipt::Column::NumberKey, receipt::Column::Id];
    twice::<kind::Receipt, _>(source, receipt::Entity::find(), columns, Check::NumberTwice, same, report).await?;
    let columns = [note::Column::BookId, note::Column::NumberKey, note::Column::Id];
    let notes = |note_kind: NoteKind| note::Entity::find().filter(note::Column::Kind.eq(note_kind));
    let (credit, debit) = (notes(NoteKind::Credit), notes(NoteKind::Debit));
    twice::<kind::CreditNote, _>(source, credit, columns, Check::NumberTwice, same, report).await?;
    twice::<kind::DebitNote, _>(source, debit, columns, Check::NumberTwice, same, report).await
}

/// Reports each row that equals the previous one.
async fn twice<K: StaticType, E: EntityTrait>(
    source: Source<'_, impl ConnectionTrait>,
    rows: sea_orm::Select<E>,
    columns: [E::Column; 3],
    check: Check,
    is_same: impl Fn(&Named, &Named) -> bool,
    report: &mut Report<'_>,
) -> Result<()> {
    let rows = rows.select_only().columns(columns).into_query();
    let mut rows = Scan::<_, Named>::new(source, rows, columns.map(ColumnTrait::into_expr));
    let mut before: Option<Named> = None;
    while let Some(row) = rows.next().await? {
        if let Some(before) = before.filter(|before| is_same(before, &row)) {
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
    Ok(())
}
