//! A plan as a document for the GraphQL library, which needs neither variables nor named fragments nor directives any more.

use std::collections::HashMap;

use async_graphql::{
    Name, Pos, Positioned, Value,
    parser::types::{
        DocumentOperations, ExecutableDocument, Field as Executed, InlineFragment, OperationDefinition, OperationType,
        Selection, SelectionSet, TypeCondition,
    },
};

use super::plan::{Field, Plan, Shape};

/// The name under which the library returns the type of an object where [`super::write`] needs it: for objects of several types,
/// and for those without any field, for which the library would return null. A client cannot use this name.
pub(super) const TYPE: &str = "$type";

/// The document that executes a plan. Takes the arguments away from the plan.
pub(in crate::server::graphql) fn executable(plan: &mut Plan) -> ExecutableDocument {
    let operation = OperationDefinition {
        // An event of a subscription is executed like a query, by a schema of its own.
        ty: if plan.kind == OperationType::Subscription { OperationType::Query } else { plan.kind },
        variable_definitions: Vec::new(),
        directives: Vec::new(),
        selection_set: set(&mut plan.root, Pos::default()),
    };
    let operations = DocumentOperations::Single(Positioned::new(operation, Pos::default()));
    ExecutableDocument { operations, fragments: HashMap::new() }
}

fn set(shape: &mut Shape, place: Pos) -> Positioned<SelectionSet> {
    let items = match shape {
        Shape::Same(fields) if fields.is_empty() => vec![type_of_object(place)],
        Shape::Same(fields) => fields.iter_mut().map(field).collect(),
        Shape::ByType(types) => {
            let fragments = types.iter_mut().filter(|(_, fields)| !fields.is_empty()).map(|(name, fields)| {
                let items = fields.iter_mut().map(field).collect();
                let condition = TypeCondition { on: Positioned::new(name.clone(), place) };
                let fragment = InlineFragment {
                    type_condition: Some(Positioned::new(condition, place)),
                    directives: Vec::new(),
                    selection_set: Positioned::new(SelectionSet { items }, place),
                };
                Positioned::new(Selection::InlineFragment(Positioned::new(fragment, place)), place)
            });
            std::iter::once(type_of_object(place)).chain(fragments).collect()
        }
    };
    Positioned::new(SelectionSet { items }, place)
}

fn field(field: &mut Field) -> Positioned<Selection> {
    let at = field.place;
    let arguments = std::mem::take(&mut field.arguments).into_iter();
    let arguments = arguments
        .map(|(name, value): (Name, Value)| (Positioned::new(name, at), Positioned::new(value.into_value(), at)));
    let name = Name::new(field.name());
    let executed = Executed {
        alias: (field.key != name).then(|| Positioned::new(field.key.clone(), at)),
        name: Positioned::new(name, at),
        arguments: arguments.collect(),
        directives: Vec::new(),
        selection_set: field.below.as_mut().map(|below| set(below, at)).unwrap_or_default(),
    };
    Positioned::new(Selection::Field(Positioned::new(executed, at)), at)
}

fn type_of_object(at: Pos) -> Positioned<Selection> {
    let field = Executed {
        alias: Some(Positioned::new(Name::new(TYPE), at)),
        name: Positioned::new(Name::new("__typename"), at),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    Positioned::new(Selection::Field(Positioned::new(field, at)), at)
}
