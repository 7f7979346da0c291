//! Wallets: creating, renaming, freezing and closing them. The balance of a wallet is in the journal.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, SelectTwoRequired, Set,
};
use serde::Serialize;

use crate::{
    activity::{ActivityEvent, AuditFields, Field, field},
    app::App,
    bookkeeping::{
        book,
        creation::{self, Begun},
        document::Replayable,
        journal,
        new_id::{ClientId, NewId},
    },
    db::Transaction,
    entity::{
        account::{self, AccountKind, AccountStatus},
        activity::Action,
        wallet,
    },
    error::{Code, Detail, Refusal, Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal},
    text,
    viewer::Viewer,
};

/// The most wallets that a book may have, closed ones included, since the list of wallets is not paginated.
const MOST_WALLETS: u64 = 200;
/// The most characters of a wallet's name.
const LONGEST_NAME: usize = 100;

/// The currency and the name of the wallet to create.
// The ids that clients choose are compared by the JSON of this type, and never expire: leave a new field out of it when
// absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "CreateWalletInput")]
pub struct NewWallet {
    /// An id that you choose: `wallet_` and a new UUID of version 7, in the TypeID form. It makes it safe to send the same
    /// request again: when the id was already used in this book, the same input changes nothing and returns the wallet as
    /// it is now; another input fails with `IDEMPOTENCY_CONFLICT`. Default: an id made by the server.
    #[serde(skip)]
    pub id: Option<ID>,
    /// The currency of the wallet. A book may have several wallets in one currency; the first becomes the default.
    pub currency: Currency,
    /// The name of the wallet, 1 to 100 characters. Default: made from the currency, such as `USD wallet`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A wallet and its account.
#[derive(Clone, Debug)]
pub struct Wallet {
    /// The wallet's row: name, currency and whether it is a default.
    pub wallet: wallet::Model,
    /// The wallet's account: balance and status.
    pub account: account::Model,
}

impl From<(wallet::Model, account::Model)> for Wallet {
    fn from((wallet, account): (wallet::Model, account::Model)) -> Self {
        Self { wallet, account }
    }
}

/// A wallet that was changed.
#[derive(Clone, Debug)]
pub struct ChangedWallet {
    /// The wallet after the change.
    pub wallet: Wallet,
    /// The other wallet that became or ceased to be the default of its currency because of the change.
    pub other: Option<Id<kind::Wallet>>,
}

/// All wallets of the viewer's book, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Vec<Wallet>> {
    let wallets = in_book(viewer).order_by_asc(wallet::Column::Position).all(conn).await?;
    Ok(wallets.into_iter().map(Wallet::from).collect())
}

/// The wallets of the viewer's book with these ids; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Wallet>>,
) -> Result<Vec<Wallet>> {
    let wallets = in_book(viewer).filter(wallet::Column::Id.is_in(ids)).all(conn).await?;
    Ok(wallets.into_iter().map(Wallet::from).collect())
}

/// A wallet of the viewer's book.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, viewer: &Viewer, id: Id<kind::Wallet>) -> Result<Option<Wallet>> {
    Ok(in_book(viewer).filter(wallet::Column::Id.eq(id)).one(conn).await?.map(Wallet::from))
}

/// Finds a wallet of the viewer's book. Pass `None` for an id that could not be parsed.
///
/// # Errors
/// `NOT_FOUND` at `path` when `id` is `None` or the book has no such wallet.
pub async fn require(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    id: Option<Id<kind::Wallet>>,
    path: &str,
) -> Result<Wallet> {
    let wallet = match id {
        Some(id) => find(conn, viewer, id).await?,
        None => None,
    };
    Ok(wallet.ok_or_else(|| Refusal::new(Code::NotFound, path, "You have no such wallet."))?)
}

/// Creates a wallet. The first wallet of a currency becomes the book's default for it.
///
/// # Errors
/// `INVALID` for the name; `LIMIT_REACHED` when the book has as many wallets as it may have; `INVALID` and
/// `IDEMPOTENCY_CONFLICT` for the id.
pub async fn create(app: &App, viewer: &Viewer, new: &NewWallet) -> Result<Replayable<Wallet>> {
    let client_id = &ClientId::of(new.id.as_ref(), &("createWallet", new))?;
    creation::write(app, viewer, new.id.as_ref(), &Ok(None), |tx| async move {
        let act = ActivityEvent::by(viewer, Action::CreateWallet);
        let free = match creation::begin(&tx, app, viewer, act.clone(), client_id.as_ref(), None).await? {
            Begun::New(free) => free,
            Begun::Earlier(id) => {
                return Ok(Replayable { document: expect(&tx, viewer, id?).await?, replayed: true });
            }
        };
        let name = new.name.as_deref().map(|name| text::line(name, LONGEST_NAME, "name")).transpose()?;
        let book = book::lock(&tx, viewer).await?;
        let wallets = wallet::Entity::find().filter(wallet::Column::BookId.eq(viewer.book)).count(&tx).await?;
        if wallets >= MOST_WALLETS {
            let message = format!("A book can have at most {MOST_WALLETS} wallets.");
            return Err(Refusal::new(Code::LimitReached, "", message).with(Detail::MostItems(MOST_WALLETS)).into());
        }
        let id = free.take();
        open(&tx, viewer.book, id, new.currency, name.as_deref(), app.clock.now()).await?;
        if book.closing_since.is_some() {
            journal::set_closing(&tx, viewer.book, true).await?;
        }
        act.on(id.id).record(&tx, &app.clock).await?;
        Ok(Replayable { document: expect(&tx, viewer, id.id).await?, replayed: false })
    })
    .await
}

/// Opens the first wallet of a new book.
///
/// # Errors
/// When the database fails.
pub async fn open_first(
    tx: &Transaction,
    book_id: Id<kind::Book>,
    currency: Currency,
    now: DateTime<Utc>,
) -> Result<()> {
    open(tx, book_id, NewId::generate(), currency, None, now).await
}

/// Opens a wallet with its account, and the book's outside account of that currency. The caller has locked the book or
/// has just created it.
async fn open(
    tx: &Transaction,
    book_id: Id<kind::Book>,
    NewId { id, position }: NewId<kind::Wallet>,
    currency: Currency,
    name: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let name = name.map_or_else(|| format!("{currency} wallet"), str::to_owned);
    let is_default = default_of(tx, book_id, currency).await?.is_none();
    let wallet = wallet::Model { id, position, book_id, name, currency, is_default, created_at: now };
    wallet::Entity::insert(wallet.into_active_model()).exec_without_returning(tx).await?;
    journal::open(tx, book_id, AccountKind::Wallet, currency, id.cast(), now).await?;
    journal::open(tx, book_id, AccountKind::Outside, currency, book_id.cast(), now).await
}

/// Renames a wallet, makes it the default of its currency, or both.
///
/// # Errors
/// `NOT_FOUND`; `INVALID` for the name; `WALLET_NOT_ACTIVE` when a closed wallet should become the default.
pub async fn update(
    app: &App,
    viewer: &Viewer,
    id: Option<Id<kind::Wallet>>,
    name: Option<&str>,
    make_default: bool,
) -> Result<ChangedWallet> {
    let name = &name.map(|name| text::line(name, LONGEST_NAME, "name")).transpose()?;
    app.db
        .write(|tx| async move {
            book::lock(&tx, viewer).await?;
            let before = require(&tx, viewer, id, "id").await?;
            let Wallet { wallet, account } = before.clone();
            if make_default && account.status == AccountStatus::Closed {
                let message = "A closed wallet cannot be the default.";
                return Err(Refusal::new(Code::WalletNotActive, "makeDefault", message).into());
            }
            let default = default_of(&tx, viewer.book, wallet.currency).await?;
            let former = default.filter(|old| make_default && old.id != wallet.id);
            let other = former.as_ref().map(|former| former.id);
            if let Some(old) = former {
                set_default_beside(&tx, app, ActivityEvent::by(viewer, Action::UpdateWallet), old, false).await?;
            }
            let mut changed = wallet.clone().into_active_model();
            if let Some(name) = name {
                changed.name = Set(name.clone());
            }
            if make_default {
                changed.is_default = Set(true);
            }
            let after = Wallet { wallet: changed.update(&tx).await?, account };
            ActivityEvent::by(viewer, Action::UpdateWallet)
                .on(after.wallet.id)
                .changed(&before, &after)
                .record(&tx, &app.clock)
                .await?;
            Ok(ChangedWallet { wallet: after, other })
        })
        .await
}

/// Freezes, unfreezes or closes a wallet. When a default wallet is closed, the oldest other wallet of its currency that
/// is not closed becomes the default.
///
/// # Errors
/// `NOT_FOUND`; `WALLET_NOT_ACTIVE` when a closed wallet is to be frozen or unfrozen; `WALLET_NOT_EMPTY` when a wallet
/// to be closed holds money.
pub async fn set_status(
    app: &App,
    viewer: &Viewer,
    id: Option<Id<kind::Wallet>>,
    status: AccountStatus,
) -> Result<ChangedWallet> {
    let action = match status {
        AccountStatus::Active => Action::UnfreezeWallet,
        AccountStatus::Frozen => Action::FreezeWallet,
        AccountStatus::Closed => Action::CloseWallet,
    };
    app.db
        .write(|tx| async move {
            book::lock(&tx, viewer).await?;
            let mut wallet = require(&tx, viewer, id, "id").await?.wallet;
            let account = lock_account(&tx, &wallet).await?;
            let before = Wallet { wallet: wallet.clone(), account: account.clone() };
            if account.status == status {
                ActivityEvent::by(viewer, action).on(before.wallet.id).record(&tx, &app.clock).await?;
                return Ok(ChangedWallet { wallet: before, other: None });
            }
            if account.status == AccountStatus::Closed {
                return Err(
                    Refusal::new(Code::WalletNotActive, "id", "The wallet is closed and cannot be reopened.").into()
                );
            }
            let mut other = None;
            if status == AccountStatus::Closed {
                if journal::balance(&account) != 0 {
                    let message = "The wallet still holds money. Withdraw or transfer it first.";
                    return Err(Refusal::new(Code::WalletNotEmpty, "id", message).into());
                }
                if wallet.is_default {
                    wallet = set_default(&tx, wallet, false).await?;
                    if let Some(next) = next_default(&tx, viewer, &wallet).await? {
                        other = Some(next.id);
                        set_default_beside(&tx, app, ActivityEvent::by(viewer, action), next, true).await?;
                    }
                }
            }
            let after = Wallet { wallet, account: journal::set_status(&tx, account, status).await? };
            ActivityEvent::by(viewer, action)
                .on(after.wallet.id)
                .changed(&before, &after)
                .record(&tx, &app.clock)
                .await?;
            Ok(ChangedWallet { wallet: after, other })
        })
        .await
}

/// Closes all wallets of the viewer's book, or none of them: returns `WALLET_NOT_EMPTY` for each wallet that holds money. The
/// caller has locked the book.
pub(in crate::bookkeeping) async fn close_all(tx: &Transaction, viewer: &Viewer) -> Result<Refusals> {
    let mut wallets = list(tx, viewer).await?;
    // The journal locks accounts in the order of their ids; the same order here prevents deadlocks.
    wallets.sort_by_key(|wallet| wallet.account.id);
    let mut refusals = Refusals::default();
    let mut empty = Vec::new();
    for Wallet { wallet, .. } in wallets {
        let account = lock_account(tx, &wallet).await?;
        let holds = journal::balance(&account);
        if holds != 0 {
            let (name, currency) = (&wallet.name, wallet.currency);
            let holds = Decimal::from_minor(holds, currency);
            let message = format!(
                "The wallet “{name}” still holds {holds} {currency}. Withdraw or transfer it first. Until then nobody else can \
                 pay you, unless you call cancelAccountDeletion."
            );
            refusals.push(Refusal::new(Code::WalletNotEmpty, "", message));
        } else if account.status != AccountStatus::Closed {
            empty.push(account);
        }
    }
    if refusals.is_empty() {
        for account in empty {
            journal::set_status(tx, account, AccountStatus::Closed).await?;
        }
    }
    Ok(refusals)
}

async fn lock_account(tx: &Transaction, wallet: &wallet::Model) -> Result<account::Model> {
    let account = journal::lock_of_holder(tx, AccountKind::Wallet, wallet.currency, wallet.id.cast()).await?;
    Ok(account.ok_or_else(|| DbErr::RecordNotFound(format!("no account of {}", wallet.id)))?)
}

fn in_book(viewer: &Viewer) -> SelectTwoRequired<wallet::Entity, account::Entity> {
    wallet::Entity::find().find_both_related(account::Entity).filter(wallet::Column::BookId.eq(viewer.book))
}

async fn expect(conn: &impl ConnectionTrait, viewer: &Viewer, id: Id<kind::Wallet>) -> Result<Wallet> {
    Ok(find(conn, viewer, id).await?.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?)
}

async fn default_of(
    conn: &impl ConnectionTrait,
    book_id: Id<kind::Book>,
    currency: Currency,
) -> Result<Option<wallet::Model>> {
    Ok(wallet::Entity::find()
        .filter(wallet::Column::BookId.eq(book_id))
        .filter(wallet::Column::Currency.eq(currency))
        .filter(wallet::Column::IsDefault.eq(true))
        .one(conn)
        .await?)
}

async fn next_default(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    closed: &wallet::Model,
) -> Result<Option<wallet::Model>> {
    let next = in_book(viewer)
        .filter(wallet::Column::Currency.eq(closed.currency))
        .filter(wallet::Column::Id.ne(closed.id))
        .filter(account::Column::Status.ne(AccountStatus::Closed))
        .order_by_asc(wallet::Column::Position)
        .one(conn)
        .await?;
    Ok(next.map(|(wallet, _)| wallet))
}

/// Sets or clears the default of a wallet as a consequence of a change to another wallet. Recorded as an event of its
/// own, since it is about another wallet.
async fn set_default_beside(
    tx: &Transaction,
    app: &App,
    act: ActivityEvent,
    wallet: wallet::Model,
    is_default: bool,
) -> Result<()> {
    let after = set_default(tx, wallet.clone(), is_default).await?;
    act.on(after.id).changed(&wallet, &after).record(tx, &app.clock).await
}

async fn set_default(tx: &Transaction, wallet: wallet::Model, is_default: bool) -> Result<wallet::Model> {
    let mut wallet = wallet.into_active_model();
    wallet.is_default = Set(is_default);
    Ok(wallet.update(tx).await?)
}

impl AuditFields for wallet::Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![field("name", Some(&self.name)), field("isDefault", Some(self.is_default))]
    }
}

impl AuditFields for Wallet {
    fn audit_fields(&self) -> Vec<Field> {
        let mut fields = self.wallet.audit_fields();
        fields.push(field("status", Some(self.account.status.to_value())));
        fields
    }
}
