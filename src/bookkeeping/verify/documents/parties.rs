//! Checks the buyers and sellers of invoices, receipts and notes: they exist, in the book of the document, and hold what was written
//! when the document was created.

use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryResult,
    sea_query::{Expr, ExprTrait, JoinType, Query},
};
use type_safe_id::StaticType;
use uuid::Uuid;

use crate::bookkeeping::verify::{
    difference::{Check, Report},
    scan::{Row, Scan, Source, optional, select_as},
};
use crate::{
    bookkeeping::invoicing::party::is_original,
    entity::{
        invoice,
        note::{self, NoteKind},
        party::{self, PartyRole},
        receipt,
    },
    error::Result,
    id::{Id, kind},
};

/// An invoice, receipt or note with its parties.
struct Printed {
    id: Uuid,
    book_id: Id<kind::Book>,
    buyer: Option<party::Model>,
    seller: Option<party::Model>,
}

impl Row for Printed {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get("", "id")?,
            book_id: row.try_get("", "book_id")?,
            buyer: optional(row, "buyer_")?,
            seller: optional(row, "seller_")?,
        })
    }

    fn group(&self) -> Uuid {
        self.id
    }
}

/// Checks the parties of all invoices, receipts and notes.
pub(super) async fn check<C: ConnectionTrait>(source: Source<'_, C>, report: &mut Report<'_>) -> Result<()> {
    use invoice::Column as Invoice;
    use note::Column as Note;
    use receipt::Column as Receipt;
    let columns = [Invoice::Id, Invoice::BookId, Invoice::BuyerId, Invoice::SellerId];
    check_all::<kind::Invoice>(printed(source, (invoice::Entity, None), columns), report).await?;
    let columns = [Receipt::Id, Receipt::BookId, Receipt::BuyerId, Receipt::SellerId];
    check_all::<kind::Receipt>(printed(source, (receipt::Entity, None), columns), report).await?;
    let columns = [Note::Id, Note::BookId, Note::BuyerId, Note::SellerId];
    let notes = |note_kind: NoteKind| printed(source, (note::Entity, Some(Note::Kind.eq(note_kind))), columns);
    check_all::<kind::CreditNote>(notes(NoteKind::Credit), report).await?;
    check_all::<kind::DebitNote>(notes(NoteKind::Debit), report).await
}

fn printed<C: ConnectionTrait, E: EntityTrait>(
    source: Source<'_, C>,
    (table, which): (E, Option<Expr>),
    [id, book_id, buyer_id, seller_id]: [E::Column; 4],
) -> Scan<'_, C, Printed> {
    let mut query = Query::select();
    query.from(table).and_where_option(which).expr_as(id.into_expr(), "id").expr_as(book_id.into_expr(), "book_id");
    for (column, alias, prefix) in [(buyer_id, "buyer", "buyer_"), (seller_id, "seller", "seller_")] {
        let same = column.into_expr().equals((alias, party::Column::Id));
        query.join_as(JoinType::LeftJoin, party::Entity, alias, same);
        select_as::<party::Entity>(&mut query, alias, prefix);
    }
    Scan::new(source, query, [id.into_expr()])
}

async fn check_all<K: StaticType>(
    mut documents: Scan<'_, impl ConnectionTrait, Printed>,
    report: &mut Report<'_>,
) -> Result<()> {
    let check = Check::DocumentParty;
    while let Some(Printed { id, book_id, buyer, seller }) = documents.next().await? {
        let id = Id::<K>::from_uuid(id).to_string();
        for (role, party) in [(PartyRole::Buyer, buyer), (PartyRole::Seller, seller)] {
            let word = if role == PartyRole::Buyer { "buyer" } else { "seller" };
            let Some(party) = party else {
                report.differs(check, &id, format_args!("its {word}"), "a party", ());
                continue;
            };
            let what = format_args!("the book of its {word}");
            report.same(check, &id, what, book_id.to_string(), party.book_id.to_string());
            report.same(check, &id, format_args!("the role of its {word}"), role.to_value(), party.role.to_value());
            if !is_original(&party)? {
                let message = format_args!("the details of its {word}");
                report.differs(check, &id, message, "those of the day on which it was created", "others");
            }
        }
    }
    Ok(())
}
