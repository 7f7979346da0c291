//! The HTTP side: the endpoint, its limits, and the address of a client.

mod client_address;
mod endpoint;
mod request_limits;
