//! Variables that the client did not send.
//!
//! The specification (October 2021, sections 3.10 "Input Objects" and 6.4.1 "Coercing Field Arguments") says that an argument,
//! or a field of an input object, counts as not given when its value is a variable that was not sent. The library treats it as
//! null instead, so an update would erase a value that it should leave alone. [`settle`] therefore resolves these variables
//! before the execution:
//!
//! | the variable | as an argument or as a field of an input object | in a list |
//! |---|---|---|
//! | was sent, even as null | stays | stays |
//! | was not sent and has a default | gets the default as its value | gets the default as its value |
//! | was not sent, has no default, may be null | the argument or field is removed | null |
//! | was not sent, has no default, must not be null | `require_variables` refuses the request | the same |
//!
//! Only the variables of the executed operation count; other operations in the document may use the same fragments. The
//! document that [`settle`] returns must be executed but not validated, because it declares variables that it no longer uses.
//! What must be valid is the document that the client sent. The condition of `@include` and `@skip` must have a value. The
//! library would treat a missing one as false, so [`settle`] refuses such a request.

use std::collections::HashSet;

use async_graphql::{
    Name, Pos, Positioned, ServerError, Variables,
    parser::types::{Directive, DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Value};

use super::refused::Refused;

/// Gives the variables that were not sent their defaults. If some have no default, returns a copy of the document without them;
/// `None` means that the original document can be executed.
///
/// # Errors
/// `BAD_USER_INPUT` when the condition of a directive is missing.
pub(super) fn settle(
    document: &ExecutableDocument,
    (name, operation): (Option<&str>, &OperationDefinition),
    variables: &mut Variables,
) -> Result<Option<ExecutableDocument>, Refused> {
    let mut absent = HashSet::new();
    for variable in operation.variable_definitions.iter().map(|variable| &variable.node) {
        let name = &variable.name.node;
        match &variable.default_value {
            _ if variables.contains_key(name) => {}
            Some(default) => drop(variables.insert(name.clone(), default.node.clone())),
            None => drop(absent.insert(name)),
        }
    }
    if absent.is_empty() {
        return Ok(None);
    }
    let mut document = document.clone();
    let mut cleaning = Cleaning { absent: &absent, spreads: Vec::new(), lacking: Vec::new() };
    let operation = match &mut document.operations {
        DocumentOperations::Single(operation) => Some(operation),
        DocumentOperations::Multiple(operations) => name.and_then(|name| operations.get_mut(name)),
    };
    if let Some(operation) = operation {
        cleaning.set(&mut operation.node.selection_set.node);
    }
    let mut seen = HashSet::new();
    while let Some(name) = cleaning.spreads.pop() {
        if let Some(fragment) = document.fragments.get_mut(&name)
            && seen.insert(name)
        {
            cleaning.set(&mut fragment.node.selection_set.node);
        }
    }
    if cleaning.lacking.is_empty() { Ok(Some(document)) } else { Err(cleaning.refusal()) }
}

/// Removes the absent variables from the selections of one operation.
struct Cleaning<'a> {
    absent: &'a HashSet<&'a Name>,
    /// The fragments found so far, which still have to be processed.
    spreads: Vec<Name>,
    /// The absent variables that directives use as their condition.
    lacking: Vec<(Name, Pos)>,
}

impl Cleaning<'_> {
    fn set(&mut self, set: &mut SelectionSet) {
        for selection in &mut set.items {
            self.directives(selection.node.directives());
            match &mut selection.node {
                Selection::Field(field) => {
                    self.arguments(&mut field.node.arguments);
                    self.set(&mut field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => self.set(&mut fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.spreads.push(spread.node.fragment_name.node.clone()),
            }
        }
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for (_, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            if let Value::Variable(name) = &value.node
                && self.absent.contains(name)
            {
                self.lacking.push((name.clone(), value.pos));
            }
        }
    }

    fn arguments(&self, arguments: &mut Vec<(Positioned<Name>, Positioned<Value>)>) {
        arguments.retain(|(_, value)| !self.is_absent(&value.node));
        for (_, value) in arguments {
            self.value(&mut value.node);
        }
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.retain(|_, value| !self.is_absent(value));
                for value in fields.values_mut() {
                    self.value(value);
                }
            }
            Value::List(items) => {
                for item in items {
                    if self.is_absent(item) {
                        *item = ConstValue::Null.into_value();
                    }
                    self.value(item);
                }
            }
            _ => {}
        }
    }

    fn is_absent(&self, value: &Value) -> bool {
        matches!(value, Value::Variable(name) if self.absent.contains(name))
    }

    fn refusal(self) -> Refused {
        let error = |(name, pos)| ServerError::new(format!("Variable \"${name}\" is required."), Some(pos));
        Refused::from(self.lacking.into_iter().map(error).collect::<Vec<_>>()).coded("BAD_USER_INPUT")
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{
        Variables,
        parser::{
            parse_query,
            types::{DocumentOperations, ExecutableDocument},
        },
    };
    use serde_json::{Value, json};

    use super::{super::parameters::pick, settle};

    /// The changed document, if anything was removed, and the variables.
    fn settled(text: &str, operation: Option<&str>, variables: Value) -> (Option<ExecutableDocument>, Value) {
        let document = parse_query(text).unwrap();
        let picked = pick(&document, operation).unwrap();
        let mut variables = Variables::from_json(variables);
        let left = settle(&document, picked, &mut variables).unwrap();
        (left, serde_json::to_value(variables).unwrap())
    }

    /// The selections of a document, without their positions in the text.
    fn selections(document: &ExecutableDocument, operation: Option<&str>) -> String {
        let operation = match (&document.operations, operation) {
            (DocumentOperations::Single(operation), _) => operation,
            (DocumentOperations::Multiple(operations), Some(name)) => &operations[name],
            (DocumentOperations::Multiple(_), None) => panic!("which operation"),
        };
        let mut fragments: Vec<_> = document.fragments.iter().collect();
        fragments.sort_by_key(|(name, _)| name.as_str());
        let fragments = fragments.into_iter().map(|(_, fragment)| &fragment.node.selection_set);
        let sets: Vec<_> = std::iter::once(&operation.node.selection_set).chain(fragments).collect();
        let text = format!("{sets:?}");
        let mut without_places = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("Pos(") {
            without_places += before;
            rest = after.split_once(')').unwrap().1;
        }
        without_places + rest
    }

    #[track_caller]
    fn assert_left(head: &str, body: &str, variables: Value, expected: &str) {
        let (left, _) = settled(&format!("{head} {body}"), None, variables);
        let expected = parse_query(format!("{head} {expected}")).unwrap();
        assert_eq!(selections(&left.unwrap(), None), selections(&expected, None), "{body}");
    }

    #[test]
    fn absent_arguments_and_fields_of_input_objects_are_removed() {
        for (body, expected) in [
            ("{ f(a: $x, b: $y) }", "{ f(b: $y) }"),
            ("{ f(a: { b: $x, c: $y, d: null }) }", "{ f(a: { c: $y, d: null }) }"),
            ("{ f(a: { b: { c: $x } }) }", "{ f(a: { b: {} }) }"),
            ("{ f(a: [{ b: $x, c: 1 }, { b: 2 }]) }", "{ f(a: [{ c: 1 }, { b: 2 }]) }"),
            ("{ f(a: [[{ b: [{ c: $x }] }]]) }", "{ f(a: [[{ b: [{}] }]]) }"),
            ("{ f { g(a: $x) { h(a: $x, b: 1) } } }", "{ f { g { h(b: 1) } } }"),
            ("{ ... on T { f(a: $x) } ... { f(a: { b: $x }) } }", "{ ... on T { f } ... { f(a: {}) } }"),
            (
                "{ f(a: $x) ...F } fragment F on T { g(a: $x) ...G } fragment G on T { h(a: { b: $x }) }",
                "{ f ...F } fragment F on T { g ...G } fragment G on T { h(a: {}) }",
            ),
        ] {
            assert_left("query($x: String, $y: String)", body, json!({ "y": 1 }), expected);
        }
    }

    #[test]
    fn absent_items_of_lists_become_null() {
        let (body, expected) =
            ("{ f(a: [1, $x, [$x]], b: { c: [$x] }) }", "{ f(a: [1, null, [null]], b: { c: [null] }) }");
        assert_left("query($x: String)", body, json!({}), expected);
    }

    #[test]
    fn what_was_sent_stays_even_as_null() {
        let query = "query($x: String, $y: String) { f(a: $x, b: { c: $y }) }";
        let (left, variables) = settled(query, None, json!({ "x": null, "y": "1", "z": 2 }));
        assert!(left.is_none());
        assert_eq!(variables, json!({ "x": null, "y": "1", "z": 2 }));
        assert_left("query($x: String, $y: String)", "{ f(a: $x, b: $y) }", json!({ "x": null }), "{ f(a: $x) }");
    }

    #[test]
    fn a_default_stands_in_for_what_was_not_sent_and_not_for_null() {
        let query =
            "query($x: Int = 3, $y: [Int] = [1, null], $z: Int! = 5, $n: Int = null) { f(a: $x, b: { c: $y }) }";
        let (left, variables) = settled(query, None, json!({}));
        assert!(left.is_none());
        assert_eq!(variables, json!({ "x": 3, "y": [1, null], "z": 5, "n": null }));
        assert_eq!(settled(query, None, json!({ "x": null, "y": 1, "z": 2 })).1["x"], Value::Null);
    }

    #[test]
    fn only_the_variables_of_the_chosen_operation_count() {
        let text = "query A($x: Int) { f(a: $x) ...F } query B($x: Int = 1, $y: Int) { ...F g(a: $y) }
            fragment F on T { h(a: $x) }";
        let (left, variables) = settled(text, Some("A"), json!({ "y": 1 }));
        let expected = parse_query(text.replace("(a: $x)", "")).unwrap();
        assert_eq!(selections(&left.unwrap(), Some("A")), selections(&expected, Some("A")));
        assert_eq!(variables, json!({ "y": 1 }));
        let (left, variables) = settled(text, Some("B"), json!({}));
        let expected = parse_query(text.replace("(a: $y)", "")).unwrap();
        assert_eq!(selections(&left.unwrap(), Some("B")), selections(&expected, Some("B")));
        assert_eq!(variables, json!({ "x": 1 }));
    }

    #[test]
    fn a_directive_must_have_its_condition_where_it_is_used() {
        let text = "query A($x: Boolean) { a @include(if: $x) } query B($x: Boolean) { ...F } query C($x: Boolean) { c(a: $x) }
            fragment F on T { ... @skip(if: $x) { b } }";
        let document = parse_query(text).unwrap();
        for (operation, is_refused) in [("A", true), ("B", true), ("C", false)] {
            let picked = pick(&document, Some(operation)).unwrap();
            let left = settle(&document, picked, &mut Variables::default());
            assert_eq!(left.is_err(), is_refused, "{operation}");
            let mut given = Variables::from_json(json!({ "x": true }));
            assert!(settle(&document, picked, &mut given).is_ok_and(|left| left.is_none()), "{operation}");
        }
    }
}
