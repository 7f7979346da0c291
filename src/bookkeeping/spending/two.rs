//! Two transactions that an input names together: the halves of a transfer, or what was imported and what was written by hand.

use async_graphql::ID;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType,
};

use super::transaction;
use crate::{
    db::Transaction,
    entity::transaction::{Column, Entity, Model},
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// Finds two transactions of the viewer's book that are not deleted, and locks them. Each id comes with the field of the input that it
/// stands in.
///
/// # Errors
/// `NOT_FOUND` and `NOT_ALLOWED` at the field of each; `one` when both ids are the same.
pub(super) async fn lock(
    tx: &Transaction,
    viewer: &Viewer,
    named: [(&ID, &'static str); 2],
    one: impl FnOnce() -> Refusal,
) -> Result<[Model; 2]> {
    let own = Entity::find().filter(Column::BookId.eq(viewer.book));
    let own = own.filter(Column::Id.is_in(named.iter().filter_map(|(id, _)| parse(id))));
    // In the order of their ids, so that two requests for the same two do not wait for each other.
    let found = own.order_by_asc(Column::Id).lock(LockType::NoKeyUpdate).all(tx).await?;
    let mut refusals = Refusals::default();
    let [first, second] = named.map(|(id, path)| {
        let this = found.iter().find(|this| Some(this.id) == parse(id)).cloned();
        let this =
            refusals.check(this.ok_or_else(|| Refusal::new(Code::NotFound, path, "You have no such transaction.")))?;
        if this.deleted_at.is_some() {
            refusals.push(Refusal::new(Code::NotAllowed, path, "This transaction is deleted."));
        }
        Some(this)
    });
    let (Some(first), Some(second)) = (first, second) else { return Err(refusals.into()) };
    refusals.none()?;
    if first.id == second.id {
        return Err(one().into());
    }
    Ok([first, second])
}

/// The two as they are now, deleted or not, for a request that repeats an earlier one.
///
/// # Errors
/// When the database fails, or the book has no such transactions.
pub(super) async fn replay(conn: &impl ConnectionTrait, viewer: &Viewer, named: [&ID; 2]) -> Result<[Model; 2]> {
    let found = transaction::find_many(conn, viewer, named.into_iter().filter_map(parse)).await?;
    let this = |id: &ID| {
        let this = found.iter().find(|this| Some(this.id) == parse(id)).cloned();
        this.ok_or_else(|| DbErr::RecordNotFound("one of two transactions".to_owned()))
    };
    let [first, second] = named;
    Ok([this(first)?, this(second)?])
}

fn parse(id: &ID) -> Option<Id<kind::Transaction>> {
    id.parse().ok()
}
