//! Reads workbooks as rows of text, which then go the way of the rows of a CSV file.
//!
//! A workbook is compressed, so that a small file may unfold into gigabytes, and one cell may say that it stands a million times. So
//! `archive` and `limits` look through a file before calamine reads it, and `ods` reads row by row.

mod archive;
mod cfb;
mod limits;
mod ods;
mod row;
mod strings;
#[cfg(test)]
mod tests;
mod value;
mod workbook;

pub use self::{
    row::Row,
    workbook::{Rows, Workbook},
};
