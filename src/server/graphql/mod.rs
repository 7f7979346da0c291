//! One GraphQL request, from its body to its answer.

mod answer_size;
mod document;
mod endpoint;
mod etag;
mod execute;
mod live;
mod media_type;
mod method;
mod operation;
pub(super) mod parameters;
pub(super) mod refused;
mod scalars;
mod schemas;
mod stages;
mod state;
#[cfg(test)]
mod testing;
mod turns;
mod types;

pub use self::state::check_trusted_documents;
pub(in crate::server) use self::{
    endpoint::handle, etag::is_known, media_type::MediaType, refused::Refused, stages::complete, state::Endpoint,
};
