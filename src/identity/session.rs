//! Sessions: login, token refresh and logout.
//!
//! A refresh token can be used once; using it returns its successor. A use that is repeated within the grace period returns the
//! same tokens ([`super::refresh_repeat`]). When a used token comes back later, two parties have it, and the server cannot tell
//! which of them is the owner, so it ends the session.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
    sea_query::{Expr, LockType},
};

use super::{
    refresh_repeat::{self, Repeat},
    session_list::{self, end},
    sessions,
    throttle::{Guess, Verified},
    user,
};
use crate::{
    activity::ActivityEvent,
    app::App,
    client::Client,
    credentials::{
        Claim,
        token::{ACCESS_TOKEN_LIFE, REFRESH_TOKEN_LIFE, hash_refresh_token, new_refresh_token},
    },
    db::Transaction,
    entity::{self, activity::Action, member, refresh_token, session},
    error::{Code, Error, Refusal, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// The result of a login or a token refresh.
#[expect(missing_debug_implementations, reason = "it holds tokens")]
pub struct Grant {
    /// The user who is logged in.
    pub user: entity::user::Model,
    /// The book that they work in.
    pub book: Id<kind::Book>,
    /// The session that was started or renewed.
    pub session: Id<kind::Session>,
    /// The token that authenticates the user's requests.
    pub access_token: String,
    /// The token that is exchanged for the next access token.
    pub refresh_token: String,
    /// The lifetime of the access token in seconds.
    pub expires_in: i32,
}

/// Logs a user in. `identifier` is a username, a phone number or an e-mail address. A wrong guess is counted and recorded
/// in the audit log even if the client disconnects.
///
/// # Errors
/// `WRONG_CREDENTIALS`, whether the user or the password is wrong; `TOO_MANY_ATTEMPTS` after too many failures.
pub async fn login(app: &App, client: &Client, identifier: String, password: String) -> Result<Grant> {
    match attempt(app, client, identifier, password).await {
        // The account was deleted in the meantime.
        Err(Error::Gone) => Err(wrong_credentials()),
        granted => granted,
    }
}

async fn attempt(app: &App, client: &Client, identifier: String, password: String) -> Result<Grant> {
    let user = user::by_identifier(app, &identifier).await?;
    let refused = refused_login(app, client, user.as_ref()).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let guess = Guess::at_login(app, client, &identifier, user.as_ref(), refused).await?;
    let verified = guess.verify(app, password.clone(), hash).await?;
    let Some((user, verified)) = user.zip(verified) else { return Err(wrong_credentials()) };
    enter(app, client, &verified, &user, password).await
}

/// Starts a session for a user who gave the right password. Hashes the password again if its hash has an outdated cost.
async fn enter(
    app: &App,
    client: &Client,
    verified: &Verified,
    checked: &entity::user::Model,
    password: String,
) -> Result<Grant> {
    let is_current = app.passwords.is_current(&checked.password_hash);
    let claim = Claim { is_known: true, network: client.network(), name: checked.id.to_string() };
    let new_hash = &if is_current { None } else { Some(app.passwords.hash(&claim, password).await?) };
    let granted = app.db.write(|tx| async move {
        let Some(user) = unchanged(&tx, checked).await? else {
            verified.record_refusal(&tx, app).await?;
            return Ok(None);
        };
        verified.forget_failures(&tx).await?;
        let book = book_of(&tx, user.id).await?;
        let grant = start(app, &tx, client, &user, book, Action::Login).await?;
        if let Some(new_hash) = new_hash {
            let mut upgraded = user.into_active_model();
            upgraded.password_hash = Set(new_hash.clone());
            upgraded.update(&tx).await?;
        }
        Ok(Some(grant))
    });
    granted.await?.ok_or_else(wrong_credentials)
}

fn wrong_credentials() -> Error {
    let message = "There is no such user, or the password is wrong.";
    Refusal::new(Code::WrongCredentials, "", message).into()
}

/// Locks and returns the user whose password was checked. `None` when the password has changed or the account was deleted since
/// then: no session may begin in these cases.
async fn unchanged(tx: &Transaction, checked: &entity::user::Model) -> Result<Option<entity::user::Model>> {
    let user = entity::user::Entity::find_by_id(checked.id).lock(LockType::NoKeyUpdate).one(tx).await?;
    Ok(user.filter(|user| user.password_version == checked.password_version && user.deleted_at.is_none()))
}

/// The audit log entry of a refused login: in the book of the user whose password was tried, or in no book. The identifier is
/// not recorded, since users sometimes type their password there. The same statements run whether the user exists or not, so
/// that the response time does not reveal it.
async fn refused_login(app: &App, client: &Client, user: Option<&entity::user::Model>) -> Result<ActivityEvent> {
    let user = user.map_or_else(Id::generate, |user| user.id);
    let member = user::memberships(user).one(app.db.read()).await?;
    Ok(match member {
        Some(member) => {
            let (user, book) = (member.user_id, member.book_id);
            ActivityEvent::by(&Viewer { user, book, session: None, address: client.address }, Action::Login).on(user)
        }
        None => ActivityEvent::of_nobody(client.address, Action::Login),
    })
}

/// The viewer for an operator of the server who acts in a user's book, for example to import a file. `identifier` is the same
/// as for a login. There is no session.
///
/// # Errors
/// `NOT_FOUND` at `user`.
pub async fn impersonate(app: &App, identifier: &str) -> Result<Viewer> {
    let user = user::by_identifier(app, identifier).await?;
    let user = user.ok_or_else(|| Refusal::new(Code::NotFound, "user", "There is no such user."))?;
    Ok(Viewer { user: user.id, book: book_of(app.db.read(), user.id).await?, session: None, address: None })
}

/// Starts a session and records `action` (a registration or a login) in the audit log.
pub(crate) async fn start(
    app: &App,
    tx: &Transaction,
    client: &Client,
    user: &entity::user::Model,
    book_id: Id<kind::Book>,
    action: Action,
) -> Result<Grant> {
    let now = app.clock.now();
    session_list::forget_dead(tx, user.id, now).await?;
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
    session::Entity::insert(session.clone().into_active_model()).exec_without_returning(tx).await?;
    let act = act(&session, client, action);
    let act = if action == Action::Register { act.on(user.id) } else { act };
    act.record(tx, &app.clock).await?;
    let refresh_token = new_refresh_token()?;
    issue(tx, &session, &refresh_token, now).await?;
    grant(app, user.clone(), &session, refresh_token, now)
}

/// An audit log entry about a session.
fn act(session: &session::Model, client: &Client, action: Action) -> ActivityEvent {
    let (user, book, id) = (session.user_id, session.book_id, session.id);
    ActivityEvent::by(&Viewer { user, book, session: Some(id), address: client.address }, action).on(id)
}

/// Exchanges a refresh token for a new access token and a new refresh token. Within the grace period, another use of the old
/// token returns the same new refresh token; after it, another use ends the session.
///
/// # Errors
/// `WRONG_CREDENTIALS` when the token is unknown, expired or used, or when its session has ended.
pub async fn refresh(app: &App, client: &Client, token: &str) -> Result<Grant> {
    let granted = app.db.write(|tx| async move { exchange(app, &tx, client, token).await }).await?;
    granted.ok_or_else(|| {
        let message = "The refresh token is unknown, expired or already used, or its session has ended. Log in again.";
        Refusal::new(Code::WrongCredentials, "refreshToken", message).into()
    })
}

/// Returns `None` rather than an error when the token is refused, so that the transaction commits the end of the session and
/// the audit log entry.
async fn exchange(app: &App, tx: &Transaction, client: &Client, refresh_token: &str) -> Result<Option<Grant>> {
    let now = app.clock.now();
    let refused = |act: ActivityEvent| act.refused([Code::WrongCredentials]);
    let token = refresh_token::Entity::find_by_id(hash_refresh_token(refresh_token)).one(tx).await?;
    let session = match &token {
        // The tokens of a session change only under the lock on the session's row.
        Some(token) => session::Entity::find_by_id(token.session_id).lock(LockType::NoKeyUpdate).one(tx).await?,
        None => None,
    };
    let Some((token, session)) = token.zip(session) else {
        refused(ActivityEvent::of_nobody(client.address, Action::RefreshToken)).record(tx, &app.clock).await?;
        return Ok(None);
    };
    let act = act(&session, client, Action::RefreshToken);
    let marked = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(now))
        .filter(refresh_token::Column::TokenHash.eq(token.token_hash.as_slice()))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    let is_new = marked.rows_affected > 0;
    let (act, next) = if is_new {
        let next = app.token_keys.successors(refresh_token)?.into_iter().next();
        (act, next.filter(|_| now < token.expires_at))
    } else {
        match refresh_repeat::answer(app, tx, &token.token_hash, refresh_token, now).await? {
            Repeat::Successor(next) => (act.replayed(), Some(next)),
            Repeat::Unanswerable => (act, None),
            Repeat::Late => {
                end(tx, now, session::Column::Id.eq(session.id)).await?;
                (act, None)
            }
        }
    };
    let user = entity::user::Entity::find_by_id(session.user_id).one(tx).await?;
    let Some((user, next)) = user.zip(next).filter(|_| session.ended_at.is_none()) else {
        refused(act).record(tx, &app.clock).await?;
        return Ok(None);
    };
    sessions::touch(tx, session.id, client, now).await?;
    act.record(tx, &app.clock).await?;
    if is_new {
        issue(tx, &session, &next, now).await?;
    }
    grant(app, user, &session, next, now).map(Some)
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
            let act = ActivityEvent::by(viewer, Action::Logout);
            let act = match viewer.session {
                Some(session) if !everywhere => act.on(session),
                _ => act.on(viewer.user),
            };
            end(&tx, app.clock.now(), which()).await?;
            act.record(&tx, &app.clock).await
        })
        .await
}

/// Stores a new refresh token of a session, as its hash.
async fn issue(tx: &Transaction, session: &session::Model, refresh_token: &str, now: DateTime<Utc>) -> Result<()> {
    let row = refresh_token::Model {
        token_hash: hash_refresh_token(refresh_token),
        session_id: session.id,
        created_at: now,
        expires_at: now + REFRESH_TOKEN_LIFE,
        used_at: None,
    };
    refresh_token::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

fn grant(
    app: &App,
    user: entity::user::Model,
    session: &session::Model,
    refresh_token: String,
    now: DateTime<Utc>,
) -> Result<Grant> {
    Ok(Grant {
        access_token: app.token_keys.sign(session, &user.username, now)?,
        user,
        book: session.book_id,
        session: session.id,
        refresh_token,
        expires_in: i32::try_from(ACCESS_TOKEN_LIFE.num_seconds()).unwrap_or(i32::MAX),
    })
}

async fn book_of(conn: &impl ConnectionTrait, user_id: Id<kind::User>) -> Result<Id<kind::Book>> {
    let member = user::memberships(user_id).one(conn).await?;
    let member: member::Model = member.ok_or_else(|| DbErr::RecordNotFound(format!("{user_id} is in no book")))?;
    Ok(member.book_id)
}
