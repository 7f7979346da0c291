//! The HTTP side: the endpoint, what surrounds it, its limits, and the address of a client.

mod client_address;
mod compression;
mod cors;
mod endpoint;
mod numbers;
mod probes;
mod request_limits;
mod responses;
