//! Activity: what was done in a book, and what was refused. Only `activity` writes it.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// One thing that somebody did, or was refused.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Activity>,
    /// The book that it happened in; none when it is not known whose it would be.
    pub book_id: Option<Id<kind::Book>>,
    /// Who did it; of a login that was refused, whose password was tried.
    pub actor_id: Option<Id<kind::User>>,
    /// The session that it was done in. It may be forgotten by now.
    pub session_id: Option<Id<kind::Session>>,
    /// The address that the request came from.
    pub address: Option<String>,
    /// What was to be done.
    pub action: Action,
    /// What came of it.
    pub outcome: Outcome,
    /// What it was refused for: a JSON array of codes.
    pub codes: Option<String>,
    /// The id of the thing that it was about, as users see it. The thing may be gone.
    pub thing_id: Option<String>,
    /// What changed from what to what: a JSON array.
    pub changes: Option<String>,
    /// When it happened.
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
