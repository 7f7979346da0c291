//! Days, months and time zones, as the API reads and shows them.

pub mod date;
pub mod month;
pub mod time_zone;
