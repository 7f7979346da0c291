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
//! An import of up to 5,000 objects is undone in one transaction. A larger one is undone in parts, so that others can write in between:
//! first all is checked and the record marked, from when on its lines count as undone; then everything is taken back. What is changed
//! in between stays, and is told. When it ends early, it goes on when it is asked for again; so a request takes back 5,000 at most.
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
    bookkeeping::{book, document::Replayable, idempotency, journal::Idempotency},
    db::Transaction,
    entity::{
        activity::Action,
        import::{Column, Entity, ImportKind, Model},
    },
    error::{Code, Error, Refusal, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// The most objects that are taken back in one transaction, for which others wait, and in one request.
const MOST_TOGETHER: u64 = 5_000;

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

/// What undoing an import came to.
#[derive(Clone, Debug)]
pub struct Undone {
    /// The import as it is now.
    pub import: Model,
    /// How many objects were taken back.
    pub taken: u64,
    /// How many stay, because they were changed while the others were taken back.
    pub kept: u64,
}

/// Undoes an import as a whole. A large one has to be asked for several times, until [`Model::undone_at`] is set.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it was undone already; `CONFLICT` for what was changed since; `INSUFFICIENT_FUNDS` and
/// `WALLET_NOT_ACTIVE` when a wallet cannot give back what the import brought; `IDEMPOTENCY_CONFLICT`. All at `id`, but the last.
pub async fn undo(app: &App, viewer: &Viewer, input: &ImportUndoing) -> Result<Replayable<Undone>> {
    let idempotency = idempotency::of(input.idempotency_key.as_deref(), &("undoImport", input))?;
    let _turn = app.db.long_write(viewer.book).await?;
    if is_large(app, viewer, &input.id).await? {
        let document = in_parts(app, viewer, &input.id, idempotency?.as_ref(), MOST_TOGETHER, &mut |_| {}).await?;
        return Ok(Replayable { document, replayed: false });
    }
    together(app, viewer, input, &idempotency).await
}

/// Undoes an import of any size. Calls `report` with the number of objects that were looked at, part by part.
///
/// # Errors
/// As for [`undo`].
pub async fn undo_wholly(app: &App, viewer: &Viewer, id: &ID, report: &mut (dyn FnMut(u64) + Send)) -> Result<Undone> {
    let _turn = app.db.long_write(viewer.book).await?;
    if is_large(app, viewer, id).await? {
        return in_parts(app, viewer, id, None, u64::MAX, report).await;
    }
    let input = ImportUndoing { id: id.clone(), idempotency_key: None };
    let undone = together(app, viewer, &input, &Ok(None)).await?.document;
    report(undone.taken);
    Ok(undone)
}

/// Whether there is an import with this id, not undone, that is undone in parts.
async fn is_large(app: &App, viewer: &Viewer, id: &ID) -> Result<bool> {
    let Ok(id) = id.parse() else { return Ok(false) };
    let found = record::find_many(app.db.read(), viewer, [id]).await?;
    let is_large = |import: &Model| u64::try_from(import.made).is_ok_and(|made| made > MOST_TOGETHER);
    Ok(found.iter().any(|import| import.undone_at.is_none() && (is_large(import) || import.undoing_at.is_some())))
}

/// Undoes an import in one transaction.
async fn together(
    app: &App,
    viewer: &Viewer,
    input: &ImportUndoing,
    idempotency: &Result<Option<Idempotency>, Refusal>,
) -> Result<Replayable<Undone>> {
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
            let document = Undone { import: expect(&tx, viewer, id).await?, taken: 0, kept: 0 };
            return Ok(Replayable { document, replayed: true });
        }
        let before = before?;
        check(&tx, viewer, &before).await?;
        let (mut place, mut taken) = (Some(Place::default()), 0);
        while let Some(next) = place {
            let part = take_back(&tx, app, viewer, &before, next).await?;
            if part.kept > 0 {
                // Changed since it was checked.
                return Err(changed_meanwhile().into());
            }
            taken += part.taken;
            place = part.next;
        }
        let import = end(&tx, app, viewer, &before, idempotency.as_ref()).await?;
        act.changed(&before, &import).record(&tx, &app.clock).await?;
        Ok(Replayable { document: Undone { import, taken, kept: 0 }, replayed: false })
    })
    .await
}

/// Takes back what an import made, part by part, until at least `most` objects are taken back or there are no more.
async fn in_parts(
    app: &App,
    viewer: &Viewer,
    id: &ID,
    key: Option<&Idempotency>,
    most: u64,
    report: &mut (dyn FnMut(u64) + Send),
) -> Result<Undone> {
    let import = &begin(app, viewer, id, key).await?;
    let mut undone = Undone { import: import.clone(), taken: 0, kept: 0 };
    let (mut place, mut rests) = (import.undone_at.is_none().then(Place::default), app.db.pace());
    while let Some(next) = place {
        if undone.taken >= most {
            return Ok(undone);
        }
        let part = app.db.write(|tx| async move {
            book::lock(&tx, viewer).await?;
            let part = take_back(&tx, app, viewer, import, next).await?;
            if part.taken > 0 {
                ActivityEvent::by(viewer, Action::UndoImport).on(import.id).record(&tx, &app.clock).await?;
            }
            Ok(part)
        });
        let part = part.await?;
        report(part.taken + part.kept);
        undone.taken += part.taken;
        undone.kept += part.kept;
        place = part.next;
        rests.keep().await;
    }
    let ended = app.db.write(|tx| async move {
        book::lock(&tx, viewer).await?;
        let before = expect(&tx, viewer, import.id).await?;
        let key = match key {
            Some(key) if idempotency::find_used::<kind::Import>(&tx, viewer, key).await?.is_none() => Some(key),
            _ => None,
        };
        let after = end(&tx, app, viewer, &before, key).await?;
        if before.undone_at.is_none() {
            let act = ActivityEvent::by(viewer, Action::UndoImport).on(import.id);
            act.changed(&before, &after).record(&tx, &app.clock).await?;
        }
        Ok(after)
    });
    Ok(Undone { import: ended.await?, ..undone })
}

/// Checks an import and marks that undoing it has begun, unless that was done before. Another server may have ended it by the same
/// request.
async fn begin(app: &App, viewer: &Viewer, id: &ID, key: Option<&Idempotency>) -> Result<Model> {
    app.db
        .write(|tx| async move {
            book::lock(&tx, viewer).await?;
            let import = lock(&tx, viewer, id).await;
            if let Some(key) = key
                && let Some(used) = idempotency::find_used::<kind::Import>(&tx, viewer, key).await?
            {
                return expect(&tx, viewer, used).await;
            }
            let import = import?;
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

/// Marks an import as undone, unless it is, and the key of the request as used.
async fn end(tx: &Transaction, app: &App, viewer: &Viewer, import: &Model, key: Option<&Idempotency>) -> Result<Model> {
    if let Some(key) = key {
        idempotency::mark_used(tx, viewer, key.clone(), import.id).await?;
    }
    if import.undone_at.is_some() {
        return Ok(import.clone());
    }
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

/// The import of the viewer's book with this id.
async fn expect(conn: &impl ConnectionTrait, viewer: &Viewer, id: Id<kind::Import>) -> Result<Model> {
    let found = record::find_many(conn, viewer, [id]).await?.pop();
    Ok(found.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?)
}

fn missing() -> Refusal {
    Refusal::new(Code::NotFound, "id", "You have no such import.")
}

fn changed_meanwhile() -> Refusal {
    Refusal::new(Code::Conflict, "id", "Something of the import was changed at this moment. Send the request again.")
}
