//! Putting on record what was done, and what was refused.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, Iterable,
    QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, InsertStatement, LockType, Query, SelectStatement},
};
use type_safe_id::StaticType;

use super::{AuditFields, Change, change::diff, written};
use crate::{
    app::App,
    clock::Clock,
    db::Transaction,
    entity::{
        activity::{self, Action, Outcome},
        user,
    },
    error::{Code, Error, Refusal, Result},
    id::{Id, is_id, kind},
    viewer::Viewer,
};

/// Something that is to be put on record: done, unless it is said otherwise.
#[derive(Clone, Debug)]
#[must_use = "it is not on record yet"]
pub struct Act {
    who: Option<(Id<kind::Book>, Id<kind::User>)>,
    session: Option<Id<kind::Session>>,
    address: Option<IpAddr>,
    action: Action,
    outcome: Outcome,
    codes: Vec<Code>,
    thing: Option<String>,
    changes: Vec<Change>,
}

impl Act {
    /// What the viewer did.
    pub fn by(viewer: &Viewer, action: Action) -> Self {
        let who = Some((viewer.book, viewer.user));
        Self { who, session: viewer.session, ..Self::of_nobody(viewer.address, action) }
    }

    /// What somebody did of whom only the address is known.
    pub fn of_nobody(address: Option<IpAddr>, action: Action) -> Self {
        Self {
            who: None,
            session: None,
            address,
            action,
            outcome: Outcome::Done,
            codes: Vec::new(),
            thing: None,
            changes: Vec::new(),
        }
    }

    /// The thing that it is about.
    pub fn on<K: StaticType + Copy>(self, thing: Id<K>) -> Self {
        Self { thing: Some(thing.to_string()), ..self }
    }

    /// The thing that it is about, as the user named it; nothing when that is no id.
    pub fn on_named(self, id: &str) -> Self {
        Self { thing: is_id(id).then(|| id.to_owned()), ..self }
    }

    /// What it is about when nothing else is.
    pub fn or_on<K: StaticType + Copy>(self, thing: Id<K>) -> Self {
        if self.thing.is_none() { self.on(thing) } else { self }
    }

    /// What the thing was before it, and what it is after it.
    pub fn changed(self, before: &impl AuditFields, after: &impl AuditFields) -> Self {
        Self { changes: diff(before.audit_fields(), after.audit_fields()), ..self }
    }

    /// What a thing was that is gone.
    pub fn removed(self, before: &impl AuditFields) -> Self {
        Self { changes: diff(before.audit_fields(), Vec::new()), ..self }
    }

    /// It was done before, with the same idempotency key.
    pub fn replayed(self) -> Self {
        Self { outcome: Outcome::Replayed, ..self }
    }

    /// It was refused, if it was for anything; when it is a replay, it was refused before.
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

    /// Puts it on record, beside what it is about. Since this is a part of whatever anybody does, nobody does anything whose
    /// account is deleted meanwhile.
    ///
    /// # Errors
    /// [`Error::Gone`] when whoever did it deleted their account.
    pub async fn record(self, tx: &Transaction, clock: &Clock) -> Result<()> {
        let row = activity::Model {
            id: Id::generate(),
            book_id: self.who.map(|(book, _)| book),
            actor_id: self.who.map(|(_, user)| user),
            session_id: self.session,
            address: self.address.map(|address| address.to_string()),
            action: self.action,
            outcome: self.outcome,
            codes: written(&self.codes)?,
            thing_id: self.thing,
            changes: written(&self.changes)?,
            created_at: clock.now(),
        };
        let Some(actor) = row.actor_id else {
            activity::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
            return Ok(());
        };
        match tx.execute(&insert_unless_gone(row, actor)?).await?.rows_affected() {
            0 => Err(Error::Gone),
            _ => Ok(()),
        }
    }
}

/// Adds a row if its actor is still there, in one statement: theirs is a lock that the end of an account waits for, and that
/// waits for it.
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

/// Puts a refusal on record, in a transaction of its own. What the server was too busy for is not, since nothing was decided and
/// it would be busier still; nor is what may have been done.
///
/// # Errors
/// As for [`record_alone`].
pub async fn refuse(app: &App, act: Act, refusals: &[Refusal]) -> Result<()> {
    let codes = refusals.iter().map(|refusal| refusal.code);
    if codes.clone().any(|code| matches!(code, Code::TryAgain | Code::OutcomeUnknown)) {
        return Ok(());
    }
    record_alone(app, act.refused(codes)).await
}

/// Puts on record what changed nothing, in a transaction of its own.
///
/// # Errors
/// When the database fails. When it is too busy, the log says so: whoever was refused is to learn what for.
pub async fn record_alone(app: &App, act: Act) -> Result<()> {
    let act = &act;
    match app.db.write(|tx| async move { act.clone().record(&tx, &app.clock).await }).await {
        Err(Error::Refused(_)) => {
            tracing::warn!(action = ?act.action, codes = ?act.codes, "not on record: the database is too busy");
            Ok(())
        }
        recorded => recorded,
    }
}

/// How many rows are forgotten at once, so that no statement takes too long for the database.
const FORGOTTEN_AT_ONCE: u64 = 5000;

/// Takes out what is personal of a user who leaves: from where they did things, and what changed about them and their book.
/// That they did things stays on record.
///
/// # Errors
/// When the database fails.
pub async fn forget_person(tx: &Transaction, user_id: Id<kind::User>, book_id: Id<kind::Book>) -> Result<()> {
    let of_book = || Condition::all().add(activity::Column::BookId.eq(book_id));
    let addresses = of_book().add(activity::Column::ActorId.eq(user_id)).add(activity::Column::Address.is_not_null());
    forget(tx, addresses, activity::ActiveModel { address: Set(None), ..Default::default() }).await?;
    let things = activity::Column::ThingId.is_in([user_id.to_string(), book_id.to_string()]);
    let changes = of_book().add(things).add(activity::Column::Changes.is_not_null());
    forget(tx, changes, activity::ActiveModel { changes: Set(None), ..Default::default() }).await
}

async fn forget(tx: &Transaction, which: Condition, without: activity::ActiveModel) -> Result<()> {
    // Each batch goes on where the last one ended: what is forgotten already is not looked at again.
    let mut from = None;
    loop {
        let rest = from.map(|from| activity::Column::CreatedAt.gte(from));
        let batch = activity::Entity::find().filter(which.clone().add_option(rest));
        let batch = batch.order_by_asc(activity::Column::CreatedAt).limit(FORGOTTEN_AT_ONCE).select_only();
        let batch = batch.columns([activity::Column::Id, activity::Column::CreatedAt]).into_tuple();
        let batch: Vec<(Id<kind::Activity>, DateTime<Utc>)> = batch.all(tx).await?;
        let Some((_, last)) = batch.last() else { return Ok(()) };
        from = Some(*last);
        let ids = batch.iter().map(|(id, _)| *id);
        let forgotten = activity::Entity::update_many().set(without.clone()).filter(activity::Column::Id.is_in(ids));
        forgotten.exec(tx).await?;
    }
}
