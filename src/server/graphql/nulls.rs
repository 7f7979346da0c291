//! Puts null into a response where a field failed or, if that field cannot be null, at the closest parent that can.
//!
//! The specification requires this (section 6.4.4, "Handling Execution Errors"). The library instead leaves the failed field
//! out of the response, which typed clients do not understand.

use async_graphql::{
    Name, PathSegment, ServerError, Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, SelectionSet},
    registry::{MetaField, MetaTypeName, Registry},
};

use super::order::fields;

/// Completes the data of a response. `root` is the root type of the operation, and `selected` its selection set.
pub(super) fn put_nulls(
    data: &mut Value,
    errors: &[ServerError],
    document: &ExecutableDocument,
    (root, selected): (&str, &SelectionSet),
    registry: &Registry,
) {
    for error in errors {
        revive(data, &error.path);
        put_null(data, &error.path);
    }
    for ServerError { path, .. } in errors {
        let Some(types) = types(path, document, (root, selected), registry) else { continue };
        match types.iter().rposition(|name| !name.ends_with('!')) {
            Some(nullable) => put_null(data, &path[..=nullable]),
            None if path.is_empty() => {}
            None => *data = Value::Null,
        }
    }
}

/// The types of the fields and list items along a path.
fn types(
    path: &[PathSegment],
    document: &ExecutableDocument,
    (root, selected): (&str, &SelectionSet),
    registry: &Registry,
) -> Option<Vec<String>> {
    let mut types: Vec<String> = Vec::with_capacity(path.len());
    let mut selected = vec![selected];
    for segment in path {
        let parent = types.last().map_or(root, String::as_str);
        let here = match segment {
            PathSegment::Field(key) => {
                let mut fields = fields(&selected, document);
                let field = fields.swap_remove(&Name::new(key))?;
                let parent = MetaTypeName::concrete_typename(parent);
                let here = field_of(parent, field.field, registry)?.ty.clone();
                selected = field.below;
                here
            }
            PathSegment::Index(_) => parent.trim_end_matches('!').strip_prefix('[')?.strip_suffix(']')?.to_owned(),
        };
        types.push(here);
    }
    Some(types)
}

/// A field of a type. For an interface, the field of one of its implementing types.
fn field_of<'a>(parent: &str, field: &str, registry: &'a Registry) -> Option<&'a MetaField> {
    let parent = registry.types.get(parent)?;
    let possible = parent.possible_types().into_iter().flatten().filter_map(|name| registry.types.get(name));
    std::iter::once(parent).chain(possible).find_map(|parent| parent.field_by_name(field))
}

/// Restores the place of a failed field, in case the library left out the objects around it for having no other field.
fn revive(data: &mut Value, path: &[PathSegment]) {
    let mut place = data;
    for segment in path {
        if let (PathSegment::Field(_), Value::Null) = (segment, &*place) {
            *place = Value::Object(IndexMap::new());
        }
        if let (PathSegment::Field(key), Value::Object(object)) = (segment, &mut *place) {
            object.entry(Name::new(key)).or_insert(Value::Null);
        }
        let Some(below) = below(place, segment) else { return };
        place = below;
    }
}

/// Puts null at a path, unless a parent is already null.
fn put_null(data: &mut Value, path: &[PathSegment]) {
    let mut place = data;
    for segment in path {
        let Some(below) = below(place, segment) else { return };
        place = below;
    }
    if !path.is_empty() {
        *place = Value::Null;
    }
}

fn below<'a>(place: &'a mut Value, segment: &PathSegment) -> Option<&'a mut Value> {
    match (place, segment) {
        (Value::Object(object), PathSegment::Field(key)) => object.get_mut(key.as_str()),
        (Value::List(list), PathSegment::Index(at)) => list.get_mut(*at),
        _ => None,
    }
}
