//! Categories of income and expenses: creating, renaming, archiving and restoring them.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::LockType,
};
use serde::Serialize;

pub use super::category_reference::{CategoryRef, find};
use super::category_reference::{LONGEST_NAME, key};
use crate::{
    activity::{self, ActivityEvent, AuditFields, Field, field},
    app::App,
    bookkeeping::{
        book,
        creation::{self, Begun},
        document::Replayable,
        journal::{self, Turnover},
        new_id::ClientId,
    },
    db::Transaction,
    entity::{
        account::AccountKind,
        activity::Action,
        budget,
        category::{self, CategoryKind},
    },
    error::{Code, Detail, Refusal, Refusals, Result},
    id::{Id, kind},
    text,
    viewer::Viewer,
};

/// The most categories that a book may have, archived ones included, since the list of categories is not paginated.
const MOST_CATEGORIES: u64 = 200;

/// The categories of a new book.
const FIRST: [(&str, CategoryKind); 7] = [
    ("Food", CategoryKind::Expense),
    ("Data", CategoryKind::Expense),
    ("Transport", CategoryKind::Expense),
    ("Miscellaneous", CategoryKind::Expense),
    ("Savings", CategoryKind::Expense),
    ("Salary", CategoryKind::Income),
    ("Other income", CategoryKind::Income),
];

/// The name and the kind of the category to create.
// The ids that clients choose are compared by the JSON of this type, and never expire: leave a new field out of it when
// absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "CreateCategoryInput")]
pub struct NewCategory {
    /// An id that you choose: `category_` and a new UUID of version 7, in the TypeID form. It makes it safe to send the same
    /// request again: when the id was already used in this book, the same input changes nothing and returns the category as
    /// it is now; another input fails with `IDEMPOTENCY_CONFLICT`. Default: an id made by the server.
    #[serde(skip)]
    pub id: Option<ID>,
    /// The name of the category, 1 to 60 characters. It must be unique in the book, ignoring case; accents count.
    pub name: String,
    /// Whether the category is for income or for expenses. It cannot be changed later.
    pub kind: CategoryKind,
}

/// The fields of the category to change. Omitted fields stay as they are.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "UpdateCategoryInput")]
pub struct CategoryChange {
    /// The id of the category to change, which may be archived.
    pub id: ID,
    /// The new name, 1 to 60 characters. It must be unique in the book, ignoring case; accents count.
    pub name: Option<String>,
}

/// The categories of the viewer's book, either the archived ones or the others: income first, then by name.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    kind: Option<CategoryKind>,
    archived: bool,
) -> Result<Vec<category::Model>> {
    use category::Column;
    let categories = category::Entity::find()
        .filter(Column::BookId.eq(viewer.book))
        .filter(if archived { Column::ArchivedAt.is_not_null() } else { Column::ArchivedAt.is_null() })
        .filter(Condition::all().add_option(kind.map(|kind| Column::Kind.eq(kind))));
    Ok(categories.order_by_desc(Column::Kind).order_by_asc(Column::NameKey).all(conn).await?)
}

/// All categories of the viewer's book, archived ones included: income first, then by name.
///
/// # Errors
/// When the database fails.
pub async fn all(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Vec<category::Model>> {
    let categories = category::Entity::find().filter(category::Column::BookId.eq(viewer.book));
    Ok(categories.order_by_desc(category::Column::Kind).order_by_asc(category::Column::NameKey).all(conn).await?)
}

/// The categories of the viewer's book with these ids; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Category>>,
) -> Result<Vec<category::Model>> {
    let categories = category::Entity::find().filter(category::Column::BookId.eq(viewer.book));
    Ok(categories.filter(category::Column::Id.is_in(ids)).all(conn).await?)
}

/// The amount of a category in minor units, given the turnover of its account: positive for income received and for
/// money spent, less refunds.
pub(super) fn amount(kind: CategoryKind, moved: Turnover) -> i64 {
    match kind {
        CategoryKind::Income => moved.credits - moved.debits,
        CategoryKind::Expense => moved.debits - moved.credits,
    }
}

/// The refunds of a category in minor units, given the turnover of its account. [`amount()`] is lowered by them.
pub(super) fn refunded(kind: CategoryKind, moved: Turnover) -> i64 {
    match kind {
        CategoryKind::Income => moved.debits,
        CategoryKind::Expense => moved.credits,
    }
}

/// The kind of the accounts that categories of this kind have.
pub(super) fn account_kind(kind: CategoryKind) -> AccountKind {
    match kind {
        CategoryKind::Income => AccountKind::Income,
        CategoryKind::Expense => AccountKind::Expense,
    }
}

/// Refuses an archived category in a new document or budget.
///
/// # Errors
/// `NOT_ALLOWED` when it is archived.
pub(in crate::bookkeeping) fn refuse_archived(category: &category::Model, path: &str) -> Result<(), Refusal> {
    if category.archived_at.is_none() {
        return Ok(());
    }
    let message = format!("The category {} is archived. Restore it first.", category.name);
    Err(Refusal::new(Code::NotAllowed, path, message))
}

/// Adds the default categories to a new book.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &Transaction, book_id: Id<kind::Book>, now: DateTime<Utc>) -> Result<()> {
    let first = FIRST.map(|(name, kind)| row(book_id, Id::generate(), name.to_owned(), kind, now).into_active_model());
    category::Entity::insert_many(first).exec_without_returning(tx).await?;
    Ok(())
}

/// Creates a category.
///
/// # Errors
/// `INVALID` and `TAKEN` for the name; `LIMIT_REACHED` when the book has as many as it may have; `INVALID` and
/// `IDEMPOTENCY_CONFLICT` for the id, and `NOT_FOUND` when the category that was created with it has been deleted.
pub async fn create(app: &App, viewer: &Viewer, new: &NewCategory) -> Result<Replayable<category::Model>> {
    let client_id = &ClientId::of(new.id.as_ref(), &("createCategory", new))?;
    creation::write(app, viewer, new.id.as_ref(), &Ok(None), |tx| async move {
        let act = ActivityEvent::by(viewer, Action::CreateCategory);
        let free = match creation::begin(&tx, app, viewer, act.clone(), client_id.as_ref(), None).await? {
            Begun::New(free) => free,
            Begun::Earlier(id) => return replay(&tx, viewer, id?).await,
        };
        let name = text::line(&new.name, LONGEST_NAME, "name")?;
        book::lock(&tx, viewer).await?;
        let category = row(viewer.book, free.take().id, name, new.kind, app.clock.now());
        let mut refusals = Refusals::default();
        refusals.extend(taken(&tx, &category).await?);
        let own = category::Entity::find().filter(category::Column::BookId.eq(viewer.book));
        refusals.extend(refuse_more(own.count(&tx).await?));
        refusals.none()?;
        category::Entity::insert(category.clone().into_active_model()).exec_without_returning(&tx).await?;
        act.on(category.id).record(&tx, &app.clock).await?;
        Ok(Replayable { document: category, replayed: false })
    })
    .await
}

/// The category that an earlier request created.
async fn replay(tx: &Transaction, viewer: &Viewer, id: Id<kind::Category>) -> Result<Replayable<category::Model>> {
    let found = find_many(tx, viewer, [id]).await?.pop();
    // A category that was never used is deleted for good. It must not come back because a request arrives twice.
    let deleted = || Refusal::new(Code::NotFound, "id", "The category with this id was deleted.");
    Ok(Replayable { document: found.ok_or_else(deleted)?, replayed: true })
}

/// The refusal when the book has `count` categories already and may have no more.
fn refuse_more(count: u64) -> Option<Refusal> {
    let message = || format!("A book can have at most {MOST_CATEGORIES} categories.");
    let most = Detail::MostItems(MOST_CATEGORIES);
    (count >= MOST_CATEGORIES).then(|| Refusal::new(Code::LimitReached, "", message()).with(most))
}

/// Builds a category for a book that has `count` categories so far. The caller has checked that none has this name, and
/// inserts the row.
///
/// # Errors
/// `INVALID` for the name; `LIMIT_REACHED` when the book has as many as it may have.
pub(in crate::bookkeeping) fn another(
    viewer: &Viewer,
    count: usize,
    name: &str,
    kind: CategoryKind,
    now: DateTime<Utc>,
) -> Result<category::Model, Refusal> {
    let name = text::line(name, LONGEST_NAME, "name")?;
    match refuse_more(u64::try_from(count).unwrap_or(u64::MAX)) {
        Some(refusal) => Err(refusal),
        None => Ok(row(viewer.book, Id::generate(), name, kind, now)),
    }
}

/// Inserts new categories. The caller must hold the lock on the book.
pub(in crate::bookkeeping) async fn insert(tx: &Transaction, new: Vec<category::Model>) -> Result<()> {
    if !new.is_empty() {
        let rows = new.into_iter().map(IntoActiveModel::into_active_model);
        category::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// All categories of the viewer's book, locked against deletion until the end of the transaction.
pub(in crate::bookkeeping) async fn lock_all(tx: &Transaction, viewer: &Viewer) -> Result<Vec<category::Model>> {
    let categories = category::Entity::find().filter(category::Column::BookId.eq(viewer.book));
    Ok(categories.order_by_asc(category::Column::Id).lock(LockType::KeyShare).all(tx).await?)
}

/// Renames a category.
///
/// # Errors
/// `NOT_FOUND`; `INVALID` and `TAKEN` for the name.
pub async fn update(app: &App, viewer: &Viewer, change: &CategoryChange) -> Result<category::Model> {
    app.db
        .write(|tx| async move {
            let mut refusals = Refusals::default();
            let category = refusals.take(lock(&tx, viewer, &change.id).await)?;
            let name = change.name.as_deref().and_then(|name| refusals.check(text::line(name, LONGEST_NAME, "name")));
            let Some(before) = category else { return Err(refusals.into()) };
            refusals.none()?;
            let category = match name {
                // The key of a name that is as old as two equal names is not made from the name alone.
                Some(name) if name != before.name => category::Model { name_key: key(&name), name, ..before.clone() },
                _ => before.clone(),
            };
            let mut refusals = Refusals::default();
            refusals.extend(taken(&tx, &category).await?);
            refusals.none()?;
            let after = category.into_active_model().reset_all().update(&tx).await?;
            let act = ActivityEvent::by(viewer, Action::UpdateCategory).on(after.id).changed(&before, &after);
            act.record(&tx, &app.clock).await?;
            Ok(after)
        })
        .await
}

/// Deletes a category, or archives it when a transaction or budget uses or used it. Returns the category; its
/// `archived_at` tells whether it was archived.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn delete(app: &App, viewer: &Viewer, id: &ID) -> Result<category::Model> {
    app.db
        .write(|tx| async move {
            let before = lock(&tx, viewer, id).await?;
            let act = ActivityEvent::by(viewer, Action::DeleteCategory).on(before.id);
            if !is_used(&tx, &before).await? {
                category::Entity::delete_by_id(before.id).exec(&tx).await?;
                act.removed(&before).record(&tx, &app.clock).await?;
                return Ok(before);
            }
            let archived_at = before.archived_at.unwrap_or_else(|| app.clock.now());
            let after = set_archived(&tx, &before, Some(archived_at)).await?;
            act.changed(&before, &after).record(&tx, &app.clock).await?;
            Ok(after)
        })
        .await
}

/// Restores an archived category.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn restore(app: &App, viewer: &Viewer, id: &ID) -> Result<category::Model> {
    app.db
        .write(|tx| async move {
            let before = lock(&tx, viewer, id).await?;
            let after = set_archived(&tx, &before, None).await?;
            let act = ActivityEvent::by(viewer, Action::RestoreCategory).on(after.id).changed(&before, &after);
            act.record(&tx, &app.clock).await?;
            Ok(after)
        })
        .await
}

async fn set_archived(
    tx: &Transaction,
    category: &category::Model,
    archived_at: Option<DateTime<Utc>>,
) -> Result<category::Model> {
    let archived_at = Set(archived_at);
    Ok(category::ActiveModel { archived_at, ..category.clone().into_active_model() }.update(tx).await?)
}

/// Locks a category of the viewer's book, so that no other transaction can start to use it.
async fn lock(tx: &Transaction, viewer: &Viewer, id: &ID) -> Result<category::Model> {
    let missing = || Refusal::new(Code::NotFound, "id", "You have no such category.");
    let id: Id<kind::Category> = id.parse().map_err(|_| missing())?;
    let own = category::Entity::find_by_id(id).filter(category::Column::BookId.eq(viewer.book));
    Ok(own.lock(LockType::Update).one(tx).await?.ok_or_else(missing)?)
}

/// Whether a transaction or budget uses the category, or a transaction used it in an earlier version.
async fn is_used(conn: &impl ConnectionTrait, category: &category::Model) -> Result<bool> {
    // An earlier version of a transaction that was moved to another category is still posted on this category's
    // account, so the account must keep its category.
    let accounts = journal::of_holders(conn, account_kind(category.kind), [category.id.cast()]).await?;
    let budget = budget::Entity::find().filter(budget::Column::CategoryId.eq(category.id));
    Ok(!accounts.is_empty() || budget.one(conn).await?.is_some())
}

/// The refusal when another category of the book has the same name.
async fn taken(conn: &impl ConnectionTrait, category: &category::Model) -> Result<Option<Refusal>> {
    let other = category::Entity::find()
        .filter(category::Column::BookId.eq(category.book_id))
        .filter(category::Column::NameKey.eq(&category.name_key))
        .filter(category::Column::Id.ne(category.id))
        .one(conn)
        .await?;
    Ok(other.map(|other| {
        let message = match other.archived_at {
            Some(_) => format!(
                "The category {} has this name and is archived. Restore it, or choose another name.",
                other.name
            ),
            None => format!("There is already a category {}.", other.name),
        };
        Refusal::taken("name", &other.id, message)
    }))
}

fn row(
    book_id: Id<kind::Book>,
    id: Id<kind::Category>,
    name: String,
    kind: CategoryKind,
    now: DateTime<Utc>,
) -> category::Model {
    category::Model { id, book_id, kind, name_key: key(&name), name, archived_at: None, created_at: now }
}

impl AuditFields for category::Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![
            field("name", Some(&self.name)),
            field("kind", Some(self.kind.to_value())),
            field("archivedAt", activity::time(self.archived_at)),
        ]
    }
}
