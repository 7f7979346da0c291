//! What an operation asks for: each field once, with all its arguments.

use apollo_compiler::{
    Node,
    ast::{FieldDefinition, Type},
};
use async_graphql::{Name, PathSegment, Pos, Value, parser::types::OperationType};

use crate::server::graphql::document::Reads;

/// A normalized operation.
#[derive(Clone, Debug)]
pub(in crate::server::graphql) struct Plan {
    pub(in crate::server::graphql) kind: OperationType,
    pub(in crate::server::graphql) root: Shape,
    pub(in crate::server::graphql) reads: Reads,
}

/// The fields of an object.
#[derive(Clone, Debug)]
pub(in crate::server::graphql) enum Shape {
    /// The same ones, whichever type the object has.
    Same(Vec<Field>),
    /// Others for each type that the object may have.
    ByType(Vec<(Name, Vec<Field>)>),
}

/// A field that is executed.
#[derive(Clone, Debug)]
pub(in crate::server::graphql) struct Field {
    /// The name in the response.
    pub(in crate::server::graphql) key: Name,
    pub(in crate::server::graphql) definition: Node<FieldDefinition>,
    /// The arguments, with defaults applied. The last stage before the execution takes them away.
    pub(in crate::server::graphql) arguments: Vec<(Name, Value)>,
    /// Why the execution of the field fails: a variable is null where its arguments need a value.
    pub(in crate::server::graphql) null: Option<String>,
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

impl Plan {
    /// The field at a place of the response.
    pub(in crate::server::graphql) fn field(&self, path: &[PathSegment]) -> Option<&Field> {
        let names = path.iter().filter_map(|segment| match segment {
            PathSegment::Field(name) => Some(name.as_str()),
            PathSegment::Index(_) => None,
        });
        let (mut below, mut found) = (Some(&self.root), None);
        for name in names {
            found = below?.fields().find(|field| field.key == name);
            below = found?.below.as_ref();
        }
        found
    }
}

impl Shape {
    /// The number of fields, those below included.
    pub(in crate::server::graphql) fn count(&self) -> u64 {
        self.fields()
            .fold(0, |sum, field| sum.saturating_add(1).saturating_add(field.below.as_ref().map_or(0, Self::count)))
    }

    /// Whether a field of one of these names is selected, at any depth.
    pub(in crate::server::graphql) fn has(&self, names: &[&str]) -> bool {
        self.fields()
            .any(|field| names.contains(&field.name()) || field.below.as_ref().is_some_and(|below| below.has(names)))
    }

    /// The fields, for all types that the object may have.
    fn fields(&self) -> impl Iterator<Item = &Field> {
        let (same, by_type) = match self {
            Self::Same(fields) => (fields.as_slice(), [].as_slice()),
            Self::ByType(types) => ([].as_slice(), types.as_slice()),
        };
        same.iter().chain(by_type.iter().flat_map(|(_, fields)| fields))
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
