//! Calls of every root field, made from the introspected schema, for tests of rules that hold for all of them.

mod driver;
mod inputs;
mod things;

/// What tools ask for to read the schema.
pub const INTROSPECTION: &str = "{ __schema { queryType { name } mutationType { name } types { ...T } directives { name locations args { ...I } } } }
    fragment T on __Type { kind name description fields(includeDeprecated: true) { name description args { ...I } type { ...R } }
      inputFields { ...I } interfaces { ...R } enumValues { name } possibleTypes { ...R } }
    fragment I on __InputValue { name description type { ...R } defaultValue }
    fragment R on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

pub use self::{
    driver::{Driver, Position, Root, written},
    inputs::{inputs, quick, somebody},
    things::{kind, things},
};
