//! Subscriptions, and the list of changes that apps keep a copy by.

mod away;
mod changes;
mod copies;
mod kept;
mod killed;
mod probes;
mod served;
mod servers;
mod sessions;
mod socket;
mod streams;
mod subscriptions;
mod tags;
