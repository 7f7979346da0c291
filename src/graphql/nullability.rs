//! Which fields are nullable: each one that can fail alone, so that its failure takes nothing else with it.
//!
//! Those are all fields of `Query` and `Mutation`, and each field below whose resolver returns a `Result`, since it reads
//! something that its object does not hold. Such a field has the directive `@semanticNonNull` (of the GraphQL nullability working
//! group) when it is null only together with an error. A field whose value comes with its object is non-null if it always has
//! one.
//!
//! A resolver does not return an `Option` for the sake of an error. It declares `directive = SemanticNonNull::apply()`, and
//! [`Root`] makes the field nullable in the schema. Fields of the roots need no declaration. `server/graphql/operation/write.rs`
//! puts in the nulls.

use std::borrow::Cow;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, TypeDirective,
    Value,
    indexmap::IndexMap,
    parser::types::Field,
    registry::{MetaDirectiveInvocation, MetaType, Registry, location_traits},
    resolver_utils::Fields,
};

mod directives {
    use async_graphql::TypeDirective;

    /// The field is null only together with an error at its path. A client that treats errors apart may read it as non-null.
    #[TypeDirective(name = "semanticNonNull", location = "FieldDefinition")]
    pub(super) fn semantic_non_null(
        #[graphql(
            desc = "Where no null is without an error: 0 is the field itself, 1 is an item of its list, and so on.",
            default_with = "vec![0]"
        )]
        levels: Vec<i32>,
    ) {
    }
}

/// A field that is null only together with an error.
pub(super) struct SemanticNonNull;

impl SemanticNonNull {
    pub(super) fn apply() -> MetaDirectiveInvocation {
        MetaDirectiveInvocation { name: Self.name().into_owned(), args: IndexMap::new() }
    }
}

impl TypeDirective for SemanticNonNull {
    fn name(&self) -> Cow<'static, str> {
        directives::semantic_non_null.name()
    }

    fn register(&self, registry: &mut Registry) {
        directives::semantic_non_null.register(registry);
    }
}

impl location_traits::Directive_At_FIELD_DEFINITION for SemanticNonNull {}

/// A root of the schema. Makes its fields nullable, and those of all types that are `@semanticNonNull`.
#[derive(Debug, Default)]
pub struct Root<T>(T);

impl<T: ObjectType> OutputType for Root<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let ty = T::create_type_info(registry);
        SemanticNonNull.register(registry);
        for (name, ty) in &mut registry.types {
            if let MetaType::Object { fields, .. } = ty {
                for field in fields.values_mut() {
                    let directives = &mut field.directive_invocations;
                    let is_declared = directives.iter().any(|directive| directive.name == SemanticNonNull.name());
                    if let Some(nullable) = field.ty.strip_suffix('!')
                        && (is_declared || *name == T::type_name())
                    {
                        field.ty = nullable.to_owned();
                        directives.extend((!is_declared).then(SemanticNonNull::apply));
                    }
                }
            }
        }
        ty
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

impl<T: ObjectType> ContainerType for Root<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await
    }

    fn collect_all_fields<'a>(&'a self, ctx: &ContextSelectionSet<'a>, fields: &mut Fields<'a>) -> ServerResult<()> {
        self.0.collect_all_fields(ctx, fields)
    }
}

impl<T: ObjectType> ObjectType for Root<T> {}
