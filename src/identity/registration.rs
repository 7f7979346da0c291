//! Registration: a user, a book that they own and a wallet in its currency, all or nothing.

use async_graphql::InputObject;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
};

use super::{Client, Grant, phone, session, user::key};
use crate::{
    activity::{self, Act},
    app::App,
    bookkeeping,
    entity::{
        activity::Action,
        member::{self, Role},
        user,
    },
    error::{Code, Error, Refusal, Refusals, Result},
    id::Id,
    money::Currency,
    text,
};

/// Who registers.
#[derive(InputObject)]
#[graphql(name = "RegisterInput")]
#[expect(missing_debug_implementations, reason = "it holds a password")]
pub struct Registration {
    /// The name to log in with and to be paid by: 2 to 40 letters (a to z), digits, dots, underscores or hyphens, at least one
    /// of them a letter. Unique without regard to case.
    pub username: String,
    /// The password, 8 to 128 characters.
    pub password: String,
    /// A phone number, another name to log in with and to be paid by. Begin with `+` and the country code.
    pub phone: Option<String>,
    /// An e-mail address, another name to log in with.
    pub email: Option<String>,
    /// The currency of the book and of its first wallet; the server's default when absent.
    pub currency: Option<Currency>,
    /// The name that others see who pay you or whom you pay, at most 100 characters; the username when absent.
    pub display_name: Option<String>,
    /// What to call the book, at most 100 characters; the display name when absent.
    pub book_name: Option<String>,
}

/// Registers a user and logs them in.
///
/// # Errors
/// `INVALID` and `TAKEN` for all fields at once.
pub async fn register(app: &App, client: &Client, registration: Registration) -> Result<Grant> {
    let registered = attempt(app, client, registration).await;
    if let Err(Error::Refused(refusals)) = &registered {
        activity::refuse(app, Act::of_nobody(client.address, Action::Register), refusals).await?;
    }
    registered
}

async fn attempt(app: &App, client: &Client, registration: Registration) -> Result<Grant> {
    let mut refusals = Refusals::default();
    let username = refusals.check(username(&registration.username));
    refusals.check(password(&registration.password));
    let phone = registration.phone.as_deref().and_then(|phone| refusals.check(e164(app, phone)));
    let email = registration.email.as_deref().and_then(|email| refusals.check(text::email(email, "email")));
    let mut name = |name: Option<&str>, path| name.and_then(|name| refusals.check(text::line(name, 100, path)));
    let display_name = name(registration.display_name.as_deref(), "displayName");
    let book_name = name(registration.book_name.as_deref(), "bookName");
    for taken in taken(app.db.read(), username.as_deref(), phone.as_deref(), email.as_deref()).await? {
        refusals.push(taken);
    }
    refusals.none()?;

    let display_name = display_name.unwrap_or_else(|| registration.username.clone());
    let book_name = &book_name.unwrap_or_else(|| display_name.clone());
    let user = &user::Model {
        id: Id::generate(),
        username_key: key(&registration.username),
        username: registration.username,
        display_name,
        phone,
        email_key: email.as_deref().map(key),
        email,
        password_hash: app.passwords.hash(registration.password).await?,
        created_at: app.clock.now(),
    };
    let currency = registration.currency.unwrap_or(app.defaults.currency);
    app.db.write(|tx| async move { write(app, &tx, client, user, book_name, currency).await }).await
}

async fn write(
    app: &App,
    tx: &DatabaseTransaction,
    client: &Client,
    user: &user::Model,
    book_name: &str,
    currency: Currency,
) -> Result<Grant> {
    let taken = taken(tx, Some(&user.username), user.phone.as_deref(), user.email.as_deref()).await?;
    if !taken.is_empty() {
        return Err(Error::Refused(taken));
    }
    user::Entity::insert(user.clone().into_active_model()).exec_without_returning(tx).await?;
    let book = bookkeeping::book::open(tx, book_name, currency, user.created_at).await?;
    let member = member::Model { book_id: book.id, user_id: user.id, role: Role::Owner, created_at: user.created_at };
    member::Entity::insert(member.into_active_model()).exec_without_returning(tx).await?;
    bookkeeping::wallet::open(tx, book.id, currency, None, user.created_at).await?;
    session::start(app, tx, client, user, book.id, Action::Register).await
}

/// Which of the names that a user is to have are somebody's already.
async fn taken(
    conn: &impl ConnectionTrait,
    username: Option<&str>,
    phone: Option<&str>,
    email: Option<&str>,
) -> Result<Vec<Refusal>> {
    let (username, email) = (username.map(key), email.map(key));
    let wanted = Condition::any()
        .add_option(username.as_ref().map(|username| user::Column::UsernameKey.eq(username)))
        .add_option(phone.map(|phone| user::Column::Phone.eq(phone)))
        .add_option(email.as_ref().map(|email| user::Column::EmailKey.eq(email)));
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let others = user::Entity::find().filter(wanted).all(conn).await?;
    let taken = |path, message, same: &dyn Fn(&user::Model) -> bool| {
        others.iter().any(same).then(|| Refusal::new(Code::Taken, path, message))
    };
    Ok([
        taken("username", "This username is taken.", &|other| username.as_ref() == Some(&other.username_key)),
        taken("phone", "This phone number is another user's.", &|other| {
            phone.is_some() && phone == other.phone.as_deref()
        }),
        taken("email", "This e-mail address is another user's.", &|other| email.is_some() && email == other.email_key),
    ]
    .into_iter()
    .flatten()
    .collect())
}

fn username(username: &str) -> Result<String, Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    // A letter tells it from a phone number, the lack of an `@` from an e-mail address.
    let is_username = (2..=40).contains(&username.len())
        && username.bytes().all(allowed)
        && username.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_username.then(|| username.to_owned()).ok_or_else(|| {
        let message =
            "A username has 2 to 40 letters (a to z), digits, dots, underscores or hyphens, and at least one letter.";
        Refusal::new(Code::Invalid, "username", message)
    })
}

fn password(password: &str) -> Result<(), Refusal> {
    if (8..=128).contains(&password.chars().count()) {
        return Ok(());
    }
    Err(Refusal::new(Code::Invalid, "password", "A password has 8 to 128 characters."))
}

fn e164(app: &App, phone: &str) -> Result<String, Refusal> {
    phone::normalize(phone, app.defaults.phone_region).ok_or_else(|| {
        let message = "This is not a phone number. Begin with + and the country code.";
        Refusal::new(Code::Invalid, "phone", message)
    })
}
