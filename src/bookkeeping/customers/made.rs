//! Customers whom an import makes of the lines of a file.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use phonenumber::country;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::customer::{self, NewCustomer};
use crate::{
    bookkeeping::{contact, new_id::NewId},
    changes::{self, Thing},
    db::Transaction,
    entity::{
        change::{ChangeKind, Noun},
        customer::{Column, Entity, Model},
    },
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// The number of rows inserted by one statement.
const AT_ONCE: usize = 200;

/// A new customer with these details, who is not inserted yet.
///
/// # Errors
/// `INVALID` for each detail that is not valid.
pub(in crate::bookkeeping) fn of(
    viewer: &Viewer,
    new: NewCustomer,
    region: Option<country::Id>,
    import_id: Id<kind::Import>,
    now: DateTime<Utc>,
) -> Result<Model, Refusals> {
    let mut made = customer::blank(viewer, NewId::generate(), now);
    made.import_id = Some(import_id);
    let refusals = customer::change(&mut made, &new.into(), region);
    if refusals.is_empty() { Ok(made) } else { Err(refusals) }
}

/// A new customer of whom only the name is known, who is not inserted yet.
///
/// # Errors
/// `INVALID` at `customer`.
pub(in crate::bookkeeping) fn named(
    viewer: &Viewer,
    name: &str,
    import_id: Id<kind::Import>,
    now: DateTime<Utc>,
) -> Result<Model, Refusal> {
    let new = NewCustomer { name: name.to_owned(), ..NewCustomer::default() };
    of(viewer, new, None, import_id, now).map_err(|refusals| {
        let first = refusals.into_vec().into_iter().next();
        let refusal = first.unwrap_or_else(|| Refusal::new(Code::Invalid, "", "The name is not valid."));
        Refusal { path: "customer".to_owned(), ..refusal }
    })
}

/// Inserts customers.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn insert(tx: &Transaction, made: &[Model]) -> Result<()> {
    for some in made.chunks(AT_ONCE) {
        let rows = some.iter().cloned().map(IntoActiveModel::into_active_model);
        Entity::insert_many(rows).exec_without_returning(tx).await?;
        let Some(Model { book_id, created_at, .. }) = some.first() else { continue };
        let things =
            some.iter().map(|made| Thing { noun: Noun::Customer, id: made.id.uuid(), customer: Some(made.id) });
        changes::write_all(tx, *book_id, (ChangeKind::Created, *created_at), things).await?;
    }
    Ok(())
}

/// The customers of the viewer's book who are not archived and have one of these phone numbers, in whichever spelling.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn with_phones(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    phones: impl Iterator<Item = String>,
    region: Option<country::Id>,
) -> Result<Vec<Model>> {
    let spellings: HashSet<_> = phones.flat_map(|phone| contact::spellings(&phone, region)).collect();
    if spellings.is_empty() {
        return Ok(Vec::new());
    }
    let customers = Entity::find().filter(Column::BookId.eq(viewer.book)).filter(Column::ArchivedAt.is_null());
    Ok(customers.filter(Column::Phone.is_in(spellings)).all(conn).await?)
}

/// Whether two phone numbers, the second normalized in a region, are one.
pub(in crate::bookkeeping) fn is_same_phone(stored: &str, phone: &str, region: Option<country::Id>) -> bool {
    contact::spellings(phone, region).iter().any(|spelling| spelling == stored)
}
