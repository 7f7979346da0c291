//! Reads account statements in XML: camt.053 of all versions, and camt.052, which has the same form. Written here, on quick-xml: the crate
//! `camt053` reads the whole file into memory and takes only statements of its own versions.
//!
//! Elements are found by their path within the statement, without regard to namespaces, so that all versions are read alike.

mod entry;
mod statement;

pub(super) use self::statement::Camt;
