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

/// The most rows that an operation may ask for.
const MOST_ROWS: u64 = 25_000;
/// A page when nobody says how large.
const PAGE: u64 = 20;
/// The largest page, and what a list counts that has no pages.
const LARGEST_PAGE: u64 = 100;
/// The most months that reports are asked for at once.
const MOST_MONTHS: u64 = 36;
/// What counts as many rows although it gives one: it reads through a whole ledger.
const AGING: u64 = 500;

/// Refuses an operation that asks for too many rows.
pub(super) fn check_rows(
    operation: &OperationDefinition,
    document: &ExecutableDocument,
    variables: &Variables,
) -> Result<(), Refused> {
    let mut rows = Rows { document, variables, fragments: HashMap::new() };
    if rows.of(&operation.selection_set.node) > MOST_ROWS {
        let message = format!(
            "The operation asks for more than {MOST_ROWS} rows. Ask for smaller pages, or for fewer lists in lists."
        );
        return Err(Refused::new("QUERY_TOO_COMPLEX", message));
    }
    Ok(())
}

struct Rows<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    fragments: HashMap<&'a Name, u64>,
}

impl<'a> Rows<'a> {
    fn of(&mut self, set: &'a SelectionSet) -> u64 {
        set.items.iter().fold(0, |rows, selection| {
            rows.saturating_add(match &selection.node {
                Selection::Field(field) => self.of_field(&field.node),
                Selection::InlineFragment(fragment) => self.of(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node),
            })
        })
    }

    /// Fragments that contain themselves were refused before.
    fn of_fragment(&mut self, name: &'a Name) -> u64 {
        if let Some(rows) = self.fragments.get(name) {
            return *rows;
        }
        let rows = self.document.fragments.get(name).map_or(0, |fragment| self.of(&fragment.node.selection_set.node));
        self.fragments.insert(name, rows);
        rows
    }

    fn of_field(&mut self, field: &'a Field) -> u64 {
        let within = self.of(&field.selection_set.node);
        let of_list = |size: u64| size.saturating_mul(within.saturating_add(1));
        match field.name.node.as_str() {
            "customers" | "entries" | "invoices" | "receipts" | "transactions" | "lines" | "walletHistory" => {
                of_list(self.page(field))
            }
            "allocations" | "categories" | "budgets" => of_list(LARGEST_PAGE),
            "monthlyReports" => of_list(MOST_MONTHS),
            // The field of the query; that of a connection has no ids.
            "nodes" => match self.given(field, "ids") {
                Some(Given::List(ids)) => of_list(u64::try_from(ids.len()).unwrap_or(u64::MAX)),
                _ => within,
            },
            "aging" => within.saturating_add(AGING),
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

    use super::check_rows;

    fn fits(query: &str, first: i64) -> bool {
        let document = parse_query(query).unwrap();
        let DocumentOperations::Single(operation) = &document.operations else { panic!("one operation") };
        check_rows(&operation.node, &document, &Variables::from_json(json!({ "first": first }))).is_ok()
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
