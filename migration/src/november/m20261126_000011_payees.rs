//! Payments to others: what a book's wallets take in from outside, which books a book has paid, and whether a user can be
//! found by username and phone number.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::column::{counter, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let inflow = counter(manager, "wallet_inflow").default(0).take();
        manager.alter_table(Table::alter().table("account").add_column(inflow).take()).await?;
        let findable = boolean("findable").default(true).take();
        manager.alter_table(Table::alter().table("user").add_column(findable).take()).await?;
        manager
            .create_table(
                Table::create()
                    .table("known_payee")
                    .col(uuid("book_id"))
                    .col(uuid("payee_book_id"))
                    .primary_key(Index::create().col("book_id").col("payee_book_id"))
                    .foreign_key(&mut reference("known_payee", "book_id", "book"))
                    .foreign_key(&mut reference("known_payee", "payee_book_id", "book"))
                    .take(),
            )
            .await?;
        fill(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("known_payee").take()).await?;
        for (table, column) in [("user", "findable"), ("account", "wallet_inflow")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}

/// Computes the new columns and the new table from the journal.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    // The postings among the accounts of a book cancel out, and only the outside account has postings with wallets. So
    // the accounts that are no wallets sum to what the wallets took in.
    connection
        .execute_unprepared(
            "UPDATE account SET wallet_inflow = \
             (SELECT CAST(sum(other.debits - other.credits) AS bigint) FROM account other \
             WHERE other.book_id = account.book_id AND other.currency = account.currency AND other.kind <> 'WALLET') \
             WHERE kind = 'OUTSIDE'",
        )
        .await?;
    // The totals of these accounts are stored less the largest multiple of 10^16 that both contain.
    let least = if manager.get_database_backend() == DbBackend::Sqlite { "min" } else { "least" };
    let carried = format!("{least}(debits, credits) / 10000000000000000 * 10000000000000000");
    connection
        .execute_unprepared(&format!(
            "UPDATE account SET debits = debits - {carried}, credits = credits - {carried} \
             WHERE kind IN ('WALLET', 'OUTSIDE')"
        ))
        .await?;
    connection
        .execute_unprepared(
            "INSERT INTO known_payee (book_id, payee_book_id) \
             SELECT DISTINCT payer.book_id, payee.book_id FROM posting \
             JOIN account payer ON payer.id = debit_account_id JOIN account payee ON payee.id = credit_account_id \
             WHERE payer.kind = 'WALLET' AND payee.kind = 'WALLET' AND payer.book_id <> payee.book_id",
        )
        .await?;
    Ok(())
}
