//! What an operation asks for: each field once, with all its arguments.

use apollo_compiler::{
    Node,
    ast::{FieldDefinition, Type},
};
use async_graphql::{Name, Pos, Value, parser::types::OperationType};

/// A normalized operation.
#[derive(Debug)]
pub(in crate::server::graphql) struct Plan {
    pub(in crate::server::graphql) kind: OperationType,
    pub(in crate::server::graphql) root: Shape,
}

/// The fields of an object.
#[derive(Debug)]
pub(in crate::server::graphql) enum Shape {
    /// The same ones, whichever type the object has.
    Same(Vec<Field>),
    /// Others for each type that the object may have.
    ByType(Vec<(Name, Vec<Field>)>),
}

/// A field that is executed.
#[derive(Debug)]
pub(in crate::server::graphql) struct Field {
    /// The name in the response.
    pub(in crate::server::graphql) key: Name,
    pub(in crate::server::graphql) definition: Node<FieldDefinition>,
    /// The arguments, with defaults applied. The last stage before the execution takes them away.
    pub(in crate::server::graphql) arguments: Vec<(Name, Value)>,
    /// Where the document names the field first.
    pub(in crate::server::graphql) place: Pos,
    /// The fields of the objects that the field returns; `None` for a scalar or an enum.
    pub(in crate::server::graphql) below: Option<Shape>,
}

impl Plan {
    /// The fields of the operation itself.
    pub(in crate::server::graphql) fn root_fields(&self) -> &[Field] {
        match &self.root {
            Shape::Same(fields) => fields,
            Shape::ByType(_) => &[],
        }
    }
}

impl Field {
    /// The name of the field in the schema.
    pub(in crate::server::graphql) fn name(&self) -> &str {
        &self.definition.name
    }

    pub(in crate::server::graphql) fn ty(&self) -> &Type {
        &self.definition.ty
    }

    /// The value of an argument. `None` when it is absent.
    pub(in crate::server::graphql) fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|(argument, _)| argument == name).map(|(_, value)| value)
    }
}
