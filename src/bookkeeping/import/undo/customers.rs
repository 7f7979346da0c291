//! Takes back the customers of an import, as their deletion does: they are archived.

use std::collections::HashSet;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::LockType,
};

use super::part::{Changed, MOST_TOLD, PART, Part, Place};
use crate::{
    activity,
    app::App,
    changes::{self, Thing},
    db::Transaction,
    entity::{
        activity::Action,
        change::{ChangeKind, Noun},
        customer::{ActiveModel, Column, Entity, Model},
        import, ledger_entry,
    },
    error::Result,
    id::{Id, kind},
    viewer::Viewer,
};

/// The first customers of an import that were changed or archived, or have entries.
pub(super) async fn changed(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    import: &import::Model,
) -> Result<Vec<Changed>> {
    let (mut found, mut after) = (Vec::new(), None);
    while found.len() < MOST_TOLD {
        let beyond = after.map(|after: Id<kind::Customer>| Column::Id.gt(after));
        let rows = Entity::find().filter(of(import).add_option(beyond)).order_by_asc(Column::Id).limit(PART);
        let rows = rows.all(conn).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        let touched = touched(conn, viewer, &rows).await?;
        found.extend(rows.iter().filter_map(|row| told(row, &touched)));
    }
    found.truncate(MOST_TOLD);
    Ok(found)
}

fn told(row: &Model, touched: &Touched) -> Option<Changed> {
    let what = match () {
        () if row.archived_at.is_some() => "was archived since",
        () if touched.used.contains(&row.id) => "has entries",
        () if touched.updated.contains(&row.id.to_string()) => "was changed since",
        () => return None,
    };
    Some(Changed { id: row.id.to_string(), what: format!("The customer {} {what}.", row.name) })
}

/// What happened to customers.
struct Touched {
    /// Those with entries that stand.
    used: HashSet<Id<kind::Customer>>,
    /// Those whose details were changed.
    updated: HashSet<String>,
}

impl Touched {
    fn has(&self, row: &Model) -> bool {
        self.used.contains(&row.id) || self.updated.contains(&row.id.to_string())
    }
}

async fn touched(conn: &impl ConnectionTrait, viewer: &Viewer, rows: &[Model]) -> Result<Touched> {
    use ledger_entry::Column;
    let used: Vec<Id<kind::Customer>> = ledger_entry::Entity::find()
        .select_only()
        .column(Column::CustomerId)
        .distinct()
        .filter(Column::CustomerId.is_in(rows.iter().map(|row| row.id)))
        .filter(Column::DeletedAt.is_null())
        .into_tuple()
        .all(conn)
        .await?;
    let things = rows.iter().map(|row| row.id.to_string());
    let updated = activity::changed_by(conn, viewer, Action::UpdateCustomer, things).await?;
    Ok(Touched { used: used.into_iter().collect(), updated })
}

/// Archives some of the customers who are not. Those who were changed since, or are used, stay.
pub(super) async fn take_back(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    import: &import::Model,
    (place, passes): (Place, u8),
) -> Result<Part> {
    let rows = Entity::find()
        .filter(of(import).add(Column::ArchivedAt.is_null()))
        .filter(Condition::all().add_option(place.after.map(|after| Column::Id.gt(after))))
        .order_by_asc(Column::Id)
        .limit(PART)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    let Some(last) = rows.last() else { return Ok(Part::end_of(place, passes)) };
    let touched = touched(tx, viewer, &rows).await?;
    let taken: Vec<_> = rows.iter().filter(|row| !touched.has(row)).map(|row| row.id).collect();
    let part = Part::of(place, last.id.uuid(), (rows.len(), taken.len()));
    let now = app.clock.now();
    let archived = ActiveModel { archived_at: Set(Some(now)), ..Default::default() };
    Entity::update_many().set(archived).filter(Column::Id.is_in(taken.iter().copied())).exec(tx).await?;
    let things = taken.iter().map(|id| Thing { noun: Noun::Customer, id: id.uuid(), customer: Some(*id) });
    changes::write_all(tx, viewer.book, (ChangeKind::Updated, now), things).await?;
    Ok(part)
}

fn of(import: &import::Model) -> Condition {
    Condition::all().add(Column::ImportId.eq(import.id))
}
