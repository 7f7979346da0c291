//! Checks what imports made, and which transactions stand for imported ones.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryResult, QueryTrait,
    sea_query::{Expr, ExprTrait, IntoIden, JoinType, Query},
};
use uuid::Uuid;

use crate::{
    bookkeeping::verify::{
        difference::{Check, Report},
        scan::{Row, Scan, Source, optional, select_as},
    },
    entity::{
        customer,
        import::{self, ImportKind},
        ledger_entry,
        transaction::{self, Column},
    },
    error::Result,
};

/// An import, with the numbers of transactions, entries and customers that refer to it.
struct Counted {
    import: import::Model,
    found: [i64; 3],
}

const FOUND: [&str; 3] = ["found_transactions", "found_entries", "found_customers"];

impl Row for Counted {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut found = [0; 3];
        for (found, name) in found.iter_mut().zip(FOUND) {
            *found = row.try_get("", name)?;
        }
        Ok(Self { import: import::Model::from_query_result(row, "")?, found })
    }

    fn group(&self) -> Uuid {
        self.import.id.uuid()
    }
}

/// An imported transaction, with the one that stands for it.
struct Same {
    imported: transaction::Model,
    other: Option<transaction::Model>,
}

impl Row for Same {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self { imported: transaction::Model::from_query_result(row, "")?, other: optional(row, "other_")? })
    }

    fn group(&self) -> Uuid {
        self.imported.id.uuid()
    }
}

/// Checks all imports, and all transactions for which another one stands.
pub(super) async fn check<C: ConnectionTrait>(source: Source<'_, C>, report: &mut Report<'_>) -> Result<()> {
    let mut query = import::Entity::find().into_query();
    let count = |of: sea_orm::sea_query::DynIden, id: Expr, import_id: Expr| {
        let this = import_id.eq(Expr::col((import::Entity, import::Column::Id)));
        Expr::SubQuery(None, Box::new(Query::select().expr(id.count()).from(of).and_where(this).take().into()))
    };
    let [transactions, entries, customers] = FOUND;
    query
        .expr_as(
            count(transaction::Entity.into_iden(), Column::Id.into_expr(), Column::ImportId.into_expr()),
            transactions,
        )
        .expr_as(
            count(
                ledger_entry::Entity.into_iden(),
                ledger_entry::Column::Id.into_expr(),
                ledger_entry::Column::ImportId.into_expr(),
            ),
            entries,
        )
        .expr_as(
            count(
                customer::Entity.into_iden(),
                customer::Column::Id.into_expr(),
                customer::Column::ImportId.into_expr(),
            ),
            customers,
        );
    let mut imports = Scan::<_, Counted>::new(source, query, [import::Column::Id.into_expr()]);
    while let Some(Counted { import, found: [transactions, entries, customers] }) = imports.next().await? {
        let found = match import.kind {
            ImportKind::Transactions => transactions,
            ImportKind::Entries => entries,
            ImportKind::Customers => customers,
        };
        report.same(Check::Import, import.id, "the number of what this import made", import.made, found);
    }
    let mut query = transaction::Entity::find().into_query();
    let same = Column::SameAsId.into_expr().equals(("other", Column::Id));
    query.join_as(JoinType::LeftJoin, transaction::Entity, "other", same);
    select_as::<transaction::Entity>(&mut query, "other", "other_");
    query.and_where(Column::SameAsId.into_expr().is_not_null());
    let mut same = Scan::<_, Same>::new(source, query, [Column::Id.into_expr()]);
    while let Some(Same { imported, other }) = same.next().await? {
        check_same(&imported, other.as_ref(), report);
    }
    Ok(())
}

fn check_same(imported: &transaction::Model, other: Option<&transaction::Model>, report: &mut Report<'_>) {
    let (check, id) = (Check::Import, imported.id);
    let Some(other) = other else {
        return report.differs(check, id, "the transaction that stands for this one", "a transaction", ());
    };
    let book = format_args!("the book of the transaction that stands for this one, {}", other.id);
    report.same(check, id, book, imported.book_id.to_string(), other.book_id.to_string());
    let by_hand = "whether the transaction that stands for this one was imported";
    report.same(check, id, by_hand, false, other.import_id.is_some());
    report.same(
        check,
        id,
        "whether it is deleted, since another one stands for it",
        true,
        imported.deleted_at.is_some(),
    );
}
