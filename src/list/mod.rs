//! Pages of lists in the database: where a page begins, and pages of the lists of several owners at once.
//!
//! | file | owns |
//! |---|---|
//! | `any_of` | the condition that a column has one of some ids |
//! | `keyset` | the conditions and the order with which a page is read |
//! | `owned_list` | lists that belong to an object, read for several objects with one statement |
//! | `removed` | whether a list has the rows that were deleted or archived |

pub(crate) mod any_of;
pub(crate) mod keyset;
pub mod owned_list;
pub mod removed;
