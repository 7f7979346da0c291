//! The HTTP side: the endpoint, what surrounds it, its limits, and the address of a client.

mod accept;
mod challenges;
mod client_address;
mod compression;
mod cors;
mod endpoint;
mod get;
mod locked;
mod mistakes;
mod numbers;
mod persisted;
mod probes;
mod request_limits;
mod responses;
mod trusted;
