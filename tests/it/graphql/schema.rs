//! The schema is a contract, and the committed file is it.

use std::collections::BTreeSet;

use apollo_compiler::{Node, Schema, ast::FieldDefinition, schema::ExtendedType};
use serde_json::{Value, json};

use crate::harness::{Database::Sqlite, TestApp, program};

#[apply(test)]
fn the_committed_schema_is_the_one_that_is_served() {
    let committed = include_str!("../../../schema.graphql");
    let hint = "schema.graphql is stale: run `cargo run -- schema > schema.graphql` and commit it";
    assert!(committed == daybook::graphql::sdl(), "{hint}");
}

/// The actions of `daybook import`, one for each kind of file. Some have no mutation.
fn imports() -> Vec<String> {
    let help = program().args(["import", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let names = commands.lines().map_while(|line| line.strip_prefix("  ")?.split(' ').next());
    let kinds = names.filter(|name| !name.is_empty() && *name != "help");
    kinds.map(|kind| format!("IMPORT_{}", kind.to_uppercase())).collect()
}

#[apply(test)]
async fn the_actions_of_the_activity_log_are_the_mutations_and_the_imports_by_their_names() {
    let app = TestApp::on(Sqlite).await;
    let query = "{ __schema { mutationType { fields { name } } } __type(name: \"Action\") { enumValues { name } } }";
    let data = app.anonymous().gql(query, json!({})).await;
    let names = |list: &Value| -> BTreeSet<String> {
        list.as_array().unwrap().iter().map(|thing| thing["name"].as_str().unwrap().to_owned()).collect()
    };
    let upper = |name: String| {
        let letter = |c: char| if c.is_uppercase() { format!("_{c}") } else { c.to_uppercase().to_string() };
        name.chars().map(letter).collect::<String>()
    };
    let mutations = names(&data["__schema"]["mutationType"]["fields"]).into_iter().map(upper);
    let expected: BTreeSet<_> = mutations.chain(imports()).collect();
    assert_eq!(names(&data["__type"]["enumValues"]), expected);
}

#[apply(test)]
async fn everything_in_the_schema_has_a_description() {
    let app = TestApp::on(Sqlite).await;
    let query = "{ __schema { types { name kind description
        fields(includeDeprecated: true) { name description args(includeDeprecated: true) { name description } }
        inputFields(includeDeprecated: true) { name description }
        enumValues(includeDeprecated: true) { name description } } } }";
    let schema = app.anonymous().gql(query, json!({})).await;
    let mut missing = Vec::new();
    let mut look = |place: String, thing: &Value| {
        let place = format!("{place}{}", thing["name"].as_str().unwrap());
        if thing["description"].as_str().is_none_or(|description| description.trim().is_empty()) {
            missing.push(place.clone());
        }
        place + "."
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let types = list(&schema["__schema"]["types"]);
    assert!(types.len() > 30);
    // `ID` is the specification's, and the library gives it none.
    let ours = |type_: &&Value| !type_["name"].as_str().is_some_and(|name| name.starts_with("__") || name == "ID");
    for type_ in types.iter().filter(ours) {
        let place = look(String::new(), type_);
        for field in list(&type_["fields"]) {
            let place = look(place.clone(), &field);
            for argument in list(&field["args"]) {
                look(place.clone(), &argument);
            }
        }
        for thing in list(&type_["inputFields"]).iter().chain(&list(&type_["enumValues"])) {
            look(place.clone(), thing);
        }
    }
    assert_eq!(missing, [""; 0]);
}

/// The words of a text that mean something, without their endings.
fn words(text: &str) -> BTreeSet<String> {
    const SMALL: [&str; 19] = [
        "the", "a", "an", "of", "is", "are", "this", "that", "to", "or", "and", "its", "it", "in", "on", "for", "with",
        "by", "as",
    ];
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let words = words.map(str::to_lowercase).filter(|word| !SMALL.contains(&word.as_str()));
    let stem = |word: String| {
        let ending = ["ies", "es", "ed", "s", "d", "e", "y"].iter().find(|ending| word.ends_with(**ending));
        word[..word.len() - ending.map_or(0, |ending| ending.len())].to_owned()
    };
    words.map(stem).collect()
}

#[apply(test)]
fn a_description_says_more_than_the_name() {
    assert_eq!(words("Updates the categories."), words("update_category"));
    let spaced = |name: &str| {
        let mut spaced = String::new();
        for letter in name.chars() {
            if letter.is_lowercase() || !spaced.ends_with(char::is_lowercase) {
                spaced.push(letter);
            } else {
                spaced.extend([' ', letter]);
            }
        }
        spaced
    };
    let schema = Schema::parse(daybook::graphql::sdl(), "schema.graphql").unwrap();
    let mut empty = Vec::new();
    let mut look = |place: &str, name: &str, description: Option<&Node<str>>| {
        let names = words(&spaced(name));
        if words(description.map_or("", |text| text)).is_subset(&names) {
            empty.push(format!("{place}.{name}"));
        }
    };
    for (name, type_) in schema.types.iter().filter(|(_, type_)| !type_.is_built_in()) {
        look("", name, type_.description());
        let fields: Vec<_> = match type_ {
            ExtendedType::Object(object) => object.fields.values().collect(),
            ExtendedType::Interface(interface) => interface.fields.values().collect(),
            _ => Vec::new(),
        };
        for field in fields {
            look(name, &field.name, field.description.as_ref());
            for argument in &field.arguments {
                look(&field.name, &argument.name, argument.description.as_ref());
            }
        }
        match type_ {
            ExtendedType::Enum(values) => {
                values.values.values().for_each(|value| look(name, &value.value, value.description.as_ref()));
            }
            ExtendedType::InputObject(input) => {
                input.fields.values().for_each(|field| look(name, &field.name, field.description.as_ref()));
            }
            _ => {}
        }
    }
    assert_eq!(empty, [""; 0]);
}

/// The lists that are not connections, since something keeps each of them short: what an object is made of, what the request
/// itself names, or a limit on what a book may have.
const SHORT: [&str; 42] = [
    "Activity.changes",
    "Activity.codes",
    "AddTransactionPayload.affectedBudgets",
    "AddTransactionPayload.affectedWallets",
    "Book.receivables",
    "ConfirmDuplicatePayload.affectedBudgets",
    "ConfirmTransferPayload.affectedBudgets",
    "CreditNote.lines",
    "Customer.balances",
    "CustomerSummary.otherCurrencies",
    "DebitNote.lines",
    "DeleteTransactionPayload.affectedBudgets",
    "DeleteTransactionPayload.affectedWallets",
    "ImportCustomersPayload.lines",
    "ImportEntriesPayload.lines",
    "ImportLine.userErrors",
    "ImportPreview.findings",
    "ImportPreview.offers",
    "ImportPreview.problems",
    "ImportPreview.questions",
    "ImportPreview.remarks",
    "ImportPreview.transactions",
    "ImportQuestion.answers",
    "ImportTransactionsPayload.lines",
    "Invoice.lines",
    "MonthlyReport.budgets",
    "MonthlyReport.categories",
    "MonthlyReport.otherCurrencies",
    "Query.categories",
    "Query.importProfiles",
    "Query.monthlyReports",
    "Query.nodes",
    "Query.wallets",
    "Receivables.largest",
    "SalesReport.months",
    "SalesReport.otherCurrencies",
    "Transaction.lines",
    "TransactionVersion.lines",
    "UndoTransferPayload.affectedBudgets",
    "UpdateTransactionPayload.affectedBudgets",
    "UpdateTransactionPayload.affectedWallets",
    "User.sessions",
];

/// The lists of [`SHORT`] whose length the request itself decides: its errors, and the depth of its input.
const AS_LONG_AS_THE_REQUEST: [&str; 2] = ["ImportLine.userErrors", "UserError.path"];

#[apply(test)]
fn every_short_list_says_how_long_it_is() {
    let schema = Schema::parse(daybook::graphql::sdl(), "schema.graphql").unwrap();
    for list in SHORT.into_iter().filter(|list| !AS_LONG_AS_THE_REQUEST.contains(list)) {
        let (type_, field) = list.split_once('.').unwrap();
        let has_size = |field: &FieldDefinition| field.directives.has("listSize");
        let is_sized = has_size(schema.type_field(type_, field).unwrap())
            // The field that returns the object says it for the lists in it.
            || ["Query", "Mutation"].iter().flat_map(|root| schema.types[*root].as_object().unwrap().fields.values()).any(|root| {
                root.ty.inner_named_type() == type_
                    && root.directives.get("listSize").is_some_and(|size| size.to_string().contains(field))
            });
        assert!(is_sized, "{list}");
    }
}

#[apply(test)]
async fn every_list_is_a_connection_or_known_to_be_short() {
    let app = TestApp::on(Sqlite).await;
    let query = "{ __schema { types { name fields { name type { kind ofType { kind } } } } } }";
    let schema = app.anonymous().gql(query, json!({})).await;
    let mut lists = Vec::new();
    for type_ in schema["__schema"]["types"].as_array().unwrap() {
        let name = type_["name"].as_str().unwrap();
        if name.starts_with("__") || name.ends_with("Connection") {
            continue;
        }
        for field in type_["fields"].as_array().into_iter().flatten() {
            let type_ = &field["type"];
            if type_["kind"] == "LIST" || type_["ofType"]["kind"] == "LIST" {
                lists.push(format!("{name}.{}", field["name"].as_str().unwrap()));
            }
        }
    }
    lists.retain(|list| !list.ends_with("Payload.userErrors") && !list.ends_with("Error.path"));
    lists.sort_unstable();
    assert_eq!(lists, SHORT);
}
