//! Values in a document as the values that are executed, with the values of variables put in.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use apollo_compiler::ast::{Type, Value};
use async_graphql::{Name, Value as ConstValue, indexmap::IndexMap};

use crate::server::graphql::{scalars::scalar, types::Types};

/// The values of variables. One that was not sent and has no default is not among them.
pub(in crate::server::graphql) type Values = HashMap<String, ConstValue>;

/// The total size of the values that are put in for variables, in bytes of memory. Each use of a variable needs a copy, so a
/// small document could make a large value many times as large.
pub(super) const LARGEST: usize = 8 * 1024 * 1024;

/// Evaluates the values in a document.
pub(super) struct Literals<'a> {
    types: &'a Types,
    values: &'a Values,
    /// The size that is left for values of variables.
    left: Cell<Option<usize>>,
    /// What is wrong with the last variable that is null where a value must be.
    null: RefCell<Option<String>>,
}

impl<'a> Literals<'a> {
    pub(super) fn new(types: &'a Types, values: &'a Values) -> Self {
        Self { types, values, left: Cell::new(Some(LARGEST)), null: RefCell::default() }
    }

    /// Whether the values became too large. What was evaluated is not complete then.
    pub(super) fn is_too_large(&self) -> bool {
        self.left.get().is_none()
    }

    /// What is wrong with a variable that was null where a value must be, since this was asked last. The execution of the field
    /// fails then.
    pub(super) fn take_null(&self) -> Option<String> {
        self.null.take()
    }

    /// The value of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<&'a ConstValue> {
        self.values.get(name)
    }

    /// Evaluates a value. `None` when it is a variable that has no value: the argument or the input field is then absent.
    pub(super) fn value(&self, ty: &Type, value: &Value) -> Option<ConstValue> {
        match (value, ty) {
            (Value::Variable(name), _) => {
                let value = self.values.get(name.as_str())?;
                let left = self.left.get().and_then(|left| left.checked_sub(size(value)));
                self.left.set(left);
                if *value == ConstValue::Null && ty.is_non_null() {
                    let message =
                        format!("Variable \"${name}\" must not be null: it stands for a value of type \"{ty}\".");
                    self.null.replace(Some(message));
                }
                left.is_some().then(|| value.clone())
            }
            (Value::Null, _) => Some(ConstValue::Null),
            (Value::List(items), Type::List(ty) | Type::NonNullList(ty)) => {
                let items = items.iter().map(|item| self.value(ty, item).unwrap_or_default());
                Some(ConstValue::List(items.collect()))
            }
            (_, Type::List(ty) | Type::NonNullList(ty)) => {
                self.value(ty, value).map(|item| ConstValue::List(vec![item]))
            }
            (_, Type::Named(name) | Type::NonNullNamed(name)) => {
                let Some(object) = self.types.input_object(name) else { return scalar(name, value) };
                let Value::Object(given) = value else { return None };
                let fields = object.fields.values().filter_map(|field| {
                    let given = given.iter().find(|(name, _)| *name == field.name);
                    let value = given.and_then(|(_, value)| self.value(&field.ty, value));
                    let default = || field.default_value.as_ref().map(|value| constant(self.types, &field.ty, value));
                    Some((Name::new(&field.name), value.or_else(default)?))
                });
                Some(ConstValue::Object(fields.collect::<IndexMap<_, _>>()))
            }
        }
    }
}

/// A value without variables, such as a default.
pub(super) fn constant(types: &Types, ty: &Type, value: &Value) -> ConstValue {
    Literals::new(types, &Values::new()).value(ty, value).unwrap_or_default()
}

/// The memory that a value needs, in bytes.
fn size(value: &ConstValue) -> usize {
    const EACH: usize = 64;
    EACH + match value {
        ConstValue::String(text) => text.len(),
        ConstValue::List(items) => items.iter().map(size).sum(),
        ConstValue::Object(fields) => fields.values().map(|value| EACH + size(value)).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::server::graphql::testing::{plan, plan_of};

    #[test]
    fn a_large_variable_cannot_be_used_again_and_again() {
        let query = |times: usize| format!("query($a: ID!) {{ nodes(ids: [{}]) {{ id }} }}", "$a ".repeat(times));
        let large = json!({ "a": "x".repeat(100_000) });
        plan(&query(50), large.clone());
        let refused = plan_of(&query(100), None, large).unwrap_err();
        assert_eq!(refused.errors[0].extensions.as_ref().unwrap().get("limit"), Some(&"variables".into()));
    }
}
