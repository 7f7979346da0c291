//! Limits how many rows an operation may return, estimated before it is executed.
//!
//! Nested lists multiply, so a document of a few lines could request millions of rows. Each list counts as the size of the
//! requested page, times the rows inside each item. As in `limits`, each fragment is visited once. A new list field must be
//! added to [`Rows::of_field`], or its rows are not counted.

use std::collections::HashMap;

use async_graphql::{
    Name, Value as Given, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use super::refused::Refused;
use crate::calendar::month::YearMonth;

/// The maximum number of rows that an operation may request.
const MOST_ROWS: u64 = 25_000;
/// The size of a page when the request does not say.
const PAGE: u64 = 20;
/// The maximum size of a page, and the count of a list without pages.
const LARGEST_PAGE: u64 = 100;
/// The maximum number of categories in a book.
const MOST_CATEGORIES: u64 = 200;
/// The maximum number of budgets in a book.
const MOST_BUDGETS: u64 = 5_000;
/// The count of a monthly report: its categories and its budgets.
const REPORT: u64 = 2 * MOST_CATEGORIES;
/// The lists of a report that [`REPORT`] counts.
const REPORT_LISTS: [&str; 2] = ["categories", "budgets"];
/// The count of a document's versions. Few documents are changed more often.
const VERSIONS: u64 = 10;
/// The maximum number of months in a list of reports.
const MOST_MONTHS: u64 = 36;
/// The count of an aging. It returns a single row, but reads a customer's whole ledger.
const AGING: u64 = 500;
/// The cost of a list's `totalCount`, whatever the length of the list. It is charged, but not counted as rows.
const COUNT: u64 = 200;

/// The cost of an operation: the rows that it may return, plus [`COUNT`] for each `totalCount`. Refuses too many rows.
pub(super) fn check_rows(
    operation: &OperationDefinition,
    document: &ExecutableDocument,
    variables: &Variables,
) -> Result<u64, Refused> {
    let set = &operation.selection_set.node;
    let Weight { rows, counts, .. } = Rows { document, variables, fragments: HashMap::new(), in_report: false }.of(set);
    if rows > MOST_ROWS {
        let message = format!(
            "The operation asks for more than {MOST_ROWS} rows. Ask for smaller pages, or for fewer lists in lists."
        );
        return Err(Refused::new("QUERY_TOO_COMPLEX", message));
    }
    Ok(rows.saturating_add(counts.saturating_mul(COUNT)))
}

struct Rows<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    /// The fragments that were counted, in a report and elsewhere.
    fragments: HashMap<(&'a Name, bool), Weight>,
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

    /// The weight of a list of `size` items with this weight each.
    fn times(self, size: u64) -> Self {
        Self { rows: self.rows.saturating_mul(size), counts: self.counts.saturating_mul(size), own_counts: 0 }
    }
}

impl<'a> Rows<'a> {
    fn of(&mut self, set: &'a SelectionSet) -> Weight {
        set.items.iter().fold(Weight::default(), |sum, selection| {
            sum.add(match &selection.node {
                Selection::Field(field) => self.of_field(&field.node),
                Selection::InlineFragment(fragment) => self.of(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node),
            })
        })
    }

    /// `check_size` has already refused fragments that contain themselves.
    fn of_fragment(&mut self, name: &'a Name) -> Weight {
        let key = (name, self.in_report);
        if let Some(weight) = self.fragments.get(&key) {
            return *weight;
        }
        let fragment = self.document.fragments.get(name);
        let weight = fragment.map(|fragment| self.of(&fragment.node.selection_set.node)).unwrap_or_default();
        self.fragments.insert(key, weight);
        weight
    }

    fn of_field(&mut self, field: &'a Field) -> Weight {
        let name = field.name.node.as_str();
        let was_in_report = self.in_report;
        // The lists of a report hold nothing but its own rows. What is further inside counts as elsewhere.
        let is_own_list = was_in_report && REPORT_LISTS.contains(&name);
        self.in_report = matches!(name, "monthlyReport" | "monthlyReports");
        let within = self.of(&field.selection_set.node);
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
            | "activity" | "history" => of_list(self.page(field)),
            "allocations" | "sessions" => of_list(LARGEST_PAGE),
            "versions" => of_list(VERSIONS),
            "categories" => of_list(MOST_CATEGORIES),
            "budgets" if field.get_argument("month").is_some() => of_list(MOST_CATEGORIES),
            "budgets" => of_list(MOST_BUDGETS),
            "monthlyReport" => within.add(of_rows(REPORT)),
            "monthlyReports" => within.add(of_rows(REPORT)).times(self.months(field)),
            // `nodes` of the query has the argument `ids`; `nodes` of a connection has not.
            "nodes" => match self.given(field, "ids") {
                Some(Given::List(ids)) => of_list(u64::try_from(ids.len()).unwrap_or(u64::MAX)),
                _ => within,
            },
            // The payload has a row for each line of the file and no pages. What is inside a line is loaded in batches.
            "importTransactions" => {
                let lines = self.lines_of_file(field);
                within.times(lines.div_ceil(PAGE)).add(of_rows(lines))
            }
            "aging" => within.add(of_rows(AGING)),
            _ => within,
        }
    }

    /// The requested page size of a list.
    fn page(&self, field: &Field) -> u64 {
        match self.given(field, "first").or_else(|| self.given(field, "last")) {
            None => PAGE,
            Some(Given::Number(size)) => size.as_u64().unwrap_or(LARGEST_PAGE).min(LARGEST_PAGE),
            Some(_) => LARGEST_PAGE,
        }
    }

    /// The number of months in the requested range. A range that is invalid or too long is refused during the execution.
    fn months(&self, field: &Field) -> u64 {
        let month = |argument| match self.given(field, argument)? {
            Given::String(text) => YearMonth::parse_text(&text),
            _ => None,
        };
        let (Some(from), Some(to)) = (month("from"), month("to")) else { return 1 };
        u64::try_from(to.since(from)).unwrap_or_default().saturating_add(1).min(MOST_MONTHS)
    }

    /// The number of lines in the file of an import.
    fn lines_of_file(&self, field: &Field) -> u64 {
        match self.given(field, "input") {
            Some(Given::Object(input)) => match input.get("csv") {
                Some(Given::String(csv)) => u64::try_from(csv.split(['\n', '\r']).count()).unwrap_or(u64::MAX),
                _ => 1,
            },
            _ => 1,
        }
    }

    /// The value of an argument, with variables replaced by their values.
    fn given(&self, field: &Field, argument: &str) -> Option<Given> {
        let value = field.get_argument(argument)?.node.clone();
        value.into_const_with(|name| Ok::<_, ()>(self.variables.get(&name).cloned().unwrap_or_default())).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use async_graphql::{
        Variables,
        parser::{
            parse_query, parse_schema,
            types::{BaseType, DocumentOperations, TypeKind, TypeSystemDefinition},
        },
    };
    use serde_json::json;

    use super::{Refused, check_rows};

    /// Lists that count as no rows: their length is limited, and they are read with the object that they are part of.
    const SHORT: [&str; 9] =
        ["balances", "changes", "codes", "largest", "otherCurrencies", "path", "receivables", "userErrors", "wallets"];

    fn rows(query: &str, first: i64) -> Result<u64, Refused> {
        let document = parse_query(query).unwrap();
        let DocumentOperations::Single(operation) = &document.operations else { panic!("one operation") };
        check_rows(&operation.node, &document, &Variables::from_json(json!({ "first": first })))
    }

    fn fits(query: &str, first: i64) -> bool {
        rows(query, first).is_ok()
    }

    /// The fields of the schema that hold a list or a connection.
    fn lists() -> BTreeSet<String> {
        let mut lists = BTreeSet::new();
        for definition in parse_schema(crate::graphql::sdl()).unwrap().definitions {
            let TypeSystemDefinition::Type(object) = definition else { continue };
            let TypeKind::Object(object_type) = object.node.kind else { continue };
            if object.node.name.node.ends_with("Connection") {
                continue;
            }
            for field in object_type.fields {
                let is_list = match &field.node.ty.node.base {
                    BaseType::List(_) => true,
                    BaseType::Named(name) => name.ends_with("Connection"),
                };
                if is_list {
                    lists.insert(field.node.name.node.to_string());
                }
            }
        }
        lists
    }

    #[test]
    fn every_list_of_the_schema_has_a_weight_or_is_known_to_be_short() {
        let without = lists().into_iter().filter(|list| {
            let argument = if list == "nodes" { "(ids: [\"a\"])" } else { "" };
            rows(&format!("{{ {list}{argument} {{ id }} }}"), 0).unwrap() == 0
        });
        assert_eq!(without.collect::<Vec<_>>(), SHORT);
    }

    #[test]
    fn lists_in_lists_multiply() {
        assert!(fits("{ customers(first: 100) { nodes { balance entries(first: 100) { nodes { id } } } } }", 0));
        let nested = "query($first: Int) { entries(first: $first) { nodes { customer { entries(last: $first) { nodes {
            customer { ...Latest } } } } } } } fragment Latest on Customer { entries(first: $first) { nodes { id } } }";
        assert!(fits(nested, 28));
        assert!(!fits(nested, 30));
        assert!(!fits(nested, 1_000_000));
        assert!(fits("{ receipt { allocations { invoice { allocations { amount } } } } }", 0));
        assert!(!fits(
            "{ receipt { allocations { invoice { allocations { receipt { allocations { amount } } } } } } }",
            0
        ));
    }

    #[test]
    fn reports_and_budgets_count_as_what_they_may_hold() {
        let reports = |from: &str, to: &str| {
            format!("{{ monthlyReports(from: \"{from}\", to: \"{to}\") {{ budgets {{ spent }} }} }}")
        };
        assert!(fits(&reports("2024-01", "2026-12"), 0));
        assert!(fits("{ budgets { limit category { name } } a: budgets { limit } }", 0));
        let many = |field: &str, count| (0..count).map(|at| format!("a{at}: {field}")).collect::<Vec<_>>().join(" ");
        assert!(!fits(&format!("{{ {} }}", many("budgets { limit }", 6)), 0));
        assert!(fits(&format!("{{ {} }}", many("monthlyReport(month: \"2026-11\") { unbudgeted }", 60)), 0));
        assert!(!fits(&format!("{{ {} }}", many("monthlyReport(month: \"2026-11\") { unbudgeted }", 70)), 0));
        let of_category = |within: &str| {
            fits(&format!("{{ monthlyReport(month: \"2026-11\") {{ categories {{ category {{ {within} }} }} }} }}"), 0)
        };
        assert!(of_category("history { id }"));
        assert!(!of_category("history(first: 100) { thing { ... on Category { history(first: 100) { id } } } }"));
        let in_fragments =
            "{ monthlyReport(month: \"2026-11\") { ...R } } fragment C on Category { history(first: 100) { id } }
            fragment R on MonthlyReport { categories { category { ...C } } budgets { category { ...C } } }";
        assert!(!fits(in_fragments, 0));
        let versions = "versions { lines { category { id } } }";
        assert!(fits(&format!("{{ transactions(first: 100) {{ nodes {{ {versions} }} }} }}"), 0));
        assert!(!fits(&format!("{{ transactions(first: 100) {{ nodes {{ a: {versions} b: {versions} }} }} }}"), 0));
    }

    #[test]
    fn histories_of_things_in_histories_multiply() {
        let of = |within: &str| format!("{{ activity(first: 100) {{ nodes {{ thing {{ {within} }} }} }} }}");
        assert!(fits(&of("... on Customer { history { id } }"), 0));
        assert!(fits(&of("... on Customer { history(first: 100) { id } }"), 0));
        assert!(!fits(&of("... on Customer { history { thing { ... on Wallet { history { id } } } } }"), 0));
    }

    #[test]
    fn a_list_costs_to_count_once_for_each_time_that_it_is_asked_for() {
        assert_eq!(rows("{ customers(first: 0) { totalCount a: totalCount } }", 0).ok(), Some(400));
        let of_each = "customers(first: 10) { totalCount nodes { entries(first: 20) { ...C nodes { id } } } }";
        let counted = format!("{{ {of_each} }} fragment C on EntryConnection {{ totalCount }}");
        assert_eq!(rows(&counted, 0).ok(), Some(10 + 10 * 20 + 200 + 10 * 200));
        // Counts are not rows, so they do not make the operation exceed the limit.
        assert!(fits(&counted.replace("10", "100"), 0));
    }

    #[test]
    fn an_import_has_as_many_rows_as_its_file() {
        let import = |lines: usize, fields: &str| {
            let csv = "\\n".repeat(lines);
            format!("mutation {{ importTransactions(input: {{ csv: \"{csv}\" }}) {{ lines {{ {fields} }} }} }}")
        };
        assert!(fits(&import(5000, "status transaction { id }"), 0));
        assert!(fits(&import(20, "transaction { lines { amount } }"), 0));
        assert!(!fits(&import(5000, "transaction { lines { amount } }"), 0));
    }

    #[test]
    fn what_reads_through_a_ledger_counts_as_many_rows() {
        let agings = |count: usize| {
            let field = |number| format!("a{number}: customerStatement {{ aging {{ current }} }}");
            let fields: Vec<_> = (0..count).map(field).collect();
            format!("{{ {} }}", fields.join(" "))
        };
        assert!(fits(&agings(50), 0));
        assert!(!fits(&agings(51), 0));
    }
}
