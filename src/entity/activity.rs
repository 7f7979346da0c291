//! The activity log: what was done in a book and what was refused. Only `activity` writes this table.

use sea_orm::entity::prelude::*;

use crate::{
    id::{Id, kind},
    moment::Moment,
};

/// One event: an action that a user did or was refused.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity")]
pub struct Model {
    /// Primary key: a UUID v7. An event that made a wallet transaction, or recorded that it was refused, has the id of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Activity>,
    /// The book that the event belongs to; `None` when no user is known, as for a login with an unknown name.
    pub book_id: Option<Id<kind::Book>>,
    /// The user who did it; for a failed login, the user whose password was tried.
    pub actor_id: Option<Id<kind::User>>,
    /// The session in which it was done. The session's row may have been deleted since.
    pub session_id: Option<Id<kind::Session>>,
    /// The IP address that the request came from.
    pub address: Option<String>,
    /// The action that was asked for.
    pub action: Action,
    /// Whether it was done, repeated or refused.
    pub outcome: Outcome,
    /// The codes for which it was refused, as a JSON array; `None` when there are none.
    pub codes: Option<String>,
    /// The id of the object that it was about, in the form that the API uses. The object may have been deleted since. Empty for the
    /// wallet transaction that has the id of this row: they are most of the log, and are found by that id.
    pub thing_id: Option<String>,
    /// The fields that changed, as a JSON array with the values before and after; `None` when there are none.
    pub changes: Option<String>,
    /// The time of the event.
    pub created_at: Moment,
}

/// The operation that an activity is about: one for each mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// `register`: creates a user, a book and a wallet.
    Register,
    /// `login`: starts a session with a password.
    Login,
    /// `refreshToken`: renews the tokens of a session.
    RefreshToken,
    /// `logout`: ends the current session, or all sessions.
    Logout,
    /// `revokeSession`: ends one of the user's sessions.
    RevokeSession,
    /// `updateProfile`: changes the user's own data.
    UpdateProfile,
    /// `changePassword`: sets a new password.
    ChangePassword,
    /// `deleteAccount`: deletes the user's account. When it was refused with `WALLET_NOT_EMPTY`, the account is closing:
    /// others can no longer pay the user.
    DeleteAccount,
    /// `cancelAccountDeletion`: lets others pay the user again.
    CancelAccountDeletion,
    /// `updateBook`: changes the book's settings.
    UpdateBook,
    /// `createWallet`: creates a wallet.
    CreateWallet,
    /// `updateWallet`: renames a wallet or makes it the default.
    UpdateWallet,
    /// `freezeWallet`: freezes a wallet.
    FreezeWallet,
    /// `unfreezeWallet`: unfreezes a wallet.
    UnfreezeWallet,
    /// `closeWallet`: closes a wallet.
    CloseWallet,
    /// `deposit`: puts money from outside into a wallet.
    Deposit,
    /// `withdraw`: takes money out of a wallet.
    Withdraw,
    /// `transfer`: moves money from one wallet to another.
    Transfer,
    /// `createCustomer`: creates a customer.
    CreateCustomer,
    /// `updateCustomer`: changes a customer's data.
    UpdateCustomer,
    /// `deleteCustomer`: archives a customer.
    DeleteCustomer,
    /// `restoreCustomer`: brings back an archived customer.
    RestoreCustomer,
    /// `eraseCustomer`: erases a customer's personal details.
    EraseCustomer,
    /// `addEntry`: adds an entry to a customer's ledger.
    AddEntry,
    /// `updateEntry`: changes a ledger entry.
    UpdateEntry,
    /// `deleteEntry`: deletes a ledger entry.
    DeleteEntry,
    /// `allocate`: sets a payment off against charges.
    Allocate,
    /// `release`: releases what a payment is set off against.
    Release,
    /// `refundCustomer`: gives money back to a customer.
    RefundCustomer,
    /// `writeOff`: lets a customer off a debt.
    WriteOff,
    /// `setOpeningBalance`: records what a customer owed, or had paid in advance, when the book was begun.
    SetOpeningBalance,
    /// `createInvoice`: creates an invoice.
    CreateInvoice,
    /// `voidInvoice`: voids an invoice.
    VoidInvoice,
    /// `createReceipt`: creates a receipt.
    CreateReceipt,
    /// `voidReceipt`: voids a receipt.
    VoidReceipt,
    /// `createCreditNote`: creates a credit note.
    CreateCreditNote,
    /// `voidCreditNote`: voids a credit note.
    VoidCreditNote,
    /// `createDebitNote`: creates a debit note.
    CreateDebitNote,
    /// `voidDebitNote`: voids a debit note.
    VoidDebitNote,
    /// `createCategory`: creates a category.
    CreateCategory,
    /// `updateCategory`: renames a category.
    UpdateCategory,
    /// `deleteCategory`: deletes or archives a category.
    DeleteCategory,
    /// `restoreCategory`: brings back an archived category.
    RestoreCategory,
    /// `addTransaction`: records an income or an expense.
    AddTransaction,
    /// `updateTransaction`: changes an income or an expense.
    UpdateTransaction,
    /// `deleteTransaction`: deletes an income or an expense.
    DeleteTransaction,
    /// `confirmTransfer`: makes an expense and an income one transfer.
    ConfirmTransfer,
    /// `declineTransfer`: lets a pair of an expense and an income not be proposed again.
    DeclineTransfer,
    /// `undoTransfer`: makes a transfer an expense and an income again.
    UndoTransfer,
    /// `confirmDuplicate`: deletes an imported transaction that is the same as one written by hand.
    ConfirmDuplicate,
    /// `declineDuplicate`: lets a pair of an imported transaction and one written by hand not be proposed again.
    DeclineDuplicate,
    /// `setBudget`: creates or replaces a budget.
    SetBudget,
    /// `deleteBudget`: deletes a budget.
    DeleteBudget,
    /// `importTransactions`, an upload to `/import/transactions`, or the command `daybook import` for transactions: imports a file.
    ImportTransactions,
    /// `saveImportProfile`: creates or replaces an import profile.
    SaveImportProfile,
    /// `deleteImportProfile`: deletes an import profile.
    DeleteImportProfile,
    /// `importEntries`, or the command `daybook import` for ledger entries: imports a CSV file.
    ImportEntries,
    /// `importCustomers`, or the command `daybook import` for customers: imports a CSV file.
    ImportCustomers,
    /// `undoImport`, or the command `daybook import --undo`: takes back all that an import made.
    UndoImport,
}

/// The result of an activity: `DONE`, `REFUSED` with the reasons in `codes`, or `REPLAYED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ActivityOutcome")]
pub enum Outcome {
    /// The operation succeeded.
    Done,
    /// An earlier request with the same idempotency key, or with the same id for a new object, had already done it, or had
    /// been refused by a wallet. This request changed nothing. For `refreshToken`: the refresh token had just been used, and
    /// the same new tokens were returned.
    Replayed,
    /// The operation was refused because of user errors, and changed nothing. Only a `deleteAccount` that is refused with
    /// `WALLET_NOT_EMPTY` has an effect: the account is closing.
    Refused,
}

impl ActiveModelBehavior for ActiveModel {}
