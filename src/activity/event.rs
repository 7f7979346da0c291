//! Writes the activity log: what was done and what was refused.

use std::net::IpAddr;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel,
    Iterable, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{CommonTableExpression, Expr, InsertStatement, LockType, Query, SelectStatement, UnionType},
};
use type_safe_id::StaticType;

use super::{
    change::{AuditFields, Change, diff},
    stored::{OF_ITSELF, about, changes, written},
};
use crate::{
    app::App,
    changes::changes_of,
    clock::Clock,
    db::{Transaction, Writes},
    entity::{
        activity::{self, Action, Outcome},
        change::{self, ChangeKind},
        user,
    },
    error::{Code, Error, Refusal, Result},
    id::{Id, is_id, kind},
    moment::Moment,
    viewer::Viewer,
};

/// An event for the activity log. Its outcome is `DONE` unless [`ActivityEvent::refused`] or [`ActivityEvent::replayed`] changes it.
#[derive(Clone, Debug)]
#[must_use = "it is not on record yet"]
pub struct ActivityEvent {
    who: Option<(Id<kind::Book>, Id<kind::User>)>,
    session: Option<Id<kind::Session>>,
    address: Option<IpAddr>,
    action: Action,
    outcome: Outcome,
    codes: Vec<Code>,
    thing: Option<String>,
    /// The wallet transaction that the event made, or recorded as refused.
    made: Option<Id<kind::Entry>>,
    changes: Vec<Change>,
    /// The customer that the object belongs to.
    customer: Option<Id<kind::Customer>>,
    /// What was done with the object, where its fields before are known.
    done: Option<ChangeKind>,
}

impl ActivityEvent {
    /// An event caused by the viewer.
    pub fn by(viewer: &Viewer, action: Action) -> Self {
        let who = Some((viewer.book, viewer.user));
        Self { who, session: viewer.session, ..Self::of_nobody(viewer.address, action) }
    }

    /// An event caused by somebody who is not logged in and of whom only the address is known.
    pub fn of_nobody(address: Option<IpAddr>, action: Action) -> Self {
        Self {
            who: None,
            session: None,
            address,
            action,
            outcome: Outcome::Done,
            codes: Vec::new(),
            thing: None,
            made: None,
            changes: Vec::new(),
            customer: None,
            done: None,
        }
    }

    /// Sets the object that the event is about.
    pub fn on<K: StaticType + Copy>(self, thing: Id<K>) -> Self {
        Self { thing: Some(thing.to_string()), ..self }
    }

    /// Sets the wallet transaction that the event made, or recorded as refused, whose id becomes its own. The event of a repeat has an id of its own, and names
    /// the wallet transaction by [`ActivityEvent::on`].
    pub fn made(self, entry: Id<kind::Entry>) -> Self {
        Self { made: Some(entry), ..self }
    }

    /// Sets the object that the event is about from an id that the client sent. Sets none when the text is not an id,
    /// since the client may have sent anything.
    pub fn on_named(self, id: &str) -> Self {
        Self { thing: is_id(id).then(|| id.to_owned()), ..self }
    }

    /// Sets the object that the event is about, if none is set yet.
    pub fn or_on<K: StaticType + Copy>(self, thing: Id<K>) -> Self {
        if self.thing.is_none() { self.on(thing) } else { self }
    }

    /// Sets the customer that the object belongs to, so that those hear of its change who follow the customer.
    pub fn of_customer(self, customer: Id<kind::Customer>) -> Self {
        Self { customer: Some(customer), ..self }
    }

    /// Records the fields that differ between the object before and after the event.
    pub fn changed(self, before: &impl AuditFields, after: &impl AuditFields) -> Self {
        let changes = diff(before.audit_fields(), after.audit_fields());
        Self { changes, done: Some(ChangeKind::Updated), ..self }
    }

    /// Records all fields of an object that was deleted, as they were before.
    pub fn removed(self, before: &impl AuditFields) -> Self {
        Self { changes: diff(before.audit_fields(), Vec::new()), done: Some(ChangeKind::Deleted), ..self }
    }

    /// Marks the event as a repeat of an earlier request with the same idempotency key or the same id.
    pub fn replayed(self) -> Self {
        Self { outcome: Outcome::Replayed, ..self }
    }

    /// Adds the codes of refusals, and marks the event as refused if there are any. A replay stays a replay: then the
    /// codes are those of the earlier refusal.
    pub fn refused(mut self, codes: impl IntoIterator<Item = Code>) -> Self {
        for code in codes {
            if !self.codes.contains(&code) {
                self.codes.push(code);
            }
        }
        if self.outcome == Outcome::Done && !self.codes.is_empty() {
            self.outcome = Outcome::Refused;
        }
        self
    }

    fn row(self, clock: &Clock) -> Result<activity::Model> {
        Ok(activity::Model {
            id: self.made.map_or_else(Id::generate, Id::cast),
            book_id: self.who.map(|(book, _)| book),
            actor_id: self.who.map(|(_, user)| user),
            session_id: self.session,
            address: self.address.map(|address| address.to_string()),
            action: self.action,
            outcome: self.outcome,
            codes: written(&self.codes)?,
            thing_id: self.made.map(|_| OF_ITSELF.to_owned()).or(self.thing),
            changes: written(&self.changes)?,
            created_at: clock.now().into(),
        })
    }

    /// Writes the row in the transaction of the operation, and the change of the object. Every operation calls this, so no
    /// operation commits for a user whose account is deleted meanwhile.
    ///
    /// # Errors
    /// [`Error::Gone`] when the user who caused the event has deleted their account.
    pub async fn record(self, tx: &Transaction, clock: &Clock) -> Result<()> {
        let (customer, done) = (self.customer, self.done);
        let row = self.row(clock)?;
        let Some(actor) = row.actor_id else {
            activity::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
            return Ok(());
        };
        let changes = changes_of(&row, customer, done);
        let insert = insert_unless_gone(row, actor)?;
        let written = if changes.is_empty() {
            tx.execute(&insert).await?.rows_affected()
        } else if tx.get_database_backend() == DbBackend::Postgres {
            with_changes(tx, insert, changes).await?
        } else {
            let changes = changes.into_iter().map(IntoActiveModel::into_active_model);
            change::Entity::insert_many(changes).exec_without_returning(tx).await?;
            tx.execute(&insert).await?.rows_affected()
        };
        if written == 0 { Err(Error::Gone) } else { Ok(()) }
    }
}

/// Runs the statement together with the insertion of the changes, as one statement. Returns how many changes were inserted: none if
/// the statement inserts no row.
async fn with_changes(tx: &Transaction, mut insert: InsertStatement, changes: Vec<change::Model>) -> Result<u64> {
    let (mut columns, mut selects) = (Vec::new(), Vec::new());
    for change in changes {
        let change = change.into_active_model();
        let mut values = SelectStatement::new();
        columns.clear();
        for column in change::Column::iter() {
            if let Some(value) = change.get(column).into_value() {
                columns.push(column);
                values.expr(Expr::val(value));
            }
        }
        selects.push(values.from("recorded").take());
    }
    insert.returning(Query::returning().column(activity::Column::Id));
    let recorded = CommonTableExpression::new().query(insert).table_name("recorded").to_owned();
    let mut selects = selects.into_iter();
    let Some(mut values) = selects.next() else { return Ok(0) };
    values.unions(selects.map(|other| (UnionType::All, other)));
    let mut inserted = Query::insert();
    inserted.into_table(change::Entity).columns(columns);
    inserted.select_from(values).map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(tx.execute(&inserted.with(Query::with().cte(recorded).to_owned())).await?.rows_affected())
}

/// Adds the rows of many events to what is written in their transaction. The caller has made sure that the users who caused them
/// keep their accounts until it ends.
///
/// # Errors
/// As for [`Writes::insert`].
pub(crate) fn add_all(
    writes: &mut Writes,
    clock: &Clock,
    events: impl IntoIterator<Item = ActivityEvent>,
) -> Result<()> {
    let events: Vec<_> = events.into_iter().map(|event| event.row(clock)).collect::<Result<_>>()?;
    Ok(writes.insert::<activity::Entity>(events)?)
}

/// Builds one statement that inserts the row only if its actor still exists. The statement takes a key-share lock on
/// the user's row: the deletion of an account waits for it, and it waits for a deletion that is under way.
fn insert_unless_gone(row: activity::Model, actor: Id<kind::User>) -> Result<InsertStatement> {
    let row = row.into_active_model();
    let (mut columns, mut values) = (Vec::new(), SelectStatement::new());
    for column in activity::Column::iter() {
        if let Some(value) = row.get(column).into_value() {
            columns.push(column);
            values.expr(Expr::val(value));
        }
    }
    let there = Condition::all().add(user::Column::Id.eq(actor)).add(user::Column::DeletedAt.is_null());
    values.from(user::Entity).cond_where(there).lock(LockType::KeyShare);
    let mut insert = Query::insert();
    insert.into_table(activity::Entity).columns(columns);
    insert.select_from(values).map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(insert)
}

/// Records a refusal in a transaction of its own. Skips `TRY_AGAIN`, since nothing was decided and one more write would
/// load a busy server further, and `OUTCOME_UNKNOWN`, since the operation may have been done after all.
///
/// # Errors
/// As for [`record_alone`].
pub async fn refuse(app: &App, act: ActivityEvent, refusals: &[Refusal]) -> Result<()> {
    let codes = refusals.iter().map(|refusal| refusal.code);
    if codes.clone().any(|code| matches!(code, Code::TryAgain | Code::OutcomeUnknown)) {
        return Ok(());
    }
    record_alone(app, act.refused(codes)).await
}

/// Records an event that changed no other data, in a transaction of its own.
///
/// # Errors
/// When the database fails. When the database is too busy, the event is only written to the server's log, so that the
/// client still gets the refusal.
pub async fn record_alone(app: &App, act: ActivityEvent) -> Result<()> {
    let act = &act;
    match app.db.write(|tx| async move { act.clone().record(&tx, &app.clock).await }).await {
        Err(Error::Refused(_)) => {
            tracing::warn!(action = ?act.action, codes = ?act.codes, "activity not recorded: the database is too busy");
            Ok(())
        }
        recorded => recorded,
    }
}

/// The number of rows erased by one statement, so that no statement runs too long.
const FORGOTTEN_AT_ONCE: u64 = 5000;

/// Erases the personal data of a user who deletes their account: the addresses of their requests, and the recorded
/// changes of their user and book. The rows themselves stay, so the log still shows that the events happened.
///
/// # Errors
/// When the database fails.
pub async fn forget_person(tx: &Transaction, user_id: Id<kind::User>, book_id: Id<kind::Book>) -> Result<()> {
    let of_book = || Condition::all().add(activity::Column::BookId.eq(book_id));
    let addresses = of_book().add(activity::Column::ActorId.eq(user_id)).add(activity::Column::Address.is_not_null());
    forget(tx, addresses, activity::ActiveModel { address: Set(None), ..Default::default() }).await?;
    let changes =
        of_book().add(about([user_id.to_string(), book_id.to_string()])).add(activity::Column::Changes.is_not_null());
    forget(tx, changes, activity::ActiveModel { changes: Set(None), ..Default::default() }).await
}

/// Erases these fields from the recorded changes of objects of a book, by their ids in the form that the API uses. The other fields
/// and the rows themselves stay.
///
/// # Errors
/// When the database fails, or stored changes cannot be parsed.
pub async fn forget_fields(
    tx: &Transaction,
    book_id: Id<kind::Book>,
    things: impl IntoIterator<Item = String>,
    fields: &[&str],
) -> Result<()> {
    let rows = activity::Entity::find().filter(activity::Column::BookId.eq(book_id));
    let rows = rows.filter(about(things)).filter(activity::Column::Changes.is_not_null());
    for row in rows.all(tx).await? {
        let mut kept = changes(&row)?;
        let count = kept.len();
        kept.retain(|change| !fields.contains(&change.field.as_str()));
        if kept.len() < count {
            let without = activity::ActiveModel { changes: Set(written(&kept)?), ..Default::default() };
            activity::Entity::update_many().set(without).filter(activity::Column::Id.eq(row.id)).exec(tx).await?;
        }
    }
    Ok(())
}

async fn forget(tx: &Transaction, which: Condition, without: activity::ActiveModel) -> Result<()> {
    // Each batch starts at the time where the previous one ended, so that rows already erased are not scanned again.
    let mut from = None;
    loop {
        let rest = from.map(|from| activity::Column::CreatedAt.gte(from));
        let batch = activity::Entity::find().filter(which.clone().add_option(rest));
        let batch = batch.order_by_asc(activity::Column::CreatedAt).limit(FORGOTTEN_AT_ONCE).select_only();
        let batch = batch.columns([activity::Column::Id, activity::Column::CreatedAt]).into_tuple();
        let batch: Vec<(Id<kind::Activity>, Moment)> = batch.all(tx).await?;
        let Some((_, last)) = batch.last() else { return Ok(()) };
        from = Some(*last);
        let ids = batch.iter().map(|(id, _)| *id);
        let forgotten = activity::Entity::update_many().set(without.clone()).filter(activity::Column::Id.is_in(ids));
        forgotten.exec(tx).await?;
    }
}
