//! Registration: creates a user, a book that they own and a wallet in the book's currency, in one transaction.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, IntoActiveModel};

use crate::{
    activity::{self, ActivityEvent},
    app::App,
    bookkeeping,
    calendar::time_zone::TimeZone,
    client::Client,
    credentials::Claim,
    db::Transaction,
    entity::{
        activity::Action,
        member::{self, Role},
        user,
    },
    error::{Code, Error, Refusal, Refusals, Result},
    id::Id,
    identity::{Grant, Window, names, session, throttle::too_many_attempts, user::key},
    money::Currency,
    text,
};

/// One day in seconds.
const DAY: i64 = 24 * 60 * 60;

/// The data of the new user and their book.
#[derive(InputObject)]
#[graphql(name = "RegisterInput")]
#[expect(missing_debug_implementations, reason = "it holds a password")]
pub struct Registration {
    /// The username, with which the user logs in and can be paid: 2 to 40 letters (a to z), digits, dots, underscores
    /// or hyphens, with at least one letter. It must be unique among all users, ignoring case.
    pub username: String,
    /// The password: 8 to 128 characters. It must be hard to guess, and must not be the username, phone number, e-mail
    /// address or display name. If it is refused, the user error says how to make it stronger.
    pub password: String,
    /// The phone number, with which the user can log in and be paid. Start it with `+` and the country code. It must be
    /// unique among all users.
    pub phone: Option<String>,
    /// The e-mail address, with which the user can log in. It must be unique among all users.
    pub email: Option<String>,
    /// The currency of the book and of its first wallet. Default: the server's default currency.
    pub currency: Option<Currency>,
    /// The name that the user shows to others, such as those who pay them, 1 to 100 characters. Default: the username.
    pub display_name: Option<String>,
    /// The name of the book, 1 to 100 characters. Default: the display name.
    pub book_name: Option<String>,
}

/// Registers a user and logs them in.
///
/// # Errors
/// `INVALID` and `TAKEN`, for all fields at once; `TOO_MANY_ATTEMPTS` when too many users registered from the client's address
/// today.
pub async fn register(app: &App, client: &Client, registration: Registration) -> Result<Grant> {
    let day = &day_of(app, client)?;
    let act = &ActivityEvent::of_nobody(client.address, Action::Register);
    if let Some(day) = day
        && let Err(refusal) = admit(app, day, day.count(app.db.read()).await? + 1)
    {
        app.db.write(|tx| async move { turn_away(&tx, app, day, act).await }).await?;
        return Err(refusal.into());
    }
    let registered = attempt(app, client, day.as_ref(), registration).await;
    if let Err(Error::Refused(refusals)) = &registered {
        activity::refuse(app, act.clone(), refusals).await?;
    }
    registered
}

/// Logs only the first rejected registration per address and day, so that an attacker cannot flood the audit log.
async fn turn_away(tx: &Transaction, app: &App, day: &Window, act: &ActivityEvent) -> Result<()> {
    if day.count(tx).await? > app.limits.registrations_per_address.into() {
        return Ok(());
    }
    day.add(tx, 1).await?;
    act.clone().refused([Code::TooManyAttempts]).record(tx, &app.clock).await
}

async fn attempt(app: &App, client: &Client, day: Option<&Window>, registration: Registration) -> Result<Grant> {
    let mut refusals = Refusals::default();
    let username = refusals.check(names::username(&registration.username));
    let phone = registration.phone.as_deref().and_then(|phone| refusals.check(names::e164(app, phone)));
    let email = registration.email.as_deref().and_then(|email| refusals.check(text::email(email, "email")));
    let mut name = |name: Option<&str>, path| name.and_then(|name| refusals.check(text::line(name, 100, path)));
    let display_name = name(registration.display_name.as_deref(), "displayName");
    let book_name = name(registration.book_name.as_deref(), "bookName");
    let username = username.unwrap_or_default();
    let display_name = display_name.unwrap_or_else(|| username.clone());
    let book_name = &book_name.unwrap_or_else(|| display_name.clone());
    let mut user = user::Model {
        id: Id::generate(),
        username_key: key(&username),
        username,
        display_name,
        phone,
        email_key: email.as_deref().map(key),
        email,
        password_hash: String::new(),
        password_version: 1,
        findable: true,
        time_zone: TimeZone::UTC,
        created_at: app.clock.now(),
        deleted_at: None,
    };
    let claim = Claim {
        is_known: false,
        network: client.network(),
        name: app.token_keys.hash(&format!("name {}", user.username_key))?,
    };
    refusals.take(app.passwords.judge(&claim, &registration.password, &user, "password").await)?;
    let taken = names::taken(app.db.read(), &user).await?;
    if let Some(day) = day.filter(|_| !taken.is_empty()) {
        // Asking for taken names reveals which names exist, so it counts against the limit like a registration.
        app.db.write(|tx| async move { day.add(&tx, 1).await }).await?;
    }
    refusals.extend(taken);
    refusals.none()?;
    user.password_hash = app.passwords.hash(&claim, registration.password).await?;
    let user = &user;
    let currency = registration.currency.unwrap_or(app.defaults.currency);
    app.db
        .write(|tx| async move {
            let grant = write(app, &tx, client, user, book_name, currency).await?;
            // Last in the transaction, because registrations from the same address wait for the lock on this row.
            if let Some(day) = day {
                admit(app, day, day.add(&tx, 1).await?)?;
            }
            Ok(grant)
        })
        .await
}

/// The counter of today's registrations from the client's network. `None` when they are not limited.
fn day_of(app: &App, client: &Client) -> Result<Option<Window>> {
    let Some(network) = client.network().filter(|_| app.limits.registrations_per_address > 0) else { return Ok(None) };
    let key = app.token_keys.hash(&format!("registrations from {network}"))?;
    Ok(Some(Window::around(app.clock.now(), DAY, key)))
}

/// Refuses a registration beyond the limit. `registrations` is today's number including this one.
fn admit(app: &App, day: &Window, registrations: i64) -> Result<(), Refusal> {
    if registrations <= app.limits.registrations_per_address.into() {
        return Ok(());
    }
    Err(too_many_attempts(day.end - app.clock.now()))
}

async fn write(
    app: &App,
    tx: &Transaction,
    client: &Client,
    user: &user::Model,
    book_name: &str,
    currency: Currency,
) -> Result<Grant> {
    let mut refusals = Refusals::default();
    refusals.extend(names::taken(tx, user).await?);
    refusals.none()?;
    user::Entity::insert(user.clone().into_active_model()).exec_without_returning(tx).await?;
    let book = bookkeeping::book_lifecycle::open(tx, book_name, currency, user.created_at).await?;
    let member = member::Model { book_id: book.id, user_id: user.id, role: Role::Owner, created_at: user.created_at };
    member::Entity::insert(member.into_active_model()).exec_without_returning(tx).await?;
    bookkeeping::wallets::wallet::open_first(tx, book.id, currency, user.created_at).await?;
    session::start(app, tx, client, user, book.id, Action::Register).await
}
