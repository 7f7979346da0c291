//! Compares what the plans of documents return with what graphql-js returns: `tests/it/graphql/documents` has the documents, and
//! `tests/clients/graphql-js` the program that executes them with graphql-js.

use std::{collections::BTreeMap, fs, path::Path};

use apollo_compiler::{Name as TypeName, ast::Type, schema::ExtendedType};
use async_graphql::{
    Name, PathSegment, Response, ServerError, Value,
    indexmap::IndexMap,
    parser::types::{DocumentOperations, Selection, SelectionSet},
};
use serde_json::{Map, Value as Json, json};

use super::{Answer, executable};
use crate::server::graphql::{
    testing::{plan_of, types},
    types::Types,
};

/// A document with the variables and the operation that are sent along.
struct Case {
    name: String,
    text: String,
    operation: Option<String>,
    variables: Json,
}

fn cases() -> (Vec<Case>, BTreeMap<String, Json>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/graphql/documents");
    let expected = fs::read_to_string(folder.join("expected.json")).unwrap();
    let mut cases = Vec::new();
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let Some(topic) = file.to_str().unwrap().strip_suffix(".graphql") else { continue };
        let topic = topic.rsplit('/').next().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        for case in format!("\n{text}").split("\n### ").skip(1) {
            let (name, mut rest) = case.split_once('\n').unwrap();
            let (mut operation, mut variables) = (None, json!({}));
            while let Some((line, after)) = rest.split_once('\n') {
                if let Some(name) = line.strip_prefix("#operation ") {
                    operation = Some(name.to_owned());
                } else if let Some(given) = line.strip_prefix("#variables ") {
                    variables = serde_json::from_str(given).unwrap();
                } else {
                    break;
                }
                rest = after;
            }
            cases.push(Case { name: format!("{topic}: {name}"), text: rest.to_owned(), operation, variables });
        }
    }
    (cases, serde_json::from_str(&expected).unwrap())
}

/// Executes a document like the library, with resolvers that make values up. It returns fields in the opposite order, leaves out
/// those that fail, and returns null for an object without fields.
struct Execution<'a> {
    types: &'a Types,
    calls: BTreeMap<String, Json>,
    errors: Vec<ServerError>,
}

/// The field failed, and what holds it has no value.
struct Failed;

impl Execution<'_> {
    fn object(&mut self, ty: &TypeName, set: &SelectionSet, path: &[PathSegment]) -> Value {
        let mut fields = IndexMap::new();
        self.fields(ty, set, path, &mut fields);
        fields.reverse();
        if fields.is_empty() { Value::Null } else { Value::Object(fields) }
    }

    fn fields(&mut self, ty: &TypeName, set: &SelectionSet, path: &[PathSegment], into: &mut IndexMap<Name, Value>) {
        for selection in &set.items {
            match &selection.node {
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().unwrap().node.on.node.as_str();
                    if self.types.applies(condition, ty) {
                        self.fields(ty, &fragment.node.selection_set.node, path, into);
                    }
                }
                Selection::Field(field) => {
                    let field = &field.node;
                    let key = field.response_key().node.clone();
                    assert!(!into.contains_key(&key), "{key} is executed twice");
                    let path = [path, &[PathSegment::Field(key.to_string())]].concat();
                    if field.name.node == "__typename" {
                        into.insert(key, Value::from(ty.as_str()));
                        continue;
                    }
                    let definition = self.types.field(ty, &field.name.node).unwrap();
                    let mut arguments = Map::new();
                    let mut is_wrong = false;
                    for (name, value) in &field.arguments {
                        let value = value.node.clone().into_const().unwrap();
                        let definition = definition.argument_by_name(&name.node).unwrap();
                        is_wrong |= self.has_wrong_null(&definition.ty, &value);
                        arguments.insert(name.node.to_string(), value.into_json().unwrap());
                    }
                    if is_wrong {
                        self.fail(&path);
                        continue;
                    }
                    if !arguments.is_empty() {
                        let call = json!([text(&path), format!("{ty}.{}", field.name.node), arguments]);
                        self.calls.insert(text(&path), call);
                    }
                    if key.starts_with("fail") {
                        self.fail(&path);
                    } else if key.starts_with("none") && !definition.ty.is_non_null() {
                        into.insert(key, Value::Null);
                    } else if let Ok(value) = self.value(&definition.ty.clone(), &field.selection_set.node, &path) {
                        into.insert(key, value);
                    }
                }
                Selection::FragmentSpread(_) => panic!("a plan has no named fragments"),
            }
        }
    }

    fn fail(&mut self, path: &[PathSegment]) {
        let error = ServerError::new("failed", None);
        self.errors.push(ServerError { path: path.to_vec(), ..error });
    }

    fn has_wrong_null(&self, ty: &Type, value: &Value) -> bool {
        match (ty, value) {
            (ty, Value::Null) => ty.is_non_null(),
            (Type::List(ty) | Type::NonNullList(ty), Value::List(items)) => {
                items.iter().any(|item| self.has_wrong_null(ty, item))
            }
            (ty, Value::Object(given)) => {
                let object = self.types.input_object(ty.inner_named_type()).unwrap();
                object.fields.iter().any(|(name, field)| match given.get(name.as_str()) {
                    Some(value) => self.has_wrong_null(&field.ty, value),
                    None => field.is_required(),
                })
            }
            _ => false,
        }
    }

    fn value(&mut self, ty: &Type, set: &SelectionSet, path: &[PathSegment]) -> Result<Value, Failed> {
        match ty {
            Type::List(ty) | Type::NonNullList(ty) => {
                let items = [0, 1].map(|at| self.value(ty, set, &[path, &[PathSegment::Index(at)]].concat()));
                items.into_iter().collect::<Result<_, _>>().map(Value::List)
            }
            Type::Named(name) | Type::NonNullNamed(name) => Ok(self.named(name, set, path)),
        }
    }

    fn named(&mut self, name: &TypeName, set: &SelectionSet, path: &[PathSegment]) -> Value {
        let path_text = text(path);
        let sum: usize = path_text.chars().map(|c| c as usize).sum();
        let of = |mut names: Vec<TypeName>| {
            names.sort();
            names.swap_remove(sum % names.len())
        };
        match self.types.schema.types.get(name).unwrap() {
            ExtendedType::Object(_) => self.object(name, set, path),
            ExtendedType::Interface(_) | ExtendedType::Union(_) => {
                let object = of(self.types.possible(name).into_iter().cloned().collect());
                self.object(&object, set, path)
            }
            ExtendedType::Enum(found) => Value::Enum(Name::new(of(found.values.keys().cloned().collect()))),
            _ => match name.as_str() {
                "Int" => sum.into(),
                "Boolean" => true.into(),
                "Float" => 1.5.into(),
                "CurrencyCode" => "USD".into(),
                "Date" => "2026-11-20".into(),
                "DateTime" => "2026-11-20T10:00:00.000000Z".into(),
                "Decimal" => "12.50".into(),
                "TimeZone" => "Asia/Aden".into(),
                "YearMonth" => "2026-11".into(),
                _ => path_text.into(),
            },
        }
    }
}

fn text(path: &[PathSegment]) -> String {
    let segments: Vec<_> = path
        .iter()
        .map(|segment| match segment {
            PathSegment::Field(name) => name.clone(),
            PathSegment::Index(at) => at.to_string(),
        })
        .collect();
    segments.join(".")
}

/// What a case returns, in the form of the expected results.
fn executed(case: &Case) -> (String, Json) {
    let mut plan = match plan_of(&case.text, case.operation.as_deref(), case.variables.clone()) {
        Ok(plan) => plan,
        Err(refused) => {
            let code = refused.errors[0].extensions.as_ref().unwrap().get("code").unwrap().clone().into_json().unwrap();
            let stage = match code.as_str().unwrap() {
                "GRAPHQL_PARSE_FAILED" => "parse",
                "GRAPHQL_VALIDATION_FAILED" => "validate",
                "OPERATION_RESOLUTION_FAILURE" => "choose",
                // A scalar of a wrong form that stands in the document itself: for graphql-js a document that is not valid.
                "BAD_USER_INPUT" if refused.errors[0].message.starts_with("Argument") => "validate",
                "BAD_USER_INPUT" => {
                    return (String::new(), json!({ "stage": "coerce", "errors": refused.errors.len() }));
                }
                code => code,
            };
            return (String::new(), json!({ "stage": stage }));
        }
    };
    let document = executable(&mut plan);
    let DocumentOperations::Single(operation) = &document.operations else { panic!("one operation") };
    let types = types();
    let root = types.schema.root_operation(match operation.node.ty {
        async_graphql::parser::types::OperationType::Mutation => apollo_compiler::ast::OperationType::Mutation,
        _ => apollo_compiler::ast::OperationType::Query,
    });
    let mut execution = Execution { types: &types, calls: BTreeMap::new(), errors: Vec::new() };
    let data = execution.object(root.unwrap(), &operation.node.selection_set.node, &[]);
    let mut response = Response::new(data);
    response.errors = execution.errors;
    let mut answer = Answer::of(plan, response);
    let mut errors: Vec<_> = answer.errors().iter().map(|error| text(&error.path)).collect();
    errors.sort();
    let calls: Vec<_> = execution.calls.into_values().collect();
    let text = serde_json::to_string(&answer).unwrap();
    let data = serde_json::to_value(&answer).unwrap()["data"].take();
    let text = text.strip_prefix("{\"data\":").unwrap();
    let text = match text.split_once(",\"errors\":[") {
        Some((data, _)) => data.to_owned(),
        None => text.strip_suffix('}').unwrap().to_owned(),
    };
    let result = json!({ "stage": "execute", "data": data, "errors": errors, "calls": calls });
    (text, result)
}

/// The data of an expected result as it is written, with its fields in order.
fn data_of(expected: &str, name: &str) -> String {
    let start = format!("{}: {{\"stage\":\"execute\",\"data\":", serde_json::to_string(name).unwrap());
    let line = expected.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
    line.split(",\"errors\":[").next().unwrap().to_owned()
}

#[test]
fn documents_are_judged_and_executed_as_by_graphql_js() {
    let (cases, expected) = cases();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/graphql/documents/expected.json");
    let text = fs::read_to_string(path).unwrap();
    assert!(cases.len() > 500 && cases.len() == expected.len(), "run tests/clients/graphql-js again");
    let mut wrong = Vec::new();
    for case in &cases {
        let expected = &expected[&case.name];
        let is_introspection = case.name.starts_with("introspection")
            && expected["stage"] == "execute"
            && ["__schema {", "__type("].iter().any(|field| case.text.contains(field));
        if is_introspection {
            // The test by HTTP compares what introspection returns.
            assert!(plan_of(&case.text, None, case.variables.clone()).is_ok(), "{}", case.name);
            continue;
        }
        let (data, mut result) = executed(case);
        let mut expected = expected.clone();
        if expected["errors"].as_array().is_some_and(|errors| !errors.is_empty()) {
            // graphql-js stops the execution where a field that must not be null fails.
            let all = result["errors"].as_array().cloned().unwrap_or_default();
            let found = expected["errors"].as_array().unwrap().iter().all(|error| all.contains(error));
            for result in [&mut result, &mut expected] {
                let parts = result.as_object_mut().unwrap();
                parts.remove("calls");
                parts.remove("errors");
            }
            if !found {
                wrong.push(format!("{}: the errors are at {all:?}", case.name));
            }
        }
        if result != expected {
            wrong.push(format!("{}:\n  expected {expected}\n  and not  {result}", case.name));
        } else if result["stage"] == "execute" && data != data_of(&text, &case.name) {
            wrong.push(format!("{}: another order: {data}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
