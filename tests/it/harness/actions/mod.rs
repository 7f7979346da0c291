//! What users do, by subject: requests with the inputs that most tests do not care about filled in.

mod activity;
mod files;
mod full_book;
mod imports;
mod ledger;
mod load;
mod spending;
mod transfers;

pub use self::{
    activity::{changes, told},
    files::{Imported, file_of, transactions},
    full_book::full_book,
    ledger::{entry_of, id_of, messages},
    load::Load,
    transfers::named,
};
