//! The notations of banks: texts, numbers, dates, currencies, flags and the words of balances. Pure.

pub mod cell;
pub mod currency_sign;
pub mod date;
pub mod doubt;
pub mod flag;
mod month_name;
pub mod number;
pub mod statement_word;
pub mod status_word;
