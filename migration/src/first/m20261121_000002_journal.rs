//! The double-entry journal: accounts, journal entries and postings.
//!
//! Triggers refuse every update and deletion of entries and postings.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::column::{counter, created_at, one_of, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const APPEND_ONLY: [&str; 2] = ["journal_entry", "posting"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_account(manager).await?;
        create_journal_entry(manager).await?;
        create_posting(manager).await?;
        make_append_only(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["posting", "journal_entry", "account"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION refuse_change()").await?;
        }
        Ok(())
    }
}

async fn create_account(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("account")
                .col(pk_uuid("id"))
                .col(uuid("book_id"))
                .col(string("kind"))
                .col(string("currency"))
                // The wallet, customer, category or book that holds the account.
                .col(uuid("holder_id"))
                .col(string("status"))
                .col(boolean("may_overdraw"))
                .col(counter(manager, "debits"))
                .col(counter(manager, "credits"))
                .col(counter(manager, "postings"))
                .col(created_at())
                // The time of the latest posting. The times of an account's postings never decrease.
                .col(timestamp_with_time_zone_null("posted_at"))
                .foreign_key(&mut reference("account", "book_id", "book"))
                .check(one_of(
                    "kind",
                    &[
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
                    ],
                ))
                .check(one_of("status", &["ACTIVE", "FROZEN", "CLOSED"]))
                .check(Expr::cust("length(currency) = 3"))
                .check(Expr::cust("debits >= 0 AND credits >= 0 AND postings >= 0"))
                .check(Expr::cust("(postings = 0) = (posted_at IS NULL)"))
                .check(Expr::cust("kind <> 'WALLET' OR NOT may_overdraw"))
                // Accounts that may not be overdrawn have credit as their normal side (see `AccountKind`).
                .check(Expr::cust("may_overdraw OR credits >= debits"))
                .check(Expr::cust("status <> 'CLOSED' OR credits = debits"))
                .take(),
        )
        .await?;
    manager.create_index(unique("account", &["holder_id", "kind", "currency"])).await?;
    manager.create_index(Index::create().name("account_book_id_idx").table("account").col("book_id").take()).await
}

async fn create_journal_entry(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("journal_entry")
                .col(pk_uuid("id"))
                .col(uuid("book_id"))
                .col(string("kind"))
                .col(string("status"))
                .col(string_null("failure"))
                .col(counter(manager, "amount"))
                .col(string("currency"))
                .col(date("effective_on"))
                .col(string_null("memo"))
                .col(string("reference"))
                .col(string_null("idempotency_key"))
                .col(ColumnDef::new("request_hash").binary())
                .col(uuid_null("reverses_id"))
                // The account that a failed entry should have paid; no posting names it.
                .col(uuid_null("meant_for_id"))
                .col(uuid("actor_id"))
                .col(created_at())
                .foreign_key(&mut reference("journal_entry", "book_id", "book"))
                .foreign_key(&mut reference("journal_entry", "actor_id", "user"))
                .foreign_key(&mut reference("journal_entry", "reverses_id", "journal_entry"))
                .foreign_key(&mut reference("journal_entry", "meant_for_id", "account"))
                .check(one_of(
                    "kind",
                    &[
                        "DEPOSIT",
                        "WITHDRAWAL",
                        "TRANSFER",
                        "EXCHANGE",
                        "CREDIT",
                        "DEBIT",
                        "INVOICE",
                        "RECEIPT",
                        "INCOME",
                        "EXPENSE",
                    ],
                ))
                .check(Expr::cust(
                    "(status = 'SUCCEEDED' AND failure IS NULL AND meant_for_id IS NULL) \
                     OR (status = 'FAILED' AND failure IS NOT NULL AND reverses_id IS NULL)",
                ))
                .check(Expr::cust("(reverses_id IS NULL AND amount > 0) OR (reverses_id IS NOT NULL AND amount < 0)"))
                .check(Expr::cust("length(currency) = 3"))
                .check(Expr::cust("length(reference) > 0"))
                .check(Expr::cust("(idempotency_key IS NULL) = (request_hash IS NULL)"))
                .check(Expr::cust("length(request_hash) = 32"))
                .take(),
        )
        .await?;
    manager.create_index(unique("journal_entry", &["book_id", "idempotency_key"])).await?;
    manager.create_index(unique("journal_entry", &["reverses_id"])).await?;
    // Failed entries are left out, so that the same payment can be tried again with its reference.
    let mut reference = unique("journal_entry", &["book_id", "reference"]);
    reference.and_where(Expr::col("status").eq("SUCCEEDED"));
    manager.create_index(reference).await
}

async fn create_posting(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("posting")
                .col(uuid("entry_id"))
                .col(integer("line"))
                .col(counter(manager, "amount"))
                .col(date("effective_on"))
                .col(uuid("debit_account_id"))
                .col(counter(manager, "debit_seq"))
                .col(counter(manager, "debit_balance"))
                .col(uuid("credit_account_id"))
                .col(counter(manager, "credit_seq"))
                .col(counter(manager, "credit_balance"))
                .primary_key(Index::create().col("entry_id").col("line"))
                .foreign_key(&mut reference("posting", "entry_id", "journal_entry"))
                .foreign_key(&mut reference("posting", "debit_account_id", "account"))
                .foreign_key(&mut reference("posting", "credit_account_id", "account"))
                .check(Expr::cust("debit_account_id <> credit_account_id"))
                .check(Expr::cust("line >= 1 AND debit_seq >= 1 AND credit_seq >= 1"))
                .take(),
        )
        .await?;
    manager.create_index(unique("posting", &["debit_account_id", "debit_seq"])).await?;
    manager.create_index(unique("posting", &["credit_account_id", "credit_seq"])).await
}

async fn make_append_only(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        connection
            .execute_unprepared(
                "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            )
            .await?;
        for table in APPEND_ONLY {
            connection
                .execute_unprepared(&format!(
                    "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} \
                     FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                ))
                .await?;
            connection
                .execute_unprepared(&format!(
                    "CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} \
                     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                ))
                .await?;
        }
    } else {
        for table in APPEND_ONLY {
            for change in ["UPDATE", "DELETE"] {
                connection
                    .execute_unprepared(&format!(
                        "CREATE TRIGGER {table}_append_only_{change} BEFORE {change} ON {table} \
                         BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                    ))
                    .await?;
            }
        }
    }
    Ok(())
}
