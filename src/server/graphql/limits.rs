//! Limits on the size of a document, checked before the GraphQL library processes it.
//!
//! The library expands nested fragments again and again, so a document of a few hundred bytes can keep it busy for minutes.
//! Here each fragment is visited once and sums saturate instead of overflowing, so the time is linear in the size of the
//! document.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet},
};

use super::refused::Refused;
use crate::server::rate_limit;

/// The maximum number of fields in a document after its fragments are expanded, `__typename` included.
const MOST_FIELDS: usize = 1000;

/// How many of these lists of types may stand in each other: each list of fields leads to types with lists of fields again, so the
/// answer grows exponentially. The standard introspection query nests none of them.
const MOST_LISTS: usize = 3;
/// The lists of types and fields in an introspection query.
const LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// The maximum nesting depth of brackets of any kind: far more than any real query or value needs.
const MOST_NESTING: usize = 100;

/// Refuses a document whose brackets are nested too deeply. The parser recurses into each bracket, and too many would overflow
/// its stack and abort the process. So this check works on the text; brackets in strings and comments are skipped.
pub(super) fn check_nesting(text: &str) -> Result<(), Refused> {
    let mut depth: usize = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let step = match first {
            '#' => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            '"' => string_length(rest),
            _ => first.len_utf8(),
        };
        match first {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MOST_NESTING {
            let message = format!("The document has more than {MOST_NESTING} brackets in each other.");
            return Err(Refused::new("GRAPHQL_PARSE_FAILED", message));
        }
        rest = rest.get(step..).unwrap_or_default();
    }
    Ok(())
}

/// The length of the string that `text` begins with, quotes included. An unterminated string counts as one character, its
/// quote, since the parser does not treat the text after it as a string either.
/// See <https://spec.graphql.org/October2021/#StringValue>.
fn string_length(text: &str) -> usize {
    if let Some(block) = text.strip_prefix("\"\"\"") {
        let mut from = 0;
        while let Some(at) = block.get(from..).and_then(|rest| rest.find("\"\"\"")) {
            let end = from + at;
            if !block.get(..end).is_some_and(|before| before.ends_with('\\')) {
                return end + 6;
            }
            from = end + 3;
        }
        return 1;
    }
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            '\n' | '\r' => return 1,
            _ => {}
        }
    }
    1
}

/// Refuses a document that is too large after its fragments are expanded, or whose fragments contain themselves.
pub(super) fn check_size(document: &ExecutableDocument) -> Result<(), Refused> {
    let mut sizes = HashMap::new();
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    // All operations count, because the library validates all of them, whichever one is executed.
    let mut fields: usize = 0;
    for set in operations.chain(fragments) {
        fields = fields.saturating_add(size(set, document, &mut sizes)?);
    }
    if fields > MOST_FIELDS {
        let message = format!("The document has more than {MOST_FIELDS} fields when its fragments are put in.");
        return Err(Refused::new("GRAPHQL_VALIDATION_FAILED", message));
    }
    Ok(())
}

/// Refuses an introspection query that nests lists of types too deeply. Fragments must not contain themselves.
pub(super) fn check_introspection(document: &ExecutableDocument) -> Result<(), Refused> {
    let mut depths = HashMap::new();
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    if operations.map(|set| lists(set, document, &mut depths)).max() > Some(MOST_LISTS) {
        let message = format!("An introspection query may nest {} at most {MOST_LISTS} deep.", LISTS.join(", "));
        return Err(Refused::new("GRAPHQL_VALIDATION_FAILED", message));
    }
    Ok(())
}

/// How many lists of types stand in each other in a selection set. No object of ours has fields of these names.
fn lists<'a>(set: &'a SelectionSet, document: &'a ExecutableDocument, depths: &mut HashMap<&'a Name, usize>) -> usize {
    let depth = |selection: &'a Positioned<Selection>| match &selection.node {
        Selection::Field(field) => {
            let own = usize::from(LISTS.contains(&field.node.name.node.as_str()));
            own + lists(&field.node.selection_set.node, document, depths)
        }
        Selection::InlineFragment(fragment) => lists(&fragment.node.selection_set.node, document, depths),
        Selection::FragmentSpread(spread) => {
            let name = &spread.node.fragment_name.node;
            if let Some(depth) = depths.get(name) {
                return *depth;
            }
            let fragment = document.fragments.get(name);
            let depth = fragment.map_or(0, |fragment| lists(&fragment.node.selection_set.node, document, depths));
            depths.insert(name, depth);
            depth
        }
    };
    set.items.iter().map(depth).max().unwrap_or_default()
}

/// The number of fields in a selection set. In `sizes`, the value `None` marks a fragment that is currently being counted.
fn size<'a>(
    set: &'a SelectionSet,
    document: &'a ExecutableDocument,
    sizes: &mut HashMap<&'a Name, Option<usize>>,
) -> Result<usize, Refused> {
    let mut fields: usize = 0;
    for selection in &set.items {
        let more = match &selection.node {
            Selection::Field(field) => size(&field.node.selection_set.node, document, sizes)?.saturating_add(1),
            Selection::InlineFragment(fragment) => size(&fragment.node.selection_set.node, document, sizes)?,
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                match (sizes.get(name), document.fragments.get(name)) {
                    (Some(Some(size)), _) => *size,
                    (Some(None), _) => {
                        let message = format!("The fragment \"{name}\" contains itself.");
                        return Err(Refused::new("GRAPHQL_VALIDATION_FAILED", message));
                    }
                    (None, Some(fragment)) => {
                        sizes.insert(name, None);
                        let size = size(&fragment.node.selection_set.node, document, sizes)?;
                        sizes.insert(name, Some(size));
                        size
                    }
                    // The validation reports fragments that do not exist.
                    (None, None) => 0,
                }
            }
        };
        fields = fields.saturating_add(more);
    }
    Ok(fields)
}

/// The fields that hash a password or issue tokens. A request may contain each of them only once, under whatever alias.
const ONCE: [&str; 4] = ["register", "login", "refreshToken", "changePassword"];

/// The fields that cost more than others, because they hash a password, reveal which names are taken, or write something for
/// unauthenticated clients.
const COSTLY: [&str; 6] = ["register", "login", "refreshToken", "updateProfile", "changePassword", "deleteAccount"];

/// The field that must be alone in its mutation, since the account does not exist after it.
const LAST: &str = "deleteAccount";

/// The cost of the fields of a mutation. Refuses a mutation that contains a field twice under the same name: the specification
/// (section 6.3.2, "Field Collection") merges both into one field, but the library would execute it twice, and money would move
/// twice.
pub(super) fn check_mutation(operation: &OperationDefinition, document: &ExecutableDocument) -> Result<u32, Refused> {
    let mut cost = 0;
    if operation.ty != OperationType::Mutation {
        return Ok(cost);
    }
    let (mut fields, mut is_the_end) = (0_usize, false);
    let mut seen = HashSet::new();
    let mut sets = vec![&operation.selection_set.node];
    while let Some(set) = sets.pop() {
        for selection in &set.items {
            let (once, name) = match &selection.node {
                Selection::Field(field) => {
                    let name = &field.node.name.node;
                    cost += if COSTLY.contains(&name.as_str()) { rate_limit::COSTLY } else { rate_limit::MUTATION };
                    fields += 1;
                    is_the_end |= name == LAST;
                    if ONCE.contains(&name.as_str()) && !seen.insert(("call of", name)) {
                        let message = format!("A request may call `{name}` once.");
                        return Err(Refused::new("GRAPHQL_VALIDATION_FAILED", message));
                    }
                    (("field", &field.node.response_key().node), None)
                }
                Selection::InlineFragment(fragment) => {
                    sets.push(&fragment.node.selection_set.node);
                    continue;
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    (("fragment", name), Some(name))
                }
            };
            if !seen.insert(once) {
                let message = format!("The {} \"{}\" stands twice in a mutation. Use aliases.", once.0, once.1);
                return Err(Refused::new("GRAPHQL_VALIDATION_FAILED", message));
            }
            sets.extend(name.and_then(|name| document.fragments.get(name)).map(|found| &found.node.selection_set.node));
        }
    }
    if is_the_end && fields > 1 {
        let message = format!("A mutation that calls `{LAST}` calls nothing else.");
        return Err(Refused::new("GRAPHQL_VALIDATION_FAILED", message));
    }
    Ok(cost)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, types::DocumentOperations};

    use super::{check_introspection, check_mutation, check_nesting, check_size};

    fn fits(query: &str) -> bool {
        check_size(&parse_query(query).unwrap()).is_ok()
    }

    #[test]
    fn fields_are_counted_with_their_fragments_put_in() {
        let list = |count: usize| "a ".repeat(count);
        assert!(fits(&format!("{{ {} }}", list(1000))));
        assert!(!fits(&format!("{{ {} }}", list(1001))));
        assert!(fits(&format!("{{ ...F b {{ ...F }} }} fragment F on Q {{ {} }}", list(333))));
        assert!(!fits(&format!("{{ ...F b {{ ...F }} }} fragment F on Q {{ {} }}", list(334))));
    }

    #[test]
    fn fragments_that_grow_without_bounds_are_refused_at_once() {
        let mut bomb = "{ ...F0 }".to_owned();
        for number in 0..200 {
            let next = number + 1;
            bomb = format!("{bomb} fragment F{number} on Q {{ a {{ ...F{next} }} b {{ ...F{next} }} }}");
        }
        bomb += " fragment F200 on Q { a }";
        assert!(!fits(&bomb));
        assert!(!fits("{ ...F } fragment F on Q { a { ...G ...G } } fragment G on Q { b { ...F ...F } }"));
        assert!(!fits("{ a } fragment F on Q { ...F }"));
    }

    #[test]
    fn lists_of_types_stand_only_so_deep_in_each_other() {
        let fits = |query: &str| check_introspection(&parse_query(query).unwrap()).is_ok();
        assert!(fits("{ __schema { types { fields { type { fields { type { interfaces { name } } } } } } } }"));
        assert!(fits(
            "{ __schema { types { ...T ...T } } } fragment T on __Type { fields { args { type { ...N } } } } \
                      fragment N on __Type { name ofType { name } }"
        ));
        for query in [
            "{ __type(name: \"Node\") { possibleTypes { interfaces { possibleTypes { interfaces { name } } } } } }",
            "{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } } \
             fragment B on __Type { a: fields { type { inputFields { type { ... { possibleTypes { name } } } } } } }",
        ] {
            assert!(!fits(query), "{query}");
        }
    }

    #[test]
    fn brackets_stand_only_so_deep_in_each_other() {
        let nested = |before: &str, open: &str, close: &str, after: &str, depth: usize| {
            format!("{before}{}{}{after}", open.repeat(depth), close.repeat(depth))
        };
        for (before, open, close, after) in [
            ("{ a(a: ", "[", "]", ") }"),
            ("{ a(a: ", "{a:[", "]}", ") }"),
            ("query($a: Int = ", "[", "]", ") { a }"),
            ("{ a @include(if: ", "[", "]", ") }"),
            ("{ a(a: ", "[\"]\" ", "]", ") }"),
            ("{ a(a: ", "[\"\"\"]\\\"\"\"]\"\"\" ", "]", ") }"),
            ("{ a(a: ", "[ #]\n", "]", ") }"),
            ("{ a(a: ", "[\"\\\"]\" ", "]", ") }"),
            ("{ a(a: ", "[\"\" ", "]", ") }"),
            ("", "{a", "}", ""),
        ] {
            assert!(check_nesting(&nested(before, open, close, after, 45)).is_ok(), "{open}");
            assert!(check_nesting(&nested(before, open, close, after, 101)).is_err(), "{open}");
        }
        let quoted = "[".repeat(500);
        for text in [format!("{{ a(a: \"{quoted}\") }}"), format!("{{ a }} #{quoted}"), format!("\"\"\"{quoted}\"\"\"")]
        {
            assert!(check_nesting(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_mutation_names_each_field_once() {
        let names_once = |query: &str| {
            let document = parse_query(query).unwrap();
            let DocumentOperations::Single(operation) = &document.operations else { panic!("one operation") };
            check_mutation(&operation.node, &document).is_ok()
        };
        assert!(names_once("mutation { a b c: a ...F } fragment F on M { d { a } e { a } }"));
        assert!(names_once("{ a a }"));
        for query in [
            "mutation { a: login b: login }",
            "mutation { login ...F } fragment F on M { again: login }",
            "mutation { a a }",
            "mutation { a { x } ... on M { a { y } } }",
            "mutation { ...F ...F } fragment F on M { a }",
            "mutation { a ...F } fragment F on M { a }",
            "mutation { ...F ...G } fragment F on M { ...G } fragment G on M { a }",
        ] {
            assert!(!names_once(query), "{query}");
        }
    }
}
