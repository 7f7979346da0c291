//! Ids of new objects: made by the server, or chosen by the client.
//!
//! A client that chooses the id can send a request again without making the object twice. The table `client_id` holds the
//! ids that were chosen, each with the hash of its input. [`claim`] inserts the id before anything else is read. So of two
//! requests with one id at the same time, the second waits for the first to end, and then sees what it did. When the
//! request is refused, the transaction is rolled back and the id is free again.
//!
//! | the id | answer |
//! |---|---|
//! | is new | the object is created with it |
//! | was used in this book for the same input | the object as it is now |
//! | was used in this book for another input, or its UUID is that of the book or of an object in [`TABLES`] | `IDEMPOTENCY_CONFLICT` |
//! | is malformed, has another prefix or is no UUID v7, or its UUID is used so in another book | `INVALID`, with the same message |
//!
//! A well-formed id that is `INVALID` tells that another book uses it. That is no secret worth keeping, since ids cannot be
//! guessed. Objects of other kinds are not compared: clients cannot choose ids with their prefixes.
//!
//! No list is ordered by these ids, since a client may put any time into a UUID v7. Each object has a `position` for that,
//! which the server makes.

use async_graphql::ID;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query};
use sea_query::{Expr, ExprTrait, OnConflict, Query, UnionType};
use serde::Serialize;
use type_safe_id::StaticType;
use uuid::Uuid;

use super::{idempotency, journal::NO_HASH};
use crate::{
    db::Transaction,
    entity::client_id,
    error::{Code, Detail, Refusal, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// The id of a new object, and its place in lists.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewId<K: StaticType> {
    /// The id.
    pub(super) id: Id<K>,
    /// Orders the object among those with the same date, name or amount.
    pub(super) position: Uuid,
}

/// The id of an object that is to be created: chosen by the client and free, or still to be made by the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct FreeId<K: StaticType>(Option<Id<K>>);

/// An id that a client chose, with the hash of the input that it came with.
#[derive(Clone, Debug)]
pub(super) struct ClientId {
    id: ID,
    request_hash: Vec<u8>,
}

/// The result of [`claim`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Claim<K: StaticType> {
    /// The object is to be created.
    New(FreeId<K>),
    /// An earlier request with the same input created the object.
    Used(Id<K>),
}

impl<K: StaticType> NewId<K> {
    /// An id made by the server.
    pub(super) fn generate() -> Self {
        let position = Uuid::now_v7();
        Self { id: Id::from_uuid(position), position }
    }

    /// The same with the id of another kind, for objects that share it.
    pub(super) fn cast<L: StaticType>(self) -> NewId<L> {
        NewId { id: self.id.cast(), position: self.position }
    }
}

impl<K: StaticType + Copy> FreeId<K> {
    /// The id for the object, which is written next. Must be called when all locks are held: the positions of objects are
    /// then in the order in which they are written.
    pub(super) fn take(self) -> NewId<K> {
        let made = NewId::generate();
        NewId { id: self.0.unwrap_or(made.id), ..made }
    }

    /// Gives the id up, for a request whose refusal is committed.
    pub(super) async fn release(self, tx: &Transaction) -> Result<()> {
        if let Self(Some(id)) = self {
            client_id::Entity::delete_by_id(id.uuid()).exec(tx).await?;
        }
        Ok(())
    }
}

impl ClientId {
    /// The id that a client chose, if it chose one. The input is compared by its JSON, as for idempotency keys; it must
    /// contain neither the id nor the key.
    ///
    /// # Errors
    /// When the input cannot be written as JSON.
    pub(super) fn of(id: Option<&ID>, input: &impl Serialize) -> Result<Option<Self>> {
        let Some(id) = id else { return Ok(None) };
        Ok(Some(Self { id: id.clone(), request_hash: idempotency::hash(input)? }))
    }
}

/// Reserves the id that a client chose for a new object, if it chose one.
///
/// # Errors
/// `INVALID` and `IDEMPOTENCY_CONFLICT` at `id`. The caller must then roll the transaction back.
pub(super) async fn claim<K: StaticType + Copy>(
    tx: &Transaction,
    viewer: &Viewer,
    wanted: Option<&ClientId>,
) -> Result<Claim<K>> {
    let Some(wanted) = wanted else { return Ok(Claim::New(FreeId(None))) };
    let id: Id<K> = wanted.id.parse().ok().filter(|id: &Id<K>| id.is_v7()).ok_or_else(unusable::<K>)?;
    let row = client_id::Model { id: id.uuid(), book_id: viewer.book, request_hash: wanted.request_hash.clone() };
    let unless_used = OnConflict::column(client_id::Column::Id).do_nothing().to_owned();
    let inserted = client_id::Entity::insert(row.clone().into_active_model())
        .on_conflict(unless_used)
        .exec_without_returning(tx)
        .await?;
    let earlier = client_id::Entity::find_by_id(id.uuid()).filter(client_id::Column::BookId.eq(viewer.book));
    if inserted == 0 {
        return match earlier.one(tx).await? {
            None => Err(unusable::<K>().into()),
            Some(earlier) if earlier == row => Ok(Claim::Used(id)),
            Some(_) => Err(conflict(&id).into()),
        };
    }
    match book_of(tx, id.uuid()).await? {
        None => Ok(Claim::New(FreeId(Some(id)))),
        Some(book) if book == viewer.book => Err(conflict(&id).into()),
        Some(_) => Err(unusable::<K>().into()),
    }
}

/// Forgets the inputs that these ids were used with, because they told of a customer who was erased. The ids stay used, and a
/// request with one of them is refused as if it had another input.
///
/// # Errors
/// When the database fails.
pub(super) async fn forget_inputs(tx: &Transaction, ids: impl IntoIterator<Item = Uuid>) -> Result<()> {
    let forgotten = client_id::Entity::update_many();
    let forgotten = forgotten.col_expr(client_id::Column::RequestHash, Expr::value(NO_HASH.to_vec()));
    forgotten.filter(client_id::Column::Id.is_in(ids)).exec(tx).await?;
    Ok(())
}

/// The tables of objects whose ids clients may choose. Invoices, receipts and notes share their ids with their ledger entries.
pub(super) const TABLES: [&str; 5] = ["wallet", "customer", "category", "ledger_entry", "transaction"];

/// The book of the object with this UUID, of whatever kind. Objects that own documents or accounts must not share a UUID
/// even if their kinds differ, because the journal knows them by the UUID alone.
async fn book_of(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Id<kind::Book>>> {
    let arm = |(table, book): (&'static str, &'static str)| {
        Query::select().expr_as(Expr::col(book), "book_id").from(table).and_where(Expr::col("id").eq(id)).take()
    };
    let mut found = arm(("book", "id"));
    for table in TABLES {
        found.union(UnionType::All, arm((table, "book_id")));
    }
    let row = conn.query_one(&found).await?;
    Ok(row.map(|row| row.try_get("", "book_id")).transpose()?)
}

/// The refusal of an id that cannot be given to a new object. Does not say why, see the module.
fn unusable<K: StaticType>() -> Refusal {
    let message =
        format!("This is no id for a new object. Give `{}_` and a new UUID of version 7 in TypeID form.", K::TYPE);
    Refusal::new(Code::Invalid, "id", message)
}

fn conflict<K: StaticType>(id: &Id<K>) -> Refusal {
    let message = "This id was already used for another object or with another input.";
    Refusal::new(Code::IdempotencyConflict, "id", message).with(Detail::Current(id.to_string()))
}
