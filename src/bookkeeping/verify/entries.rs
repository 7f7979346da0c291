//! Checks journal entries, each with its postings and, for a reversal, with the entry that it reverses.

use sea_orm::{
    ColumnTrait, ConnectionTrait,
    sea_query::{Expr, ExprTrait, JoinType, Query},
};
use uuid::Uuid;

use super::{
    books::Books,
    difference::{Check, Report},
    entry_rows::{COLUMNS, Linked},
    entry_rules,
    posted::{Posted, Postings},
    scan::{Scan, Source, least},
};
use crate::{
    entity::{
        account::{self, AccountKind},
        journal_entry::{self, Column, EntryKind},
        posting,
    },
    error::Result,
    id::{Id, kind},
};

/// Checks all journal entries.
pub(super) async fn check(
    source: Source<'_, impl ConnectionTrait>,
    books: &mut Books,
    report: &mut Report<'_>,
) -> Result<()> {
    let own = |column: Column| column.into_expr();
    let mut query = Query::select().from(journal_entry::Entity).expr(own(Column::Id)).exprs(COLUMNS.map(own)).take();
    let same = own(Column::MeantForId).equals(("meant_for", account::Column::Id));
    query.join_as(JoinType::LeftJoin, account::Entity, "meant_for", same);
    query.expr(Expr::col(("meant_for", "book_id")));
    let mut entries = Scan::<_, Linked>::new(source, query, [own(Column::Id)]);

    // The reversed entries, in the order of the ids of their reversals, so that they can be merged with those.
    let mut query = Query::select().from(journal_entry::Entity).expr(own(Column::Id)).take();
    let same = own(Column::ReversesId).equals(("original", Column::Id));
    query.join_as(JoinType::InnerJoin, journal_entry::Entity, "original", same);
    query.exprs(COLUMNS.map(|column| Expr::col(("original", column)))).expr(Expr::val(None::<Uuid>));
    let mut originals = Scan::<_, Linked>::new(source, query, [own(Column::Id)]);

    let mut postings = Postings::of_entries(source);
    let mut reversed = Query::select();
    let same = own(Column::ReversesId).equals((posting::Entity, posting::Column::EntryId));
    reversed.from(journal_entry::Entity).inner_join(posting::Entity, same);
    let mut reversed = Postings::joined(source, reversed, own(Column::Id));

    while let Some(id) = least([entries.group().await?, postings.group().await?]) {
        let (entry, original) = (entries.take(id).await?, originals.take(id).await?);
        let of_original = reversed.take_all(id).await?;
        let of_it = postings.take_all(id).await?;
        report.checked.postings += of_it.len() as u64;
        for Posted { amount, debit, credit, .. } in &of_it {
            match (debit.kind, credit.kind) {
                (AccountKind::Outside, AccountKind::Wallet) => {
                    books.take_in((debit.book_id, debit.currency), i128::from(*amount));
                }
                (AccountKind::Wallet, AccountKind::Outside) => {
                    books.take_in((credit.book_id, credit.currency), -i128::from(*amount));
                }
                _ => {}
            }
        }
        let Some(entry) = entry else {
            let id = Id::<kind::Entry>::from_uuid(id);
            report.differs(
                Check::EntryPostings,
                id,
                "there is no such journal entry, but postings of it",
                "an entry",
                (),
            );
            continue;
        };
        report.checked.entries += 1;
        if entry.entry.kind == EntryKind::Transfer {
            for Posted { amount, debit, credit, .. } in &of_it {
                books.transfer((debit.book_id, debit.currency), (credit.book_id, credit.currency), *amount);
            }
        }
        entry_rules::check(&entry, &of_it, original.as_ref().map(|original| &original.entry), &of_original, report);
    }
    Ok(())
}
