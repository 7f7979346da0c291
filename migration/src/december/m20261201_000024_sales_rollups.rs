//! Turnovers by day and month of the accounts that count what was sold, for reports on sales. They are kept from now on; those of
//! what was posted before are worked out here.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const KINDS: &str = "'SALES', 'CGST', 'SGST', 'IGST', 'CHARGES', 'ROUND_OFF', 'WRITE_OFF', 'OPENING'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &days()).await?;
        // Both databases store a day in a type that has another way to its month.
        let month = if manager.get_database_backend() == DbBackend::Postgres {
            "CAST(date_trunc('month', day) AS date)"
        } else {
            "date(day, 'start of month')"
        };
        let months = format!(
            "INSERT INTO account_month (account_id, month, debits, credits, entries)
             SELECT account_id, {month}, SUM(debits), SUM(credits), SUM(entries)
             FROM account_day WHERE account_id IN (SELECT id FROM account WHERE kind IN ({KINDS}))
             GROUP BY account_id, {month}"
        );
        run(manager, &months).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["account_day", "account_month"] {
            let delete =
                format!("DELETE FROM {table} WHERE account_id IN (SELECT id FROM account WHERE kind IN ({KINDS}))");
            run(manager, &delete).await?;
        }
        Ok(())
    }
}

/// Sums up the postings. An entry counts once, however many postings it has on the account, and a reversal takes the entry back
/// that it reverses, which has the same day.
fn days() -> String {
    let side = |account: &str, debit: &str, credit: &str| {
        format!(
            "SELECT account.id AS account_id, posting.effective_on AS day, posting.entry_id AS entry_id,
                    {debit} AS debits, {credit} AS credits
             FROM account JOIN posting ON posting.{account} = account.id
             WHERE account.kind IN ({KINDS}) AND posting.amount <> 0"
        )
    };
    let [debits, credits] =
        [side("debit_account_id", "posting.amount", "0"), side("credit_account_id", "0", "posting.amount")];
    format!(
        "INSERT INTO account_day (account_id, day, debits, credits, entries)
         SELECT account_id, day, SUM(debits), SUM(credits), SUM(entries)
         FROM (
             SELECT leg.account_id AS account_id, leg.day AS day, SUM(leg.debits) AS debits, SUM(leg.credits) AS credits,
                    CASE WHEN journal_entry.reverses_id IS NULL THEN 1 ELSE -1 END AS entries
             FROM ({debits} UNION ALL {credits}) AS leg
             JOIN journal_entry ON journal_entry.id = leg.entry_id
             GROUP BY leg.account_id, leg.day, leg.entry_id, journal_entry.reverses_id
         ) AS entry
         GROUP BY account_id, day"
    )
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
