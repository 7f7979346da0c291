//! Wallet transactions: journal entries seen as payments between wallets, and which of them a viewer may see.

use async_graphql::Enum;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    entity::{
        account::{self, AccountKind},
        journal_entry::{self, EntryKind, EntryStatus},
        posting,
    },
    error::Result,
    id::{Id, kind},
    identity,
    viewer::Viewer,
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
    /// An income was received into the wallet or, when its amount is below zero, was given back from it. Changing or
    /// deleting it adds a second transaction with a negative amount.
    Income,
    /// An expense was paid from the wallet or, when its amount is below zero, was refunded into it. Changing or deleting it
    /// adds a second transaction with a negative amount.
    Expense,
    /// A customer got money back from the wallet. Deleting the refund adds a second transaction with a negative amount.
    Refund,
    /// Money left the wallet for another wallet of the book: an expense that `confirmTransfer` made one half of a transfer.
    /// `undoTransfer` adds a second transaction with a negative amount.
    TransferOut,
    /// Money came into the wallet from another wallet of the book: an income that `confirmTransfer` made one half of a
    /// transfer. `undoTransfer` adds a second transaction with a negative amount.
    TransferIn,
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
            WalletTransactionType::Refund => Self::Refund,
            WalletTransactionType::TransferOut => Self::TransferOut,
            WalletTransactionType::TransferIn => Self::TransferIn,
        }
    }
}

/// A journal entry that moved money of a wallet, or failed to.
#[derive(Clone, Debug)]
pub struct WalletTransaction {
    /// The kind of transaction.
    pub kind: WalletTransactionType,
    /// The entry.
    pub entry: journal_entry::Model,
    /// The account of the wallet that pays; `None` when the money comes from outside.
    pub from: Option<Id<kind::Account>>,
    /// The account of the wallet that receives; `None` when the money goes outside, and for a failed transfer to
    /// somebody else.
    pub to: Option<Id<kind::Account>>,
}

impl WalletTransaction {
    /// Builds the view of an entry from its first posting, which is the one on a wallet. `None` for an entry that
    /// involves no wallet.
    #[must_use]
    pub fn new(entry: journal_entry::Model, posting: &posting::Model) -> Option<Self> {
        let (debit, credit) = (posting.debit_account_id, posting.credit_account_id);
        // An income or expense below zero moves money in the other direction.
        let is_turned = match entry.status {
            EntryStatus::Succeeded => (entry.amount < 0) != entry.reverses_id.is_some(),
            EntryStatus::Failed => entry.meant_for_id.is_some(),
        };
        let (kind, from, to) = match entry.kind {
            EntryKind::Deposit => (WalletTransactionType::Deposit, None, Some(credit)),
            EntryKind::Withdrawal => (WalletTransactionType::Withdrawal, Some(debit), None),
            EntryKind::Transfer if entry.status == EntryStatus::Failed => {
                (WalletTransactionType::Transfer, Some(debit), entry.meant_for_id)
            }
            EntryKind::Transfer => (WalletTransactionType::Transfer, Some(debit), Some(credit)),
            // `meant_for_id` is set when the entry is a failed reversal: then the money should have moved in the other
            // direction.
            EntryKind::Receipt if entry.meant_for_id.is_some() => (WalletTransactionType::Receipt, Some(debit), None),
            EntryKind::Receipt => (WalletTransactionType::Receipt, None, Some(credit)),
            EntryKind::Income if is_turned => (WalletTransactionType::Income, Some(debit), None),
            EntryKind::Income => (WalletTransactionType::Income, None, Some(credit)),
            EntryKind::Expense if is_turned => (WalletTransactionType::Expense, None, Some(credit)),
            EntryKind::Expense => (WalletTransactionType::Expense, Some(debit), None),
            EntryKind::Refund if entry.meant_for_id.is_some() => (WalletTransactionType::Refund, None, Some(credit)),
            EntryKind::Refund => (WalletTransactionType::Refund, Some(debit), None),
            EntryKind::TransferOut => (WalletTransactionType::TransferOut, Some(debit), None),
            EntryKind::TransferIn => (WalletTransactionType::TransferIn, None, Some(credit)),
            EntryKind::Credit
            | EntryKind::Debit
            | EntryKind::Invoice
            | EntryKind::CreditNote
            | EntryKind::DebitNote
            | EntryKind::WriteOff => return None,
        };
        Some(Self { kind, entry, from, to })
    }
}

/// The transactions with these ids that moved money of a wallet of the viewer's book, or failed to; others are left
/// out.
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

/// One side of a wallet transaction, with what other users may see of it.
#[derive(Clone, Debug)]
pub struct Party {
    /// The account of the wallet.
    pub account_id: Id<kind::Account>,
    /// The wallet.
    pub wallet_id: Id<kind::Wallet>,
    /// The book that the wallet is in.
    pub book_id: Id<kind::Book>,
    /// The display name of the book's owner.
    pub display_name: String,
}

/// The parties that hold these wallet accounts.
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
