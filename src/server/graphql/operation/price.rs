//! What an operation costs, worked out before it is executed from what the schema declares: `@cost` and `@listSize`, see
//! [`crate::price`].
//!
//! A list costs its number of items times what one item costs with its selections. So lists in lists multiply, and a document of
//! a few lines can cost millions.

use apollo_compiler::{ast::Directive, schema::ExtendedType};
use async_graphql::Value;

use super::plan::{Field, Plan, Shape};
use crate::{
    calendar::month::{MOST_MONTHS, YearMonth},
    page,
    server::graphql::{
        refused::{Refused, countable},
        types::Types,
    },
};

/// The price of an operation.
///
/// # Errors
/// `QUERY_TOO_COMPLEX` when it is more than `most`. The message ends with the hint.
pub(in crate::server::graphql) fn price(types: &Types, plan: &Plan, most: usize, hint: &str) -> Result<u64, Refused> {
    let price = Prices { types }.shape(&plan.root, &Lists::default());
    let actual = countable(usize::try_from(price).unwrap_or(usize::MAX));
    if actual > most {
        let message = format!("The operation costs {actual}, and at most {most} is allowed. {hint}");
        return Err(Refused::too_complex("price", most, actual, message));
    }
    Ok(price)
}

struct Prices<'a> {
    types: &'a Types,
}

/// The fields of an object that are lists of a size that the field above gives.
#[derive(Default)]
struct Lists<'a> {
    names: Vec<&'a str>,
    size: u64,
}

impl Prices<'_> {
    fn shape(&self, shape: &Shape, lists: &Lists<'_>) -> u64 {
        let sum =
            |fields: &[Field]| fields.iter().fold(0, |sum: u64, field| sum.saturating_add(self.field(field, lists)));
        match shape {
            Shape::Same(fields) => sum(fields),
            // An object has one of several types.
            Shape::ByType(types) => types.iter().map(|(_, fields)| sum(fields)).max().unwrap_or_default(),
        }
    }

    fn field(&self, field: &Field, siblings: &Lists<'_>) -> u64 {
        let declared = field.definition.directives.get("listSize");
        let size = declared.map_or(1, |list| size(field, list));
        let names = declared.map(|list| strings(list, "sizedFields")).unwrap_or_default();
        let (times, lists) = if names.is_empty() { (size, Lists::default()) } else { (1, Lists { names, size }) };
        let times = if siblings.names.contains(&field.name()) { times.saturating_mul(siblings.size) } else { times };
        let below = field.below.as_ref().map_or(0, |below| self.shape(below, &lists));
        // The rows of a page are read even when only its `pageInfo` is selected.
        let below = if lists.names.contains(&"edges") { below.max(lists.size) } else { below };
        self.own(field).saturating_add(below).saturating_mul(times).saturating_add(self.given(field))
    }

    /// What the input of a field costs.
    fn given(&self, field: &Field) -> u64 {
        let arguments = field.definition.arguments.iter();
        arguments.fold(0, |sum: u64, argument| {
            let Some(Value::Object(value)) = field.argument(&argument.name) else { return sum };
            let Some(input) = self.types.input_object(argument.ty.inner_named_type()) else { return sum };
            input.fields.values().fold(sum, |sum, field| {
                let each = weight(field.directives.get("cost").map(|cost| &**cost)).unwrap_or_default();
                let items = value.get(field.name.as_str()).filter(|_| each > 0).and_then(items).unwrap_or_default();
                sum.saturating_add(each.saturating_mul(items))
            })
        })
    }

    /// What a field costs without its selections.
    fn own(&self, field: &Field) -> u64 {
        let returned = || match self.types.schema.types.get(field.ty().inner_named_type())? {
            ExtendedType::Object(object) => {
                Some(weight(object.directives.get("cost").map(|cost| &***cost)).unwrap_or(1))
            }
            ExtendedType::Interface(interface) => {
                Some(weight(interface.directives.get("cost").map(|cost| &***cost)).unwrap_or(1))
            }
            ExtendedType::Union(_) => Some(1),
            _ => None,
        };
        weight(field.definition.directives.get("cost").map(|cost| &**cost)).or_else(returned).unwrap_or_default()
    }
}

fn weight(cost: Option<&Directive>) -> Option<u64> {
    cost?.specified_argument_by_name("weight")?.as_str()?.parse().ok()
}

/// The number of items of a list.
fn size(field: &Field, list: &Directive) -> u64 {
    let given = strings(list, "slicingArguments").into_iter().filter_map(|path| Some((path, argument(field, path)?)));
    let given: Vec<_> = given.collect();
    let month = |text: &Value| match text {
        Value::String(text) => YearMonth::parse_text(text),
        _ => None,
    };
    if let [(_, from), (_, to)] = given.as_slice()
        && let (Some(from), Some(to)) = (month(from), month(to))
    {
        return u64::try_from(to.since(from)).unwrap_or_default().saturating_add(1).min(MOST_MONTHS.into());
    }
    let assumed = || u64::try_from(list.specified_argument_by_name("assumedSize")?.to_i32()?).ok();
    let of_value = |value: &Value| if *value == Value::Boolean(true) { assumed() } else { items(value) };
    given.into_iter().filter_map(|(_, value)| of_value(value)).max().or_else(assumed).unwrap_or(1)
}

/// The number of items that a value stands for.
fn items(value: &Value) -> Option<u64> {
    match value {
        // A page that is too large is refused during the execution.
        Value::Number(size) => Some(size.as_u64().unwrap_or(u64::MAX).min(page::MOST.into())),
        Value::List(items) => u64::try_from(items.len()).ok(),
        Value::String(text) => u64::try_from(text.split(['\n', '\r']).count()).ok(),
        Value::Boolean(true) => Some(1),
        _ => None,
    }
}

/// The value of an argument, or of a field inside it.
fn argument<'a>(field: &'a Field, path: &str) -> Option<&'a Value> {
    let mut names = path.split('.');
    let argument = field.argument(names.next()?)?;
    names.try_fold(argument, |value, name| match value {
        Value::Object(fields) => fields.get(name),
        _ => None,
    })
}

fn strings<'a>(list: &'a Directive, argument: &str) -> Vec<&'a str> {
    let given = list.specified_argument_by_name(argument).and_then(|value| value.as_list());
    given.into_iter().flatten().filter_map(|name| name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use apollo_compiler::{Name, Node, ast::FieldDefinition, schema::ExtendedType};
    use serde_json::{Value, json};

    use super::{Types, price, strings, weight};
    use crate::server::graphql::testing::{plan, types};

    fn cost_with(query: &str, variables: Value) -> u64 {
        price(&types(), &plan(query, variables), usize::MAX, "").unwrap()
    }

    fn cost(query: &str) -> u64 {
        cost_with(query, json!({}))
    }

    /// The fields of objects that are not part of introspection.
    fn fields(types: &Types) -> Vec<(&Name, &Node<FieldDefinition>)> {
        let objects = types.schema.types.values().filter_map(ExtendedType::as_object);
        let own = objects.filter(|object| !object.name.starts_with("__"));
        own.flat_map(|object| object.fields.values().map(|field| (&object.name, &field.node))).collect()
    }

    /// Whether all that can be selected on objects of a type is free.
    fn is_free(types: &Types, name: &str) -> bool {
        match types.schema.types.get(name) {
            Some(ExtendedType::Object(object)) => {
                let is_free = weight(object.directives.get("cost").map(|cost| &***cost)) == Some(0);
                is_free && object.fields.values().all(|field| is_free_field(types, field))
            }
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => false,
            _ => true,
        }
    }

    fn is_free_field(types: &Types, field: &FieldDefinition) -> bool {
        let own = weight(field.directives.get("cost").map(|cost| &**cost));
        own.is_none_or(|own| own == 0) && is_free(types, field.ty.inner_named_type())
    }

    #[test]
    fn every_list_of_objects_costs_more_the_longer_it_is() {
        let types = types();
        // There are only few of each: errors of a line of a file, fields that a mutation changed.
        let bounded = ["userErrors", "changes"];
        let free = fields(&types).into_iter().filter(|(_, field)| {
            let is_object = types.schema.types.get(field.ty.inner_named_type()).is_some_and(|ty| !ty.is_leaf());
            field.ty.is_list() && is_object && is_free_field(&types, field) && !bounded.contains(&field.name.as_str())
        });
        let free: Vec<_> = free.map(|(parent, field)| format!("{parent}.{}", field.name)).collect();
        assert_eq!(free, [""; 0]);
    }

    #[test]
    fn every_list_of_the_schema_has_a_size_or_is_free() {
        let types = types();
        let fields = fields(&types);
        // The type of an object and those of its fields whose size the field gives that returns the object.
        let mut sized = BTreeSet::new();
        for (_, field) in &fields {
            let list = field.directives.get("listSize");
            let names = list.map(|list| strings(list, "sizedFields")).unwrap_or_default();
            sized.extend(names.into_iter().map(|name| (field.ty.inner_named_type().as_str(), name)));
        }
        let has_no_size = |(parent, field): &&(&Name, &Node<FieldDefinition>)| {
            let is_sized = field.directives.has("listSize") || sized.contains(&(parent.as_str(), field.name.as_str()));
            field.ty.is_list() && !is_sized && !is_free_field(&types, field)
        };
        let without: Vec<_> =
            fields.iter().filter(has_no_size).map(|(parent, field)| format!("{parent}.{}", field.name)).collect();
        assert_eq!(without, [""; 0]);
        // Each field that returns a connection says how large its page is.
        let connections = fields.iter().filter(|(_, field)| field.ty.inner_named_type().ends_with("Connection"));
        let without: Vec<_> = connections
            .filter(|(_, field)| !field.directives.has("listSize"))
            .map(|(parent, field)| format!("{parent}.{}", field.name))
            .collect();
        assert_eq!(without, [""; 0]);
    }

    #[test]
    fn what_is_declared_names_fields_and_arguments_that_exist() {
        let types = types();
        for (parent, field) in fields(&types) {
            let Some(list) = field.directives.get("listSize") else { continue };
            for path in strings(list, "slicingArguments") {
                let mut names = path.split('.');
                let argument = field.argument_by_name(names.next().unwrap());
                let mut ty =
                    argument.unwrap_or_else(|| panic!("{parent}.{}: {path}", field.name)).ty.inner_named_type();
                for name in names {
                    let input = types.input_object(ty).unwrap_or_else(|| panic!("{parent}.{}: {path}", field.name));
                    ty = input.fields[name].ty.inner_named_type();
                }
            }
            for name in strings(list, "sizedFields") {
                let below = types.field(field.ty.inner_named_type(), name);
                assert!(below.is_some_and(|below| below.ty.is_list()), "{parent}.{}: {name}", field.name);
            }
        }
    }

    #[test]
    fn an_object_costs_one_and_what_is_declared_costs_that() {
        assert_eq!(cost("{ me { id username } }"), 1);
        assert_eq!(cost("{ book { currency } wallet(id: \"x\") { balance { amount } } }"), 2);
        assert_eq!(cost("{ payee(wallet: { username: \"badr\" }) { displayName } }"), 100);
        let aging = "customerStatement(customerId: \"x\", from: \"2026-01-01\", to: \"2026-01-02\") {
            aging { current { amount } } }";
        assert_eq!(cost(&format!("{{ {aging} }}")), 501);
    }

    #[test]
    fn lists_in_lists_multiply() {
        assert_eq!(cost("{ wallets { id } }"), 200);
        assert_eq!(cost("{ customers(first: 3) { nodes { id } } }"), 1 + 3);
        assert_eq!(cost("{ customers(first: 3) { edges { node { id } } pageInfo { hasNextPage } } }"), 1 + 3);
        assert_eq!(cost("{ customers(first: 3) { nodes { id } edges { node { id } } } }"), 1 + 3 + 3);
        assert_eq!(cost("{ customers { nodes { entries { nodes { amount { amount } } } } } }"), 1 + 20 * (1 + 1 + 20));
        let nested = "query($first: Int) { entries(first: $first) { nodes { customer { entries(last: $first) { nodes {
            customer { ...Latest } } } } } } } fragment Latest on Customer { entries(first: $first) { nodes { id } } }";
        let by = |first: i64| cost_with(nested, json!({ "first": first }));
        let of_page = |first: u64, item: u64| 1 + first * item;
        assert_eq!(by(7), of_page(7, 2 + of_page(7, 2 + of_page(7, 1))));
        assert_eq!(by(1_000_000), by(100));
        assert_eq!(by(-1), by(100));
    }

    #[test]
    fn a_price_above_the_limit_is_refused_with_what_it_is() {
        let of = |first: u32| plan(&format!("{{ customers(first: {first}) {{ nodes {{ id }} }} }}"), json!({}));
        assert_eq!(price(&types(), &of(9), 10, "").ok(), Some(10));
        let refused = price(&types(), &of(10), 10, "").unwrap_err();
        let extensions = refused.errors[0].extensions.as_ref().unwrap();
        assert_eq!(extensions.get("limit"), Some(&"price".into()));
        assert_eq!((extensions.get("max"), extensions.get("actual")), (Some(&10.into()), Some(&11.into())));
        let open = "entries(first: 100) { nodes { customer { ".repeat(4);
        let endless = plan(&format!("{{ {open} id {} }}", "} } }".repeat(4)), json!({}));
        assert!(price(&types(), &endless, 25_000, "").is_err());
    }

    #[test]
    fn defaults_of_variables_count() {
        let nested =
            |default: &str| format!("query($first: Int{default}) {{ customers(first: $first) {{ nodes {{ id }} }} }}");
        assert_eq!(cost(&nested(" = 2")), 1 + 2);
        assert_eq!(cost(&nested("")), 1 + 20);
        assert_eq!(cost(&nested(" = 100")), 1 + 100);
        let nodes = "query($ids: [ID!]! = [\"a\", \"b\", \"c\"]) { nodes(ids: $ids) { id } }";
        assert_eq!(cost(nodes), 3);
        assert_eq!(cost_with(nodes, json!({ "ids": [] })), 0);
    }

    #[test]
    fn a_series_of_reports_costs_as_many_months_as_it_has() {
        let reports = |from: &str, to: &str, fields: &str| {
            cost(&format!("{{ monthlyReports(from: \"{from}\", to: \"{to}\") {{ {fields} }} }}"))
        };
        let one = cost("{ monthlyReport(month: \"2026-11\") { totalIncome { amount } } }");
        assert_eq!(one, 100);
        assert_eq!(reports("2026-11", "2026-11", "month"), one);
        assert_eq!(reports("2024-01", "2026-12", "month"), 36 * one);
        assert_eq!(reports("1900-01", "2199-12", "month"), 36 * one);
        assert_eq!(reports("2026-12", "2026-11", "month"), one);
        let whole = "categories { total { amount } category { name } } budgets { spent { amount } category { name } }";
        assert!(reports("2024-01", "2026-12", whole) <= 25_000);
    }

    #[test]
    fn a_report_on_sales_costs_as_many_months_as_it_has_and_its_customers_as_a_page() {
        let report = |from: &str, fields: &str| {
            cost(&format!("{{ salesReport(from: \"{from}\", to: \"2026-12\") {{ {fields} }} }}"))
        };
        assert_eq!(report("2026-12", "total { received { amount } }"), 100);
        assert_eq!(report("2026-12", "months { month figures { received { amount } } }"), 100 + 1);
        assert_eq!(report("2024-01", "months { month figures { received { amount } } }"), 100 + 36);
        assert_eq!(report("1900-01", "months { month }"), 100 + 36);
        assert_eq!(report("2024-01", "customers(first: 50) { nodes { customer { name } } }"), 100 + 100 + 50 * 2);
    }

    #[test]
    fn an_import_costs_as_many_lines_as_its_file_has() {
        let import = |lines: usize, fields: &str| {
            let csv = "\\n".repeat(lines - 1);
            cost(&format!("mutation {{ importTransactions(input: {{ csv: \"{csv}\" }}) {{ lines {{ {fields} }} }} }}"))
        };
        assert_eq!(import(5000, "status userErrors { code }"), 1 + 5000);
        assert_eq!(import(5000, "status transaction { id category { name } }"), 1 + 5000 * 3);
        assert!(import(5000, "transaction { lines { amount { amount } } }") > 25_000);
        let encoded = |fields: &str| {
            cost(&format!("mutation {{ importTransactions(input: {{ csv: \"YQ==\", base64: true }}) {{ {fields} }} }}"))
        };
        assert_eq!(encoded("added"), 1 + 1 + 5000);
        assert_eq!(encoded("lines { transaction { id category { name } } }"), 1 + 1 + 5000 * 3);
    }

    #[test]
    fn an_object_costs_as_much_as_the_dearest_of_its_types() {
        let things = |types: &str| cost(&format!("{{ activities(first: 10) {{ nodes {{ thing {{ {types} }} }} }} }}"));
        let customer = "... on Customer { entries(first: 5) { nodes { id } } }";
        assert_eq!(things(customer), 1 + 10 * (2 + 6));
        assert_eq!(things(&format!("{customer} ... on Receipt {{ customer {{ id }} }}")), 1 + 10 * (2 + 6));
    }

    #[test]
    fn a_list_costs_to_count_once_for_each_time_that_it_is_asked_for() {
        assert_eq!(cost("{ customers(first: 0) { totalCount a: totalCount } }"), 1 + 2 * 20);
        assert_eq!(cost("{ customers(first: 50) { pageInfo { hasNextPage } } }"), 1 + 50);
        let of_each = "customers(first: 10) { totalCount nodes { entries(first: 20) { ...C nodes { id } } } }";
        let counted = format!("{{ {of_each} }} fragment C on EntryConnection {{ totalCount }}");
        assert_eq!(cost(&counted), 1 + 20 + 10 * (1 + 1 + 20 + 20));
    }
}
