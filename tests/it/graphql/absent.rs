//! A variable that the client did not send counts as not given, and null counts as null: for every argument and every field
//! of an input object that may be left out, as the schema has them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::harness::{
    Client,
    Database::{self, Sqlite},
    Driver, Position, Root, TestApp, any_price, inputs, kind, quick, somebody, things, written,
};

/// What is done about the places of an operation that are not given.
#[derive(Clone, Copy)]
enum Rest<'a> {
    LeftOut,
    AbsentVariables,
    NullAt(&'a Position),
    NullVariableAt(&'a Position),
}

/// An operation that calls a root field. What is given is passed by variables, field by field.
struct Operation<'a> {
    driver: &'a Driver,
    rest: Rest<'a>,
    declared: Vec<String>,
    variables: Map<String, Value>,
    /// The places that were not given and may be left out.
    open: BTreeSet<Position>,
}

impl<'a> Operation<'a> {
    fn new(driver: &'a Driver, rest: Rest<'a>) -> Self {
        Self { driver, rest, declared: Vec::new(), variables: Map::new(), open: BTreeSet::new() }
    }

    /// The text of the operation.
    fn text(&mut self, root: &Root, given: &Value) -> String {
        let passed = self.members(root.arguments(), given, &Vec::new());
        let passed = if passed.is_empty() { String::new() } else { format!("({passed})") };
        let declared = self.declared.join(", ");
        let declared = if declared.is_empty() { String::new() } else { format!("({declared})") };
        let kind = if root.is_mutation { "mutation" } else { "query" };
        format!("{kind}{declared} {{ {}{passed} {} }}", root.name, self.driver.shallow_selection(root))
    }

    /// Arguments, or the fields of an input object.
    fn members(&mut self, members: &[Value], given: &Value, at: &Position) -> String {
        let mut written = Vec::new();
        for member in members {
            let name = member["name"].as_str().unwrap();
            let at = [at.clone(), vec![name.to_owned()]].concat();
            let value = match given.get(name) {
                Some(given) => Some(self.value(&member["type"], given, &at)),
                None if member["type"]["kind"] == "NON_NULL" => self.default(member, &at),
                None => self.rest(&member["type"], at),
            };
            written.extend(value.map(|value| format!("{name}: {value}")));
        }
        written.join(", ")
    }

    /// An argument or a field that must not be null and has a default, which an absent variable leaves to it.
    fn default(&mut self, field: &Value, at: &Position) -> Option<String> {
        let is_left_out = field["defaultValue"].is_null();
        let is_absent = matches!(self.rest, Rest::AbsentVariables) && !is_left_out;
        is_absent.then(|| self.variable(&field["type"]["ofType"], None, at))
    }

    fn rest(&mut self, type_: &Value, at: Position) -> Option<String> {
        let value = match self.rest {
            Rest::AbsentVariables => Some(self.variable(type_, None, &at)),
            Rest::NullAt(place) if *place == at => Some("null".to_owned()),
            Rest::NullVariableAt(place) if *place == at => Some(self.variable(type_, Some(Value::Null), &at)),
            _ => None,
        };
        self.open.insert(at);
        value
    }

    fn value(&mut self, type_: &Value, given: &Value, at: &Position) -> String {
        let inner = if type_["kind"] == "NON_NULL" { &type_["ofType"] } else { type_ };
        if let Some(fields) = self.driver.fields_of(inner) {
            return format!("{{ {} }}", self.members(fields, given, at));
        }
        match given {
            Value::Array(items) if items.iter().any(Value::is_object) => {
                let items: Vec<_> = items
                    .iter()
                    .enumerate()
                    .map(|(number, item)| {
                        self.value(&inner["ofType"], item, &[at.clone(), vec![number.to_string()]].concat())
                    })
                    .collect();
                format!("[{}]", items.join(", "))
            }
            _ => self.variable(type_, Some(given.clone()), at),
        }
    }

    fn variable(&mut self, type_: &Value, value: Option<Value>, at: &Position) -> String {
        let name = at.join("_");
        self.declared.push(format!("${name}: {}", written(type_)));
        if let Some(value) = value {
            self.variables.insert(name.clone(), value);
        }
        format!("${name}")
    }
}

/// The answer to an operation, and the places that it left open.
async fn answer(
    client: &Client,
    driver: &Driver,
    root: &Root,
    given: &Value,
    rest: Rest<'_>,
) -> (Value, BTreeSet<Position>) {
    let mut operation = Operation::new(driver, rest);
    let text = operation.text(root, given);
    let mut answer = client.request(&text, Value::Object(operation.variables)).await.json();
    for error in answer.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten() {
        error.as_object_mut().unwrap().remove("locations");
    }
    (answer, operation.open)
}

/// All places of a root field that may be left out.
fn places(driver: &Driver, members: &[Value], at: &Position, found: &mut BTreeSet<Position>) {
    for member in members {
        let mut at = [at.clone(), vec![member["name"].as_str().unwrap().to_owned()]].concat();
        let mut type_ = &member["type"];
        if type_["kind"] != "NON_NULL" {
            found.insert(at.clone());
        }
        while type_["kind"] == "NON_NULL" || type_["kind"] == "LIST" {
            if type_["kind"] == "LIST" {
                at.push("0".to_owned());
            }
            type_ = &type_["ofType"];
        }
        if let Some(fields) = driver.fields_of(type_) {
            places(driver, fields, &at, found);
        }
    }
}

/// Replaces what is another each time: ids and the cursors that hold them, moments, tokens, references, and the names of the
/// user.
fn without_chance(value: &mut Value, number: usize) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| without_chance(item, number)),
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_chance = ["reference", "cursor"].contains(&name.as_str()) || name.ends_with("Token");
                if is_chance && value.is_string() {
                    *value = json!("some");
                }
                without_chance(value, number);
            }
        }
        Value::String(text) => {
            let digits = format!("{number:04}");
            let is_id = text.rsplit_once('_').is_some_and(|(_, id)| id.len() == 26);
            let is_moment = text.len() > 18 && text.starts_with("20") && text.ends_with('Z');
            *text = if is_id || is_moment { "some".to_owned() } else { text.replace(&digits, "NNNN") };
        }
        _ => {}
    }
}

/// Calls a mutation with one of its inputs as somebody new.
async fn effect(
    app: &TestApp,
    driver: &Driver,
    root: &Root,
    (variant, number): (usize, &mut usize),
    rest: Rest<'_>,
) -> (Value, BTreeSet<Position>) {
    *number += 1;
    let user = somebody(app, *number).await;
    let given = inputs(&user, root, *number).await.swap_remove(variant);
    let (mut answer, open) = answer(&user.client, driver, root, &given, rest).await;
    without_chance(&mut answer, *number);
    (answer, open)
}

#[apply(both_databases)]
async fn what_a_mutation_is_not_sent_is_as_if_left_out_and_null_is_null(on: Database) {
    let app = TestApp::with(on, quick).await;
    let driver = Driver::new(&app.anonymous()).await;
    let mut number = 0;
    for root in driver.roots().iter().filter(|root| root.is_mutation) {
        let mut all = BTreeSet::new();
        places(&driver, root.arguments(), &Vec::new(), &mut all);
        if all.is_empty() {
            continue;
        }
        let mut seen = BTreeSet::new();
        number += 1;
        let variants = inputs(&somebody(&app, number).await, root, number).await.len();
        for variant in 0..variants {
            let left_out = effect(&app, &driver, root, (variant, &mut number), Rest::LeftOut).await.0;
            let payload = &left_out["data"][&root.name];
            assert_eq!(left_out.get("errors"), None, "the test cannot call {}", root.name);
            assert_eq!(payload["userErrors"], json!([]), "the test cannot call {}", root.name);
            let (absent, open) = effect(&app, &driver, root, (variant, &mut number), Rest::AbsentVariables).await;
            assert_eq!(absent, left_out, "{} without {open:?}", root.name);
            for place in open.difference(&seen) {
                let null = effect(&app, &driver, root, (variant, &mut number), Rest::NullAt(place)).await.0;
                let sent = effect(&app, &driver, root, (variant, &mut number), Rest::NullVariableAt(place)).await.0;
                assert_eq!(sent, null, "{} with null at {place:?}", root.name);
            }
            seen.extend(open);
        }
        let missed: Vec<_> = all.difference(&seen).collect();
        assert!(missed.is_empty(), "teach the test to leave out {missed:?} of {}", root.name);
    }
    assert!(number > 300, "only {number} calls");
    app.assert_journal_is_whole().await;
}

/// The arguments that a query must have, with an empty input object wherever there may be one.
fn given(driver: &Driver, root: &Root, fewest: Value) -> Value {
    let Value::Object(mut given) = fewest else { panic!("no arguments") };
    for argument in root.arguments() {
        if argument["type"]["kind"] != "NON_NULL" && driver.fields_of(&argument["type"]).is_some() {
            given.insert(argument["name"].as_str().unwrap().to_owned(), json!({}));
        }
    }
    Value::Object(given)
}

#[apply(both_databases)]
async fn what_a_query_is_not_sent_is_as_if_left_out_and_null_is_null(on: Database) {
    let app = TestApp::with(on, any_price).await;
    let amina = app.user("amina").await;
    let driver = Driver::new(&app.anonymous()).await;
    let own = things(&amina, "mine", "5").await;
    let mut checked = 0;
    for root in driver.roots().iter().filter(|root| !root.is_mutation) {
        let fewest = driver.fewest_arguments(root, &Vec::new(), &|at, owner| own[kind(at, owner, root)].clone());
        let (mut all, mut seen) = (BTreeSet::new(), BTreeSet::new());
        places(&driver, root.arguments(), &Vec::new(), &mut all);
        for given in [fewest.clone(), given(&driver, root, fewest)] {
            let call = async |rest: Rest<'_>| {
                let (mut answer, open) = answer(&amina.client, &driver, root, &given, rest).await;
                // Being looked at is a use.
                if root.name == "me" {
                    without_chance(&mut answer, 0);
                }
                (answer, open)
            };
            let left_out = call(Rest::LeftOut).await.0;
            assert_eq!(left_out.get("errors"), None, "the test cannot call {}", root.name);
            let (absent, open) = call(Rest::AbsentVariables).await;
            assert_eq!(absent, left_out, "{} without {open:?}", root.name);
            for place in &open {
                let null = call(Rest::NullAt(place)).await.0;
                assert_eq!(call(Rest::NullVariableAt(place)).await.0, null, "{} with null at {place:?}", root.name);
                checked += 1;
            }
            seen.extend(open);
        }
        let missed: Vec<_> = all.difference(&seen).collect();
        assert!(missed.is_empty(), "teach the test to leave out {missed:?} of {}", root.name);
    }
    assert!(checked > 80, "only {checked} places");
}

#[apply(both_databases)]
async fn a_profile_keeps_what_the_client_did_not_send(on: Database) {
    let app = TestApp::on(on).await;
    let amina = somebody(&app, 1).await;
    let query = "mutation($d: String, $e: String, $p: String) {
        updateProfile(input: { displayName: $d, email: $e, phone: $p }) { user { displayName email phone } } }";
    for (variables, expected) in [
        (json!({ "d": "X" }), json!({ "displayName": "X", "email": "user0001@example.org", "phone": "+967711000001" })),
        (
            json!({ "d": null, "e": null }),
            json!({ "displayName": "user0001", "email": null, "phone": "+967711000001" }),
        ),
        (json!({ "p": null }), json!({ "displayName": "user0001", "email": null, "phone": null })),
    ] {
        assert_eq!(amina.gql(query, variables.clone()).await["updateProfile"]["user"], expected, "{variables}");
    }
}

#[apply(test)]
async fn what_must_be_given_is_not_made_up_for_a_variable_that_was_not_sent() {
    let (_app, amina) = TestApp::with_owner(Sqlite).await;
    let mutation = |declared: &str, wallet: &str, amount: &str| {
        format!(
            "mutation{declared} {{ deposit(input: {{ wallet: {{ {wallet} }}, amount: {amount} }}) {{ transaction {{ id }} }} }}"
        )
    };
    let id = format!("id: \"{}\"", amina.wallet);
    let queries = [
        mutation("($x: Decimal)", &id, "$x"),
        mutation("($x: Decimal!)", &id, "$x"),
        mutation("($x: ID)", "id: $x", "1"),
        "mutation($x: DepositInput) { deposit(input: $x) { transaction { id } } }".into(),
        "query($x: Boolean) { wallets { id @include(if: $x) } }".into(),
        "query($x: ID) { nodes(ids: [$x]) { id } }".into(),
        "query($x: ID) { nodes(ids: $x) { id } }".into(),
        "query($x: String, $y: String) { customers(after: $x) { totalCount } }".into(),
        "query($x: Nothing) { customers(after: $x) { totalCount } }".into(),
    ];
    // All others are not valid as the client wrote them: a variable that may be null stands where a value must be.
    for (number, query) in queries.iter().enumerate() {
        let code = if number == 1 { "BAD_USER_INPUT" } else { "GRAPHQL_VALIDATION_FAILED" };
        assert_eq!(amina.error(query, json!({})).await, code, "{query}");
    }
    assert_eq!(amina.balance(&amina.wallet).await, "0.00");
}

#[apply(test)]
async fn variables_count_for_the_operation_that_is_executed() {
    let (_app, amina) = TestApp::with_owner(Sqlite).await;
    for name in ["Badr", "Zahra"] {
        amina.customer(name).await;
    }
    let query =
        "query Few($first: Int = 1, $skip: Boolean! = true) { ...Names skipped: wallets @skip(if: $skip) { id } }
        query All($first: Int) { ...Names }
        fragment Names on Query { customers(first: $first, filter: { search: null }) { nodes { name } } }";
    for (operation, variables, count) in [
        ("Few", json!({}), 1),
        ("All", json!({}), 2),
        ("Few", json!({ "first": 2 }), 2),
        ("All", json!({ "first": 1 }), 1),
    ] {
        let body = json!({ "query": query, "operationName": operation, "variables": variables });
        let answer = amina.client.post(&body).await.json();
        let data = &answer["data"];
        assert_eq!(
            data["customers"]["nodes"].as_array().map(Vec::len),
            Some(count),
            "{operation} {variables}: {answer}"
        );
        assert_eq!(data.get("skipped"), None);
    }
}
