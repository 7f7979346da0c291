//! Limits how many rows an operation may return, estimated before it is executed.
//!
//! Nested lists multiply, so a document of a few lines could request millions of rows. Each list counts as the size of the
//! requested page, times the rows inside each item. A new list field must be added to [`Rows::of_field`], or its rows are not
//! counted.

use async_graphql::Value as Given;

use super::{
    operation::{Field, Plan, Shape},
    refused::Refused,
};
use crate::calendar::month::YearMonth;

/// The maximum number of rows that an operation may request.
const MOST_ROWS: u64 = 25_000;
/// The size of a page when the request does not say.
const PAGE: u64 = 20;
/// The maximum size of a page, and the count of a list without pages.
const LARGEST_PAGE: u64 = 100;
/// The maximum number of categories in a book.
const MOST_CATEGORIES: u64 = 200;
/// The count of a monthly report: its categories and its budgets.
const REPORT: u64 = 2 * MOST_CATEGORIES;
/// The lists of a report that [`REPORT`] counts.
const REPORT_LISTS: [&str; 2] = ["categories", "budgets"];
/// The maximum number of months in a list of reports.
const MOST_MONTHS: u64 = 36;
/// The count of an aging. It returns a single row, but reads a customer's whole ledger.
const AGING: u64 = 500;
/// The cost of a list's `totalCount`, whatever the length of the list. It is charged, but not counted as rows.
const COUNT: u64 = 200;

/// The cost of an operation: the rows that it may return, plus [`COUNT`] for each `totalCount`. Refuses too many rows.
pub(super) fn check_rows(plan: &Plan) -> Result<u64, Refused> {
    let Weight { rows, counts, .. } = Rows { in_report: false }.of(&plan.root);
    if rows > MOST_ROWS {
        let message = format!(
            "The operation asks for more than {MOST_ROWS} rows. Ask for smaller pages, or for fewer lists in lists."
        );
        let in_all = |rows: u64| usize::try_from(rows).unwrap_or(usize::MAX);
        return Err(Refused::too_complex("rows", in_all(MOST_ROWS), in_all(rows), message));
    }
    Ok(rows.saturating_add(counts.saturating_mul(COUNT)))
}

struct Rows {
    /// Whether the selection is part of a report, whose own lists are counted already.
    in_report: bool,
}

/// The weight of a selection.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    /// The number of rows.
    rows: u64,
    /// How many `totalCount`s of lists inside the selection are computed.
    counts: u64,
    /// How many `totalCount`s belong to the list whose selection this is. They are computed once per list, not once per row.
    own_counts: u64,
}

impl Weight {
    fn add(self, other: Self) -> Self {
        Self {
            rows: self.rows.saturating_add(other.rows),
            counts: self.counts.saturating_add(other.counts),
            own_counts: self.own_counts.saturating_add(other.own_counts),
        }
    }

    /// The larger one of each weight: an object has one of several types.
    fn or(self, other: Self) -> Self {
        Self {
            rows: self.rows.max(other.rows),
            counts: self.counts.max(other.counts),
            own_counts: self.own_counts.max(other.own_counts),
        }
    }

    /// The weight of a list of `size` items with this weight each.
    fn times(self, size: u64) -> Self {
        Self { rows: self.rows.saturating_mul(size), counts: self.counts.saturating_mul(size), own_counts: 0 }
    }
}

impl Rows {
    fn of(&mut self, shape: &Shape) -> Weight {
        match shape {
            Shape::Same(fields) => self.of_fields(fields),
            Shape::ByType(types) => {
                types.iter().fold(Weight::default(), |most, (_, fields)| most.or(self.of_fields(fields)))
            }
        }
    }

    fn of_fields(&mut self, fields: &[Field]) -> Weight {
        fields.iter().fold(Weight::default(), |sum, field| sum.add(self.of_field(field)))
    }

    fn of_field(&mut self, field: &Field) -> Weight {
        let name = field.name();
        let was_in_report = self.in_report;
        // The lists of a report hold nothing but its own rows. What is further inside counts as elsewhere.
        let is_own_list = was_in_report && REPORT_LISTS.contains(&name);
        self.in_report = matches!(name, "monthlyReport" | "monthlyReports");
        let within = field.below.as_ref().map(|below| self.of(below)).unwrap_or_default();
        self.in_report = was_in_report;
        let of_rows = |rows: u64| Weight { rows, ..Weight::default() };
        let of_list = |size: u64| {
            let counts = Weight { counts: within.own_counts, ..Weight::default() };
            within.add(of_rows(1)).times(size).add(counts)
        };
        match name {
            _ if is_own_list => within.times(MOST_CATEGORIES),
            "totalCount" => Weight { own_counts: 1, ..Weight::default() },
            "customers" | "entries" | "invoices" | "receipts" | "transactions" | "lines" | "walletHistory"
            | "activity" | "history" | "versions" | "allocations" | "budgets" => of_list(page(field)),
            "sessions" => of_list(LARGEST_PAGE),
            "categories" => of_list(MOST_CATEGORIES),
            "monthlyReport" => within.add(of_rows(REPORT)),
            "monthlyReports" => within.add(of_rows(REPORT)).times(months(field)),
            // `nodes` of the query has the argument `ids`; `nodes` of a connection has not.
            "nodes" => match field.argument("ids") {
                Some(Given::List(ids)) => of_list(u64::try_from(ids.len()).unwrap_or(u64::MAX)),
                _ => within,
            },
            // The payload has a row for each line of the file and no pages. What is inside a line is loaded in batches.
            "importTransactions" => {
                let lines = lines_of_file(field);
                within.times(lines.div_ceil(PAGE)).add(of_rows(lines))
            }
            "aging" => within.add(of_rows(AGING)),
            _ => within,
        }
    }
}

/// The requested page size of a list.
fn page(field: &Field) -> u64 {
    match field.argument("first").or_else(|| field.argument("last")) {
        None => PAGE,
        Some(Given::Number(size)) => size.as_u64().unwrap_or(LARGEST_PAGE).min(LARGEST_PAGE),
        Some(_) => LARGEST_PAGE,
    }
}

/// The number of months in the requested range. A range that is invalid or too long is refused during the execution.
fn months(field: &Field) -> u64 {
    let month = |argument| match field.argument(argument)? {
        Given::String(text) => YearMonth::parse_text(text),
        _ => None,
    };
    let (Some(from), Some(to)) = (month("from"), month("to")) else { return 1 };
    u64::try_from(to.since(from)).unwrap_or_default().saturating_add(1).min(MOST_MONTHS)
}

/// The number of lines in the file of an import.
fn lines_of_file(field: &Field) -> u64 {
    match field.argument("input") {
        Some(Given::Object(input)) => match input.get("csv") {
            Some(Given::String(csv)) => u64::try_from(csv.split(['\n', '\r']).count()).unwrap_or(u64::MAX),
            _ => 1,
        },
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use apollo_compiler::{ast::Type, schema::ExtendedType};
    use async_graphql::{Name, Pos, Value};
    use serde_json::json;

    use super::{
        super::testing::{plan, types},
        Field, Refused, Rows, check_rows,
    };

    /// Lists that count as no rows: their length is limited, and they are read with the object that they are part of.
    const SHORT: [&str; 9] =
        ["balances", "changes", "codes", "largest", "otherCurrencies", "path", "receivables", "userErrors", "wallets"];

    fn rows(query: &str) -> Result<u64, Refused> {
        check_rows(&plan(query, json!({})))
    }

    fn fits(query: &str) -> bool {
        rows(query).is_ok()
    }

    /// The lists and connections of the schema, and what each of them weighs.
    fn lists() -> Vec<(String, u64)> {
        let types = types();
        let mut lists = Vec::new();
        for ty in types.schema.types.values() {
            let ExtendedType::Object(object) = ty else { continue };
            if object.name.ends_with("Connection") || object.name.starts_with("__") {
                continue;
            }
            for field in object.fields.values() {
                let ty = &field.ty;
                if ty.is_list() || ty.inner_named_type().ends_with("Connection") && !matches!(ty, Type::List(_)) {
                    let mut arguments = Vec::new();
                    if field.name == "nodes" {
                        arguments.push((Name::new("ids"), Value::List(vec!["a".into()])));
                    }
                    let key = Name::new(&field.name);
                    let definition = field.node.clone();
                    let field = Field { key, definition, arguments, place: Pos::default(), below: None };
                    lists.push((field.name().to_owned(), Rows { in_report: false }.of_field(&field).rows));
                }
            }
        }
        lists
    }

    #[test]
    fn every_list_of_the_schema_has_a_weight_or_is_known_to_be_short() {
        let without: BTreeSet<_> = lists().into_iter().filter(|(_, rows)| *rows == 0).map(|(name, _)| name).collect();
        assert_eq!(without.into_iter().collect::<Vec<_>>(), SHORT);
    }

    #[test]
    fn lists_in_lists_multiply() {
        assert!(fits(
            "{ customers(first: 100) { nodes { balances { amount } entries(first: 100) { nodes { id } } } } }"
        ));
        let nested = "query($first: Int) { entries(first: $first) { nodes { customer { entries(last: $first) { nodes {
            customer { ...Latest } } } } } } } fragment Latest on Customer { entries(first: $first) { nodes { id } } }";
        let fits_by = |first: i64| check_rows(&plan(nested, json!({ "first": first }))).is_ok();
        assert!(fits_by(28));
        assert!(!fits_by(30));
        assert!(!fits_by(1_000_000));
        let receipt = |within: &str| format!("{{ receipt(id: \"x\") {{ {within} }} }}");
        let allocations = |within: &str| format!("allocations(first: 100) {{ nodes {{ {within} }} }}");
        let amounts = allocations("amount { amount }");
        assert!(fits(&receipt(&allocations(&format!("invoice {{ {amounts} }}")))));
        let of_receipt = allocations(&format!("receipt {{ {amounts} }}"));
        assert!(!fits(&receipt(&allocations(&format!("invoice {{ {of_receipt} }}")))));
    }

    #[test]
    fn defaults_of_variables_count() {
        let nested = |default: &str| {
            format!(
                "query($first: Int{default}) {{ customers(first: $first) {{ nodes {{ entries(first: $first) {{ nodes {{
                 customer {{ entries(first: $first) {{ nodes {{ id }} }} }} }} }} }} }} }}"
            )
        };
        assert_eq!(rows(&nested(" = 2")).ok(), Some(2 + 4 + 8));
        assert_eq!(rows(&nested("")).ok(), Some(20 + 400 + 8000));
        assert!(!fits(&nested(" = 100")));
    }

    #[test]
    fn reports_and_budgets_count_as_what_they_may_hold() {
        let reports = |from: &str, to: &str| {
            format!("{{ monthlyReports(from: \"{from}\", to: \"{to}\") {{ budgets {{ spent {{ amount }} }} }} }}")
        };
        assert!(fits(&reports("2024-01", "2026-12")));
        assert_eq!(rows("{ budgets(first: 100) { nodes { id } } a: budgets { nodes { id } } }").ok(), Some(120));
        let many = |field: &str, count| (0..count).map(|at| format!("a{at}: {field}")).collect::<Vec<_>>().join(" ");
        let report = "monthlyReport(month: \"2026-11\") { unbudgeted { amount } }";
        assert!(fits(&format!("{{ {} }}", many(report, 60))));
        assert!(!fits(&format!("{{ {} }}", many(report, 70))));
        let of_category = |within: &str| {
            fits(&format!("{{ monthlyReport(month: \"2026-11\") {{ categories {{ category {{ {within} }} }} }} }}"))
        };
        assert!(of_category("history { nodes { id } }"));
        assert!(!of_category(
            "history(first: 100) { nodes { thing { ... on Category { history(first: 100) { nodes { id } } } } } }"
        ));
        let in_fragments =
            "{ monthlyReport(month: \"2026-11\") { ...R } } fragment C on Category { history(first: 100) { nodes { id } } }
            fragment R on MonthlyReport { categories { category { ...C } } budgets { category { ...C } } }";
        assert!(!fits(in_fragments));
        let versions = "versions(first: 10) { nodes { lines { category { id } } } }";
        assert!(fits(&format!("{{ transactions(first: 100) {{ nodes {{ {versions} }} }} }}")));
        assert!(!fits(&format!("{{ transactions(first: 100) {{ nodes {{ a: {versions} b: {versions} }} }} }}")));
    }

    #[test]
    fn histories_of_things_in_histories_multiply() {
        let of = |within: &str| format!("{{ activity(first: 100) {{ nodes {{ thing {{ {within} }} }} }} }}");
        assert!(fits(&of("... on Customer { history { nodes { id } } }")));
        assert!(fits(&of("... on Customer { history(first: 100) { nodes { id } } }")));
        assert!(!fits(&of(
            "... on Customer { history { nodes { thing { ... on Wallet { history { nodes { id } } } } } } }"
        )));
    }

    #[test]
    fn an_object_counts_as_the_largest_of_its_types() {
        let things =
            |types: &str| rows(&format!("{{ activity(first: 10) {{ nodes {{ thing {{ {types} }} }} }} }}")).ok();
        let customer = "... on Customer { history(first: 5) { nodes { id } } }";
        assert_eq!(things(customer), Some(10 + 10 * 5));
        assert_eq!(
            things(&format!("{customer} ... on Wallet {{ history(first: 3) {{ nodes {{ id }} }} }}")),
            Some(10 + 10 * 5)
        );
    }

    #[test]
    fn a_list_costs_to_count_once_for_each_time_that_it_is_asked_for() {
        assert_eq!(rows("{ customers(first: 0) { totalCount a: totalCount } }").ok(), Some(400));
        let of_each = "customers(first: 10) { totalCount nodes { entries(first: 20) { ...C nodes { id } } } }";
        let counted = format!("{{ {of_each} }} fragment C on EntryConnection {{ totalCount }}");
        assert_eq!(rows(&counted).ok(), Some(10 + 10 * 20 + 200 + 10 * 200));
        // Counts are not rows, so they do not make the operation exceed the limit.
        assert!(fits(&counted.replace("10", "100")));
    }

    #[test]
    fn an_import_has_as_many_rows_as_its_file() {
        let import = |lines: usize, fields: &str| {
            let csv = "\\n".repeat(lines);
            format!("mutation {{ importTransactions(input: {{ csv: \"{csv}\" }}) {{ lines {{ {fields} }} }} }}")
        };
        assert!(fits(&import(5000, "status transaction { id }")));
        assert!(fits(&import(20, "transaction { lines { amount { amount } } }")));
        assert!(!fits(&import(5000, "transaction { lines { amount { amount } } }")));
    }

    #[test]
    fn what_reads_through_a_ledger_counts_as_many_rows() {
        let agings = |count: usize| {
            let statement = "customerStatement(customerId: \"x\", from: \"2026-01-01\", to: \"2026-01-02\")";
            let field = |number| format!("a{number}: {statement} {{ aging {{ current {{ amount }} }} }}");
            let fields: Vec<_> = (0..count).map(field).collect();
            format!("{{ {} }}", fields.join(" "))
        };
        assert!(fits(&agings(50)));
        assert!(!fits(&agings(51)));
    }
}
