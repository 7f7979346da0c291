//! The schema as the request's own checks see it: the types of `schema.graphql`, parsed once at start.
//!
//! It is parsed from the text that clients get, not taken from the GraphQL library, so that a request is judged by what is
//! published.

use std::collections::HashMap;

use apollo_compiler::{
    Name, Node, Schema,
    ast::{InputValueDefinition, Type},
    schema::{Component, ExtendedType, FieldDefinition, InputObjectType},
    validation::Valid,
};

use crate::graphql::{CUSTOM_SCALARS, CustomScalar};

/// The types of the schema.
pub(super) struct Types {
    pub(super) schema: Valid<Schema>,
    /// The object types of each interface.
    implementers: HashMap<Name, Vec<Name>>,
}

impl Types {
    /// Reads the schema from its text.
    #[expect(clippy::expect_used, reason = "runs at start, on the program's own schema")]
    pub(super) fn new(sdl: &str) -> Self {
        let mut schema = Schema::parse(sdl, "schema.graphql").expect("the schema can be parsed");
        // The parser does not know this field of introspection.
        if let Some(ExtendedType::Object(introspected)) = schema.types.get_mut("__Type") {
            let definition = FieldDefinition {
                description: None,
                name: apollo_compiler::name!("isOneOf"),
                arguments: Vec::new(),
                ty: Type::Named(apollo_compiler::name!("Boolean")),
                directives: apollo_compiler::ast::DirectiveList::default(),
            };
            introspected.make_mut().fields.insert(definition.name.clone(), Component::new(definition));
        }
        let schema = schema.validate().expect("the schema is valid");
        let implementers = schema.implementers_map().into_iter();
        let implementers = implementers.map(|(name, types)| (name, types.objects.into_iter().collect())).collect();
        Self { schema, implementers }
    }

    /// The object types that a value of this type may have.
    pub(super) fn possible<'a>(&'a self, name: &'a Name) -> Vec<&'a Name> {
        match self.schema.types.get(name) {
            Some(ExtendedType::Interface(_)) => self.implementers.get(name).into_iter().flatten().collect(),
            Some(ExtendedType::Union(union)) => union.members.iter().map(|member| &member.name).collect(),
            _ => vec![name],
        }
    }

    pub(super) fn is_abstract(&self, name: &str) -> bool {
        matches!(self.schema.types.get(name), Some(ExtendedType::Interface(_) | ExtendedType::Union(_)))
    }

    /// Whether a fragment with this type condition applies to objects of the type.
    pub(super) fn applies(&self, condition: &str, object: &str) -> bool {
        condition == object || self.schema.is_subtype(condition, object)
    }

    /// The field of a type, with `__typename` and the entries of introspection.
    pub(super) fn field(&self, parent: &str, name: &str) -> Option<&Node<FieldDefinition>> {
        self.schema.type_field(parent, name).ok().map(|field| &field.node)
    }

    pub(super) fn input_object(&self, name: &str) -> Option<&InputObjectType> {
        self.schema.get_input_object(name).map(|object| &**object)
    }

    /// The arguments of a directive.
    pub(super) fn directive(&self, name: &str) -> &[Node<InputValueDefinition>] {
        self.schema.directive_definitions.get(name).map_or(&[], |directive| &directive.arguments)
    }
}

/// Whether exactly one field of an input object must be given.
pub(super) fn is_one_of(object: &InputObjectType) -> bool {
    object.directives.has("oneOf")
}

/// The scalar with this name, unless the specification defines it.
pub(super) fn custom_scalar(name: &str) -> Option<&'static CustomScalar> {
    CUSTOM_SCALARS.iter().find(|scalar| scalar.name == name)
}

#[cfg(test)]
mod tests {
    use super::{Types, custom_scalar};

    #[test]
    fn each_scalar_of_the_schema_can_be_checked() {
        let types = Types::new(&crate::graphql::sdl());
        let scalars = types.schema.types.values().filter_map(|found| found.as_scalar());
        let unknown: Vec<_> = scalars
            .map(|scalar| scalar.name.as_str())
            .filter(|name| custom_scalar(name).is_none())
            .filter(|name| !["Boolean", "Float", "ID", "Int", "String"].contains(name))
            .collect();
        assert_eq!(unknown, [""; 0]);
    }
}
