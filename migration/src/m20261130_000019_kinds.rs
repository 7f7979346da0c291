//! The words for what happens between a shop and a customer besides invoices and receipts: credit and debit notes, refunds,
//! write-offs and opening balances.

use sea_orm_migration::prelude::*;

use crate::column::{change_words, replace_check};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const ACCOUNTS: [&str; 12] = [
    "WALLET",
    "OUTSIDE",
    "EXCHANGE",
    "RECEIVABLE",
    "CASH",
    "INCOME",
    "EXPENSE",
    "SALES",
    "CGST",
    "SGST",
    "IGST",
    "CHARGES",
];
const NEW_ACCOUNTS: [&str; 3] = ["ROUND_OFF", "WRITE_OFF", "OPENING"];
const ENTRIES: [&str; 10] =
    ["DEPOSIT", "WITHDRAWAL", "TRANSFER", "EXCHANGE", "CREDIT", "DEBIT", "INVOICE", "RECEIPT", "INCOME", "EXPENSE"];
const SOURCES: [&str; 3] = ["MANUAL", "INVOICE", "RECEIPT"];
const NEW_ENTRIES: [&str; 4] = ["CREDIT_NOTE", "DEBIT_NOTE", "REFUND", "WRITE_OFF"];
const NEW_SOURCES: [&str; 5] = ["CREDIT_NOTE", "DEBIT_NOTE", "REFUND", "WRITE_OFF", "OPENING"];

/// A column of a table, with the words that it may hold so far and the new ones.
type Words = ((&'static str, &'static str), &'static [&'static str], &'static [&'static str]);

const WORDS: [Words; 3] = [
    (("account", "kind"), &ACCOUNTS, &NEW_ACCOUNTS),
    (("journal_entry", "kind"), &ENTRIES, &NEW_ENTRIES),
    (("ledger_entry", "source"), &SOURCES, &NEW_SOURCES),
];

const TYPES: &str = "(source <> 'INVOICE' OR kind = 'CREDIT') AND (source <> 'RECEIPT' OR kind = 'DEBIT')";
const NEW_TYPES: &str = "(source NOT IN ('INVOICE', 'DEBIT_NOTE', 'REFUND') OR kind = 'CREDIT') \
                         AND (source NOT IN ('RECEIPT', 'CREDIT_NOTE', 'WRITE_OFF') OR kind = 'DEBIT')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (column, words, added) in WORDS {
            change_words(manager, column, words, &[words, added].concat()).await?;
        }
        replace_check(manager, "ledger_entry", "ledger_entry_check", TYPES, NEW_TYPES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace_check(manager, "ledger_entry", "ledger_entry_check", NEW_TYPES, TYPES).await?;
        for (column, words, added) in WORDS {
            change_words(manager, column, &[words, added].concat(), words).await?;
        }
        Ok(())
    }
}
