//! Sessions: logging in, prolonging, logging out.
//!
//! A refresh token is good for one use, which gives the next one. An old token that comes back means that somebody has a
//! copy, and nobody can tell who, so it ends the session.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Set,
    sea_query::{Expr, ExprTrait, LockType},
};

use super::{
    Client, Viewer,
    guesses::{self, Guess},
    sessions,
    token::{ACCESS_TOKEN_LIFE, REFRESH_TOKEN_LIFE, hash_refresh_token, new_refresh_token},
    user,
};
use crate::{
    app::App,
    entity::{self, member, refresh_token, session},
    error::{Code, Error, Refusal, Result},
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
/// `WRONG_CREDENTIALS`, whatever of them is wrong; `TOO_MANY_ATTEMPTS` when there were too many before.
pub async fn login(app: &App, client: &Client, identifier: &str, password: String) -> Result<Grant> {
    let guess = &Guess::at_login(app, client, identifier)?;
    let user = user::by_identifier(app, identifier).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let verified = guesses::verify(app, guess, password.clone(), hash).await?;
    let Some(user) = user.filter(|_| verified) else { return Err(wrong_credentials()) };
    let is_current = app.passwords.is_current(&user.password_hash);
    let new_hash = if is_current { None } else { Some(app.passwords.hash(password).await?) };
    let (user, new_hash) = (&user, &new_hash);
    app.db
        .write(|tx| async move {
            let user = unchanged(&tx, user).await?;
            guesses::forget(&tx, guess).await?;
            let book = book_of(&*tx, user.id).await?;
            let grant = start(app, &tx, client, &user, book).await?;
            if let Some(new_hash) = new_hash {
                let mut upgraded = user.into_active_model();
                upgraded.password_hash = Set(new_hash.clone());
                upgraded.update(&*tx).await?;
            }
            Ok(grant)
        })
        .await
}

fn wrong_credentials() -> Error {
    let message = "There is no such user, or the password is another.";
    Refusal::new(Code::WrongCredentials, "", message).into()
}

/// The user whose password was checked, locked: a session must not begin with a password that was changed in the meantime, nor
/// for a user who was deleted.
async fn unchanged(tx: &DatabaseTransaction, checked: &entity::user::Model) -> Result<entity::user::Model> {
    let user = entity::user::Entity::find_by_id(checked.id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let user = user.filter(|user| user.password_hash == checked.password_hash && user.deleted_at.is_none());
    user.ok_or_else(wrong_credentials)
}

/// The user whom an operator of the server acts for, named as in a login. There is no session: what the operator does is done
/// within the program.
///
/// # Errors
/// `NOT_FOUND` at `user`.
pub async fn impersonate(app: &App, identifier: &str) -> Result<Viewer> {
    let user = user::by_identifier(app, identifier).await?;
    let user = user.ok_or_else(|| Refusal::new(Code::NotFound, "user", "There is no such user."))?;
    Ok(Viewer { user: user.id, book: book_of(app.db.read(), user.id).await?, session: Id::generate(), address: None })
}

/// Starts a session.
pub(super) async fn start(
    app: &App,
    tx: &DatabaseTransaction,
    client: &Client,
    user: &entity::user::Model,
    book_id: Id<kind::Book>,
) -> Result<Grant> {
    let now = app.clock.now();
    sessions::forget_dead(tx, user.id, now).await?;
    let session = session::Model {
        id: Id::generate(),
        user_id: user.id,
        book_id,
        created_at: now,
        ended_at: None,
        last_used_at: Some(now),
        address: client.address.map(|address| address.to_string()),
        user_agent: client.user_agent.clone(),
    };
    let viewer = Viewer { user: user.id, book: book_id, session: session.id, address: client.address };
    session::Entity::insert(session.into_active_model()).exec_without_returning(tx).await?;
    grant(app, tx, user.clone(), &viewer, now).await
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
    let Some(token) = refresh_token::Entity::find_by_id(token_hash).one(tx).await? else { return Ok(None) };
    // The tokens of a session change only under its lock.
    let session = session::Entity::find_by_id(token.session_id)
        .filter(session::Column::EndedAt.is_null())
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?;
    let Some(session) = session.filter(|_| now < token.expires_at || token.used_at.is_some()) else { return Ok(None) };
    let marked = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(now))
        .filter(refresh_token::Column::TokenHash.eq(token.token_hash))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    if marked.rows_affected == 0 {
        end(tx, now, session::Column::Id.eq(session.id)).await?;
        return Ok(None);
    }
    let Some(user) = entity::user::Entity::find_by_id(session.user_id).one(tx).await? else { return Ok(None) };
    sessions::touch(tx, session.id, client, now).await?;
    let viewer = Viewer { user: session.user_id, book: session.book_id, session: session.id, address: client.address };
    grant(app, tx, user, &viewer, now).await.map(Some)
}

/// Ends the viewer's session, or all sessions of the user.
///
/// # Errors
/// When the database fails.
pub async fn logout(app: &App, viewer: &Viewer, everywhere: bool) -> Result<()> {
    let which = || {
        if everywhere { session::Column::UserId.eq(viewer.user) } else { session::Column::Id.eq(viewer.session) }
    };
    app.db.write(|tx| async move { end(&tx, app.clock.now(), which()).await }).await
}

/// Ends the viewer's sessions but the one that they are in.
pub(super) async fn end_others(tx: &DatabaseTransaction, viewer: &Viewer, now: DateTime<Utc>) -> Result<()> {
    let others = session::Column::UserId.eq(viewer.user).and(session::Column::Id.ne(viewer.session));
    end(tx, now, others).await
}

pub(super) async fn end(tx: &DatabaseTransaction, now: DateTime<Utc>, which: Expr) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(now))
        .filter(which)
        .filter(session::Column::EndedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

async fn grant(
    app: &App,
    tx: &DatabaseTransaction,
    user: entity::user::Model,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Grant> {
    let refresh_token = new_refresh_token()?;
    let row = refresh_token::Model {
        token_hash: hash_refresh_token(&refresh_token),
        session_id: viewer.session,
        created_at: now,
        expires_at: now + REFRESH_TOKEN_LIFE,
        used_at: None,
    };
    refresh_token::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(Grant {
        access_token: app.token_keys.sign(viewer, &user.username, now)?,
        user,
        refresh_token,
        expires_in: i32::try_from(ACCESS_TOKEN_LIFE.num_seconds()).unwrap_or(i32::MAX),
    })
}

async fn book_of(conn: &impl ConnectionTrait, user_id: Id<kind::User>) -> Result<Id<kind::Book>> {
    let member = user::memberships(user_id).one(conn).await?;
    let member: member::Model =
        member.ok_or_else(|| sea_orm::DbErr::RecordNotFound(format!("{user_id} is in no book")))?;
    Ok(member.book_id)
}
