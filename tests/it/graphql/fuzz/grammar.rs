//! Requests at random, by the grammar of GraphQL (<https://spec.graphql.org/September2025/#sec-Appendix-Grammar-Summary>) over the
//! names of the schema.

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    sample::{Index, select},
    strategy::BoxedStrategy,
};
use serde_json::{Map, Value, json};

/// Names of the schema, and a few that it has not.
const NAMES: [&str; 34] = [
    "__typename",
    "__schema",
    "__type",
    "types",
    "fields",
    "name",
    "ofType",
    "me",
    "id",
    "username",
    "book",
    "currency",
    "wallets",
    "balance",
    "amount",
    "customers",
    "nodes",
    "edges",
    "node",
    "entries",
    "totalCount",
    "pageInfo",
    "transactions",
    "monthlyReport",
    "categories",
    "deposit",
    "createCustomer",
    "customer",
    "userErrors",
    "logout",
    "first",
    "input",
    "filter",
    "nothing",
];
const TYPES: [&str; 12] = [
    "Query",
    "Mutation",
    "User",
    "Wallet",
    "Customer",
    "Node",
    "Int",
    "String",
    "ID",
    "CreateCustomerInput",
    "CustomerFilter",
    "Nothing",
];
const VARIABLES: [&str; 3] = ["a", "b", "c"];

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(texts).prop_map(str::to_owned)
}

/// A value as it stands in a document.
fn value() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:e}")),
        any::<String>().prop_map(|text| Value::from(text).to_string()),
        ".{0,12}".prop_map(|text| format!("\"\"\"{text}\"\"\"")),
        one_of(&["true", "false", "null", "EXPENSE", "-0", "1E400", "\"\\u{1F600}\"", "\"\\uD83D\""]),
        one_of(&VARIABLES).prop_map(|name| format!("${name}")),
        "[0-9]{1,400}",
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(" "))),
            vec((one_of(&NAMES), inner), 0..4).prop_map(|fields| {
                let fields: Vec<_> = fields.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
                format!("{{{}}}", fields.join(", "))
            }),
        ]
    })
    .boxed()
}

fn arguments() -> BoxedStrategy<String> {
    let one = (one_of(&NAMES), value()).prop_map(|(name, value)| format!("{name}: {value}"));
    prop_oneof![
        3 => Just(String::new()),
        1 => vec(one, 0..3).prop_map(|all| format!("({})", all.join(", "))),
        1 => (0..200_i32).prop_map(|first| format!("(first: {first})")),
    ]
    .boxed()
}

fn directives() -> BoxedStrategy<String> {
    let condition = prop_oneof![one_of(&["true", "false"]), one_of(&VARIABLES).prop_map(|name| format!("${name}"))];
    let one = (one_of(&["skip", "include", "nothing", "deprecated"]), condition);
    let one = one.prop_map(|(name, condition)| format!("@{name}(if: {condition})"));
    prop_oneof![4 => Just(String::new()), 1 => vec(one, 0..3).prop_map(|all| all.join(" "))].boxed()
}

/// Selections in braces.
fn selections() -> BoxedStrategy<String> {
    let field = (one_of(&["", "", "x: ", "id: "]), one_of(&NAMES), arguments(), directives());
    let field = field.prop_map(|(alias, name, arguments, directives)| format!("{alias}{name}{arguments} {directives}"));
    let spread = one_of(&["...F", "...G", "...F @skip(if: $a)"]);
    let leaf = prop_oneof![5 => field.clone(), 1 => spread];
    let set = |inner: BoxedStrategy<String>| vec(inner, 0..5).prop_map(|all| format!("{{ {} }}", all.join(" ")));
    let nested = leaf.prop_recursive(6, 40, 5, move |inner| {
        let inner = inner.boxed();
        prop_oneof![
            3 => (field.clone(), set(inner.clone())).prop_map(|(field, set)| format!("{field} {set}")),
            1 => (one_of(&TYPES), directives(), set(inner.clone()))
                .prop_map(|(ty, directives, set)| format!("... on {ty} {directives} {set}")),
            1 => set(inner).prop_map(|set| format!("... {set}")),
        ]
    });
    set(nested.boxed()).boxed()
}

fn operation() -> BoxedStrategy<String> {
    let ty = (one_of(&TYPES), one_of(&["", "!", "!!"])).prop_map(|(name, end)| format!("{name}{end}"));
    let ty = prop_oneof![3 => ty.clone(), 1 => ty.prop_map(|ty| format!("[{ty}]"))];
    let default = prop_oneof![2 => Just(String::new()), 1 => value().prop_map(|value| format!(" = {value}"))];
    let variable = (one_of(&VARIABLES), ty, default).prop_map(|(name, ty, default)| format!("${name}: {ty}{default}"));
    let variables = prop_oneof![
        1 => Just(String::new()),
        1 => vec(variable, 0..4).prop_map(|all| format!("({})", all.join(" "))),
    ];
    let kind = one_of(&["query", "query Named", "mutation", "subscription"]);
    prop_oneof![
        2 => selections(),
        2 => (kind, variables, directives(), selections()).prop_map(|(kind, variables, directives, selections)| {
            format!("{kind}{variables} {directives} {selections}")
        }),
    ]
    .boxed()
}

fn fragment() -> BoxedStrategy<String> {
    (one_of(&["F", "G"]), one_of(&TYPES), selections())
        .prop_map(|(name, ty, selections)| format!("fragment {name} on {ty} {selections}"))
        .boxed()
}

/// A document, and at times one with a piece cut out, doubled or replaced.
fn document() -> BoxedStrategy<String> {
    let whole = (vec(operation(), 1..3), vec(fragment(), 0..3))
        .prop_map(|(operations, fragments)| [operations, fragments].concat().join("\n"));
    let damage = (
        any::<Index>(),
        any::<Index>(),
        prop_oneof![
            Just(String::new()),
            any::<String>(),
            one_of(&["{", "}", "$", "...", "\"", "\"\"\"", "#", "\u{FEFF}", "\0", "\\"])
        ],
        any::<bool>(),
    );
    let damaged = (whole.clone(), damage).prop_map(|(text, (from, to, piece, is_doubled))| {
        let characters: Vec<_> = text.chars().collect();
        let (from, to) = (from.index(characters.len() + 1), to.index(characters.len() + 1));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 30));
        let cut: String = characters[from..to].iter().collect();
        let middle = if is_doubled { format!("{cut}{cut}") } else { piece };
        let [start, end] = [&characters[..from], &characters[to..]].map(|part| part.iter().collect::<String>());
        format!("{start}{middle}{end}")
    });
    prop_oneof![2 => whole, 1 => damaged, 1 => any::<String>()].boxed()
}

fn json_value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((one_of(&NAMES), inner), 0..3)
                .prop_map(|fields| Value::from(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
    .boxed()
}

/// A document and its variables.
pub fn request() -> impl Strategy<Value = (String, Value)> {
    let variables = vec((one_of(&VARIABLES), json_value()), 0..3);
    (document(), variables.prop_map(|all| Value::from(all.into_iter().collect::<Map<_, _>>())))
}
