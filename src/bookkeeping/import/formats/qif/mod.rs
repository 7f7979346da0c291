//! Reads transactions in Quicken's QIF. Written here: the crates `qif` and `qif_parser` read amounts as floating-point numbers or need a newer
//! Rust, and neither decides the order of day and month over the file.
//!
//! QIF has neither an encoding, nor an order of dates, nor a decimal sign of its own. So a file is read twice: [`look`] decides what all of
//! its dates and amounts have in common, or asks.

mod date;
mod look;
mod section;
mod transaction;

pub(super) use self::{look::look, section::Qif};
