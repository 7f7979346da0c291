//! Payees: finding whom a phone number, a username or a wallet id stands for.
//!
//! Finding somebody by phone number or username reveals that they are registered, and their display name. So each user
//! may do it a limited number of times per day, and wrong guesses count as well as right ones. What does not count: the
//! user's own names, and those whom their book has paid before. A wallet id cannot be guessed, so it never counts.

use sea_orm::{ConnectionTrait, EntityTrait};

use super::{
    reference::{self, WalletRef},
    wallet::Wallet,
};
use crate::{
    app::App,
    bookkeeping::book,
    db::{Transaction, Writes},
    entity::known_payee,
    error::Result,
    id::{Id, kind},
    identity::DailyLimit,
    money::Currency,
    viewer::Viewer,
};

/// The name of the limit.
const LOOK_UPS: &str = "payee look-ups";

/// A wallet that can be paid.
#[derive(Clone, Debug)]
pub struct Payee {
    /// The wallet.
    pub wallet: Wallet,
    /// Whether it is of the viewer's book, or of a book that the viewer's book has paid before.
    pub is_known: bool,
}

/// Finds whom a payment from the viewer's book would pay. `None` when there is nobody, or when the user does not want to
/// be found by username and phone number.
///
/// # Errors
/// `TOO_MANY_ATTEMPTS` when the viewer has looked up too many phone numbers and usernames today.
pub async fn find(
    app: &App,
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    named: &WalletRef,
    currency: Currency,
) -> Result<Option<Payee>> {
    let wallet = reference::resolve(conn, &app.defaults, viewer, named, Some(currency)).await?;
    let is_known = match &wallet {
        Some(wallet) => is_known(conn, viewer, wallet.wallet.book_id).await?,
        None => false,
    };
    if !is_known && !matches!(named, WalletRef::Id(_)) {
        count(app, conn, viewer).await?;
    }
    Ok(wallet.map(|wallet| Payee { wallet, is_known }))
}

/// Finds whom a payment would pay, for a query. The default currency is the wallet's if it is named by id, otherwise the
/// book's.
///
/// # Errors
/// As for [`find`].
pub async fn look_up(
    app: &App,
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    named: &WalletRef,
    currency: Option<Currency>,
) -> Result<Option<Wallet>> {
    if let WalletRef::Id(_) = named {
        let wallet = reference::resolve(conn, &app.defaults, viewer, named, currency).await?;
        return Ok(wallet.filter(|wallet| currency.is_none_or(|currency| wallet.wallet.currency == currency)));
    }
    let currency = match currency {
        Some(currency) => currency,
        None => book::find(conn, viewer).await?.currency,
    };
    Ok(find(app, conn, viewer, named, currency).await?.map(|payee| payee.wallet))
}

/// Remembers which books have paid which others.
///
/// # Errors
/// When the database fails.
pub(super) fn remember(
    writes: &mut Writes,
    paid: impl IntoIterator<Item = (Id<kind::Book>, Id<kind::Book>)>,
) -> Result<()> {
    let known = paid.into_iter().map(|(book_id, payee_book_id)| known_payee::Model { book_id, payee_book_id });
    Ok(writes.insert_missing::<known_payee::Entity>(known)?)
}

/// Counts one look-up in a transaction that is committed whatever becomes of the payment.
///
/// # Errors
/// `TOO_MANY_ATTEMPTS` as for [`find`].
pub(super) async fn count_in(tx: &Transaction, app: &App, viewer: &Viewer) -> Result<()> {
    let Some(limit) = DailyLimit::of(app, viewer, LOOK_UPS, app.limits.payee_lookups_per_day)? else { return Ok(()) };
    limit.check(tx).await?;
    Ok(limit.count(tx, 1).await??)
}

async fn is_known(conn: &impl ConnectionTrait, viewer: &Viewer, book_id: Id<kind::Book>) -> Result<bool> {
    if book_id == viewer.book {
        return Ok(true);
    }
    Ok(known_payee::Entity::find_by_id((viewer.book, book_id)).one(conn).await?.is_some())
}

/// Counts one look-up. It is counted before the answer is given, in a transaction of its own, so that a client that
/// disconnects and a payment that is refused count too.
async fn count(app: &App, conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<()> {
    let Some(limit) = &DailyLimit::of(app, viewer, LOOK_UPS, app.limits.payee_lookups_per_day)? else {
        return Ok(());
    };
    limit.check(conn).await?;
    Ok(app.db.write(|tx| async move { limit.count(&tx, 1).await }).await??)
}
