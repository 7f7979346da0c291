//! Sessions: logging in, prolonging, logging out.
//!
//! A refresh token is good for one use, which gives the next one. An old token that comes back means that somebody has a
//! copy, and nobody can tell who, so it ends the session.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QuerySelect, QueryTrait, Set,
    sea_query::{Expr, LockType},
};

use super::{
    Client, Viewer,
    token::{ACCESS_TOKEN_LIFE, REFRESH_TOKEN_LIFE, hash_refresh_token, new_refresh_token},
    user,
};
use crate::{
    activity::{self, Act},
    app::App,
    entity::{self, activity::Action, member, refresh_token, session},
    error::{Code, Refusal, Result},
    id::{Id, kind},
};

/// What a user gets who logs in.
#[expect(missing_debug_implementations, reason = "it holds tokens")]
pub struct Grant {
    /// The user.
    pub user: entity::user::Model,
    /// The token that names the user in requests.
    pub access_token: String,
    /// The token that gets the next access token.
    pub refresh_token: String,
    /// For how many seconds the access token is good.
    pub expires_in: i32,
}

/// Logs a user in who is named by username, phone or e-mail address.
///
/// # Errors
/// `WRONG_CREDENTIALS`, whatever of them is wrong.
pub async fn login(app: &App, client: &Client, identifier: &str, password: String) -> Result<Grant> {
    let user = user::by_identifier(app, identifier).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let verified = app.passwords.verify(password, hash).await?;
    if !verified {
        record_failed_login(app, client, user.as_ref().map(|user| user.id)).await?;
    }
    let Some(user) = user.filter(|_| verified) else {
        let message = "There is no such user, or the password is another.";
        return Err(Refusal::new(Code::WrongCredentials, "", message).into());
    };
    let user = &user;
    app.db
        .write(|tx| async move {
            let book = book_of(&*tx, user.id).await?;
            start(app, &tx, client, user, book, Action::Login).await
        })
        .await
}

/// Puts on record that a login was refused: in the book of the user whose password was tried, or in none. What was typed for a
/// name is not there, since it may be a password. It takes the same statements whether there is such a user or not.
async fn record_failed_login(app: &App, client: &Client, user: Option<Id<kind::User>>) -> Result<()> {
    let member = user::memberships(user.unwrap_or_else(Id::generate)).one(app.db.read()).await?;
    let act = match member {
        Some(member) => {
            let (user, book) = (member.user_id, member.book_id);
            Act::by(&Viewer { user, book, session: None, address: client.address }, Action::Login).on(user)
        }
        None => Act::of_nobody(client.address, Action::Login),
    };
    activity::refuse(app, act, &[Refusal::new(Code::WrongCredentials, "", "")]).await
}

/// The user whom an operator of the server acts for, named as in a login. There is no session: what the operator does is done
/// within the program.
///
/// # Errors
/// `NOT_FOUND` at `user`.
pub async fn impersonate(app: &App, identifier: &str) -> Result<Viewer> {
    let user = user::by_identifier(app, identifier).await?;
    let user = user.ok_or_else(|| Refusal::new(Code::NotFound, "user", "There is no such user."))?;
    Ok(Viewer { user: user.id, book: book_of(app.db.read(), user.id).await?, session: None, address: None })
}

/// Starts a session, by which action it says.
pub(super) async fn start(
    app: &App,
    tx: &DatabaseTransaction,
    client: &Client,
    user: &entity::user::Model,
    book_id: Id<kind::Book>,
    action: Action,
) -> Result<Grant> {
    let now = app.clock.now();
    forget_dead(tx, user.id, now).await?;
    let session = session::Model { id: Id::generate(), user_id: user.id, book_id, created_at: now, ended_at: None };
    session::Entity::insert(session.clone().into_active_model()).exec_without_returning(tx).await?;
    let act = act(&session, client, action);
    let act = if action == Action::Register { act.on(user.id) } else { act };
    act.record(tx, &app.clock).await?;
    grant(app, tx, user.clone(), &session, now).await
}

/// Something that is done with a session.
fn act(session: &session::Model, client: &Client, action: Action) -> Act {
    let (user, book, id) = (session.user_id, session.book_id, session.id);
    Act::by(&Viewer { user, book, session: Some(id), address: client.address }, action).on(id)
}

/// Gives a new access token and a new refresh token for a refresh token, which is thereby used up.
///
/// # Errors
/// `WRONG_CREDENTIALS` when the token is unknown, expired or used, or its session has ended. If it was used before, its
/// session is ended.
pub async fn refresh(app: &App, client: &Client, token: &str) -> Result<Grant> {
    let token_hash = &hash_refresh_token(token);
    let granted = app.db.write(|tx| async move { exchange(app, &tx, client, token_hash.clone()).await }).await?;
    granted.ok_or_else(|| {
        let message = "The refresh token is unknown, expired or used, or its session has ended. Log in again.";
        Refusal::new(Code::WrongCredentials, "refreshToken", message).into()
    })
}

/// None when the token is not good; that is no error, since what it changed is to be kept.
async fn exchange(app: &App, tx: &DatabaseTransaction, client: &Client, token_hash: Vec<u8>) -> Result<Option<Grant>> {
    let now = app.clock.now();
    let refused = |act: Act| act.refused([Code::WrongCredentials]);
    let token = refresh_token::Entity::find_by_id(token_hash).lock(LockType::NoKeyUpdate).one(tx).await?;
    let Some(token) = token else {
        refused(Act::of_nobody(client.address, Action::RefreshToken)).record(tx, &app.clock).await?;
        return Ok(None);
    };
    let session = session::Entity::find_by_id(token.session_id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let session = session.ok_or_else(|| DbErr::RecordNotFound(token.session_id.to_string()))?;
    let act = act(&session, client, Action::RefreshToken);
    if token.used_at.is_some() {
        end(tx, now, session::Column::Id.eq(session.id)).await?;
    }
    let is_good = token.used_at.is_none() && session.ended_at.is_none() && now < token.expires_at;
    let user = entity::user::Entity::find_by_id(session.user_id).one(tx).await?;
    let Some(user) = user.filter(|_| is_good) else {
        refused(act).record(tx, &app.clock).await?;
        return Ok(None);
    };

    let mut row = token.into_active_model();
    row.used_at = Set(Some(now));
    row.update(tx).await?;
    act.record(tx, &app.clock).await?;
    grant(app, tx, user, &session, now).await.map(Some)
}

/// Ends the viewer's session, or all sessions of the user.
///
/// # Errors
/// When the database fails.
pub async fn logout(app: &App, viewer: &Viewer, everywhere: bool) -> Result<()> {
    let which = || {
        if everywhere { session::Column::UserId.eq(viewer.user) } else { session::Column::Id.eq(viewer.session) }
    };
    app.db
        .write(|tx| async move {
            let act = Act::by(viewer, Action::Logout);
            let act = match viewer.session {
                Some(session) if !everywhere => act.on(session),
                _ => act.on(viewer.user),
            };
            end(&tx, app.clock.now(), which()).await?;
            act.record(&tx, &app.clock).await
        })
        .await
}

async fn end(tx: &DatabaseTransaction, now: DateTime<Utc>, which: Expr) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(now))
        .filter(which)
        .filter(session::Column::EndedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Removes the user's sessions that ended, or that nobody can prolong any more, with all their tokens.
async fn forget_dead(tx: &DatabaseTransaction, user_id: Id<kind::User>, now: DateTime<Utc>) -> Result<()> {
    let alive = refresh_token::Entity::find()
        .select_only()
        .column(refresh_token::Column::SessionId)
        .filter(refresh_token::Column::ExpiresAt.gt(now))
        .into_query();
    let dead =
        Condition::any().add(session::Column::EndedAt.is_not_null()).add(session::Column::Id.not_in_subquery(alive));
    let dead: Vec<Id<kind::Session>> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::UserId.eq(user_id))
        .filter(dead)
        .into_tuple()
        .all(tx)
        .await?;
    if dead.is_empty() {
        return Ok(());
    }
    let tokens = refresh_token::Column::SessionId.is_in(dead.iter().copied());
    refresh_token::Entity::delete_many().filter(tokens).exec(tx).await?;
    session::Entity::delete_many().filter(session::Column::Id.is_in(dead)).exec(tx).await?;
    Ok(())
}

async fn grant(
    app: &App,
    tx: &DatabaseTransaction,
    user: entity::user::Model,
    session: &session::Model,
    now: DateTime<Utc>,
) -> Result<Grant> {
    let refresh_token = new_refresh_token()?;
    let row = refresh_token::Model {
        token_hash: hash_refresh_token(&refresh_token),
        session_id: session.id,
        created_at: now,
        expires_at: now + REFRESH_TOKEN_LIFE,
        used_at: None,
    };
    refresh_token::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(Grant {
        access_token: app.token_key.sign(session, &user.username, now)?,
        user,
        refresh_token,
        expires_in: i32::try_from(ACCESS_TOKEN_LIFE.num_seconds()).unwrap_or(i32::MAX),
    })
}

async fn book_of(conn: &impl ConnectionTrait, user_id: Id<kind::User>) -> Result<Id<kind::Book>> {
    let member = user::memberships(user_id).one(conn).await?;
    let member: member::Model = member.ok_or_else(|| DbErr::RecordNotFound(format!("{user_id} is in no book")))?;
    Ok(member.book_id)
}
