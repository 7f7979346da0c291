//! Sorts the fields of a response into the order in which the request names them.
//!
//! The specification requires this (section 7.2.2, "Serialized Map Ordering"). The library returns fields in the order in which
//! they were resolved. The cost of sorting is proportional to the size of the response.

use std::collections::HashSet;

use async_graphql::{
    Name, Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

/// Sorts the data of a response. `selected` is the selection set of the operation.
pub(super) fn order(data: &mut Value, document: &ExecutableDocument, selected: &SelectionSet) {
    arrange(vec![data], document, &[selected]);
}

/// Sorts objects, and lists of objects, that have the same selection sets.
fn arrange(values: Vec<&mut Value>, document: &ExecutableDocument, selected: &[&SelectionSet]) {
    let mut objects = Vec::new();
    collect(values, &mut objects);
    if objects.is_empty() {
        return;
    }
    let fields = fields(selected, document);
    for object in &mut objects {
        object.sort_by_cached_key(|name, _| fields.get_index_of(name));
    }
    for (name, selected) in fields {
        let children = objects.iter_mut().filter_map(|object| object.get_mut(name)).collect();
        arrange(children, document, &selected.below);
    }
}

/// Collects all objects in `values`, also those inside lists.
fn collect<'a>(values: Vec<&'a mut Value>, objects: &mut Vec<&'a mut IndexMap<Name, Value>>) {
    for value in values {
        match value {
            Value::Object(object) => objects.push(object),
            Value::List(list) => collect(list.iter_mut().collect(), objects),
            _ => {}
        }
    }
}

/// A field of a response: its name in the schema, and the selection sets below it.
pub(super) struct Selected<'a> {
    pub(super) field: &'a Name,
    pub(super) below: Vec<&'a SelectionSet>,
}

/// The fields of some selection sets in order, by their names in the response. Fields of fragments are included; a fragment
/// that is spread again adds nothing.
pub(super) fn fields<'a>(
    sets: &[&'a SelectionSet],
    document: &'a ExecutableDocument,
) -> IndexMap<&'a Name, Selected<'a>> {
    let mut fields = IndexMap::new();
    let mut seen = HashSet::new();
    for set in sets {
        flatten(set, document, &mut fields, &mut seen);
    }
    fields
}

fn flatten<'a>(
    set: &'a SelectionSet,
    document: &'a ExecutableDocument,
    fields: &mut IndexMap<&'a Name, Selected<'a>>,
    seen: &mut HashSet<&'a Name>,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let (key, field) = (&field.node.response_key().node, &field.node);
                let selected = fields.entry(key).or_insert(Selected { field: &field.name.node, below: Vec::new() });
                selected.below.push(&field.selection_set.node);
            }
            Selection::InlineFragment(fragment) => {
                flatten(&fragment.node.selection_set.node, document, fields, seen);
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = document.fragments.get(name)
                    && seen.insert(name)
                {
                    flatten(&fragment.node.selection_set.node, document, fields, seen);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{
        Value,
        parser::{parse_query, types::DocumentOperations},
    };
    use serde_json::json;

    use super::order;

    #[test]
    fn fields_are_in_the_order_of_the_request_through_lists_aliases_and_fragments() {
        let query =
            "{ z: a { id ...F list { y x } } b ... on Query { c } a { late } } fragment F on A { g id list { w } }";
        let document = parse_query(query).unwrap();
        let DocumentOperations::Single(operation) = &document.operations else { panic!("one operation") };
        let resolved = json!({
            "c": 1, "b": 2, "z": { "list": [{ "x": 1, "w": 2, "y": 3 }, null], "g": 4, "id": 5 }, "a": { "late": 6 },
        });
        let mut data = Value::from_json(resolved).unwrap();
        order(&mut data, &document, &operation.node.selection_set.node);
        assert_eq!(
            serde_json::to_string(&data).unwrap(),
            r#"{"z":{"id":5,"g":4,"list":[{"w":2,"y":3,"x":1},null]},"b":2,"c":1,"a":{"late":6}}"#,
        );
    }
}
