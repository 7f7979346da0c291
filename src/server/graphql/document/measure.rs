//! Measures a valid document: its fields, its depth, its aliases and directives.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    ExecutableDocument, Name,
    ast::DirectiveList,
    executable::{Operation, OperationType, Selection, SelectionSet},
};

use super::limits::at_most;
use crate::{app::DocumentLimits, server::graphql::refused::Refused};

/// The lists of types and fields in an introspection query.
const LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// Whether a document asks for the schema.
pub(super) fn introspects(document: &ExecutableDocument) -> bool {
    let of_operations = document.operations.iter().map(|operation| &operation.selection_set);
    let mut sets: Vec<_> =
        of_operations.chain(document.fragments.values().map(|fragment| &fragment.selection_set)).collect();
    while let Some(set) = sets.pop() {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) if ["__schema", "__type"].contains(&field.name.as_str()) => return true,
                Selection::Field(field) => sets.push(&field.selection_set),
                Selection::InlineFragment(fragment) => sets.push(&fragment.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    false
}

/// Refuses a document that is too large after its fragments are expanded.
pub(super) fn check_size(document: &ExecutableDocument, limits: &DocumentLimits) -> Result<(), Refused> {
    let mut measuring =
        Measuring { document, fragments: HashMap::new(), aliases: 0, directives: Directives::default() };
    let operations: Vec<_> =
        document.operations.iter().map(|operation| (operation, measuring.operation(operation))).collect();
    for fragment in document.fragments.values() {
        measuring.fragment(&fragment.name);
    }
    let Measuring { aliases, directives, .. } = measuring;
    at_most(limits.aliases, aliases, "aliases", "Aliases in the document")?;
    at_most(limits.directives, directives.all, "directives", "Directives in the document")?;
    at_most(limits.directives_at_once, directives.most_at_once, "directivesAtOnce", "Directives in one place")?;
    for (operation, size) in operations {
        let root_fields = root_fields(document, operation);
        let (most, what) = match operation.operation_type {
            OperationType::Query => (limits.query_fields, "Root fields of the query"),
            OperationType::Subscription => (1, "Root fields of the subscription"),
            OperationType::Mutation => (limits.mutation_fields, "Root fields of the mutation"),
        };
        at_most(most, root_fields, "rootFields", what)?;
        at_most(limits.depth, size.depth, "depth", "Fields in each other")?;
        at_most(limits.fields, size.fields, "fields", "Fields of the operation, with those of its fragments")?;
        let lists = format!("Lists of {} in each other", LISTS.join(", "));
        at_most(limits.introspection, size.introspection, "introspection", &lists)?;
    }
    Ok(())
}

/// The number of root fields of an operation. Those of one name in several fragments are one, as when they are executed: clients
/// that compose a query from fragments select the same root field in many of them. Repeated in one selection set, each counts.
fn root_fields(document: &ExecutableDocument, operation: &Operation) -> usize {
    let (mut keys, mut seen, mut sets) = (HashSet::new(), HashSet::new(), vec![&operation.selection_set]);
    let mut most_in_one_set = 0;
    while let Some(set) = sets.pop() {
        let fields = set.selections.iter().filter(|selection| selection.as_field().is_some());
        most_in_one_set = most_in_one_set.max(fields.count());
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    keys.insert(field.response_key());
                }
                Selection::InlineFragment(fragment) => sets.push(&fragment.selection_set),
                Selection::FragmentSpread(spread) if seen.insert(&spread.fragment_name) => {
                    let fragment = document.fragments.get(&spread.fragment_name);
                    sets.extend(fragment.map(|fragment| &fragment.selection_set));
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    most_in_one_set.max(keys.len())
}

/// The size of a selection set with its fragments expanded. Repeated fields count each time, although they are merged later.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    fields: usize,
    depth: usize,
    /// How many lists of types stand in each other.
    introspection: usize,
}

impl Size {
    fn and(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            depth: self.depth.max(other.depth),
            introspection: self.introspection.max(other.introspection),
        }
    }
}

#[derive(Default)]
struct Directives {
    all: usize,
    most_at_once: usize,
}

struct Measuring<'a> {
    document: &'a ExecutableDocument,
    fragments: HashMap<&'a Name, Size>,
    aliases: usize,
    directives: Directives,
}

impl<'a> Measuring<'a> {
    fn operation(&mut self, operation: &'a Operation) -> Size {
        self.directives(&operation.directives);
        for variable in &operation.variables {
            self.directives(&variable.directives);
        }
        self.set(&operation.selection_set)
    }

    fn set(&mut self, set: &'a SelectionSet) -> Size {
        set.selections.iter().fold(Size::default(), |size, selection| {
            self.directives(selection.directives());
            size.and(match selection {
                Selection::Field(field) => {
                    self.aliases += usize::from(field.alias.is_some());
                    let below = self.set(&field.selection_set);
                    let is_list = set.ty.starts_with("__") && LISTS.contains(&field.name.as_str());
                    Size {
                        fields: below.fields.saturating_add(1),
                        depth: below.depth + 1,
                        introspection: below.introspection + usize::from(is_list),
                    }
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
                Selection::FragmentSpread(spread) => self.fragment(&spread.fragment_name),
            })
        })
    }

    fn fragment(&mut self, name: &Name) -> Size {
        // The document is valid: each fragment exists, and none contains itself.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else { return Size::default() };
        if let Some(size) = self.fragments.get(name) {
            return *size;
        }
        self.directives(&fragment.directives);
        let size = self.set(&fragment.selection_set);
        self.fragments.insert(name, size);
        size
    }

    fn directives(&mut self, directives: &DirectiveList) {
        self.directives.all += directives.len();
        self.directives.most_at_once = self.directives.most_at_once.max(directives.len());
    }
}

#[cfg(test)]
mod tests {
    use super::super::Documents;
    use crate::{app::DocumentLimits, server::graphql::types::Types};

    const SCHEMA: &str = "type Query { a: Query b: Query c: Int } type Mutation { c: Int }
        directive @d repeatable on FIELD | QUERY | FRAGMENT_SPREAD";

    /// The name of the limit that the document exceeds.
    fn exceeded(limits: &DocumentLimits, document: &str) -> Option<String> {
        let documents = Documents::new(Types::new(SCHEMA).into(), *limits);
        let refused = documents.read(document, true).err()?;
        let limit = refused.errors[0].extensions.as_ref().unwrap().get("limit");
        Some(limit.unwrap_or_else(|| panic!("{:?}", refused.errors)).to_string())
    }

    fn loose() -> DocumentLimits {
        let limits = DocumentLimits { query_fields: 9999, mutation_fields: 9999, tokens: 99_999, ..Default::default() };
        DocumentLimits { bytes: 999_999, depth: 99, aliases: 9999, ..limits }
    }

    #[test]
    fn fields_are_counted_with_their_fragments_put_in() {
        let list = |count: usize| "c ".repeat(count);
        let limits = loose();
        assert_eq!(exceeded(&limits, &format!("{{ {} }}", list(1000))), None);
        assert_eq!(exceeded(&limits, &format!("{{ {} }}", list(1001))), Some("\"fields\"".into()));
        let spread = |count: usize| format!("{{ ...F b {{ ...F }} }} fragment F on Query {{ {} }}", list(count));
        assert_eq!(exceeded(&limits, &spread(499)), None);
        assert_eq!(exceeded(&limits, &spread(500)), Some("\"fields\"".into()));
    }

    #[test]
    fn fragments_that_grow_without_bounds_are_refused_at_once() {
        let mut bomb = "{ ...F0 }".to_owned();
        for number in 0..60 {
            let next = number + 1;
            bomb = format!("{bomb} fragment F{number} on Query {{ a {{ ...F{next} }} b {{ ...F{next} }} }}");
        }
        bomb += " fragment F60 on Query { c }";
        assert_eq!(exceeded(&loose(), &bomb), Some("\"fields\"".into()));
        assert_eq!(exceeded(&DocumentLimits::default(), &bomb), Some("\"depth\"".into()));
    }

    #[test]
    fn each_limit_holds_where_it_says() {
        let limits = DocumentLimits::default();
        let many = |part: &str, count: usize| part.repeat(count);
        let aliased = |count| (0..count).map(|number| format!("a{number}: c")).collect::<Vec<_>>().join(" ");
        for (fits, exceeds, limit) in [
            (format!("{{ {} }}", many("c ", 20)), format!("{{ {} }}", many("c ", 21)), "rootFields"),
            (
                format!(
                    "mutation {{ {} c ...F ... {{ {} }} }} fragment F on Mutation {{ c a0: c }}",
                    aliased(4),
                    many("c ", 5)
                ),
                format!("mutation {{ {} ...F c }} fragment F on Mutation {{ d: c }}", aliased(4)),
                "rootFields",
            ),
            (format!("{{ a {{ {} }} }}", aliased(30)), format!("{{ a {{ {} }} }}", aliased(31)), "aliases"),
            (
                format!("{}c{}", many("{ a ", 14) + "{", many("}", 15)),
                format!("{}c{}", many("{ a ", 15) + "{", many("}", 16)),
                "depth",
            ),
            (format!("{{ c {} }}", many("@d ", 10)), format!("{{ c {} }}", many("@d ", 11)), "directivesAtOnce"),
            (
                format!("query @d {{ {} }}", many("c @d @d @d @d @d @d @d ", 7)),
                format!("query @d @d {{ {} }}", many("c @d @d @d @d @d @d @d ", 7)),
                "directives",
            ),
            (
                "{ __schema { types { fields { type { fields { type { interfaces { name } } } } } } } }".into(),
                "{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } } fragment B on __Type
                 { a: fields { type { inputFields { type { ... { possibleTypes { name } } } } } } }"
                    .into(),
                "introspection",
            ),
            (format!("{{ a {{ {} }} }}", many("c ", 992)), many("c ", 2001), "tokens"),
            (format!("{{ c }}#{}", many("x", 16_378)), format!("{{ c }}#{}", many("x", 16_379)), "documentBytes"),
        ] {
            assert_eq!(exceeded(&limits, &fits), None, "{limit}");
            assert_eq!(exceeded(&limits, &exceeds), Some(format!("\"{limit}\"")), "{limit}");
        }
    }

    #[test]
    fn brackets_stand_only_so_deep_in_each_other() {
        for (before, open, close, after) in [
            ("{ c(a: ", "[", "]", ") }"),
            ("{ c(a: ", "{a:[", "]}", ") }"),
            ("query($a: Int = ", "[", "]", ") { c }"),
            ("query($a: ", "[", "]", ") { c }"),
            ("", "{a", "}", ""),
            ("{", "... {", "}", "}"),
        ] {
            for depth in [500, 1900] {
                let document = format!("{before}{}{}{after}", open.repeat(depth), close.repeat(depth));
                let limits = DocumentLimits { bytes: 99_999, tokens: 99_999, ..Default::default() };
                assert_eq!(exceeded(&limits, &document), Some("\"nesting\"".into()), "{open} {depth}");
            }
        }
    }
}
