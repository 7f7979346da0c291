//! Refunds: amounts of income and expenses may be below zero. Budgets may allow nothing.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, Statement},
};

use crate::column::replace_check;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The constraints that change: table, name on PostgreSQL, condition before and after.
const CHECKS: [(&str, &str, &str, &str); 4] = [
    // An amount below zero is that of a refund, whose reversal has one above zero.
    (
        "journal_entry",
        "journal_entry_check1",
        "(reverses_id IS NULL AND amount > 0) OR (reverses_id IS NOT NULL AND amount < 0)",
        "amount <> 0 AND (kind IN ('INCOME', 'EXPENSE') OR (reverses_id IS NULL) = (amount > 0))",
    ),
    ("transaction", "transaction_check", "amount > 0 AND version >= 1", "amount <> 0 AND version >= 1"),
    ("transaction_line", "transaction_line_check", "line >= 1 AND amount > 0", "line >= 1 AND amount <> 0"),
    ("budget", "budget_amount_check", "amount > 0", "amount >= 0"),
];

/// A row for each amount that the schema before cannot hold.
const NEW: &str = "SELECT 1 FROM budget WHERE amount = 0 UNION ALL SELECT 1 FROM transaction_line WHERE amount < 0 \
                   UNION ALL SELECT 1 FROM journal_entry WHERE (reverses_id IS NULL) = (amount < 0)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name, before, after) in CHECKS {
            replace_check(manager, table, name, before, after).await?;
        }
        Ok(())
    }

    /// Fails when there are refunds or budgets of zero, since the schema before cannot hold them.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let any = Statement::from_string(manager.get_database_backend(), format!("{NEW} LIMIT 1"));
        if manager.get_connection().query_one_raw(any).await?.is_some() {
            return Err(DbErr::Migration("there are refunds, or budgets of zero".to_owned()));
        }
        for (table, name, before, after) in CHECKS {
            replace_check(manager, table, name, after, before).await?;
        }
        Ok(())
    }
}
