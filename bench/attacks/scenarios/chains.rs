//! Operations made from the schema: lists in lists, with all that is free selected in each.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write,
};

use apollo_compiler::{Node, Schema, ast::FieldDefinition, schema::ExtendedType, validation::Valid};

/// How many lists stand in each other. More of them have smaller pages for the same price, and there are thousands of chains.
const MOST_LISTS: usize = 2;
/// How many objects that are no lists stand between two lists.
const MOST_BETWEEN: usize = 1;

/// Stands for the size of the pages.
pub const SIZE: &str = "SIZE";
/// Stands for a day of a month, another one in each copy.
pub const DAY: &str = "DAY";

/// A root field with all that is selected in it.
pub struct Chain {
    pub name: String,
    field: String,
}

impl Chain {
    pub fn new(name: &str, field: &str) -> Self {
        Self { name: name.to_owned(), field: field.to_owned() }
    }

    /// A query that asks for the field so many times, with pages of this size or a little smaller: so none is the same as another.
    pub fn query(&self, copies: usize, size: usize) -> String {
        let copy = |number: usize| {
            let size = size.saturating_sub(number).max(1).to_string();
            let field = self.field.replace(SIZE, &size).replace(DAY, &format!("{:02}", number + 1));
            format!("a{number}: {field}")
        };
        format!("{{ {} }}", (0..copies).map(copy).collect::<Vec<_>>().join(" "))
    }
}

struct Walk<'a> {
    schema: &'a Valid<Schema>,
    given: &'a BTreeMap<String, String>,
    found: Vec<Chain>,
    /// The lists of the chains that were found, and the field at their end. Those that differ only in the objects between the lists
    /// are one.
    seen: HashSet<(Vec<String>, String)>,
}

/// The fields from the root to a list.
#[derive(Clone, Default)]
struct Path {
    names: Vec<String>,
    /// What stands before and after what is selected inside.
    open: String,
    close: String,
    lists: Vec<String>,
    between: usize,
}

/// All chains of lists. `given` has the arguments that must be given.
pub fn chains(given: &BTreeMap<String, String>) -> Vec<Chain> {
    let schema = Schema::parse_and_validate(daybook::graphql::sdl(), "schema.graphql").unwrap();
    let mut walk = Walk { schema: &schema, given, found: Vec::new(), seen: HashSet::new() };
    walk.object("Query", &Path::default());
    walk.found
}

impl Walk<'_> {
    fn object(&mut self, name: &str, path: &Path) {
        for field in self.fields(name) {
            let returned = field.ty.inner_named_type().as_str();
            let is_abstract =
                matches!(self.schema.types.get(returned), Some(ExtendedType::Interface(_) | ExtendedType::Union(_)));
            if is_abstract || !self.is_object(returned) || field.name == "edges" {
                continue;
            }
            if let Some(path) = self.enter(name, &field, path) {
                if !path.lists.is_empty() && self.seen.insert((path.lists.clone(), field.name.to_string())) {
                    let field = format!("{}{}{}", path.open, self.free(returned, 3), path.close);
                    self.found.push(Chain { name: path.names.join("."), field: field.trim_start().to_owned() });
                }
                self.object(returned, &path);
            }
        }
    }

    /// The path with a field added, unless it would be too long or an argument is not known.
    fn enter(&self, parent: &str, field: &Node<FieldDefinition>, path: &Path) -> Option<Path> {
        let mut path = path.clone();
        let is_page = field.argument_by_name("first").is_some();
        let is_list =
            is_page || field.ty.is_list() && field.name != "nodes" || field.name == "nodes" && parent == "Query";
        if is_list {
            path.lists.push(field.name.to_string());
            path.between = 0;
        } else if !parent.ends_with("Connection") {
            path.between += 1;
        }
        if path.lists.len() > MOST_LISTS || path.between > MOST_BETWEEN {
            return None;
        }
        let mut arguments: Vec<_> = is_page.then(|| format!("first: {SIZE}")).into_iter().collect();
        for argument in field.arguments.iter().filter(|argument| argument.is_required()) {
            let (whole, name) = (format!("{}.{}", field.name, argument.name), argument.name.to_string());
            let value = self.given.get(&whole).or_else(|| self.given.get(&name))?;
            arguments.push(format!("{}: {value}", argument.name));
        }
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let beside = if parent == "Query" { String::new() } else { self.free(parent, 1) };
        write!(path.open, "{beside} {}{arguments} {{ ", field.name).unwrap();
        path.close += " }";
        path.names.push(field.name.to_string());
        Some(path)
    }

    /// What costs nothing on an object: its scalars, and objects that cost nothing.
    fn free(&self, name: &str, depth: usize) -> String {
        let mut selected = vec!["__typename".to_owned()];
        for field in self.fields(name) {
            if field.arguments.iter().any(|argument| argument.is_required()) || field.name == "totalCount" {
                continue;
            }
            let returned = field.ty.inner_named_type().as_str();
            if !self.is_object(returned) {
                if self.schema.types.get(returned).is_some_and(|ty| ty.is_scalar() || ty.is_enum()) {
                    selected.push(field.name.to_string());
                }
            } else if depth > 0 && returned == "Money" {
                selected.push(format!("{} {{ {} }}", field.name, self.free(returned, depth - 1)));
            }
        }
        selected.join(" ")
    }

    fn fields(&self, name: &str) -> Vec<Node<FieldDefinition>> {
        let object = self.schema.get_object(name);
        object.map(|object| object.fields.values().map(|field| field.node.clone()).collect()).unwrap_or_default()
    }

    fn is_object(&self, name: &str) -> bool {
        self.schema.get_object(name).is_some()
    }
}
