//! Undoes imports: takes back all that an import made, as the deletion of each thing does, once, as long as nothing of it was changed.
//!
//! | file | owns |
//! |---|---|
//! | `record` | the record of each import: by which file, when, by whom, how much |
//! | `transactions`, `entries`, `customers` | what was changed since, and taking back the rest, some at a time |
//! | `part` | how far it has got |
//!
//! What is undone can be imported again: its lines get new keys, see `judge`. Categories that an import made stay,
//! since a category without transactions is in no report.
//!
//! An import of up to 5,000 objects is undone in one transaction. A larger one is undone in parts, so that others can write in between
//! (`undo_in_parts`): first all is checked and the record marked, from when on its lines count as undone; then everything is taken
//! back. What is changed in between stays, and is told. When it ends early, it goes on when it is asked for again.
//!
//! Locks as imports do: the book first.

pub mod record;

mod customers;
mod entries;
mod part;
mod transactions;

use async_graphql::{ID, InputObject};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, sea_query::LockType,
};
use serde::Serialize;

use self::part::{Changed, Part, Place};
use crate::{
    activity::ActivityEvent,
    app::App,
    bookkeeping::{book, document::Replayable, idempotency},
    db::Transaction,
    entity::{
        activity::Action,
        import::{Column, Entity, ImportKind, Model},
    },
    error::{Code, Detail, Error, Refusal, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// The most objects that are taken back in one transaction. Others wait for so long.
const MOST_TOGETHER: i64 = 5_000;

/// Which import to undo, as a whole.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "UndoImportInput")]
pub struct ImportUndoing {
    /// The id of the import to undo. One that was undone already is refused, and one of which anything was changed since.
    pub id: ID,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the import as it is now; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What undoing an import in parts came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// How many objects were taken back.
    pub taken: u64,
    /// How many stay, because they were changed while the others were taken back.
    pub kept: u64,
}

/// Undoes an import as a whole.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it was undone already; `CONFLICT` for what was changed since; `INSUFFICIENT_FUNDS` and
/// `WALLET_NOT_ACTIVE` when a wallet cannot give back what the import brought; `LIMIT_REACHED` when it made too much;
/// `IDEMPOTENCY_CONFLICT`. All at `id`, but the last.
pub async fn undo(app: &App, viewer: &Viewer, input: &ImportUndoing) -> Result<Replayable<Model>> {
    let idempotency = &idempotency::of(input.idempotency_key.as_deref(), &("undoImport", input))?;
    let _turn = app.db.long_write(viewer.book).await?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        book::lock(&tx, viewer).await?;
        // Locks the import before looking for the key: the same request may be running at this moment.
        let before = lock(&tx, viewer, &input.id).await;
        let act = ActivityEvent::by(viewer, Action::UndoImport).on_named(&input.id);
        if let Some(key) = &idempotency
            && let Some(id) = idempotency::find_used::<kind::Import>(&tx, viewer, key).await?
        {
            act.replayed().record(&tx, &app.clock).await?;
            return Ok(Replayable { document: expect(&tx, viewer, id).await?, replayed: true });
        }
        let before = before?;
        if before.made > MOST_TOGETHER || before.undoing_at.is_some() {
            return Err(too_large().into());
        }
        check(&tx, viewer, &before).await?;
        let mut place = Some(Place::default());
        while let Some(next) = place {
            let part = take_back(&tx, app, viewer, &before, next).await?;
            if part.kept > 0 {
                // Changed since it was checked.
                return Err(changed_meanwhile().into());
            }
            place = part.next;
        }
        let after = end(&tx, app, &before).await?;
        if let Some(key) = idempotency {
            idempotency::mark_used(&tx, viewer, key, after.id).await?;
        }
        act.changed(&before, &after).record(&tx, &app.clock).await?;
        Ok(Replayable { document: after, replayed: false })
    })
    .await
}

/// Undoes an import of any size; a large one in parts. Calls `report` with the number of objects that were looked at, part by part.
///
/// # Errors
/// As for [`undo`], but `LIMIT_REACHED`.
pub async fn undo_in_parts(
    app: &App,
    viewer: &Viewer,
    id: &ID,
    report: &mut (dyn FnMut(u64) + Send),
) -> Result<Undone> {
    let found = find(app.db.read(), viewer, id).await?;
    if found.made <= MOST_TOGETHER && found.undoing_at.is_none() {
        let undone = undo(app, viewer, &ImportUndoing { id: id.clone(), idempotency_key: None }).await?;
        let taken = u64::try_from(undone.document.made).unwrap_or_default();
        report(taken);
        return Ok(Undone { taken, kept: 0 });
    }
    let _turn = app.db.long_write(viewer.book).await?;
    let import = &begin(app, viewer, id).await?;
    let (mut place, mut undone, mut rests) = (Some(Place::default()), Undone::default(), app.db.pace());
    while let Some(next) = place {
        let part = app.db.write(|tx| async move {
            book::lock(&tx, viewer).await?;
            let part = take_back(&tx, app, viewer, import, next).await?;
            if part.taken > 0 {
                ActivityEvent::by(viewer, Action::UndoImport).on(import.id).record(&tx, &app.clock).await?;
            }
            Ok(part)
        });
        let Part { taken, kept, next } = part.await?;
        report(taken + kept);
        undone = Undone { taken: undone.taken + taken, kept: undone.kept + kept };
        place = next;
        rests.keep().await;
    }
    app.db
        .write(|tx| async move {
            let after = end(&tx, app, import).await?;
            let act = ActivityEvent::by(viewer, Action::UndoImport).on(import.id);
            act.changed(import, &after).record(&tx, &app.clock).await
        })
        .await?;
    Ok(undone)
}

/// Checks an import and marks that undoing it has begun, unless that was done before.
async fn begin(app: &App, viewer: &Viewer, id: &ID) -> Result<Model> {
    app.db
        .write(|tx| async move {
            book::lock(&tx, viewer).await?;
            let import = lock(&tx, viewer, id).await?;
            if import.undoing_at.is_some() {
                return Ok(import);
            }
            check(&tx, viewer, &import).await?;
            let mut begun = import.into_active_model();
            begun.undoing_at = Set(Some(app.clock.now()));
            Ok(begun.update(&tx).await?)
        })
        .await
}

/// Marks an import as undone.
async fn end(tx: &Transaction, app: &App, import: &Model) -> Result<Model> {
    if import.kind == ImportKind::Transactions {
        transactions::forget_same(tx, import).await?;
    }
    let now = app.clock.now();
    let mut undone = import.clone().into_active_model();
    undone.undoing_at = Set(Some(import.undoing_at.unwrap_or(now)));
    undone.undone_at = Set(Some(now));
    Ok(undone.update(tx).await?)
}

/// Refuses an import of which something was changed since, or whose money is not there any more.
async fn check(tx: &Transaction, viewer: &Viewer, import: &Model) -> Result<()> {
    let changed: Vec<Changed> = match import.kind {
        ImportKind::Transactions => transactions::changed(tx, viewer, import).await?,
        ImportKind::Entries => entries::changed(tx, viewer, import).await?,
        ImportKind::Customers => customers::changed(tx, viewer, import).await?,
    };
    if !changed.is_empty() {
        return Err(Error::Refused(changed.into_iter().map(Refusal::from).collect()));
    }
    if import.kind == ImportKind::Transactions {
        transactions::check_wallets(tx, viewer, import).await?;
    }
    Ok(())
}

async fn take_back(tx: &Transaction, app: &App, viewer: &Viewer, import: &Model, place: Place) -> Result<Part> {
    match import.kind {
        ImportKind::Transactions => transactions::take_back(tx, app, viewer, import, place).await,
        ImportKind::Entries => entries::take_back(tx, app, viewer, import, place).await,
        ImportKind::Customers => customers::take_back(tx, app, viewer, import, (place, 1)).await,
    }
}

/// Finds an import of the viewer's book that was not undone, and locks it.
async fn lock(tx: &Transaction, viewer: &Viewer, id: &ID) -> Result<Model> {
    let id: Id<kind::Import> = id.parse().map_err(|_| missing())?;
    let own = Entity::find_by_id(id).filter(Column::BookId.eq(viewer.book));
    let found = own.lock(LockType::NoKeyUpdate).one(tx).await?.ok_or_else(missing)?;
    if found.undone_at.is_some() {
        let message = "This import was undone already. To make it again, import the file again.";
        return Err(Refusal::new(Code::NotAllowed, "id", message).into());
    }
    Ok(found)
}

async fn find(conn: &impl ConnectionTrait, viewer: &Viewer, id: &ID) -> Result<Model> {
    let id: Id<kind::Import> = id.parse().map_err(|_| missing())?;
    let found = record::find_many(conn, viewer, [id]).await?.pop();
    Ok(found.ok_or_else(missing)?)
}

/// The import of the viewer's book with this id.
async fn expect(conn: &impl ConnectionTrait, viewer: &Viewer, id: Id<kind::Import>) -> Result<Model> {
    let found = record::find_many(conn, viewer, [id]).await?.pop();
    Ok(found.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?)
}

fn missing() -> Refusal {
    Refusal::new(Code::NotFound, "id", "You have no such import.")
}

fn too_large() -> Refusal {
    let message = format!(
        "The import made more than {MOST_TOGETHER} objects. Undo it on the server with the command `daybook import --undo`."
    );
    let most = Detail::MostItems(u64::try_from(MOST_TOGETHER).unwrap_or_default());
    Refusal::new(Code::LimitReached, "id", message).with(most)
}

fn changed_meanwhile() -> Refusal {
    Refusal::new(Code::Conflict, "id", "Something of the import was changed at this moment. Send the request again.")
}
