//! The migrations of November 2026 that came after the first version of the schema.

pub(crate) mod m20261125_000010_heartbeat;
pub(crate) mod m20261126_000011_payees;
pub(crate) mod m20261126_000012_account_closing;
pub(crate) mod m20261127_000013_position;
pub(crate) mod m20261127_000014_client_id;
pub(crate) mod m20261127_000015_id_prefixes;
pub(crate) mod m20261127_000016_version_note;
