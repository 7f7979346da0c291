//! Rules that hold for every connection of the schema, whichever there are.

mod books;

use std::collections::BTreeSet;

use serde_json::json;

use self::books::{Owners, books, change};
use crate::harness::{Database, TestApp, User};

/// A connection, and how to ask for it.
struct Connection {
    /// The type that it is a field of and its name: `Query.customers`, `Wallet.activities`.
    field: String,
    /// The type that it returns.
    returns: String,
    /// What stands around the field, with the id put in: the field goes where `@` is.
    around: String,
    /// The arguments that it must have.
    arguments: String,
}

impl Connection {
    /// The operation that asks for one page. `selection` is made of fields of the connection.
    fn query(&self, page: &str, selection: &str) -> String {
        let (_, name) = self.field.split_once('.').unwrap();
        let field = match format!("{} {page}", self.arguments).trim() {
            "" => format!("found: {name} {{ {selection} }}"),
            arguments => format!("found: {name}({arguments}) {{ {selection} }}"),
        };
        format!("{{ {} }}", self.around.replace('@', &field))
    }

    /// The code of the error that a page is refused with.
    async fn refused(&self, user: &User, page: &str) -> Option<String> {
        let answer = user.client.request(&self.query(page, "totalCount edges { cursor }"), json!({})).await.json();
        Some(answer["errors"][0]["extensions"]["code"].as_str()?.to_owned())
    }

    /// A page: its cursors, and whether there are others before and after it.
    async fn page(&self, user: &User, page: &str) -> (Vec<String>, [bool; 2]) {
        let selection = "totalCount edges { cursor node { __typename } } nodes { __typename }
            pageInfo { hasPreviousPage hasNextPage startCursor endCursor }";
        let data = user.gql(&self.query(page, selection), json!({})).await;
        let found = if data["found"].is_null() { &data["of"]["found"] } else { &data["found"] };
        let edges = found["edges"].as_array().unwrap_or_else(|| panic!("{}: {data}", self.field));
        let cursors: Vec<_> = edges.iter().map(|edge| edge["cursor"].as_str().unwrap().to_owned()).collect();
        let info = &found["pageInfo"];
        assert_eq!(found["nodes"].as_array().unwrap().len(), cursors.len());
        assert_eq!((info["startCursor"].as_str(), info["endCursor"].as_str()), ends(&cursors), "{}", self.field);
        (cursors, ["hasPreviousPage", "hasNextPage"].map(|has| info[has].as_bool().unwrap()))
    }

    /// The cursors of all rows, which are as many as are counted.
    async fn all(&self, user: &User) -> Vec<String> {
        let (mut cursors, [has_previous, mut has_next]) = self.page(user, "first: 100").await;
        assert!(!has_previous, "{}", self.field);
        while let (true, Some(last)) = (has_next, cursors.last()) {
            let (more, others) = self.page(user, &format!("first: 100, after: \"{last}\"")).await;
            cursors.extend(more);
            has_next = others[1];
        }
        let data = user.gql(&self.query("first: 0", "totalCount"), json!({})).await;
        let found = if data["found"].is_null() { &data["of"]["found"] } else { &data["found"] };
        assert_eq!(found["totalCount"], cursors.len(), "{}", self.field);
        cursors
    }

    /// What its cursors are made for: the lists of all in the book and of one customer have the same ones, for example.
    fn list(&self) -> &str {
        match self.returns.as_str() {
            _ if self.field == "Query.walletTransactions" => "walletTransactions",
            "WalletTransactionConnection" => "walletHistory",
            other => other.strip_suffix("Connection").unwrap(),
        }
    }

    /// The lists in which its cursors mean something.
    fn cursors(&self) -> &str {
        match self.field.as_str() {
            "Receipt.allocations" | "CreditNote.allocations" => "of a payment",
            // The entry is a charge, too.
            "Invoice.allocations" | "DebitNote.allocations" | "Entry.allocations" => "of a charge",
            _ => self.list(),
        }
    }

    /// The cursor that carries a text.
    async fn cursor(&self, app: &TestApp, user: &User, text: &str) -> String {
        let book = user.gql("{ book { id } }", json!({})).await["book"]["id"].take();
        app.app.token_keys.cursors(format!("{} {}", book.as_str().unwrap(), self.list())).seal(text).unwrap()
    }
}

fn ends(cursors: &[String]) -> (Option<&str>, Option<&str>) {
    (cursors.first().map(String::as_str), cursors.last().map(String::as_str))
}

/// All connections of the schema.
async fn connections(user: &User, owners: &Owners) -> Vec<Connection> {
    let query = "{ __schema { types { name fields { name type { name } } } } }";
    let schema = user.gql(query, json!({})).await["__schema"].take();
    let mut found = Vec::new();
    for type_ in schema["types"].as_array().unwrap() {
        let owner = type_["name"].as_str().unwrap();
        for field in type_["fields"].as_array().into_iter().flatten() {
            let name = field["name"].as_str().unwrap();
            let Some(returns) = field["type"]["name"].as_str() else { continue };
            // Changes are read forwards only, and are not counted: `live` tests them.
            if !returns.ends_with("Connection") || returns == "BookChangeConnection" {
                continue;
            }
            let around = match owner {
                "Query" => "@".to_owned(),
                "CustomerStatement" => {
                    format!("of: customerStatement(customerId: \"{}\") {{ @ }}", owners["Customer"])
                }
                "SalesReport" => "of: salesReport(from: \"2026-01\", to: \"2026-12\") { @ }".to_owned(),
                _ => {
                    let id = owners.get(owner).unwrap_or_else(|| panic!("teach the test where to find a {owner}"));
                    format!("of: node(id: \"{id}\") {{ ... on {owner} {{ @ }} }}")
                }
            };
            let arguments = match (owner, name) {
                ("Query", "walletHistory") => format!("walletId: \"{}\"", user.wallet),
                _ => String::new(),
            };
            let field = format!("{owner}.{name}");
            found.push(Connection { field, returns: returns.to_owned(), around, arguments });
        }
    }
    assert!(found.len() > 20, "only {} connections", found.len());
    found
}

#[apply(both_databases)]
async fn a_page_that_cannot_be_is_refused_by_every_connection(on: Database) {
    let (app, [(amina, owners), _]) = books(on).await;
    let id = "0191a1b2c3d47e5f8a9b0c1d2e3f4a5b";
    let mut pages = ["first: -1", "first: 101", "first: 2147483647", "last: -1", "last: 101", "first: 1, last: 1"]
        .map(str::to_owned)
        .to_vec();
    for bad in ["", " ", "x", "😀", "AAAA\\u0000", "a=="] {
        pages.extend([format!("after: \"{bad}\""), format!("last: 1, before: \"{bad}\"")]);
    }
    pages.push(format!("after: \"{}\"", "A".repeat(5000)));
    let forged = [
        "version -1",
        "version 99999999999999999999",
        "version 1.0",
        "version",
        "budget",
        "budget x",
        "2026-13-01 x",
        "OfInvoice 2026-11-01",
        "OfReceipt",
        // Times that a database cannot store.
        &format!("-9223372036854775808 {id}"),
        &format!("9223372036854775807 {id}"),
        &format!("-99999999999999999 {id}"),
    ];
    for connection in connections(&amina, &owners).await {
        let mut pages = pages.clone();
        for text in forged {
            pages.push(format!("after: \"{}\"", connection.cursor(&app, &amina, text).await));
        }
        for page in &pages {
            let code = connection.refused(&amina, page).await;
            assert_eq!(code.as_deref(), Some("INVALID"), "{}({page})", connection.field);
        }
        for huge in ["first: 2147483648", "last: -99999999999", "first: 1.5", "after: 1"] {
            let code = connection.refused(&amina, huge).await;
            assert_eq!(code.as_deref(), Some("GRAPHQL_VALIDATION_FAILED"), "{}({huge})", connection.field);
        }
    }
}

#[apply(both_databases)]
async fn pages_of_every_connection_run_both_ways_and_miss_nothing(on: Database) {
    let (_app, [(amina, owners), _]) = books(on).await;
    for connection in connections(&amina, &owners).await {
        let all = connection.all(&amina).await;
        let field = &connection.field;
        // A wallet transaction never changes, so it has one row of history.
        assert!(all.len() > 1 || field == "WalletTransaction.activities", "{field} has {} rows", all.len());
        for size in [1, 2, 7] {
            let (mut seen, mut at) = (Vec::new(), String::new());
            loop {
                let (cursors, [previous, next]) = connection.page(&amina, &format!("first: {size} {at}")).await;
                assert_eq!(previous, !at.is_empty(), "{field}");
                seen.extend(cursors);
                if !next {
                    break;
                }
                at = format!("after: \"{}\"", seen.last().unwrap());
            }
            assert_eq!(seen, all, "{field} by {size}");
            let (mut seen, mut at) = (Vec::new(), String::new());
            loop {
                let (cursors, [previous, next]) = connection.page(&amina, &format!("last: {size} {at}")).await;
                assert_eq!(next, !at.is_empty(), "{field}");
                seen.splice(0..0, cursors);
                if !previous {
                    break;
                }
                at = format!("before: \"{}\"", seen[0]);
            }
            assert_eq!(seen, all, "{field} backwards by {size}");
        }
        // Between two rows is what is between them.
        let (first, last) = (&all[0], all.last().unwrap());
        for size in ["first: 100", "last: 100"] {
            let (between, _) =
                connection.page(&amina, &format!("{size}, after: \"{first}\", before: \"{last}\"")).await;
            let expected = all.get(1..all.len() - 1).unwrap_or_default();
            assert_eq!(between, expected, "{field}");
        }
    }
}

#[apply(both_databases)]
async fn a_cursor_of_another_list_is_refused_and_one_of_another_user_shows_only_ones_own(on: Database) {
    let (_app, [(amina, of_amina), (zahra, of_zahra)]) = books(on).await;
    let (own, theirs) = (connections(&amina, &of_amina).await, connections(&zahra, &of_zahra).await);
    // One cursor of each kind and user.
    let mut cursors: Vec<(&Connection, bool, String)> = Vec::new();
    for (connections, user) in [(&own, &amina), (&theirs, &zahra)] {
        let mut kinds = BTreeSet::new();
        for connection in connections.iter().filter(|connection| kinds.insert(connection.cursors())) {
            let all = connection.all(user).await;
            cursors.push((connection, user.wallet == amina.wallet, all[all.len() / 2].clone()));
        }
    }
    for connection in &own {
        let all = connection.all(&amina).await;
        for (of, is_own, cursor) in &cursors {
            let what = format!("a cursor of {} in {} ({is_own})", of.field, connection.field);
            if of.cursors() != connection.cursors() || !is_own {
                let code = connection.refused(&amina, &format!("after: \"{cursor}\"")).await;
                assert_eq!(code.as_deref(), Some("INVALID"), "{what}");
                continue;
            }
            // It marks a place there, from which the list is shown without a gap, up to its ends.
            let (rest, _) = connection.page(&amina, &format!("first: 100, after: \"{cursor}\"")).await;
            let (before, _) = connection.page(&amina, &format!("last: 100, before: \"{cursor}\"")).await;
            assert!(all.ends_with(&rest) && all.starts_with(&before), "{what}");
            assert!((all.len() - 1..=all.len()).contains(&(rest.len() + before.len())), "{what}");
            let (next, _) = connection.page(&amina, &format!("first: 2, after: \"{cursor}\"")).await;
            let (previous, _) = connection.page(&amina, &format!("last: 2, before: \"{cursor}\"")).await;
            assert_eq!(next, rest[..rest.len().min(2)], "{what}");
            assert_eq!(previous, before[before.len().saturating_sub(2)..], "{what}");
        }
    }
}

#[apply(both_databases)]
async fn a_cursor_still_works_when_rows_were_added_and_when_its_own_row_is_gone(on: Database) {
    let (_app, [(amina, owners), _]) = books(on).await;
    let connections = connections(&amina, &owners).await;
    let mut before = Vec::new();
    for connection in &connections {
        before.push(connection.all(&amina).await);
    }
    change(&amina, &owners, 3).await;
    for (connection, before) in connections.iter().zip(before) {
        let field = &connection.field;
        let all = connection.all(&amina).await;
        let is_of_few = ["Receipt", "Entry", "CreditNote", "DebitNote"].map(|type_| format!("{type_}.allocations"));
        let grows = !is_of_few.contains(field) && field != "WalletTransaction.activities";
        assert!(all.len() > before.len() || !grows, "{field} did not grow");
        let step = before.len() / 8 + 1;
        for cursor in before.into_iter().step_by(step) {
            let place = all.iter().position(|other| *other == cursor);
            // A customer's place in a report changes with what they buy.
            if place.is_none() && field == "SalesReport.customers" {
                continue;
            }
            let place = place.unwrap_or_else(|| panic!("the cursor of a row of {field} changed"));
            let (rest, _) = connection.page(&amina, &format!("first: 100, after: \"{cursor}\"")).await;
            assert_eq!(rest, all[place + 1..(place + 101).min(all.len())], "{field}");
        }
    }
    // The cursor of a row that is deleted marks the place where it was.
    let budgets = connections.iter().find(|connection| connection.field == "Query.budgets").unwrap();
    let all = budgets.all(&amina).await;
    let id = amina.gql("{ budgets(first: 1) { nodes { id } } }", json!({})).await["budgets"]["nodes"][0]["id"].take();
    let deleted = amina.mutate("deleteBudget", "DeleteBudgetInput", "deletedBudgetId", json!({ "id": id })).await;
    assert_eq!(deleted["deletedBudgetId"], id);
    let (rest, _) = budgets.page(&amina, &format!("after: \"{}\"", all[0])).await;
    assert_eq!(rest, all[1..]);
}

#[apply(both_databases)]
async fn a_cursor_beyond_the_end_of_a_list_is_a_place_after_all_rows(on: Database) {
    let (app, [(amina, owners), _]) = books(on).await;
    let last = "ffffffffffff7fffbfffffffffffffff";
    for connection in connections(&amina, &owners).await {
        let (text, is_ascending) = match connection.returns.as_str() {
            "EntryVersionConnection" | "TransactionVersionConnection" => ("version 4294967295".to_owned(), true),
            "BudgetConnection" => (format!("budget {last}"), true),
            "AllocationConnection" => {
                let of = if connection.cursors() == "of a payment" { "OfPayment" } else { "OfCharge" };
                (format!("{of} 9999-12-31 {last}"), true)
            }
            // The newest activity comes first.
            "ActivityConnection" => (format!("253402300799000000 {last}"), false),
            _ => continue,
        };
        let (all, cursor) = (connection.all(&amina).await, connection.cursor(&app, &amina, &text).await);
        let few = all.len().min(2);
        let (after, _) = connection.page(&amina, &format!("first: 2, after: \"{cursor}\"")).await;
        let (before, _) = connection.page(&amina, &format!("last: 2, before: \"{cursor}\"")).await;
        let (expected_after, expected_before) =
            if is_ascending { (&all[..0], &all[all.len() - few..]) } else { (&all[..few], &all[..0]) };
        assert_eq!((&after[..], &before[..]), (expected_after, expected_before), "{}", connection.field);
    }
}
