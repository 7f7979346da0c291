//! One GraphQL request, from its body to its answer.

mod absent;
mod endpoint;
mod hints;
mod limits;
mod media_type;
mod nulls;
mod order;
pub(super) mod parameters;
mod payees;
mod phase;
pub(super) mod refused;
mod rows;
mod turns;

pub(in crate::server) use self::{
    endpoint::{Endpoint, bearer, complete, handle},
    media_type::MediaType,
    refused::Refused,
};
