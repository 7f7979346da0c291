//! Accounts of the journal: opens, finds and locks them, and sets their status.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, Set,
    sea_query::{Expr, LockType, OnConflict},
};

use super::{Draft, in_order};
use crate::{
    db::{InOrder, Transaction},
    entity::account::{self, AccountKind, AccountStatus},
    error::Result,
    id::{Id, kind},
    list::any_of::{MOST_TERMS, any_of},
    money::Currency,
};

/// The balance of an account in minor units, counted on the normal side of its kind: a wallet that holds money and a
/// customer who owes money both have a positive balance.
#[must_use]
pub fn balance(account: &account::Model) -> i64 {
    if is_debit_normal(account.kind) { account.debits - account.credits } else { account.credits - account.debits }
}

/// Whether the normal side of accounts of this kind is debit.
pub(super) fn is_debit_normal(account_kind: AccountKind) -> bool {
    match account_kind {
        AccountKind::Outside
        | AccountKind::Receivable
        | AccountKind::Cash
        | AccountKind::Expense
        | AccountKind::WriteOff => true,
        AccountKind::Wallet
        | AccountKind::Income
        | AccountKind::Sales
        | AccountKind::Cgst
        | AccountKind::Sgst
        | AccountKind::Igst
        | AccountKind::Charges
        | AccountKind::RoundOff
        | AccountKind::Opening
        | AccountKind::InTransit => false,
    }
}

/// Opens an account, or does nothing when its holder already has one of this kind and currency.
///
/// # Errors
/// When the database fails.
pub async fn open(
    tx: &Transaction,
    book_id: Id<kind::Book>,
    account_kind: AccountKind,
    currency: Currency,
    holder_id: Id<kind::Holder>,
    now: DateTime<Utc>,
) -> Result<()> {
    let account = account::Model {
        id: Id::generate(),
        book_id,
        kind: account_kind,
        currency,
        holder_id,
        status: AccountStatus::Active,
        closing: false,
        may_overdraw: account_kind != AccountKind::Wallet,
        debits: 0,
        credits: 0,
        wallet_inflow: 0,
        postings: 0,
        created_at: now,
        posted_at: None,
    };
    let unless_it_exists =
        OnConflict::columns([account::Column::HolderId, account::Column::Kind, account::Column::Currency])
            .do_nothing()
            .to_owned();
    account::Entity::insert(account.into_active_model())
        .on_conflict(unless_it_exists)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The ids of accounts, looked up by currency, kind and holder.
#[derive(Debug, Default)]
pub struct Accounts(HashMap<(Currency, AccountKind, Id<kind::Holder>), Id<kind::Account>>);

impl Accounts {
    /// Finds the accounts that `wanted` lists and opens those that do not exist yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ensure(
        tx: &Transaction,
        book_id: Id<kind::Book>,
        wanted: impl IntoIterator<Item = (Currency, AccountKind, Id<kind::Holder>)>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let mut by_currency: HashMap<Currency, BTreeSet<_>> = HashMap::new();
        for (currency, account_kind, holder_id) in wanted {
            by_currency.entry(currency).or_default().insert((account_kind, holder_id));
        }
        let mut accounts = Self::default();
        for (currency, wanted) in by_currency {
            let wanted: Vec<_> = wanted.into_iter().collect();
            for wanted in wanted.chunks(MOST_TERMS) {
                let ids = ensure(tx, book_id, currency, wanted, now).await?;
                let keys = wanted.iter().map(|(account_kind, holder_id)| (currency, *account_kind, *holder_id));
                accounts.0.extend(keys.zip(ids));
            }
        }
        Ok(accounts)
    }

    /// The id of an account that was listed in [`Accounts::ensure`].
    ///
    /// # Errors
    /// When the account was not listed there, which is a bug in the caller.
    pub fn get(
        &self,
        currency: Currency,
        account_kind: AccountKind,
        holder_id: Id<kind::Holder>,
    ) -> Result<Id<kind::Account>> {
        let missing = || DbErr::RecordNotFound(format!("no account of {holder_id} in {currency}"));
        Ok(self.0.get(&(currency, account_kind, holder_id)).copied().ok_or_else(missing)?)
    }
}

/// Returns the accounts of these kinds and holders in one currency, in the order of `wanted`. Opens those that do not
/// exist yet.
async fn ensure(
    tx: &Transaction,
    book_id: Id<kind::Book>,
    currency: Currency,
    wanted: &[(AccountKind, Id<kind::Holder>)],
    now: DateTime<Utc>,
) -> Result<Vec<Id<kind::Account>>> {
    let mut found = Vec::new();
    // The first pass finds the accounts; the second reads again after missing ones were opened, since another
    // transaction may have opened them first.
    for _ in 0..2 {
        let any = wanted.iter().fold(Condition::any(), |any, (account_kind, holder_id)| {
            let both = Condition::all().add(account::Column::HolderId.eq(*holder_id));
            any.add(both.add(account::Column::Kind.eq(*account_kind)))
        });
        found = account::Entity::find().filter(any).filter(account::Column::Currency.eq(currency)).all(tx).await?;
        let is_missing = |(account_kind, holder_id): &&(AccountKind, Id<kind::Holder>)| {
            !found.iter().any(|account| account.kind == *account_kind && account.holder_id == *holder_id)
        };
        let missing: Vec<_> = wanted.iter().filter(is_missing).collect();
        if missing.is_empty() {
            break;
        }
        for (account_kind, holder_id) in missing {
            open(tx, book_id, *account_kind, currency, *holder_id, now).await?;
        }
    }
    let id = |(account_kind, holder_id): &(AccountKind, Id<kind::Holder>)| {
        let same = |account: &&account::Model| account.kind == *account_kind && account.holder_id == *holder_id;
        let missing = || DbErr::RecordNotFound(format!("no account of {holder_id} in {currency}"));
        Ok(found.iter().find(same).ok_or_else(missing)?.id)
    };
    wanted.iter().map(id).collect()
}

/// All accounts of one kind that these holders have, in any currency.
///
/// # Errors
/// When the database fails.
pub async fn of_holders(
    conn: &impl ConnectionTrait,
    account_kind: AccountKind,
    holders: impl IntoIterator<Item = Id<kind::Holder>>,
) -> Result<Vec<account::Model>> {
    let holders = any_of(conn.get_database_backend(), account::Column::HolderId, holders);
    read(conn, account::Entity::find().filter(holders).filter(account::Column::Kind.eq(account_kind))).await
}

/// The account that one holder has of this kind and currency; `None` when it was never opened.
///
/// # Errors
/// When the database fails.
pub async fn of_holder(
    conn: &impl ConnectionTrait,
    account_kind: AccountKind,
    currency: Currency,
    holder_id: Id<kind::Holder>,
) -> Result<Option<account::Model>> {
    Ok(held_by(account_kind, currency, holder_id).one(conn).await?)
}

/// Like [`of_holder`], and locks the account's row until the end of the transaction.
///
/// # Errors
/// When the database fails.
pub async fn lock_of_holder(
    tx: &Transaction,
    account_kind: AccountKind,
    currency: Currency,
    holder_id: Id<kind::Holder>,
) -> Result<Option<account::Model>> {
    Ok(held_by(account_kind, currency, holder_id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// Sets the status of an account: freezes, unfreezes or closes it. The caller must hold the lock on its row.
///
/// # Errors
/// When the database fails. Closing an account that still holds money violates a constraint and fails too.
pub async fn set_status(tx: &Transaction, account: account::Model, status: AccountStatus) -> Result<account::Model> {
    let mut account = account.into_active_model();
    account.status = Set(status);
    Ok(account.update(tx).await?)
}

/// Sets whether the wallets of a book take no payments of other books. A payment that is under way at the same time is
/// made before or refused, because it locks the same rows.
///
/// # Errors
/// When the database fails.
pub async fn set_closing(tx: &Transaction, book_id: Id<kind::Book>, closing: bool) -> Result<()> {
    let changed = account::Entity::find()
        .filter(account::Column::BookId.eq(book_id))
        .filter(account::Column::Kind.eq(AccountKind::Wallet))
        .filter(account::Column::Closing.eq(!closing))
        // In the order of their ids, as in `lock`.
        .order_by_asc(account::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    account::Entity::update_many()
        .col_expr(account::Column::Closing, Expr::value(closing))
        .filter(account::Column::Id.is_in(changed.iter().map(|account| account.id)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Locks all accounts that the drafts may post to, in the order of their ids, until the end of the transaction. The
/// fixed order keeps two transactions from waiting for each other.
pub(super) async fn lock(tx: &Transaction, drafts: &[&Draft]) -> Result<HashMap<Id<kind::Account>, account::Model>> {
    let lines = drafts.iter().flat_map(|draft| &draft.lines).flat_map(|line| [line.debit, line.credit]);
    let attempts = drafts.iter().filter_map(|draft| draft.attempt).flat_map(|attempt| [attempt.debit, attempt.credit]);
    let ids: BTreeSet<_> = lines.chain(attempts).collect();
    let accounts = account::Entity::find()
        .filter(account::Column::Id.is_in(ids))
        .order_by_asc(account::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    Ok(accounts.into_iter().map(|account| (account.id, account)).collect())
}

/// Locks the accounts of these holders that wallet operations may post to, as [`lock`] does.
pub(super) async fn lock_of_holders(
    tx: &Transaction,
    holders: impl IntoIterator<Item = Id<kind::Holder>>,
) -> Result<Vec<account::Model>> {
    let accounts = account::Entity::find()
        .filter(any_of(tx.get_database_backend(), account::Column::HolderId, holders))
        .filter(account::Column::Kind.is_in([AccountKind::Wallet, AccountKind::Outside]))
        .order_by_asc(account::Column::Id)
        .lock(LockType::NoKeyUpdate);
    read(tx, accounts).await
}

/// Reads accounts, of which a batch of wallet operations has hundreds.
async fn read(conn: &impl ConnectionTrait, accounts: Select<account::Entity>) -> Result<Vec<account::Model>> {
    let rows = conn.query_all(&accounts.into_query()).await?;
    Ok(rows.iter().map(|row| in_order::account(&mut InOrder::new(row))).collect::<Result<_, _>>()?)
}

fn held_by(account_kind: AccountKind, currency: Currency, holder_id: Id<kind::Holder>) -> Select<account::Entity> {
    account::Entity::find()
        .filter(account::Column::HolderId.eq(holder_id))
        .filter(account::Column::Kind.eq(account_kind))
        .filter(account::Column::Currency.eq(currency))
}
