//! The rule "All Variable Usages Are Allowed" for variables inside input objects and lists, which apollo-compiler does not check.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    ExecutableDocument, Name, Node,
    ast::{Argument, DirectiveList, InputValueDefinition, Type, Value},
    executable::{Operation, Selection, SelectionSet},
};
use async_graphql::ServerError;

use super::lines::Lines;
use crate::server::graphql::types::{Types, is_one_of};

/// Checks the variables of all operations.
pub(super) fn check_variables(
    document: &ExecutableDocument,
    types: &Types,
    lines: &Lines,
    errors: &mut Vec<ServerError>,
) {
    let uses = |directives, set| {
        let mut found = Found { types, uses: Vec::new(), spreads: HashSet::new() };
        found.directives(directives);
        found.set(set);
        found
    };
    let fragments = document.fragments.values();
    let fragments: HashMap<&Name, Found<'_>> =
        fragments.map(|fragment| (&fragment.name, uses(&fragment.directives, &fragment.selection_set))).collect();
    for operation in document.operations.iter() {
        let own = uses(&operation.directives, &operation.selection_set);
        let (mut seen, mut next) = (HashSet::new(), vec![&own]);
        while let Some(found) = next.pop() {
            for used in &found.uses {
                check(operation, used, lines, errors);
            }
            next.extend(found.spreads.iter().filter(|name| seen.insert(**name)).filter_map(|name| fragments.get(name)));
        }
    }
    errors.sort_by_key(|error| error.locations.first().map(|place| (place.line, place.column)));
}

/// A place where a variable is used.
struct Use<'a> {
    variable: &'a Name,
    value: &'a Node<Value>,
    expected: &'a Type,
    has_default: bool,
    is_one_of: bool,
}

fn check(operation: &Operation, used: &Use<'_>, lines: &Lines, errors: &mut Vec<ServerError>) {
    let Some(variable) = operation.variables.iter().find(|variable| variable.name == *used.variable) else { return };
    let (name, ty, expected) = (used.variable, &variable.ty, used.expected);
    let place = Some(lines.position(used.value.location()));
    let has_default = used.has_default || variable.default_value.as_ref().is_some_and(|value| !value.is_null());
    let is_allowed = if expected.is_non_null() && !ty.is_non_null() {
        has_default && ty.is_assignable_to(&expected.clone().nullable())
    } else {
        ty.is_assignable_to(expected)
    };
    if !is_allowed {
        let message = format!("Variable \"${name}\" of type \"{ty}\" used in position expecting type \"{expected}\".");
        errors.push(ServerError::new(message, place));
    } else if used.is_one_of && !ty.is_non_null() {
        let message =
            format!("Variable \"${name}\" must be non-nullable to be used for a field of a \"@oneOf\" object.");
        errors.push(ServerError::new(message, place));
    }
}

/// The variables and fragments that an operation or a fragment uses itself.
struct Found<'a> {
    types: &'a Types,
    uses: Vec<Use<'a>>,
    spreads: HashSet<&'a Name>,
}

impl<'a> Found<'a> {
    fn set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments, &field.definition.arguments);
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
                Selection::FragmentSpread(spread) => drop(self.spreads.insert(&spread.fragment_name)),
            }
        }
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives {
            self.arguments(&directive.arguments, self.types.directive(&directive.name));
        }
    }

    fn arguments(&mut self, arguments: &'a [Node<Argument>], definitions: &'a [Node<InputValueDefinition>]) {
        for argument in arguments {
            if let Some(definition) = definitions.iter().find(|definition| definition.name == argument.name) {
                self.value(&definition.ty, &argument.value, (definition.default_value.is_some(), false));
            }
        }
    }

    fn value(&mut self, expected: &'a Type, value: &'a Node<Value>, (has_default, is_one_of_field): (bool, bool)) {
        match &**value {
            Value::Variable(variable) => {
                self.uses.push(Use { variable, value, expected, has_default, is_one_of: is_one_of_field });
            }
            Value::List(items) if expected.is_list() => {
                for item in items {
                    self.value(expected.item_type(), item, (false, false));
                }
            }
            Value::Object(fields) => {
                let Some(object) = self.types.input_object(expected.inner_named_type()) else { return };
                for (name, value) in fields {
                    if let Some(field) = object.fields.get(name) {
                        self.value(&field.ty, value, (field.default_value.is_some(), is_one_of(object)));
                    }
                }
            }
            _ => {}
        }
    }
}
