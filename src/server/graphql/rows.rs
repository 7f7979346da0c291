//! How many rows an operation may ask for, found out before it is executed.
//!
//! Lists in lists multiply: a document of a few lines could ask for millions of rows. Here each list counts with the size of
//! the page that is asked for, times what it holds. As in `limits`, each fragment is looked at once.

use std::collections::HashMap;

use async_graphql::{
    Name, Value as Given, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use super::refused::Refused;
use crate::month::YearMonth;

/// The most rows that an operation may ask for.
const MOST_ROWS: u64 = 25_000;
/// A page when nobody says how large.
const PAGE: u64 = 20;
/// The largest page, and what a list counts that has no pages.
const LARGEST_PAGE: u64 = 100;
/// The most categories of a book.
const MOST_CATEGORIES: u64 = 200;
/// The most budgets of a book.
const MOST_BUDGETS: u64 = 5_000;
/// What the report of a month counts: its categories and its budgets.
const REPORT: u64 = 2 * MOST_CATEGORIES;
/// What the versions of a document count; few are changed more often.
const VERSIONS: u64 = 10;
/// The most months that reports are given for.
const MOST_MONTHS: u64 = 36;
/// What counts as many rows although it gives one: it reads through a whole ledger.
const AGING: u64 = 500;
/// What counting a list is worth, however long it is. It costs that, and is no row.
const COUNT: u64 = 200;

/// How many rows an operation may come to, with what its counts are worth; too many rows are refused.
pub(super) fn check_rows(
    operation: &OperationDefinition,
    document: &ExecutableDocument,
    variables: &Variables,
) -> Result<u64, Refused> {
    let set = &operation.selection_set.node;
    let Weight { rows, counts, .. } = Rows { document, variables, fragments: HashMap::new() }.of(set);
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
    fragments: HashMap<&'a Name, Weight>,
}

/// What a selection comes to.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    /// Its rows.
    rows: u64,
    /// How often a list in it is counted.
    counts: u64,
    /// How often the list is counted that it is made of: once for the list, not for each of its rows.
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

    /// So many times what is in a list.
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

    /// Fragments that contain themselves were refused before.
    fn of_fragment(&mut self, name: &'a Name) -> Weight {
        if let Some(weight) = self.fragments.get(name) {
            return *weight;
        }
        let fragment = self.document.fragments.get(name);
        let weight = fragment.map(|fragment| self.of(&fragment.node.selection_set.node)).unwrap_or_default();
        self.fragments.insert(name, weight);
        weight
    }

    fn of_field(&mut self, field: &'a Field) -> Weight {
        let within = self.of(&field.selection_set.node);
        let of_rows = |rows: u64| Weight { rows, ..Weight::default() };
        let of_list = |size: u64| {
            let counts = Weight { counts: within.own_counts, ..Weight::default() };
            within.add(of_rows(1)).times(size).add(counts)
        };
        match field.name.node.as_str() {
            "totalCount" => Weight { own_counts: 1, ..Weight::default() },
            "customers" | "entries" | "invoices" | "receipts" | "transactions" | "lines" | "walletHistory"
            | "activity" | "history" => of_list(self.page(field)),
            "allocations" | "sessions" => of_list(LARGEST_PAGE),
            "versions" => of_list(VERSIONS),
            "categories" => of_list(MOST_CATEGORIES),
            "budgets" if field.get_argument("month").is_some() => of_list(MOST_CATEGORIES),
            "budgets" => of_list(MOST_BUDGETS),
            // Whatever is asked of it: nothing in it has lists.
            "monthlyReport" => of_rows(REPORT),
            "monthlyReports" => of_rows(REPORT.saturating_mul(self.months(field))),
            // The field of the query; that of a connection has no ids.
            "nodes" => match self.given(field, "ids") {
                Some(Given::List(ids)) => of_list(u64::try_from(ids.len()).unwrap_or(u64::MAX)),
                _ => within,
            },
            // Its list has a row for each line of the file, and is no page.
            "importTransactions" => {
                let lines = self.lines_of_file(field);
                within.times(lines.div_ceil(PAGE)).add(of_rows(lines))
            }
            "aging" => within.add(of_rows(AGING)),
            _ => within,
        }
    }

    /// The size of the page that a list is asked for.
    fn page(&self, field: &Field) -> u64 {
        match self.given(field, "first").or_else(|| self.given(field, "last")) {
            None => PAGE,
            Some(Given::Number(size)) => size.as_u64().unwrap_or(LARGEST_PAGE).min(LARGEST_PAGE),
            Some(_) => LARGEST_PAGE,
        }
    }

    /// How many months reports are asked for. Where it cannot be told, or is too many, they are refused when they are executed.
    fn months(&self, field: &Field) -> u64 {
        let month = |argument| match self.given(field, argument)? {
            Given::String(text) => YearMonth::parse_text(&text),
            _ => None,
        };
        let (Some(from), Some(to)) = (month("from"), month("to")) else { return 1 };
        u64::try_from(to.since(from)).unwrap_or_default().saturating_add(1).min(MOST_MONTHS)
    }

    /// How many lines the file has that is to be imported.
    fn lines_of_file(&self, field: &Field) -> u64 {
        match self.given(field, "input") {
            Some(Given::Object(input)) => match input.get("csv") {
                Some(Given::String(csv)) => u64::try_from(csv.split(['\n', '\r']).count()).unwrap_or(u64::MAX),
                _ => 1,
            },
            _ => 1,
        }
    }

    /// An argument, with the variables put in.
    fn given(&self, field: &Field, argument: &str) -> Option<Given> {
        let value = field.get_argument(argument)?.node.clone();
        value.into_const_with(|name| Ok::<_, ()>(self.variables.get(&name).cloned().unwrap_or_default())).ok()
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{
        Variables,
        parser::{parse_query, types::DocumentOperations},
    };
    use serde_json::json;

    use super::{Refused, check_rows};

    fn rows(query: &str, first: i64) -> Result<u64, Refused> {
        let document = parse_query(query).unwrap();
        let DocumentOperations::Single(operation) = &document.operations else { panic!("one operation") };
        check_rows(&operation.node, &document, &Variables::from_json(json!({ "first": first })))
    }

    fn fits(query: &str, first: i64) -> bool {
        rows(query, first).is_ok()
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
        // It is no row, and so it is not refused.
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
