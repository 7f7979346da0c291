//! Checks that the two halves of each transfer fit together.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryResult, QueryTrait,
    sea_query::{ExprTrait, JoinType},
};
use uuid::Uuid;

use super::transactions::goes_out;
use crate::bookkeeping::verify::{
    difference::{Check, Money, Report},
    scan::{Row, Scan, Source, optional, select_as},
};
use crate::{
    entity::transaction::{self, Column},
    error::Result,
};

/// A half of a transfer, with the one that it names.
struct Half {
    half: transaction::Model,
    other: Option<transaction::Model>,
}

impl Row for Half {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self { half: transaction::Model::from_query_result(row, "")?, other: optional(row, "other_")? })
    }

    fn group(&self) -> Uuid {
        self.half.id.uuid()
    }
}

/// Checks all transfers, each from both of its halves.
pub(super) async fn check<C: ConnectionTrait>(source: Source<'_, C>, report: &mut Report<'_>) -> Result<()> {
    let mut query = transaction::Entity::find().into_query();
    let same = Column::CounterpartId.into_expr().equals(("other", Column::Id));
    query.join_as(JoinType::LeftJoin, transaction::Entity, "other", same);
    select_as::<transaction::Entity>(&mut query, "other", "other_");
    query.and_where(Column::CounterpartId.into_expr().is_not_null());
    let mut halves = Scan::<_, Half>::new(source, query, [Column::Id.into_expr()]);
    while let Some(Half { half, other }) = halves.next().await? {
        check_half(&half, other.as_ref(), report);
    }
    Ok(())
}

fn check_half(half: &transaction::Model, other: Option<&transaction::Model>, report: &mut Report<'_>) {
    let (check, id) = (Check::OwnTransfer, half.id);
    let Some(other) = other else {
        return report.differs(check, id, "the other half of this transfer", "a transaction", ());
    };
    let named = other.counterpart_id.map(|id| id.to_string());
    report.same(check, id, "what the other half of this transfer names", Some(id.to_string()), named);
    let money = |half: &transaction::Model| Money::new(half.amount.saturating_abs(), half.currency).to_string();
    let way = |goes_out: bool| if goes_out { "out" } else { "in" }.to_owned();
    for (what, expected, found) in [
        ("way", way(!goes_out(half)), way(goes_out(other))),
        ("book", half.book_id.to_string(), other.book_id.to_string()),
        ("amount", money(half), money(other)),
    ] {
        let what = format_args!("the {what} of the other half of this transfer, {}", other.id);
        report.same(check, id, what, expected, found);
    }
    let is_deleted = half.deleted_at.is_some();
    report.same(check, id, "whether it is deleted, as half of a transfer", false, is_deleted);
    let has_others = half.wallet_id.is_some() && half.wallet_id != other.wallet_id;
    report.same(check, id, "whether this transfer is between two wallets", true, has_others);
}
