//! The schema of Daybook's database: one migration per file, the same on SQLite and PostgreSQL.
//!
//! Owns every table, index, trigger and constraint. The constraints repeat rules of the program on purpose, so that a
//! bug in the program cannot store invalid data. Never edit a migration that has been released; add a new one.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod column;
mod december;
mod first;
mod m20261128_000017_references;
mod m20261129_000018_activity_index;
mod m20261130_000019_kinds;
mod m20261211_000035_compact_rows;
mod m20261212_000036_changes_filed;
mod m20261213_000037_payee_references;
mod m20261213_000038_own_references;
mod november;
mod rebuild;
mod references;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(first::m20261121_000001_identity::Migration),
            Box::new(first::m20261121_000002_journal::Migration),
            Box::new(first::m20261121_000003_wallet::Migration),
            Box::new(first::m20261121_000004_ledger::Migration),
            Box::new(first::m20261121_000005_spending::Migration),
            Box::new(first::m20261121_000006_account::Migration),
            Box::new(first::m20261121_000007_activity::Migration),
            Box::new(first::m20261121_000008_limits::Migration),
            Box::new(first::m20261121_000009_account_end::Migration),
            Box::new(november::m20261125_000010_heartbeat::Migration),
            Box::new(november::m20261126_000011_payees::Migration),
            Box::new(november::m20261126_000012_account_closing::Migration),
            Box::new(november::m20261127_000013_position::Migration),
            Box::new(november::m20261127_000014_client_id::Migration),
            Box::new(november::m20261127_000015_id_prefixes::Migration),
            Box::new(november::m20261127_000016_version_note::Migration),
            Box::new(m20261128_000017_references::Migration),
            Box::new(m20261129_000018_activity_index::Migration),
            Box::new(m20261130_000019_kinds::Migration),
            Box::new(december::m20261201_000020_open_items::Migration),
            Box::new(december::m20261201_000021_totals::Migration),
            Box::new(december::m20261201_000022_parties::Migration),
            Box::new(december::m20261201_000023_notes::Migration),
            Box::new(december::m20261201_000024_sales_rollups::Migration),
            Box::new(december::m20261202_000025_folding::Migration),
            Box::new(december::m20261202_000026_phone_region::Migration),
            Box::new(december::m20261203_000027_refunds::Migration),
            Box::new(december::m20261204_000028_open_entries::Migration),
            Box::new(december::m20261205_000029_erasure::Migration),
            Box::new(december::m20261206_000030_own_transfers::Migration),
            Box::new(december::m20261207_000031_import_profiles::Migration),
            Box::new(december::m20261209_000033_imports::Migration),
            Box::new(december::m20261210_000034_changes::Migration),
            Box::new(m20261211_000035_compact_rows::Migration),
            Box::new(m20261212_000036_changes_filed::Migration),
            Box::new(m20261213_000037_payee_references::Migration),
            Box::new(m20261213_000038_own_references::Migration),
        ]
    }
}
