//! The activity log: what each mutation records, and reading it.

mod account;
mod atomic;
mod events;
mod lists;
mod refusals;
