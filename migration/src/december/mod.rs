//! The migrations of December 2026.

pub(crate) mod m20261201_000020_open_items;
pub(crate) mod m20261201_000021_totals;
pub(crate) mod m20261201_000022_parties;
pub(crate) mod m20261201_000023_notes;
pub(crate) mod m20261201_000024_sales_rollups;
pub(crate) mod m20261202_000025_folding;
pub(crate) mod m20261202_000026_phone_region;
pub(crate) mod m20261203_000027_refunds;
pub(crate) mod m20261204_000028_open_entries;
pub(crate) mod m20261205_000029_erasure;
pub(crate) mod m20261206_000030_own_transfers;
pub(crate) mod m20261207_000031_import_profiles;
pub(crate) mod m20261209_000033_imports;
pub(crate) mod m20261210_000034_changes;
