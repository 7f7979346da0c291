//! Calls root fields that the test knows nothing of: arguments and selections are made from the introspected schema.
//!
//! What cannot be driven is a panic, never passed over: a new scalar or a new kind of id must be taught here.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::harness::Client;

/// How many fields an operation may have, a little below what the server takes.
const MOST_FIELDS: usize = 900;

/// The fields that are given although they may be left out, so that a call would do something if it were let.
const WORTH_GIVING: [&str; 5] = ["grossAmount", "amount", "name", "note", "memo"];

/// The fields of which an input takes one or the other.
const ALTERNATIVES: [&str; 2] = ["category", "lines"];

/// A file to be imported, by which something is spent.
const FILE: &str = "date,amount,category,description\n2026-11-20,-1,,something else\n";

/// The schema, to make operations from.
pub struct Driver {
    types: HashMap<String, Value>,
    roots: [String; 2],
}

/// A root field.
pub struct Root {
    pub name: String,
    pub is_mutation: bool,
    field: Value,
}

impl Root {
    /// Its arguments, as introspection tells of them.
    pub fn arguments(&self) -> &[Value] {
        list(&self.field["args"])
    }

    /// Whether it can be called without arguments.
    pub fn needs_nothing(&self) -> bool {
        list(&self.field["args"]).iter().all(|argument| argument["type"]["kind"] != "NON_NULL")
    }
}

/// Where in the arguments of a root field an id stands: `input`, `invoices`, `0`, `invoiceId`.
pub type Position = Vec<String>;

/// Gives the id for a position: what it is the id of is told by names.
pub type Ids<'a> = &'a dyn Fn(&Position, &str) -> String;

/// What arguments are to be made of.
struct Call<'a> {
    under: &'a Position,
    ids: Ids<'a>,
    fewest: bool,
}

impl Driver {
    pub async fn new(client: &Client) -> Self {
        let wrapped = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
        let query = format!(
            "{{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ kind name isOneOf
                possibleTypes {{ name }} enumValues {{ name }}
                fields {{ name args {{ name defaultValue type {{ {wrapped} }} }} type {{ {wrapped} }} }}
                inputFields {{ name defaultValue type {{ {wrapped} }} }} }} }} }}"
        );
        let schema = client.gql(&query, json!({})).await["__schema"].take();
        let roots = ["queryType", "mutationType"].map(|root| text(&schema[root]["name"]).to_owned());
        let types = list(&schema["types"]).iter().map(|type_| (text(&type_["name"]).to_owned(), type_.clone()));
        Self { types: types.collect(), roots }
    }

    /// All root fields, those that read first.
    pub fn roots(&self) -> Vec<Root> {
        let of = |is_mutation: bool| {
            let fields = list(&self.types[&self.roots[usize::from(is_mutation)]]["fields"]);
            let root =
                move |field: &Value| Root { name: text(&field["name"]).to_owned(), is_mutation, field: field.clone() };
            fields.iter().map(root)
        };
        of(false).chain(of(true)).collect()
    }

    /// The fields of an input object of which any may be given: not of one that takes one of several.
    pub fn fields_of(&self, type_: &Value) -> Option<&[Value]> {
        let input = &self.types[type_["name"].as_str()?];
        (input["kind"] == "INPUT_OBJECT" && input["isOneOf"] != true).then(|| list(&input["inputFields"]))
    }

    /// All that may be asked of a root field without going deep.
    pub fn shallow_selection(&self, root: &Root) -> String {
        self.selection(&root.field["type"], 3)
    }

    /// Where the arguments of a root field have ids.
    pub fn positions(&self, root: &Root) -> Vec<Position> {
        let mut positions = Vec::new();
        for argument in list(&root.field["args"]) {
            self.find(&argument["type"], vec![text(&argument["name"]).to_owned()], &mut positions);
        }
        positions
    }

    fn find(&self, type_: &Value, at: Position, positions: &mut Vec<Position>) {
        assert!(at.len() < 9, "an input that contains itself: {at:?}");
        match text(&type_["kind"]) {
            "NON_NULL" => self.find(&type_["ofType"], at, positions),
            "LIST" => self.find(&type_["ofType"], [at, vec!["0".to_owned()]].concat(), positions),
            "SCALAR" if type_["name"] == "ID" => positions.push(at),
            "INPUT_OBJECT" => {
                for field in list(&self.types[text(&type_["name"])]["inputFields"]) {
                    let at = [at.clone(), vec![text(&field["name"]).to_owned()]].concat();
                    self.find(&field["type"], at, positions);
                }
            }
            _ => {}
        }
    }

    /// The arguments of a root field, with an id at each place where one may stand. Where only one of several may be given,
    /// it is the one on the way to `under`.
    pub fn arguments(&self, root: &Root, under: &Position, ids: Ids<'_>) -> Value {
        self.call(root, &Call { under, ids, fewest: false })
    }

    /// The arguments that a root field must have, and those on the way to `under`.
    pub fn fewest_arguments(&self, root: &Root, under: &Position, ids: Ids<'_>) -> Value {
        self.call(root, &Call { under, ids, fewest: true })
    }

    fn call(&self, root: &Root, call: &Call<'_>) -> Value {
        let mut arguments = Map::new();
        for argument in list(&root.field["args"]) {
            let at = vec![text(&argument["name"]).to_owned()];
            if self.is_given(argument, &at, call) {
                arguments.insert(at[0].clone(), self.value(&argument["type"], at, &root.name, call));
            }
        }
        Value::Object(arguments)
    }

    fn is_given(&self, argument: &Value, at: &Position, call: &Call<'_>) -> bool {
        let must_be = text(&argument["type"]["kind"]) == "NON_NULL" && argument["defaultValue"].is_null();
        let is_needed = must_be || call.under.starts_with(at);
        let is_worth_giving = at.len() > 1 && WORTH_GIVING.contains(&text(&argument["name"]));
        // An id that may be left out is one that the client chooses for something new.
        let is_choice = argument["name"] == "id" && !must_be;
        is_needed || !call.fewest && (is_worth_giving || !is_choice && self.has_id(&argument["type"]))
    }

    fn has_id(&self, type_: &Value) -> bool {
        let mut positions = Vec::new();
        self.find(type_, Vec::new(), &mut positions);
        !positions.is_empty()
    }

    fn value(&self, type_: &Value, at: Position, owner: &str, call: &Call<'_>) -> Value {
        let name = type_["name"].as_str().unwrap_or_default();
        match text(&type_["kind"]) {
            "NON_NULL" => self.value(&type_["ofType"], at, owner, call),
            "LIST" => json!([self.value(&type_["ofType"], [at, vec!["0".to_owned()]].concat(), owner, call)]),
            "ENUM" => self.types[name]["enumValues"][0]["name"].clone(),
            "INPUT_OBJECT" => self.object(name, &at, call),
            "SCALAR" => match name {
                "ID" => json!((call.ids)(&at, owner)),
                "String" if at.ends_with(&["csv".to_owned()]) => json!(FILE),
                // Another text, so that a later call can give what was created the name that all others get.
                "String" if owner.starts_with("Create") => json!("something new"),
                "String" => json!("something else"),
                "Decimal" => json!("1"),
                "CurrencyCode" => json!("YEM"),
                "Date" => json!("2026-11-20"),
                "YearMonth" => json!("2026-11"),
                "TimeZone" => json!("Asia/Aden"),
                "DateTime" => json!("2026-11-20T00:00:00Z"),
                "Int" => json!(1),
                "Boolean" => json!(true),
                _ => panic!("teach the driver the scalar {name} of {at:?}"),
            },
            kind => panic!("teach the driver the {kind} {name} of {at:?}"),
        }
    }

    fn object(&self, name: &str, at: &Position, call: &Call<'_>) -> Value {
        let fields = list(&self.types[name]["inputFields"]);
        let place = |field: &Value| [at.clone(), vec![text(&field["name"]).to_owned()]].concat();
        // Of those fields, the one on the way; or the first one of which there is an id.
        let one_of = |among: &dyn Fn(&Value) -> bool| {
            let mut on_the_way = fields.iter().filter(|field| call.under.starts_with(&place(field)));
            let chosen = on_the_way.find(|field| among(field));
            chosen.or_else(|| fields.iter().find(|field| among(field) && self.has_id(&field["type"])))
        };
        let is_one_of = self.types[name]["isOneOf"] == true;
        let is_alternative = |field: &Value| ALTERNATIVES.contains(&text(&field["name"]));
        let has_alternatives = fields.iter().filter(|field| is_alternative(field)).count() == ALTERNATIVES.len();
        let given = |field: &&Value| {
            if is_one_of {
                return one_of(&|_| true) == Some(*field);
            }
            let is_let = !has_alternatives || !is_alternative(field) || one_of(&is_alternative) == Some(*field);
            is_let && self.is_given(field, &place(field), call)
        };
        let value =
            |field: &Value| (text(&field["name"]).to_owned(), self.value(&field["type"], place(field), name, call));
        Value::Object(fields.iter().filter(given).map(value).collect())
    }

    /// The operation that calls a root field and asks for as much as it may; the arguments are variables.
    pub fn operation(&self, root: &Root, arguments: &Value) -> String {
        let given: Vec<_> = list(&root.field["args"])
            .iter()
            .filter(|argument| arguments.get(text(&argument["name"])).is_some())
            .collect();
        let variable = |argument: &&Value| format!("${}: {}", text(&argument["name"]), written(&argument["type"]));
        let pass = |argument: &&Value| format!("{0}: ${0}", text(&argument["name"]));
        let join =
            |parts: Vec<String>| if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) };
        let variables = join(given.iter().map(variable).collect());
        let passed = join(given.iter().map(pass).collect());
        let kind = if root.is_mutation { "mutation" } else { "query" };
        let selection = self.selection(&root.field["type"], 6);
        format!("{kind}{variables} {{ {}{passed} {selection} }}", root.name)
    }

    /// The deepest selection of a type that an operation may have, at most so deep.
    fn selection(&self, type_: &Value, most: usize) -> String {
        let mut deepest = String::new();
        for depth in 1..=most {
            let mut count = 0;
            let selection = self.select(named(type_), depth, &mut count);
            if count > MOST_FIELDS {
                break;
            }
            deepest = selection;
        }
        deepest
    }

    fn select(&self, name: &str, depth: usize, count: &mut usize) -> String {
        let type_ = &self.types[name];
        let is_of_several = text(&type_["kind"]) == "INTERFACE" || text(&type_["kind"]) == "UNION";
        let members: Vec<&str> = if is_of_several {
            list(&type_["possibleTypes"]).iter().map(|member| text(&member["name"])).collect()
        } else if text(&type_["kind"]) == "OBJECT" {
            vec![name]
        } else {
            return String::new();
        };
        let mut selected = vec!["__typename".to_owned()];
        *count += 1;
        for &member in &members {
            let mut fields = Vec::new();
            for field in list(&self.types[member]["fields"]) {
                let (field_name, of) = (text(&field["name"]), named(&field["type"]));
                let needs_arguments =
                    list(&field["args"]).iter().any(|argument| argument["type"]["kind"] == "NON_NULL");
                let is_leaf = matches!(text(&self.types[of]["kind"]), "SCALAR" | "ENUM");
                if needs_arguments || (depth == 1 && !is_leaf) || *count > MOST_FIELDS {
                    continue;
                }
                *count += 1;
                // Lists in lists are kept small: an operation may ask for so many rows and no more.
                let is_page = list(&field["args"]).iter().any(|argument| argument["name"] == "first");
                let most = match field_name {
                    "allocations" | "activities" => 3,
                    "invoices" | "receipts" | "creditNotes" | "debitNotes" => 2,
                    _ => depth,
                };
                let within = most.min(depth - 1);
                let below = if is_leaf { String::new() } else { self.select(of, within, count) };
                let below = if is_page { format!("(first: 3) {below}") } else { below };
                // Members of an interface may have fields of one name and different types.
                let differs = |other: &&str| {
                    let mut fields = list(&self.types[*other]["fields"]).iter();
                    fields
                        .any(|other| other["name"] == field_name && written(&other["type"]) != written(&field["type"]))
                };
                let is_other_elsewhere = is_of_several && members.iter().any(differs);
                let alias = if is_other_elsewhere { format!("{member}_{field_name}: ") } else { String::new() };
                fields.push(format!("{alias}{field_name} {below}"));
            }
            let fields = fields.join(" ");
            selected.push(if is_of_several { format!("... on {member} {{ {fields} }}") } else { fields });
        }
        format!("{{ {} }}", selected.join(" "))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The name of a type without what wraps it.
fn named(type_: &Value) -> &str {
    if type_["ofType"].is_null() { text(&type_["name"]) } else { named(&type_["ofType"]) }
}

/// A type as a document writes it.
pub fn written(type_: &Value) -> String {
    match text(&type_["kind"]) {
        "NON_NULL" => format!("{}!", written(&type_["ofType"])),
        "LIST" => format!("[{}]", written(&type_["ofType"])),
        _ => text(&type_["name"]).to_owned(),
    }
}
