//! The activity log: what was done in a book and what was refused. Only `activity` writes this table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// One event: an action that a user did or was refused.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity")]
pub struct Model {
    /// Primary key: a UUID v7.
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
    /// The id of the object that it was about, in the form that the API uses. The object may have been deleted since.
    pub thing_id: Option<String>,
    /// The fields that changed, as a JSON array with the values before and after; `None` when there are none.
    pub changes: Option<String>,
    /// The time of the event.
    pub created_at: DateTimeUtc,
}

/// What was to be done: one for each mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// `register`.
    Register,
    /// `login`.
    Login,
    /// `refreshToken`.
    RefreshToken,
    /// `logout`.
    Logout,
    /// `revokeSession`.
    RevokeSession,
    /// `updateProfile`.
    UpdateProfile,
    /// `changePassword`.
    ChangePassword,
    /// `deleteAccount`.
    DeleteAccount,
    /// `updateBook`.
    UpdateBook,
    /// `createWallet`.
    CreateWallet,
    /// `updateWallet`.
    UpdateWallet,
    /// `freezeWallet`.
    FreezeWallet,
    /// `unfreezeWallet`.
    UnfreezeWallet,
    /// `closeWallet`.
    CloseWallet,
    /// `deposit`.
    Deposit,
    /// `withdraw`.
    Withdraw,
    /// `transfer`.
    Transfer,
    /// `createCustomer`.
    CreateCustomer,
    /// `updateCustomer`.
    UpdateCustomer,
    /// `deleteCustomer`.
    DeleteCustomer,
    /// `restoreCustomer`.
    RestoreCustomer,
    /// `addEntry`.
    AddEntry,
    /// `updateEntry`.
    UpdateEntry,
    /// `deleteEntry`.
    DeleteEntry,
    /// `createInvoice`.
    CreateInvoice,
    /// `voidInvoice`.
    VoidInvoice,
    /// `createReceipt`.
    CreateReceipt,
    /// `voidReceipt`.
    VoidReceipt,
    /// `createCategory`.
    CreateCategory,
    /// `updateCategory`.
    UpdateCategory,
    /// `deleteCategory`.
    DeleteCategory,
    /// `restoreCategory`.
    RestoreCategory,
    /// `addTransaction`.
    AddTransaction,
    /// `updateTransaction`.
    UpdateTransaction,
    /// `deleteTransaction`.
    DeleteTransaction,
    /// `setBudget`.
    SetBudget,
    /// `deleteBudget`.
    DeleteBudget,
    /// `importTransactions`, and the program's own import of transactions.
    ImportTransactions,
    /// The program's own import of entries; there is no mutation that does so.
    ImportEntries,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ActivityOutcome")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was done before, by a request with the same idempotency key, and nothing was done now.
    Replayed,
    /// It was refused.
    Refused,
}

impl ActiveModelBehavior for ActiveModel {}
