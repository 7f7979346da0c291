//! The HTTP side: the endpoint, its limits, and the address of a client.

mod accept;
mod challenges;
mod client_address;
mod endpoint;
mod get;
mod locked;
mod numbers;
mod persisted;
mod request_limits;
mod trusted;
