//! Wallet transactions: journal entries as movements between wallets, and who may see them.

use async_graphql::Enum;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    entity::{
        account::{self, AccountKind},
        journal_entry::{self, EntryKind},
        posting,
    },
    error::Result,
    id::{Id, kind},
    identity::{self, Viewer},
};

/// The kind of event that moved a wallet's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum WalletTransactionType {
    /// Money was put into the wallet from outside the system.
    Deposit,
    /// Money was taken out of the wallet to the outside.
    Withdrawal,
    /// Money was moved from one wallet to another.
    Transfer,
    /// A customer's payment was received into the wallet. Voiding the receipt adds a second transaction with a negative
    /// amount.
    Receipt,
    /// An income was received into the wallet. Changing or deleting it adds a second transaction with a negative
    /// amount.
    Income,
    /// An expense was paid from the wallet. Changing or deleting it adds a second transaction with a negative amount.
    Expense,
}

impl From<WalletTransactionType> for EntryKind {
    fn from(kind: WalletTransactionType) -> Self {
        match kind {
            WalletTransactionType::Deposit => Self::Deposit,
            WalletTransactionType::Withdrawal => Self::Withdrawal,
            WalletTransactionType::Transfer => Self::Transfer,
            WalletTransactionType::Receipt => Self::Receipt,
            WalletTransactionType::Income => Self::Income,
            WalletTransactionType::Expense => Self::Expense,
        }
    }
}

/// A journal entry, as a movement between wallets.
#[derive(Clone, Debug)]
pub struct WalletTransaction {
    /// What happened.
    pub kind: WalletTransactionType,
    /// The entry.
    pub entry: journal_entry::Model,
    /// The account of the wallet that pays; none when the money comes from outside.
    pub from: Option<Id<kind::Account>>,
    /// The account of the wallet that is paid; none when the money goes outside.
    pub to: Option<Id<kind::Account>>,
}

impl WalletTransaction {
    /// The view of an entry through its posting on a wallet, which is its first; none when it has nothing to do with wallets.
    #[must_use]
    pub fn new(entry: journal_entry::Model, posting: &posting::Model) -> Option<Self> {
        let (debit, credit) = (posting.debit_account_id, posting.credit_account_id);
        let (kind, from, to) = match entry.kind {
            EntryKind::Deposit => (WalletTransactionType::Deposit, None, Some(credit)),
            EntryKind::Withdrawal => (WalletTransactionType::Withdrawal, Some(debit), None),
            EntryKind::Transfer => {
                (WalletTransactionType::Transfer, Some(debit), Some(entry.meant_for_id.unwrap_or(credit)))
            }
            // What could not be taken back: the money was to go the other way.
            EntryKind::Receipt if entry.meant_for_id.is_some() => (WalletTransactionType::Receipt, Some(debit), None),
            EntryKind::Receipt => (WalletTransactionType::Receipt, None, Some(credit)),
            EntryKind::Income if entry.meant_for_id.is_some() => (WalletTransactionType::Income, Some(debit), None),
            EntryKind::Income => (WalletTransactionType::Income, None, Some(credit)),
            EntryKind::Expense if entry.meant_for_id.is_some() => (WalletTransactionType::Expense, None, Some(credit)),
            EntryKind::Expense => (WalletTransactionType::Expense, Some(debit), None),
            EntryKind::Credit | EntryKind::Debit | EntryKind::Invoice => return None,
        };
        Some(Self { kind, entry, from, to })
    }
}

/// Some transactions that moved money on wallets of the viewer's book, or tried to; others are passed over.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Entry>>,
) -> Result<Vec<WalletTransaction>> {
    let rows = posting::Entity::find()
        .find_both_related(journal_entry::Entity)
        .filter(posting::Column::EntryId.is_in(ids))
        .filter(posting::Column::Line.eq(1))
        .all(conn)
        .await?;
    let accounts = rows.iter().flat_map(|(posting, _)| [posting.debit_account_id, posting.credit_account_id]);
    let own = account::Entity::find()
        .filter(account::Column::Id.is_in(accounts))
        .filter(account::Column::BookId.eq(viewer.book))
        .filter(account::Column::Kind.eq(AccountKind::Wallet))
        .all(conn)
        .await?;
    let is_own = |id| own.iter().any(|account| account.id == id);
    Ok(rows
        .into_iter()
        .filter(|(posting, _)| is_own(posting.debit_account_id) || is_own(posting.credit_account_id))
        .filter_map(|(posting, entry)| WalletTransaction::new(entry, &posting))
        .collect())
}

/// One side of a transaction, as others see it.
#[derive(Clone, Debug)]
pub struct Party {
    /// The account of the wallet.
    pub account_id: Id<kind::Account>,
    /// The wallet.
    pub wallet_id: Id<kind::Wallet>,
    /// The book that the wallet is in.
    pub book_id: Id<kind::Book>,
    /// What the owner of the book shows to others.
    pub display_name: String,
}

/// The parties whose wallets have some accounts.
///
/// # Errors
/// When the database fails.
pub async fn parties(
    conn: &impl ConnectionTrait,
    accounts: impl IntoIterator<Item = Id<kind::Account>>,
) -> Result<Vec<Party>> {
    let accounts = account::Entity::find().filter(account::Column::Id.is_in(accounts)).all(conn).await?;
    let names = identity::display_names(conn, accounts.iter().map(|account| account.book_id)).await?;
    Ok(accounts
        .into_iter()
        .map(|account| Party {
            account_id: account.id,
            wallet_id: account.holder_id.cast(),
            book_id: account.book_id,
            display_name: names.get(&account.book_id).cloned().unwrap_or_default(),
        })
        .collect())
}
