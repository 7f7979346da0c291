//! The stages that concern a document alone: read, parse, validate. They know nothing of variables, so their result is kept.
//!
//! | stage | file |
//! |---|---|
//! | count the bytes and the tokens | `tokens`, `limits` |
//! | leave out descriptions | `descriptions` |
//! | parse, validate by the rules of the specification | `documents`, with apollo-compiler |
//! | the rules that it leaves out | `values`, `variable_positions` |
//! | word the errors | `diagnostics`, `suggestions` |
//! | measure: fields, depth, aliases, directives | `limits`, `measure` |
//! | keep the document | `cache` |
//!
//! All of it takes time linear in the size of the document, but for a document with many operations: the variables of each are
//! looked for in all fragments. A fragment is measured once, however often it is spread.

mod cache;
mod descriptions;
mod diagnostics;
mod documents;
mod limits;
mod lines;
mod measure;
mod suggestions;
mod tokens;
mod valid;
mod values;
mod variable_positions;

pub(super) use self::{
    documents::Documents,
    lines::Lines,
    valid::{Document, Reads},
};
