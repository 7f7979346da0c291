//! Takes back the ledger entries of an import, as their deletion does, and then archives the customers whom it made and nobody used or
//! changed.

use std::collections::{BTreeSet, HashSet};

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::{
    customers,
    part::{Changed, MOST_TOLD, PART, Part, Place},
};
use crate::{
    app::App,
    bookkeeping::{
        customers::{customer, entry, open_items, posting},
        document, journal,
    },
    changes::{self, Thing},
    db::Transaction,
    entity::{
        allocation,
        change::{ChangeKind, Noun},
        customer as customer_entity, import,
        ledger_entry::{ActiveModel, Column, Entity, Model},
    },
    error::{Refusal, Result},
    id::{Id, kind},
    money::Decimal,
    viewer::Viewer,
};

/// First the entries, then the customers.
const PASSES: u8 = 2;

/// The first entries of an import that were changed, deleted, allocated or held, and are so still, and those of customers who were
/// erased.
pub(super) async fn changed(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    import: &import::Model,
) -> Result<Vec<Changed>> {
    let touched = touched().add(Column::Version.gt(1)).add(Column::DeletedAt.is_not_null());
    let touched = of(import).add(touched);
    let (mut found, mut after) = (Vec::new(), None);
    while found.len() < MOST_TOLD {
        let beyond = after.map(|after: Id<kind::LedgerEntry>| Column::Id.gt(after));
        let rows = Entity::find().filter(touched.clone().add_option(beyond)).order_by_asc(Column::Id).limit(PART);
        let rows = rows.all(conn).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        let differing = differing(conn, viewer, &rows).await?;
        let is_changed = |row: &&Model| row.deleted_at.is_some() || differing.contains(&row.id);
        found.extend(rows.iter().filter(is_changed).map(told));
    }
    found.truncate(MOST_TOLD);
    Ok(found)
}

fn told(row: &Model) -> Changed {
    let amount = Decimal::from_minor(row.amount, row.currency);
    let what = if row.deleted_at.is_some() { "deleted" } else { "changed, allocated or held, or its customer erased," };
    let what = format!("The entry of {} over {amount} {} was {what} since.", row.date, row.currency);
    Changed { id: row.id.to_string(), what }
}

/// The condition that more than the entry itself was changed: it is allocated by name or held, or its customer was erased.
fn touched() -> Condition {
    let of = |column| Expr::col((Entity, column));
    let named = |column| {
        let this = Expr::col((allocation::Entity, column)).eq(of(Column::Id));
        exists(Query::select().from(allocation::Entity).and_where(this).and_where(allocation::Column::Named.gt(0)))
    };
    let owner = Expr::col((customer_entity::Entity, customer_entity::Column::Id)).eq(of(Column::CustomerId));
    let erased = customer_entity::Column::ErasedAt.is_not_null();
    let erased = exists(Query::select().from(customer_entity::Entity).and_where(owner).and_where(erased));
    Condition::any()
        .add(Column::Held.gt(0))
        .add(named(allocation::Column::PaymentId))
        .add(named(allocation::Column::ChargeId))
        .add(erased)
}

fn exists(query: &mut SelectStatement) -> Expr {
    Expr::exists(query.expr(Expr::val(1)).take())
}

/// Those of these entries that are not as the import made them.
async fn differing(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    rows: &[Model],
) -> Result<HashSet<Id<kind::LedgerEntry>>> {
    let again = rows.iter().filter(|row| row.version > 1);
    let pairs: Vec<_> = again.map(|row| (row.id.cast(), row.journal_entry_id)).collect();
    let same = journal::same_as_first(conn, viewer, &pairs).await?;
    let changed =
        pairs.iter().filter(|(document, _)| !same.contains_key(document)).map(|(document, _)| document.cast());
    let ids = rows.iter().map(|row| row.id);
    let touched = Entity::find().filter(Column::Id.is_in(ids)).filter(touched());
    let touched: Vec<Id<kind::LedgerEntry>> = touched.select_only().column(Column::Id).into_tuple().all(conn).await?;
    Ok(changed.chain(touched).collect())
}

/// Takes back some of the entries that stand, or archives some of the customers. Those that were changed since stay.
pub(super) async fn take_back(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    import: &import::Model,
    place: Place,
) -> Result<Part> {
    if place.pass > 0 {
        // Customers who are used by now are no part of what is undone.
        let part = customers::take_back(tx, app, viewer, import, (place, PASSES)).await?;
        return Ok(Part { taken: 0, kept: 0, ..part });
    }
    let stands = of(import).add(Column::DeletedAt.is_null());
    let beyond = place.after.map(|after| Column::Id.gt(after));
    let next = Entity::find().filter(stands.clone().add_option(beyond)).order_by_asc(Column::Id).limit(PART);
    let next: Vec<(Id<kind::LedgerEntry>, Id<kind::Customer>)> =
        next.select_only().columns([Column::Id, Column::CustomerId]).into_tuple().all(tx).await?;
    let Some((last, _)) = next.last().copied() else { return Ok(Part::end_of(place, PASSES)) };
    let of_customers: BTreeSet<_> = next.iter().map(|(_, customer)| *customer).collect();
    customer::named(tx, viewer, of_customers, [], true).await?;
    // Read again under the lock: another transaction may have changed them in between.
    let mut rows = entry::find_many(tx, viewer, next.iter().map(|(id, _)| *id)).await?;
    rows.sort_unstable_by_key(|row| row.id);
    let looked_at = rows.len();
    let differing = differing(tx, viewer, &rows).await?;
    rows.retain(|row| row.deleted_at.is_none() && !differing.contains(&row.id));
    let part = Part::of(place, last.uuid(), (looked_at, rows.len()));
    let drafts = journal::reversals(tx, viewer, rows.iter().map(|row| (row.journal_entry_id, None)).collect()).await?;
    let mut time = None;
    for posted in journal::post(tx, &app.clock, &drafts).await? {
        let at_id = |refusal| Refusal { path: "id".to_owned(), ..refusal };
        let posted = posted.map_err(|refused| at_id(document::wallet_refusal(refused)))?;
        time = Ord::max(time, Some(posted.entry.created_at));
    }
    let Some(time) = time else { return Ok(part) };
    let deleted = ActiveModel { deleted_at: Set(Some(time)), updated_at: Set(time), ..Default::default() };
    let these = Column::Id.is_in(rows.iter().map(|row| row.id));
    Entity::update_many().set(deleted).filter(these).exec(tx).await?;
    let things =
        rows.iter().map(|row| Thing { noun: Noun::LedgerEntry, id: row.id.uuid(), customer: Some(row.customer_id) });
    changes::write_all(tx, viewer.book, (ChangeKind::Deleted, time), things).await?;
    open_items::remove_all(tx, &rows).await?;
    posting::touch_all(tx, rows.iter().map(|row| row.customer_id), time).await?;
    Ok(part)
}

fn of(import: &import::Model) -> Condition {
    Condition::all().add(Column::ImportId.eq(import.id))
}
