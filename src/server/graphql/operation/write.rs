//! Writes a response in the form that the specification requires.
//!
//! The library returns fields in the order in which they were resolved, and leaves out those that failed. The fields get the order
//! of the request while they are written (section 7.2.2, "Serialized Map Ordering"). Only when something failed are the data built
//! anew before: a failed field is null or, if it cannot be null, the closest parent that can (section 6.4.4, "Handling Execution
//! Errors").

use std::collections::HashMap;

use apollo_compiler::ast::Type;
use async_graphql::{Name, PathSegment, Response, ServerError, Value, indexmap::IndexMap};
use async_graphql_axum::GraphQLResponse;
use axum::{Json, response::IntoResponse};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{
    executable::TYPE,
    plan::{Field, Plan, Shape},
};
use crate::server::graphql::refused::MOST_ERRORS;

/// A response as it is sent.
#[derive(Debug)]
pub(in crate::server::graphql) struct Answer {
    /// The errors have their order, and there are not too many.
    response: Response,
    /// The fields of the request, in their order; `None` when the data have it.
    shape: Option<Shape>,
}

impl Answer {
    /// Completes what the library returns for a plan.
    pub(in crate::server::graphql) fn of(plan: Plan, mut response: Response) -> Self {
        if response.errors.is_empty() {
            return Self { response, shape: Some(plan.root) };
        }
        complete(&plan, &mut response);
        Self { response, shape: None }
    }

    pub(in crate::server::graphql) fn errors(&mut self) -> &mut Vec<ServerError> {
        &mut self.response.errors
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> axum::response::Response {
        if self.shape.is_some() {
            Json(self).into_response()
        } else {
            GraphQLResponse::from(self.response).into_response()
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(shape) = &self.shape else { return self.response.serialize(serializer) };
        let mut answer = serializer.serialize_map(Some(1))?;
        answer.serialize_entry("data", &InOrder(&self.response.data, Some(shape)))?;
        answer.end()
    }
}

/// A value whose objects have fields in the order of the request.
struct InOrder<'a>(&'a Value, Option<&'a Shape>);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.0, self.1) {
            (Value::Object(resolved), Some(shape)) => {
                let fields = fields_of(shape, resolved);
                let mut object = serializer.serialize_map(Some(fields.len()))?;
                for field in fields {
                    let value = resolved.get(&field.key).unwrap_or(&Value::Null);
                    object.serialize_entry(field.key.as_str(), &InOrder(value, field.below.as_ref()))?;
                }
                object.end()
            }
            (Value::List(items), shape @ Some(_)) => {
                serializer.collect_seq(items.iter().map(|item| InOrder(item, shape)))
            }
            (value, _) => value.serialize(serializer),
        }
    }
}

/// The fields of an object of a shape.
fn fields_of<'a>(shape: &'a Shape, resolved: &IndexMap<Name, Value>) -> &'a [Field] {
    match shape {
        Shape::Same(fields) => fields,
        Shape::ByType(types) => {
            let ty = match resolved.get(TYPE) {
                Some(Value::String(ty)) => types.iter().find(|(name, _)| name == ty.as_str()),
                _ => None,
            };
            ty.map_or(&[], |(_, fields)| fields)
        }
    }
}

/// Completes a response in which something failed: its data, and the order and number of its errors.
fn complete(plan: &Plan, response: &mut Response) {
    let errors = &mut response.errors;
    for error in errors.iter_mut() {
        // Such an error of the library names its types, and does not know of variables any more.
        if error.extensions.is_none()
            && let Some(null) = plan.field(&error.path).and_then(|field| field.null.as_ref())
        {
            error.message.clone_from(null);
        }
    }
    // The library adds errors in the order in which resolvers fail, which differs from run to run.
    errors.sort_by_cached_key(|error| {
        let place = error.locations.first().map(|place| (place.line, place.column));
        (place, error.path.iter().map(Step::of).map(Step::owned).collect::<Vec<_>>())
    });
    let failures = Failures::of(errors);
    let data = std::mem::take(&mut response.data);
    let data = match data {
        Value::Object(fields) => object(&plan.root, fields, Some(&failures)),
        _ => object(&plan.root, IndexMap::new(), Some(&failures)),
    };
    response.data = data.unwrap_or_default();
    errors.truncate(MOST_ERRORS);
}

/// The failures below a place in the response.
#[derive(Default)]
struct Failures<'a>(HashMap<Step<'a>, Failures<'a>>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Step<'a> {
    Item(usize),
    Field(&'a str),
}

impl<'a> Step<'a> {
    fn of(segment: &'a PathSegment) -> Self {
        match segment {
            PathSegment::Field(name) => Self::Field(name),
            PathSegment::Index(at) => Self::Item(*at),
        }
    }

    fn owned(self) -> (usize, String) {
        match self {
            Self::Item(at) => (at, String::new()),
            Self::Field(name) => (0, name.to_owned()),
        }
    }
}

impl<'a> Failures<'a> {
    fn of(errors: &'a [ServerError]) -> Self {
        let mut all = Self::default();
        for error in errors {
            let mut place = &mut all;
            for segment in &error.path {
                place = place.0.entry(Step::of(segment)).or_default();
            }
        }
        all
    }

    fn below<'b>(&'b self, step: Step<'b>) -> Option<&'b Failures<'b>> {
        self.0.get(&step)
    }
}

/// Completes an object. `None` when a field of it failed that cannot be null.
fn object(shape: &Shape, mut resolved: IndexMap<Name, Value>, failures: Option<&Failures<'_>>) -> Option<Value> {
    let fields = fields_of(shape, &resolved);
    let mut complete = IndexMap::with_capacity(fields.len());
    for field in fields {
        let value = resolved.swap_remove(&field.key).unwrap_or_default();
        let failures = failures.and_then(|failures| failures.below(Step::Field(&field.key)));
        complete.insert(field.key.clone(), value_of(field.ty(), field.below.as_ref(), value, failures)?);
    }
    Some(Value::Object(complete))
}

/// Completes a value. `None` when it must be null and cannot.
fn value_of(ty: &Type, below: Option<&Shape>, value: Value, failures: Option<&Failures<'_>>) -> Option<Value> {
    let complete = match (ty, value) {
        (Type::List(item) | Type::NonNullList(item), Value::List(items)) => {
            let items = items.into_iter().enumerate().map(|(at, value)| {
                value_of(item, below, value, failures.and_then(|failures| failures.below(Step::Item(at))))
            });
            items.collect::<Option<_>>().map(Value::List)
        }
        (Type::Named(_) | Type::NonNullNamed(_), value) => match (below, value) {
            (Some(shape), Value::Object(fields)) => object(shape, fields, failures),
            // The library returns null for an object in which all fields failed.
            (Some(shape @ Shape::Same(_)), Value::Null) if failures.is_some_and(|failures| !failures.0.is_empty()) => {
                object(shape, IndexMap::new(), failures)
            }
            (_, value) => Some(value),
        },
        (_, value) => Some(value),
    };
    match complete {
        Some(Value::Null) | None if ty.is_non_null() => None,
        None => Some(Value::Null),
        complete => complete,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{PathSegment, Pos, Response, ServerError, Value};
    use serde_json::json;

    use super::{Answer, MOST_ERRORS};
    use crate::server::graphql::testing::plan;

    #[test]
    fn errors_have_the_order_of_the_request_and_there_are_only_so_many() {
        let plan = plan("{ customers { nodes { city note } } book { address } }", json!({}));
        let error = |column: usize, path: Vec<PathSegment>| {
            let error = ServerError::new("failed", Some(Pos { line: 1, column }));
            ServerError { path, ..error }
        };
        let field = |name: &str| PathSegment::Field(name.to_owned());
        let in_customer = |column, at, name| {
            error(column, vec![field("customers"), field("nodes"), PathSegment::Index(at), field(name)])
        };
        let nodes: Vec<_> = (0..40).map(|_| json!(null)).collect();
        let data = json!({ "customers": { "nodes": nodes } });
        let mut response = Response::new(Value::from_json(data).unwrap());
        response.errors.push(error(45, vec![field("book"), field("address")]));
        for at in (0..40).rev() {
            response.errors.extend([in_customer(28, at, "note"), in_customer(23, at, "city")]);
        }
        let mut answer = Answer::of(plan, response);
        let items: Vec<_> = answer.errors().iter().map(|error| error.path[2].clone()).collect();
        let expected: Vec<_> = (0..40).chain(0..10).map(PathSegment::Index).collect();
        assert_eq!((items.len(), &items), (MOST_ERRORS, &expected));
        let customer = json!({ "city": null, "note": null });
        let expected = json!({ "customers": { "nodes": vec![customer; 40] }, "book": { "address": null } });
        assert_eq!(serde_json::to_value(&answer).unwrap()["data"], expected);
    }
}
