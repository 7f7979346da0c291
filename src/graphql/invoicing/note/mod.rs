//! Credit notes and debit notes. What both have is declared once, by the macros of `object` and `payload`.
//!
//! | file | owns |
//! |---|---|
//! | `object` | the objects and their loaders |
//! | `list` | their connections |
//! | `line` | the lines of a note |
//! | `payload` | the payloads of the mutations |
//! | `root` | the queries and the mutations |

mod line;
pub(in crate::graphql) mod list;
mod object;
mod payload;
mod root;

pub(in crate::graphql) use self::{
    object::{CreditNote, DebitNote},
    root::{NoteMutation, NoteQuery},
};
