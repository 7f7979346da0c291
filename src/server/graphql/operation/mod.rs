//! The stages that concern one operation and its variables: choose, coerce, normalize, and, after the execution, write.
//!
//! | stage | file | result |
//! |---|---|---|
//! | choose | `choose` | the operation |
//! | coerce | `coerce` | the values of its variables: defaults applied, absent ones absent |
//! | normalize | `collect`, `normalize`, `literal` | a [`Plan`]: `@skip` and `@include` decided, fields merged, arguments complete |
//! | price | `price` | what it costs, from what the schema declares |
//! | check the fields of a mutation | `mutation` | |
//! | execute | `executable` | the document for the GraphQL library |
//! | write | `write` | the response: the data in the order of the request, with null for what failed |

mod choose;
mod coerce;
mod collect;
#[cfg(test)]
mod documents;
mod executable;
mod literal;
mod mutation;
mod needs;
mod normalize;
mod plan;
mod price;
mod write;

pub(super) use self::{
    choose::choose,
    coerce::coerce,
    executable::executable,
    mutation::{check_mutation, only_starts_sessions},
    needs::{Needs, needs},
    normalize::normalize,
    plan::Plan,
    price::price,
    write::Answer,
};
