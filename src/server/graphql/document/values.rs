//! Rules for values that stand in a document, beyond those that apollo-compiler checks: input fields that are given twice,
//! `@oneOf` input objects, and the form of custom scalars.

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Node,
    ast::{Argument, DirectiveList, InputValueDefinition, Type, Value},
    executable::{Selection, SelectionSet},
};
use async_graphql::ServerError;

use super::lines::Lines;
use crate::server::graphql::{
    refused::code,
    scalars::scalar,
    types::{Types, custom_scalar, is_one_of},
};

/// Checks all values of a document. It must be valid otherwise.
pub(super) fn check_values(document: &ExecutableDocument, types: &Types, lines: &Lines, errors: &mut Vec<ServerError>) {
    let mut checking = Checking { types, lines, errors, path: String::new() };
    for operation in document.operations.iter() {
        checking.directives(&operation.directives);
        for variable in &operation.variables {
            checking.directives(&variable.directives);
            if let Some(default) = &variable.default_value {
                let step = format!("${}", variable.name);
                checking.within(&step, |checking| checking.value(&variable.ty, default));
            }
        }
        checking.set(&operation.selection_set);
    }
    for fragment in document.fragments.values() {
        checking.directives(&fragment.directives);
        checking.set(&fragment.selection_set);
    }
}

struct Checking<'a> {
    types: &'a Types,
    lines: &'a Lines,
    errors: &'a mut Vec<ServerError>,
    /// Where the value is: an argument and the fields of input objects in it.
    path: String,
}

impl Checking<'_> {
    fn set(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments, &field.definition.arguments);
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives {
            self.arguments(&directive.arguments, self.types.directive(&directive.name));
        }
    }

    fn arguments(&mut self, arguments: &[Node<Argument>], definitions: &[Node<InputValueDefinition>]) {
        for argument in arguments {
            if let Some(definition) = definitions.iter().find(|definition| definition.name == argument.name) {
                self.within(&argument.name, |checking| checking.value(&definition.ty, &argument.value));
            }
        }
    }

    /// Checks a value that is one step further inside.
    fn within(&mut self, step: &str, check: impl FnOnce(&mut Self)) {
        let before = self.path.len();
        self.path.push_str(step);
        check(self);
        self.path.truncate(before);
    }

    fn value(&mut self, ty: &Type, value: &Node<Value>) {
        match (&**value, ty) {
            (Value::Variable(_), _) => {}
            (Value::Null, _) => {
                if ty.is_non_null() {
                    self.error(value, format!("Expected a value of type \"{ty}\", found null."));
                }
            }
            (Value::List(items), Type::List(ty) | Type::NonNullList(ty)) => {
                for (item, at) in items.iter().zip(0..) {
                    self.within(&format!("[{at}]"), |checking| checking.value(ty, item));
                }
            }
            (_, Type::List(ty) | Type::NonNullList(ty)) => self.value(ty, value),
            (_, Type::Named(name) | Type::NonNullNamed(name)) => {
                if let Some(custom) = custom_scalar(name) {
                    let constant = scalar(name, value).unwrap_or_default();
                    if !(custom.is_valid)(&constant) {
                        let expected = custom.expected(&constant);
                        let message = format!("Argument \"{}\" has an invalid value: expected {expected}.", self.path);
                        self.error(value, message);
                        if let Some(error) = self.errors.last_mut() {
                            error.extensions = Some(code("BAD_USER_INPUT"));
                        }
                    }
                } else if let Some(object) = self.types.input_object(name) {
                    let Value::Object(fields) = &**value else { return };
                    let mut seen = HashSet::new();
                    for (name, value) in fields {
                        if !seen.insert(name) {
                            self.error(value, format!("There can be only one input field named \"{name}\"."));
                        }
                        if let Some(field) = object.fields.get(name) {
                            self.within(&format!(".{name}"), |checking| checking.value(&field.ty, value));
                        }
                    }
                    let is_one = fields.len() == 1 && fields.iter().all(|(_, value)| !value.is_null());
                    if is_one_of(object) && !is_one {
                        let message =
                            format!("Exactly one field of \"{name}\" must be given, and it must not be null.");
                        self.error(value, message);
                    }
                }
            }
        }
    }

    fn error(&mut self, value: &Node<Value>, message: String) {
        self.errors.push(ServerError::new(message, Some(self.lines.position(value.location()))));
    }
}
