//! Imports of files that made something. Only `bookkeeping::import` writes this table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// An import.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import")]
pub struct Model {
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Import>,
    /// The book that it wrote to.
    pub book_id: Id<kind::Book>,
    /// The user who imported.
    pub actor_id: Id<kind::User>,
    /// What the lines of the file are.
    pub kind: ImportKind,
    /// The name of the file, when it is known.
    pub file_name: Option<String>,
    /// The wallet of lines that name none; `None` when these are in cash or have no wallet.
    pub wallet_id: Option<Id<kind::Wallet>>,
    /// The number of lines that it wrote.
    pub lines: i64,
    /// The number of transactions, ledger entries or customers that it made of these lines.
    pub made: i64,
    /// When its first lines were written.
    pub created_at: DateTimeUtc,
    /// When its last lines were written.
    pub updated_at: DateTimeUtc,
    /// When undoing it began; `None` when nobody did.
    pub undoing_at: Option<DateTimeUtc>,
    /// When undoing it ended; `None` while something of it is still to be taken back.
    pub undone_at: Option<DateTimeUtc>,
}

/// What the lines of an imported file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportKind {
    /// Income and expenses, as `importTransactions` imports them.
    Transactions,
    /// Entries of the ledgers of customers, as `importEntries` imports them.
    Entries,
    /// Customers, as `importCustomers` imports them.
    Customers,
}

impl ActiveModelBehavior for ActiveModel {}
