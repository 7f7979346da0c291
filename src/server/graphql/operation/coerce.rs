//! Coerces the variables of a request to the types that the operation declares.
//!
//! Each variable is coerced by itself, so that all errors are found at once. An error names the variable and the place in its
//! value, but never shows the value, which may be a password or a megabyte.

use std::fmt::Write;

use apollo_compiler::{
    ast::Type,
    executable::{Operation, VariableDefinition},
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{Name, ServerError, Value as ConstValue, indexmap::IndexMap};
use serde_json::{Map, Number, Value};

use super::literal::{Values, constant};
use crate::server::graphql::{
    document::Lines,
    refused::{MOST_ERRORS, Refused},
    types::{Types, custom_scalar, is_one_of},
};

/// The maximum length of a field's name in a message.
const LONGEST_NAME: usize = 60;

/// Coerces the variables that the client sent, and adds the defaults of the others.
///
/// # Errors
/// `BAD_USER_INPUT` for each wrong value.
pub(in crate::server::graphql) fn coerce(
    types: &Types,
    operation: &Operation,
    lines: &Lines,
    mut given: Map<String, Value>,
) -> Result<Values, Refused> {
    let mut values = Values::new();
    let mut errors = Vec::new();
    for definition in &operation.variables {
        let VariableDefinition { name, ty, default_value, .. } = &**definition;
        let mut coercing = Coercing { types, variable: name.as_str(), place: Vec::new(), errors: Vec::new() };
        let value = match (given.remove(name.as_str()), default_value) {
            (Some(value), _) => coercing.value(ty, value),
            (None, Some(default)) => Some(constant(types, ty, default)),
            (None, None) if ty.is_non_null() => {
                coercing.errors.push(format!("Variable \"${name}\" of required type \"{ty}\" was not provided."));
                None
            }
            (None, None) => None,
        };
        values.extend(value.map(|value| (name.to_string(), value)));
        let place = lines.position(definition.location());
        errors.extend(coercing.errors.into_iter().map(|message| ServerError::new(message, Some(place))));
        if errors.len() >= MOST_ERRORS {
            break;
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(Refused::from(errors).coded("BAD_USER_INPUT")) }
}

/// One variable.
struct Coercing<'a> {
    types: &'a Types,
    variable: &'a str,
    /// Where in the value the coercion is.
    place: Vec<Step>,
    errors: Vec<String>,
}

enum Step {
    Field(String),
    Item(usize),
}

impl Coercing<'_> {
    /// `None` when there was an error.
    fn value(&mut self, ty: &Type, value: Value) -> Option<ConstValue> {
        if value.is_null() {
            if ty.is_non_null() {
                return self.wrong(&format!("a value of type \"{ty}\" must not be null"));
            }
            return Some(ConstValue::Null);
        }
        match ty {
            Type::List(ty) | Type::NonNullList(ty) => match value {
                Value::Array(items) => {
                    let items = items.into_iter().enumerate().map_while(|(at, item)| {
                        // Enough errors were found.
                        if self.errors.len() >= MOST_ERRORS {
                            return None;
                        }
                        self.place.push(Step::Item(at));
                        let item = self.value(ty, item);
                        self.place.pop();
                        Some(item)
                    });
                    let items: Vec<_> = items.collect();
                    items.into_iter().collect::<Option<_>>().map(ConstValue::List)
                }
                value => self.value(ty, value).map(|item| ConstValue::List(vec![item])),
            },
            Type::Named(name) | Type::NonNullNamed(name) => match self.types.schema.types.get(name) {
                Some(ExtendedType::InputObject(object)) => self.object(object, value),
                Some(ExtendedType::Enum(found)) => match value {
                    Value::String(text) if found.values.contains_key(text.as_str()) => {
                        Some(ConstValue::Enum(Name::new(text)))
                    }
                    _ => self.wrong(&format!("expected a value of the enum \"{name}\"")),
                },
                _ => self.scalar(name, value),
            },
        }
    }

    fn scalar(&mut self, name: &str, value: Value) -> Option<ConstValue> {
        if let Some(custom) = custom_scalar(name) {
            let value = ConstValue::from_json(value).unwrap_or_default();
            if (custom.is_valid)(&value) {
                return Some(value);
            }
            return self.wrong(&format!("expected {}", custom.expected(&value)));
        }
        let coerced = match (name, value) {
            ("String" | "ID", Value::String(text)) => Some(ConstValue::String(text)),
            ("Boolean", Value::Bool(value)) => Some(ConstValue::Boolean(value)),
            ("Int", Value::Number(number)) => integer(&number)
                .and_then(|number| i32::try_from(number).ok())
                .map(|number| ConstValue::Number(number.into())),
            ("Float", Value::Number(number)) => number.as_f64().and_then(Number::from_f64).map(ConstValue::Number),
            ("ID", Value::Number(number)) => integer(&number).map(|number| ConstValue::String(number.to_string())),
            _ => None,
        };
        coerced.or_else(|| self.wrong(&format!("expected {}", expected(name))))
    }

    fn object(&mut self, object: &InputObjectType, value: Value) -> Option<ConstValue> {
        let Value::Object(mut given) = value else {
            return self.wrong(&format!("expected an object of type \"{}\"", object.name));
        };
        let before = self.errors.len();
        let mut fields = IndexMap::with_capacity(given.len());
        // Of each field that was given, whether it is null.
        let mut nulls = Vec::new();
        for (name, field) in &object.fields {
            self.place.push(Step::Field(name.to_string()));
            let value = match (given.remove(name.as_str()), &field.default_value) {
                (Some(value), _) => {
                    nulls.push(value.is_null());
                    self.value(&field.ty, value)
                }
                (None, Some(default)) => Some(constant(self.types, &field.ty, default)),
                (None, None) if field.ty.is_non_null() => {
                    self.wrong(&format!("this field of type \"{}\" is required", field.ty))
                }
                (None, None) => None,
            };
            self.place.pop();
            fields.extend(value.map(|value| (Name::new(name), value)));
        }
        for name in given.keys().take(MOST_ERRORS) {
            let short: String = name.chars().take(LONGEST_NAME).collect();
            self.wrong(&format!("\"{}\" has no field \"{short}\"", object.name));
        }
        if is_one_of(object) {
            if nulls.len() != 1 {
                self.wrong(&format!("exactly one field of \"{}\" must be given", object.name));
            }
            if nulls.first() == Some(&true) {
                self.wrong(&format!("the field of \"{}\" must not be null", object.name));
            }
        }
        (self.errors.len() == before).then_some(ConstValue::Object(fields))
    }

    /// Reports the value at the current place.
    fn wrong(&mut self, why: &str) -> Option<ConstValue> {
        let mut place = format!("${}", self.variable);
        for step in &self.place {
            // Writing to a string cannot fail.
            let _ = match step {
                Step::Field(name) => write!(place, ".{name}"),
                Step::Item(at) => write!(place, "[{at}]"),
            };
        }
        let at = if self.place.is_empty() { String::new() } else { format!(" at \"{place}\"") };
        self.errors.push(format!("Variable \"${}\" got an invalid value{at}: {why}.", self.variable));
        None
    }
}

fn expected(scalar: &str) -> &'static str {
    match scalar {
        "Int" => "a whole number of 32 bits",
        "Float" => "a number",
        "Boolean" => "true or false",
        "ID" => "a string or a whole number",
        _ => "a string",
    }
}

/// A JSON number as an integer, also when it is written as `1.0`.
fn integer(number: &Number) -> Option<i64> {
    /// Doubles above this do not tell whole numbers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    number.as_i64().or_else(|| {
        let double = number.as_f64().filter(|double| double.fract() == 0.0 && double.abs() <= EXACT)?;
        format!("{double:.0}").parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::server::graphql::{refused::MOST_ERRORS, testing::plan_of};

    fn messages(query: &str, variables: Value) -> Vec<String> {
        let errors = plan_of(query, None, variables).unwrap_err().errors;
        errors.into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn errors_name_the_variable_and_the_place_and_never_the_value() {
        let query = "query($a: TransactionFilter, $b: Int, $c: [ID!]!, $d: CategoryKind, $e: Date!, $f: TransactionOrder) {
            transactions(filter: $a, first: $b, orderBy: $f) { totalCount } nodes(ids: $c) { id } categories(kind: $d) { id }
            customers { nodes { summary(from: $e) { __typename } } } }";
        let secret = "secret ".repeat(100);
        let given = json!({
            "a": { "category": { "id": { "secret": 1 } }, "minAmount": secret, secret.clone(): 5 },
            "b": secret, "c": ["x", secret, { "secret": secret }], "d": secret, "f": { "field": null },
        });
        let [mut found, expected] = [
            messages(query, given),
            [
                "at \"$a.category.id\": expected a string or a whole number.",
                "at \"$a.minAmount\": expected a decimal number, such as \"12.50\".",
                ": expected a whole number of 32 bits.",
                "at \"$c[2]\": expected a string or a whole number.",
                ": expected a value of the enum \"CategoryKind\".",
                "Variable \"$e\" of required type \"Date!\" was not provided.",
                "at \"$f.field\": a value of type \"TransactionOrderField!\" must not be null.",
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        // A name that the client made up is cut short.
        let unknown = found.iter().position(|message| message.contains("has no field")).unwrap();
        assert!(found.remove(unknown).len() < 200);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with("Variable \"$") && found.ends_with(&expected), "{found}");
            assert!(!found.contains("secret"), "{found}");
        }
    }

    #[test]
    fn a_large_value_that_is_wrong_everywhere_has_few_errors() {
        let query = "query($a: [ID!]!) { nodes(ids: $a) { id } }";
        assert_eq!(messages(query, json!({ "a": vec![true; 100_000] })).len(), MOST_ERRORS);
    }
}
