//! The migrations that make the first version of the schema.

pub(crate) mod m20261121_000001_identity;
pub(crate) mod m20261121_000002_journal;
pub(crate) mod m20261121_000003_wallet;
pub(crate) mod m20261121_000004_ledger;
pub(crate) mod m20261121_000005_spending;
pub(crate) mod m20261121_000006_account;
pub(crate) mod m20261121_000007_activity;
pub(crate) mod m20261121_000008_limits;
pub(crate) mod m20261121_000009_account_end;
