//! One GraphQL request, from its body to its answer.

mod answer_size;
mod document;
mod endpoint;
mod execute;
mod media_type;
mod method;
mod operation;
pub(super) mod parameters;
pub(super) mod refused;
mod scalars;
mod schemas;
#[cfg(test)]
mod testing;
mod turns;
mod types;

pub use self::endpoint::check_trusted_documents;
pub(in crate::server) use self::{
    endpoint::{Endpoint, complete, handle},
    media_type::MediaType,
    refused::Refused,
};
