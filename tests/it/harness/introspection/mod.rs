//! Calls of every root field, made from the introspected schema, for tests of rules that hold for all of them.

mod driver;
mod inputs;
mod things;

pub use self::{
    driver::{Driver, Position, Root, written},
    inputs::{inputs, quick, somebody},
    things::{kind, things},
};
