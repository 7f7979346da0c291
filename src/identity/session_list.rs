//! A user's sessions: limiting their number, listing them, and ending one from another.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, LockType},
};

use crate::{
    activity::ActivityEvent,
    app::App,
    db::Transaction,
    entity::{activity::Action, refresh_token, session},
    error::{Code, Refusal, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// The maximum number of sessions of a user. One more login removes the session that was used least recently.
pub(super) const MOST_SESSIONS: u64 = 100;

/// The viewer's active sessions, the most recently used first.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &impl ConnectionTrait, viewer: &Viewer, now: DateTime<Utc>) -> Result<Vec<session::Model>> {
    Ok(alive(viewer.user, now).limit(MOST_SESSIONS).all(conn).await?)
}

/// Those of the viewer's active sessions that have these ids. Other ids are skipped.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    now: DateTime<Utc>,
    ids: impl IntoIterator<Item = Id<kind::Session>>,
) -> Result<Vec<session::Model>> {
    Ok(alive(viewer.user, now).filter(session::Column::Id.is_in(ids)).all(conn).await?)
}

/// Ends one of the viewer's active sessions.
///
/// # Errors
/// `NOT_FOUND` at `id` when the viewer has no such active session.
pub async fn revoke(app: &App, viewer: &Viewer, id: Option<Id<kind::Session>>) -> Result<Id<kind::Session>> {
    app.db
        .write(|tx| async move {
            let now = app.clock.now();
            let found = match id {
                Some(id) => alive(viewer.user, now).filter(session::Column::Id.eq(id)).one(&tx).await?,
                None => None,
            };
            let found = found.ok_or_else(|| Refusal::new(Code::NotFound, "id", "You have no such session."))?;
            end(&tx, now, session::Column::Id.eq(found.id)).await?;
            ActivityEvent::by(viewer, Action::RevokeSession).on(found.id).record(&tx, &app.clock).await?;
            Ok(found.id)
        })
        .await
}

/// Deletes all sessions of a user and all their tokens.
pub(crate) async fn forget_all(tx: &Transaction, user_id: Id<kind::User>) -> Result<()> {
    let all = session::Entity::find().filter(session::Column::UserId.eq(user_id)).lock(LockType::Update);
    let all = all.all(tx).await?.into_iter().map(|session| session.id).collect();
    forget(tx, all).await
}

/// Deletes the user's sessions that have ended or can no longer be refreshed, with all their tokens. Also deletes the least
/// recently used ones, so that there is room for one more session. The caller must hold the lock on the user.
pub(super) async fn forget_dead(tx: &Transaction, user_id: Id<kind::User>, now: DateTime<Utc>) -> Result<()> {
    let kept = alive(user_id, now).select_only().column(session::Column::Id).limit(MOST_SESSIONS - 1);
    let kept: Vec<Id<kind::Session>> = kept.into_tuple().all(tx).await?;
    let dead = session::Entity::find()
        .filter(session::Column::UserId.eq(user_id))
        .filter(session::Column::Id.is_not_in(kept))
        .order_by_asc(session::Column::Id)
        .lock(LockType::Update);
    let dead = dead.all(tx).await?.into_iter().map(|session| session.id).collect();
    forget(tx, dead).await
}

async fn forget(tx: &Transaction, sessions: Vec<Id<kind::Session>>) -> Result<()> {
    if sessions.is_empty() {
        return Ok(());
    }
    let tokens = refresh_token::Column::SessionId.is_in(sessions.iter().copied());
    refresh_token::Entity::delete_many().filter(tokens).exec(tx).await?;
    session::Entity::delete_many().filter(session::Column::Id.is_in(sessions)).exec(tx).await?;
    Ok(())
}

/// A user's active sessions, the most recently used first. A session is active until it ends or its last refresh token expires.
fn alive(user_id: Id<kind::User>, now: DateTime<Utc>) -> Select<session::Entity> {
    let prolongable = refresh_token::Entity::find()
        .select_only()
        .expr(Expr::value(1))
        .filter(refresh_token::Column::SessionId.into_expr().equals(session::Column::Id.as_column_ref()))
        .filter(refresh_token::Column::ExpiresAt.gt(now))
        .into_query();
    session::Entity::find()
        .filter(session::Column::UserId.eq(user_id))
        .filter(session::Column::EndedAt.is_null())
        .filter(Expr::exists(prolongable))
        .order_by_desc(session::Column::LastUsedAt)
        .order_by_desc(session::Column::Id)
}

pub(super) async fn end(tx: &Transaction, now: DateTime<Utc>, which: Expr) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(now))
        .filter(which)
        .filter(session::Column::EndedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends all sessions of the viewer except the current one.
pub(crate) async fn end_others(tx: &Transaction, viewer: &Viewer, now: DateTime<Utc>) -> Result<()> {
    let others = session::Column::UserId.eq(viewer.user).and(session::Column::Id.ne(viewer.session));
    end(tx, now, others).await
}
